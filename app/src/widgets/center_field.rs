//! The select of an account, as a field of a form.

use crate::{
    domain::FinancialCenter,
    replica::Replica,
    state::language::use_words,
    ui::{
        changing::part,
        choice::Choice,
        field::{Errors, Field, invalid, message},
    },
};
use leptos::prelude::*;

/// The choice of an account.
#[must_use]
pub fn center_choice(first: Option<String>, replica: &Replica) -> Choice {
    let first = first.unwrap_or_default();
    let began = first.clone();
    Choice::new(first, replica.centers.clone(), move |rows, id| {
        let offered =
            || rows.iter().map(|row| &row.center).any(|row| !row.archived && row.id.to_string() == id);
        id.is_empty() || id == began || offered()
    })
}

/// The list of accounts as a field of a form, the archived ones left out unless chosen.
#[component]
pub fn CenterField(
    /// The choice.
    center: Choice,
    /// The book of the page.
    replica: Replica,
    /// The id of the list.
    id: &'static str,
    /// The messages of the form.
    errors: Errors,
    /// The label; `Account` by default.
    #[prop(optional_no_strip)]
    label: Option<&'static str>,
    /// The text of the option for no account, if the choice may be empty.
    #[prop(optional_no_strip)]
    none: Option<&'static str>,
    /// The field of the form.
    #[prop(default = "financial_center_id")]
    field: &'static str,
    /// The name of the field in a plain form.
    #[prop(optional_no_strip)]
    name: Option<&'static str>,
    /// The class of its column in the form.
    #[prop(default = "field-center")]
    class: &'static str,
) -> impl IntoView {
    let t = use_words();
    let (first, centers) = (center.try_get_untracked().unwrap_or_default(), replica.centers);
    let options = move || {
        let offered = |row: &FinancialCenter| {
            let value = row.id.to_string();
            let selected = value == first;
            (!row.archived || selected).then(|| {
                view! { <option value=value selected=selected>{row.name.shown()}</option> }.into_any()
            })
        };
        centers.with(|rows| rows.iter().map(|row| offered(&row.center)).collect_view())
    };
    view! {
        <Field label=label.unwrap_or(t.account) id=id.to_owned() error=message(errors, field) class>
            <select node_ref=center.select class="input" id=id name=name
                on:change=move |event| center.choose(event_target_value(&event)) aria-describedby=format!("{id}-error") aria-invalid=invalid(errors, field)>
                {none.map(|none| view! { <option value="">{none}</option> }.into_any())}
                {part(options)}
            </select>
        </Field>
    }
    .into_any()
}
