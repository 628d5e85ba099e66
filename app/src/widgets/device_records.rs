//! What the device stores beside the commands of this household. Shown in the place for what waits.

use crate::{
    i18n::device_words::{device_words, elsewhere, unreadable},
    live_link::LiveLink,
    outbox::Outbox,
    state::language::{use_language, use_words},
};
use leptos::prelude::*;

/// What the device stores of the account's other households.
pub(super) fn others(outbox: &Outbox) -> Option<AnyView> {
    let language = use_language();
    let t = device_words(language);
    let all = outbox.elsewhere();
    let (waiting, refused) =
        all.iter().map(Outbox::counts).fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    if waiting + refused == 0 {
        return None;
    }
    let decide = (refused > 0).then(|| {
        let discard = move |_| all.iter().for_each(Outbox::discard_refused);
        view! {
            <p class="muted">{t.elsewhere_hint}</p>
            <div class="row-choices">
                <button type="button" class="button button-quiet" on:click=discard>{t.discard_elsewhere}</button>
            </div>
        }
        .into_any()
    });
    Some(view! { <p>{elsewhere(language, waiting, refused)}</p> {decide} }.into_any())
}

/// What another build has stored, and this one cannot read.
pub(super) fn unreadable_records(outbox: &Outbox) -> Option<AnyView> {
    let (t, language) = (use_words(), use_language());
    let device = device_words(language);
    let count = outbox.unreadable.get();
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    (count > 0).then(|| {
        let outbox = outbox.clone();
        view! {
            <p>{unreadable(language, count)} " " {device.unreadable_hint}</p>
            <div class="row-choices">
                <button type="button" class="button button-quiet" on:click=move |_| browser.reload()>{t.reload}</button>
                <button type="button" class="button button-quiet" on:click=move |_| outbox.discard_unreadable()>{device.discard_unreadable}</button>
            </div>
        }
        .into_any()
    })
}
