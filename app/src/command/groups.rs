//! Recording, revising, deleting and restoring transfers and splits, each as a whole.
//!
//! All parts share the day, the version and the number of the change that created the group, so that they are
//! adjacent in every list. That includes parts that a later change adds.

use super::{
    Terms, TypedIn,
    decision::{Revised, Stop, check_version},
    facts::{check_free_id, later, new, usable},
    known::{GroupParts, Known, Lookup},
    rows::current_article,
};
use crate::{
    domain::{
        ArticleId, Comment, Fact, FactGroup, FactId, FinancialCenter, FinancialCenterId, Group, GroupForm,
        GroupId, GroupKind, Kind, Money, MutationId, Reason, Refusals,
        fact_group::{self, Whole},
        money::MoneyError,
    },
    error::AppError,
};
use uuid::Uuid;

type Decided = Result<Vec<Revised<Fact>>, Stop>;

/// The new content of a part.
struct Wanted {
    id: FactId,
    amount: Money,
    article_id: ArticleId,
    center: FinancialCenterId,
    comment: Comment,
}

/// Records a transfer or split. If the form has no id, the group takes the mutation id.
pub(super) fn record(known: &dyn Known, terms: Terms, form: &GroupForm) -> Decided {
    let whole = form.whole()?;
    let kind = form.kind();
    let id = whole
        .id
        .or_else(|| terms.mutation_id.map(|id| GroupId::from(id.uuid())))
        .unwrap_or_else(GroupId::new);
    match known.group(kind, id) {
        Lookup::Found(_) => return Err(AppError::IdTaken.into()),
        Lookup::Deleted(_) => return Err(AppError::Gone.into()),
        Lookup::Missing | Lookup::Absent | Lookup::NotLoaded => {}
    }
    let stamp = known.stamp();
    let date = whole.date.unwrap_or(stamp.today);
    let group = Some(Group { id, kind });
    let parts = wanted(known, terms, &whole, &[], id.uuid())?.into_iter().map(|part| {
        check_free_id(known, part.id)?;
        let fact = new(part.id, part.amount, (part.article_id, part.center), stamp);
        Ok(Revised::created(Fact { date, comment: part.comment, group, ..fact }))
    });
    parts.collect()
}

/// Replaces the content of a transfer or split. Parts that the form names keep their facts; the others are
/// deleted.
pub(super) fn revise(known: &dyn Known, terms: Terms, id: GroupId, form: &GroupForm) -> Decided {
    let whole = form.whole()?;
    let ids = terms.mutation_id.map_or_else(Uuid::now_v7, MutationId::uuid);
    let old = standing(known, terms.base_version, form.kind(), id)?;
    let first = old.alive.first().ok_or(AppError::Gone)?;
    let (date, version, stamp) = (whole.date.unwrap_or(first.date), old.version + 1, known.stamp());
    let wanted = wanted(known, terms, &whole, &old.alive, ids)?;
    let gone = old.alive.iter().filter(|old| wanted.iter().all(|part| part.id != old.id));
    let mut changes: Vec<Revised<Fact>> =
        gone.map(|gone| Revised::deleted(gone.clone(), Fact { version, ..later(gone, stamp) })).collect();
    for part in wanted {
        let kept = old.alive.iter().find(|old| old.id == part.id);
        let fact = Fact {
            id: part.id,
            amount: part.amount,
            article_id: part.article_id,
            financial_center_id: part.center,
            date,
            comment: part.comment,
            version,
            ..later(kept.unwrap_or(first), stamp)
        };
        changes.push(match kept {
            Some(kept) => Revised::updated(kept.clone(), fact),
            None => {
                check_free_id(known, fact.id)?;
                Revised::created(Fact { created_by: stamp.member, created_at: stamp.now, ..fact })
            }
        });
    }
    Ok(changes)
}

/// Deletes each part and keeps its tombstone.
pub(super) fn delete(known: &dyn Known, base: Option<i64>, kind: GroupKind, id: GroupId) -> Decided {
    let (old, stamp) = (standing(known, base, kind, id)?, known.stamp());
    let gone = |part: Fact| {
        let tombstone = later(&part, stamp);
        Revised::deleted(part, tombstone)
    };
    Ok(old.alive.into_iter().map(gone).collect())
}

/// Restores a deleted transfer or split with the parts that were deleted together with it. Parts that were
/// removed from it earlier stay deleted.
pub(super) fn restore(known: &dyn Known, base: Option<i64>, kind: GroupKind, id: GroupId) -> Decided {
    let old = match known.group(kind, id) {
        Lookup::Deleted(parts) => parts,
        Lookup::Found(parts) => {
            check_version(base, parts.version, &whole(kind, id, parts.clone()))?;
            return Err(Stop::Already);
        }
        Lookup::Missing => return Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    let stamp = known.stamp();
    Ok(old.dead.iter().map(|part| Revised::restored(later(part, stamp))).collect())
}

/// An existing transfer or split, if it has the version that the member saw.
fn standing(known: &dyn Known, base: Option<i64>, kind: GroupKind, id: GroupId) -> Result<GroupParts, Stop> {
    let parts = match known.group(kind, id) {
        Lookup::Found(parts) => parts,
        Lookup::Deleted(_) => return Err(AppError::Gone.into()),
        Lookup::Missing => return Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => return Err(Stop::Unknown),
    };
    check_version(base, parts.version, &whole(kind, id, parts.clone()))?;
    Ok(parts)
}

fn whole(kind: GroupKind, id: GroupId, parts: GroupParts) -> FactGroup {
    FactGroup { id, kind, version: parts.version, facts: parts.alive }
}

/// The parts of the new content. A transfer keeps its two facts, a split those whose ids the form names.
/// Parts without an id derive it from `ids`, so that page and server make the same facts.
fn wanted(
    known: &dyn Known,
    Terms { typed_in, .. }: Terms,
    whole: &Whole,
    old: &[Fact],
    ids: Uuid,
) -> Result<Vec<Wanted>, Stop> {
    match &whole.parts {
        fact_group::Parts::Transfer { from, to, amount, to_amount } => {
            legs((known, typed_in), (*from, *to), (amount, to_amount.as_deref()), &whole.comment, (old, ids))
        }
        fact_group::Parts::Split { center, amount, parts } => {
            parts_of_split((known, typed_in), (*center, amount.as_deref()), parts, &whole.comment, (old, ids))
        }
    }
}

/// The id of a part without one: `ids` with the number of the part in the last two bytes, so that the parts
/// of one change keep their order.
fn part_id(ids: Uuid, at: usize) -> FactId {
    let mut bytes = ids.into_bytes();
    let number = u16::try_from(at + 1).unwrap_or(u16::MAX).to_be_bytes();
    bytes[14..].copy_from_slice(&number);
    FactId::from(Uuid::from_bytes(bytes))
}

fn legs(
    (known, typed_in): (&dyn Known, TypedIn),
    (from, to): (FinancialCenterId, FinancialCenterId),
    (amount, to_amount): (&str, Option<&str>),
    comment: &Comment,
    (old, ids): (&[Fact], Uuid),
) -> Result<Vec<Wanted>, Stop> {
    let mut refusals = Refusals::default();
    let first = center(known, "from_financial_center_id", from, old, &mut refusals)?;
    let second = center(known, "to_financial_center_id", to, old, &mut refusals)?;
    let Some((first, second)) = first.zip(second) else {
        return refusals.and(None).map_err(Stop::from);
    };
    typed_in.check(first.currency)?;
    typed_in.check_arriving(second.currency)?;
    let same = first.currency == second.currency;
    let amount = positive("amount", Money::parse_entry(amount, first.currency), &mut refusals);
    let arrived = match to_amount {
        Some(text) => positive("to_amount", Money::parse_entry(text, second.currency), &mut refusals),
        None if same => amount,
        None => {
            refusals.add("to_amount", Reason::Required);
            None
        }
    };
    if same && amount.is_some() && arrived.is_some() && amount != arrived {
        refusals.add("to_amount", Reason::SumDiffers);
    }
    let article_id = match old.first() {
        Some(part) => Some(part.article_id),
        None => known.transfer_article(),
    };
    let article_id = article_id.ok_or(Stop::Unknown)?;
    let leg = |amount: Money, center: FinancialCenterId| Wanted {
        id: old
            .iter()
            .find(|part| part.amount.is_negative() == amount.is_negative())
            .map_or_else(|| part_id(ids, usize::from(!amount.is_negative())), |part| part.id),
        amount,
        article_id,
        center,
        comment: comment.clone(),
    };
    let legs = amount.zip(arrived).map(|(left, arrived)| vec![leg(left.negated(), from), leg(arrived, to)]);
    Ok(refusals.and(legs)?)
}

fn parts_of_split(
    (known, typed_in): (&dyn Known, TypedIn),
    (id, amount): (FinancialCenterId, Option<&str>),
    parts: &[fact_group::NewPart],
    comment: &Comment,
    (old, ids): (&[Fact], Uuid),
) -> Result<Vec<Wanted>, Stop> {
    let mut refusals = Refusals::default();
    let center = center(known, "financial_center_id", id, old, &mut refusals)?;
    if let Some(center) = &center {
        typed_in.check(center.currency)?;
    }
    let mut wanted = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let name = |field: &str| format!("parts.{at}.{field}");
        let article_id = current_article(known, part.article_id)?;
        let kept = old.iter().any(|old| Some(old.id) == part.id && old.article_id == article_id);
        let article = usable(
            &name("article_id"),
            known.article(article_id),
            |row| row.archived && !kept,
            &mut refusals,
        )?;
        if article.is_some_and(|article| article.kind == Kind::Transfer) {
            refusals.add(&name("article_id"), Reason::KindDiffers);
        }
        let Some(center) = &center else { continue };
        let money = Money::parse_entry(&part.amount, center.currency);
        let Some(amount) = refusals.take(&name("amount"), money) else { continue };
        wanted.push(Wanted {
            id: part.id.unwrap_or_else(|| part_id(ids, at)),
            amount,
            article_id,
            center: id,
            comment: part.comment.clone().unwrap_or_else(|| comment.clone()),
        });
    }
    if let (Some(center), Some(text)) = (&center, amount)
        && let Some(amount) = refusals.take("amount", Money::parse(text, center.currency))
        && wanted.len() == parts.len()
        && wanted.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.minor())) != amount.minor()
    {
        refusals.add("amount", Reason::SumDiffers);
    }
    Ok(refusals.and(Some(wanted))?)
}

/// A center that takes new entries, or that a part already is in.
fn center(
    known: &dyn Known,
    field: &str,
    id: FinancialCenterId,
    old: &[Fact],
    refusals: &mut Refusals,
) -> Result<Option<FinancialCenter>, Stop> {
    let kept = old.iter().any(|part| part.financial_center_id == id);
    usable(field, known.financial_center(id), |row| row.archived && !kept, refusals)
}

/// The amount of a transfer has no sign: the direction follows from its two centers.
fn positive(field: &str, amount: Result<Money, MoneyError>, refusals: &mut Refusals) -> Option<Money> {
    let amount = refusals.take(field, amount)?;
    if amount.is_negative() {
        refusals.add(field, Reason::Negative);
        return None;
    }
    Some(amount)
}
