//! From what is said of a transfer or split to the facts that it shall consist of.

use super::{facts::usable, fault::Fault};
use crate::db::{self, Tx};
use app::{
    domain::{
        ArticleId, Comment, Fact, FactId, FinancialCenter, FinancialCenterId, HouseholdId, Kind, Money,
        Reason, Refusals,
        fact_group::{Parts, Whole},
    },
    error::AppError,
};

/// A part as it shall be.
pub(super) struct Wanted {
    pub id: FactId,
    pub amount: Money,
    pub article_id: ArticleId,
    pub center: FinancialCenterId,
    pub comment: Comment,
}

/// A center of this household that is in use, or that one of the parts is in already.
async fn center(
    tx: &mut Tx,
    household: HouseholdId,
    field: &str,
    id: FinancialCenterId,
    old: &[Fact],
    refusals: &mut Refusals,
) -> Result<Option<FinancialCenter>, Fault> {
    let kept = old.iter().any(|part| part.financial_center_id == id);
    let found = db::financial_centers::find(tx, household, id).await?;
    Ok(usable(field, found.map(|(row, deleted)| (row.archived && !kept, deleted, row)), refusals))
}

/// The parts that a whole shall have. A transfer keeps its two facts; a split those whose ids are named.
pub(super) async fn wanted(
    tx: &mut Tx,
    household: HouseholdId,
    whole: &Whole,
    old: &[Fact],
) -> Result<Vec<Wanted>, Fault> {
    let mut refusals = Refusals::default();
    let parts = match &whole.parts {
        Parts::Transfer { from, to, amount, to_amount } => {
            let first = center(tx, household, "from_financial_center_id", *from, old, &mut refusals).await?;
            let second = center(tx, household, "to_financial_center_id", *to, old, &mut refusals).await?;
            let (Some(first), Some(second)) = (first, second) else {
                return Err(refusals.finish().err().map_or(AppError::Internal.into(), Fault::from));
            };
            let amount = positive("amount", Money::parse_entry(amount, first.currency), &mut refusals);
            let arrived = match to_amount {
                Some(text) => positive("to_amount", Money::parse_entry(text, second.currency), &mut refusals),
                None if first.currency == second.currency => amount,
                None => {
                    refusals.add("to_amount", Reason::Required);
                    None
                }
            };
            if first.currency == second.currency && amount.is_some() && arrived.is_some() && amount != arrived
            {
                refusals.add("to_amount", Reason::SumDiffers);
            }
            let article_id = match old.first() {
                Some(part) => part.article_id,
                None => transfer_article(tx, household).await?,
            };
            let leg = |amount: Money, center: FinancialCenterId| Wanted {
                id: old
                    .iter()
                    .find(|part| part.amount.is_negative() == amount.is_negative())
                    .map_or_else(FactId::new, |part| part.id),
                amount,
                article_id,
                center,
                comment: whole.comment.clone(),
            };
            amount.zip(arrived).map(|(left, arrived)| vec![leg(left.negated(), *from), leg(arrived, *to)])
        }
        Parts::Split { center: id, amount, parts } => {
            let center = center(tx, household, "financial_center_id", *id, old, &mut refusals).await?;
            let mut wanted = Vec::with_capacity(parts.len());
            for (at, part) in parts.iter().enumerate() {
                let name = |field: &str| format!("parts.{at}.{field}");
                let kept = old.iter().any(|old| Some(old.id) == part.id && old.article_id == part.article_id);
                let found = db::articles::find(tx, household, part.article_id).await?;
                let found = found.map(|(row, deleted)| (row.archived && !kept, deleted, row));
                let article = usable(&name("article_id"), found, &mut refusals);
                if article.is_some_and(|article| article.kind == Kind::Transfer) {
                    refusals.add(&name("article_id"), Reason::KindDiffers);
                }
                let Some(center) = &center else { continue };
                let money = Money::parse_entry(&part.amount, center.currency);
                let Some(amount) = refusals.take(&name("amount"), money) else { continue };
                wanted.push(Wanted {
                    id: part.id.unwrap_or_else(FactId::new),
                    amount,
                    article_id: part.article_id,
                    center: *id,
                    comment: part.comment.clone().unwrap_or_else(|| whole.comment.clone()),
                });
            }
            if let (Some(center), Some(text)) = (&center, amount)
                && let Some(amount) = refusals.take("amount", Money::parse(text, center.currency))
                && wanted.len() == parts.len()
                && wanted.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.minor()))
                    != amount.minor()
            {
                refusals.add("amount", Reason::SumDiffers);
            }
            Some(wanted)
        }
    };
    Ok(refusals.and(parts)?)
}

/// What moves has no sign: where it goes says it.
fn positive(
    field: &str,
    amount: Result<Money, app::domain::money::MoneyError>,
    refusals: &mut Refusals,
) -> Option<Money> {
    let amount = refusals.take(field, amount)?;
    if amount.is_negative() {
        refusals.add(field, Reason::Negative);
        return None;
    }
    Some(amount)
}

/// The household's oldest transfer article in use; there always is one.
async fn transfer_article(tx: &mut Tx, household: HouseholdId) -> Result<ArticleId, Fault> {
    let all = db::articles::list(tx, household).await?;
    let usable = all.into_iter().filter(|row| row.kind == Kind::Transfer && !row.archived).map(|row| row.id);
    usable.min().ok_or_else(|| Fault::Other("a household without a transfer article".into()))
}
