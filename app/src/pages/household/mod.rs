//! The household: categories, accounts, people, and the invitation of another one.

mod article_editor;
mod articles;
mod balance_history;
mod centers;
mod links;
mod merging;
mod people;
mod reconciling;
mod recurring;
mod recurring_editor;
mod revising;

use super::{Opened, use_words};
use crate::components::{focus_if_free, part};
use leptos::{html, prelude::*};
use leptos_meta::Title;

/// Everything about the household that is not a transaction.
#[component]
pub fn HouseholdPage() -> impl IntoView {
    let t = use_words();
    view! {
        <Title text=t.household />
        <h1>{t.household}</h1>
        <div class="columns">
            <articles::Articles />
            <div class="column">
                <centers::Centers />
                <recurring::RecurringRows />
                <people::People />
            </div>
        </div>
    }
}

// A browser reports a last change while it removes a form with the focus in it: nothing stands in it then.
fn typed(input: NodeRef<html::Input>) -> Option<String> {
    input.try_get_untracked().flatten().map(|input| input.value())
}

fn chosen(select: NodeRef<html::Select>) -> Option<String> {
    select.try_get_untracked().flatten().map(|select| select.value())
}

/// Which row of a list is open; one at a time.
#[derive(Clone, Copy)]
struct OpenRow {
    row: RwSignal<Option<String>>,
    /// The one that was closed last: the focus goes back there.
    closed: StoredValue<Option<String>>,
    /// Somebody wanted to open another row while something was typed in this one.
    asked: RwSignal<bool>,
    /// Something is typed in it.
    typing: RwSignal<bool>,
    /// In how many lists of the page something is typed.
    unfinished: RwSignal<usize>,
}

/// Instead of a row: the form for a new one.
const NEW: &str = "new";

impl OpenRow {
    fn new() -> Self {
        let open = Self {
            row: RwSignal::new(None),
            closed: StoredValue::new(None),
            asked: RwSignal::new(false),
            typing: RwSignal::new(false),
            unfinished: use_context::<Opened>().unwrap_or_default().unfinished,
        };
        on_cleanup(move || open.finish());
        open
    }

    fn is(self, id: &str) -> bool {
        self.row.with(|row| row.as_deref() == Some(id))
    }

    /// Opens a row, unless something is typed in another one: nothing typed is ever lost.
    fn open(self, id: String) {
        if self.row.with_untracked(Option::is_some) && self.typing.get_untracked() {
            self.asked.set(true);
            return;
        }
        self.row.set(Some(id));
    }

    /// Something is typed in the open row.
    fn types(self) {
        if !self.typing.get_untracked() {
            self.typing.set(true);
            self.unfinished.update(|lists| *lists += 1);
        }
    }

    fn finish(self) {
        if self.typing.try_get_untracked() == Some(true) {
            self.typing.set(false);
            self.unfinished.try_update(|lists| *lists = lists.saturating_sub(1));
        }
    }

    /// The page may be gone by now.
    fn close(self) {
        let open = self.row.try_get_untracked().flatten();
        _ = self.closed.try_set_value(open);
        self.finish();
        self.asked.try_set(false);
        self.row.try_set(None);
    }

    /// What is said when another row was asked for.
    fn asks(self, text: &'static str) -> AnyView {
        part(move || {
            self.asked.get().then(|| view! { <p class="form-error" role="alert">{text}</p> }.into_any())
        })
        .into_any()
    }

    /// Gives the focus back to the button that opened the row, once it is there.
    fn returns_to(self, id: String, button: NodeRef<html::Button>) {
        Effect::new(move || {
            if let Some(button) = button.get()
                && self.closed.get_value().as_ref() == Some(&id)
            {
                self.closed.set_value(None);
                focus_if_free(&button);
            }
        });
    }
}

/// Gives the focus to the first field of a form that opens.
fn focus_first(input: NodeRef<html::Input>) {
    Effect::new(move || {
        if let Some(input) = input.get() {
            // Without the focus the form can still be filled in.
            drop(input.focus());
            input.select();
        }
    });
}
