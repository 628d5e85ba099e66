//! The undo offers, on every page. A browser loads what they show while the page is idle, or at the first offer.

use super::waiting::{name_of_facts, recurring_name};
use crate::{
    i18n::{
        doing_words::{Doing, more_offers, refused},
        format::short_day,
    },
    outbox::Outbox,
    replica::Replica,
    state::{
        editing::Editing,
        language::{use_language, use_words},
        undo::{Offer, Undo, Undoable},
    },
    ui::{
        changing::{part, text},
        focus::{focus_if_free, press_without_focus},
        list,
        program_part::{drawn, program_part},
    },
};
use leptos::{html, prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

/// Gives the focus to the last offer that is still there, or else to the page, if it is nowhere.
fn focus_page() {
    let found = |selector| document().query_selector(selector).ok().flatten();
    let next = found(".toasts .toast:last-child button").or_else(|| found("#main"));
    if let Some(element) = next.and_then(|next| next.dyn_into::<HtmlElement>().ok()) {
        focus_if_free(&element);
    }
}

program_part! {
    /// The offers.
    pub OFFERS: fn() -> AnyView = offers_part in later, || view! { <Offers /> }.into_any()
}

/// The offers, above everything else.
#[component]
pub fn UndoToasts() -> impl IntoView {
    let offers = use_context::<Undo>().unwrap_or_default().offers;
    let any = Memo::new(move |_| offers.with(|offers| !offers.is_empty()));
    let framed = |message| view! { <div class="toast">{message}</div> }.into_any();
    view! {
        <div class="toasts" role="status">{part(move || any.get().then(|| drawn(&OFFERS, framed, |draw| draw())))}</div>
    }
    .into_any()
}

#[component]
fn Offers() -> impl IntoView {
    let (Some(outbox), Some(undo), Some(replica)) =
        (use_context::<Outbox>(), use_context::<Undo>(), use_context::<Replica>())
    else {
        return ().into_any();
    };
    let (t, language, editing) = (use_words(), use_language(), use_context::<Editing>());
    let refusing = outbox.clone();
    Effect::new(move || {
        refusing.listed.track();
        undo.end_refused(&refusing);
    });
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
            // With several offers, each names its row.
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
            // After a deletion by keyboard, the button is reached without going through the whole list. After
            // an expected occurrence, the next one has the focus.
            let button = NodeRef::<html::Button>::new();
            let deleted = matches!(done, Undoable::Deleted(..));
            Effect::new(move || {
                if let Some(button) = button.get().filter(|_| deleted) {
                    focus_if_free(&button);
                }
            });
            // The focus does not fall out of the page with the offer. A browser reports that it is left while it is
            // removed, too.
            let (focused, offers) = (StoredValue::new(false), undo.offers);
            let there = move || offers.with_untracked(|all| all.iter().any(|offer| offer.number == number));
            on_cleanup(move || {
                if focused.try_get_value() == Some(true) {
                    request_animation_frame(focus_page);
                }
            });
            let leaves = move |_| {
                if there() {
                    focused.set_value(false);
                }
            };
            // On a phone the newest one stands for those behind it.
            let behind = move || {
                let behind = undo.offers.with(Vec::len).saturating_sub(1);
                if behind > 0 { more_offers(language, behind) } else { String::new() }
            };
            view! {
                <div class="toast" on:focusin=move |_| focused.set_value(true) on:focusout=leaves>
                    <span>{text(move || failure().map_or_else(&said, |error| refused(&error, Doing::TakingBack, language)))}</span>
                    <span class="toast-behind" aria-hidden="true">{text(behind)}</span>
                    <button node_ref=button type="button" class="button button-quiet" on:mousedown=press_without_focus on:click=move |_| undo.take_back(&outbox, editing, number, done)>{t.undo}</button>
                </div>
            }
        })
    };
    list::list(move || undo.offers.with(|offers| offers.iter().map(&toast).collect()))
}
