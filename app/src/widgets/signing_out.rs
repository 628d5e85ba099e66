//! Sends what waits before somebody signs out. The settings page asks for it (`public/signing-out.js`), and signs out
//! once everything is sent; what cannot be sent is named, and that page asks what becomes of it.

use super::{refused_row::said, waiting::name_of};
use crate::{
    i18n::{
        device_words::{device_words, elsewhere, sent_of, unreadable},
        words::refused_entries,
    },
    live_link::{Connection, LiveLink},
    outbox::{Listed, Outbox, OutboxCounts},
    replica::{Replica, pending::RowState},
    state::language::use_language,
    ui::{
        changing::{part, text},
        list,
        program_part::{drawn, program_part},
    },
};
use leptos::{html, prelude::*};

/// What the next page of this tab shall do.
const MARK: &str = "sign-out";
/// That the program sends what waits.
const SEND: &str = "send";

/// Draws the dialog, which closes itself by this signal.
type DrawSending = fn(RwSignal<bool>) -> AnyView;

program_part! {
    /// The dialog.
    pub SENDING: DrawSending = sending_part in later, dialog
}

/// The dialog, if the settings page has asked for it.
#[component]
pub fn SigningOut() -> impl IntoView {
    let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
    let open = RwSignal::new(false);
    Effect::new(move || {
        if let Some(asked) = browser.kept(MARK) {
            // Once only: another person may use this tab later.
            browser.keep(MARK, "");
            open.set(asked == SEND);
        }
    });
    part(move || open.get().then(|| drawn(&SENDING, |message| message, move |draw| draw(open))))
}

/// What there is to send, and what of it cannot be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Progress {
    /// What there is of this household.
    here: OutboxCounts,
    /// What there is of the account's other households.
    elsewhere: OutboxCounts,
    unreadable: usize,
}

impl Progress {
    /// `None` until the store of the device was read.
    fn of(outbox: &Outbox) -> Option<Self> {
        if !outbox.has_read_all() {
            return None;
        }
        let (here, elsewhere) = (outbox.counts(), outbox.counts_elsewhere());
        Some(Self { here, elsewhere, unreadable: outbox.all_unreadable() })
    }

    /// Whether only what cannot be sent from here is left.
    const fn is_stuck(self) -> bool {
        self.here.waiting + self.elsewhere.waiting == 0 && self.rest() > 0
    }

    const fn rest(self) -> usize {
        self.here.all() + self.elsewhere.all() + self.unreadable
    }
}

fn dialog(open: RwSignal<bool>) -> AnyView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let device = device_words(language);
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let (connection, browser) = (link.connection, link.browser);
    let node = NodeRef::<html::Dialog>::new();
    // What is carried out leaves the device at once, so that the settings page does not ask about it.
    outbox.end_keeping(true);
    let stays = outbox.clone();
    on_cleanup(move || stays.end_keeping(false));
    Effect::new(move || {
        if let Some(dialog) = node.get() {
            // If it cannot be shown, the entries are sent all the same, and the badge counts them.
            drop(dialog.show_modal());
        }
    });
    let counted = outbox.clone();
    let progress = Memo::new(move |_| Progress::of(&counted));
    // The most that was seen: what waited when the dialog opened, and what was entered in another tab since.
    let all = Memo::new(move |before: Option<&usize>| {
        let rest = progress.get().map_or(0, Progress::rest);
        before.map_or(rest, |before| rest.max(*before))
    });
    // The settings page asks if something still waits, and signs out if not.
    let back = move || {
        browser.keep(MARK, "ask");
        browser.go("/settings");
    };
    let finish = back.clone();
    Effect::new(move || {
        if progress.get().is_some_and(|progress| progress.rest() == 0) {
            finish();
        }
    });
    let stuck = Memo::new(move |_| progress.get().is_some_and(Progress::is_stuck));
    let sent = move || {
        let sent = progress.get().map(|progress| all.get().saturating_sub(progress.rest()));
        sent.map(|sent| sent_of(language, sent, all.get())).unwrap_or_default()
    };
    let rows = outbox.listed;
    let refusals = move || {
        let line = |row: &Listed| {
            let RowState::Refused(error) = &row.state else { return None };
            let name = name_of(row, &replica, language);
            let (came, why) = said(Some(&row.command), error, &row.facts, &replica, language);
            let said = format!("{name}. {came}. {why}");
            Some(list::item(format!("{} {said}", row.mutation), move || view! { <li>{said}</li> }))
        };
        rows.with(|rows| rows.iter().filter_map(line).collect())
    };
    let refused =
        move || refused_entries(language, progress.get().map_or(0, |progress| progress.here.refused));
    let others = move || {
        let counts = progress.get()?.elsewhere;
        (counts.all() > 0)
            .then(|| view! { <p class="muted">{elsewhere(language, counts.by_word())}</p> }.into_any())
    };
    let strange = move || {
        let count = progress.get().map_or(0, |progress| progress.unreadable);
        (count > 0)
            .then(|| view! { <p>{unreadable(language, count)} " " {device.unreadable_hint}</p> }.into_any())
    };
    view! {
        <dialog node_ref=node class="dialog" aria-labelledby="sending-title" on:close=move |_| open.set(false)>
            <div class="form">
                <h2 id="sending-title">{text(move || if stuck.get() { device.not_sent } else { device.sending }.to_owned())}</h2>
                // A changed heading is not announced.
                <span class="visually-hidden" role="status">{text(move || if stuck.get() { device.not_sent } else { "" }.to_owned())}</span>
                <p role="status">{text(sent)}</p>
                {part(move || {
                    let offline = !matches!(connection.get(), Connection::Live { .. });
                    (offline && !stuck.get()).then(|| view! { <p class="muted">{device.no_connection}</p> }.into_any())
                })}
                <p class="muted">{text(refused)}</p>
                <ul class="waiting">{list::list(refusals)}</ul>
                {part(others)}
                {part(strange)}
                <button type="button" class="button" on:click=move |_| back()>{device.keep_or_discard}</button>
                <button type="button" class="button button-quiet" on:click=move |_| open.set(false)>{device.stay}</button>
            </div>
        </dialog>
    }
    .into_any()
}
