//! Expected occurrences of recurring entries, to be recorded or skipped with one key.

use super::{
    fact_row::center_name,
    refusal::Refusal,
    refused_occurrences::{ExpectedDay, refused, refused_rows},
    waiting::progress,
};
use crate::{
    command::Command,
    domain::{Day, FactId, OccurrenceForm, Recurring, Target},
    error::AppError,
    i18n::{
        doing_words::Doing,
        format::{short_day, signed, with_currency},
        recurring_words::due,
        words::more,
    },
    outbox::{Heard, Outbox, RowId, Seen},
    replica::{Replica, pending::RowState},
    state::{
        language::{use_language, use_words},
        undo::{Undo, Undoable},
    },
    ui::{
        changing::{changing, part, text},
        focus::focus_if_free,
        icon::article_icon,
        list::{item, list},
    },
};
use leptos::{ev::KeyboardEvent, html, prelude::*};

/// How many days ahead occurrences are shown. Overdue ones are shown however old they are.
const DAYS_AHEAD: i64 = 14;
/// The number of occurrences that are shown at first.
const SHOWN: usize = 3;

/// All due occurrences, and the next near one of each recurring entry, ordered by day.
fn near(rows: &[Recurring], today: Day) -> Vec<ExpectedDay> {
    let last = today.plus_days(DAYS_AHEAD).unwrap_or(today);
    let facts = rows.iter().filter(|row| row.target == Target::Fact);
    let mut days: Vec<ExpectedDay> = facts
        .flat_map(|row| {
            let due = row.due_days(today);
            let next = row.open_days().find(|day| *day > today).filter(|day| *day <= last);
            due.chain(next).map(|day| (day, row.id))
        })
        .collect();
    days.sort_unstable();
    days
}

/// State that the rows share.
#[derive(Clone, Copy)]
struct Section {
    failure: RwSignal<Option<AppError>>,
    /// The occurrence that gets the focus as soon as it is shown.
    next: RwSignal<Option<ExpectedDay>>,
    outbox: StoredValue<Outbox>,
    shown: Memo<Vec<ExpectedDay>>,
    undo: Option<Undo>,
}

impl Section {
    /// The state of an occurrence that was recorded or skipped here.
    fn state(self, (day, id): ExpectedDay) -> Option<RowState> {
        self.outbox.with_value(|outbox| outbox.state_of(RowId::Occurrence(id, day)))
    }

    /// Whether an occurrence is being recorded or skipped. One that was opened again can be, whether that has
    /// arrived or not.
    fn is_busy(self, occurrence: ExpectedDay) -> bool {
        let (day, id) = occurrence;
        let last = || self.outbox.with_value(|outbox| outbox.last_on(RowId::Occurrence(id, day)));
        matches!(self.state(occurrence), Some(RowState::Saving | RowState::Waiting))
            && !matches!(last(), Some(Command::ReopenOccurrence { .. }))
    }

    /// Records or skips an occurrence. Its row disappears at once, and returns if the command is refused.
    fn settle(self, (day, id): ExpectedDay, recorded: bool) {
        if untrack(|| self.is_busy((day, id))) {
            return;
        }
        let neighbour = self.shown.with_untracked(|rows| {
            let at = rows.iter().position(|row| *row == (day, id))?;
            rows.get(at + 1).or_else(|| at.checked_sub(1).and_then(|at| rows.get(at))).copied()
        });
        self.failure.set(None);
        let command = if recorded {
            let (day, fact_id) = (Some(day.to_string()), Some(FactId::new().to_string()));
            Command::ConfirmOccurrence {
                id,
                form: OccurrenceForm { day, fact_id, ..OccurrenceForm::default() },
            }
        } else {
            Command::SkipOccurrence { id, day }
        };
        let done = Undoable::Settled { id, day, recorded };
        // The page may be gone by then.
        let heard = move |heard| match heard {
            Heard::Already => {
                self.next.try_set(neighbour);
                self.undo.into_iter().for_each(|undo| undo.withdraw(done));
                true
            }
            Heard::Done | Heard::Late => {
                self.next.try_set(neighbour);
                true
            }
            Heard::Refused(error) => {
                self.undo.into_iter().for_each(|undo| undo.withdraw(done));
                self.failure.try_set(Some(error)).is_none()
            }
        };
        let sent = self.outbox.get_value().enqueue(command, None, Seen::Nothing, Some(Box::new(heard)));
        match (sent, self.undo) {
            // At once, like the change itself: it may have to wait for the connection.
            (Ok(_), Some(undo)) => undo.offer_back(done),
            (Ok(_), None) => {}
            (Err(errors), _) => self.failure.set(Some(AppError::Invalid { errors })),
        }
    }
}

/// The expected occurrences, above the recorded transactions.
#[component]
pub fn Expected() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let all = RwSignal::new(false);
    let (rows, today) = (replica.recurring.clone(), replica.today.clone());
    let days = Memo::new(move |_| rows.with(|rows| near(rows, today.get())));
    let shown = Memo::new(move |_| {
        let mut days = days.get();
        if !all.get() {
            days.truncate(SHOWN);
        }
        days
    });
    let section = Section {
        failure: RwSignal::new(None),
        next: RwSignal::new(None),
        outbox: StoredValue::new(use_context().unwrap_or_default()),
        shown,
        undo: use_context::<Undo>(),
    };
    // A phone shows the due occurrences, or else the next one; one button shows all at either width.
    let narrow = {
        let today = replica.today.clone();
        Memo::new(move |_| {
            shown.with(|rows| rows.iter().skip(1).filter(|(day, _)| *day > today.get()).count())
        })
    };
    let more = move || {
        let wide = days.with(Vec::len).saturating_sub(shown.with(Vec::len));
        let button = |count: usize, class: &'static str| {
            (count > 0).then(|| {
                view! {
                    <button type="button" class=class translate="no" on:click=move |_| all.set(true)>{more(count, language)}</button>
                }.into_any()
            })
        };
        let narrow = if all.get() { 0 } else { wide + narrow.get() };
        [button(wide, "button button-quiet on-wide"), button(narrow, "button button-quiet on-narrow")]
            .collect_view()
    };
    let replica = StoredValue::new(replica);
    let items = move || {
        let rows = shown.get().into_iter();
        rows.map(|(day, id)| {
            item(
                format!("{id} {day}"),
                move || view! { <ExpectedRow occurrence=(day, id) section replica /> },
            )
        })
        .collect()
    };
    let outbox = section.outbox.get_value();
    let refused = refused(&outbox, shown);
    let refusals = refused_rows(refused, outbox, replica.get_value());
    let any = Memo::new(move |_| days.with(|days| !days.is_empty()) || refused.with(|rows| !rows.is_empty()));
    view! {
        {part(move || any.get().then(|| view! {
            <section class="expected" class:few=changing(move || !all.get()) aria-labelledby="expected-title">
                <div class="day-head"><h2 class="day-title" id="expected-title">{t.expected}</h2></div>
                <Refusal refusal=section.failure doing=Doing::Settling />
                {refusals.clone()()}
                <ul class="rows">{list(items)}</ul>
                {part(more)}
                <p class="visually-hidden" id="expected-keys">{t.expected_keys}</p>
            </section>
        }.into_any()))}
    }
    .into_any()
}

#[component]
fn ExpectedRow(occurrence: ExpectedDay, section: Section, replica: StoredValue<Replica>) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let (day, id) = occurrence;
    let replica = replica.get_value();
    let rows = replica.recurring.clone();
    let row = Memo::new(move |_| rows.with(|rows| rows.iter().find(|row| row.id == id).cloned()));
    let articles = replica.articles.clone();
    let article = Memo::new(move |_| {
        let id = row.with(|row| row.as_ref().map(|row| row.article_id));
        articles.with(|rows| rows.iter().find(|article| Some(article.id) == id).cloned())
    });
    let name = move || article.with(|row| row.as_ref().map(|row| row.name.shown()).unwrap_or_default());
    let book = replica.clone();
    let amount = move || {
        row.get().map_or_else(String::new, |row| {
            let currency = row.financial_center_id.and_then(|id| {
                book.centers
                    .with(|rows| rows.iter().find(|row| row.center.id == id).map(|row| row.center.currency))
            });
            match currency {
                Some(currency) if currency != book.household.get().currency => {
                    with_currency(row.amount, currency, language)
                }
                _ => signed(row.amount, language),
            }
        })
    };
    let today = replica.today.clone();
    let late = {
        let today = today.clone();
        move || day < today.get()
    };
    let ahead = {
        let today = today.clone();
        move || day > today.get()
    };
    let details_today = today.clone();
    let when = {
        let late = late.clone();
        move || {
            let today = today.get();
            if late() { due(day, today, language) } else { short_day(day, today, language) }
        }
    };
    let details = move || {
        row.get().map_or_else(String::new, |row| {
            let note = Some(row.comment.shown()).filter(|note| !note.is_empty());
            let center = row.financial_center_id.and_then(|id| center_name(&replica, id));
            let automatic = row.records_automatically(day, details_today.get());
            let itself = automatic.then(|| t.by_itself.to_owned());
            let all = [note, center, itself].into_iter().flatten();
            all.fold(String::new(), |all, one| format!("{all} · {one}"))
        })
    };
    let key = move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Delete" | "Backspace") {
            event.prevent_default();
            section.settle(occurrence, false);
        }
    };
    let button = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = button.get()
            && section.next.get() == Some(occurrence)
            // The row that was settled keeps the focus until it disappears.
            && section.shown.with(|rows| rows.contains(&occurrence))
        {
            request_animation_frame(move || focus_if_free(&button));
        }
    });
    let busy = changing(move || section.is_busy(occurrence).then_some("true"));
    // Not disabled, which would take the focus away from the row.
    let waiting = move || changing(move || section.is_busy(occurrence).then_some("true"));
    // The first attempt is not shown.
    let said = move || {
        let quick = section.state(occurrence) == Some(RowState::Saving);
        (!quick).then(|| progress(RowId::Occurrence(id, day)))
    };
    view! {
        <li class="row-item expected-row" class:ahead=changing(ahead) aria-busy=busy on:keydown=key>
            {part(move || article.with(|row| row.as_ref().map(article_icon)))}
            <span class="row-first" translate="no">{text(name)}</span>
            <span class="row-amount num" translate="no">{text(amount)}</span>
            <span class="row-second" translate="no"><span class:late=changing(late)>{text(when)}</span> {text(details)} {part(said)}</span>
            <span class="expected-choices">
                <button node_ref=button type="button" class="button button-outline" aria-disabled=waiting()
                    aria-label=changing(move || format!("{}: {}", t.record, name())) aria-describedby="expected-keys"
                    on:click=move |_| section.settle(occurrence, true)>{t.record}</button>
                <button type="button" class="button button-quiet" aria-disabled=waiting()
                    aria-label=changing(move || format!("{}: {}", t.skip_day, name()))
                    on:click=move |_| section.settle(occurrence, false)>{t.skip_day}</button>
            </span>
        </li>
    }
}
