//! The change log: one numbered entry a committed transaction, kept for good.

use super::{Tx, on_engine, statements};
use app::{
    domain::{HouseholdId, Instant, MemberId, MutationId},
    wire::{Check, Seq},
};
use sha2::{Digest, Sha256};
use sqlx::FromRow;
use uuid::Uuid;

statements! {
    INSERT = "insert into change_log (household_id, seq, at, member_id, mutation_id, mutation_hash, subject_id, changes) \
              values ($1, $2, $3, $4, $5, $6, $7, $8)";
    BY_MUTATION = "select seq, mutation_hash, subject_id from change_log where household_id = $1 and mutation_id = $2";
    MARK = "select at as logged_at, member_id as logged_by, mutation_id as logged_mutation from change_log \
            where household_id = $1 and seq = $2";
    AFTER = "select seq, at, member_id, mutation_id, changes from change_log \
             where household_id = $1 and seq > $2 order by seq limit $3";
}

/// An entry as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its number.
    pub seq: Seq,
    /// When it was committed.
    pub at: Instant,
    /// Who did it.
    pub member_id: MemberId,
    /// Its idempotency key.
    pub mutation_id: Option<MutationId>,
    /// A JSON array of `{event, data, before}`, each row whole.
    pub changes: String,
}

impl Logged {
    /// By which a client that resumes from this entry is recognised.
    #[must_use]
    pub fn check(&self) -> Check {
        check(self.seq, self.at.millis(), self.member_id.uuid(), self.mutation_id.map(MutationId::uuid))
    }
}

/// Hashes what tells an entry from any other one that might have taken its number: when it was committed,
/// by whom, under which idempotency key. These never change, on either engine and wherever the book moves,
/// while a migration may rewrite the rows in `changes`; and reading them costs the same for every entry.
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

/// What a check is made of, where an entry is joined to other rows as `l`; all null where there is none.
#[derive(Debug, FromRow)]
pub(super) struct Mark {
    logged_at: Option<i64>,
    logged_by: Option<Uuid>,
    logged_mutation: Option<Uuid>,
}

impl Mark {
    /// The check of the entry of this number.
    pub(super) fn check(&self, seq: Seq) -> Option<Check> {
        Some(check(seq, self.logged_at?, self.logged_by?, self.logged_mutation))
    }
}

/// What identifies a write, so that a repeat is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mutation {
    /// The idempotency key.
    pub id: MutationId,
    /// SHA-256 of what was asked: a repeat asks the same.
    pub hash: [u8; 32],
    /// The row it is about, to answer a repeat with.
    pub subject: Uuid,
}

/// The first time a mutation was done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its number then.
    pub seq: Seq,
    /// What was asked then.
    pub hash: Vec<u8>,
    /// The row it was about.
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
struct DoneRow {
    seq: i64,
    mutation_hash: Option<Vec<u8>>,
    subject_id: Option<Uuid>,
}

/// Appends an entry; in the transaction that changes the rows.
///
/// # Errors
/// When the store refuses.
pub async fn insert(
    tx: &mut Tx,
    household: HouseholdId,
    entry: &Logged,
    mutation: Option<&Mutation>,
) -> sqlx::Result<()> {
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
            .execute(conn)
            .await
            .map(|_| ())
    })
}

/// Whether a mutation was done before, and how it ended.
///
/// # Errors
/// When the store refuses.
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

/// The check of an entry; none where the log has none of this number.
///
/// # Errors
/// When the store refuses.
pub async fn check_of(tx: &mut Tx, household: HouseholdId, seq: Seq) -> sqlx::Result<Option<Check>> {
    let mark: Option<Mark> = on_engine!(tx, |conn| {
        sqlx::query_as(MARK).bind(household.uuid()).bind(seq).fetch_optional(conn).await
    })?;
    Ok(mark.and_then(|mark| mark.check(seq)))
}

/// The entries after a number, in order.
///
/// # Errors
/// When the store refuses.
pub async fn after(tx: &mut Tx, household: HouseholdId, since: Seq, limit: i64) -> sqlx::Result<Vec<Logged>> {
    let rows: Vec<LoggedRow> = on_engine!(tx, |conn| {
        sqlx::query_as(AFTER).bind(household.uuid()).bind(since).bind(limit).fetch_all(conn).await
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
