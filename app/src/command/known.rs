//! The part of the book that a command is decided on: on the server every row that the command names, on a
//! page the rows that are loaded.

use crate::{
    domain::{
        Article, ArticleId, Day, Fact, FactId, FinancialCenter, FinancialCenterId, GroupId, GroupKind,
        Household, Instant, Limit, Member, MemberId, Money, Month, Plan, Recurring, RecurringId,
        occurrence::Settlement,
    },
    wire::Seq,
};

/// The values with which written rows are stamped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The member who sends the command.
    pub member: MemberId,
    /// The time of the write.
    pub now: Instant,
    /// The number of the change in the log.
    pub seq: Seq,
    /// Today, in the household's time zone.
    pub today: Day,
}

/// The result of looking up a row by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// The row exists.
    Found(T),
    /// The row was deleted; this is its last version.
    Deleted(T),
    /// The household has no such row, not even a deleted one.
    Missing,
    /// The row does not exist; whether it was deleted is unknown.
    Absent,
    /// The row was not loaded, and may exist.
    NotLoaded,
}

/// The parts of a transfer or split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupParts {
    /// The existing parts, ordered by id.
    pub alive: Vec<Fact>,
    /// The parts that were deleted together with the last version of the group; none while the group exists.
    pub dead: Vec<Fact>,
    /// The highest version that any part ever had.
    pub version: i64,
}

/// The part of the book that a command is decided on.
pub trait Known {
    /// The values with which written rows are stamped.
    fn stamp(&self) -> Stamp;
    /// A fact.
    fn fact(&self, id: FactId) -> Lookup<Fact>;
    /// A transfer or split of this kind.
    fn group(&self, kind: GroupKind, id: GroupId) -> Lookup<GroupParts>;
    /// An article.
    fn article(&self, id: ArticleId) -> Lookup<Article>;
    /// The article that a deleted one was merged into; [`Lookup::Missing`] if it was not merged.
    fn merged_into(&self, id: ArticleId) -> Lookup<ArticleId>;
    /// All existing articles; `None` if they are not loaded.
    fn articles(&self) -> Option<Vec<Article>>;
    /// Whether an article has, or ever had, facts or plans, or has articles below it; `None` if that is
    /// unknown.
    fn article_in_use(&self, id: ArticleId) -> Option<bool>;
    /// The oldest transfer article that is not archived. Every household has one.
    fn transfer_article(&self) -> Option<ArticleId>;
    /// A financial center.
    fn financial_center(&self, id: FinancialCenterId) -> Lookup<FinancialCenter>;
    /// The current balance of an existing financial center; `None` if it is unknown.
    fn balance(&self, id: FinancialCenterId) -> Option<Money>;
    /// Whether anything was ever recorded in a financial center; `None` if that is unknown.
    fn financial_center_in_use(&self, id: FinancialCenterId) -> Option<bool>;
    /// The highest position of a financial center, 0 if there is none; `None` if that is unknown.
    fn last_position(&self) -> Option<i64>;
    /// A recurring entry.
    fn recurring(&self, id: RecurringId) -> Lookup<Recurring>;
    /// How a day of a recurring entry was settled; [`Lookup::Missing`] if it was not.
    fn settlement(&self, id: RecurringId, day: Day) -> Lookup<Settlement>;
    /// The last settled day of a recurring entry before a given day, as far as it determines which days are
    /// open; `None` if that is unknown.
    fn last_settled(&self, id: RecurringId, before: Day) -> Option<Option<Day>>;
    /// The day of an instant in the household's time zone.
    fn day_of(&self, instant: Instant) -> Day;
    /// The number of existing rows that count towards a limit; `None` if that is unknown.
    fn count(&self, limit: Limit) -> Option<i64>;
    /// The household; `None` if it is not loaded.
    fn household(&self) -> Option<Household>;
    /// A member, including removed ones.
    fn member(&self, id: MemberId) -> Lookup<Member>;
    /// The plan of an article in a month; [`Lookup::Missing`] if it was never set.
    fn plan(&self, article: ArticleId, month: Month) -> Lookup<Plan>;
    /// Whether any month has a plan, or will get one from a recurring entry; `None` if that is unknown.
    fn anything_planned(&self) -> Option<bool>;
    /// Whether there is a time zone of this name; `None` if that is unknown.
    fn time_zone_exists(&self, name: &str) -> Option<bool>;
}
