//! The one error that crosses the wire.
//!
//! Each variant knows its HTTP status and its stable code; its sentence in every language is in
//! `i18n::errors`. It never contains internals of the server such as SQL, paths or hosts.
//!
//! This file is one table: each variant with its status and its code. In parts it would be harder to check, so
//! it is longer than others.

mod closing;
mod conflict;
mod store_fault;
#[cfg(test)]
mod tests;

pub use store_fault::StoreFault;

use crate::domain::{FieldError, Limit, Reason};
use conflict::shared_conflict;
use serde::{Deserialize, Serialize};

/// An error of a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// 400: the request cannot be parsed.
    #[error("malformed request")]
    Malformed,
    /// 400: the headers are ambiguous about the request's destination or origin.
    #[error("malformed headers")]
    MalformedHeaders,
    /// 401: no session, or an ended one.
    #[error("not signed in")]
    NotSignedIn,
    /// 401: unknown email or wrong password; the response does not say which.
    #[error("wrong email or password")]
    WrongCredentials,
    /// 403: the request comes from a page of another origin.
    #[error("foreign origin")]
    ForeignOrigin,
    /// 403: this server accepts new people by invitation only.
    #[error("registration is closed")]
    RegistrationClosed,
    /// 403: not allowed in the demo household, which is for one visitor only.
    #[error("not in the demo")]
    NotInDemo,
    /// 403: email and password are correct, but the account is no longer a member of any household.
    #[error("no household")]
    NoHousehold,
    /// 403: only the owner of the household may do this.
    #[error("owners only")]
    OwnersOnly,
    /// 403: the member belongs to another household too, so the owner may not set their password.
    #[error("belongs elsewhere")]
    BelongsElsewhere,
    /// 403: nobody else may set an owner's password.
    #[error("an owner's password")]
    OwnersPassword,
    /// 404: no such row in this household.
    #[error("not found")]
    NotFound,
    /// 405: the path exists, but not with this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// 409: the idempotency key was used for another request.
    #[error("idempotency key reused")]
    IdempotencyKeyReused,
    /// 409: a row with this id exists.
    #[error("id taken")]
    IdTaken,
    /// 409: the fact is part of a transfer or split.
    #[error("part of a group")]
    PartOfGroup,
    /// 409: used by facts or children, so it can only be archived.
    #[error("in use")]
    InUse,
    /// 409: the account is a member of this household.
    #[error("already a member")]
    AlreadyMember,
    /// 409: the command was made by a member of another account.
    #[error("made by another member")]
    OtherMember,
    /// 409: the household would be left without an owner.
    #[error("last owner")]
    LastOwner,
    /// 409: the household waits to be erased, and until then its other members would be left without an owner.
    #[error("last owner of a closed household")]
    LastOwnerOfClosed,
    /// 409: the household waits to be erased and accepts no changes.
    #[error("household is closed")]
    HouseholdClosed,
    /// 409: the day on which the household is erased has come, so it takes no changes and cannot be kept any more.
    #[error("erasure is due")]
    ErasureDue,
    /// 409: the financial center has another balance than the one that the amount was computed from.
    #[error("balance changed")]
    BalanceChanged,
    /// 409: the amounts were typed in another currency than the account, or the household, has by now.
    #[error("currency changed")]
    CurrencyChanged,
    /// 409: the limit on the number of rows is reached.
    #[error("limit reached")]
    LimitReached {
        /// What is limited.
        limit: Limit,
    },
    /// 410: the row was deleted.
    #[error("gone")]
    Gone,
    /// 410: the member left the household or was removed.
    #[error("no member any more")]
    MemberGone,
    /// 410: the caller cannot resume from the log.
    #[error("position lost")]
    PositionLost,
    /// 410: the invitation was used or revoked, or is older than a week.
    #[error("invitation ended")]
    InviteEnded,
    /// 410: the password link was used or revoked, or is older than a day.
    #[error("password link ended")]
    PasswordLinkEnded,
    /// 412: somebody changed the row in the meantime; nothing was written.
    #[error("stale version")]
    Stale {
        /// The current row, as JSON text.
        current: String,
    },
    /// 413: the body is too large.
    #[error("payload too large")]
    PayloadTooLarge,
    /// 415: the body is not JSON.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// Refused fields, each with its reason; nothing was written. 422, or the status that all reasons share.
    #[error("invalid fields")]
    Invalid {
        /// All refused fields.
        errors: Vec<FieldError>,
    },
    /// 429: too many attempts.
    #[error("too many requests")]
    TooManyRequests {
        /// When the next attempt is allowed.
        retry_after_seconds: u32,
    },
    /// 429: all demo households that there may be are in use.
    #[error("every demo household is in use")]
    DemoFull {
        /// Whether only those that the visitor's network may have are in use; other networks may have room.
        of_network: bool,
        /// Whether the visitor may create a household without an invitation.
        may_register: bool,
        /// When the next one may become idle.
        retry_after_seconds: u32,
    },
    /// 500: a fault of the program, logged with the request's id.
    #[error("internal error")]
    Internal,
    /// 503: more people are signing in than passwords can be hashed at this moment.
    #[error("busy")]
    Busy,
    /// 503: the store does not answer, or the server is stopping; nothing was acknowledged.
    #[error("unavailable")]
    Unavailable,
    /// 503: the store did not accept the write, for a reason that the operator can fix.
    #[error("the store refuses: {0:?}")]
    Store(StoreFault),
    /// No response arrived: the browser is offline or the server is away.
    #[error("no answer from the server")]
    NoAnswer,
}

impl AppError {
    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::Malformed | Self::MalformedHeaders => 400,
            Self::NotSignedIn | Self::WrongCredentials => 401,
            Self::ForeignOrigin
            | Self::RegistrationClosed
            | Self::NotInDemo
            | Self::NoHousehold
            | Self::OwnersOnly
            | Self::BelongsElsewhere
            | Self::OwnersPassword => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::IdempotencyKeyReused
            | Self::IdTaken
            | Self::PartOfGroup
            | Self::InUse
            | Self::AlreadyMember
            | Self::OtherMember
            | Self::LastOwner
            | Self::LastOwnerOfClosed
            | Self::HouseholdClosed
            | Self::ErasureDue
            | Self::BalanceChanged
            | Self::CurrencyChanged
            | Self::LimitReached { .. } => 409,
            Self::Gone
            | Self::MemberGone
            | Self::PositionLost
            | Self::InviteEnded
            | Self::PasswordLinkEnded => 410,
            Self::Stale { .. } => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid { errors } => match shared_conflict(errors.as_slice()) {
                Some(reason) => reason.status(),
                None => 422,
            },
            Self::TooManyRequests { .. } | Self::DemoFull { .. } => 429,
            Self::Internal => 500,
            Self::Busy | Self::Unavailable | Self::Store(_) | Self::NoAnswer => 503,
        }
    }

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::MalformedHeaders => "malformed_headers",
            Self::NotSignedIn => "not_signed_in",
            Self::WrongCredentials => "wrong_credentials",
            Self::ForeignOrigin => "foreign_origin",
            Self::RegistrationClosed => "registration_closed",
            Self::NotInDemo => "not_in_demo",
            Self::NoHousehold => "no_household",
            Self::OwnersOnly => "owners_only",
            Self::BelongsElsewhere => "belongs_elsewhere",
            Self::OwnersPassword => "owners_password",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::IdempotencyKeyReused => "idempotency_key_reused",
            Self::IdTaken => "id_taken",
            Self::PartOfGroup => "part_of_group",
            Self::InUse => "in_use",
            Self::AlreadyMember => "already_member",
            Self::OtherMember => "other_member",
            Self::LastOwner => "last_owner",
            Self::LastOwnerOfClosed => "last_owner_of_closed",
            Self::HouseholdClosed => "household_closed",
            Self::ErasureDue => "erasure_due",
            Self::BalanceChanged => "balance_changed",
            Self::CurrencyChanged => "currency_changed",
            Self::LimitReached { limit } => limit.code(),
            Self::Gone | Self::MemberGone | Self::PositionLost => "gone",
            Self::InviteEnded => "invite_ended",
            Self::PasswordLinkEnded => "password_link_ended",
            Self::Stale { .. } => "stale",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Invalid { errors } => match shared_conflict(errors.as_slice()) {
                Some(reason) => reason.code(),
                None => "invalid",
            },
            Self::TooManyRequests { .. } => "too_many_requests",
            Self::DemoFull { .. } => "demo_full",
            Self::Internal => "internal",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Store(fault) => fault.code(),
            Self::NoAnswer => "no_answer",
        }
    }

    /// The number of seconds after which the same call may succeed; `None` if waiting does not help.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooManyRequests { retry_after_seconds } | Self::DemoFull { retry_after_seconds, .. } => {
                Some(*retry_after_seconds)
            }
            Self::Busy | Self::Unavailable | Self::Store(StoreFault::Locked | StoreFault::Away) => Some(1),
            // The operator has to free space first.
            Self::Store(_) => Some(10),
            _ => None,
        }
    }

    /// Whether it is unknown if the call was carried out, so that it is retried with the same key.
    #[must_use]
    pub const fn is_undecided(&self) -> bool {
        matches!(self, Self::NoAnswer | Self::Unavailable | Self::Store(_))
    }

    /// An error with one refused field.
    #[must_use]
    pub fn field(field: &str, reason: impl Into<Reason>) -> Self {
        Self::Invalid { errors: vec![FieldError { field: field.to_owned(), reason: reason.into() }] }
    }

    /// The refused fields; empty for any other error.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid { errors } => errors,
            _ => &[],
        }
    }
}

impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid { errors }
    }
}
