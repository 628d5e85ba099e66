//! The names and lists of pending and refused commands. A browser loads the lists while the page is idle, or when
//! there is something to list.

use super::{
    correcting::{Forms, stands_in_a_form},
    device_records::{others, unreadable_records},
    group::shown,
    navigation::Tab,
    refused_row::{choices, correct_button, refused, said},
    uncounted::{uncounted, waiting_word},
};
use crate::{
    command::Command,
    domain::{
        ArticleForm, ArticleId, Fact, FinancialCenterId, Language, Money, OccurrenceForm, PlanForm,
        RecurringId,
    },
    error::AppError,
    i18n::{
        editing_words::editing_words,
        format::{amount, month, short_day, signed},
        plan_words::{plan_of, plans_of},
        words::{refused_entries, waiting_entries, words},
    },
    outbox::{Listed, Outbox, RowId},
    replica::{Replica, pending::RowState},
    state::{
        language::{use_editing_words, use_language, use_words},
        undo::{Undo, Undoable},
    },
    ui::{
        changing::{part, text},
        list,
        program_part::{drawn, program_part},
    },
};
use leptos::{html, prelude::*};

fn article_name(replica: &Replica, id: ArticleId) -> Option<String> {
    replica.article(id).map(|row| row.name.shown())
}

fn center_name(replica: &Replica, id: FinancialCenterId) -> Option<String> {
    super::fact_row::center_name(replica, id)
}

/// The name of a recurring entry: its category.
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

/// The typed name, or else the current one.
fn typed(name: Option<&String>, now: Option<String>) -> String {
    name.cloned().or(now).unwrap_or_default()
}

/// The name of a transaction, for example `Groceries −5.00`, or of a split or transfer with the sum that its row has;
/// `None` without its facts.
#[must_use]
pub fn name_of_facts(facts: &[Fact], replica: &Replica, language: Language) -> Option<String> {
    let fact = facts.first()?;
    if let Some(group) = fact.group {
        let title = shown::title(replica, group.kind, facts)?;
        let figure = shown::figure(replica, group.kind, facts, language);
        return Some(format!("{title} {}", figure.unwrap_or_default()));
    }
    let name = article_name(replica, fact.article_id).unwrap_or_default();
    Some(format!("{name} {}", signed(fact.amount, language)))
}

/// The name of a pending or refused command, for example `Groceries −5.00`, or `Delete: Groceries −5.00`.
#[must_use]
pub fn name_of(row: &Listed, replica: &Replica, language: Language) -> String {
    let name = name_of_row(row, replica, language);
    if row.command.deletes() { format!("{}: {name}", editing_words(language).delete) } else { name }
}

fn name_of_row(row: &Listed, replica: &Replica, language: Language) -> String {
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
        // A row that is to be restored is not in the book.
        _ => t.undo.to_owned(),
    }
}

/// The state of a row that is shown as in the book; nothing if it is settled.
pub fn progress(row: RowId) -> AnyView {
    progress_or(row, |_, _| None)
}

/// The state of a row that has a form; `correct` opens it.
pub fn progress_of_row(row: RowId, correct: impl Fn() + Clone + Send + 'static) -> AnyView {
    progress_or(row, move |command, error| {
        stands_in_a_form(command).then(|| correct_button(NodeRef::new(), (command, error), correct.clone()))
    })
}

/// How far a row is that is not in the book. Where it was refused, `button` opens it to be corrected.
pub fn progress_of_new(
    row: RowId,
    button: NodeRef<html::Button>,
    correct: impl Fn() + Clone + Send + 'static,
) -> AnyView {
    progress_or(row, move |command, error| {
        // A category that another member has deleted cannot be merged any more.
        let merges = matches!(command, Command::MergeArticle { .. });
        (!merges).then(|| correct_button(button, (command, error), correct.clone()))
    })
}

fn progress_or(
    row: RowId,
    correct: impl Fn(&Command, &AppError) -> Option<AnyView> + Clone + Send + 'static,
) -> AnyView {
    let t = use_words();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    part(move || match outbox.state_of(row)? {
        RowState::Saving => Some(view! { <span class="row-saving">{t.saving}</span> }.into_any()),
        RowState::Waiting => {
            let why = uncounted(&outbox, row);
            let word = waiting_word(t, &outbox, row);
            Some(view! { <span class="row-saving">{word}</span> {why} }.into_any())
        }
        RowState::Refused(error) => Some(refused(row, error, Vec::new(), Box::new(correct.clone()), None)),
        RowState::Settled | RowState::Gone => None,
    })
    .into_any()
}

/// The button that undoes a change that waits, if there is no form for it.
fn taking_back(outbox: &Outbox, row: &Listed) -> Option<AnyView> {
    let (undo, done, t) = (use_context::<Undo>()?, Undoable::of(&row.command)?, use_words());
    let outbox = outbox.clone();
    Some(view! { <button type="button" class="button button-quiet" on:click=move |_| undo.take_back_waiting(&outbox, done)>{t.undo}</button> }
        .into_any())
}

/// The button that sends what waits at once, however long the pause until its next attempt is.
fn sends_now(outbox: &Outbox) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let (rows, outbox, t) = (outbox.listed.clone(), outbox.clone(), use_editing_words());
    // During a first attempt there is nothing to send sooner.
    let is_held_up =
        Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| row.state == RowState::Waiting)));
    move || {
        let outbox = outbox.clone();
        is_held_up.get().then(|| {
            view! { <button type="button" class="button button-quiet" on:click=move |_| outbox.send_now()>{t.send_now}</button> }
                .into_any()
        })
    }
}

/// Draws the two lists.
type DrawLists = fn(Replica, Tab) -> AnyView;

program_part! {
    /// The two lists.
    pub LISTS: DrawLists = lists_part in later, lists
}

/// The two lists: pending commands, and refused ones with those that depend on them.
#[component]
pub fn WaitingLists(
    /// The book of the page.
    replica: Replica,
    /// The page that is shown.
    here: Tab,
) -> impl IntoView {
    let language = use_language();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    // What is empty needs no part. Once drawn, the lists stay, so that the focus does.
    let drawn_before = |before: Option<&bool>| before == Some(&true) && LISTS.draw().is_some();
    let any = Memo::new(move |before| outbox.has_any() || drawn_before(before));
    part(move || {
        if any.get() {
            let replica = replica.clone();
            return drawn(&LISTS, |message| message, move |draw| draw(replica.clone(), here));
        }
        view! {
            <p class="muted">{waiting_entries(language, 0)}</p>
            <p class="muted">{refused_entries(language, 0)}</p>
        }
        .into_any()
    })
}

fn lists(replica: Replica, here: Tab) -> AnyView {
    let (t, language) = (use_editing_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let refused = |row: &Listed| matches!(row.state, RowState::Refused(_));
    let (rows, stored) = (outbox.listed.clone(), outbox.clone());
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    let rows = outbox.listed.clone();
    let number = Memo::new(move |_| {
        rows.with(|rows| {
            let waiting = rows.iter().filter(|row| !refused(row) && row.held_by.is_none()).count();
            (waiting, rows.iter().filter(|row| refused(row)).count())
        })
    });
    let forms = Forms::new(here, replica.clone());
    let (rows, book, corrected) = (outbox.listed.clone(), replica.clone(), forms.clone());
    let sends = sends_now(&outbox);
    let (pending, elsewhere_too, unread) = (outbox.clone(), outbox.clone(), outbox.clone());
    let waits = move || {
        let line = |row: &Listed| {
            let said = name_of(row, &book, language);
            let (forms, row, shown) = (corrected.clone(), row.clone(), corrected.show(row));
            let pending = pending.clone();
            list::item(format!("{} {said} {shown}", row.mutation), move || {
                let choice = forms.button(&row).or_else(|| taking_back(&pending, &row));
                let correct =
                    choice.map(|button| view! { <div class="row-choices">{button}</div> }.into_any());
                let why = part(move || uncounted(&pending, row.row));
                view! { <li><p>{said}</p>{why}{correct}</li> }
            })
        };
        let waiting = |row: &&Listed| !refused(row) && row.held_by.is_none();
        rows.with(|rows| rows.iter().filter(waiting).map(line).collect())
    };
    let rows = outbox.listed.clone();
    let refusals = move || {
        let line = |rows: &[Listed], row: &Listed| {
            let RowState::Refused(error) = &row.state else { return None };
            let (error, id) = (error.clone(), row.row);
            let name = name_of(row, &replica, language);
            let (came, why) = said(Some(&row.command), &error, &row.facts, &replica, language);
            let said = format!("{name}. {came}. {why}");
            let held = rows.iter().filter(|other| other.held_by == Some(id));
            let held: Vec<String> = held
                .map(|other| format!("{} {}", name_of(other, &replica, language), t.waits_for_this))
                .collect();
            let (outbox, forms, refused) = (outbox.clone(), forms.clone(), row.clone());
            let key = format!("{} {said} {} {}", row.mutation, held.concat(), forms.show(row));
            Some(list::item(key, move || {
                let held = held.into_iter().map(|said| view! { <p class="muted">{said}</p> }.into_any());
                view! { <li><p>{said}</p>{held.collect_view()}{choices(&outbox, id, &error, forms.button(&refused), None)}</li> }
            }))
        };
        rows.with(|rows| rows.iter().filter_map(|row| line(rows, row)).collect())
    };
    view! {
        <p class="muted">{text(move || waiting_entries(language, number.get().0))}</p>
        <ul class="waiting">{list::list(waits)}</ul>
        {part(sends)}
        <p class="muted">{text(move || refused_entries(language, number.get().1))}</p>
        <ul class="waiting refusals">{list::list(refusals)}</ul>
        {part(move || any.get().then(|| view! {
            <p class="muted">{if stored.has_stored_all() { t.kept_here } else { t.kept_while_open }}</p>
        }.into_any()))}
        {part(move || others(&elsewhere_too))}
        {part(move || unreadable_records(&unread))}
    }
    .into_any()
}
