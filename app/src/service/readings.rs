//! Results that are read across tables, and the query of a list of facts.

use crate::{
    domain::{
        Article, ArticleId, Balance, Currency, Day, Fact, FinancialCenterId, Household, Instant, Member,
        MemberId, MergedArticle, Money, MonthTotals, MutationId, Plan, Recurring, Search, Tag, fact,
    },
    wire::{Check, Entry, Position, SNAPSHOT_FACTS, Seq},
};
use serde::{Deserialize, Serialize};

/// The query of a list of facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactQuery {
    /// The first day.
    pub from: Option<Day>,
    /// The last day, inclusive.
    pub to: Option<Day>,
    /// Only facts of this article, without its children.
    pub article_id: Option<ArticleId>,
    /// Only facts of this center.
    pub financial_center_id: Option<FinancialCenterId>,
    /// Only facts with this tag in the comment.
    pub tag: Option<Tag>,
    /// Only facts that this search finds.
    pub search: Search,
    /// Only facts after this one in the order.
    pub after: Option<fact::FactKey>,
    /// The page size, 1 to 500.
    pub limit: i64,
}

/// A page of facts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactPage {
    /// The facts, in their order.
    pub items: Vec<Fact>,
    /// The key of the last one, if there are more.
    pub next: Option<fact::FactKey>,
}

/// A page of the facts that a query finds, with the count and sums of all that it finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFacts {
    /// The page.
    pub page: FactPage,
    /// How many are found, before and after this page too.
    pub count: i64,
    /// Their sum in each currency in which any is found, in the order of the codes.
    pub sums: Vec<(Currency, Money)>,
}

/// Everything that Today shows, read in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatSnapshot")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The position at which it was read.
    #[serde(flatten)]
    pub position: Position,
    /// The household's today.
    pub today: Day,
    /// The household.
    pub household: Household,
    /// The member who asked.
    pub me: MemberId,
    /// Everybody who is or was a member.
    pub members: Vec<Member>,
    /// All articles.
    pub articles: Vec<Article>,
    /// The newest articles that were merged, at most 100, in the order in which they were merged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<MergedArticle>,
    /// All centers with their balances.
    pub financial_centers: Vec<Balance>,
    /// The sums of the current month.
    pub month: MonthTotals,
    /// The plans of the current month.
    pub plans: Vec<Plan>,
    /// All recurring entries.
    pub recurring: Vec<Recurring>,
    /// The newest facts, in their order.
    pub facts: Vec<Fact>,
}

/// Plans and sums of a range of months, read in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// The position at which they were read.
    pub position: Position,
    /// The plans of these months.
    pub plans: Vec<Plan>,
    /// The sums of each month, in order.
    pub months: Vec<MonthTotals>,
}

impl Grid {
    /// The largest number of months at once.
    pub const MOST_MONTHS: i32 = 24;
}

/// [`Snapshot`] for deserializing: serde's `flatten` would buffer every field.
#[derive(Deserialize)]
struct FlatSnapshot {
    epoch: uuid::Uuid,
    seq: Seq,
    #[serde(default)]
    check: Option<Check>,
    today: Day,
    household: Household,
    me: MemberId,
    members: Vec<Member>,
    articles: Vec<Article>,
    #[serde(default)]
    merged: Vec<MergedArticle>,
    financial_centers: Vec<Balance>,
    month: MonthTotals,
    #[serde(default)]
    plans: Vec<Plan>,
    #[serde(default)]
    recurring: Vec<Recurring>,
    facts: Vec<Fact>,
}

impl From<FlatSnapshot> for Snapshot {
    fn from(flat: FlatSnapshot) -> Self {
        Self {
            position: Position { epoch: flat.epoch, seq: flat.seq, check: flat.check },
            today: flat.today,
            household: flat.household,
            me: flat.me,
            members: flat.members,
            articles: flat.articles,
            merged: flat.merged,
            financial_centers: flat.financial_centers,
            month: flat.month,
            plans: flat.plans,
            recurring: flat.recurring,
            facts: flat.facts,
        }
    }
}

impl Snapshot {
    /// The key of the last loaded fact, if there may be older ones.
    #[must_use]
    pub fn boundary(&self) -> Option<fact::FactKey> {
        (self.facts.len() >= SNAPSHOT_FACTS).then(|| self.facts.last().map(Fact::key)).flatten()
    }
}

/// The position from which the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The last change that is known; 0 for all.
    pub seq: Seq,
    /// The epoch that `seq` refers to, if the caller gives one.
    pub epoch: Option<uuid::Uuid>,
    /// The check of that change, if the caller gives one.
    pub check: Option<Check>,
}

/// An entry of the log, for programs without a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its number.
    pub seq: Seq,
    /// Its check, for resuming with `since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// When it was committed.
    pub at: Instant,
    /// The member who made the change.
    pub member_id: MemberId,
    /// Its idempotency key.
    pub mutation_id: Option<MutationId>,
    /// The rows that changed.
    #[cfg_attr(feature = "ssr", schema(value_type = Vec<Object>))]
    pub changes: Vec<Entry>,
}
