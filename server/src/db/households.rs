//! Households, and the sequence numbers of their changes.

use super::{Tx, change_log::LogMark, on_engine, statements};
use app::{
    domain::{Currency, Day, Household, HouseholdId, HouseholdName, MemberId, Name},
    wire::Position,
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

statements! {
    INSERT = "insert into households (id, name, currency, time_zone, epoch, seq, version, created_at, changed_at, sums_seq) \
              values ($1, $2, $3, $4, $5, 0, 1, $6, $6, 0)";
    NEXT_SEQ = "update households set seq = seq + 1, changed_at = $2, sums_seq = case when sums_seq = seq then seq + 1 end \
                where id = $1 returning epoch, seq, time_zone, erase_on, sums_seq is not null as sums_kept";
    LOCK = "update households set changed_at = changed_at where id = $1";
    POSITION = "select h.epoch, h.seq, l.at as logged_at, l.member_id as logged_by, l.mutation_id as logged_mutation \
                from households h left join change_log l on l.household_id = h.id and l.seq = h.seq where h.id = $1";
    LOG_ENTRIES = "select coalesce(cast(sum(seq) as bigint), 0) from households";
    FIND = "select id, name, currency, time_zone, erase_on, version from households where id = $1";
    UPDATE = "update households set name = $2, currency = $3, time_zone = $4, version = $5, erase_on = $6, updated_by = $7 where id = $1";
    UPDATED_BY = "select updated_by from households where id = $1";
    LOG_ENDS = "select id, seq, time_zone from households where id in ($1)";
    OF_ACCOUNT = "select h.id, h.name from households h join members m on m.household_id = h.id \
                  where m.account_id = $1 and m.removed_at is null order by m.created_at, h.id";
}

#[derive(FromRow)]
struct PositionRow {
    epoch: Uuid,
    seq: i64,
    #[sqlx(flatten)]
    mark: LogMark,
}

impl From<PositionRow> for Position {
    fn from(row: PositionRow) -> Self {
        Self { epoch: row.epoch, seq: row.seq, check: row.mark.check(row.seq) }
    }
}

/// Ids in one statement, at most; a power of two: see [`log_ends`].
pub const IDS_AT_ONCE: usize = 256;

/// The last number of a household's log, and its time zone.
#[derive(Debug, FromRow)]
pub struct LogEnd {
    /// The household.
    #[sqlx(try_from = "Uuid")]
    pub id: HouseholdId,
    /// The last number.
    pub seq: i64,
    /// The time zone.
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

/// Inserts a new household with an empty log.
///
/// # Errors
/// If the store returns an error.
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

/// Locks a household against changes and deletion until the transaction ends; returns false if there is none.
/// An update that changes nothing locks the row on both engines. The transaction must be begun in the household's turn,
/// see [`super::writers`].
///
/// # Errors
/// If the store returns an error.
pub async fn lock(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<bool> {
    debug_assert!(tx.is_turn_of(id), "a write waits at the row with a connection");
    on_engine!(tx, |conn| {
        sqlx::query(LOCK).bind(id.uuid()).execute(conn).await.map(|done| done.rows_affected() == 1)
    })
}

/// A number that was taken.
#[derive(Clone, Debug)]
pub struct NextNumber {
    /// The position; it has no check yet.
    pub position: Position,
    /// The household's time zone, which determines the day of the change.
    pub time_zone: String,
    /// The day on which the household is erased, if it waits for that.
    pub erase_on: Option<Day>,
    /// Whether the kept sums of the accounts held every change before this one; see [`super::balances`].
    pub sums_kept: bool,
}

#[derive(FromRow)]
struct NextNumberRow {
    epoch: Uuid,
    seq: i64,
    time_zone: String,
    erase_on: Option<String>,
    sums_kept: bool,
}

/// Takes the next sequence number. The row stays locked until the transaction ends, so the order of numbers
/// is the order of commits, and a rolled back transaction leaves no gap.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is no such household.
pub async fn next_seq(tx: &mut Tx, id: HouseholdId, now: i64) -> sqlx::Result<NextNumber> {
    let row: NextNumberRow =
        on_engine!(tx, |conn| sqlx::query_as(NEXT_SEQ).bind(id.uuid()).bind(now).fetch_one(conn).await)?;
    let NextNumberRow { epoch, seq, time_zone, erase_on, sums_kept } = row;
    let (position, erase_on) = (Position { epoch, seq, check: None }, day_of_erasure(erase_on)?);
    Ok(NextNumber { position, time_zone, erase_on, sums_kept })
}

/// The end of the log, as this transaction sees it.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is no such household.
pub async fn position(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<Position> {
    let row: PositionRow =
        on_engine!(tx, |conn| sqlx::query_as(POSITION).bind(id.uuid()).fetch_one(conn).await)?;
    Ok(row.into())
}

/// The last numbers of the logs of at most [`IDS_AT_ONCE`] households, with one statement by primary key.
///
/// # Errors
/// If the store returns an error.
pub async fn log_ends(tx: &mut Tx, ids: &[HouseholdId]) -> sqlx::Result<Vec<LogEnd>> {
    let Some(last) = ids.last() else { return Ok(Vec::new()) };
    // The number of placeholders is a power of two, padded with the last id, so that there are few statements
    // to prepare.
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

/// The number of entries of all logs: the sum of the households' last numbers.
///
/// # Errors
/// If the store returns an error.
pub async fn log_entries(tx: &mut Tx) -> sqlx::Result<i64> {
    on_engine!(tx, |conn| sqlx::query_scalar(LOG_ENTRIES).fetch_one(conn).await)
}

/// Loads the household.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is no such household.
pub async fn find(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<Household> {
    let row: HouseholdRow =
        on_engine!(tx, |conn| sqlx::query_as(FIND).bind(id.uuid()).fetch_one(conn).await)?;
    let HouseholdRow { id, name, currency, time_zone, erase_on, version } = row;
    Ok(Household { id, name, currency, time_zone, erase_on: day_of_erasure(erase_on)?, version })
}

fn day_of_erasure(text: Option<String>) -> sqlx::Result<Option<Day>> {
    text.map(|text| text.parse::<Day>()).transpose().map_err(|error| sqlx::Error::Decode(error.into()))
}

/// Updates the fields that can change; `by` has changed them.
///
/// # Errors
/// If the store returns an error.
pub async fn update(tx: &mut Tx, row: &Household, by: MemberId) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(UPDATE)
            .bind(row.id.uuid())
            .bind(row.name.as_str())
            .bind(row.currency.code())
            .bind(&row.time_zone)
            .bind(row.version)
            .bind(row.erase_on.map(|day| day.to_string()))
            .bind(by.uuid())
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// The member who has changed the household last; `None` if it was never changed, or not since that is recorded.
///
/// # Errors
/// If the store returns an error; `RowNotFound` if there is no such household.
pub async fn updated_by(tx: &mut Tx, id: HouseholdId) -> sqlx::Result<Option<MemberId>> {
    let by: Option<Uuid> =
        on_engine!(tx, |conn| sqlx::query_scalar(UPDATED_BY).bind(id.uuid()).fetch_one(conn).await)?;
    Ok(by.map(MemberId::from))
}

/// The households that an account is a member of, in the order of joining.
///
/// # Errors
/// If the store returns an error.
pub async fn of_account(tx: &mut Tx, account: app::domain::AccountId) -> sqlx::Result<Vec<HouseholdName>> {
    let rows: Vec<NameRow> =
        on_engine!(tx, |conn| sqlx::query_as(OF_ACCOUNT).bind(account.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|NameRow { id, name }| HouseholdName { id, name }).collect())
}
