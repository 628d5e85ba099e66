//! Reading facts.

use super::{Ledger, fault::Fault};
use crate::db::{self, Tx};
use app::{
    domain::{
        Day, Fact, FinancialCenter, HouseholdId, Money,
        search::{DayRange, FactCondition, FactFilter, FactTest},
    },
    service::{Actor, FactPage, FactQuery, FoundFacts, Read},
};
use std::collections::BTreeMap;

/// A query with the rows of the household in place of names, and the centers, which amounts depend on.
struct Sought {
    filter: FactFilter,
    centers: Vec<FinancialCenter>,
}

impl Sought {
    async fn new(tx: &mut Tx, household: HouseholdId, query: &FactQuery) -> sqlx::Result<Self> {
        let centers = db::financial_centers::without_balances(tx, household).await?;
        let mut filter = if query.search.is_empty() {
            FactFilter::default()
        } else {
            let articles = db::articles::list(tx, household).await?;
            let members = db::members::list(tx, household).await?;
            FactFilter::new(&query.search, &articles, &centers, &members)
        };
        let days = DayRange::new(query.from, query.to).map(FactCondition::Day);
        let article = query.article_id.map(|id| FactCondition::Article(vec![id]));
        let center = query.financial_center_id.map(|id| FactCondition::Center(vec![id]));
        let tag = query.tag.clone().map(FactCondition::Tag);
        let conditions = [days, article, center, tag].into_iter().flatten();
        filter.tests.extend(conditions.map(|condition| FactTest { excluded: false, condition }));
        Ok(Self { filter, centers })
    }

    async fn page(&self, tx: &mut Tx, household: HouseholdId, query: &FactQuery) -> sqlx::Result<FactPage> {
        // One more than requested, to find out whether there are more.
        let limit = query.limit + 1;
        let mut items = if query.search.is_empty() {
            let query = FactQuery { limit, ..query.clone() };
            db::fact_pages::page(tx, household, &query).await?
        } else {
            db::search::page(tx, household, &self.filter, &self.centers, query.after, limit).await?
        };
        let wanted = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let more = items.len() > wanted;
        items.truncate(wanted);
        let next = items.last().filter(|_| more).map(Fact::key);
        Ok(FactPage { items, next })
    }
}

impl Ledger {
    pub(super) async fn do_facts(&self, actor: Actor, query: FactQuery) -> Result<Read<FactPage>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let sought = Sought::new(&mut tx, actor.household, &query).await?;
        let value = sought.page(&mut tx, actor.household, &query).await?;
        Ok(Read { value, position })
    }

    pub(super) async fn do_found_facts(
        &self,
        actor: Actor,
        query: FactQuery,
    ) -> Result<Read<FoundFacts>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let sought = Sought::new(&mut tx, actor.household, &query).await?;
        let page = sought.page(&mut tx, actor.household, &query).await?;
        let rows = db::search::sums(&mut tx, actor.household, &sought.filter, &sought.centers).await?;
        let mut count = 0;
        let mut sums = BTreeMap::new();
        for (center, number, sum) in rows {
            count += number;
            if let Some(center) = sought.centers.iter().find(|row| row.id == center) {
                let total = sums.entry(center.currency).or_insert_with(|| Money::zero(center.currency));
                *total = total.plus(sum);
            }
        }
        Ok(Read { value: FoundFacts { page, count, sums: sums.into_iter().collect() }, position })
    }

    pub(super) async fn do_fact_days(
        &self,
        actor: Actor,
        query: FactQuery,
    ) -> Result<Read<Vec<(Day, i64)>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let sought = Sought::new(&mut tx, actor.household, &query).await?;
        let value = db::search::days(&mut tx, actor.household, &sought.filter, &sought.centers).await?;
        Ok(Read { value, position })
    }
}
