//! What waits to be sent and what was refused, in words.

use super::{group::shown, list, text};
use crate::{
    command::Command,
    domain::{
        ArticleForm, ArticleId, Fact, FinancialCenterId, GroupKind, Language, Money, OccurrenceForm,
        PlanForm, RecurringId,
    },
    error::AppError,
    i18n::{
        errors::whole_sentence,
        format::{amount, month, short_day, signed},
        plan_words::{plan_of, plans_of},
        words::{refused_entries, waiting_entries, words},
    },
    outbox::{Listed, Outbox, RowId},
    replica::{Replica, pending::RowState},
    state::language::{use_language, use_words},
};
use leptos::prelude::*;

fn article_name(replica: &Replica, id: ArticleId) -> Option<String> {
    replica.articles.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.name.shown()))
}

fn center_name(replica: &Replica, id: FinancialCenterId) -> Option<String> {
    super::fact_row::center_name(replica, id)
}

/// What recurs: its category.
pub(super) fn recurring_name(replica: &Replica, id: RecurringId) -> Option<String> {
    let article =
        replica.recurring.with(|rows| rows.iter().find(|row| row.id == id).map(|row| row.article_id))?;
    article_name(replica, article)
}

fn plan_name(replica: &Replica, form: &PlanForm, language: Language) -> Option<String> {
    let (article, of) = (form.article_id.as_ref()?.parse().ok()?, form.month.as_ref()?.parse().ok()?);
    let name = article_name(replica, article).unwrap_or_default();
    let home = replica.household.with(|household| household.currency);
    let money = Money::parse(form.amount.as_ref()?, home).ok()?;
    Some(format!("{} {}", plan_of(&name, &month(of, language), language), amount(money, language)))
}

/// A name that was typed, else the one that the row has.
fn typed(name: Option<&String>, now: Option<String>) -> String {
    name.cloned().or(now).unwrap_or_default()
}

/// What a transaction is, for example `Groceries −5.00`; none without its facts.
#[must_use]
pub fn name_of_facts(facts: &[Fact], replica: &Replica, language: Language) -> Option<String> {
    let fact = facts.first()?;
    if fact.group.is_some_and(|group| group.kind == GroupKind::Transfer) {
        let title = shown::title(replica, GroupKind::Transfer, facts)?;
        let figure = shown::figure(replica, GroupKind::Transfer, facts, language);
        return Some(format!("{title} {}", figure.unwrap_or_default()));
    }
    let name = article_name(replica, fact.article_id).unwrap_or_default();
    Some(format!("{name} {}", signed(fact.amount, language)))
}

/// What something that is pending is, for example `Groceries −5.00`.
#[must_use]
pub fn name_of(row: &Listed, replica: &Replica, language: Language) -> String {
    let t = words(language);
    if let Some(name) = name_of_facts(&row.facts, replica, language) {
        return name;
    }
    let day = |day| short_day(day, replica.today.get(), language);
    let article = |id: &ArticleId| article_name(replica, *id);
    match &row.command {
        Command::AddArticle(ArticleForm { name, .. }) => {
            format!("{}: {}", t.category, typed(name.as_ref(), None))
        }
        Command::ReviseArticle { id, form } => {
            format!("{}: {}", t.category, typed(form.name.as_ref(), article(id)))
        }
        Command::MergeArticle { id, into } => {
            let (from, into) = (article(id).unwrap_or_default(), article(into).unwrap_or_default());
            format!("{}: {from} → {into}", t.category)
        }
        Command::DeleteArticle { id } | Command::RestoreArticle { id } => {
            format!("{}: {}", t.category, typed(None, article(id)))
        }
        Command::AddFinancialCenter(form) => format!("{}: {}", t.account, typed(form.name.as_ref(), None)),
        Command::ReviseFinancialCenter { id, form } => {
            format!("{}: {}", t.account, typed(form.name.as_ref(), center_name(replica, *id)))
        }
        Command::DeleteFinancialCenter { id } | Command::RestoreFinancialCenter { id } => {
            format!("{}: {}", t.account, typed(None, center_name(replica, *id)))
        }
        Command::AddRecurring(form) => {
            let name = form.article_id.as_ref().and_then(|id| article(&id.parse().ok()?));
            format!("{}: {}", t.recurring, typed(None, name))
        }
        Command::ReviseRecurring { id, .. }
        | Command::DeleteRecurring { id }
        | Command::RestoreRecurring { id } => {
            format!("{}: {}", t.recurring, typed(None, recurring_name(replica, *id)))
        }
        Command::ConfirmOccurrence { id, form: OccurrenceForm { day: on, .. } } => {
            let on = on.as_ref().and_then(|on| on.parse().ok()).map(day).unwrap_or_default();
            format!("{}: {}, {on}", t.record, typed(None, recurring_name(replica, *id)))
        }
        Command::SkipOccurrence { id, day: on } => {
            format!("{}: {}, {}", t.skip_day, typed(None, recurring_name(replica, *id)), day(*on))
        }
        Command::ReopenOccurrence { id, day: on } => {
            format!("{}: {}, {}", t.undo, typed(None, recurring_name(replica, *id)), day(*on))
        }
        Command::SetPlans(forms) => match forms.as_slice() {
            [form] => plan_name(replica, form, language).unwrap_or_default(),
            forms => plans_of(forms.len(), language),
        },
        Command::ReviseHousehold(_) => t.household.to_owned(),
        Command::ReviseMember { id, form } => {
            typed(form.name.as_ref(), super::fact_row::member_name(replica, *id))
        }
        // What is to come back is not in the book.
        _ => t.undo.to_owned(),
    }
}

/// The buttons under what was refused.
#[must_use]
pub fn choices(outbox: &Outbox, row: RowId, error: &AppError) -> AnyView {
    let t = use_words();
    let (again, discard) = (outbox.clone(), outbox.clone());
    // A transaction that somebody changed is corrected with both before one's eyes; what other rows say by now is
    // one name or number on the screen.
    let stale = matches!(error, AppError::Stale { .. });
    let again = (!stale || !matches!(row, RowId::Fact(_))).then(|| {
        let word = if stale { t.keep_mine } else { t.try_again };
        view! { <button type="button" class="button button-quiet" on:click=move |_| again.try_again(row)>{word}</button> }.into_any()
    });
    view! {
        <div class="row-choices">
            {again}
            <button type="button" class="button button-quiet" on:click=move |_| discard.discard(row)>{t.discard}</button>
        </div>
    }
    .into_any()
}

/// How far a row is that stands on the screen as the book has it: nothing where it is settled.
pub fn progress(row: RowId) -> AnyView {
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    super::part(move || match outbox.state_of(row)? {
        RowState::Saving => Some(view! { <span class="row-saving">{t.saving}</span> }.into_any()),
        RowState::Waiting => Some(view! { <span class="row-saving">{t.waiting}</span> }.into_any()),
        RowState::Refused(error) => {
            let said = whole_sentence(&error, language);
            Some(
                view! {
                    <div class="row-refused" role="alert">
                        <p><b>{t.not_saved}</b> " " {said}</p>
                        {choices(&outbox, row, &error)}
                    </div>
                }
                .into_any(),
            )
        }
        RowState::Settled | RowState::Gone => None,
    })
    .into_any()
}

/// The new rows of a list that are not in the book yet.
pub fn new_rows(
    replica: &Replica,
    is_new: fn(&Command) -> bool,
    known: impl Fn(RowId) -> bool + Send + Sync + 'static,
) -> AnyView {
    let (replica, language) = (replica.clone(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let rows = move || {
        let line = |row: &Listed| {
            let (id, said) = (row.row, name_of(row, &replica, language));
            list::item(format!("{} {said}", row.mutation), move || {
                view! {
                    <li class="plain-item">
                        <span class="plain-row"><span class="plain-name">{said}</span></span>
                        {progress(id)}
                    </li>
                }
            })
        };
        outbox.listed.with(|rows| {
            rows.iter().rev().filter(|row| is_new(&row.command) && !known(row.row)).map(line).collect()
        })
    };
    view! { <ul class="plain-list">{list::list(rows)}</ul> }.into_any()
}

/// The two lists: what waits, and what was refused with what depends on it.
#[component]
pub fn WaitingLists(
    /// The book of the page.
    replica: Replica,
) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let refused = |row: &Listed| matches!(row.state, RowState::Refused(_));
    let rows = outbox.listed.clone();
    let number = Memo::new(move |_| {
        rows.with(|rows| {
            let waiting = rows.iter().filter(|row| !refused(row) && row.held_by.is_none()).count();
            (waiting, rows.iter().filter(|row| refused(row)).count())
        })
    });
    let (rows, book) = (outbox.listed.clone(), replica.clone());
    let waits = move || {
        let line = |row: &Listed| {
            let said = name_of(row, &book, language);
            list::item(format!("{} {said}", row.mutation), move || view! { <li>{said}</li> })
        };
        let waiting = |row: &&Listed| !refused(row) && row.held_by.is_none();
        rows.with(|rows| rows.iter().filter(waiting).map(line).collect())
    };
    let rows = outbox.listed.clone();
    let refusals = move || {
        let line = |rows: &[Listed], row: &Listed| {
            let RowState::Refused(error) = &row.state else { return None };
            let (error, id) = (error.clone(), row.row);
            let said = format!("{}. {}", name_of(row, &replica, language), whole_sentence(&error, language));
            let held = rows.iter().filter(|other| other.held_by == Some(id));
            let held: Vec<String> = held
                .map(|other| format!("{} {}", name_of(other, &replica, language), t.waits_for_this))
                .collect();
            let outbox = outbox.clone();
            Some(list::item(format!("{} {said} {}", row.mutation, held.concat()), move || {
                let held = held.into_iter().map(|said| view! { <p class="muted">{said}</p> }.into_any());
                view! { <li><p>{said}</p>{held.collect_view()}{choices(&outbox, id, &error)}</li> }
            }))
        };
        rows.with(|rows| rows.iter().filter_map(|row| line(rows, row)).collect())
    };
    view! {
        <p class="muted">{text(move || waiting_entries(language, number.get().0))}</p>
        <ul class="waiting">{list::list(waits)}</ul>
        <p class="muted">{text(move || refused_entries(language, number.get().1))}</p>
        <ul class="waiting">{list::list(refusals)}</ul>
    }
    .into_any()
}
