//! The household: categories, accounts, people, and the invitation of another one.

mod articles;
mod centers;
mod name_row;
mod people;

use super::use_words;
use crate::{components::field::Errors, error::AppError};
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
            <centers::Centers />
            <people::People />
        </div>
    }
}

/// What a call was refused for: fields go to the form, the rest above it.
fn refuse(error: AppError, errors: Errors, failure: RwSignal<Option<AppError>>) {
    match error {
        AppError::Invalid { errors: refused } => errors.set(refused),
        error => failure.set(Some(error)),
    }
}

fn typed(input: NodeRef<html::Input>) -> Option<String> {
    input.get_untracked().map(|input| input.value())
}

fn chosen(select: NodeRef<html::Select>) -> Option<String> {
    select.get_untracked().map(|select| select.value())
}

/// Empties a field once what was typed in it has been acknowledged; what was typed since stays. The page
/// may be gone by then.
fn clear(input: NodeRef<html::Input>, sent: Option<&String>) {
    if let Some(input) = input.try_get_untracked().flatten()
        && sent.is_none_or(|sent| *sent == input.value())
    {
        input.set_value("");
    }
}
