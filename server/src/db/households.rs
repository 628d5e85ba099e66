//! Households, and the numbers of their changes.

use super::{Tx, change_log::Mark, on_engine, statements};
use app::{
    domain::{Currency, Day, Household, HouseholdId, HouseholdName, Name},
    wire::Position,
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

statements! {
    INSERT = "insert into households (id, name, currency, time_zone, epoch, seq, version, created_at, changed_at) \
              values ($1, $2, $3, $4, $5, 0, 1, $6, $6)";
    NEXT_SEQ = "update households set seq = seq + 1, changed_at = $2 where id = $1 returning epoch, seq, time_zone, erase_on is not null as closed";
    LOCK = "update households set changed_at = changed_at where id = $1";
    POSITION = "select h.epoch, h.seq, l.at as logged_at, l.member_id as logged_by, l.mutation_id as logged_mutation \
                from households h left join change_log l on l.household_id = h.id and l.seq = h.seq where h.id = $1";
    LOG_ENTRIES = "select coalesce(cast(sum(seq) as bigint), 0) from households";
    FIND = "select id, name, currency, time_zone, erase_on, version from households where id = $1";
    UPDATE = "update households set name = $2, currency = $3, time_zone = $4, version = $5, erase_on = $6 where id = $1";
    LOG_ENDS = "select id, seq, time_zone from households where id in ($1)";
    OF_ACCOUNT = "select h.id, h.name from households h join members m on m.household_id = h.id \
                  where m.account_id = $1 and m.removed_at is null order by m.created_at, h.id";
}

#[derive(FromRow)]
struct PositionRow {
    epoch: Uuid,
    seq: i64,
    #[sqlx(flatten)]
    mark: Mark,
}

impl From<PositionRow> for Position {
    fn from(row: PositionRow) -> Self {
        Self { epoch: row.epoch, seq: row.seq, check: row.mark.check(row.seq) }
    }
}

/// As many ids in one statement, which is a power of two: see [`log_ends`].
pub const IDS_AT_ONCE: usize = 256;

/// How far the log of a household goes, and where the household lives.
#[derive(Debug, FromRow)]
pub struct LogEnd {
    /// Which one.
    #[sqlx(try_from = "Uuid")]
    pub id: HouseholdId,
    /// Its last number.
    pub seq: i64,
    /// Its time zone.
    pub time_zone: String,
}

#[derive(FromRow)]
struct HouseholdRow {
    #[sqlx(try_from = "Uuid")]
    id: HouseholdId,
    #[sqlx(try_from = "String")]
    name: Name,
    #[sqlx(try_from = "String")]
    currency: Currency,
    time_zone: String,
    erase_on: Option<String>,
    version: i64,
}

#[derive(FromRow)]
struct NameRow {
    #[sqlx(try_from = "Uuid")]
    id: HouseholdId,
    #[sqlx(try_from = "String")]
    name: Name,
}

/// Writes a new household with an empty log.
///
/// # Errors
/// When the store refuses.
pub async fn insert(tx: &mut Tx, row: &Household, epoch: Uuid, now: i64) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(row.id.uuid())
            .bind(row.name.as_str())
            .bind(row.currency.code())
            .bind(&row.time_zone)
            .bind(epoch)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Keeps a household from being changed or taken away until the transaction ends; false when there is
/// none. An update that changes nothing locks the row on both engines.
///
/// # Errors
/// When the store refuses.
pub async fn lock(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        sqlx::query(LOCK).bind(id.uuid()).execute(conn).await.map(|done| done.rows_affected() == 1)
    })
}

/// Takes the next number. The row stays locked until the transaction ends, so the order of numbers is
/// the order of commits, and a rolled back transaction leaves no hole. With it comes the time zone, which
/// decides what day the change is made on, and whether the household is closed: it waits to be erased. The change has
/// no check yet.
///
/// # Errors
/// When the store refuses; `RowNotFound` when there is no such household.
pub async fn next_seq(tx: &mut Tx, id: HouseholdId, now: i64) -> sqlx::Result<(Position, String, bool)> {
    let (epoch, seq, time_zone, closed): (Uuid, i64, String, bool) =
        on_engine!(tx, |conn| sqlx::query_as(NEXT_SEQ).bind(id.uuid()).bind(now).fetch_one(conn).await)?;
    Ok((Position { epoch, seq, check: None }, time_zone, closed))
}

/// Where the log ends, as this transaction sees it.
///
/// # Errors
/// When the store refuses; `RowNotFound` when there is no such household.
pub async fn position(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<Position> {
    let row: PositionRow =
        on_engine!(tx, |conn| sqlx::query_as(POSITION).bind(id.uuid()).fetch_one(conn).await)?;
    Ok(row.into())
}

/// How far the logs of these households go, of [`IDS_AT_ONCE`] at most: a single statement, by primary key.
///
/// # Errors
/// When the store refuses.
pub async fn log_ends(tx: &mut Tx, ids: &[HouseholdId]) -> sqlx::Result<Vec<LogEnd>> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    // The number of places is a power of two, the last id in the rest of them: few texts to prepare.
    let places = ids.len().next_power_of_two();
    let list: Vec<String> = (1..=places).map(|n| format!("${n}")).collect();
    let sql = LOG_ENDS.replace("$1", &list.join(", "));
    on_engine!(tx, |conn| {
        let mut query = sqlx::query_as(AssertSqlSafe(sql));
        for id in ids.iter().chain(std::iter::repeat_n(last, places - ids.len())) {
            query = query.bind(id.uuid());
        }
        query.fetch_all(conn).await
    })
}

/// How many entries all logs have: each household's last number, added up.
///
/// # Errors
/// When the store refuses.
pub async fn log_entries(tx: &mut Tx) -> sqlx::Result<i64> {
    on_engine!(tx, |conn| sqlx::query_scalar(LOG_ENTRIES).fetch_one(conn).await)
}

/// The household.
///
/// # Errors
/// When the store refuses; `RowNotFound` when there is no such household.
pub async fn find(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<Household> {
    let row: HouseholdRow =
        on_engine!(tx, |conn| sqlx::query_as(FIND).bind(id.uuid()).fetch_one(conn).await)?;
    let HouseholdRow { id, name, currency, time_zone, erase_on, version } = row;
    let erase_on = erase_on.map(|text| text.parse::<Day>()).transpose();
    let erase_on = erase_on.map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(Household { id, name, currency, time_zone, erase_on, version })
}

/// Writes the fields that can change.
///
/// # Errors
/// When the store refuses.
pub async fn update(tx: &mut Tx, row: &Household) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(UPDATE)
            .bind(row.id.uuid())
            .bind(row.name.as_str())
            .bind(row.currency.code())
            .bind(&row.time_zone)
            .bind(row.version)
            .bind(row.erase_on.map(|day| day.to_string()))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// The households that an account is a member of, the first one joined first.
///
/// # Errors
/// When the store refuses.
pub async fn of_account(tx: &mut Tx, account: app::domain::AccountId) -> sqlx::Result<Vec<HouseholdName>> {
    let rows: Vec<NameRow> =
        on_engine!(tx, |conn| sqlx::query_as(OF_ACCOUNT).bind(account.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|NameRow { id, name }| HouseholdName { id, name }).collect())
}
