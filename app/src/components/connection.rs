//! Whether every change arrives, in a word; what is behind it, one press away.

use super::{changing, group::shown, icon::symbol, list, part, text};
use crate::{
    domain::GroupKind,
    i18n::{
        errors::whole_sentence,
        format::signed,
        words::{all_received, live_since, offline_since, refused_entries, waiting_entries},
    },
    live_link::{Connection, LiveLink},
    outbox::{Listed, Outbox},
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
    let position = replica.position.clone();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let listed = outbox.listed.clone();
    let refused = |row: &Listed| matches!(row.state, RowState::Refused(_));
    let number = Memo::new(move |_| {
        listed.with(|rows| {
            let refused = rows.iter().filter(|row| refused(row)).count();
            (rows.len() - refused, refused)
        })
    });
    let waiting = move || number.get().0;
    let connection = link.connection.clone();
    let state = connection.clone();
    let word = move || match connection.get() {
        Connection::Live { .. } => t.live.to_owned(),
        Connection::Connecting => t.connecting.to_owned(),
        Connection::CatchingUp => t.catching_up.to_owned(),
        Connection::Offline { since } => offline_since(language, &since, waiting()),
        Connection::SignedOut => t.signed_out.to_owned(),
        Connection::NotAMember => t.not_a_member.to_owned(),
        Connection::Crowded => t.crowded.to_owned(),
        Connection::Refused => t.disconnected.to_owned(),
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
        Connection::Refused => t.disconnected_detail.to_owned(),
    };
    let heading = move || waiting_entries(language, waiting());
    let named = {
        let replica = replica.clone();
        move |row: &Listed| match row.facts.first() {
            Some(fact) if fact.group.is_some_and(|group| group.kind == GroupKind::Transfer) => {
                let title = shown::title(&replica, GroupKind::Transfer, &row.facts).unwrap_or_default();
                let figure = shown::figure(&replica, GroupKind::Transfer, &row.facts, language);
                format!("{title} {}", figure.unwrap_or_default())
            }
            Some(fact) => {
                let name = replica.articles.with(|rows| {
                    rows.iter().find(|row| row.id == fact.article_id).map(|row| row.name.shown())
                });
                format!("{} {}", name.unwrap_or_default(), signed(fact.amount, language))
            }
            // What is to come back is not in the book.
            None => t.undo.to_owned(),
        }
    };
    let rows = outbox.listed.clone();
    let names = named.clone();
    let waits = move || {
        let line = |row: &Listed| {
            let text = names(row);
            let key = format!("{} {text}", row.row);
            list::item(key, move || view! { <li>{text}</li> })
        };
        rows.with(|rows| rows.iter().filter(|row| !refused(row)).map(line).collect())
    };
    let rows = outbox.listed.clone();
    let refusals = move || {
        let line = |row: &Listed| {
            let RowState::Refused(error) = &row.state else { return None };
            let (id, text) = (row.row, format!("{}. {}", named(row), whole_sentence(error, language)));
            let (again, discard) = (outbox.clone(), outbox.clone());
            Some(list::item(format!("{id} {text}"), move || {
                view! {
                    <li>
                        <p>{text}</p>
                        <div class="row-choices">
                            <button type="button" class="button button-quiet" on:click=move |_| again.try_again(id)>{t.try_again}</button>
                            <button type="button" class="button button-quiet" on:click=move |_| discard.discard(id)>{t.discard}</button>
                        </div>
                    </li>
                }
            }))
        };
        rows.with(|rows| rows.iter().filter_map(line).collect())
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
            <p class="muted">{text(move || refused_entries(language, number.get().1))}</p>
            <ul class="waiting">{list::list(refusals)}</ul>
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
    let (listed, browser) = (use_context::<Outbox>().unwrap_or_default().listed, link.browser);
    let unfinished = use_context::<Opened>().unwrap_or_default().unfinished;
    part(move || {
        let (browser, listed) = (browser.clone(), listed.clone());
        link.outdated.get().then(|| {
            // What is on its way or open in an editor would be lost; what stands in quick add is kept.
            let busy = listed.with(|rows| !rows.is_empty()) || replica.editing.get().is_some() || unfinished.get();
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
