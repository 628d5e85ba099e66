//! Households and their members.

use super::{Currency, Day, HouseholdId, Instant, InviteId, MemberId, Name, Reason, SessionId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A household: the shared book that every row belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Household {
    /// Generated when it is founded.
    pub id: HouseholdId,
    /// The name.
    pub name: Name,
    /// The currency that totals show first.
    pub currency: Currency,
    /// An IANA time zone, `Europe/Berlin`, which determines the current day.
    pub time_zone: String,
    /// The day on which it is erased with everything in it. Until then it is read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erase_on: Option<Day>,
    /// 1 when founded; incremented by each change.
    pub version: i64,
}

/// A member of a household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Member {
    /// Generated when the person joins.
    pub id: MemberId,
    /// The name that the others see.
    pub name: Name,
    /// The role, which determines what the member may do.
    pub role: Role,
    /// One of the eight colours, 0 to 7, which marks the member's entries.
    pub colour: i64,
    /// Whether the member left or was removed. Such a member has no access, and is still named beside what
    /// they recorded. Absent in log entries from versions in which members could not be removed.
    #[serde(default)]
    pub removed: bool,
    /// 1 when joined; incremented by each change.
    pub version: i64,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages members and the household itself. Every household has exactly one.
    Owner,
    /// Records and changes everything.
    Editor,
}

impl Role {
    /// The word on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
        }
    }
}

impl TryFrom<String> for Role {
    type Error = Reason;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "owner" => Ok(Self::Owner),
            "editor" => Ok(Self::Editor),
            _ => Err(Reason::UnknownWord),
        }
    }
}

/// The language of a person's screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Language {
    /// Every language, in menu order.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The BCP 47 tag.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The first language of an `Accept-Language` header for which there is a catalogue.
    #[must_use]
    pub fn preferred(accept: &str) -> Option<Self> {
        accept.split(',').find_map(|range| {
            let tag = range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            tag.split('-').next().unwrap_or_default().parse().ok()
        })
    }
}

impl FromStr for Language {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "en" => Ok(Self::En),
            "ru" => Ok(Self::Ru),
            _ => Err(Reason::UnknownWord),
        }
    }
}

/// The colour theme that a person prefers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// Matches the device.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in menu order.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie and on the page.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl FromStr for Theme {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|theme| theme.as_str() == text).ok_or(Reason::UnknownWord)
    }
}

/// The signed-in account, its member and household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Me {
    /// The member in this household.
    pub member: Member,
    /// The household of this session.
    pub household: Household,
    /// All households of the account, to switch between.
    pub households: Vec<HouseholdName>,
    /// The email of the account.
    pub email: String,
    /// The language of the person's screens.
    pub language: Language,
}

/// A household to switch to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HouseholdName {
    /// The household.
    pub id: HouseholdId,
    /// The name.
    pub name: Name,
}

/// An unused invitation. Its link is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Invite {
    /// The id, for revoking it.
    pub id: InviteId,
    /// The member who invited.
    pub created_by: MemberId,
    /// When it expires.
    pub expires_at: Instant,
}

/// A new invitation with its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InviteLink {
    /// The id, for revoking it.
    pub id: InviteId,
    /// The address of the page for joining; valid once.
    pub url: String,
    /// When it expires.
    pub expires_at: Instant,
}

/// An unused link by which a member sets a new password. Its address is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OpenPasswordLink {
    /// The member whose password it sets.
    pub member_id: MemberId,
    /// The owner who made it.
    pub created_by: MemberId,
    /// When it expires.
    pub expires_at: Instant,
}

/// A new link by which a member sets a new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PasswordLink {
    /// The member whose password it sets.
    pub member_id: MemberId,
    /// The address of the page that sets it; valid once.
    pub url: String,
    /// When it expires.
    pub expires_at: Instant,
}

/// The session of a signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Session {
    /// The id, for signing it out.
    pub id: SessionId,
    /// The name of the device, from the browser's `User-Agent`.
    pub device: String,
    /// When it signed in.
    pub created_at: Instant,
    /// When it was last seen, to the minute.
    pub last_seen_at: Instant,
    /// Whether it is the session of this request.
    pub current: bool,
}

/// Changes of a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MemberForm {
    /// The name that the others see.
    pub name: Option<String>,
    /// One of the eight colours, 0 to 7.
    pub colour: Option<i64>,
}

/// Changes of the household.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HouseholdForm {
    /// The name.
    pub name: Option<String>,
    /// A three-letter code.
    pub currency: Option<String>,
    /// An IANA time zone.
    pub time_zone: Option<String>,
}
