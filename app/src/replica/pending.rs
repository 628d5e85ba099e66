//! Pending commands as the replica sees them, and the states of rows.

use crate::{
    command::{Command, TypedIn},
    domain::{Fact, FactId, MutationId},
    error::AppError,
    wire::Position,
};

/// The state of a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RowState {
    /// As in the book.
    #[default]
    Settled,
    /// Being sent.
    Saving,
    /// There was no response; the outbox sends it again.
    Waiting,
    /// Refused by the server; what was typed is kept.
    Refused(AppError),
    /// Deleted by another member while it is being edited here.
    Gone,
}

/// A command that is not in the page's log yet. Made by the outbox, read by the replica.
#[derive(Clone, Debug)]
#[cfg_attr(test, derive(PartialEq, Eq))]
pub struct Asked {
    /// Its id in the log: the frame with this id settles it.
    pub mutation: MutationId,
    /// The command.
    pub command: Command,
    /// The currencies in which its amounts were typed.
    pub typed_in: TypedIn,
    /// The row of facts that it is listed under; `None` for other families.
    pub row: Option<FactId>,
    /// What that row shows while the command does not change the book: no facts if the row is hidden, `None`
    /// if it is shown as in the book. For a refused deletion, the row in the refusal, until the book has
    /// that version.
    pub shown: Option<Vec<Fact>>,
    /// The state of its row.
    pub state: RowState,
    /// False if it, or a command that it depends on, was refused: then it does not change the book.
    pub stands: bool,
    /// Whether it was sent before the last snapshot was read, which may contain it then.
    pub uncertain: bool,
    /// The position and the facts of the server's response. Rows of other families stay as foreseen until the
    /// log has them.
    pub answer: Option<(Position, Vec<Fact>)>,
}
