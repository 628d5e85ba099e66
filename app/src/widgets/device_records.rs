//! What the device stores beside the commands of this household. Shown in the place for what waits.

use crate::{
    i18n::device_words::{device_words, elsewhere, unreadable},
    live_link::LiveLink,
    outbox::Outbox,
    state::language::{use_language, use_words},
    ui::changing::part,
};
use leptos::{html, prelude::*};

/// What the device stores of the account's other households.
pub(super) fn others(outbox: &Outbox) -> Option<AnyView> {
    let language = use_language();
    let t = device_words(language);
    let counts = outbox.counts_elsewhere();
    if counts.all() == 0 {
        return None;
    }
    let hint = (counts.refused + counts.undecided > 0)
        .then(|| view! { <p class="muted">{t.elsewhere_hint}</p> }.into_any());
    let decide = (counts.refused > 0).then(|| {
        let all = outbox.elsewhere();
        let discard = move || all.iter().for_each(Outbox::discard_refused);
        discarding(t.discard_elsewhere, ().into_any(), discard)
    });
    Some(view! { <p>{elsewhere(language, counts.by_word())}</p> {hint} {decide} }.into_any())
}

/// What another build has stored, and this one cannot read.
pub(super) fn unreadable_records(outbox: &Outbox) -> Option<AnyView> {
    let (t, language) = (use_words(), use_language());
    let device = device_words(language);
    let count = outbox.all_unreadable();
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    (count > 0).then(|| {
        let outbox = outbox.clone();
        let reload = view! { <button type="button" class="button button-quiet" on:click=move |_| browser.reload()>{t.reload}</button> };
        view! {
            <p>{unreadable(language, count)} " " {device.unreadable_hint}</p>
            {discarding(device.discard_unreadable, reload.into_any(), move || outbox.discard_unreadable())}
        }
        .into_any()
    })
}

/// The button that discards what cannot be sent, beside another one, and the question before it does so.
fn discarding(
    word: &'static str,
    beside: AnyView,
    discard: impl Fn() + Clone + Send + Sync + 'static,
) -> AnyView {
    let (t, device) = (use_words(), device_words(use_language()));
    let asked = RwSignal::new(false);
    let (opener, cancel) = (NodeRef::<html::Button>::new(), NodeRef::<html::Button>::new());
    Effect::new(move || {
        if let Some(button) = cancel.get() {
            // If it cannot be focused, the question is still next in the tab order.
            drop(button.focus());
        }
    });
    let back = move |_| {
        asked.set(false);
        if let Some(button) = opener.get_untracked() {
            drop(button.focus());
        }
    };
    let question = move || {
        let discard = discard.clone();
        asked.get().then(|| {
            view! {
                <div class="question" role="group">
                    <p>{device.discard_sure}</p>
                    <button type="button" class="button button-danger" on:click=move |_| discard()>{device.discard_now}</button>
                    <button type="button" class="button button-quiet" node_ref=cancel on:click=back>{t.cancel}</button>
                </div>
            }
            .into_any()
        })
    };
    view! {
        <div class="row-choices">
            {beside}
            <button type="button" class="button button-quiet" node_ref=opener on:click=move |_| asked.set(true)>{word}</button>
        </div>
        {part(question)}
    }
    .into_any()
}
