//! The list of facts, a page at a time. Deleted facts are not in it.

use super::{
    Tx,
    facts::{self, StoredFact, select},
    on_engine, statements,
};
use app::{
    domain::{ArticleId, Fact, FactKey, FinancialCenterId, HouseholdId},
    service::FactQuery,
};
use uuid::Uuid;

/// A page below a place in the list, with further conditions, of which each is one more placeholder. Every combination
/// of filters is a statement of its own: with conditions like `$5 or f.article_id = $6` an engine cannot choose an index.
/// The last day and the place are one bound: of two SQLite would use either.
macro_rules! page {
    ($($filter:literal),*) => {
        select!(
            "and f.deleted_at is null and f.date >= $2 and (f.date, f.created_seq, f.id) < ($3, $4, $5) ",
            $($filter,)*
            "order by f.date desc, f.created_seq desc, f.id desc limit $6"
        )
    };
}

statements! {
    NEWEST = select!("and f.deleted_at is null order by f.date desc, f.created_seq desc, f.id desc limit $2");
    ALL = page!();
    OF_ARTICLE = page!("and f.article_id = $7 ");
    OF_CENTER = page!("and f.financial_center_id = $7 ");
    OF_BOTH = page!("and f.article_id = $7 and f.financial_center_id = $8 ");
    // `like '%#%'` is the condition of the index of notes with tags.
    TAGGED = page!("and f.folded like '%#%' and f.folded like $7 escape '\\' ");
    TAGGED_OF_ARTICLE = page!("and f.folded like '%#%' and f.article_id = $7 and f.folded like $8 escape '\\' ");
    TAGGED_OF_CENTER = page!("and f.folded like '%#%' and f.financial_center_id = $7 and f.folded like $8 escape '\\' ");
    TAGGED_OF_BOTH = page!(
        "and f.folded like '%#%' and f.article_id = $7 and f.financial_center_id = $8 and f.folded like $9 escape '\\' "
    );
}

/// The newest facts in list order, and a few more if the last ones belong to one transfer or split.
///
/// # Errors
/// If the store returns an error.
pub async fn newest(tx: &mut Tx, household: HouseholdId, limit: i64) -> sqlx::Result<Vec<Fact>> {
    let rows: Vec<StoredFact> = on_engine!(&mut *tx, |conn| {
        sqlx::query_as(NEWEST).bind(household.uuid()).bind(limit).fetch_all(conn).await
    })?;
    let mut newest: Vec<Fact> = rows.into_iter().map(Fact::from).collect();
    if let Some(last) = newest.last().cloned()
        && let Some(group) = last.group
    {
        // They have the same day and the same `created_seq`, so they are adjacent in the order.
        let parts = facts::parts(tx, household, group.id).await?;
        newest.extend(parts.into_iter().rev().filter(|part| part.key() < last.key()));
    }
    Ok(newest)
}

/// The place below which a page begins: greater than the key of every fact that it may contain.
fn bound(query: &FactQuery) -> (String, i64, Uuid) {
    let place = |key: FactKey| (key.date.to_string(), key.created_seq, key.id.uuid());
    // Greater than every ISO day.
    let last = query.to.map_or_else(|| "~".to_owned(), |day| day.to_string());
    let last = (last, i64::MAX, Uuid::max());
    query.after.map(place).filter(|after| *after < last).unwrap_or(last)
}

/// The facts that match a query without a search, in list order, up to its limit.
///
/// # Errors
/// If the store returns an error.
pub async fn page(tx: &mut Tx, household: HouseholdId, query: &FactQuery) -> sqlx::Result<Vec<Fact>> {
    let from = query.from.map_or_else(String::new, |day| day.to_string());
    let below = bound(query);
    let article = query.article_id.map(ArticleId::uuid);
    let center = query.financial_center_id.map(FinancialCenterId::uuid);
    // Each tag is a line of the folded note. `_` is a wildcard in a pattern, and may occur in a tag.
    let tagged = query.tag.as_ref().map(|tag| format!("%\n{}\n%", tag.to_string().replace('_', r"\_")));
    let statement = match (article.is_some(), center.is_some(), tagged.is_some()) {
        (false, false, false) => ALL,
        (true, false, false) => OF_ARTICLE,
        (false, true, false) => OF_CENTER,
        (true, true, false) => OF_BOTH,
        (false, false, true) => TAGGED,
        (true, false, true) => TAGGED_OF_ARTICLE,
        (false, true, true) => TAGGED_OF_CENTER,
        (true, true, true) => TAGGED_OF_BOTH,
    };
    let rows: Vec<StoredFact> = on_engine!(tx, |conn| {
        let mut asked = sqlx::query_as(statement)
            .bind(household.uuid())
            .bind(&from)
            .bind(&below.0)
            .bind(below.1)
            .bind(below.2)
            .bind(query.limit);
        for id in [article, center].into_iter().flatten() {
            asked = asked.bind(id);
        }
        if let Some(tagged) = &tagged {
            asked = asked.bind(tagged);
        }
        asked.fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Fact::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::{Day, FactId};
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = FactKey> {
        (1..=28_i8, 0..3_i64, any::<u128>()).prop_map(|(day, created_seq, id)| FactKey {
            date: Day::new(2026, 11, day).expect("every month has 28 days"),
            created_seq,
            id: FactId::from(Uuid::from_u128(id)),
        })
    }

    proptest! {
        #[test]
        fn a_page_begins_below_the_place_and_not_after_the_last_day(
            fact in key(), after in prop::option::of(key()), to in prop::option::of(1..=28_i8),
        ) {
            let to = to.map(|day| Day::new(2026, 11, day).expect("every month has 28 days"));
            let wanted = after.is_none_or(|after| fact < after) && to.is_none_or(|to| fact.date <= to);
            let query = FactQuery { to, after, limit: 1, ..FactQuery::default() };
            let place = (fact.date.to_string(), fact.created_seq, fact.id.uuid());
            prop_assert_eq!(place < bound(&query), wanted);
        }
    }
}
