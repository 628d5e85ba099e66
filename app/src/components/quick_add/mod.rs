//! The form that is used fifty times a week: amount, category, Enter.
//!
//! The inputs keep their own text: what is typed before the program has arrived in the browser is not
//! lost. Without the program the form posts and the page comes back with the new row. On the desktop
//! it is one line; on the phone amount and categories are in thumb reach, the rest behind one row.

mod after;
mod chips;
mod draft;
mod inputs;
mod notes;
mod sending;
mod sheet;
mod sign_keys;

pub(super) use inputs::Inputs;
pub use sending::{form_of, provisional, send, unwritten};

use super::{
    choice::event_target_is_select,
    field::{Errors, Field, article_choice, center_choice, invalid, message},
    part,
    refusal::refused_plainly,
    text,
};
use crate::{
    api::facts::RecordFact,
    domain::{ArticleId, Day, FactForm, FactId, FieldError},
    i18n::errors::whole_sentence,
    outbox::Outbox,
    replica::Replica,
    state::{
        groups::Groups,
        language::{use_language, use_words},
    },
};
use draft::Draft;
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    server_fn::ServerFn,
};
use sheet::Sheet;
use sign_keys::{operators, sign};

/// The form.
#[component]
pub fn QuickAdd() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let errors: Errors = RwSignal::new(Vec::new());
    let inputs = Inputs::new(article_choice(None, &replica), center_choice(first_center(&replica), &replica));
    let Inputs { amount, article, date, comment, .. } = inputs;
    let sheet = Sheet::new();
    // What a plain post was refused for stands in the address after the redirect.
    let refused = refused_plainly::<RecordFact>().map(|error| whole_sentence(&error, language));
    let refused = RwSignal::new(refused);
    let draft = Draft::new(inputs, &replica);
    let book = replica.clone();
    let clear = move || {
        for node in [amount, comment] {
            if let Some(input) = node.get_untracked() {
                input.set_value("");
            }
        }
        article.clear();
        draft.keep();
    };
    let save = move || {
        let form = FactForm { id: Some(FactId::new().to_string()), ..inputs.typed() };
        match provisional(&book, &form, language).and_then(|fact| send(&outbox, &fact)) {
            Ok(()) => {
                errors.set(Vec::new());
                clear();
                sheet.close();
                focus(amount);
            }
            Err(refused) => show(refused, errors, inputs, sheet),
        }
    };
    let submit = {
        let save = save.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            save();
        }
    };
    let tap = {
        let save = save.clone();
        move |id: ArticleId| {
            article.choose(id.to_string());
            save();
        }
    };
    // A browser sends a form at Enter from its inputs, not from its lists.
    let enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && event_target_is_select(&event) {
            event.prevent_default();
            save();
        }
    };
    // At midnight the form goes on to the new day, unless another one was chosen.
    let days = replica.today.clone();
    Effect::new(move |before: Option<Day>| {
        let now = days.get();
        if let (Some(before), Some(input)) = (before, date.get_untracked())
            && input.value() == before.to_string()
        {
            input.set_value(&now.to_string());
        }
        now
    });
    // Whoever has recorded nothing yet begins right here.
    let empty = replica.rows.with_untracked(Vec::is_empty);
    Effect::new(move || {
        if empty && amount.get().is_some() {
            focus(amount);
        }
    });
    let after = after::after(&replica, inputs, draft.changed, language);
    let groups = use_context::<Groups>().unwrap_or_default();
    // What became a transfer or split is not here any more.
    Effect::new(move |before: Option<u32>| {
        let made = groups.made.get();
        if before.is_some_and(|before| before != made) {
            clear();
        }
        made
    });
    view! {
        <form
            class="quick-add"
            method="post"
            action=RecordFact::url()
            aria-label=t.add_transaction
            novalidate
            on:submit=submit
            on:keydown=enter
            on:input=move |_| {
                refused.set(None);
                draft.keep();
            }
            on:change=move |_| draft.keep()
        >
            {notes::notes(&replica)}
            // A form that is posted twice before the program is there is still one entry.
            <input type="hidden" name="form[id]" value=FactId::new().to_string() />
            {sign(amount, draft, errors)}
            <Field label=t.amount id="add-amount".to_owned() error=message(errors, "amount") class="field-amount">
                <input
                    node_ref=amount
                    class="input num"
                    id="add-amount"
                    name="form[amount]"
                    inputmode="decimal"
                    autocomplete="off"
                    enterkeyhint="done"
                    placeholder="0"
                    aria-describedby="add-amount-error add-after"
                    aria-invalid=invalid(errors, "amount")
                />
            </Field>
            {operators(amount, draft, errors)}
            {sheet::behind(sheet, inputs, draft, &replica)}
            <p class="field-hint after" id="add-after" translate="no">{text(after)}</p>
            <div class="chips" translate="no">{chips::chips(&replica, tap)}</div>
            {sheet::sheet(sheet, inputs, errors, &replica)}
            {part(move || refused.get().map(|refused| view! { <p class="form-error" role="alert">{refused}</p> }.into_any()))}
        </form>
    }
    .into_any()
}

/// The account that this person used last, else the first.
fn first_center(replica: &Replica) -> Option<String> {
    let me = replica.me;
    let last_center = replica.rows.with_untracked(|rows| {
        rows.iter().map(|(_, row)| row.fact.get_untracked()).find(|fact| fact.created_by == me)
    });
    replica.centers.with_untracked(|rows| {
        let offered = || rows.iter().filter(|row| !row.center.archived).map(|row| row.center.id);
        let last = last_center.and_then(|fact| offered().find(|id| *id == fact.financial_center_id));
        last.or_else(|| offered().next()).map(|id| id.to_string())
    })
}

/// What is wrong, and the focus where it can be put right.
fn show(refused: Vec<FieldError>, errors: Errors, inputs: Inputs, sheet: Sheet) {
    let first = refused.first().map(|error| error.field.clone());
    errors.set(refused);
    if first.as_deref() == Some("amount") {
        sheet.close();
        return focus(inputs.amount);
    }
    if let Some(select) = inputs.article.select.get_untracked() {
        // On the phone it is not on the screen until the sheet is.
        if select.offset_parent().is_none() {
            sheet.open();
        }
        if first.as_deref() == Some("article_id") {
            // A field that cannot take the focus keeps its message all the same.
            drop(select.focus());
        }
    }
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        // A field that cannot take the focus keeps its message all the same.
        drop(input.focus());
    }
}
