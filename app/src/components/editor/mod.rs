//! Editing a transaction in its place.
//!
//! Only the fields that changed are sent: what somebody else changed in the other ones stays.

mod conflict;
mod sending;

use super::{
    choice::event_target_is_select,
    field::{ArticleOptions, CenterOptions, Field, article_choice, center_choice, invalid, message},
    letters::Letters,
    part,
    quick_add::Inputs,
    revising::{Revising, name_of_other},
    sign_key::Signed,
};
use crate::{
    domain::Fact,
    i18n::words::{changed_by, keep_of},
    outbox::Outbox,
    replica::{Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        language::{use_language, use_words},
    },
};
use conflict::{differences, spelled};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};
use sending::Edit;

/// The form in the place of a row.
#[component]
pub fn Editor(
    /// The transaction.
    row: Row,
) -> impl IntoView {
    let (Some(replica), Some(editing)) = (use_context::<Replica>(), use_context::<Editing>()) else {
        return ().into_any();
    };
    let t = use_words();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let (id, state, shown) = (row.id, row.state.clone(), row.fact.get_untracked());
    let inputs = Inputs::new(
        article_choice(Some(shown.article_id.to_string()), &replica),
        center_choice(Some(shown.financial_center_id.to_string()), &replica),
    );
    let edit = Edit::new(id, &shown, inputs, (replica.clone(), outbox, editing));
    let flow = edit.flow;
    replica.edit(id);
    let closing = replica.clone();
    on_cleanup(move || closing.stop_editing(id));
    Effect::new(move || {
        if let Some(input) = inputs.amount.get() {
            // Without the focus the form can still be filled in.
            drop(input.focus());
            input.select();
        }
    });
    let save = {
        let edit = edit.clone();
        move || {
            flow.conflict.set(None);
            edit.save();
        }
    };
    let submit = {
        let save = save.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            save();
        }
    };
    let keys = move |event: KeyboardEvent| match event.key().as_str() {
        // While an answer is awaited nothing can be typed or left that it would close over.
        "Escape" if !flow.busy.get_untracked() => editing.close(id),
        "Enter" if event_target_is_select(&event) => {
            event.prevent_default();
            save();
        }
        _ => {}
    };
    let restore = {
        let edit = edit.clone();
        move || edit.bring_back()
    };
    let gone = move || {
        (state.get() == RowState::Gone && flow.failure.get().is_none())
            .then(|| view! { <p class="form-error" role="status">{t.deleted_meanwhile}</p> }.into_any())
    };
    let asked = move || {
        editing
            .asked
            .get()
            .then(|| view! { <p class="form-error" role="alert">{t.finish_first}</p> }.into_any())
    };
    let choice = choice(edit.clone(), replica.clone(), editing);
    let busy = flow.busy;
    view! {
        <form class="editor" aria-label=t.edit_transaction novalidate on:submit=submit on:keydown=keys
            on:input=move |_| editing.unsaved.set(true)>
            {fields(inputs, flow, &shown, &replica)}
            {part(choice)}
            {flow.said(restore)}
            {part(gone)}
            {part(asked)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=busy>{t.save}</button>
                <button type="button" class="button button-quiet" disabled=busy on:click=move |_| editing.close(id)>
                    {t.cancel}
                </button>
                <button type="button" class="button button-danger" disabled=busy on:click=move |_| edit.delete()>{t.delete}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The fields, with what stands in the row.
fn fields(inputs: Inputs, flow: Revising<Fact>, shown: &Fact, replica: &Replica) -> AnyView {
    let t = use_words();
    let Inputs { amount, article, center, date, comment } = inputs;
    let (errors, busy) = (flow.errors, flow.busy);
    let (articles, centers) = (replica.articles.clone(), replica.centers.clone());
    let element = move |part: &str| format!("edit-{part}");
    let letters = Letters::new(article.select, replica);
    let (text, day, note) =
        (spelled(shown, use_language()), shown.date.to_string(), shown.comment.to_string());
    let (article_id, center_id) = (shown.article_id.to_string(), shown.financial_center_id.to_string());
    view! {
        <Field label=t.amount id=element("amount") error=message(errors, "amount") class="field-amount">
            <Signed input=amount>
                <input node_ref=amount readonly=busy class="input num" id=element("amount") inputmode="text" autocomplete="off"
                    value=text aria-describedby="edit-amount-error" aria-invalid=invalid(errors, "amount") />
            </Signed>
        </Field>
        <Field label=t.category id=element("article") error=message(errors, "article_id") class="field-article">
            <select node_ref=article.select class="input" id=element("article")
                on:keydown=move |event| letters.key(&event) on:blur=move |_| letters.end()
                on:change=move |event| article.choose(event_target_value(&event)) aria-describedby="edit-article-error" aria-invalid=invalid(errors, "article_id")>
                <ArticleOptions articles chosen=Signal::stored(article_id) />
            </select>
            {letters.view()}
        </Field>
        <Field label=t.account id=element("center") error=message(errors, "financial_center_id") class="field-center">
            <select node_ref=center.select class="input" id=element("center")
                on:change=move |event| center.choose(event_target_value(&event)) aria-describedby="edit-center-error" aria-invalid=invalid(errors, "financial_center_id")>
                <CenterOptions centers chosen=Signal::stored(center_id) />
            </select>
        </Field>
        <Field label=t.date id=element("date") error=message(errors, "date") class="field-date">
            <input node_ref=date readonly=busy class="input" type="date" id=element("date") value=day
                aria-describedby="edit-date-error" aria-invalid=invalid(errors, "date") />
        </Field>
        <Field label=t.note id=element("comment") error=message(errors, "comment") class="field-comment">
            <input node_ref=comment readonly=busy class="input" id=element("comment") maxlength="500" autocomplete="off"
                value=note aria-describedby="edit-comment-error" aria-invalid=invalid(errors, "comment") />
        </Field>
    }
    .into_any()
}

/// Both versions, field by field, to choose from.
fn choice(edit: Edit, replica: Replica, editing: Editing) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let (t, language, id) = (use_words(), use_language(), edit.id);
    move || {
        let edit = edit.clone();
        edit.flow.conflict.get().map(|theirs| {
            let pairs = differences(&replica, edit.changes().0, &theirs, language);
            let over = theirs.version;
            let who = name_of_other(&replica, &theirs);
            let keep = keep_of(language, who.as_deref());
            let heading = changed_by(language, who.as_deref());
            view! {
                <div class="conflict" role="alert">
                    <p><b>{heading}</b></p>
                    <table class="conflict-table">
                        <thead><tr><td></td><th scope="col">{who.unwrap_or_else(|| t.theirs.to_owned())}</th><th scope="col">{t.yours}</th></tr></thead>
                        <tbody>
                            {pairs
                                .into_iter()
                                .map(|(field, theirs, mine)| view! {
                                    <tr><th scope="row">{field}</th><td>{theirs}</td><td>{mine}</td></tr>
                                }.into_any())
                                .collect_view()}
                        </tbody>
                    </table>
                    <div class="editor-buttons">
                        <button type="button" class="button" on:click=move |_| edit.save_over(over)>{t.keep_mine}</button>
                        <button type="button" class="button button-quiet" on:click=move |_| editing.close(id)>{keep}</button>
                    </div>
                </div>
            }
            .into_any()
        })
    }
}
