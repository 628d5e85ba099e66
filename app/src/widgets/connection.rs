//! The badge of the connection: one word, with details in a popover.

use super::{navigation::Tab, waiting::WaitingLists};
use crate::{
    i18n::words::{all_received, in_another_household, live_since, live_with, offline_since},
    live_link::{Connection, LiveLink},
    outbox::Outbox,
    replica::{Replica, pending::RowState},
    state::{
        language::{use_language, use_words},
        opened::Opened,
    },
    ui::{
        changing::{changing, part, text},
        icon::symbol,
    },
};
use leptos::prelude::*;

/// The badge in the bar, and its popover.
#[component]
pub fn ConnectionBadge(
    /// The page that is shown.
    here: Tab,
) -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let position = replica.position.clone();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let listed = outbox.listed.clone();
    // What waits in another household is not in the lists of this page.
    let elsewhere = Memo::new(move |_| outbox.held_up_elsewhere());
    // What is not refused, of that what got no response, and what was refused.
    let counts = Memo::new(move |_| {
        listed.with(|rows| {
            let count = |of: fn(&RowState) -> bool| rows.iter().filter(|row| of(&row.state)).count();
            let refused = count(|state| matches!(state, RowState::Refused(_)));
            (rows.len() - refused, count(|state| *state == RowState::Waiting), refused)
        })
    });
    let connection = link.connection.clone();
    let state = connection.clone();
    let word = move || match connection.get() {
        Connection::Live { .. } => {
            let (_, waiting, refused) = counts.get();
            live_with(language, refused, waiting) + &in_another_household(language, elsewhere.get())
        }
        Connection::Connecting => t.connecting.to_owned(),
        Connection::CatchingUp => t.catching_up.to_owned(),
        Connection::Offline { since } => {
            let (waiting, _, refused) = counts.get();
            offline_since(language, &since, refused, waiting)
                + &in_another_household(language, elsewhere.get())
        }
        Connection::SignedOut => t.signed_out.to_owned(),
        Connection::NotAMember => t.not_a_member.to_owned(),
        Connection::Crowded => t.crowded.to_owned(),
        Connection::Refused => t.disconnected.to_owned(),
    };
    let class = changing(move || match state.get() {
        Connection::Live { .. } => "badge badge-live",
        // What waits is no error: red is for what was refused.
        Connection::Connecting | Connection::CatchingUp | Connection::Offline { .. } => "badge",
        _ => "badge badge-off",
    });
    let live = link.connection.clone();
    let detail = move || match live.get() {
        Connection::Live { since } => {
            format!("{}. {}", all_received(language, position.get().seq), live_since(language, &since))
        }
        Connection::Connecting => t.connecting_detail.to_owned(),
        Connection::CatchingUp => t.catching_up_detail.to_owned(),
        Connection::Offline { .. } => t.offline_detail.to_owned(),
        Connection::SignedOut => t.signed_out_detail.to_owned(),
        Connection::NotAMember => t.not_a_member_detail.to_owned(),
        Connection::Crowded => t.crowded_detail.to_owned(),
        Connection::Refused => t.disconnected_detail.to_owned(),
    };
    view! {
        <button type="button" class=class popovertarget="connection" translate="no">
            <span class="visually-hidden">{t.connection}": "</span>
            <span class="badge-dot" aria-hidden="true"></span>
            <span>{text(word.clone())}</span>
        </button>
        // Beside the button, because changes inside a button are not announced.
        <span class="visually-hidden" role="status" translate="no">{text(word)}</span>
        <div class="popover" id="connection" popover="auto" translate="no">
            <p>{text(detail)}</p>
            <WaitingLists replica here />
        </div>
    }
    .into_any()
}

/// Announces that the server has a newer program, and loads it on request.
#[component]
pub fn NewBuild() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (unsaved, browser) = (link.unsaved, link.browser);
    let unfinished = use_context::<Opened>().unwrap_or_default().unfinished;
    part(move || {
        let browser = browser.clone();
        link.outdated.get().then(|| {
            // A reload would lose commands that are not stored, and open edits; the content of quick add is stored.
            let busy = unsaved.get() || replica.editing.get().is_some() || unfinished.get() > 0;
            view! {
                <div class="banner" role="status">
                    {symbol("refresh", "symbol")}
                    <span>{if busy { t.new_build_busy } else { t.new_build }}</span>
                    <button type="button" class="button button-quiet" disabled=busy on:click=move |_| browser.reload()>{t.reload}</button>
                </div>
            }
        })
    })
    .into_any()
}
