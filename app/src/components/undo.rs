//! What can be taken back: each deletion, and each expected transaction that was recorded or skipped, for ten
//! seconds. It outlives the page on which it was done.

use super::{
    focus_if_free, list, text,
    waiting::{name_of_facts, recurring_name},
};
use crate::{
    command::Command,
    domain::{Day, FactId, GroupKind, RecurringId},
    error::AppError,
    i18n::{
        doing_words::{Doing, refused},
        format::short_day,
    },
    outbox::{Heard, Outbox, Seen},
    replica::Replica,
    state::{
        editing::Editing,
        language::{use_language, use_words},
    },
};
use leptos::{html, prelude::*};
use std::time::Duration;

/// Something that was done and can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undoable {
    /// A fact was deleted, or a transfer or split.
    Deleted(FactId, Option<GroupKind>),
    /// An occurrence of a recurring entry was recorded or skipped.
    Settled {
        /// Of what.
        id: RecurringId,
        /// Which day.
        day: Day,
        /// It was recorded.
        recorded: bool,
    },
}

/// An offer to take something back.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offer {
    number: u64,
    done: Undoable,
    /// Why it was not taken back.
    failure: Option<AppError>,
}

/// The offers to take back what was done, the last one last.
#[derive(Clone, Copy)]
pub struct Undo {
    offers: RwSignal<Vec<Offer>>,
    /// Counts the offers.
    made: StoredValue<u64>,
}

const UNDO_TIME: Duration = Duration::from_secs(10);
/// No more offers stand on the screen at once.
const MOST_OFFERS: usize = 3;

impl Default for Undo {
    fn default() -> Self {
        Self { offers: RwSignal::new(Vec::new()), made: StoredValue::new(0) }
    }
}

impl Undo {
    /// Offers to bring a row back: a fact, or a transfer or split.
    pub fn offer(self, id: FactId, kind: Option<GroupKind>) {
        self.offer_back(Undoable::Deleted(id, kind));
    }

    /// Offers to take something back for ten seconds.
    pub fn offer_back(self, done: Undoable) {
        let next = |made: &mut u64| {
            *made += 1;
            *made
        };
        let Some(number) = self.made.try_update_value(next) else { return };
        self.offers.update(|offers| {
            offers.retain(|offer| offer.done != done);
            offers.push(Offer { number, done, failure: None });
            let gone = offers.len().saturating_sub(MOST_OFFERS);
            offers.drain(..gone);
        });
        set_timeout(move || self.end(number), UNDO_TIME);
    }

    fn end(self, number: u64) {
        let there = self.offers.with_untracked(|offers| offers.iter().any(|offer| offer.number == number));
        if there {
            self.offers.update(|offers| offers.retain(|offer| offer.number != number));
        }
    }

    /// The offer stays until it worked or its time is over; false when that is so.
    fn fails(self, number: u64, error: AppError) -> bool {
        let failed = self.offers.try_update(|offers| {
            let offer = offers.iter_mut().find(|offer| offer.number == number)?;
            offer.failure = Some(error);
            Some(())
        });
        failed.flatten().is_some()
    }

    fn take_back(self, outbox: &Outbox, editing: Option<Editing>, number: u64, done: Undoable) {
        let command = match done {
            Undoable::Deleted(id, None) => Command::RestoreFact { id },
            Undoable::Deleted(id, Some(kind)) => Command::RestoreGroup { kind, id: id.uuid().into() },
            Undoable::Settled { id, day, .. } => Command::ReopenOccurrence { id, day },
        };
        let heard = move |heard| match heard {
            Heard::Refused(error) => self.fails(number, error),
            Heard::Done | Heard::Late => {
                self.end(number);
                if let (Some(editing), Undoable::Deleted(id, _)) = (editing, done) {
                    editing.focus(id);
                }
                true
            }
        };
        if let Err(errors) = outbox.enqueue(command, None, Seen::Nothing, Some(Box::new(heard))) {
            self.fails(number, AppError::Invalid { errors });
        }
    }
}

/// The offers, above everything else.
#[component]
pub fn UndoToasts() -> impl IntoView {
    let (Some(outbox), Some(undo), Some(replica)) =
        (use_context::<Outbox>(), use_context::<Undo>(), use_context::<Replica>())
    else {
        return ().into_any();
    };
    let (t, language, editing) = (use_words(), use_language(), use_context::<Editing>());
    let toast = move |offer: &Offer| {
        let (Offer { number, done, .. }, outbox, replica) = (offer.clone(), outbox.clone(), replica.clone());
        list::item(number, move || {
            let word = match done {
                Undoable::Deleted(..) => t.deleted,
                Undoable::Settled { recorded: true, .. } => t.recorded,
                Undoable::Settled { .. } => t.skipped,
            };
            let facts = match done {
                Undoable::Deleted(id, _) => outbox.deleted(id),
                Undoable::Settled { .. } => Vec::new(),
            };
            // Which one it is, is said where there are several.
            let said = move || {
                let several = undo.offers.with(|offers| offers.len() > 1);
                let name = match done {
                    _ if !several => None,
                    Undoable::Deleted(..) => name_of_facts(&facts, &replica, language),
                    Undoable::Settled { id, day, .. } => {
                        let day = short_day(day, replica.today.get(), language);
                        recurring_name(&replica, id).map(|name| format!("{name}, {day}"))
                    }
                };
                name.map_or_else(|| word.to_owned(), |name| format!("{word}: {name}"))
            };
            let failure = move || {
                undo.offers.with(|offers| {
                    offers.iter().find(|offer| offer.number == number).and_then(|offer| offer.failure.clone())
                })
            };
            // Whoever deleted by keyboard finds it without going through the whole list. Of what is expected the
            // next one has the focus.
            let button = NodeRef::<html::Button>::new();
            let deleted = matches!(done, Undoable::Deleted(..));
            Effect::new(move || {
                if let Some(button) = button.get().filter(|_| deleted) {
                    focus_if_free(&button);
                }
            });
            view! {
                <div class="toast">
                    <span>{text(move || failure().map_or_else(&said, |error| refused(&error, Doing::TakingBack, language)))}</span>
                    <button node_ref=button type="button" class="button button-quiet" on:click=move |_| undo.take_back(&outbox, editing, number, done)>{t.undo}</button>
                </div>
            }
        })
    };
    view! {
        <div class="toasts" role="status">
            {list::list(move || undo.offers.with(|offers| offers.iter().map(&toast).collect()))}
        </div>
    }
    .into_any()
}
