//! A write, from taking the number to ringing the bell.
//!
//! begin → take the number (this locks the household) → is it a repeat? → the rows → the log → commit
//! → ring. No code path changes a row of a household without coming through here.

use super::{Ledger, fault::Fault, rows::Place};
use crate::{
    db::{
        Tx,
        change_log::{self, Asked, Done, Logged, Mutation},
        households, members,
    },
    live::{encoded::Encoded, frames, links::Links, meters},
};
use app::{
    command::Command,
    domain::{HouseholdId, Instant, MemberId, MutationId, SessionId},
    error::AppError,
    service::{Actor, Terms},
    trial::{self, Flaw},
    wire::{Change, Position},
};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};
use std::time::Duration;
use uuid::Uuid;

/// A changed row as the log keeps it, with the whole row before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LogEntry {
    /// The row as it is now.
    #[serde(flatten)]
    pub change: Change,
    /// The row as it was; none when it is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
}

impl<'de> Deserialize<'de> for LogEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            event: String,
            data: Box<RawValue>,
            #[serde(default)]
            before: Option<Value>,
        }
        let Stored { event, data, before } = Stored::deserialize(deserializer)?;
        let change = Change::parse(&event, data.get()).map_err(D::Error::custom)?;
        let change = change.ok_or_else(|| D::Error::custom("an event of a later version"))?;
        Ok(Self { change, before })
    }
}

/// What a write request turned out to be.
pub(super) enum Begun {
    /// Not seen before.
    Fresh(Box<Write>),
    /// Done before; the transaction is there to read the row as it stands, and takes no number.
    Repeat(Box<Repeat>),
}

/// A write that was done before.
pub(super) struct Repeat {
    pub tx: Tx,
    /// The row it was about.
    pub subject: Uuid,
    /// The number it had then.
    pub position: Position,
}

/// A write under way. Dropped without [`Write::commit`] it leaves no trace and uses no number.
pub(super) struct Write {
    pub tx: Tx,
    /// The number it will have.
    pub position: Position,
    pub now: Instant,
    /// The household's, as it is now.
    pub time_zone: String,
    /// The household waits to be erased.
    pub closed: bool,
    household: HouseholdId,
    member: MemberId,
    /// What the log calls it; none for the first write of a household or of a member.
    command: Option<&'static str>,
    /// The device that asked; none where nobody did.
    session: Option<SessionId>,
    mutation: Option<Mutation>,
    entries: Vec<LogEntry>,
    /// Sessions whose sockets close with it, and with which code.
    ends: (Vec<SessionId>, u16),
    /// Open links that are others with it.
    links: LinkNews,
}

/// A write that is in the log and not committed yet.
pub(super) struct Sealed {
    household: HouseholdId,
    position: Position,
    frame: Encoded,
    /// Sessions whose sockets close with it, and with which code.
    pub ends: (Vec<SessionId>, u16),
    links: LinkNews,
}

/// No socket closes.
pub(super) const NO_SESSIONS: (Vec<SessionId>, u16) = (Vec::new(), 0);

/// Open links that are others once something is committed, in which households.
pub(super) type LinkNews = Vec<(HouseholdId, Links)>;

/// What is still done in a household that waits to be erased: people go, and it may be taken back.
const WHILE_CLOSED: [&str; 4] = ["remove_member", "hand_over", "close_household", "reopen_household"];

/// What a member asks for: under which conditions, and what a repeat must repeat.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub actor: Actor,
    pub terms: Terms,
    /// What the log calls it.
    name: &'static str,
    /// Of the name and the content.
    hash: [u8; 32],
}

impl Order {
    /// To carry out a command.
    pub fn of(actor: Actor, terms: Terms, command: &Command) -> Result<Self, Fault> {
        let (name, content) = (command.name(), command.content()?);
        Ok(Self { actor, terms, name, hash: hash(name, &content) })
    }

    /// For what is no command.
    pub fn call(
        actor: Actor,
        terms: Terms,
        name: &'static str,
        content: &impl Serialize,
    ) -> Result<Self, Fault> {
        Ok(Self { actor, terms, name, hash: fingerprint(name, content)? })
    }

    /// The same under another idempotency key.
    pub const fn with_mutation(mut self, id: MutationId) -> Self {
        self.terms.mutation_id = Some(id);
        self
    }

    /// Takes the next number and looks whether the mutation is a repeat. `subject` is the row it is about.
    pub async fn begin(self, ledger: &Ledger, subject: Uuid) -> Result<Begun, Fault> {
        let Self { actor, terms, name, hash } = self;
        let tx = ledger.database.begin().await?;
        let mut write = Write::take(ledger, tx, actor.household, actor.member).await?;
        // Only with the household locked, in a statement of its own: a removal that was under way is seen now.
        if !members::is_one(&mut write.tx, actor.household, actor.member).await? {
            return Err(AppError::NotSignedIn.into());
        }
        write.command = Some(name);
        write.session = Some(actor.session).filter(|session| !session.uuid().is_nil());
        write.mutation = terms.mutation_id.map(|id| Mutation { id, hash, subject });
        if let Some(mutation) = &write.mutation
            && let Some(Done { seq, hash, subject }) =
                change_log::by_mutation(&mut write.tx, actor.household, mutation.id).await?
        {
            if hash != mutation.hash {
                return Err(AppError::IdempotencyKeyReused.into());
            }
            // Whoever repeats may have missed the answer because the commit's own bell was lost.
            ledger.bus.hub().heard(actor.household, write.position.seq - 1);
            let position = Position { seq, ..write.position };
            return Ok(Begun::Repeat(Box::new(Repeat { tx: write.tx, subject, position })));
        }
        if write.closed && !WHILE_CLOSED.contains(&name) {
            return Err(AppError::HouseholdClosed.into());
        }
        Ok(Begun::Fresh(Box::new(write)))
    }
}

/// The idempotency key of somebody who is no member yet.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub id: MutationId,
    pub hash: [u8; 32],
}

/// What was asked, as 32 bytes: the name of the call and its content.
pub(super) fn fingerprint(call: &str, content: &impl Serialize) -> Result<[u8; 32], Fault> {
    Ok(hash(call, &serde_json::to_vec(content)?))
}

fn hash(call: &str, content: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(call.as_bytes());
    hash.update([0]);
    hash.update(content);
    hash.finalize().into()
}

impl Write {
    /// Begins what is no command.
    pub async fn begin(
        ledger: &Ledger,
        actor: Actor,
        name: &'static str,
        content: &impl Serialize,
        mutation_id: Option<MutationId>,
        subject: Uuid,
    ) -> Result<Begun, Fault> {
        let terms = Terms { mutation_id, base_version: None };
        Order::call(actor, terms, name, content)?.begin(ledger, subject).await
    }

    /// The first write of a household, or one by somebody who becomes a member with it.
    pub async fn begin_as(
        ledger: &Ledger,
        tx: Tx,
        household: HouseholdId,
        member: MemberId,
        key: Option<Key>,
    ) -> Result<Self, Fault> {
        let mut write = Self::take(ledger, tx, household, member).await?;
        write.mutation = key.map(|Key { id, hash }| Mutation { id, hash, subject: member.uuid() });
        Ok(write)
    }

    /// Takes the next number, which locks the household.
    async fn take(
        ledger: &Ledger,
        mut tx: Tx,
        household: HouseholdId,
        member: MemberId,
    ) -> Result<Self, Fault> {
        let now = ledger.clock.now();
        let (position, time_zone, closed) = households::next_seq(&mut tx, household, now.millis()).await?;
        Ok(Self {
            tx,
            position,
            now,
            time_zone,
            closed,
            household,
            member,
            command: None,
            session: None,
            mutation: None,
            entries: Vec::new(),
            ends: NO_SESSIONS,
            links: Vec::new(),
        })
    }

    /// Where and when its rows are written.
    pub const fn place(&self) -> Place {
        Place { household: self.household, now: self.now }
    }

    /// Who writes.
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The position to answer with when there is nothing to do: dropped, the write uses no number.
    pub const fn nothing_to_do(&self) -> Position {
        Position { seq: self.position.seq - 1, ..self.position }
    }

    /// Notes a row that is new.
    pub fn created(&mut self, change: Change) {
        self.entries.push(LogEntry { change, before: None });
    }

    /// Notes a row that replaces `before`.
    pub fn changed(&mut self, change: Change, before: &impl Serialize) -> Result<(), Fault> {
        self.entries.push(LogEntry { change, before: Some(serde_json::to_value(before)?) });
        Ok(())
    }

    /// The sockets of these sessions close as soon as it is committed, before anybody hears of it.
    pub fn ends(&mut self, sessions: Vec<SessionId>, code: u16) {
        self.ends = (sessions, code);
    }

    /// Who may list these links is told as soon as it is committed.
    pub fn links(&mut self, news: LinkNews) {
        self.links.extend(news);
    }

    /// Appends to the log, commits and rings.
    pub async fn commit(self, ledger: &Ledger) -> Result<Position, Fault> {
        let (tx, sealed) = self.seal().await?;
        let position = sealed.position;
        commit_all(ledger, tx, vec![sealed]).await?;
        Ok(position)
    }

    /// Appends to the log. The transaction goes on, for example with the write of another household.
    pub async fn seal(mut self) -> Result<(Tx, Sealed), Fault> {
        let entry = Logged {
            seq: self.position.seq,
            at: self.now,
            member_id: self.member,
            mutation_id: self.mutation.map(|mutation| mutation.id),
            changes: serde_json::to_string(&self.entries)?,
        };
        let asked = Asked { mutation: self.mutation, command: self.command, session: self.session };
        change_log::insert(&mut self.tx, self.household, &entry, asked).await?;
        let position = Position { check: Some(entry.check()), ..self.position };
        let frame = frames::of_commit(entry.seq, position.check, entry.mutation_id, self.entries)?;
        let sealed =
            Sealed { household: self.household, position, frame, ends: self.ends, links: self.links };
        Ok((self.tx, sealed))
    }
}

/// Commits what was sealed in one transaction, and rings.
///
/// As a task of its own: a caller who hangs up must not leave a commit behind that no open screen hears of.
pub(super) async fn commit_all(ledger: &Ledger, tx: Tx, writes: Vec<Sealed>) -> Result<(), Fault> {
    let bus = ledger.bus.clone();
    let finished = tokio::spawn(async move {
        if trial::has(Flaw::PublishBeforeCommit) {
            for write in &writes {
                bus.committed(write.household, write.position.seq, write.frame.clone());
            }
            // Long enough for a crash to fall into it now and then.
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
        tx.commit().await?;
        trial::between_commit_and_bell();
        for (sessions, code) in writes.iter().map(|write| &write.ends) {
            for session in sessions {
                bus.ended(*session, *code);
            }
        }
        for write in writes {
            bus.committed(write.household, write.position.seq, write.frame);
            for (household, links) in write.links {
                bus.links_changed(household, links);
            }
            metrics::counter!(meters::COMMITS).increment(1);
        }
        Ok::<_, sqlx::Error>(())
    });
    Ok(finished.await.map_err(|error| Fault::Other(error.to_string()))??)
}

/// Refuses a write that was made on an older version of the row.
pub(super) fn check_version(base: Option<i64>, version: i64, current: &impl Serialize) -> Result<(), Fault> {
    match base {
        Some(base) if base != version => {
            Err(AppError::Stale { current: serde_json::to_string(current)? }.into())
        }
        _ => Ok(()),
    }
}

/// A row that can be written: there, and not deleted.
pub(super) fn alive<T>(found: Option<(T, bool)>) -> Result<T, Fault> {
    match found {
        None => Err(AppError::NotFound.into()),
        Some((_, true)) => Err(AppError::Gone.into()),
        Some((row, false)) => Ok(row),
    }
}
