//! The row that a command was about, as it is after the command.

use crate::{
    domain::{Article, Fact, FactGroup, FinancialCenter, Household, Member, Plan, Recurring},
    error::AppError,
};
use serde::{Deserialize, Serialize};

/// Defines the variants, with conversions from and into each type.
macro_rules! subjects {
    ($($(#[$doc:meta])+ $subject:ident($row:ty),)+) => {
        /// The row that a command was about, as it is after the command.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Subject {
            $($(#[$doc])+ $subject($row),)+
        }

        $(
            impl From<$row> for Subject {
                fn from(row: $row) -> Self {
                    Self::$subject(row)
                }
            }

            impl TryFrom<Subject> for $row {
                type Error = AppError;

                /// Fails only on a programming error: the caller chose the command, so it knows the type.
                fn try_from(subject: Subject) -> Result<Self, AppError> {
                    match subject {
                        Subject::$subject(row) => Ok(row),
                        _ => Err(AppError::Internal),
                    }
                }
            }
        )+
    };
}

subjects! {
    /// The row was deleted.
    Deleted(()),
    /// A fact.
    Fact(Fact),
    /// A transfer or split.
    Group(FactGroup),
    /// An article.
    Article(Article),
    /// A financial center.
    FinancialCenter(FinancialCenter),
    /// A recurring entry.
    Recurring(Recurring),
    /// Plans.
    Plans(Vec<Plan>),
    /// The household.
    Household(Household),
    /// A member.
    Member(Member),
}
