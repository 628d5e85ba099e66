//! A write, from taking the number to ringing the bell.
//!
//! begin in the household's turn → take the number, which locks the household → check for a repeat → change the rows → append to the
//! log → commit → ring. Every change of a household's rows goes through here.

use super::{
    Ledger,
    fault::Fault,
    fingerprint::{IdempotencyKey, fingerprint, hash},
    rows::WriteScope,
    sealed::{LinkNews, NO_SESSIONS, Sealed, commit_all},
    sums::SumMoves,
};
use crate::{
    db::{
        Tx,
        change_log::{self, Cause, Done, Logged, Mutation},
        households, members,
    },
    journal::{LogEntry, frames},
};
use app::{
    command::{Command, Revised},
    domain::{Fact, HouseholdId, Instant, MemberId, MutationId, SessionId},
    error::AppError,
    service::{Actor, Terms},
    wire::{Change, Position},
};
use serde::Serialize;
use uuid::Uuid;

/// The result of beginning a write.
pub(super) enum Begun {
    /// A new write.
    Fresh(Box<Write>),
    /// A repeat. Its transaction is for reading the row as it is now; it takes no number.
    Repeat(Box<Repeat>),
}

/// A write that was carried out before.
pub(super) struct Repeat {
    pub tx: Tx,
    /// The row that it was about.
    pub subject: Uuid,
    /// The number that it got.
    pub position: Position,
}

/// A write in progress. Dropped without [`Write::commit`] it has no effect and uses no number.
pub(super) struct Write {
    pub tx: Tx,
    /// The number that it gets.
    pub position: Position,
    pub now: Instant,
    /// The household's time zone.
    pub time_zone: String,
    /// Why the household takes no changes, if it waits to be erased.
    pub closed: Option<AppError>,
    household: HouseholdId,
    member: MemberId,
    /// The name of the command in the log; `None` for the first write of a household or of a member.
    command: Option<&'static str>,
    /// The session that sent the command; `None` if the server itself writes.
    session: Option<SessionId>,
    mutation: Option<Mutation>,
    entries: Vec<LogEntry>,
    /// What the changed facts add to the kept sums.
    sums: SumMoves,
    /// Whether the kept sums held every change before this one.
    sums_kept: bool,
    /// The sessions whose sockets close on commit, and the close code.
    ends: (Vec<SessionId>, u16),
    /// The links that change with it.
    links: LinkNews,
}

/// The calls that a household accepts while it waits to be erased: members may be removed, and it may be
/// reopened.
const WHILE_CLOSED: [&str; 4] = ["remove_member", "hand_over", "close_household", "reopen_household"];

/// A request of a member: the command or call, its conditions, and the fingerprint that a repeat must match.
#[derive(Clone, Copy)]
pub(super) struct Order {
    pub actor: Actor,
    pub terms: Terms,
    /// The name in the log.
    name: &'static str,
    /// The fingerprint of name and content.
    hash: [u8; 32],
}

impl Order {
    /// An order to carry out a command.
    pub fn of(actor: Actor, terms: Terms, command: &Command) -> Result<Self, Fault> {
        let (name, content) = (command.name(), command.content()?);
        Ok(Self { actor, terms, name, hash: hash(name, &content) })
    }

    /// An order for a call that is not a command.
    pub fn call(
        actor: Actor,
        terms: Terms,
        name: &'static str,
        content: &impl Serialize,
    ) -> Result<Self, Fault> {
        Ok(Self { actor, terms, name, hash: fingerprint(name, content)? })
    }

    /// The same order under another idempotency key.
    pub const fn with_mutation(mut self, id: MutationId) -> Self {
        self.terms.mutation_id = Some(id);
        self
    }

    /// Takes the next number and checks for a repeat. `subject` is the row that it is about.
    pub async fn begin(self, ledger: &Ledger, subject: Uuid) -> Result<Begun, Fault> {
        let Self { actor, terms, name, hash } = self;
        let tx = ledger.database.begin_in(&[actor.household]).await?;
        let mut write = Write::take(ledger, tx, actor.household, actor.member).await?;
        // With the household locked, in a statement of its own: it sees a removal that was committed
        // meanwhile.
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
            // The first write's bell may have been lost, which may be why the client repeats.
            ledger.bus.hub().heard(actor.household, write.position.seq - 1);
            let position = Position { seq, ..write.position };
            return Ok(Begun::Repeat(Box::new(Repeat { tx: write.tx, subject, position })));
        }
        if let Some(closed) = write.closed.clone().filter(|_| !WHILE_CLOSED.contains(&name)) {
            return Err(closed.into());
        }
        Ok(Begun::Fresh(Box::new(write)))
    }
}

impl Write {
    /// Begins a write that is not a command.
    pub async fn begin(
        ledger: &Ledger,
        actor: Actor,
        name: &'static str,
        content: &impl Serialize,
        mutation_id: Option<MutationId>,
        subject: Uuid,
    ) -> Result<Begun, Fault> {
        let terms = Terms::keyed(mutation_id);
        Order::call(actor, terms, name, content)?.begin(ledger, subject).await
    }

    /// Begins the first write of a household, or of a person who becomes a member with it.
    pub async fn begin_as(
        ledger: &Ledger,
        tx: Tx,
        household: HouseholdId,
        member: MemberId,
        key: Option<IdempotencyKey>,
    ) -> Result<Self, Fault> {
        let mut write = Self::take(ledger, tx, household, member).await?;
        write.mutation = key.map(|IdempotencyKey { id, hash }| Mutation { id, hash, subject: member.uuid() });
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
        let households::NextNumber { position, time_zone, erase_on, sums_kept } =
            households::next_seq(&mut tx, household, now.millis()).await?;
        let closed = erase_on.map(|day| AppError::of_closed(day, ledger.clock.today(&time_zone)));
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
            sums: SumMoves::default(),
            sums_kept,
            ends: NO_SESSIONS,
            links: Vec::new(),
        })
    }

    /// The household and the time of the written rows.
    pub const fn scope(&self) -> WriteScope {
        WriteScope { household: self.household, now: self.now }
    }

    /// The member who writes.
    pub const fn member(&self) -> MemberId {
        self.member
    }

    /// The position to answer with if there is nothing to do: the write is dropped and uses no number.
    pub const fn nothing_to_do(&self) -> Position {
        Position { seq: self.position.seq - 1, ..self.position }
    }

    /// Records a new row for the log.
    pub fn created(&mut self, change: Change) {
        self.entries.push(LogEntry { change, before: None });
    }

    /// Records a row that replaces `before`.
    pub fn changed(&mut self, change: Change, before: &impl Serialize) -> Result<(), Fault> {
        self.entries.push(LogEntry { change, before: Some(serde_json::value::to_raw_value(before)?) });
        Ok(())
    }

    /// Notes for the kept sums that a fact is stored. Every stored fact is noted.
    pub fn sums(&mut self, row: &Revised<Fact>) {
        self.sums.note(row);
    }

    /// The sockets of these sessions close right after the commit, before anybody receives it.
    pub fn ends(&mut self, sessions: Vec<SessionId>, code: u16) {
        self.ends = (sessions, code);
    }

    /// Those who may list these links are notified right after the commit.
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

    /// Appends to the log. The transaction stays open, for example for the write of another household.
    pub async fn seal(mut self) -> Result<(Tx, Sealed), Fault> {
        self.sums.store(&mut self.tx, self.household, self.sums_kept).await?;
        let entry = Logged {
            seq: self.position.seq,
            at: self.now,
            member_id: self.member,
            mutation_id: self.mutation.map(|mutation| mutation.id),
            changes: serde_json::to_string(&self.entries)?,
        };
        let asked = Cause { mutation: self.mutation, command: self.command, session: self.session };
        change_log::insert(&mut self.tx, self.household, &entry, asked).await?;
        let position = Position { check: Some(entry.check()), ..self.position };
        let frame = frames::of_commit(entry.seq, position.check, entry.mutation_id, self.entries)?;
        let sealed =
            Sealed { household: self.household, position, frame, ends: self.ends, links: self.links };
        Ok((self.tx, sealed))
    }
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
