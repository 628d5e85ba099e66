//! Demo households: found by their key, and taken away whole when nobody comes any more.

use super::{Tx, on_engine, statements};
use app::domain::{HouseholdId, SessionId};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into demos (key_hash, household_id, network) values ($1, $2, $3)";
    FIND = "select household_id from demos where key_hash = $1";
    IDLE = "select d.household_id from demos d join households h on h.id = d.household_id where h.changed_at < $1 \
            and not exists (select 1 from sessions s where s.household_id = d.household_id and s.last_seen_at >= $1)";
    PLACES = "select d.household_id, d.network, h.changed_at, \
              coalesce((select max(s.last_seen_at) from sessions s where s.household_id = d.household_id), 0) as seen_at \
              from demos d join households h on h.id = d.household_id";
    IS_DEMO = "select count(*) from demos where household_id = $1";
    ACCOUNTS = "select account_id from members where household_id = $1";
    DELETE_LOG = "delete from change_log where household_id = $1";
    DELETE_OCCURRENCES = "delete from occurrences where household_id = $1";
    DELETE_RECURRING = "delete from recurring where household_id = $1";
    DELETE_PLANS = "delete from plans where household_id = $1";
    DELETE_FACTS = "delete from facts where household_id = $1";
    DELETE_CENTERS = "delete from financial_centers where household_id = $1";
    DETACH_ARTICLES = "update articles set parent_id = null where household_id = $1";
    DELETE_ARTICLES = "delete from articles where household_id = $1";
    DELETE_INVITES = "delete from invites where household_id = $1";
    DELETE_SESSIONS = "delete from sessions where household_id = $1 returning id";
    DELETE_DEMO = "delete from demos where household_id = $1";
    DELETE_MEMBERS = "delete from members where household_id = $1";
    DELETE_HOUSEHOLD = "delete from households where id = $1";
    // Whoever is a member elsewhere too keeps the account.
    DELETE_ACCOUNT = "delete from accounts where id = $1 and not exists (select 1 from members m where m.account_id = $1)";
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

#[derive(FromRow)]
struct SessionRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
}

/// Notes that a key leads to a household, and the network that it was made from.
///
/// # Errors
/// When the store refuses.
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

/// The household that a key leads to.
///
/// # Errors
/// When the store refuses.
pub async fn find(tx: &mut Tx, key_hash: &[u8]) -> sqlx::Result<Option<HouseholdId>> {
    let row: Option<HouseholdRow> =
        on_engine!(tx, |conn| sqlx::query_as(FIND).bind(key_hash).fetch_optional(conn).await)?;
    Ok(row.map(|row| row.household_id))
}

/// A demo household as one of the limited places.
#[derive(Clone, Debug)]
pub struct DemoPlace {
    /// The household.
    pub household: HouseholdId,
    /// The network that it was made from; none for those of earlier versions.
    pub network: Option<Vec<u8>>,
    /// When it was changed or somebody was seen in it last, in Unix milliseconds.
    pub used_at: i64,
}

/// All of them. There are some hundreds at most.
///
/// # Errors
/// When the store refuses.
pub async fn places(tx: &mut Tx) -> sqlx::Result<Vec<DemoPlace>> {
    let rows: Vec<PlaceRow> = on_engine!(tx, |conn| sqlx::query_as(PLACES).fetch_all(conn).await)?;
    let place = |row: PlaceRow| DemoPlace {
        household: row.household_id,
        network: row.network,
        used_at: row.changed_at.max(row.seen_at),
    };
    Ok(rows.into_iter().map(place).collect())
}

/// Whether a household is one.
///
/// # Errors
/// When the store refuses.
pub async fn is_demo(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<bool> {
    let count: i64 =
        on_engine!(tx, |conn| sqlx::query_scalar(IS_DEMO).bind(household.uuid()).fetch_one(conn).await)?;
    Ok(count > 0)
}

/// Those in which nothing was changed and nobody was seen since.
///
/// # Errors
/// When the store refuses.
pub async fn idle_since(tx: &mut Tx, then: i64) -> sqlx::Result<Vec<HouseholdId>> {
    let rows: Vec<HouseholdRow> =
        on_engine!(tx, |conn| sqlx::query_as(IDLE).bind(then).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| row.household_id).collect())
}

/// Takes a household away with everything in it and the accounts that are members of no other; names
/// the sessions that ended with it.
///
/// # Errors
/// When the store refuses.
pub async fn delete(tx: &mut Tx, household: HouseholdId) -> sqlx::Result<Vec<SessionId>> {
    for statement in [
        DELETE_LOG,
        DELETE_OCCURRENCES,
        DELETE_RECURRING,
        DELETE_PLANS,
        DELETE_FACTS,
        DELETE_CENTERS,
        DETACH_ARTICLES,
        DELETE_ARTICLES,
        DELETE_INVITES,
    ] {
        run(tx, statement, household).await?;
    }
    let accounts: Vec<Uuid> =
        on_engine!(tx, |conn| sqlx::query_scalar(ACCOUNTS).bind(household.uuid()).fetch_all(conn).await)?;
    let sessions: Vec<SessionRow> =
        on_engine!(tx, |conn| sqlx::query_as(DELETE_SESSIONS).bind(household.uuid()).fetch_all(conn).await)?;
    for statement in [DELETE_DEMO, DELETE_MEMBERS, DELETE_HOUSEHOLD] {
        run(tx, statement, household).await?;
    }
    for account in accounts {
        on_engine!(tx, |conn| sqlx::query(DELETE_ACCOUNT).bind(account).execute(conn).await.map(|_| ()))?;
    }
    Ok(sessions.into_iter().map(|row| row.id).collect())
}

async fn run(tx: &mut Tx, statement: &'static str, household: HouseholdId) -> sqlx::Result<()> {
    on_engine!(tx, |conn| sqlx::query(statement).bind(household.uuid()).execute(conn).await.map(|_| ()))
}
