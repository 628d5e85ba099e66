//! The unsaved changes of a row on the device: they survive a visit to another document, and a reload.

use crate::{
    domain::{Fact, FactForm, MemberId},
    live_link::{Browser, LiveLink},
    replica::Replica,
    state::editing::Editing,
};
use leptos::prelude::*;

/// Each member has changes of their own: nobody else who signs in here sees them.
fn name(me: MemberId) -> String {
    format!("edit {me}")
}

/// Stores what is typed in a row, with the transaction as it was when its editor was opened.
pub(super) fn keep_typed(browser: &dyn Browser, me: MemberId, opened: &Fact, typed: &FactForm) {
    // If it cannot be serialized, it lasts as long as the page.
    if let Ok(text) = serde_json::to_string(&(opened, typed)) {
        browser.keep(&name(me), &text);
    }
}

/// Opens the row whose changes are stored, once the page is hydrated, and removes them when they are saved or discarded.
pub fn resume_typed(replica: &Replica, editing: Editing) {
    let Some(LiveLink { browser, .. }) = use_context() else { return };
    let (name, rows) = (name(replica.me), replica.rows.clone());
    Effect::new(move |before: Option<()>| {
        let unsaved = editing.unsaved.get();
        if before.is_some() {
            if !unsaved {
                browser.keep(&name, "");
            }
            return;
        }
        let stored =
            browser.kept(&name).and_then(|text| serde_json::from_str::<(Fact, FactForm)>(&text).ok());
        let there = |id| rows.with_untracked(|rows| rows.all().any(|row| row.id == id));
        if let Some((opened, typed)) = stored.filter(|(opened, _)| there(opened.id)) {
            editing.resume(opened, typed);
        }
    });
}
