//! A fact: one thing that happened to the household's money on a day.

use super::{
    ArticleId, Comment, Day, FactId, FieldError, FinancialCenterId, GroupId, Instant, MemberId, Money,
    Refusals,
};
use serde::{Deserialize, Serialize};

/// A transaction as it stands in the book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Fact {
    /// Made by whoever created the row.
    pub id: FactId,
    /// Negative is spent, positive is received; in the currency of the center, never zero.
    pub amount: Money,
    /// What it was for.
    pub article_id: ArticleId,
    /// Where the money is.
    pub financial_center_id: FinancialCenterId,
    /// The day it happened.
    pub date: Day,
    /// A remark; empty when there is none.
    pub comment: Comment,
    /// The transfer or split it is a part of.
    pub group: Option<Group>,
    /// 1 when created, one more with each change.
    pub version: i64,
    /// The number of the change that created it: the second key of the order, after the day.
    pub created_seq: i64,
    /// Who created it.
    pub created_by: MemberId,
    /// Who changed it last.
    pub updated_by: MemberId,
    /// When it was created.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// Who recorded a transaction, and who changed it last if that was somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hands {
    /// Who recorded it: what other members did to it later changes nothing about that.
    pub author: MemberId,
    /// Who changed it last; none where it was the author.
    pub editor: Option<MemberId>,
}

impl Hands {
    /// Of a fact, or of all parts of a transfer or split: a part that a later change added was recorded by
    /// the member who made that change, not by the author of the whole. None without a fact.
    #[must_use]
    pub fn of(parts: &[Fact]) -> Option<Self> {
        let author = parts.iter().min_by_key(|part| part.created_at)?.created_by;
        let editor = parts.iter().max_by_key(|part| part.updated_at)?.updated_by;
        Some(Self { author, editor: Some(editor).filter(|editor| *editor != author) })
    }
}

/// Facts that are one thing; changing one part alone is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Group {
    /// The same in each part.
    pub id: GroupId,
    /// What the parts are together.
    pub kind: GroupKind,
}

/// What the parts of a group are together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Money moved between two centers.
    Transfer,
    /// One payment for several articles.
    Split,
}

/// What a total needs of a fact before it changed, so that a screen that never loaded the row can
/// still move every figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Before {
    /// As [`Fact::amount`].
    pub amount: Money,
    /// As [`Fact::date`].
    pub date: Day,
    /// As [`Fact::article_id`].
    pub article_id: ArticleId,
    /// As [`Fact::financial_center_id`].
    pub financial_center_id: FinancialCenterId,
}

/// The order of facts everywhere: the newest day first, within a day the last created first.
/// No device's clock decides; the id settles rows of one change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FactKey {
    /// The day.
    pub date: Day,
    /// The change that created it.
    pub created_seq: i64,
    /// The row.
    pub id: FactId,
}

impl Fact {
    /// Its place in the order; the greatest key is shown first.
    #[must_use]
    pub const fn key(&self) -> FactKey {
        FactKey { date: self.date, created_seq: self.created_seq, id: self.id }
    }

    /// What the row is known by that shows it: its own id, or that of the transfer or split it is a part of.
    #[must_use]
    pub fn row_id(&self) -> FactId {
        self.group.map_or(self.id, |group| FactId::from(group.id.uuid()))
    }

    /// What its totals are made of.
    #[must_use]
    pub const fn before(&self) -> Before {
        Before {
            amount: self.amount,
            date: self.date,
            article_id: self.article_id,
            financial_center_id: self.financial_center_id,
        }
    }
}

/// A fact as it was typed, nothing checked yet. An absent field takes its default in a new fact and
/// stays as it is in a revision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct FactForm {
    /// Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// A decimal number in the currency of the center.
    pub amount: Option<String>,
    /// What it was for.
    pub article_id: Option<String>,
    /// Where the money is.
    pub financial_center_id: Option<String>,
    /// The household's today when absent.
    pub date: Option<String>,
    /// A remark.
    pub comment: Option<String>,
}

/// A new fact, checked but for what only the household's own rows can tell: whether article and
/// center exist, and how many digits the amount may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFact {
    /// The row to be, and the idempotency key of its creation.
    pub id: FactId,
    /// As typed; its currency is the center's.
    pub amount: String,
    /// What it was for.
    pub article_id: ArticleId,
    /// Where the money is.
    pub financial_center_id: FinancialCenterId,
    /// The household's today when absent.
    pub date: Option<Day>,
    /// A remark.
    pub comment: Comment,
}

/// The fields of a fact that change; the rest stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FactRevision {
    /// As typed.
    pub amount: Option<String>,
    /// What it was for.
    pub article_id: Option<ArticleId>,
    /// Where the money is.
    pub financial_center_id: Option<FinancialCenterId>,
    /// The day.
    pub date: Option<Day>,
    /// A remark.
    pub comment: Option<Comment>,
}

impl FactForm {
    /// Reads a new fact.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn new_fact(&self) -> Result<NewFact, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let id = refusals.optional("id", self.id.as_ref());
        let amount: Option<Typed> = refusals.required("amount", self.amount.as_ref());
        let article_id = refusals.required("article_id", self.article_id.as_ref());
        let financial_center_id = refusals.required("financial_center_id", self.financial_center_id.as_ref());
        let date = refusals.optional("date", self.date.as_ref());
        let comment = refusals.optional("comment", self.comment.as_ref()).unwrap_or_default();
        let fact = amount.zip(article_id).zip(financial_center_id);
        refusals.and(fact.map(|((amount, article_id), financial_center_id)| NewFact {
            id: id.unwrap_or_else(FactId::new),
            amount: amount.0,
            article_id,
            financial_center_id,
            date,
            comment,
        }))
    }

    /// Reads the fields that change.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn revision(&self) -> Result<FactRevision, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let amount: Option<Typed> =
            self.amount.as_ref().and_then(|text| refusals.required("amount", Some(text)));
        let revision = FactRevision {
            amount: amount.map(|typed| typed.0),
            article_id: given(&mut refusals, "article_id", self.article_id.as_ref()),
            financial_center_id: given(
                &mut refusals,
                "financial_center_id",
                self.financial_center_id.as_ref(),
            ),
            date: given(&mut refusals, "date", self.date.as_ref()),
            // An empty comment is a comment removed.
            comment: self.comment.as_ref().and_then(|text| refusals.take("comment", text.parse())),
        };
        refusals.and(Some(revision))
    }
}

fn given<T>(refusals: &mut Refusals, field: &str, text: Option<&String>) -> Option<T>
where
    T: std::str::FromStr,
    T::Err: Into<super::Reason>,
{
    text.and_then(|text| refusals.required(field, Some(text)))
}

/// An amount whose currency is not known yet.
pub struct Typed(pub String);

impl std::str::FromStr for Typed {
    type Err = super::Reason;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Currency;

    fn part(created_at: i64, created_by: MemberId, updated_at: i64, updated_by: MemberId) -> Fact {
        Fact {
            id: FactId::new(),
            amount: Money::from_minor(-100, Currency::EUR),
            article_id: ArticleId::new(),
            financial_center_id: FinancialCenterId::new(),
            date: "2026-11-22".parse().expect("a day"),
            comment: Comment::default(),
            group: None,
            version: 1,
            created_seq: 1,
            created_by,
            updated_by,
            created_at: Instant::from_millis(created_at),
            updated_at: Instant::from_millis(updated_at),
        }
    }

    #[test]
    fn the_author_of_a_transaction_stays_whoever_changes_it() {
        let (anna, ben, cleo) = (MemberId::new(), MemberId::new(), MemberId::new());
        for (parts, expected) in [
            (vec![part(1, anna, 1, anna)], Some((anna, None))),
            (vec![part(1, anna, 2, ben)], Some((anna, Some(ben)))),
            // Changed by another and then by its author again.
            (vec![part(1, anna, 3, anna)], Some((anna, None))),
            // A split to which somebody else added a part, in whatever order the parts come.
            (vec![part(2, ben, 2, ben), part(1, anna, 2, ben)], Some((anna, Some(ben)))),
            (vec![part(1, anna, 3, cleo), part(2, ben, 3, cleo)], Some((anna, Some(cleo)))),
            (vec![], None),
        ] {
            let hands = Hands::of(&parts).map(|hands| (hands.author, hands.editor));
            assert_eq!(hands, expected, "{parts:?}");
        }
    }
}
