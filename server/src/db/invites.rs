//! Invitations: random tokens, stored hashed, valid for one use.

use super::{
    Tx,
    links::{Keyed, LinkKey, latest_made},
    on_engine, statements,
};
use app::domain::{HouseholdId, Instant, Invite, InviteId, MemberId};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into invites (household_id, id, token_hash, created_by, created_at, expires_at, key_hash, salt) \
              values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing";
    BY_KEY = "select id, created_by, created_at, expires_at, salt, used_at from invites where household_id = $1 and key_hash = $2";
    // One that was made while the clock was ahead does not work: see [`latest_made`].
    LIST = "select household_id, id, created_by, expires_at from invites \
            where household_id = $1 and used_at is null and expires_at > $2 and created_at <= $3 order by created_at, id";
    FIND = "select household_id, id, created_by, expires_at from invites \
            where token_hash = $1 and used_at is null and expires_at > $2 and created_at <= $3";
    USE = "update invites set used_at = $2 where token_hash = $1 and used_at is null and expires_at > $2 \
           and created_at <= $3 returning household_id, id, created_by, expires_at";
    ENDED = "select household_id, id, created_by, expires_at from invites where token_hash = $1 and used_at is not null";
    MAKER = "select created_by from invites where household_id = $1 and id = $2";
    EXPIRED = "select household_id, id from invites where expires_at <= $1 order by expires_at limit $2";
    DELETE = "delete from invites where household_id = $1 and id = $2";
    WITHDRAW_OF = "update invites set used_at = coalesce(used_at, $3) where household_id = $1 and created_by = $2 and used_at is null";
    WITHDRAW = "update invites set used_at = coalesce(used_at, $3) where household_id = $1 and id = $2";
}

#[derive(FromRow)]
struct InviteRow {
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    #[sqlx(try_from = "Uuid")]
    id: InviteId,
    #[sqlx(try_from = "Uuid")]
    created_by: MemberId,
    expires_at: i64,
}

#[derive(FromRow)]
struct KeyedRow {
    #[sqlx(try_from = "Uuid")]
    id: InviteId,
    #[sqlx(try_from = "Uuid")]
    created_by: MemberId,
    created_at: i64,
    expires_at: i64,
    salt: Vec<u8>,
    used_at: Option<i64>,
}

/// Inserts a new invitation; returns false if there is one under this key.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    row: &Invite,
    token_hash: &[u8],
    key: Option<&LinkKey>,
    now: i64,
) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(household.uuid())
            .bind(row.id.uuid())
            .bind(token_hash)
            .bind(row.created_by.uuid())
            .bind(now)
            .bind(row.expires_at.millis())
            .bind(key.map(|key| key.hash.as_slice()))
            .bind(key.map(|key| key.salt.as_slice()))
            .execute(conn)
            .await
            .map(|done| done.rows_affected() == 1)
    })
}

/// Finds the invitation that was requested under a key.
///
/// # Errors
/// If the store returns an error.
pub async fn by_key(
    tx: &mut Tx,
    household: HouseholdId,
    key_hash: &[u8],
) -> sqlx::Result<Option<Keyed<Invite>>> {
    let row: Option<KeyedRow> = on_engine!(tx, |conn| {
        sqlx::query_as(BY_KEY).bind(household.uuid()).bind(key_hash).fetch_optional(conn).await
    })?;
    let keyed = |row: KeyedRow| {
        let expires_at = Instant::from_millis(row.expires_at);
        let link = Invite { id: row.id, created_by: row.created_by, expires_at };
        let created_at = Instant::from_millis(row.created_at);
        Keyed { link, salt: row.salt, created_at, expires_at, ended: row.used_at.is_some() }
    };
    Ok(row.map(keyed))
}

/// Lists the valid invitations.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId, now: i64) -> sqlx::Result<Vec<Invite>> {
    let rows: Vec<InviteRow> = on_engine!(tx, |conn| sqlx::query_as(LIST)
        .bind(household.uuid())
        .bind(now)
        .bind(latest_made(now))
        .fetch_all(conn)
        .await)?;
    let invite = |row: InviteRow| Invite {
        id: row.id,
        created_by: row.created_by,
        expires_at: Instant::from_millis(row.expires_at),
    };
    Ok(rows.into_iter().map(invite).collect())
}

/// The household of a token, if the token is valid.
///
/// # Errors
/// If the store returns an error.
pub async fn household(tx: &mut Tx, token_hash: &[u8], now: i64) -> sqlx::Result<Option<HouseholdId>> {
    let row: Option<InviteRow> = on_engine!(tx, |conn| sqlx::query_as(FIND)
        .bind(token_hash)
        .bind(now)
        .bind(latest_made(now))
        .fetch_optional(conn)
        .await)?;
    Ok(row.map(|row| row.household_id))
}

/// Uses a token up and returns its household; `None` if it is not valid (any more).
///
/// # Errors
/// If the store returns an error.
pub async fn consume(tx: &mut Tx, token_hash: &[u8], now: i64) -> sqlx::Result<Option<HouseholdId>> {
    let row: Option<InviteRow> = on_engine!(tx, |conn| sqlx::query_as(USE)
        .bind(token_hash)
        .bind(now)
        .bind(latest_made(now))
        .fetch_optional(conn)
        .await)?;
    Ok(row.map(|row| row.household_id))
}

/// The household of a used or revoked token.
///
/// # Errors
/// If the store returns an error.
pub async fn ended(tx: &mut Tx, token_hash: &[u8]) -> sqlx::Result<Option<HouseholdId>> {
    let row: Option<InviteRow> =
        on_engine!(tx, |conn| sqlx::query_as(ENDED).bind(token_hash).fetch_optional(conn).await)?;
    Ok(row.map(|row| row.household_id))
}

/// The member who made an invitation; `None` if it never existed.
///
/// # Errors
/// If the store returns an error.
pub async fn maker(tx: &mut Tx, household: HouseholdId, id: InviteId) -> sqlx::Result<Option<MemberId>> {
    let maker: Option<Uuid> = on_engine!(tx, |conn| {
        sqlx::query_scalar(MAKER).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(maker.map(MemberId::from))
}

/// Revokes an invitation, unless it has ended.
///
/// # Errors
/// If the store returns an error.
pub async fn withdraw(tx: &mut Tx, household: HouseholdId, id: InviteId, now: i64) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(WITHDRAW).bind(household.uuid()).bind(id.uuid()).bind(now);
        query.execute(conn).await.map(|_| ())
    })
}

/// Revokes all invitations of a member.
///
/// # Errors
/// If the store returns an error.
pub async fn withdraw_of(
    tx: &mut Tx,
    household: HouseholdId,
    member: MemberId,
    now: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(WITHDRAW_OF).bind(household.uuid()).bind(member.uuid()).bind(now);
        query.execute(conn).await.map(|_| ())
    })
}

/// Deletes at most `limit` invitations, used or not, that expired before `then`; returns how many.
///
/// # Errors
/// If the store returns an error.
pub async fn delete_expired(tx: &mut Tx, then: i64, limit: i64) -> sqlx::Result<usize> {
    let keys: Vec<(Uuid, Uuid)> =
        on_engine!(&mut *tx, |conn| sqlx::query_as(EXPIRED).bind(then).bind(limit).fetch_all(conn).await)?;
    for (household, id) in &keys {
        on_engine!(&mut *tx, |conn| {
            sqlx::query(DELETE).bind(household).bind(id).execute(conn).await.map(|_| ())
        })?;
    }
    Ok(keys.len())
}
