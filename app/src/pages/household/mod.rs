//! The household page: categories, accounts, recurring entries, members and invitations.

mod article_editor;
mod article_tree;
mod articles;
mod balance_history;
mod center_editor;
mod center_order;
mod centers;
mod editable;
mod links;
mod merging;
mod new_rows;
mod people;
mod reconciling;
mod recurring;
mod recurring_editor;
mod recurring_inputs;
mod revising;

use crate::{
    state::{language::use_household_words, open_row::OpenRow},
    ui::focus::focus_if_free,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;

/// Everything about the household but its transactions.
#[component]
pub fn HouseholdPage() -> impl IntoView {
    let t = use_household_words();
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

// A browser reports a last change while it removes a focused form; the value is gone then.
fn typed(input: NodeRef<html::Input>) -> Option<String> {
    input.try_get_untracked().flatten().map(|input| input.value())
}

fn chosen(select: NodeRef<html::Select>) -> Option<String> {
    select.try_get_untracked().flatten().map(|select| select.value())
}

/// Gives the focus back to the button that opened the row, once it is there.
fn returns_to(open: OpenRow, id: String, button: NodeRef<html::Button>) {
    Effect::new(move || {
        if let Some(button) = button.get()
            && open.takes_focus(&id)
        {
            focus_if_free(&button);
        }
    });
}
