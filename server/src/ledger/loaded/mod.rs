//! The rows that a command names, read while the household is locked: the known part of the book that it is
//! decided on.

mod reading;
mod rows;

use super::{accounts::time_zone_exists, fault::Fault, write::Write};
use crate::clock::Clock;
use app::{
    command::{Command, GroupParts, Known, Lookup, Stamp},
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Household, HouseholdId, Instant, Limit, Member, MemberId, Money, Month, Plan, Recurring, RecurringId,
        occurrence::Settlement,
    },
    service::Terms,
};
use std::collections::HashMap;
use uuid::Uuid;

/// The rows that were read. Looking up any other row returns [`Lookup::NotLoaded`].
pub(super) struct Loaded {
    /// The household of the rows.
    household_id: HouseholdId,
    stamp: Stamp,
    clock: Clock,
    time_zone: String,
    household: Option<Household>,
    member: Option<Member>,
    facts: HashMap<FactId, Lookup<Fact>>,
    groups: HashMap<GroupId, (GroupKind, Lookup<GroupParts>)>,
    articles: HashMap<ArticleId, Lookup<Article>>,
    merged: HashMap<ArticleId, ArticleId>,
    all_articles: Option<Vec<Article>>,
    centers: HashMap<FinancialCenterId, Lookup<FinancialCenter>>,
    /// The balance of the financial center that the command names.
    balance: Option<Money>,
    last_position: Option<i64>,
    plans: HashMap<(ArticleId, Month), Lookup<Plan>>,
    anything_planned: Option<bool>,
    recurring: HashMap<RecurringId, Lookup<Recurring>>,
    settlements: HashMap<(RecurringId, Day), Lookup<Settlement>>,
    last_settled: Option<Option<Day>>,
    /// Whether the article or financial center that the command is about is in use.
    in_use: Option<bool>,
    /// The number of existing rows of the command's family.
    count: Option<i64>,
}

impl Loaded {
    /// Reads the rows that a command names; `subject` is the row that it is about.
    pub async fn of(
        write: &mut Write,
        clock: &Clock,
        terms: Terms,
        subject: Uuid,
        command: &Command,
    ) -> Result<Self, Fault> {
        let today = clock.today(&write.time_zone);
        let stamp = Stamp { member: write.member(), now: write.now, seq: write.position.seq, today };
        let mut loaded = Self {
            household_id: write.scope().household,
            stamp,
            clock: clock.clone(),
            time_zone: write.time_zone.clone(),
            household: None,
            member: None,
            facts: HashMap::new(),
            groups: HashMap::new(),
            articles: HashMap::new(),
            merged: HashMap::new(),
            all_articles: None,
            centers: HashMap::new(),
            balance: None,
            last_position: None,
            plans: HashMap::new(),
            anything_planned: None,
            recurring: HashMap::new(),
            settlements: HashMap::new(),
            last_settled: None,
            in_use: None,
            count: None,
        };
        loaded.read(&mut write.tx, terms, subject, command).await?;
        Ok(loaded)
    }
}

impl Known for Loaded {
    fn stamp(&self) -> Stamp {
        self.stamp
    }

    fn fact(&self, id: FactId) -> Lookup<Fact> {
        self.facts.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<GroupParts> {
        match self.groups.get(&id) {
            Some((of, parts)) if *of == kind => parts.clone(),
            _ => Lookup::NotLoaded,
        }
    }

    fn article(&self, id: ArticleId) -> Lookup<Article> {
        self.articles.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn merged_into(&self, id: ArticleId) -> Lookup<ArticleId> {
        self.merged.get(&id).copied().map_or(Lookup::Missing, Lookup::Found)
    }

    fn articles(&self) -> Option<Vec<Article>> {
        self.all_articles.clone()
    }

    fn article_in_use(&self, _: ArticleId) -> Option<bool> {
        self.in_use
    }

    fn transfer_article(&self) -> Option<ArticleId> {
        Article::of_transfers(self.all_articles.as_ref()?)
    }

    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter> {
        self.centers.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn balance(&self, _: FinancialCenterId) -> Option<Money> {
        self.balance
    }

    fn financial_center_in_use(&self, _: FinancialCenterId) -> Option<bool> {
        self.in_use
    }

    fn last_position(&self) -> Option<i64> {
        self.last_position
    }

    fn household(&self) -> Option<Household> {
        self.household.clone()
    }

    fn member(&self, id: MemberId) -> Lookup<Member> {
        match &self.member {
            Some(member) if member.id == id => Lookup::Found(member.clone()),
            Some(_) => Lookup::NotLoaded,
            None => Lookup::Missing,
        }
    }

    fn plan(&self, article: ArticleId, month: Month) -> Lookup<Plan> {
        self.plans.get(&(article, month)).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn anything_planned(&self) -> Option<bool> {
        self.anything_planned
    }

    fn time_zone_exists(&self, name: &str) -> Option<bool> {
        Some(time_zone_exists(name))
    }

    fn recurring(&self, id: RecurringId) -> Lookup<Recurring> {
        self.recurring.get(&id).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement> {
        self.settlements.get(&(id, day)).cloned().unwrap_or(Lookup::NotLoaded)
    }

    fn last_settled(&self, _: RecurringId, _: Day) -> Option<Option<Day>> {
        self.last_settled
    }

    fn day_of(&self, instant: Instant) -> Day {
        self.clock.day_of(instant, &self.time_zone)
    }

    fn count(&self, _: Limit) -> Option<i64> {
        self.count
    }
}
