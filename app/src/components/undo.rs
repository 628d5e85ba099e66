//! The offers to take something back, on every page.

use super::{
    focus_if_free, list, text,
    waiting::{name_of_facts, recurring_name},
};
use crate::{
    i18n::{
        doing_words::{Doing, refused},
        format::short_day,
    },
    outbox::Outbox,
    replica::Replica,
    state::{
        editing::Editing,
        language::{use_language, use_words},
        undo::{Offer, Undo, Undoable},
    },
};
use leptos::{html, prelude::*};

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
