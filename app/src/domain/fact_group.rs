//! Transfers and splits: several facts that are one thing, written in one change.
//!
//! All parts have the day and the version of the whole, and stand beside each other in every list.

use super::{
    ArticleId, Comment, Day, Fact, FactId, FieldError, FinancialCenterId, GroupId, GroupKind, Money, Refusals,
};
use serde::{Deserialize, Serialize};

/// A transfer or split as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FactGroup {
    /// The `group.id` of each part.
    pub id: GroupId,
    /// What the parts are together.
    pub kind: GroupKind,
    /// That of each part: 1 when created, one more with each change of the whole.
    pub version: i64,
    /// The parts. Of a transfer the one that leaves has a negative amount.
    pub facts: Vec<Fact>,
}

impl FactGroup {
    /// The sum of the parts, in the currency of the first.
    #[must_use]
    pub fn sum(&self) -> Option<Money> {
        let (first, rest) = self.facts.split_first()?;
        Some(rest.iter().fold(first.amount, |sum, part| sum.plus(part.amount.minor())))
    }
}

/// A transfer as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct TransferForm {
    /// Of the group. Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// Where the money was.
    pub from_financial_center_id: Option<String>,
    /// Where it is now.
    pub to_financial_center_id: Option<String>,
    /// What left, without sign, in the currency of the first center.
    pub amount: Option<String>,
    /// What arrived, in the currency of the second; only needed where that is another one.
    pub to_amount: Option<String>,
    /// A new one: today when absent. A change: the day stays when absent.
    pub date: Option<String>,
    /// A remark.
    pub comment: Option<String>,
}

/// A split as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct SplitForm {
    /// Of the group. Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// Where it was paid.
    pub financial_center_id: Option<String>,
    /// The whole; when given, the parts must add up to it.
    pub amount: Option<String>,
    /// A new one: today when absent. A change: the day stays when absent.
    pub date: Option<String>,
    /// A remark, for the parts that have none of their own.
    pub comment: Option<String>,
    /// 2 to 50 parts.
    pub parts: Vec<PartForm>,
}

/// A part of a split as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct PartForm {
    /// Of the fact. A part without one, or with a new one, is added.
    pub id: Option<String>,
    /// What it was for: an expense or income.
    pub article_id: Option<String>,
    /// With its sign, as of any fact.
    pub amount: Option<String>,
    /// A remark.
    pub comment: Option<String>,
}

/// Either of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupForm {
    /// Money moved between two centers.
    Transfer(TransferForm),
    /// One payment for several articles.
    Split(SplitForm),
}

impl GroupForm {
    /// What the facts will be together.
    #[must_use]
    pub const fn kind(&self) -> GroupKind {
        match self {
            Self::Transfer(_) => GroupKind::Transfer,
            Self::Split(_) => GroupKind::Split,
        }
    }
}

/// What is said of the whole, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Whole {
    /// The group to be.
    pub id: Option<GroupId>,
    /// The day.
    pub date: Option<Day>,
    /// A remark.
    pub comment: Comment,
    /// What is said of the parts.
    pub parts: Parts,
}

/// What is said of the parts, checked but for what only the household's own rows can tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parts {
    /// Two centers.
    Transfer {
        /// Where the money was.
        from: FinancialCenterId,
        /// Where it is now.
        to: FinancialCenterId,
        /// As typed.
        amount: String,
        /// As typed.
        to_amount: Option<String>,
    },
    /// Several articles.
    Split {
        /// Where it was paid.
        center: FinancialCenterId,
        /// As typed.
        amount: Option<String>,
        /// Each with its own.
        parts: Vec<NewPart>,
    },
}

/// A part of a split, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPart {
    /// The fact.
    pub id: Option<FactId>,
    /// What it was for.
    pub article_id: ArticleId,
    /// As typed.
    pub amount: String,
    /// A remark of its own.
    pub comment: Option<Comment>,
}

/// What the parts of a split leave of its whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The parts add up to the whole.
    Nothing,
    /// This much is in no part yet. It has the direction of the whole.
    Left(Money),
    /// The parts exceed the whole by this much, without a sign.
    Over(Money),
}

impl Rest {
    /// Compares a whole with its parts. All are of one currency.
    #[must_use]
    pub fn of(whole: Money, parts: impl IntoIterator<Item = Money>) -> Self {
        let rest = parts.into_iter().fold(whole, |rest, part| rest.plus(part.negated().minor()));
        match rest.minor().signum() {
            0 => Self::Nothing,
            sign if sign == whole.minor().signum() => Self::Left(rest),
            _ => Self::Over(if rest.is_negative() { rest.negated() } else { rest }),
        }
    }
}

/// So many parts; a receipt with more is several.
pub const MOST_PARTS: usize = 50;

impl GroupForm {
    /// Reads the whole.
    ///
    /// # Errors
    /// Names every field that is refused; those of a part as `parts.0.amount`.
    pub fn whole(&self) -> Result<Whole, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let (id, date, comment) = match self {
            Self::Transfer(form) => (&form.id, &form.date, &form.comment),
            Self::Split(form) => (&form.id, &form.date, &form.comment),
        };
        let id = refusals.optional("id", id.as_ref());
        let date = refusals.optional("date", date.as_ref());
        let comment = refusals.optional("comment", comment.as_ref()).unwrap_or_default();
        let parts = match self {
            Self::Transfer(form) => form.parts(&mut refusals),
            Self::Split(form) => form.parts(&mut refusals),
        };
        refusals.and(parts.map(|parts| Whole { id, date, comment, parts }))
    }
}

impl TransferForm {
    fn parts(&self, refusals: &mut Refusals) -> Option<Parts> {
        let from = refusals.required("from_financial_center_id", self.from_financial_center_id.as_ref());
        let to = refusals.required("to_financial_center_id", self.to_financial_center_id.as_ref());
        let amount: Option<super::fact::Typed> = refusals.required("amount", self.amount.as_ref());
        let to_amount = self.to_amount.clone().filter(|text| !text.trim().is_empty());
        let (from, to) = from.zip(to)?;
        if from == to {
            refusals.add("to_financial_center_id", super::Reason::SameCenter);
        }
        Some(Parts::Transfer { from, to, amount: amount?.0, to_amount })
    }
}

impl SplitForm {
    fn parts(&self, refusals: &mut Refusals) -> Option<Parts> {
        let center = refusals.required("financial_center_id", self.financial_center_id.as_ref());
        if !(2..=MOST_PARTS).contains(&self.parts.len()) {
            refusals.add("parts", super::Reason::OutOfRange);
        }
        if self.parts.len() > MOST_PARTS {
            // What is wrong with each of too many is not looked at.
            return None;
        }
        let mut parts = Vec::with_capacity(self.parts.len());
        for (at, part) in self.parts.iter().enumerate() {
            let name = |field: &str| format!("parts.{at}.{field}");
            let id: Option<FactId> = refusals.optional(&name("id"), part.id.as_ref());
            let article_id = refusals.required(&name("article_id"), part.article_id.as_ref());
            let amount: Option<super::fact::Typed> = refusals.required(&name("amount"), part.amount.as_ref());
            let comment = refusals.optional(&name("comment"), part.comment.as_ref());
            if id.is_some() && parts.iter().any(|other: &NewPart| other.id == id) {
                refusals.add(&name("id"), super::Reason::Duplicate);
            }
            if let Some((article_id, amount)) = article_id.zip(amount) {
                parts.push(NewPart { id, article_id, amount: amount.0, comment });
            }
        }
        let amount = self.amount.clone().filter(|text| !text.trim().is_empty());
        Some(Parts::Split { center: center?, amount, parts })
    }
}
