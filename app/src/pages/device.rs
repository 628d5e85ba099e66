//! What the program stores on the device: the commands that wait, and a copy of the book for a start without a network.

use super::days::ToldDay;
use crate::{
    api::facts::{changes_since, older_facts},
    domain::{AccountId, FactKey, Language},
    live_link::{Connection, LiveLink},
    outbox::{BookKeeper, CommandStore, DeviceOwner, FactPageHearer, LogHearer, Outbox},
    state::opened::{KeptStart, Opened},
    ui::program_part::{AnyPart, program_part},
    wire::Position,
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// A page that stores.
#[derive(Clone)]
pub(super) struct StoringPage {
    pub link: LiveLink,
    pub outbox: Outbox,
    pub opened: Opened,
    pub language: Language,
    pub told: ToldDay,
}

/// Begins to store. The effects belong to the root of the program.
type BeginToStore = fn(&StoringPage, &Owner, Arc<dyn CommandStore>, DeviceOwner);

program_part! {
    /// What writes commands and the book into the store of the device, and reads commands from it.
    pub(super) STORE: BeginToStore = store_part in later, begin
}

/// Stores the commands of the outbox and the book, once the code for it is loaded. That is asked for when the page is live,
/// when there is no connection, and when there is a command.
pub(super) fn store_on_device(page: StoringPage) {
    let StoringPage { link, outbox, opened, .. } = page.clone();
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
    erase_copies(&link, opened);
    let (connection, root) = (link.connection, Owner::current().unwrap_or_default());
    Effect::new(move || {
        let is_settled = matches!(connection.get(), Connection::Live { .. } | Connection::Offline { .. });
        if !is_settled && outbox.listed.with(Vec::is_empty) {
            return;
        }
        opened.followed.track();
        let Some(owner) = opened.owner() else { return };
        let (page, root) = (page.clone(), root.clone());
        spawn_local(async move {
            // If it does not arrive, it is asked for again next time.
            if STORE.load().await.is_ok()
                && let Some(begin) = STORE.draw()
                && let Some(store) = page.link.browser.commands().await
            {
                begin(&page, &root, store, owner);
            }
        });
    });
}

/// Has no effect if the page stores already.
fn begin(page: &StoringPage, root: &Owner, store: Arc<dyn CommandStore>, owner: DeviceOwner) {
    if page.outbox.store_in(store, owner) {
        root.with(|| {
            page.outbox.begin_to_keep(keeper(page, owner.account));
            keep_up_to_date(page);
        });
    }
}

fn keeper(StoringPage { link, opened, language, told, .. }: &StoringPage, account: AccountId) -> BookKeeper {
    let (connection, browser, told) = (link.connection.clone(), link.browser.clone(), *told);
    // A copy that was kept on the device was read from the server at another time.
    let read = if use_context::<KeptStart>().is_none() { browser.loaded_at() } else { None };
    let switch = browser.clone();
    let allowed = move || {
        // No copy is kept once nobody is signed in on this page.
        let is_gone = matches!(connection.get_untracked(), Connection::SignedOut | Connection::NotAMember);
        !is_gone && switch.keeps_book(account)
    };
    BookKeeper {
        email: opened.email.get_value(),
        language: *language,
        read,
        allowed: Arc::new(allowed),
        day: Arc::new(move |today| told.number_of(today)),
        later: Arc::new(move |function: Box<dyn FnOnce()>| browser.later(function)),
        older: Arc::new(|after: FactKey, hearer: FactPageHearer| {
            spawn_local(async move { hearer(older_facts(after).await.ok()) });
        }),
        log: Arc::new(|since: Position, hearer: LogHearer| {
            spawn_local(async move { hearer(changes_since(since).await.ok()) });
        }),
    }
}

/// Keeps the book some time after it has changed, and at once when the page may not be seen again.
fn keep_up_to_date(StoringPage { link, outbox, opened, .. }: &StoringPage) {
    let (connection, changed, opened) = (link.connection.clone(), outbox.clone(), *opened);
    Effect::new(move || {
        if let Some(replica) = opened.followed.get() {
            replica.position.track();
            match connection.get() {
                Connection::Live { .. } => {
                    changed.keep_soon();
                    changed.read_older_soon();
                }
                // It is erased then.
                Connection::SignedOut | Connection::NotAMember => changed.lost_book(),
                _ => {}
            }
        }
    });
    let scrolled = outbox.clone();
    link.browser.near_end(Box::new(move || scrolled.show_older()));
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
