//! The row of a transfer or split: one row for all its parts.

use crate::{
    domain::{Fact, GroupKind, Language, Money, direction::isolated},
    i18n::{
        format::{amount, short_day, signed, with_currency},
        words::{parts_count, words},
    },
    replica::Replica,
};
use leptos::prelude::*;

fn center(replica: &Replica, fact: &Fact) -> Option<(String, crate::domain::Currency)> {
    let center = replica.center(fact.financial_center_id)?;
    Some((center.name.shown(), center.currency))
}

/// The two facts of a transfer: the leaving and the arriving one.
fn legs(parts: &[Fact]) -> Option<(&Fact, &Fact)> {
    let from = parts.iter().find(|fact| fact.amount.is_negative())?;
    Some((from, parts.iter().find(|fact| !fact.amount.is_negative())?))
}

/// `Card → Cash`, or the categories of a split.
pub fn title(replica: &Replica, kind: GroupKind, parts: &[Fact]) -> Option<String> {
    if kind == GroupKind::Transfer {
        let (from, to) = legs(parts)?;
        return Some(format!("{} → {}", center(replica, from)?.0, center(replica, to)?.0));
    }
    let mut names: Vec<String> = Vec::new();
    for part in parts {
        let name = replica.article(part.article_id).map(|row| row.name.shown());
        names.extend(name.filter(|name| !names.contains(name)));
    }
    Some(names.join(", "))
}

/// The moved amount, or the sum of the parts.
pub fn figure(replica: &Replica, kind: GroupKind, parts: &[Fact], language: Language) -> Option<String> {
    let home = replica.household.with(|household| household.currency);
    if kind == GroupKind::Transfer {
        let (from, to) = legs(parts)?;
        let ((_, left), (_, arrived)) = (center(replica, from)?, center(replica, to)?);
        let moved = from.amount.negated();
        return Some(match (left == arrived, left == home) {
            (true, true) => amount(moved, language),
            (true, false) => with_currency(moved, left, language),
            (false, _) => {
                let arrived = with_currency(to.amount, arrived, language);
                format!("{} → {arrived}", with_currency(moved, left, language))
            }
        });
    }
    let first = parts.first()?;
    let (_, currency) = center(replica, first)?;
    let sum = parts.iter().fold(0_i64, |sum, part| sum.saturating_add(part.amount.minor()));
    let sum = Money::from_minor(sum, currency);
    Some(if currency == home { signed(sum, language) } else { with_currency(sum, currency, language) })
}

/// Note, account and the number of parts. Tags are shown beside it.
pub fn details(replica: &Replica, kind: GroupKind, parts: &[Fact], language: Language) -> String {
    described(replica, kind, parts, language, |part| part.comment.without_tags())
}

fn described(
    replica: &Replica,
    kind: GroupKind,
    parts: &[Fact],
    language: Language,
    note: fn(&Fact) -> String,
) -> String {
    let mut notes: Vec<String> = Vec::new();
    for part in parts {
        let note = note(part);
        let note = isolated(&note);
        if !note.is_empty() && !notes.contains(&note) {
            notes.push(note);
        }
    }
    let note = Some(notes.join(", ")).filter(|note| !note.is_empty());
    let rest = match kind {
        GroupKind::Transfer => [Some(words(language).transfer_kind.to_owned()), None],
        GroupKind::Split => {
            let account = parts.first().and_then(|part| center(replica, part)).map(|(name, _)| name);
            [account, Some(parts_count(language, parts.len()))]
        }
    };
    [note].into_iter().chain(rest).flatten().collect::<Vec<_>>().join(" · ")
}

/// Day, note, account and all parts: everything that may differ between two versions.
pub fn whole(replica: &Replica, kind: GroupKind, parts: &[Fact], language: Language) -> String {
    let today = replica.today.get_untracked();
    let day = parts.first().map(|part| short_day(part.date, today, language));
    let each = (kind == GroupKind::Split).then(|| {
        let part = |part: &Fact| {
            let name = untrack(|| replica.article(part.article_id)).map(|row| row.name.shown());
            let note = Some(part.comment.shown()).filter(|note| !note.is_empty());
            let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
            format!("{} {}{note}", name.unwrap_or_default(), signed(part.amount, language))
        };
        parts.iter().map(part).collect::<Vec<_>>().join(", ")
    });
    let details = Some(described(replica, kind, parts, language, |part| part.comment.to_string()));
    [day, details, each].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
