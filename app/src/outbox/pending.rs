//! A command that has no answer yet.

use super::row::{RowId, names_of, plan_row, rows_of};
use crate::{
    command::{Command, Subject},
    domain::{Fact, FactGroup, MemberId, MutationId},
    error::AppError,
    service::{Terms, Written},
};

/// The version of a row that a command is made on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Base {
    /// Whichever the row has.
    Any,
    /// This one.
    Version(i64),
    /// The one that the command before it in the queue leads to.
    After,
}

/// How far a command is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It goes when it is its turn.
    Waiting,
    /// It was sent and may still be answered.
    Sending,
    /// The server has said no. It stays until the person decides.
    Refused(AppError),
}

/// The row as the person saw it before the change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    /// It is new, or its content does not matter.
    #[default]
    Nothing,
    /// A fact, or the parts of a transfer or split.
    Facts(Vec<Fact>),
    /// Another row.
    Row(Box<Subject>),
}

impl Seen {
    /// The facts; none of another row.
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

/// A command that has no answer yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Makes its repeats harmless.
    pub mutation: MutationId,
    /// Who made it.
    pub member: Option<MemberId>,
    /// The command.
    pub command: Command,
    /// The rows that it changes, each with the version that it is made on.
    pub rows: Vec<(RowId, Base)>,
    /// The rows that it names without changing them.
    pub names: Vec<RowId>,
    /// The row as the person saw it.
    pub seen: Seen,
    /// The facts that it is foreseen to lead to; none of a row that goes, or where that is unknown.
    pub foreseen: Vec<Fact>,
    /// How far it is.
    pub state: State,
    /// How often it was sent: the number of the current try.
    pub tries: u32,
}

impl Pending {
    /// Whether an answer tells what somebody else has done. A repeat of what this page sent is its own.
    #[must_use]
    pub fn was_done_before(&self, written: &Written<Subject>) -> bool {
        match (&self.command, &written.value) {
            (Command::ConfirmOccurrence { form, .. }, Subject::Fact(fact)) if form.fact_id.is_some() => {
                form.fact_id.as_ref().and_then(|id| id.parse().ok()) != Some(fact.id)
            }
            _ => written.repeated && self.tries <= 1,
        }
    }

    /// A command that was never sent. `base` is the version of its one row; plans name their versions themselves.
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
            seen: Seen::Nothing,
            foreseen: Vec::new(),
            state: State::Waiting,
            tries: 0,
        }
    }

    /// The row that it is known by.
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

    /// The version of a row that it is made on; none of a row that it does not change.
    #[must_use]
    pub fn base_of(&self, row: RowId) -> Option<Base> {
        self.rows.iter().find(|(other, _)| *other == row).map(|(_, base)| *base)
    }

    /// The row is new.
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

    /// The row goes.
    #[must_use]
    pub const fn deletes(&self) -> bool {
        matches!(
            self.command,
            Command::DeleteFact { .. }
                | Command::DeleteGroup { .. }
                | Command::DeleteArticle { .. }
                | Command::DeleteFinancialCenter { .. }
                | Command::DeleteRecurring { .. }
        )
    }

    /// The server has said no.
    #[must_use]
    pub const fn is_refused(&self) -> bool {
        matches!(self.state, State::Refused(_))
    }

    /// The facts that stand for it on the screen: as they shall be, else as they were.
    #[must_use]
    pub fn shown(&self) -> &[Fact] {
        if self.foreseen.is_empty() { self.seen.facts() } else { &self.foreseen }
    }

    /// Whether a later command waits until this one is answered: it changes a row that the other one changes or
    /// names. A refused one holds up what is made on it: not plans, of which each stands alone, and no command
    /// that only names a row which is there without it.
    #[must_use]
    pub fn holds_up(&self, later: &Self) -> bool {
        let changes = |(row, _): &(RowId, Base)| self.changes(*row);
        if later.rows.iter().any(changes) {
            return !(self.is_refused() && matches!(self.command, Command::SetPlans(_)));
        }
        later.names.iter().any(|row| self.changes(*row)) && (self.is_new() || !self.is_refused())
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
        let terms = Terms { mutation_id: Some(self.mutation), base_version };
        Call { command, terms, member: self.member, attempt: self.tries }
    }
}

/// A try to send a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The command.
    pub command: Command,
    /// Its conditions.
    pub terms: Terms,
    /// Who made it.
    pub member: Option<MemberId>,
    /// Which try it is, to be named when it fails.
    pub attempt: u32,
}
