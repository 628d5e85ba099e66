//! Recording, revising, deleting and restoring facts.

use super::{
    Terms,
    decision::{Revised, Stop, check_version},
    known::{Known, Lookup, Stamp},
    rows::{current_article, own_id},
};
use crate::{
    domain::{
        Article, ArticleId, Comment, Fact, FactForm, FactId, FactRevision, FinancialCenter,
        FinancialCenterId, Money, NewFact, Reason, Refusals,
    },
    error::AppError,
};

type Decided = Result<Vec<Revised<Fact>>, Stop>;

/// Records a fact. If the form has no id, the fact takes the mutation id.
pub(super) fn record(known: &dyn Known, terms: Terms, form: &FactForm) -> Decided {
    let NewFact { id, amount, article_id, financial_center_id, date, comment } = form.new_fact()?;
    let id = own_id(form.id.as_ref(), id, terms.mutation_id);
    let article_id = current_article(known, article_id)?;
    check_free_id(known, id)?;
    let mut refusals = Refusals::default();
    usable_article(known, "article_id", article_id, &mut refusals)?;
    let center = usable_center(known, "financial_center_id", financial_center_id, &mut refusals)?;
    check_currency(terms, center.as_ref())?;
    let amount =
        center.and_then(|center| refusals.take("amount", Money::parse_entry(&amount, center.currency)));
    let amount = refusals.and(amount)?;
    check_balance(known, financial_center_id, form.balance.as_ref())?;
    let stamp = known.stamp();
    let date = date.unwrap_or(stamp.today);
    let fact = Fact { date, comment, ..new(id, amount, (article_id, financial_center_id), stamp) };
    Ok(vec![Revised::created(fact)])
}

/// Refuses an amount that was typed in another currency than the center has by now.
fn check_currency(terms: Terms, center: Option<&FinancialCenter>) -> Result<(), AppError> {
    center.map_or(Ok(()), |center| terms.typed_in.check(center.currency))
}

/// Refuses an amount that was computed from a balance which the center does not have any more.
fn check_balance(
    known: &dyn Known,
    id: FinancialCenterId,
    computed_from: Option<&String>,
) -> Result<(), Stop> {
    let Some(computed_from) = computed_from else { return Ok(()) };
    match known.balance(id) {
        None => Err(Stop::Unknown),
        Some(balance) if balance.to_string() == *computed_from => Ok(()),
        Some(_) => Err(AppError::BalanceChanged.into()),
    }
}

/// Changes the given fields.
pub(super) fn revise(known: &dyn Known, terms: Terms, id: FactId, form: &FactForm) -> Decided {
    let FactRevision { amount, article_id, financial_center_id, date, comment } = form.revision()?;
    let old = standing(known, terms.base_version, id)?;
    let mut refusals = Refusals::default();
    // An unchanged article may have been archived since; a new one must be in use.
    let article_id = article_id.map(|id| current_article(known, id)).transpose()?;
    let article_id = article_id.filter(|new| *new != old.article_id);
    if let Some(id) = article_id {
        usable_article(known, "article_id", id, &mut refusals)?;
    }
    let moved = financial_center_id.filter(|new| *new != old.financial_center_id);
    let center = match moved {
        Some(id) => usable_center(known, "financial_center_id", id, &mut refusals)?,
        None => match known.financial_center(old.financial_center_id) {
            Lookup::Found(center) | Lookup::Deleted(center) => Some(center),
            Lookup::Missing | Lookup::Absent => None,
            Lookup::NotLoaded => return Err(Stop::Unknown),
        },
    };
    check_currency(terms, center.as_ref())?;
    // An unchanged amount must fit the currency of the new center too.
    let text = amount.unwrap_or_else(|| old.amount.to_string());
    let amount =
        center.and_then(|center| refusals.take("amount", Money::parse_entry(&text, center.currency)));
    let amount = refusals.and(amount)?;
    let revised = Fact {
        amount,
        article_id: article_id.unwrap_or(old.article_id),
        financial_center_id: moved.unwrap_or(old.financial_center_id),
        date: date.unwrap_or(old.date),
        comment: comment.unwrap_or_else(|| old.comment.clone()),
        ..later(&old, known.stamp())
    };
    Ok(vec![Revised::updated(old, revised)])
}

/// Deletes a fact and keeps a tombstone.
pub(super) fn delete(known: &dyn Known, base: Option<i64>, id: FactId) -> Decided {
    let old = standing(known, base, id)?;
    let tombstone = later(&old, known.stamp());
    Ok(vec![Revised::deleted(old, tombstone)])
}

/// Restores a deleted fact.
pub(super) fn restore(known: &dyn Known, base: Option<i64>, id: FactId) -> Decided {
    let (old, deleted) = match known.fact(id) {
        Lookup::Found(fact) => (fact, false),
        Lookup::Deleted(fact) => (fact, true),
        Lookup::Missing => return Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    check_alone(&old)?;
    check_version(base, old.version, &old)?;
    if !deleted {
        return Err(Stop::Already);
    }
    Ok(vec![Revised::restored(later(&old, known.stamp()))])
}

/// An existing fact that is no part of a group, if it has the version that the member saw.
fn standing(known: &dyn Known, base: Option<i64>, id: FactId) -> Result<Fact, Stop> {
    let old = match known.fact(id) {
        Lookup::Found(fact) => fact,
        Lookup::Deleted(_) => return Err(AppError::Gone.into()),
        Lookup::Missing => return Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    check_alone(&old)?;
    check_version(base, old.version, &old)?;
    Ok(old)
}

/// Refuses a part of a transfer or split: it is changed only as part of the whole.
pub(super) fn check_alone(fact: &Fact) -> Result<(), AppError> {
    if fact.group.is_some() { Err(AppError::PartOfGroup) } else { Ok(()) }
}

/// Refuses an id that a fact has or had. Facts that are not loaded are not checked: the id was made for this
/// command.
pub(super) fn check_free_id(known: &dyn Known, id: FactId) -> Result<(), AppError> {
    match known.fact(id) {
        Lookup::Found(_) => Err(AppError::IdTaken),
        Lookup::Deleted(_) => Err(AppError::Gone),
        Lookup::Missing | Lookup::Absent | Lookup::NotLoaded => Ok(()),
    }
}

/// The first version of a fact of today, without a comment.
pub(super) fn new(
    id: FactId,
    amount: Money,
    (article_id, financial_center_id): (ArticleId, FinancialCenterId),
    stamp: Stamp,
) -> Fact {
    Fact {
        id,
        amount,
        article_id,
        financial_center_id,
        date: stamp.today,
        comment: Comment::default(),
        group: None,
        version: 1,
        created_seq: stamp.seq,
        created_by: stamp.member,
        updated_by: stamp.member,
        created_at: stamp.now,
        updated_at: stamp.now,
    }
}

/// The same fact, one version later.
pub(super) fn later(fact: &Fact, stamp: Stamp) -> Fact {
    Fact { version: fact.version + 1, updated_by: stamp.member, updated_at: stamp.now, ..fact.clone() }
}

fn usable_article(
    known: &dyn Known,
    field: &str,
    id: ArticleId,
    refusals: &mut Refusals,
) -> Result<Option<Article>, Stop> {
    usable(field, known.article(id), |row| row.archived, refusals)
}

fn usable_center(
    known: &dyn Known,
    field: &str,
    id: FinancialCenterId,
    refusals: &mut Refusals,
) -> Result<Option<FinancialCenter>, Stop> {
    usable(field, known.financial_center(id), |row| row.archived, refusals)
}

/// The row that a field names. Adds a refusal if the row does not exist, is deleted or is archived.
pub(super) fn usable<T>(
    field: &str,
    found: Lookup<T>,
    is_archived: impl FnOnce(&T) -> bool,
    refusals: &mut Refusals,
) -> Result<Option<T>, Stop> {
    Ok(match found {
        Lookup::Found(row) => {
            if is_archived(&row) {
                refusals.add(field, Reason::Archived);
            }
            Some(row)
        }
        Lookup::Deleted(_) | Lookup::Missing | Lookup::Absent => {
            refusals.add(field, Reason::NotFound);
            None
        }
        Lookup::NotLoaded => return Err(Stop::Unknown),
    })
}
