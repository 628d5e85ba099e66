//! Links by which members set a new password: random tokens, stored hashed, valid for one use.

use super::{
    Tx,
    links::{Keyed, LinkKey, latest_made},
    on_engine, statements,
};
use app::domain::{AccountId, HouseholdId, Instant, MemberId, OpenPasswordLink};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    PUT = "insert into password_links (household_id, member_id, account_id, token_hash, created_by, created_at, expires_at, key_hash, salt) \
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (household_id, member_id) do update \
           set account_id = excluded.account_id, token_hash = excluded.token_hash, created_by = excluded.created_by, \
           created_at = excluded.created_at, expires_at = excluded.expires_at, ended_at = null, \
           key_hash = excluded.key_hash, salt = excluded.salt";
    BY_KEY = "select member_id, created_by, created_at, expires_at, salt, ended_at from password_links where household_id = $1 and key_hash = $2";
    // A link works only while its maker owns the household. One that was made while the clock was ahead does not work:
    // see [`latest_made`].
    LIST = "select l.member_id, l.created_by, l.expires_at from password_links l \
            join members m on m.household_id = l.household_id and m.id = l.created_by and m.role = 'owner' and m.removed_at is null \
            where l.household_id = $1 and l.ended_at is null and l.expires_at > $2 and l.created_at <= $3 order by l.created_at, l.member_id";
    FIND = "select l.household_id, l.member_id, l.account_id from password_links l \
            join members m on m.household_id = l.household_id and m.id = l.created_by and m.role = 'owner' and m.removed_at is null \
            where l.token_hash = $1 and l.ended_at is null and l.expires_at > $2 and l.created_at <= $3";
    END = "update password_links set ended_at = coalesce(ended_at, $3) where household_id = $1 and member_id = $2";
    END_OF = "update password_links set ended_at = $2 where account_id = $1 and ended_at is null returning household_id";
}

#[derive(FromRow)]
struct LinkRow {
    #[sqlx(try_from = "Uuid")]
    member_id: MemberId,
    #[sqlx(try_from = "Uuid")]
    created_by: MemberId,
    expires_at: i64,
}

impl From<LinkRow> for OpenPasswordLink {
    fn from(row: LinkRow) -> Self {
        let LinkRow { member_id, created_by, expires_at } = row;
        Self { member_id, created_by, expires_at: Instant::from_millis(expires_at) }
    }
}

#[derive(FromRow)]
struct KeyedRow {
    #[sqlx(flatten)]
    link: LinkRow,
    created_at: i64,
    salt: Vec<u8>,
    ended_at: Option<i64>,
}

#[derive(FromRow)]
struct TargetRow {
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    #[sqlx(try_from = "Uuid")]
    member_id: MemberId,
    #[sqlx(try_from = "Uuid")]
    account_id: AccountId,
}

/// Whose password a link sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordLinkTarget {
    /// The household whose owner made the link.
    pub household: HouseholdId,
    /// The member in it.
    pub member: MemberId,
    /// The account.
    pub account: AccountId,
}

/// Inserts a new link, replacing the member's previous one.
///
/// # Errors
/// If the store returns an error.
pub async fn put(
    tx: &mut Tx,
    target: PasswordLinkTarget,
    row: &OpenPasswordLink,
    token_hash: &[u8],
    key: Option<&LinkKey>,
    now: i64,
) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(PUT)
            .bind(target.household.uuid())
            .bind(target.member.uuid())
            .bind(target.account.uuid())
            .bind(token_hash)
            .bind(row.created_by.uuid())
            .bind(now)
            .bind(row.expires_at.millis())
            .bind(key.map(|key| key.hash.as_slice()))
            .bind(key.map(|key| key.salt.as_slice()))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Finds the link that was requested under a key.
///
/// # Errors
/// If the store returns an error.
pub async fn by_key(
    tx: &mut Tx,
    household: HouseholdId,
    key_hash: &[u8],
) -> sqlx::Result<Option<Keyed<OpenPasswordLink>>> {
    let row: Option<KeyedRow> = on_engine!(tx, |conn| {
        sqlx::query_as(BY_KEY).bind(household.uuid()).bind(key_hash).fetch_optional(conn).await
    })?;
    let keyed = |row: KeyedRow| {
        let link = OpenPasswordLink::from(row.link);
        let created_at = Instant::from_millis(row.created_at);
        let (expires_at, ended) = (link.expires_at, row.ended_at.is_some());
        Keyed { link, salt: row.salt, created_at, expires_at, ended }
    };
    Ok(row.map(keyed))
}

/// Lists the valid links.
///
/// # Errors
/// If the store returns an error.
pub async fn list(tx: &mut Tx, household: HouseholdId, now: i64) -> sqlx::Result<Vec<OpenPasswordLink>> {
    let rows: Vec<LinkRow> = on_engine!(tx, |conn| sqlx::query_as(LIST)
        .bind(household.uuid())
        .bind(now)
        .bind(latest_made(now))
        .fetch_all(conn)
        .await)?;
    Ok(rows.into_iter().map(OpenPasswordLink::from).collect())
}

/// Whose password a token sets, if the token is valid.
///
/// # Errors
/// If the store returns an error.
pub async fn find(tx: &mut Tx, token_hash: &[u8], now: i64) -> sqlx::Result<Option<PasswordLinkTarget>> {
    let row: Option<TargetRow> = on_engine!(tx, |conn| sqlx::query_as(FIND)
        .bind(token_hash)
        .bind(now)
        .bind(latest_made(now))
        .fetch_optional(conn)
        .await)?;
    Ok(row.map(|row| PasswordLinkTarget {
        household: row.household_id,
        member: row.member_id,
        account: row.account_id,
    }))
}

/// Ends the link of a member; returns false if there never was one.
///
/// # Errors
/// If the store returns an error.
pub async fn end(tx: &mut Tx, household: HouseholdId, member: MemberId, now: i64) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(END).bind(household.uuid()).bind(member.uuid()).bind(now);
        query.execute(conn).await.map(|done| done.rows_affected() == 1)
    })
}

/// Ends every link of an account: the person no longer needs one, or no longer has the account alone. Returns
/// the households that made them.
///
/// # Errors
/// If the store returns an error.
pub async fn end_of(tx: &mut Tx, account: AccountId, now: i64) -> sqlx::Result<Vec<HouseholdId>> {
    let rows: Vec<(Uuid,)> = on_engine!(tx, |conn| {
        sqlx::query_as(END_OF).bind(account.uuid()).bind(now).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}
