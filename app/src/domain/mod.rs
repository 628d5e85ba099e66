//! The domain: money, days, facts and the household that owns them.
//!
//! Every type here is parsed once, by the same code in the browser and on the server, into a value that is
//! always valid. Nothing here knows leptos, SQL or sockets.

pub mod arithmetic;
pub mod article;
pub mod balance_history;
pub mod branches;
pub mod case;
pub mod collation;
pub mod currency;
pub mod currency_sign;
pub mod day;
mod digit_groups;
pub mod direction;
pub mod fact;
pub mod fact_group;
pub mod fields;
pub mod financial_center;
pub mod fold;
pub mod household;
pub mod ids;
pub mod instant;
pub mod letters;
mod limit;
pub mod look;
mod marks;
pub mod money;
mod month_range;
pub mod occurrence;
mod open_days;
pub mod plan;
pub mod plan_tools;
pub mod reason;
pub mod recurring;
pub mod recurring_form;
pub mod refusal;
pub mod schedule;
#[cfg(feature = "ssr")]
mod schema;
pub mod search;
pub mod starter;
pub mod tag;
pub mod text;
pub mod totals;
pub mod typed_fact;
pub mod versioned;

pub use article::{Article, ArticleForm, ArticleRevision, Kind, MergedArticle, NewArticle};
pub use balance_history::MonthBalance;
pub use currency::Currency;
pub use day::{Day, Month};
pub use fact::{Before, Fact, FactForm, FactKey, FactRevision, Group, GroupKind, Hands, NewFact};
pub use fact_group::{FactGroup, GroupForm, PartForm, SplitForm, TransferForm};
pub use financial_center::{
    Balance, FinancialCenter, FinancialCenterForm, FinancialCenterRevision, NewFinancialCenter,
};
pub use household::{
    Household, HouseholdName, Invite, InviteLink, Language, Me, Member, OpenPasswordLink, PasswordLink, Role,
    Session, Theme,
};
pub use ids::*;
pub use instant::Instant;
pub use limit::Limit;
pub use money::Money;
pub use month_range::MonthRange;
pub use occurrence::OccurrenceForm;
pub use plan::{Plan, PlanForm};
pub use reason::Reason;
pub use recurring::{Recurring, Target};
pub use recurring_form::RecurringForm;
pub use refusal::{FieldError, Refusals};
pub use schedule::{Schedule, Unit};
pub use search::Search;
pub use tag::Tag;
pub use text::{Comment, Email, Name};
pub use totals::{ArticleSummary, ArticleTotal, MonthTotals, Summary};
pub use typed_fact::RowsOfForm;
pub use versioned::Versioned;
