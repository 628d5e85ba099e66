//! The form in the dialog.

use super::{
    entering::{Entering, kept},
    fields::fields,
    inputs::{GroupInputs, initial},
    open_dialog::OpenDialog,
    shown,
};
use crate::{
    domain::GroupKind,
    error::AppError,
    i18n::{
        editing_words::{changed_by, keep_of},
        errors::whole_sentence,
    },
    replica::{Replica, pending::RowState},
    state::{
        groups::{DialogTarget, Groups},
        kept::Kept,
        language::{use_editing_words, use_language},
    },
    ui::changing::{part, text},
    widgets::revising::{CurrentRow, name_of_other, unsaved},
};
use leptos::{ev::SubmitEvent, prelude::*};

#[component]
pub(super) fn Form(target: DialogTarget, replica: Replica, open: OpenDialog) -> impl IntoView {
    let (t, language) = (use_editing_words(), use_language());
    let row = match &target {
        DialogTarget::Row(row) => Some(row.clone()),
        DialogTarget::New(..) => None,
    };
    let groups = use_context::<Groups>().unwrap_or_default();
    // The unsaved content, if another page was shown meanwhile, with the row as it was then.
    let (opened, first, refusal) = match row.as_ref().and_then(|row| groups.kept(row.id)) {
        Some(Kept { opened, typed, refusal }) => (Some(opened), typed, refusal),
        None => (None, initial(&target, kept(&replica), &use_context().unwrap_or_default(), language), None),
    };
    let inputs = GroupInputs::new(&first, &replica);
    let kind = first.kind();
    let this = Entering::new(kind, row.as_ref(), (opened, refusal), inputs, (replica.clone(), open));
    if let Some(row) = &row {
        replica.edit(row.id);
        let (id, flow) = (row.id, this.flow);
        on_cleanup(move || {
            groups.keep_refusal(flow.refusal());
            // A row that another member deletes meanwhile stays where its unsaved content is.
            if groups.kept(id).is_none() {
                replica.stop_editing(id);
            }
        });
    }
    let errors = this.flow.errors;
    errors.opens(inputs.amount, |_| true);
    let submit = {
        let this = this.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            this.save(None);
        }
    };
    let (state, failure) = (row.as_ref().map(|row| row.state.clone()), this.flow.failure);
    let gone = move || {
        let gone = state.as_ref().is_some_and(|state| state.get() == RowState::Gone);
        (gone && failure.get().is_none())
            .then(|| view! { <p class="form-error" role="status">{t.deleted_meanwhile}</p> }.into_any())
    };
    let (typed, chosen, cancelled) = (this.clone(), this.clone(), this.clone());
    let restore = {
        let this = this.clone();
        move || this.bring_back()
    };
    let remove = this.id.map(|_| {
        let this = this.clone();
        view! { <button type="button" class="button button-danger" on:click=move |_| this.delete()>{t.delete}</button> }
            .into_any()
    });
    let button = NodeRef::new();
    let hides_save = this.flow.hides_save();
    let (word, unfinished) = if row.is_some() { (t.save, t.finish_first) } else { (t.add, t.add_first) };
    let class = match kind {
        GroupKind::Transfer => "group-form",
        GroupKind::Split => "group-form is-split",
    };
    view! {
        <form class=class node_ref=errors.form novalidate on:submit=submit on:input=move |_| {
                typed.typed();
                open.goes_on();
            }
            on:change=move |_| chosen.typed()>
            {fields(&this, first)}
            {part(choice(this.clone()))}
            {this.flow.said(restore)}
            {part(gone)}
            <p class="form-error" role="alert">{text(move || unsaid(&this).unwrap_or_default())}</p>
            {unsaved(unfinished, open.asked, button)}
            <div class="editor-buttons">
                <button node_ref=button type="submit" class="button" hidden=hides_save>{word}</button>
                <button type="button" class="button button-quiet" on:click=move |_| cancelled.finish()>{t.cancel}</button>
                {remove}
            </div>
        </form>
    }
    .into_any()
}

/// The version of another member, to choose from.
fn choice(this: Entering) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let (t, language, kind) = (use_editing_words(), this.language, this.kind);
    move || {
        let (this, leaving) = (this.clone(), this.clone());
        this.flow.conflict.get().map(|theirs| {
            let replica = &this.replica;
            let who = name_of_other(replica, theirs.changed_by());
            let (title, figure) = (
                shown::title(replica, kind, &theirs.facts).unwrap_or_default(),
                shown::figure(replica, kind, &theirs.facts, language).unwrap_or_default(),
            );
            // Completely, so that no change of the other member is undone unseen.
            let details = shown::whole(replica, kind, &theirs.facts, language);
            let heading = changed_by(language, who.as_deref());
            view! {
                <div class="conflict" role="alert" tabindex="-1">
                    <p><b>{heading}</b></p>
                    <p>{title} " " <span class="num">{figure}</span></p>
                    <p>{details}</p>
                    <div class="editor-buttons">
                        <button type="button" class="button" on:click=move |_| this.save(Some(&theirs))>{t.keep_mine}</button>
                        <button type="button" class="button button-quiet" on:click=move |_| leaving.keep_theirs()>{keep_of(language, who.as_deref())}</button>
                    </div>
                </div>
            }
            .into_any()
        })
    }
}

/// The refusals of fields that are not on the screen.
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
