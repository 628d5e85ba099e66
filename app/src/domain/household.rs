//! The household, and the people in it.

use super::{Currency, Day, HouseholdId, Instant, InviteId, MemberId, Name, Reason, SessionId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// The shared book; every row belongs to exactly one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Household {
    /// Made at its founding.
    pub id: HouseholdId,
    /// What the family calls itself.
    pub name: Name,
    /// The currency that totals show first.
    pub currency: Currency,
    /// An IANA name, `Europe/Berlin`: it decides what day today is.
    pub time_zone: String,
    /// The day on which it is erased with everything in it. Until then it can be read, not written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erase_on: Option<Day>,
    /// 1 when founded, one more with each change.
    pub version: i64,
}

/// A person in a household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Member {
    /// Made when the person joined.
    pub id: MemberId,
    /// What the others call them.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// Which of the eight colours marks their entries, 0 to 7.
    pub colour: i64,
    /// Left, or was removed: sees nothing any more, and is still named beside what they recorded. Entries of
    /// the log from before there was such a thing do not have it.
    #[serde(default)]
    pub removed: bool,
    /// 1 when joined, one more with each change.
    pub version: i64,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Decides who is a member, and about the household itself. There is always one.
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

/// The language a person reads.
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
    /// Every language, in the order a menu shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The tag of BCP 47.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The first language of an `Accept-Language` header that there is a catalogue for.
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

/// How a person wants the screens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device is set.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Every theme, in the order a menu shows them.
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

/// Who is signed in here, and in which household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Me {
    /// The person in this household.
    pub member: Member,
    /// The household this session looks at.
    pub household: Household,
    /// All households of the account, to switch between.
    pub households: Vec<HouseholdName>,
    /// The sign-in's address.
    pub email: String,
    /// The language of everything the person reads.
    pub language: Language,
}

/// A household to switch to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct HouseholdName {
    /// The household.
    pub id: HouseholdId,
    /// What the family calls itself.
    pub name: Name,
}

/// An invitation that has not been used. Its link is shown once and never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Invite {
    /// To withdraw it by.
    pub id: InviteId,
    /// Who invited.
    pub created_by: MemberId,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// A new invitation with its link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct InviteLink {
    /// To withdraw it by.
    pub id: InviteId,
    /// The page that joins; works once.
    pub url: String,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// A link by which a member sets a new password; it has not been used. Its address is shown once and never
/// stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct OpenPasswordLink {
    /// Whose password it sets.
    pub member_id: MemberId,
    /// The owner who made it.
    pub created_by: MemberId,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// A new link by which a member sets a new password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct PasswordLink {
    /// Whose password it sets.
    pub member_id: MemberId,
    /// The page that sets it; works once.
    pub url: String,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// A signed-in device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Session {
    /// To sign it out by.
    pub id: SessionId,
    /// What the browser calls itself.
    pub device: String,
    /// When it signed in.
    pub created_at: Instant,
    /// When it was seen last, to the minute.
    pub last_seen_at: Instant,
    /// The one that asks.
    pub current: bool,
}
