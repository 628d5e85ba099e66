//! The members to whom sessions belong: found by a token, or for a list of sessions.

use super::{
    Tx,
    change_log::LogMark,
    on_engine,
    sessions::{LastSeen, SeenRow},
    statements,
};
use app::{
    domain::{AccountId, HouseholdId, MemberId, SessionId},
    service::Actor,
    wire::{Check, Position, Seq},
};
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

statements! {
    // Expiry is not checked here: a later expiry may be known that is not written yet.
    ACTOR = "select s.id, s.account_id, s.household_id, m.id as member_id, a.language, s.last_seen_at, s.expires_at from sessions s \
             join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
             join accounts a on a.id = s.account_id where s.token_hash = $1 and s.ended_at is null";
    STAND = "select s.id, s.account_id, s.household_id, m.id as member_id, a.language, s.last_seen_at, s.expires_at, h.epoch, h.seq, h.time_zone, \
             l.at as logged_at, l.member_id as logged_by, l.mutation_id as logged_mutation \
             from sessions s join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
             join accounts a on a.id = s.account_id join households h on h.id = s.household_id \
             left join change_log l on l.household_id = h.id and l.seq = coalesce(cast($2 as bigint), h.seq) \
             where s.token_hash = $1 and s.ended_at is null";
    LASTING = "select s.id, s.household_id, s.last_seen_at, s.expires_at from sessions s \
               join members m on m.household_id = s.household_id and m.account_id = s.account_id and m.removed_at is null \
               where s.ended_at is null and s.id in ($1)";
}

/// SQLite takes 32,766 values in a statement, PostgreSQL 65,535.
const IDS_AT_ONCE: usize = 10_000;

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
    mark: LogMark,
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

/// What a socket needs to know when it opens.
#[derive(Clone, Debug)]
pub struct Stand {
    /// Who opens it.
    pub actor: Actor,
    /// When the session was last seen.
    pub seen: LastSeen,
    /// The end of the household's log. It includes the check if no other entry was asked for.
    pub position: Position,
    /// The check of the entry that was asked for; `None` if the log has no entry with that number.
    pub check: Option<Check>,
    /// The household's time zone.
    pub time_zone: String,
}

/// The actor of a token, and when the session was last seen; also if it has expired since.
///
/// # Errors
/// If the store returns an error.
pub async fn actor(tx: &mut Tx, token_hash: &[u8]) -> sqlx::Result<Option<(Actor, LastSeen)>> {
    let row: Option<ActorRow> =
        on_engine!(tx, |conn| sqlx::query_as(ACTOR).bind(token_hash).fetch_optional(conn).await)?;
    Ok(row.map(|row| (row.actor(), row.seen.into())))
}

/// The actor of a token, the end of the household's log, and the check of an entry, or of the last one if no
/// number is given, all from one snapshot. Also if the session has expired.
///
/// # Errors
/// If the store returns an error.
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

/// Those of the given sessions that have not been ended, each with its household; including expired ones.
///
/// # Errors
/// If the store returns an error.
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
