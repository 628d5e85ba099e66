//! What is read across tables, and how a list is asked for.

use crate::{
    domain::{
        Article, ArticleId, Balance, Day, Fact, FinancialCenterId, Household, Instant, Member, MemberId,
        MonthTotals, MutationId, Plan, Recurring, Tag, fact,
    },
    wire::{Check, Entry, Position, SNAPSHOT_FACTS, Seq},
};
use serde::{Deserialize, Serialize};

/// Which facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactQuery {
    /// From this day.
    pub from: Option<Day>,
    /// To this day, included.
    pub to: Option<Day>,
    /// On this article only, its children not included.
    pub article_id: Option<ArticleId>,
    /// In this center only.
    pub financial_center_id: Option<FinancialCenterId>,
    /// With this tag in the comment only.
    pub tag: Option<Tag>,
    /// Below this place in the order.
    pub after: Option<fact::FactKey>,
    /// At most so many, 1 to 500.
    pub limit: i64,
}

/// Some facts, and where the next ones begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactPage {
    /// In the order of facts everywhere.
    pub items: Vec<Fact>,
    /// The last one's place, when there are more.
    pub next: Option<fact::FactKey>,
}

/// Everything Today shows, read in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatSnapshot")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// Where it was read.
    #[serde(flatten)]
    pub position: Position,
    /// The household's today.
    pub today: Day,
    /// The household.
    pub household: Household,
    /// Who asked.
    pub me: MemberId,
    /// Everybody in the household.
    pub members: Vec<Member>,
    /// All articles.
    pub articles: Vec<Article>,
    /// All centers with what is in them.
    pub financial_centers: Vec<Balance>,
    /// The sums of the month that today lies in.
    pub month: MonthTotals,
    /// What is meant for that month.
    pub plans: Vec<Plan>,
    /// All recurring entries.
    pub recurring: Vec<Recurring>,
    /// The newest ones, in their order.
    pub facts: Vec<Fact>,
}

/// Some months of plans and sums, read in one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Where it was read.
    pub position: Position,
    /// The plans of these months.
    pub plans: Vec<Plan>,
    /// The sums of each month, in their order.
    pub months: Vec<MonthTotals>,
}

impl Grid {
    /// So many months at once.
    pub const MOST_MONTHS: i32 = 24;
}

/// [`Snapshot`] as it is read: serde's own flattening would buffer every field.
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
            financial_centers: flat.financial_centers,
            month: flat.month,
            plans: flat.plans,
            recurring: flat.recurring,
            facts: flat.facts,
        }
    }
}

impl Snapshot {
    /// The last fact that is loaded, when there may be older ones.
    #[must_use]
    pub fn boundary(&self) -> Option<fact::FactKey> {
        (self.facts.len() >= SNAPSHOT_FACTS).then(|| self.facts.last().map(Fact::key)).flatten()
    }
}

/// From where the log is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Since {
    /// The last change that is known; 0 for all.
    pub seq: Seq,
    /// The log that it is a number of, where the caller says so.
    pub epoch: Option<uuid::Uuid>,
    /// What that change carried, where the caller says so.
    pub check: Option<Check>,
}

/// One entry of the log, for programs without a socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Event {
    /// Its number.
    pub seq: Seq,
    /// Its check, to resume from with `since`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// When it was committed.
    pub at: Instant,
    /// Who did it.
    pub member_id: MemberId,
    /// Its idempotency key.
    pub mutation_id: Option<MutationId>,
    /// What changed.
    #[cfg_attr(feature = "ssr", schema(value_type = Vec<Object>))]
    pub changes: Vec<Entry>,
}
