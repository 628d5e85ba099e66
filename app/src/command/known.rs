//! The part of the book that a command is decided on: on the server every row that the command names, on a page
//! the rows that are loaded.

use crate::{
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Household, Instant, Limit, Member, MemberId, Month, Plan, Recurring, RecurringId,
        recurring::Settlement,
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
    /// It does not stand in the book; whether there was one before is not known.
    Absent,
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
    /// All articles that stand; none where they were not loaded.
    fn articles(&self) -> Option<Vec<Article>>;
    /// Whether anything was ever recorded or planned on an article, or stands below it; none where that is not
    /// known.
    fn article_in_use(&self, id: ArticleId) -> Option<bool>;
    /// The oldest transfer article in use; the household always has one.
    fn transfer_article(&self) -> Option<ArticleId>;
    /// A financial center.
    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter>;
    /// Whether anything was ever recorded in a financial center; none where that is not known.
    fn financial_center_in_use(&self, id: FinancialCenterId) -> Option<bool>;
    /// The highest position of a financial center, 0 where there is no center; none where that is not known.
    fn last_position(&self) -> Option<i64>;
    /// A recurring entry.
    fn recurring(&self, id: RecurringId) -> Lookup<Recurring>;
    /// What became of a day of a recurring entry; missing while nothing has.
    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement>;
    /// The last settled day of a recurring entry before one, where it matters to what is open; none where that is
    /// not known.
    fn last_settled(&self, id: RecurringId, before: Day) -> Option<Option<Day>>;
    /// The day that it was in the household at an instant.
    fn day_of(&self, instant: Instant) -> Day;
    /// How many rows of a kind stand, of which there may be so many; none where that is not known.
    fn count(&self, limit: Limit) -> Option<i64>;
    /// The household; none where it was not loaded.
    fn household(&self) -> Option<Household>;
    /// A member, also one who was removed.
    fn member(&self, id: MemberId) -> Lookup<Member>;
    /// The plan of an article in a month; missing where none was ever set.
    fn plan(&self, article: ArticleId, month: Month) -> Lookup<Plan>;
    /// Whether anything is planned in any month, or will be by a recurring entry; none where that is not known.
    fn anything_planned(&self) -> Option<bool>;
    /// Whether there is a time zone of this name; none where that is not known.
    fn time_zone_exists(&self, name: &str) -> Option<bool>;
}
