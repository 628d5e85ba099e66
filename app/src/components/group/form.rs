//! The form in the dialog.

use super::{
    entering::{Entering, kept},
    fields::fields,
    inputs::{Inputs, initial},
    open_dialog::OpenDialog,
    shown,
};
use crate::{
    components::{part, revising::name_of_other, text},
    domain::GroupKind,
    error::AppError,
    i18n::{
        errors::whole_sentence,
        words::{changed_by, keep_of},
    },
    replica::Replica,
    state::{
        groups::Target,
        language::{use_language, use_words},
    },
};
use leptos::{ev::SubmitEvent, prelude::*};

#[component]
pub(super) fn Form(target: Target, replica: Replica, open: OpenDialog) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let first = initial(&target, kept(&replica), language);
    let row = match &target {
        Target::Row(row) => Some(row.clone()),
        Target::New(..) => None,
    };
    if let Some(row) = &row {
        replica.edit(row.id);
        let (closing, id) = (replica.clone(), row.id);
        on_cleanup(move || closing.stop_editing(id));
    }
    let inputs = Inputs::new(&first, &replica);
    let kind = first.kind();
    let this = Entering::new(kind, row.as_ref(), inputs, (replica, open));
    Effect::new(move || {
        if let Some(input) = inputs.amount.get() {
            // Without the focus the form can still be filled in.
            drop(input.focus());
            input.select();
        }
    });
    let busy = this.flow.busy;
    let submit = {
        let this = this.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            this.save(None);
        }
    };
    let (typed, chosen, cancelled) = (this.clone(), this.clone(), this.clone());
    let restore = {
        let this = this.clone();
        move || this.bring_back()
    };
    let remove = this.id.map(|_| {
        let this = this.clone();
        view! { <button type="button" class="button button-danger" disabled=busy on:click=move |_| this.delete()>{t.delete}</button> }
            .into_any()
    });
    let class = match kind {
        GroupKind::Transfer => "group-form",
        GroupKind::Split => "group-form is-split",
    };
    view! {
        <form class=class novalidate on:submit=submit on:input=move |_| typed.typed() on:change=move |_| chosen.typed()>
            {fields(&this, first)}
            {part(choice(this.clone()))}
            {this.flow.said(restore)}
            <p class="form-error" role="alert">{text(move || unsaid(&this).unwrap_or_default())}</p>
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=busy>{if row.is_some() { t.save } else { t.add }}</button>
                <button type="button" class="button button-quiet" disabled=busy on:click=move |_| cancelled.finish()>{t.cancel}</button>
                {remove}
            </div>
        </form>
    }
    .into_any()
}

/// The version of somebody else, to choose from.
fn choice(this: Entering) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let (t, language, kind) = (use_words(), this.language, this.kind);
    move || {
        let (this, leaving) = (this.clone(), this.clone());
        this.flow.conflict.get().map(|theirs| {
            let replica = &this.replica;
            let who = theirs.facts.first().and_then(|fact| name_of_other(replica, fact));
            let (title, figure) = (
                shown::title(replica, kind, &theirs.facts).unwrap_or_default(),
                shown::figure(replica, kind, &theirs.facts, language).unwrap_or_default(),
            );
            // All of it, so that nothing of theirs is undone unseen.
            let details = shown::whole(replica, kind, &theirs.facts, language);
            let heading = changed_by(language, who.as_deref());
            view! {
                <div class="conflict" role="alert">
                    <p><b>{heading}</b></p>
                    <p>{title} " " <span class="num">{figure}</span></p>
                    <p>{details}</p>
                    <div class="editor-buttons">
                        <button type="button" class="button" on:click=move |_| this.save(Some(&theirs))>{t.keep_mine}</button>
                        <button type="button" class="button button-quiet" on:click=move |_| leaving.finish()>{keep_of(language, who.as_deref())}</button>
                    </div>
                </div>
            }
            .into_any()
        })
    }
}

/// What no field of the screen says.
fn unsaid(this: &Entering) -> Option<String> {
    const FIELDS: [&str; 7] = [
        "amount",
        "to_amount",
        "financial_center_id",
        "from_financial_center_id",
        "to_financial_center_id",
        "date",
        "comment",
    ];
    this.flow.errors.with(|errors| {
        let said = |field: &str| FIELDS.contains(&field) || field.starts_with("parts.");
        let errors: Vec<_> = errors.iter().filter(|error| !said(&error.field)).cloned().collect();
        (!errors.is_empty()).then(|| whole_sentence(&AppError::Invalid { errors }, this.language))
    })
}
