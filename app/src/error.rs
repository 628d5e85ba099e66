//! The one error that crosses the wire.
//!
//! Each variant knows its HTTP status and its stable code here; its sentence for a person stands in
//! `i18n::errors`, in every language. Nothing of the server's inside (SQL, paths, hosts) is ever in it.

use crate::api::json::TextJson;
use crate::domain::{FieldError, Limit, Reason};
use leptos::prelude::FromServerFnError;
use leptos::server_fn::error::ServerFnErrorErr;
use serde::{Deserialize, Serialize};

/// Why the store did not take a write, or did not answer. Nothing was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreFault {
    /// No room is left on the disk.
    Full,
    /// The disk or the database takes no writes.
    ReadOnly,
    /// The disk reports an error.
    Failing,
    /// Another program holds a lock on the database.
    Locked,
    /// The database file was moved or deleted, or another file stands in its place.
    Displaced,
}

/// What a call can answer instead of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// 400: the request cannot be read at all.
    #[error("malformed request")]
    Malformed,
    /// 400: the headers do not say clearly where the request goes or which page it comes from.
    #[error("malformed headers")]
    MalformedHeaders,
    /// 401: no session, or one that ended.
    #[error("not signed in")]
    NotSignedIn,
    /// 401: no such email, or not its password; which of the two is not said.
    #[error("wrong email or password")]
    WrongCredentials,
    /// 403: the request comes from a page that is not ours.
    #[error("foreign origin")]
    ForeignOrigin,
    /// 403: this server takes new people by invitation only.
    #[error("registration is closed")]
    RegistrationClosed,
    /// 403: the demo household is for one visitor alone.
    #[error("not in the demo")]
    NotInDemo,
    /// 403: email and password are right, but the account is a member of no household any more.
    #[error("no household")]
    NoHousehold,
    /// 403: only the owner of the household may do this.
    #[error("owners only")]
    OwnersOnly,
    /// 403: the person belongs to another household too, so no owner may set their password.
    #[error("belongs elsewhere")]
    BelongsElsewhere,
    /// 403: an owner's password is set by nobody else.
    #[error("an owner's password")]
    OwnersPassword,
    /// 404: no such row in this household.
    #[error("not found")]
    NotFound,
    /// 405: the path exists, not with this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// 409: the idempotency key was used for another content.
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
    /// 409: it was made by a member who is somebody else's.
    #[error("made by another member")]
    OtherMember,
    /// 409: the household would be left without an owner.
    #[error("last owner")]
    LastOwner,
    /// 409: the household is going to be erased and takes no changes.
    #[error("household is closed")]
    HouseholdClosed,
    /// 409: there are as many of these as there may be.
    #[error("limit reached")]
    LimitReached {
        /// Of what.
        limit: Limit,
    },
    /// 410: the row was deleted.
    #[error("gone")]
    Gone,
    /// 410: the log cannot be continued from where the caller is.
    #[error("position lost")]
    PositionLost,
    /// 410: the invitation was used, withdrawn, or is older than a week.
    #[error("invitation ended")]
    InviteEnded,
    /// 410: the link for a new password was used, withdrawn, or is older than a day.
    #[error("password link ended")]
    PasswordLinkEnded,
    /// 412: somebody changed the row meanwhile; nothing was written.
    #[error("stale version")]
    Stale {
        /// The row as it stands, as JSON text.
        current: String,
    },
    /// 413: the body is larger than any request needs.
    #[error("payload too large")]
    PayloadTooLarge,
    /// 415: the body is not JSON.
    #[error("unsupported media type")]
    UnsupportedMediaType,
    /// 422, or what all reasons agree on: fields that are refused, each with its reason; nothing was written.
    #[error("invalid fields")]
    Invalid {
        /// All of them at once.
        errors: Vec<FieldError>,
    },
    /// 429: too many attempts.
    #[error("too many requests")]
    TooManyRequests {
        /// When the next one may come.
        retry_after_seconds: u32,
    },
    /// 500: our fault, logged with the request's id.
    #[error("internal error")]
    Internal,
    /// 503: more people sign in at this moment than passwords can be checked.
    #[error("busy")]
    Busy,
    /// 503: the store does not answer, or the server is stopping; nothing was acknowledged.
    #[error("unavailable")]
    Unavailable,
    /// 503: the store did not take it, for a reason that whoever runs the server can mend.
    #[error("the store refuses: {0:?}")]
    Store(StoreFault),
    /// No answer arrived: the browser is offline or the server is away.
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
            | Self::HouseholdClosed
            | Self::LimitReached { .. } => 409,
            Self::Gone | Self::PositionLost | Self::InviteEnded | Self::PasswordLinkEnded => 410,
            Self::Stale { .. } => 412,
            Self::PayloadTooLarge => 413,
            Self::UnsupportedMediaType => 415,
            Self::Invalid { errors } => match shared_conflict(errors.as_slice()) {
                Some(reason) => reason.status(),
                None => 422,
            },
            Self::TooManyRequests { .. } => 429,
            Self::Internal => 500,
            Self::Busy | Self::Unavailable | Self::Store(_) | Self::NoAnswer => 503,
        }
    }

    /// The stable code that programs compare.
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
            Self::HouseholdClosed => "household_closed",
            Self::LimitReached { limit } => limit.code(),
            Self::Gone | Self::PositionLost => "gone",
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
            Self::Internal => "internal",
            Self::Busy => "busy",
            Self::Unavailable => "unavailable",
            Self::Store(StoreFault::Full) => "disk_full",
            Self::Store(StoreFault::ReadOnly) => "read_only",
            Self::Store(StoreFault::Failing) => "disk_failing",
            Self::Store(StoreFault::Locked) => "database_locked",
            Self::Store(StoreFault::Displaced) => "database_displaced",
            Self::NoAnswer => "no_answer",
        }
    }

    /// After how many seconds the same call may succeed; none when waiting alone does not help.
    #[must_use]
    pub const fn retry_after_seconds(&self) -> Option<u32> {
        match self {
            Self::TooManyRequests { retry_after_seconds } => Some(*retry_after_seconds),
            Self::Busy | Self::Unavailable | Self::Store(StoreFault::Locked) => Some(1),
            // Somebody has to make room first.
            Self::Store(_) => Some(10),
            _ => None,
        }
    }

    /// Whether it may be unknown if the call was carried out, so that it is sent again under the same key.
    #[must_use]
    pub const fn is_undecided(&self) -> bool {
        matches!(self, Self::NoAnswer | Self::Unavailable | Self::Store(_))
    }

    /// One refused field.
    #[must_use]
    pub fn field(field: &str, reason: impl Into<Reason>) -> Self {
        Self::Invalid { errors: vec![FieldError { field: field.to_owned(), reason: reason.into() }] }
    }

    /// The refused fields, none for any other error.
    #[must_use]
    pub fn fields(&self) -> &[FieldError] {
        match self {
            Self::Invalid { errors } => errors,
            _ => &[],
        }
    }
}

/// The reason whose status and code the refusal of a form takes: the first one, where every field is refused
/// for this reason and its status is not the usual 422. A form that also has wrong fields is refused for these.
const fn shared_conflict(errors: &[FieldError]) -> Option<Reason> {
    let Some((FieldError { reason: first, .. }, mut rest)) = errors.split_first() else { return None };
    if first.status() == 422 {
        return None;
    }
    while let Some((error, others)) = rest.split_first() {
        if error.reason.status() != first.status() {
            return None;
        }
        rest = others;
    }
    Some(*first)
}

impl From<Vec<FieldError>> for AppError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid { errors }
    }
}

impl FromServerFnError for AppError {
    type Encoder = TextJson;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::NoAnswer,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => Self::Malformed,
            // What answered is not our server: a proxy that does not reach it.
            ServerFnErrorErr::Deserialization(_) => Self::Unavailable,
            _ => Self::Internal,
        }
    }

    // Here and not in the functions' bodies: arguments that cannot be read never reach a body.
    #[cfg(feature = "ssr")]
    fn ser(&self) -> leptos::server_fn::Bytes {
        use leptos::server_fn::Encodes;
        crate::api::set_status(self);
        TextJson::encode(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reasons: &[Reason]) -> (u16, &'static str) {
        let field = |reason: &Reason| FieldError { field: "currency".to_owned(), reason: *reason };
        let error = AppError::from(reasons.iter().map(field).collect::<Vec<_>>());
        (error.status(), error.code())
    }

    #[test]
    fn a_form_is_refused_with_the_status_that_all_its_reasons_have() {
        assert_eq!(refused(&[]), (422, "invalid"));
        assert_eq!(refused(&[Reason::Required]), (422, "invalid"));
        assert_eq!(refused(&[Reason::UsedCurrency]), (409, "in_use"));
        assert_eq!(refused(&[Reason::UsedCurrency, Reason::UsedCurrency]), (409, "in_use"));
        for mixed in [[Reason::UsedCurrency, Reason::Required], [Reason::Required, Reason::UsedCurrency]] {
            assert_eq!(refused(&mixed), (422, "invalid"), "one field is wrong by itself");
        }
    }
}
