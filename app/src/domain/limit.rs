//! Limits on how many rows people can create.

use serde::{Deserialize, Serialize};

/// What is limited in number. Every screen holds all of these, and every page carries them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// Articles of a household.
    Articles,
    /// Financial centers of a household.
    FinancialCenters,
    /// Recurring entries of a household.
    Recurring,
    /// Valid invitations of a household.
    Invites,
    /// Members of a household.
    Members,
    /// Facts and plans that one merge of articles moves: it is one change, which every screen and every
    /// reader of the log processes as a whole.
    Merged,
}

impl Limit {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Articles, Self::FinancialCenters, Self::Recurring, Self::Invites, Self::Members, Self::Merged];

    /// The limit; for rows that can be deleted, it counts those that are not.
    #[must_use]
    pub const fn most(self) -> i64 {
        match self {
            Self::Articles => 1000,
            Self::FinancialCenters => 200,
            Self::Recurring => 500,
            Self::Invites | Self::Members => 50,
            Self::Merged => 10_000,
        }
    }

    /// The stable code of the refusal.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Articles => "too_many_articles",
            Self::FinancialCenters => "too_many_financial_centers",
            Self::Recurring => "too_many_recurring",
            Self::Invites => "too_many_invites",
            Self::Members => "too_many_members",
            Self::Merged => "too_many_to_merge",
        }
    }
}
