//! What the program stores on the device: the commands that wait, and a copy of the book for a start without a network.

use super::{days::ToldDay, parts};
use crate::{
    domain::{AccountId, Language},
    live_link::{Browser, Connection, LiveLink},
    outbox::{BookKeeper, DeviceOwner, Outbox},
    state::opened::{KeptStart, Opened},
    ui::program_part::AnyPart,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Stores the commands of the outbox and the book, once what writes them is loaded. That is asked for when the page is live,
/// when there is no connection, and when there is a command.
pub(super) fn store_on_device(
    link: &LiveLink,
    outbox: &Outbox,
    opened: Opened,
    (language, told): (Language, ToldDay),
) {
    // A page that the server has not rendered for somebody says nothing of who is signed in.
    let is_rendered = use_context::<KeptStart>().is_none();
    let here = link.browser.clone();
    Effect::new(move || {
        opened.followed.track();
        let Some(DeviceOwner { account, household }) = opened.owner() else { return };
        if is_rendered {
            here.begin_book_of(account);
        }
        here.looks_at(household);
    });
    keep_up_to_date(link, outbox, opened);
    erase_copies(link, opened);
    let (connection, browser, outbox) = (link.connection.clone(), link.browser.clone(), outbox.clone());
    Effect::new(move || {
        let is_settled = matches!(connection.get(), Connection::Live { .. } | Connection::Offline { .. });
        if !is_settled && outbox.listed.with(Vec::is_empty) {
            return;
        }
        opened.followed.track();
        let Some((owner, store)) = opened.owner().zip(browser.commands()) else { return };
        let reader = (owner.account, opened.email.get_value(), language);
        // A copy that was kept on the device was read from the server at another time.
        let read = if is_rendered { browser.loaded_at() } else { None };
        let keeper = BookKeeper { read, ..keeper(browser.clone(), connection.clone(), reader, told) };
        let outbox = outbox.clone();
        spawn_local(async move {
            // If it does not arrive, it is asked for again next time.
            if parts::STORE.load().await.is_ok()
                && let Some(format) = parts::STORE.draw()
            {
                outbox.store_in(store, owner, format);
                outbox.begin_to_keep(keeper);
            }
        });
    });
}

fn keeper(
    browser: Arc<dyn Browser>,
    connection: ArcRwSignal<Connection>,
    (account, email, language): (AccountId, String, Language),
    told: ToldDay,
) -> BookKeeper {
    let switch = browser.clone();
    let allowed = move || {
        // No copy is kept once nobody is signed in on this page.
        let is_gone = matches!(connection.get_untracked(), Connection::SignedOut | Connection::NotAMember);
        !is_gone && switch.keeps_book(account)
    };
    BookKeeper {
        email,
        language,
        read: None,
        allowed: Arc::new(allowed),
        day: Arc::new(move |today| told.number_of(today)),
        later: Arc::new(move |function: Box<dyn FnOnce()>| browser.later(function)),
    }
}

/// Keeps the book some time after it has changed, and at once when the page may not be seen again.
fn keep_up_to_date(link: &LiveLink, outbox: &Outbox, opened: Opened) {
    let (connection, changed) = (link.connection.clone(), outbox.clone());
    Effect::new(move || {
        if let Some(replica) = opened.followed.get() {
            replica.position.track();
            match connection.get() {
                Connection::Live { .. } => changed.keep_soon(),
                // It is erased then.
                Connection::SignedOut | Connection::NotAMember => changed.lost_book(),
                _ => {}
            }
        }
    });
    let (hidden, outbox) = (link.hidden.clone(), outbox.clone());
    Effect::new(move |before: Option<()>| {
        hidden.track();
        if before.is_some() {
            outbox.keep_now();
        }
    });
}

/// Erases the copies of the book once nobody is signed in here; that of the page's household once the person is no
/// longer a member of it.
fn erase_copies(link: &LiveLink, opened: Opened) {
    let (connection, browser) = (link.connection.clone(), link.browser.clone());
    Effect::new(move || match connection.get() {
        Connection::SignedOut => browser.erase_copies(None),
        Connection::NotAMember => browser.erase_copies(opened.owner()),
        _ => {}
    });
}
