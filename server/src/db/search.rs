//! Facts that a filter finds: a page of them, their count and sums, and their days.
//!
//! The statements are composed, since each filter is another one: the store can use its indices only for the
//! conditions that are there. Every value is bound; the texts come from this file alone.

use super::{Tx, facts::StoredFact, on_engine};
use app::domain::{
    Day, Fact, FactKey, FinancialCenter, FinancialCenterId, HouseholdId,
    search::{AmountRange, DayRange, FactCondition, FactFilter},
};
use sqlx::{AssertSqlSafe, FromRow};
use std::{collections::BTreeMap, fmt::Write as _};
use uuid::Uuid;

/// The most days that are counted: a hundred years of them.
const MOST_DAYS: usize = 36_525;

/// A value of a composed statement.
#[derive(Clone, Debug)]
enum Value {
    Text(String),
    Number(i64),
    Id(Uuid),
}

/// Conditions on a fact `f`, and their values.
#[derive(Clone, Debug)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

/// A statement with its values, which must not fill the connection's cache of prepared statements.
macro_rules! composed {
    ($query:expr, $values:expr) => {{
        let mut query = $query.persistent(false);
        for value in $values {
            query = match value {
                Value::Text(text) => query.bind(text.as_str()),
                Value::Number(number) => query.bind(*number),
                Value::Id(id) => query.bind(*id),
            };
        }
        query
    }};
}

impl Conditions {
    /// The undeleted facts of a household that a filter finds.
    fn new(household: HouseholdId, filter: &FactFilter, centers: &[FinancialCenter]) -> Self {
        let mut all = Self {
            sql: "f.household_id = $1 and f.deleted_at is null".to_owned(),
            values: vec![Value::Id(household.uuid())],
        };
        for test in &filter.tests {
            all.sql.push_str(if test.excluded { " and not (" } else { " and (" });
            all.push(&test.condition, centers);
            all.sql.push(')');
        }
        all
    }

    fn push(&mut self, condition: &FactCondition, centers: &[FinancialCenter]) {
        match condition {
            FactCondition::Text(letters, articles) => {
                self.contains(letters);
                if !articles.is_empty() {
                    self.sql.push_str(" or ");
                    self.one_of("f.article_id", articles.iter().map(|id| id.uuid()));
                }
            }
            FactCondition::Tag(tag) => {
                // The condition of the index of notes with tags.
                self.sql.push_str("f.folded like '%#%' and ");
                self.contains(&format!("\n{tag}\n"));
            }
            FactCondition::Amount(range) => self.amount(*range, centers),
            FactCondition::Article(ids) => self.one_of("f.article_id", ids.iter().map(|id| id.uuid())),
            FactCondition::Center(ids) => {
                self.one_of("f.financial_center_id", ids.iter().map(|id| id.uuid()))
            }
            FactCondition::Author(ids) => self.one_of("f.created_by", ids.iter().map(|id| id.uuid())),
            FactCondition::Day(days) => self.days(*days),
        }
    }

    /// Adds a value, and its place to the text.
    fn value(&mut self, value: Value) {
        self.values.push(value);
        // Writing to a string does not fail.
        let _ = write!(self.sql, "${}", self.values.len());
    }

    fn contains(&mut self, text: &str) {
        let literal = text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_");
        self.sql.push_str("f.folded like ");
        self.value(Value::Text(format!("%{literal}%")));
        self.sql.push_str(r" escape '\'");
    }

    fn one_of(&mut self, column: &str, ids: impl Iterator<Item = Uuid>) {
        let before = self.values.len();
        self.sql.push_str(column);
        self.sql.push_str(" in (");
        for id in ids {
            if self.values.len() > before {
                self.sql.push_str(", ");
            }
            self.value(Value::Id(id));
        }
        // PostgreSQL has no empty list; nothing equals null.
        self.sql.push_str(if self.values.len() == before { "null) is true" } else { ")" });
    }

    /// A range of amounts is another one in minor units for each number of digits that the accounts have.
    fn amount(&mut self, range: AmountRange, centers: &[FinancialCenter]) {
        let mut by_digits: BTreeMap<u8, Vec<FinancialCenterId>> = BTreeMap::new();
        for center in centers {
            by_digits.entry(center.currency.digits()).or_default().push(center.id);
        }
        let single = by_digits.len() == 1;
        if by_digits.is_empty() {
            self.sql.push_str("1 = 0");
        }
        for (at, (digits, ids)) in by_digits.into_iter().enumerate() {
            let minor = range.minor(digits);
            self.sql.push_str(if at == 0 { "" } else { " or " });
            self.sql.push_str(if range.is_signed() { "f.amount between " } else { "abs(f.amount) between " });
            self.value(Value::Number(*minor.start()));
            self.sql.push_str(" and ");
            self.value(Value::Number(*minor.end()));
            if !single {
                self.sql.push_str(" and ");
                self.one_of("f.financial_center_id", ids.into_iter().map(FinancialCenterId::uuid));
            }
        }
    }

    fn days(&mut self, days: DayRange) {
        self.sql.push_str("f.date >= ");
        self.value(Value::Text(days.first().map_or_else(String::new, |day| day.to_string())));
        self.sql.push_str(" and f.date <= ");
        // Greater than every ISO day.
        self.value(Value::Text(days.last().map_or_else(|| "~".to_owned(), |day| day.to_string())));
    }
}

/// The facts that a filter finds, in list order, after a key, at most `limit`.
///
/// # Errors
/// If the store returns an error.
pub async fn page(
    tx: &mut Tx,
    household: HouseholdId,
    filter: &FactFilter,
    centers: &[FinancialCenter],
    after: Option<FactKey>,
    limit: i64,
) -> sqlx::Result<Vec<Fact>> {
    let mut found = Conditions::new(household, filter, centers);
    if let Some(key) = after {
        found.sql.push_str(" and (f.date, f.created_seq, f.id) < (");
        found.value(Value::Text(key.date.to_string()));
        found.sql.push_str(", ");
        found.value(Value::Number(key.created_seq));
        found.sql.push_str(", ");
        found.value(Value::Id(key.id.uuid()));
        found.sql.push(')');
    }
    found.sql.push_str(" order by f.date desc, f.created_seq desc, f.id desc limit ");
    found.value(Value::Number(limit));
    let sql = format!("{}and {}", StoredFact::SELECT, found.sql);
    let rows: Vec<StoredFact> = on_engine!(tx, |conn| {
        composed!(sqlx::query_as(AssertSqlSafe(sql)), &found.values).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(Fact::from).collect())
}

#[derive(FromRow)]
struct SumRow {
    #[sqlx(try_from = "Uuid")]
    financial_center_id: FinancialCenterId,
    count: i64,
    sum: i64,
}

/// Counts and sums the facts that a filter finds, by center, in minor units and no particular order.
///
/// # Errors
/// If the store returns an error.
pub async fn sums(
    tx: &mut Tx,
    household: HouseholdId,
    filter: &FactFilter,
    centers: &[FinancialCenter],
) -> sqlx::Result<Vec<(FinancialCenterId, i64, i64)>> {
    let Conditions { sql, values } = Conditions::new(household, filter, centers);
    let sql = format!(
        "select f.financial_center_id, count(*) as count, cast(sum(f.amount) as bigint) as sum from facts f \
         where {sql} group by f.financial_center_id"
    );
    let rows: Vec<SumRow> = on_engine!(tx, |conn| {
        composed!(sqlx::query_as(AssertSqlSafe(sql)), &values).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| (row.financial_center_id, row.count, row.sum)).collect())
}

/// The days of the facts that a filter finds, newest first, with the number of facts of each; at most a hundred years
/// of days.
///
/// # Errors
/// If the store returns an error.
pub async fn days(
    tx: &mut Tx,
    household: HouseholdId,
    filter: &FactFilter,
    centers: &[FinancialCenter],
) -> sqlx::Result<Vec<(Day, i64)>> {
    let Conditions { sql, values } = Conditions::new(household, filter, centers);
    let sql = format!(
        "select f.date as date, count(*) as count from facts f where {sql} group by f.date order by f.date desc \
         limit {MOST_DAYS}"
    );
    let rows: Vec<(String, i64)> = on_engine!(tx, |conn| {
        composed!(sqlx::query_as(AssertSqlSafe(sql)), &values).fetch_all(conn).await
    })?;
    rows.into_iter()
        .map(|(day, count)| Ok((day.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?, count)))
        .collect()
}
