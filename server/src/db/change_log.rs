//! The change log: one numbered entry per committed transaction, kept for ever.

use super::{Tx, on_engine, statements};
use app::{
    domain::{HouseholdId, Instant, MemberId, MutationId, SessionId},
    wire::{Check, Seq},
};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes, command, session_id) \
              values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    BY_MUTATION = "select seq, mutation_hash, subject_id from change_log where household_id = $1 and mutation_id = $2";
    MARK = "select at as logged_at, member_id as logged_by, mutation_id as logged_mutation from change_log \
            where household_id = $1 and seq = $2";
    SIZES = "select seq, cast(octet_length(changes) as bigint) as size from change_log \
             where household_id = $1 and seq > $2 order by seq limit $3";
    BETWEEN = "select seq, at, member_id, mutation_id, changes from change_log \
               where household_id = $1 and seq > $2 and seq <= $3 order by seq";
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its number.
    pub seq: Seq,
    /// When it was committed.
    pub at: Instant,
    /// The member who made the change.
    pub member_id: MemberId,
    /// The idempotency key of the request.
    pub mutation_id: Option<MutationId>,
    /// A JSON array of `{event, data, before}`, with complete rows.
    pub changes: String,
}

impl Logged {
    /// The check of this entry. A client that resumes with another one has seen a different entry with this number.
    #[must_use]
    pub fn check(&self) -> Check {
        check(self.seq, self.at.millis(), self.member_id.uuid(), self.mutation_id.map(MutationId::uuid))
    }
}

/// Hashes what distinguishes an entry from any other that might have taken its number: when it was committed,
/// by whom, and under which idempotency key. These never change, on either engine and wherever the book
/// moves, while a migration may rewrite the rows in `changes`; and reading them costs the same for every
/// entry.
fn check(seq: Seq, at: i64, member: Uuid, mutation: Option<Uuid>) -> Check {
    let mut hash = Sha256::new();
    hash.update(seq.to_be_bytes());
    hash.update(at.to_be_bytes());
    hash.update(member);
    if let Some(mutation) = mutation {
        hash.update(mutation);
    }
    let [a, b, c, d, ..]: [u8; 32] = hash.finalize().into();
    Check::new([a, b, c, d])
}

/// The inputs of a check, where an entry is left-joined as `l`; all null if there is no such entry.
#[derive(Debug, FromRow)]
pub(super) struct LogMark {
    logged_at: Option<i64>,
    logged_by: Option<Uuid>,
    logged_mutation: Option<Uuid>,
}

impl LogMark {
    /// The check of the entry with this number.
    pub(super) fn check(&self, seq: Seq) -> Option<Check> {
        Some(check(seq, self.logged_at?, self.logged_by?, self.logged_mutation))
    }
}

/// Identifies a write, so that a repeat is recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// The idempotency key.
    pub id: MutationId,
    /// SHA-256 of the request: a repeat has the same.
    pub hash: [u8; 32],
    /// The row that the request is about, with which a repeat is answered.
    pub subject: Uuid,
}

/// What caused an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The request, if it can be repeated.
    pub mutation: Option<Mutation>,
    /// The command's name; `None` for the first write of a household or of a member.
    pub command: Option<&'static str>,
    /// The session of the device; `None` if nobody requested the change.
    pub session: Option<SessionId>,
}

/// How a mutation was first carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The number of its entry.
    pub seq: Seq,
    /// The hash of its request.
    pub hash: Vec<u8>,
    /// The row that it was about.
    pub subject: Uuid,
}

#[derive(FromRow)]
struct LoggedRow {
    seq: i64,
    at: i64,
    #[sqlx(try_from = "Uuid")]
    member_id: MemberId,
    mutation_id: Option<Uuid>,
    changes: String,
}

#[derive(FromRow)]
struct SizeRow {
    seq: i64,
    size: i64,
}

/// The number of the last entry that fits into `bytes` together with all before it, or of the first one if
/// none fits.
fn end_of_portion(sizes: &[SizeRow], bytes: i64) -> Option<Seq> {
    let mut sum = 0_i64;
    let fits = |row: &&SizeRow| {
        sum = sum.saturating_add(row.size);
        sum <= bytes
    };
    let count = sizes.iter().take_while(fits).count();
    sizes.get(count.saturating_sub(1)).map(|row| row.seq)
}

#[derive(FromRow)]
struct DoneRow {
    seq: i64,
    mutation_hash: Option<Vec<u8>>,
    subject_id: Option<Uuid>,
}

/// Appends an entry, in the transaction that changes the rows.
///
/// # Errors
/// If the store returns an error.
pub async fn insert(tx: &mut Tx, household: HouseholdId, entry: &Logged, asked: Cause) -> sqlx::Result<()> {
    let Cause { mutation, command, session } = asked;
    on_engine!(tx, |conn| {
        sqlx::query(INSERT)
            .bind(household.uuid())
            .bind(entry.seq)
            .bind(entry.at.millis())
            .bind(entry.member_id.uuid())
            .bind(mutation.map(|mutation| mutation.id.uuid()))
            .bind(mutation.map(|mutation| mutation.hash.to_vec()))
            .bind(mutation.map(|mutation| mutation.subject))
            .bind(&entry.changes)
            .bind(command)
            .bind(session.map(SessionId::uuid))
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Finds how a mutation was carried out, if it was.
///
/// # Errors
/// If the store returns an error.
pub async fn by_mutation(tx: &mut Tx, household: HouseholdId, id: MutationId) -> sqlx::Result<Option<Done>> {
    let row: Option<DoneRow> = on_engine!(tx, |conn| {
        sqlx::query_as(BY_MUTATION).bind(household.uuid()).bind(id.uuid()).fetch_optional(conn).await
    })?;
    Ok(row.map(|row| Done {
        seq: row.seq,
        hash: row.mutation_hash.unwrap_or_default(),
        subject: row.subject_id.unwrap_or_default(),
    }))
}

/// The check of an entry; `None` if the log has no entry with this number.
///
/// # Errors
/// If the store returns an error.
pub async fn check_of(tx: &mut Tx, household: HouseholdId, seq: Seq) -> sqlx::Result<Option<Check>> {
    let mark: Option<LogMark> = on_engine!(tx, |conn| {
        sqlx::query_as(MARK).bind(household.uuid()).bind(seq).fetch_optional(conn).await
    })?;
    Ok(mark.and_then(|mark| mark.check(seq)))
}

/// How much of the log is read at once.
#[derive(Clone, Copy, Debug)]
pub struct Portion {
    /// Entries, at most.
    pub entries: i64,
    /// Bytes of changes, at most, but always at least one entry: an entry may have hundreds of changes.
    pub bytes: i64,
}

/// Reads the entries after a number, in order, as many as the portion allows.
///
/// # Errors
/// If the store returns an error.
pub async fn after(
    tx: &mut Tx,
    household: HouseholdId,
    since: Seq,
    portion: Portion,
) -> sqlx::Result<Vec<Logged>> {
    // Read the sizes first: entries beyond the limit must not be loaded at all.
    let sizes: Vec<SizeRow> = on_engine!(&mut *tx, |conn| {
        sqlx::query_as(SIZES).bind(household.uuid()).bind(since).bind(portion.entries).fetch_all(conn).await
    })?;
    let Some(last) = end_of_portion(&sizes, portion.bytes) else { return Ok(Vec::new()) };
    let rows: Vec<LoggedRow> = on_engine!(tx, |conn| {
        sqlx::query_as(BETWEEN).bind(household.uuid()).bind(since).bind(last).fetch_all(conn).await
    })?;
    let logged = |row: LoggedRow| Logged {
        seq: row.seq,
        at: Instant::from_millis(row.at),
        member_id: row.member_id,
        mutation_id: row.mutation_id.map(MutationId::from),
        changes: row.changes,
    };
    Ok(rows.into_iter().map(logged).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_portion_ends_before_it_is_too_large_and_has_at_least_one_entry() {
        let end = |sizes: &[i64], bytes| {
            let rows: Vec<_> = (11..).zip(sizes).map(|(seq, size)| SizeRow { seq, size: *size }).collect();
            end_of_portion(&rows, bytes)
        };
        assert_eq!(end(&[], 100), None);
        assert_eq!(end(&[40, 60, 1], 100), Some(12));
        assert_eq!(end(&[40, 50, 9], 100), Some(13));
        assert_eq!(end(&[500, 1], 100), Some(11));
        assert_eq!(end(&[1, 500, 1], 100), Some(11));
        assert_eq!(end(&[i64::MAX, i64::MAX], i64::MAX), Some(12), "nothing overflows");
    }
}
