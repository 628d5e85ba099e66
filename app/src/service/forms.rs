//! What people send of themselves and their household; fields that are absent stay as they are.

use serde::{Deserialize, Serialize};

/// Who wants to be in: to found a household, or to join one by an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RegisterForm {
    /// What the others call the person.
    pub name: Option<String>,
    /// The address to sign in with.
    pub email: Option<String>,
    /// At least eight characters.
    pub password: Option<String>,
    /// The name of a household to found.
    pub household: Option<String>,
    /// The token of an invitation instead.
    pub invite: Option<String>,
    /// Three letters; EUR when absent.
    pub currency: Option<String>,
    /// An IANA name; UTC when absent.
    pub time_zone: Option<String>,
    /// `en` or `ru`; the request's language when absent.
    pub language: Option<String>,
    /// What is in the household's first account; nothing when absent.
    pub opening_balance: Option<String>,
}

/// What a person changes about themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MeForm {
    /// What the others call the person.
    pub name: Option<String>,
    /// Which of the eight colours, 0 to 7.
    pub colour: Option<i64>,
    /// `en` or `ru`.
    pub language: Option<String>,
    /// Another household of the same account, to switch to.
    pub household_id: Option<String>,
}

/// What changes about a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MemberForm {
    /// What the others call the person.
    pub name: Option<String>,
    /// Which of the eight colours, 0 to 7.
    pub colour: Option<i64>,
}

/// What changes about the household.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HouseholdForm {
    /// What the family calls itself.
    pub name: Option<String>,
    /// Three letters.
    pub currency: Option<String>,
    /// An IANA name.
    pub time_zone: Option<String>,
}
