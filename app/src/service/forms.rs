//! Forms about accounts, members and the household. Absent fields stay unchanged.

use serde::{Deserialize, Serialize};

/// A registration: founds a household, or joins one by an invitation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RegisterForm {
    /// The name that the others see.
    pub name: Option<String>,
    /// The email to sign in with.
    pub email: Option<String>,
    /// The password, at least eight characters.
    pub password: Option<String>,
    /// The name of the household to found.
    pub household: Option<String>,
    /// The token of an invitation, instead of a household.
    pub invite: Option<String>,
    /// A three-letter code; default EUR.
    pub currency: Option<String>,
    /// An IANA time zone; default UTC.
    pub time_zone: Option<String>,
    /// `en` or `ru`; the request's language if absent.
    pub language: Option<String>,
    /// The balance of the household's first account; zero if absent.
    pub opening_balance: Option<String>,
}

/// Changes of one's own account and member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct MeForm {
    /// The name that the others see.
    pub name: Option<String>,
    /// One of the eight colours, 0 to 7.
    pub colour: Option<i64>,
    /// `en` or `ru`.
    pub language: Option<String>,
    /// Another household of the account, to switch to.
    pub household_id: Option<String>,
}
