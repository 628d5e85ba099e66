//! Demo households: found by their key, limited in number. They are erased like all households
//! ([`super::erasure`]); one that is closed for erasure no longer counts.

use super::{Tx, counting, on_engine, statements};
use app::domain::HouseholdId;
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into demos (key_hash, household_id, network) values ($1, $2, $3)";
    FIND = "select d.household_id, h.erase_on is not null as closed from demos d join households h on h.id = d.household_id \
            where d.key_hash = $1";
    // `cross join`: SQLite would begin with all households, most of which are no demo.
    IDLE = "select d.household_id from demos d cross join households h where h.id = d.household_id \
            and (h.changed_at < $1 or h.changed_at > $2) and h.erase_on is null and not exists (select 1 from sessions s \
            where s.household_id = d.household_id and s.last_seen_at >= $1 and s.last_seen_at <= $2) \
            order by h.changed_at, d.household_id limit $3";
    IS_IDLE = "select count(*) from demos d join households h on h.id = d.household_id where d.household_id = $3 \
               and (h.changed_at < $1 or h.changed_at > $2) and h.erase_on is null and not exists (select 1 from sessions s \
               where s.household_id = d.household_id and s.last_seen_at >= $1 and s.last_seen_at <= $2)";
    PLACES = "select d.household_id, d.network, case when h.changed_at <= $1 then h.changed_at else 0 end as changed_at, \
              coalesce((select max(s.last_seen_at) from sessions s where s.household_id = d.household_id \
              and s.last_seen_at <= $1), 0) as seen_at \
              from demos d join households h on h.id = d.household_id where h.erase_on is null";
    IS_DEMO = "select count(*) from demos where household_id = $1";
}

/// An activity later than this after now was recorded by a clock that was ahead and has been set back. It is
/// ignored, since otherwise the household would count as in use until that day. The clocks of processes
/// differ by less.
const AHEAD_MS: i64 = 15 * 60 * 1000;

/// Whether a time was recorded by a clock that was ahead.
#[must_use]
pub const fn is_ahead(at: i64, now: i64) -> bool {
    at > now + AHEAD_MS
}

/// A period without activity, up to now.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    /// Now, in Unix milliseconds.
    pub now: i64,
    /// The length of the period in milliseconds.
    pub for_ms: i64,
}

impl Idle {
    /// Whether activity at `at` falls into the period.
    #[must_use]
    pub const fn is_broken_by(&self, at: i64) -> bool {
        at >= self.now - self.for_ms && !is_ahead(at, self.now)
    }
}

#[derive(FromRow)]
struct HouseholdRow {
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
}

#[derive(FromRow)]
struct PlaceRow {
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    network: Option<Vec<u8>>,
    changed_at: i64,
    seen_at: i64,
}

/// The household of a key.
#[derive(Clone, Copy, Debug, FromRow)]
pub struct Demo {
    /// Its id.
    #[sqlx(rename = "household_id", try_from = "Uuid")]
    pub household: HouseholdId,
    /// Whether it is being erased.
    pub closed: bool,
}

/// The number of the advisory lock on all demos, which no other lock uses: "demo" in ASCII.
const PLACES_LOCK: i64 = 0x6465_6d6f;

/// Records that a key leads to a household, and the network that created it.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    key_hash: &[u8],
    household: HouseholdId,
    network: &[u8],
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(INSERT).bind(key_hash).bind(household.uuid()).bind(network);
        query.execute(conn).await.map(|_| ())
    })
}

/// Finds the household of a key.
///
/// # Errors
/// If the store returns an error.
pub async fn find(tx: &mut Tx, key_hash: &[u8]) -> sqlx::Result<Option<Demo>> {
    on_engine!(tx, |conn| sqlx::query_as(FIND).bind(key_hash).fetch_optional(conn).await)
}

/// Keeps other transactions from creating a demo until this one ends.
///
/// # Errors
/// If the store returns an error.
pub async fn lock_places(tx: &mut Tx) -> sqlx::Result<()> {
    // Demos are counted, and no row stands for one that does not exist yet. SQLite has one writer.
    let Some(conn) = tx.postgres() else { return Ok(()) };
    let lock = sqlx::query("select pg_advisory_xact_lock($1)").bind(PLACES_LOCK);
    lock.execute(conn).await.map(|_| ())
}

/// A demo household, which takes one of the limited places.
#[derive(Clone, Debug)]
pub struct DemoPlace {
    /// The household.
    pub household: HouseholdId,
    /// The network that created it; `None` for those of earlier versions.
    pub network: Option<Vec<u8>>,
    /// When it was last changed or somebody was last seen in it, in Unix milliseconds.
    pub used_at: i64,
}

/// Lists all of them. There are some hundreds at most.
///
/// # Errors
/// If the store returns an error.
pub async fn places(tx: &mut Tx, now: i64) -> sqlx::Result<Vec<DemoPlace>> {
    let rows: Vec<PlaceRow> =
        on_engine!(tx, |conn| sqlx::query_as(PLACES).bind(now + AHEAD_MS).fetch_all(conn).await)?;
    let place = |row: PlaceRow| DemoPlace {
        household: row.household_id,
        network: row.network,
        used_at: row.changed_at.max(row.seen_at),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Whether a household is a demo.
///
/// # Errors
/// If the store returns an error.
pub async fn is_demo(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<bool> {
    Ok(counting::number(tx, IS_DEMO, household).await? > 0)
}

/// Lists at most `most` demos in which nothing was changed and nobody was seen in the period, the longest
/// idle first.
///
/// # Errors
/// If the store returns an error.
pub async fn idle(tx: &mut Tx, idle: Idle, most: i64) -> sqlx::Result<Vec<HouseholdId>> {
    let rows: Vec<HouseholdRow> = on_engine!(tx, |conn| {
        let query = sqlx::query_as(IDLE).bind(idle.now - idle.for_ms).bind(idle.now + AHEAD_MS);
        query.bind(most).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.household_id).collect())
}

/// Whether nothing was changed and nobody was seen in this demo in the period.
///
/// # Errors
/// If the store returns an error.
pub async fn is_idle(tx: &mut Tx, household: HouseholdId, idle: Idle) -> sqlx::Result<bool> {
    let count: i64 = on_engine!(tx, |conn| {
        let query = sqlx::query_scalar(IS_IDLE).bind(idle.now - idle.for_ms).bind(idle.now + AHEAD_MS);
        query.bind(household.uuid()).fetch_one(conn).await
    })?;
    Ok(count == 1)
}
