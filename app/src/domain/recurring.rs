//! Recurring entries: a transaction that is expected on certain days, or a plan for certain months.

use super::{
    ArticleId, Comment, Day, FieldError, FinancialCenterId, Instant, MemberId, Money, Reason, RecurringId,
    Refusals,
    fact::Typed,
    schedule::{Schedule, Unit},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What happens on its days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A transaction is expected, and recorded when somebody confirms it, or by itself.
    #[default]
    Fact,
    /// The amount is added to the plan of the day's month, as soon as that month is the next one.
    Plan,
}

impl Target {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Plan => "plan",
        }
    }

    /// Whether a day is due.
    #[must_use]
    pub fn is_due(self, day: Day, today: Day) -> bool {
        match self {
            Self::Fact => day <= today,
            Self::Plan => day.month() <= today.month().plus(1),
        }
    }
}

impl FromStr for Target {
    type Err = Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Fact, Self::Plan].into_iter().find(|target| target.word() == text).ok_or(Reason::UnknownWord)
    }
}

/// A recurring entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Recurring {
    /// Made by whoever created the row.
    pub id: RecurringId,
    /// What happens on its days.
    pub target: Target,
    /// Of each time: as a fact's, or without a sign as a plan's.
    pub amount: Money,
    /// What it is for.
    pub article_id: ArticleId,
    /// Where the money is; none for a plan.
    pub financial_center_id: Option<FinancialCenterId>,
    /// The remark of each transaction.
    pub comment: Comment,
    /// The first day.
    pub starts_on: Day,
    /// How many units lie between two days, 1 to 99.
    pub every: i64,
    /// What is counted.
    pub unit: Unit,
    /// Months are counted from their end.
    pub from_month_end: bool,
    /// No day after this one.
    pub ends_on: Option<Day>,
    /// No more days than these, 1 to 999.
    pub times: Option<i64>,
    /// Recorded by itself on its day; plans always are.
    pub automatic: bool,
    /// Days before this one are not open, but for those in `reopened`.
    pub open_from: Day,
    /// Later days that are settled, in their order.
    pub settled: Vec<Day>,
    /// Days that are open whatever the rhythm says, in their order: they were opened again, or were due
    /// before the rhythm changed or the row was deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reopened: Vec<Day>,
    /// Open days that are not recorded automatically, in their order: they were due when they were opened again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_hand: Vec<Day>,
    /// 1 when created, one more with each change and each settled day.
    pub version: i64,
    /// Who created it.
    pub created_by: MemberId,
    /// Who changed it last.
    pub updated_by: MemberId,
    /// When it was created.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

impl Recurring {
    /// Its days.
    #[must_use]
    pub const fn schedule(&self) -> Schedule {
        Schedule {
            starts_on: self.starts_on,
            every: self.every,
            unit: self.unit,
            from_month_end: self.from_month_end,
            ends_on: self.ends_on,
            times: self.times,
        }
    }
}

/// A recurring entry as it was typed, nothing checked yet. An absent field takes its default in
/// a new one and stays as it is in a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct RecurringForm {
    /// Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// `fact` or `plan`; `fact` when absent.
    pub target: Option<String>,
    /// A decimal number in the currency of the center, of a plan in the household's.
    pub amount: Option<String>,
    /// What it is for.
    pub article_id: Option<String>,
    /// Where the money is; empty for a plan.
    pub financial_center_id: Option<String>,
    /// A remark.
    pub comment: Option<String>,
    /// The first day; the household's today when absent.
    pub starts_on: Option<String>,
    /// How many units lie between two days, 1 to 99; 1 when absent.
    pub every: Option<i64>,
    /// `week`, `month` or `year`; `month` when absent.
    pub unit: Option<String>,
    /// Months are counted from their end.
    pub from_month_end: Option<bool>,
    /// No day after this one; empty for none.
    pub ends_on: Option<String>,
    /// No more days than these, 1 to 999; 0 for no limit.
    pub times: Option<i64>,
    /// Recorded by itself on its day.
    pub automatic: Option<bool>,
}

/// A recurring entry, checked but for what only the household's own rows can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecurring {
    /// The row to be.
    pub id: RecurringId,
    /// What happens on its days.
    pub target: Target,
    /// As typed.
    pub amount: String,
    /// What it is for.
    pub article_id: ArticleId,
    /// Where the money is; none for a plan.
    pub financial_center_id: Option<FinancialCenterId>,
    /// The remark of each transaction.
    pub comment: Comment,
    /// The first day; the household's today when absent.
    pub starts_on: Option<Day>,
    /// How many units lie between two days.
    pub every: i64,
    /// What is counted.
    pub unit: Unit,
    /// Months are counted from their end.
    pub from_month_end: bool,
    /// No day after this one.
    pub ends_on: Option<Day>,
    /// No more days than these.
    pub times: Option<i64>,
    /// Recorded by itself on its day.
    pub automatic: bool,
}

impl RecurringForm {
    /// The same with the fields that are absent as they stand in a row.
    #[must_use]
    pub fn over(self, row: &Recurring) -> Self {
        let text = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
        let center = row.financial_center_id.map(|id| id.to_string()).unwrap_or_default();
        Self {
            id: Some(row.id.to_string()),
            target: self.target.or_else(|| Some(row.target.word().into())),
            amount: self.amount.or_else(|| Some(row.amount.to_string())),
            article_id: self.article_id.or_else(|| Some(row.article_id.to_string())),
            financial_center_id: self.financial_center_id.or(Some(center)),
            comment: self.comment.or_else(|| Some(row.comment.to_string())),
            starts_on: self.starts_on.or_else(|| Some(row.starts_on.to_string())),
            every: self.every.or(Some(row.every)),
            unit: self.unit.or_else(|| Some(row.unit.word().into())),
            from_month_end: self.from_month_end.or(Some(row.from_month_end)),
            ends_on: self.ends_on.or_else(|| Some(text(row.ends_on))),
            times: self.times.or(row.times),
            automatic: self.automatic.or(Some(row.automatic)),
        }
    }

    /// Reads one.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn new_recurring(&self) -> Result<NewRecurring, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let id = refusals.optional("id", self.id.as_ref()).unwrap_or_else(RecurringId::new);
        let target: Target = refusals.optional("target", self.target.as_ref()).unwrap_or_default();
        let amount: Option<Typed> = refusals.required("amount", self.amount.as_ref());
        let article_id = refusals.required("article_id", self.article_id.as_ref());
        let center = self.financial_center_id.as_ref();
        let financial_center_id = match target {
            Target::Fact => refusals.required("financial_center_id", center),
            Target::Plan => None,
        };
        let comment = refusals.optional("comment", self.comment.as_ref()).unwrap_or_default();
        let starts_on = refusals.optional("starts_on", self.starts_on.as_ref());
        let unit = refusals.optional("unit", self.unit.as_ref()).unwrap_or_default();
        let every = self.every.unwrap_or(1);
        if !(1..=Schedule::MOST_UNITS).contains(&every) {
            refusals.add("every", Reason::OutOfRange);
        }
        let times = self.times.filter(|times| *times != 0);
        if times.is_some_and(|times| !(1..=Schedule::MOST_TIMES).contains(&times)) {
            refusals.add("times", Reason::OutOfRange);
        }
        let ends_on: Option<Day> = refusals.optional("ends_on", self.ends_on.as_ref());
        if ends_on.zip(starts_on).is_some_and(|(last, first)| last < first) {
            refusals.add("ends_on", Reason::TooEarly);
        }
        let new = amount.zip(article_id).map(|(amount, article_id)| NewRecurring {
            id,
            target,
            amount: amount.0,
            article_id,
            financial_center_id,
            comment,
            starts_on,
            every,
            unit,
            from_month_end: self.from_month_end.unwrap_or(false),
            ends_on,
            times,
            automatic: target == Target::Plan || self.automatic.unwrap_or(false),
        });
        refusals.and(new)
    }
}

/// How one of its days was confirmed; what is absent is as expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct OccurrenceForm {
    /// Which of its days.
    pub day: Option<String>,
    /// The transaction to be; made by the server when absent.
    pub fact_id: Option<String>,
    /// What it came to this time.
    pub amount: Option<String>,
    /// The day it really happened.
    pub date: Option<String>,
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::Currency;

    pub fn rent() -> Recurring {
        let day = |text: &str| text.parse::<Day>().expect("a day");
        let (member, now) = (MemberId::new(), Instant::from_millis(0));
        Recurring {
            id: RecurringId::new(),
            target: Target::Fact,
            amount: Money::from_minor(-95_000, Currency::EUR),
            article_id: ArticleId::new(),
            financial_center_id: Some(FinancialCenterId::new()),
            comment: Comment::default(),
            starts_on: day("2026-10-31"),
            every: 1,
            unit: Unit::Month,
            from_month_end: false,
            ends_on: None,
            times: Some(12),
            automatic: false,
            open_from: day("2026-10-31"),
            settled: Vec::new(),
            reopened: Vec::new(),
            by_hand: Vec::new(),
            version: 1,
            created_by: member,
            updated_by: member,
            created_at: now,
            updated_at: now,
        }
    }

    #[test]
    fn what_is_not_given_in_a_revision_stays_as_it_is() {
        let row = rent();
        let read = RecurringForm::default().over(&row).new_recurring().expect("what stands can be written");
        assert_eq!((read.id, read.amount.as_str(), read.times), (row.id, "-950.00", Some(12)));
        let form = RecurringForm { times: Some(0), ends_on: Some("2026-12-31".into()), ..Default::default() };
        let read = form.over(&row).new_recurring().expect("an end instead of a count");
        assert_eq!((read.times, read.ends_on), (None, "2026-12-31".parse().ok()));
    }

    #[test]
    fn a_rhythm_that_never_comes_is_refused_with_the_fields_that_say_so() {
        let form = RecurringForm {
            every: Some(0),
            unit: Some("fortnight".into()),
            times: Some(-1),
            starts_on: Some("2026-11-30".into()),
            ends_on: Some("2026-11-29".into()),
            ..RecurringForm::default()
        };
        let errors = form.new_recurring().expect_err("nothing of it is right");
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        let expected = ["amount", "article_id", "financial_center_id", "unit", "every", "times", "ends_on"];
        assert_eq!(fields, expected);
    }
}
