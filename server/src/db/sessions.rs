//! Sessions of signed-in devices: when they begin, are seen, and end. Only the SHA-256 of a token is stored.

use super::{Tx, on_engine, statements};
use app::domain::{AccountId, HouseholdId, Instant, Session, SessionId};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into sessions (id, account_id, household_id, token_hash, device, created_at, last_seen_at, expires_at) \
              values ($1, $2, $3, $4, $5, $6, $6, $7)";
    TOUCH = "update sessions set last_seen_at = $2, expires_at = case when expires_at > $3 then expires_at else $3 end where id = $1";
    // At most as many as may be signed in, and those that expired in the last month.
    LIST = "select id, device, created_at, last_seen_at, expires_at from sessions where account_id = $1 and ended_at is null";
    HOUSEHOLD = "select household_id from sessions where id = $1 and ended_at is null";
    MOVE = "update sessions set household_id = $2 where id = $1 and ended_at is null";
    DEVICE = "insert into devices (household_id, id, name) select household_id, id, device from sessions where id = $1 \
              on conflict (household_id, id) do nothing";
    END = "update sessions set ended_at = coalesce(ended_at, $3) where id = $1 and account_id = $2";
    END_OTHERS = "update sessions set ended_at = $3 where account_id = $1 and id <> $2 and ended_at is null returning id";
    END_ALL = "update sessions set ended_at = $2 where account_id = $1 and ended_at is null returning id";
    DELETE_ALL = "delete from sessions where account_id = $1 returning id";
    AT = "select id from sessions where household_id = $1 and account_id = $2 and ended_at is null";
    EXPIRED = "select id from sessions where expires_at <= $1 order by expires_at limit $2";
    DELETE = "delete from sessions where id = $1";
}

/// [`LastSeen`] as a part of other rows.
#[derive(FromRow)]
pub(super) struct SeenRow {
    last_seen_at: i64,
    expires_at: i64,
}

impl From<SeenRow> for LastSeen {
    fn from(SeenRow { last_seen_at, expires_at }: SeenRow) -> Self {
        Self { at: last_seen_at, expires_at }
    }
}

#[derive(FromRow)]
struct SessionRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
    device: String,
    created_at: i64,
    #[sqlx(flatten)]
    seen: SeenRow,
}

#[derive(FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
}

/// When a session was last seen and when it expires, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// When it was last seen.
    pub at: i64,
    /// When it expires, unless it is seen again.
    pub expires_at: i64,
}

/// A session to insert.
pub struct NewSession<'a> {
    /// Its id.
    pub id: SessionId,
    /// The account that signed in.
    pub account: AccountId,
    /// The household it begins in.
    pub household: HouseholdId,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// The name of the device, from the browser's `User-Agent`.
    pub device: &'a str,
    /// The current time, in Unix milliseconds.
    pub now: i64,
    /// When it expires, in Unix milliseconds.
    pub expires_at: i64,
}

/// Inserts a new session.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(tx: &mut Tx, new: &NewSession<'_>) -> sqlx::Result<()> {
    on_engine!(&mut *tx, |conn| {
        sqlx::query(INSERT)
            .bind(new.id.uuid())
            .bind(new.account.uuid())
            .bind(new.household.uuid())
            .bind(new.token_hash)
            .bind(new.device)
            .bind(new.now)
            .bind(new.expires_at)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    note_device(tx, new.id).await
}

/// Stores the name of a session's device in its current household, for as long as the log names the session.
pub(super) async fn note_device(tx: &mut Tx, id: SessionId) -> sqlx::Result<()> {
    on_engine!(tx, |conn| sqlx::query(DEVICE).bind(id.uuid()).execute(conn).await.map(|_| ()))
}

/// Records that a session was seen, and prolongs it. It is never shortened: if the clock is behind for a while, what is
/// used meanwhile must not have expired once the clock is right again.
///
/// # Errors
/// If the store returns an error.
pub async fn touch(tx: &mut Tx, id: SessionId, now: i64, expires_at: i64) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(TOUCH).bind(id.uuid()).bind(now).bind(expires_at).execute(conn).await.map(|_| ())
    })
}

/// Lists the sessions of an account in no particular order, including expired ones. None is marked as
/// current.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, account: AccountId) -> sqlx::Result<Vec<(Session, LastSeen)>> {
    let rows: Vec<SessionRow> =
        on_engine!(tx, |conn| sqlx::query_as(LIST).bind(account.uuid()).fetch_all(conn).await)?;
    let session = |row: SessionRow| {
        let session = Session {
            id: row.id,
            device: row.device,
            created_at: Instant::from_millis(row.created_at),
            last_seen_at: Instant::from_millis(row.seen.last_seen_at),
            current: false,
        };
        (session, row.seen.into())
    };
    Ok(rows.into_iter().map(session).collect())
}

/// The household that a session is in; `None` if it has ended.
///
/// # Errors
/// If the store returns an error.
pub async fn household(tx: &mut Tx, id: SessionId) -> sqlx::Result<Option<HouseholdId>> {
    let found: Option<Uuid> =
        on_engine!(tx, |conn| { sqlx::query_scalar(HOUSEHOLD).bind(id.uuid()).fetch_optional(conn).await })?;
    Ok(found.map(HouseholdId::from))
}

/// Moves a session to another household of its account; returns false if it has ended.
///
/// # Errors
/// If the store returns an error, for example because the account is not a member there.
pub async fn move_to(tx: &mut Tx, id: SessionId, household: HouseholdId) -> sqlx::Result<bool> {
    let moved = on_engine!(&mut *tx, |conn| {
        let query = sqlx::query(MOVE).bind(id.uuid()).bind(household.uuid());
        query.execute(conn).await.map(|done| done.rows_affected() == 1)
    })?;
    note_device(tx, id).await?;
    Ok(moved)
}

/// Ends a session; returns false if the account has no such session.
///
/// # Errors
/// If the store returns an error.
pub async fn end(tx: &mut Tx, id: SessionId, account: AccountId, now: i64) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(END).bind(id.uuid()).bind(account.uuid()).bind(now);
        query.execute(conn).await.map(|done| done.rows_affected() == 1)
    })
}

/// Ends all sessions of an account but one; returns their ids.
///
/// # Errors
/// If the store returns an error.
pub async fn end_others(
    tx: &mut Tx,
    account: AccountId,
    keep: SessionId,
    now: i64,
) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> = on_engine!(tx, |conn| {
        sqlx::query_as(END_OTHERS).bind(account.uuid()).bind(keep.uuid()).bind(now).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Ends all sessions of an account; returns their ids.
///
/// # Errors
/// If the store returns an error.
pub async fn end_all(tx: &mut Tx, account: AccountId, now: i64) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> = on_engine!(tx, |conn| {
        sqlx::query_as(END_ALL).bind(account.uuid()).bind(now).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Deletes all sessions of an account; returns their ids.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_all(tx: &mut Tx, account: AccountId) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> =
        on_engine!(tx, |conn| sqlx::query_as(DELETE_ALL).bind(account.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The sessions of an account that are in a household.
///
/// # Errors
/// If the store returns an error.
pub async fn at(tx: &mut Tx, household: HouseholdId, account: AccountId) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> = on_engine!(tx, |conn| {
        sqlx::query_as(AT).bind(household.uuid()).bind(account.uuid()).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Deletes at most `limit` sessions that expired before `then`; returns how many.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_expired(tx: &mut Tx, then: i64, limit: i64) -> sqlx::Result<usize> {
    let ids: Vec<Uuid> = on_engine!(&mut *tx, |conn| sqlx::query_scalar(EXPIRED)
        .bind(then)
        .bind(limit)
        .fetch_all(conn)
        .await)?;
    // One by one: for a list PostgreSQL may choose to scan the whole table.
    for id in &ids {
        on_engine!(&mut *tx, |conn| sqlx::query(DELETE).bind(id).execute(conn).await.map(|_| ()))?;
    }
    Ok(ids.len())
}
