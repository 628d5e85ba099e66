//! Signed-in devices. The token itself is never stored, only its SHA-256.

use super::{Tx, change_log::Mark, on_engine, statements};
use app::{
    domain::{AccountId, HouseholdId, Instant, MemberId, Session, SessionId},
    service::Actor,
    wire::{Check, Position, Seq},
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

statements! {
    INSERT = "insert into sessions (id, account_id, household_id, token_hash, device, created_at, last_seen_at, expires_at) \
              values ($1, $2, $3, $4, $5, $6, $6, $7)";
    // Whether a session has expired is not asked here: what prolongs it may wait to be written.
    ACTOR = "select s.id, s.account_id, s.household_id, m.id as member_id, a.language, s.last_seen_at, s.expires_at from sessions s \
             join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
             join accounts a on a.id = s.account_id where s.token_hash = $1 and s.ended_at is null";
    STAND = "select s.id, s.account_id, s.household_id, m.id as member_id, a.language, s.last_seen_at, s.expires_at, h.epoch, h.seq, h.time_zone, \
             l.at as logged_at, l.member_id as logged_by, l.mutation_id as logged_mutation \
             from sessions s join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
             join accounts a on a.id = s.account_id join households h on h.id = s.household_id \
             left join change_log l on l.household_id = h.id and l.seq = coalesce(cast($2 as bigint), h.seq) \
             where s.token_hash = $1 and s.ended_at is null";
    TOUCH = "update sessions set last_seen_at = $2, expires_at = $3 where id = $1";
    // As many as may be signed in, and those that expired in the last month.
    LIST = "select id, device, created_at, last_seen_at, expires_at from sessions where account_id = $1 and ended_at is null";
    MOVE = "update sessions set household_id = $2 where id = $1 and ended_at is null";
    DEVICE = "insert into devices (household_id, id, name) select household_id, id, device from sessions where id = $1 \
              on conflict (household_id, id) do nothing";
    END = "update sessions set ended_at = coalesce(ended_at, $3) where id = $1 and account_id = $2";
    END_OTHERS = "update sessions set ended_at = $3 where account_id = $1 and id <> $2 and ended_at is null returning id";
    END_ALL = "update sessions set ended_at = $2 where account_id = $1 and ended_at is null returning id";
    DELETE_ALL = "delete from sessions where account_id = $1 returning id";
    AT = "select id from sessions where household_id = $1 and account_id = $2 and ended_at is null";
    LASTING = "select s.id, s.household_id, s.last_seen_at, s.expires_at from sessions s \
               join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
               where s.ended_at is null and s.id in ($1)";
    EXPIRED = "select id from sessions where expires_at <= $1 order by expires_at limit $2";
    DELETE = "delete from sessions where id = $1";
}

/// SQLite takes 32,766 values in a statement, PostgreSQL 65,535.
const IDS_AT_ONCE: usize = 10_000;

#[derive(FromRow)]
struct SeenRow {
    last_seen_at: i64,
    expires_at: i64,
}

impl From<SeenRow> for LastSeen {
    fn from(SeenRow { last_seen_at, expires_at }: SeenRow) -> Self {
        Self { at: last_seen_at, expires_at }
    }
}

#[derive(FromRow)]
struct ActorRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
    #[sqlx(try_from = "Uuid")]
    account_id: AccountId,
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    #[sqlx(try_from = "Uuid")]
    member_id: MemberId,
    language: String,
    #[sqlx(flatten)]
    seen: SeenRow,
}

impl ActorRow {
    fn actor(&self) -> Actor {
        Actor {
            account: self.account_id,
            household: self.household_id,
            member: self.member_id,
            session: self.id,
            language: self.language.parse().unwrap_or_default(),
        }
    }
}

#[derive(FromRow)]
struct StandRow {
    #[sqlx(flatten)]
    actor: ActorRow,
    epoch: Uuid,
    seq: i64,
    time_zone: String,
    #[sqlx(flatten)]
    mark: Mark,
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
struct LastingRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
    #[sqlx(try_from = "Uuid")]
    household_id: HouseholdId,
    #[sqlx(flatten)]
    seen: SeenRow,
}

#[derive(FromRow)]
struct IdRow {
    #[sqlx(try_from = "Uuid")]
    id: SessionId,
}

/// When a session was seen last and when it ends by itself, in Unix milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSeen {
    /// The last time.
    pub at: i64,
    /// The end, unless it is seen again.
    pub expires_at: i64,
}

/// Where a socket begins.
#[derive(Clone, Debug)]
pub struct Stand {
    /// Who it is.
    pub actor: Actor,
    /// When the session was seen last.
    pub seen: LastSeen,
    /// Where the household's log ends. Its check is in it when no other entry was asked for.
    pub position: Position,
    /// Of the entry that was asked for; none where the log has none of that number.
    pub check: Option<Check>,
    /// The household's time zone.
    pub time_zone: String,
}

/// A session to be.
pub struct NewSession<'a> {
    /// The row.
    pub id: SessionId,
    /// Who signed in.
    pub account: AccountId,
    /// The household it looks at first.
    pub household: HouseholdId,
    /// SHA-256 of the token.
    pub token_hash: &'a [u8],
    /// What the browser calls itself.
    pub device: &'a str,
    /// Now.
    pub now: i64,
    /// When it ends by itself.
    pub expires_at: i64,
}

/// Writes a new session.
///
/// # Errors
/// When the store refuses.
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

/// Keeps the name of a session's device in the household that it looks at now, for as long as its log names
/// the session.
pub(super) async fn note_device(tx: &mut Tx, id: SessionId) -> sqlx::Result<()> {
    on_engine!(tx, |conn| sqlx::query(DEVICE).bind(id.uuid()).execute(conn).await.map(|_| ()))
}

/// Who a token belongs to, and when it was seen last; also when it has expired since.
///
/// # Errors
/// When the store refuses.
pub async fn actor(tx: &mut Tx, token_hash: &[u8]) -> sqlx::Result<Option<(Actor, LastSeen)>> {
    let row: Option<ActorRow> =
        on_engine!(tx, |conn| sqlx::query_as(ACTOR).bind(token_hash).fetch_optional(conn).await)?;
    Ok(row.map(|row| (row.actor(), row.seen.into())))
}

/// Who a token belongs to, where that household's log ends, and the check of an entry, the last one when
/// no number is given; seen in one moment. Also when the session has expired.
///
/// # Errors
/// When the store refuses.
pub async fn stand(tx: &mut Tx, token_hash: &[u8], seq: Option<Seq>) -> sqlx::Result<Option<Stand>> {
    let row: Option<StandRow> =
        on_engine!(tx, |conn| sqlx::query_as(STAND).bind(token_hash).bind(seq).fetch_optional(conn).await)?;
    Ok(row.map(|row| {
        let at = seq.unwrap_or(row.seq);
        let check = row.mark.check(at);
        Stand {
            actor: row.actor.actor(),
            seen: row.actor.seen.into(),
            position: Position { epoch: row.epoch, seq: row.seq, check: check.filter(|_| at == row.seq) },
            check,
            time_zone: row.time_zone,
        }
    }))
}

/// Notes that a session was seen, and puts its end off.
///
/// # Errors
/// When the store refuses.
pub async fn touch(tx: &mut Tx, id: SessionId, now: i64, expires_at: i64) -> sqlx::Result<()> {
    on_engine!(tx, |conn| {
        sqlx::query(TOUCH).bind(id.uuid()).bind(now).bind(expires_at).execute(conn).await.map(|_| ())
    })
}

/// The devices of an account in no order, also those whose sessions have expired. None is marked as current.
///
/// # Errors
/// When the store refuses.
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

/// Lets a session look at another household of its account; false when it has ended.
///
/// # Errors
/// When the store refuses, among other things because the account is not a member there.
pub async fn move_to(tx: &mut Tx, id: SessionId, household: HouseholdId) -> sqlx::Result<bool> {
    let moved = on_engine!(&mut *tx, |conn| {
        let query = sqlx::query(MOVE).bind(id.uuid()).bind(household.uuid());
        query.execute(conn).await.map(|done| done.rows_affected() == 1)
    })?;
    note_device(tx, id).await?;
    Ok(moved)
}

/// Ends a session; false when the account never had such one.
///
/// # Errors
/// When the store refuses.
pub async fn end(tx: &mut Tx, id: SessionId, account: AccountId, now: i64) -> sqlx::Result<bool> {
    on_engine!(tx, |conn| {
        let query = sqlx::query(END).bind(id.uuid()).bind(account.uuid()).bind(now);
        query.execute(conn).await.map(|done| done.rows_affected() == 1)
    })
}

/// Ends all sessions of an account but one, and names them.
///
/// # Errors
/// When the store refuses.
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

/// Ends all sessions of an account, and names them.
///
/// # Errors
/// When the store refuses.
pub async fn end_all(tx: &mut Tx, account: AccountId, now: i64) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> = on_engine!(tx, |conn| {
        sqlx::query_as(END_ALL).bind(account.uuid()).bind(now).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Forgets all sessions of an account, and names them.
///
/// # Errors
/// When the store refuses.
pub async fn delete_all(tx: &mut Tx, account: AccountId) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> =
        on_engine!(tx, |conn| sqlx::query_as(DELETE_ALL).bind(account.uuid()).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// The sessions of an account that look at a household.
///
/// # Errors
/// When the store refuses.
pub async fn at(tx: &mut Tx, household: HouseholdId, account: AccountId) -> sqlx::Result<Vec<SessionId>> {
    let rows: Vec<IdRow> = on_engine!(tx, |conn| {
        sqlx::query_as(AT).bind(household.uuid()).bind(account.uuid()).fetch_all(conn).await
    })?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Of these sessions those that nobody has ended, each with the household it looks at; also those that have expired.
///
/// # Errors
/// When the store refuses.
pub async fn lasting(
    tx: &mut Tx,
    sessions: &[SessionId],
) -> sqlx::Result<Vec<(SessionId, HouseholdId, LastSeen)>> {
    let mut found = Vec::with_capacity(sessions.len());
    for part in sessions.chunks(IDS_AT_ONCE) {
        let places: Vec<String> = (1..=part.len()).map(|n| format!("${n}")).collect();
        let sql = LASTING.replace("$1", &places.join(", "));
        let rows: Vec<LastingRow> = on_engine!(tx, |conn| {
            let mut query = sqlx::query_as(AssertSqlSafe(sql));
            for id in part {
                query = query.bind(id.uuid());
            }
            query.fetch_all(conn).await
        })?;
        found.extend(rows.into_iter().map(|row| (row.id, row.household_id, row.seen.into())));
    }
    Ok(found)
}

/// Deletes at most `limit` sessions that ended by themselves until then; tells how many.
///
/// # Errors
/// When the store refuses.
pub async fn delete_expired(tx: &mut Tx, then: i64, limit: i64) -> sqlx::Result<usize> {
    let ids: Vec<Uuid> = on_engine!(&mut *tx, |conn| sqlx::query_scalar(EXPIRED)
        .bind(then)
        .bind(limit)
        .fetch_all(conn)
        .await)?;
    // One by one: of a list PostgreSQL may think that reading the whole table finds it faster.
    for id in &ids {
        on_engine!(&mut *tx, |conn| sqlx::query(DELETE).bind(id).execute(conn).await.map(|_| ()))?;
    }
    Ok(ids.len())
}
