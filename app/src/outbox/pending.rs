//! A command without a response.

use super::row::{RowId, names_of, plan_row, rows_of};
use crate::{
    command::{Command, Subject, TypedIn},
    domain::{Fact, FactGroup, MemberId, MutationId},
    error::AppError,
    service::{Terms, Written},
    trial::{self, Flaw},
};
use serde::{Deserialize, Serialize};

/// The version of a row that a command is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// Any version.
    Any,
    /// This one.
    Version(i64),
    /// The version that results from the previous command in the queue.
    After,
}

/// The state of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is sent when it is its turn.
    Waiting,
    /// It was sent, and its response may still arrive.
    Sending,
    /// The server has refused it. It stays until the person decides.
    Refused(AppError),
}

/// The row as the person saw it before the change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// The row is new, or its content does not matter.
    #[default]
    Nothing,
    /// A fact, or the parts of a transfer or split.
    Facts(Vec<Fact>),
    /// Another row.
    Row(Box<Subject>),
}

impl Seen {
    /// The facts; empty for other rows.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        match self {
            Self::Facts(facts) => facts,
            Self::Nothing | Self::Row(_) => &[],
        }
    }
}

impl From<Vec<Fact>> for Seen {
    fn from(facts: Vec<Fact>) -> Self {
        if facts.is_empty() { Self::Nothing } else { Self::Facts(facts) }
    }
}

impl From<Subject> for Seen {
    fn from(subject: Subject) -> Self {
        match subject {
            Subject::Fact(fact) => Self::Facts(vec![fact]),
            Subject::Group(FactGroup { facts, .. }) => Self::Facts(facts),
            other => Self::Row(Box::new(other)),
        }
    }
}

/// A command without a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Its idempotency key.
    pub mutation: MutationId,
    /// The member who made it.
    pub member: Option<MemberId>,
    /// The command.
    pub command: Command,
    /// The rows that it changes, each with the version that it is made on.
    pub rows: Vec<(RowId, Base)>,
    /// The rows that it names without changing them.
    pub names: Vec<RowId>,
    /// The currencies in which its amounts were typed.
    pub typed_in: TypedIn,
    /// The row as the person saw it; once a deletion was refused because somebody changed the row, as it is by now.
    pub seen: Seen,
    /// The facts that it is foreseen to result in; empty for a deleted row, or if unknown.
    pub foreseen: Vec<Fact>,
    /// Its state.
    pub state: State,
    /// How often it was sent; this is the number of the current attempt.
    pub tries: u32,
    /// How often it has failed on this connection. Without a connection every call fails, which says nothing of it.
    pub failures: u32,
    /// Whether another page has made it, and may have sent it.
    pub is_taken_over: bool,
    /// Whether its turn had come while another one held it: it is sent as soon as nothing does.
    pub is_in_line: bool,
    /// Whether there is another connection since it was sent, so that no other one waits for its response.
    pub is_passed: bool,
    /// Whether it was sent before the last snapshot was read, which may contain it then.
    pub uncertain: bool,
}

impl Pending {
    /// Whether a response reports what another command has done before. A repeat of this one is its own, whichever tab
    /// has sent it first.
    #[must_use]
    pub fn was_done_before(&self, written: &Written<Subject>) -> bool {
        match (&self.command, &written.value) {
            (Command::ConfirmOccurrence { form, .. }, Subject::Fact(fact)) if form.fact_id.is_some() => {
                form.fact_id.as_ref().and_then(|id| id.parse().ok()) != Some(fact.id)
            }
            _ => written.already,
        }
    }

    /// A command that was not sent yet. `base` is the version of its row; plans contain their own versions.
    #[must_use]
    pub fn new(mutation: MutationId, command: Command, base: Option<i64>) -> Self {
        let version = |version: Option<i64>| version.map_or(Base::Any, Base::Version);
        let rows = match &command {
            Command::SetPlans(forms) => {
                forms.iter().filter_map(|form| Some((plan_row(form)?, version(form.version)))).collect()
            }
            command => rows_of(command, mutation).into_iter().map(|row| (row, version(base))).collect(),
        };
        Self {
            mutation,
            member: None,
            names: names_of(&command),
            command,
            rows,
            typed_in: TypedIn::default(),
            seen: Seen::Nothing,
            foreseen: Vec::new(),
            state: State::Waiting,
            tries: 0,
            failures: 0,
            is_taken_over: false,
            is_in_line: false,
            is_passed: false,
            uncertain: false,
        }
    }

    /// The first row that it changes.
    #[must_use]
    pub fn row(&self) -> Option<RowId> {
        self.rows.first().map(|(row, _)| *row)
    }

    /// Whether it changes this row.
    #[must_use]
    pub fn changes(&self, row: RowId) -> bool {
        self.base_of(row).is_some()
    }

    /// Whether it changes the same rows as another one.
    #[must_use]
    pub fn changes_same(&self, other: &Self) -> bool {
        self.rows.iter().map(|(row, _)| row).eq(other.rows.iter().map(|(row, _)| row))
    }

    /// The version of a row that it is made on; `None` if it does not change the row.
    #[must_use]
    pub fn base_of(&self, row: RowId) -> Option<Base> {
        self.rows.iter().find(|(other, _)| *other == row).map(|(_, base)| *base)
    }

    /// Whether it adds a row.
    #[must_use]
    pub const fn is_new(&self) -> bool {
        matches!(
            self.command,
            Command::RecordFact(_)
                | Command::RecordGroup(_)
                | Command::AddArticle(_)
                | Command::AddFinancialCenter(_)
                | Command::AddRecurring(_)
        )
    }

    /// Whether it adds this row as part of something else: the transaction of a confirmed day.
    fn makes(&self, row: RowId) -> bool {
        let Command::ConfirmOccurrence { form, .. } = &self.command else { return false };
        let fact = form.fact_id.as_ref().and_then(|id| id.parse().ok());
        fact.map(RowId::Fact) == Some(row)
    }

    /// Whether it was refused.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused(_))
    }

    /// Whether its first attempt is over and nothing has carried it out: an attempt had no answer, or it was refused.
    #[must_use]
    pub const fn is_held_up(&self) -> bool {
        match self.state {
            State::Waiting => self.tries > 0 || self.is_taken_over,
            State::Sending => self.tries > 1 || self.is_taken_over,
            State::Refused(_) => true,
        }
    }

    /// The facts that are shown for it: those that it results in, or else those that the person saw.
    #[must_use]
    pub fn shown(&self) -> &[Fact] {
        if self.foreseen.is_empty() { self.seen.facts() } else { &self.foreseen }
    }

    /// Whether the server compares the balance of its account with the one it was computed from, which another
    /// command may move.
    fn counts_on_balance_of(&self, other: &Self) -> bool {
        if !matches!(&self.command, Command::RecordFact(form) if form.balance.is_some()) {
            return false;
        }
        let center = |row: &&RowId| matches!(row, RowId::FinancialCenter(_));
        match other.command {
            Command::RecordFact(_) | Command::RecordGroup(_) => {
                self.names.iter().filter(center).any(|center| other.names.contains(center))
            }
            // These do not name every account whose balance they may move.
            Command::ReviseFact { .. }
            | Command::DeleteFact { .. }
            | Command::RestoreFact { .. }
            | Command::ReviseGroup { .. }
            | Command::DeleteGroup { .. }
            | Command::RestoreGroup { .. }
            | Command::ConfirmOccurrence { .. }
            | Command::ReopenOccurrence { .. } => true,
            _ => self.names.iter().filter(center).any(|center| other.changes(*center)),
        }
    }

    /// Whether one of the two was computed from a balance that the other moves.
    #[must_use]
    pub fn shares_balance(&self, other: &Self) -> bool {
        self.counts_on_balance_of(other) || other.counts_on_balance_of(self)
    }

    /// Whether a later command waits until this one is settled: it changes a row that this one adds, changes
    /// or names. A refused command blocks those made on its result, except plans, which are independent of each
    /// other, and commands that only name an existing row.
    #[must_use]
    pub fn holds_up(&self, later: &Self) -> bool {
        if later.rows.iter().any(|(row, _)| self.makes(*row)) {
            return true;
        }
        let changes = |(row, _): &(RowId, Base)| self.changes(*row);
        if later.rows.iter().any(changes) {
            return !(self.is_refused() && matches!(self.command, Command::SetPlans(_)));
        }
        later.names.iter().any(|row| self.changes(*row)) && (self.is_new() || !self.is_refused())
    }

    /// Whether it adds a row to the list of transactions.
    const fn is_listed(&self) -> bool {
        matches!(
            self.command,
            Command::RecordFact(_) | Command::RecordGroup(_) | Command::ConfirmOccurrence { .. }
        )
    }

    /// Whether a later command lets this one go first although it does not depend on it. The transactions of a day are
    /// listed in the order of the log, so those that could not be sent at once are sent in the order in which they were
    /// made. One that has failed more often on this connection than the others does not hold them up.
    #[must_use]
    pub fn goes_before(&self, later: &Self) -> bool {
        let is_next = match self.state {
            State::Waiting => self.failures <= later.failures,
            State::Sending => !self.is_passed,
            State::Refused(_) => false,
        };
        is_next && later.is_held_up() && self.is_listed() && later.is_listed()
    }

    /// The call that sends it.
    #[must_use]
    pub fn call(&self) -> Call {
        let version = |base| match base {
            Some(Base::Version(version)) => Some(version),
            Some(Base::Any | Base::After) | None => None,
        };
        let (command, base_version) = match self.command.clone() {
            Command::SetPlans(mut forms) => {
                for form in &mut forms {
                    form.version = plan_row(form).and_then(|row| version(self.base_of(row)));
                }
                (Command::SetPlans(forms), None)
            }
            command => (command, version(self.rows.first().map(|(_, base)| *base))),
        };
        let mutation = if trial::has(Flaw::NewId) { MutationId::new() } else { self.mutation };
        let terms = Terms { mutation_id: Some(mutation), base_version, typed_in: self.typed_in };
        Call { command, terms, member: self.member, attempt: self.tries }
    }
}

/// An attempt to send a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The command.
    pub command: Command,
    /// Its conditions.
    pub terms: Terms,
    /// The member who made it.
    pub member: Option<MemberId>,
    /// The number of the attempt, which is named when it fails.
    pub attempt: u32,
}
