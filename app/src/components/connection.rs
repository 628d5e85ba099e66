//! Whether every change arrives, in a word; what is behind it, one press away.

use super::{changing, icon::symbol, list, part, text};
use crate::{
    i18n::{
        format::signed,
        words::{all_received, live_since, offline_since, waiting_entries},
    },
    live_link::{Connection, LiveLink},
    pages::{Opened, use_language, use_words},
    replica::{Replica, pending::RowState},
};
use leptos::prelude::*;

/// The word in the bar, and its popover.
#[component]
pub fn ConnectionBadge() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (waiting, position) = (replica.waiting.clone(), replica.position.clone());
    let connection = link.connection.clone();
    let state = connection.clone();
    let count = waiting.clone();
    let word = move || match connection.get() {
        Connection::Live { .. } => t.live.to_owned(),
        Connection::Connecting => t.connecting.to_owned(),
        Connection::CatchingUp => t.catching_up.to_owned(),
        Connection::Offline { since } => offline_since(language, &since, count.get()),
        Connection::SignedOut => t.signed_out.to_owned(),
        Connection::NotAMember => t.not_a_member.to_owned(),
        Connection::Crowded => t.crowded.to_owned(),
    };
    let class = changing(move || match state.get() {
        Connection::Live { .. } => "badge badge-live",
        Connection::Connecting | Connection::CatchingUp => "badge",
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
    };
    let heading = move || waiting_entries(language, waiting.get());
    let waits = move || {
        let rows = replica.rows.get();
        let waits = rows.iter().filter(|(_, row)| row.state.get() != RowState::Settled);
        let line = |row: &crate::replica::Row| {
            let fact = row.fact.get();
            let name = replica
                .articles
                .with(|rows| rows.iter().find(|row| row.id == fact.article_id).map(|row| row.name.shown()));
            let text = format!("{} {}", name.unwrap_or_default(), signed(fact.amount, language));
            let key = format!("{} {text}", row.id);
            list::item(key, move || view! { <li>{text}</li> })
        };
        waits.map(|(_, row)| line(row)).collect()
    };
    view! {
        <button type="button" class=class popovertarget="connection" translate="no">
            <span class="visually-hidden">{t.connection}": "</span>
            <span class="badge-dot" aria-hidden="true"></span>
            <span>{text(word.clone())}</span>
        </button>
        // Beside the button: what stands in one is not announced when it changes.
        <span class="visually-hidden" role="status" translate="no">{text(word)}</span>
        <div class="popover" id="connection" popover="auto" translate="no">
            <p>{text(detail)}</p>
            <p class="muted">{text(heading)}</p>
            <ul class="waiting">{list::list(waits)}</ul>
        </div>
    }
    .into_any()
}

/// Says that the server has a newer program, and loads it when asked to.
#[component]
pub fn NewBuild() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (waiting, browser) = (replica.waiting.clone(), link.browser);
    let unfinished = use_context::<Opened>().unwrap_or_default().unfinished;
    part(move || {
        let (browser, waiting) = (browser.clone(), waiting.clone());
        link.outdated.get().then(|| {
            // What is on its way or open in an editor would be lost; what stands in quick add is kept.
            let busy = waiting.get() > 0 || replica.editing.get().is_some() || unfinished.get();
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
