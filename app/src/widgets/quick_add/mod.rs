//! The form for a new transaction: amount, category, Enter.
//!
//! The inputs keep their own values, so what is typed before hydration is not lost. Without the program the
//! form is posted, and the page is rendered with the new row. On the desktop it is one line; on the phone
//! amount and categories are in reach of the thumb, and the rest is in a sheet.

mod after;
mod chips;
mod draft;
mod inputs;
mod notes;
mod sending;
mod sheet;
mod sign_keys;

pub(super) use inputs::FactInputs;
pub use sending::{form_of, provisional, send, unwritten};

use super::{article_choice::ArticleChoice, center_choice::center_choice};
use crate::{
    api::book::RefusedFact,
    domain::{ArticleId, Day, Fact, FactForm, FactId, FieldError, GroupKind},
    outbox::Outbox,
    replica::{Days, Replica},
    state::{
        groups::Groups,
        language::{use_language, use_words},
        opened::Opened,
    },
    ui::{
        changing::{part, text},
        choice::event_target_is_select,
        field::{Errors, Field, invalid, message},
    },
};
use draft::Draft;
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
};
use notes::Notes;
use sheet::Sheet;
use sign_keys::{operators, sign};

/// The form.
#[component]
pub fn QuickAdd() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let back = Back::take();
    let errors = Errors::new(back.fields.clone());
    let inputs =
        FactInputs::new(ArticleChoice::new(None, &replica), center_choice(first_center(&replica), &replica));
    let FactInputs { amount, article, center, date, comment } = inputs;
    for (choice, id) in [(*article, &back.typed.article_id), (center, &back.typed.financial_center_id)] {
        if let Some(id) = id.as_ref().filter(|id| choice.offers(id)) {
            choice.choose(id.clone());
        }
    }
    let sheet = Sheet::new();
    let refused = RwSignal::new(back.sentence());
    let draft = Draft::new(inputs, &replica, back.came);
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
                errors.clear();
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
    // A browser submits a form on Enter in its inputs, but not in its selects.
    let enter = move |event: KeyboardEvent| {
        if event.key() == "Enter" && event_target_is_select(&event) {
            event.prevent_default();
            save();
        }
    };
    // At midnight the form takes the new date, unless another one was chosen.
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
    // An empty list gives the focus to this form.
    let empty = replica.rows.with_untracked(Days::is_empty);
    Effect::new(move || {
        if empty && amount.get().is_some() {
            focus(amount);
        }
    });
    // So does a refusal of the form that was posted without the program.
    let came_back = !back.fields.is_empty();
    Effect::new(move || {
        if came_back && errors.form.get().is_some() {
            errors.focus();
        }
    });
    let offered = Notes::new(&replica);
    let after = after::after(&replica, inputs, draft.changed, language);
    let groups = use_context::<Groups>().unwrap_or_default();
    // What became a transfer or split is removed from this form.
    Effect::new(move |before: Option<u32>| {
        let made = groups.made.get();
        if before.is_some_and(|before| before != made) {
            clear();
        }
        made
    });
    let typed = back.typed;
    let fields = sheet::sheet(sheet, inputs, errors, &replica, &typed);
    view! {
        <form
            class="quick-add"
            node_ref=errors.form
            method="post"
            action="/"
            aria-label=t.add_transaction
            novalidate
            on:submit=submit
            on:keydown=enter
            on:focusin=move |_| offered.look()
            on:input=move |_| {
                refused.set(None);
                draft.keep();
            }
            on:change=move |_| draft.keep()
        >
            {offered.view()}
            // A form that is posted twice before hydration results in one entry.
            <input type="hidden" name="form[id]" value=FactId::new().to_string() />
            // If the session has ended by then, it comes back to this member alone.
            <input type="hidden" name="member" value=replica.me.to_string() />
            {sign(amount, draft, errors)}
            <Field label=t.amount id="add-amount".to_owned() error=message(errors, "amount") class="field-amount">
                <input
                    node_ref=amount
                    class="input num"
                    id="add-amount"
                    name="form[amount]"
                    value=typed.amount
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
            {fields}
            {part(move || refused.get().map(|refused| view! { <p class="form-error" role="alert">{refused}</p> }.into_any()))}
        </form>
    }
    .into_any()
}

/// The transaction that was posted without the program and came back; empty without one.
#[derive(Default)]
struct Back {
    came: bool,
    typed: FactForm,
    fields: Vec<FieldError>,
    sentence: String,
}

impl Back {
    /// Takes it over, once.
    fn take() -> Self {
        let refused =
            use_context::<Opened>().and_then(|opened| opened.refused.try_update_value(Option::take)?);
        refused.map_or_else(Self::default, |RefusedFact { form, error, sentence }| Self {
            came: true,
            typed: form,
            fields: error.map(|error| error.fields().to_vec()).unwrap_or_default(),
            sentence,
        })
    }

    /// What no field shows. Without the program the sheet of a phone is closed, and with it every field but the
    /// amount.
    fn sentence(&self) -> Option<String> {
        let shown = !self.fields.is_empty() && self.fields.iter().all(|error| error.field == "amount");
        (self.came && !shown).then(|| self.sentence.clone())
    }
}

/// The account that this member used last, or the first one.
fn first_center(replica: &Replica) -> Option<String> {
    let me = replica.me;
    let last_center = replica.rows.with_untracked(|rows| {
        // The account that a transfer leads to was not chosen for spending.
        let moves = |fact: &Fact| fact.group.is_some_and(|group| group.kind == GroupKind::Transfer);
        let chosen = |fact: &Fact| fact.created_by == me && !moves(fact);
        rows.all().map(|row| row.fact.get_untracked()).find(chosen)
    });
    replica.centers.with_untracked(|rows| {
        let offered = || rows.iter().filter(|row| !row.center.archived).map(|row| row.center.id);
        let last = last_center.and_then(|fact| offered().find(|id| *id == fact.financial_center_id));
        last.or_else(|| offered().next()).map(|id| id.to_string())
    })
}

/// Shows the refused fields. On the phone all but the amount are visible only in the sheet.
fn show(refused: Vec<FieldError>, errors: Errors, inputs: FactInputs, sheet: Sheet) {
    let select = inputs.article.select.get_untracked();
    if refused.iter().any(|error| error.field == "amount") {
        sheet.close();
    } else if select.is_some_and(|select| select.offset_parent().is_none()) {
        sheet.open();
    }
    errors.refuse(refused);
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        // The message is shown even if the field cannot be focused.
        drop(input.focus());
    }
}
