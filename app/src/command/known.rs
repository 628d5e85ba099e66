//! The part of the book that a command is decided on: on the server every row that the command names, on a page
//! the rows that are loaded.

use crate::{
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Instant, MemberId,
    },
    wire::Seq,
};

/// What rows are marked with that a command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Who sends it.
    pub member: MemberId,
    /// When it is written.
    pub now: Instant,
    /// The number of the change.
    pub seq: Seq,
    /// The household's today.
    pub today: Day,
}

/// A row that was looked for by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It stands in the book.
    Found(T),
    /// It was deleted; as it was then.
    Deleted(T),
    /// The household has no such row.
    Missing,
    /// It was not loaded: there may be one.
    NotLoaded,
}

/// The parts of a transfer or split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parts {
    /// Those that stand in the book, in the order of their ids.
    pub alive: Vec<Fact>,
    /// Those that were deleted with the last version of the whole; none while the whole stands.
    pub dead: Vec<Fact>,
    /// The highest version that any part ever had.
    pub version: i64,
}

/// Where a command is decided.
pub trait Known {
    /// What its rows are marked with.
    fn stamp(&self) -> Stamp;
    /// A fact.
    fn fact(&self, id: FactId) -> Lookup<Fact>;
    /// A transfer or split of this kind.
    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<Parts>;
    /// An article.
    fn article(&self, id: ArticleId) -> Lookup<Article>;
    /// The oldest transfer article in use; the household always has one.
    fn transfer_article(&self) -> Option<ArticleId>;
    /// A financial center.
    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter>;
}
