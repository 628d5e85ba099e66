//! Whether every change arrives, in a word; the number of the last one behind it.

use super::{changing, text};
use crate::{
    i18n::words::{all_received, offline_since},
    live_link::{Connection, LiveLink},
    pages::{use_language, use_words},
    replica::Replica,
};
use leptos::prelude::*;

/// The word in the bar.
#[component]
pub fn ConnectionBadge() -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let replica = use_context::<Replica>();
    let waiting = replica.as_ref().map(|replica| replica.waiting.clone());
    let position = replica.map(|replica| replica.position);
    let connection = link.connection.clone();
    let state = connection.clone();
    let word = move || match connection.get() {
        Connection::Live => t.live.to_owned(),
        Connection::CatchingUp => t.catching_up.to_owned(),
        Connection::Offline { since } => {
            offline_since(language, &since, waiting.as_ref().map_or(0, |waiting| waiting.get()))
        }
        Connection::SignedOut => t.signed_out.to_owned(),
    };
    let class = changing(move || match state.get() {
        Connection::Live => "badge badge-live",
        Connection::CatchingUp => "badge",
        Connection::Offline { .. } | Connection::SignedOut => "badge badge-off",
    });
    let live = link.connection.clone();
    let detail = move || {
        position
            .as_ref()
            .filter(|_| live.get() == Connection::Live)
            .map(|position| all_received(language, position.get().seq))
    };
    view! {
        <details class="connection">
            <summary class=class>
                <span class="visually-hidden">{t.connection}": "</span>
                <span class="badge-dot" aria-hidden="true"></span>
                <span role="status">{text(word)}</span>
            </summary>
            <p class="connection-detail">{text(move || detail().unwrap_or_default())}</p>
        </details>
    }
}
