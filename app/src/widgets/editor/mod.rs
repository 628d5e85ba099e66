//! Editing a transaction in its row.
//!
//! Only the changed fields are sent, so that changes of other members to other fields stay.
//!
//! A browser loads the editor while the page is idle, or when a row is opened before that.

mod conflict;
mod over;
mod sending;
mod typed;

use super::{
    article_choice::ArticleChoice,
    center_choice::center_choice,
    offers,
    quick_add::FactInputs,
    revising::{CurrentRow, RevisionFlow, both_versions, name_of_other, unsaved},
    sign_key::Signed,
};
use crate::{
    domain::{Fact, FactForm, Language},
    live_link::LiveLink,
    outbox::Outbox,
    replica::{Replica, Row, pending::RowState},
    state::{
        editing::Editing,
        kept::Kept,
        language::{use_editing_words, use_language, use_words},
    },
    ui::{
        changing::part,
        choice::event_target_is_select,
        field::{Field, invalid, message},
        focus::is_free,
        program_part::{drawn, program_part},
        select::SelectField,
    },
};
use conflict::{differences, spelled};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    prelude::*,
};
pub(super) use over::RefusedEdit;
use sending::Edit;
use typed::keep_typed;
pub use typed::resume_typed;

/// Draws the editor of a row. If it came late, the person may work elsewhere by now.
type DrawEditor = fn(row: Row, late: bool) -> AnyView;

program_part! {
    /// The editor.
    pub EDITOR: DrawEditor = editor_part in later, |row, late| view! { <Editor row late /> }.into_any()
}

/// The editor of a row. While it is loading, the row is `shown`, with a message below it.
pub fn edited(row: Row, editing: Editing, shown: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    let (t, id, late) = (use_words(), row.id, EDITOR.draw().is_none());
    let framed = move |message| {
        view! {
            {shown()}
            <div class="row-awaited">
                {message}
                <button type="button" class="button button-quiet" on:click=move |_| editing.close(id)>{t.cancel}</button>
            </div>
        }
        .into_any()
    };
    drawn(&EDITOR, framed, move |draw| draw(row.clone(), late))
}

/// The form that replaces the row.
#[component]
fn Editor(
    /// The transaction.
    row: Row,
    /// Whether the person had to wait for it.
    late: bool,
) -> impl IntoView {
    let (Some(replica), Some(editing)) = (use_context::<Replica>(), use_context::<Editing>()) else {
        return ().into_any();
    };
    let t = use_editing_words();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let (id, state) = (row.id, row.state.clone());
    // The unsaved content, if another page was shown meanwhile, with the row as it was then.
    let Kept { opened: shown, typed: first, refusal } = editing.kept(id).unwrap_or_else(|| {
        let opened = row.fact.get_untracked();
        let refused = RefusedEdit::find(&outbox, &replica, id);
        let typed = as_typed(refused.as_ref().map_or(&opened, |edit| &edit.after), use_language());
        Kept { opened, typed, refusal: None }
    });
    let inputs = FactInputs::new(
        ArticleChoice::new(first.article_id.clone(), &replica),
        center_choice(first.financial_center_id.clone(), &replica),
    );
    let edit = Edit::new(&row, (&shown, refusal), inputs, (replica.clone(), outbox, editing));
    let flow = edit.flow;
    replica.edit(id);
    let closing = replica.clone();
    on_cleanup(move || {
        editing.keep_refusal(id, flow.refusal());
        // A row that another member deletes meanwhile stays where its unsaved content is.
        if !editing.keeps(id) {
            closing.stop_editing(id);
        }
    });
    let (me, browser) = (replica.me, use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser);
    let typed = move || {
        // A browser reports a last change while it removes the form.
        if !inputs.amount.is_disposed() {
            let typed = inputs.typed();
            keep_typed(&*browser, me, &shown, &typed);
            editing.keep(shown.clone(), typed);
        }
    };
    let chosen = typed.clone();
    flow.errors.opens(inputs.amount, move |input| !late || is_free(input));
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
        "Escape" => editing.escape(id),
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
    let button = NodeRef::new();
    let choice = choice(edit.clone(), replica.clone());
    view! {
        <form class="editor" node_ref=flow.errors.form aria-label=t.edit_transaction novalidate on:submit=submit on:keydown=keys
            on:input=move |_| {
                typed();
                editing.goes_on();
            }
            on:change=move |_| chosen()>
            {fields(inputs, flow, first, &replica)}
            {part(choice)}
            {flow.said(restore)}
            {part(gone)}
            {unsaved(t.finish_first, editing.asked, button)}
            <div class="editor-buttons">
                <button node_ref=button type="submit" class="button" hidden=flow.hides_save()>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| editing.close(id)>
                    {t.cancel}
                </button>
                <button type="button" class="button button-danger" on:click=move |_| edit.delete()>{t.delete}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The values of a transaction as they are typed.
pub(super) fn as_typed(fact: &Fact, language: Language) -> FactForm {
    FactForm {
        id: None,
        amount: Some(spelled(fact, language)),
        article_id: Some(fact.article_id.to_string()),
        financial_center_id: Some(fact.financial_center_id.to_string()),
        date: Some(fact.date.to_string()),
        comment: Some(fact.comment.to_string()),
        balance: None,
    }
}

/// The fields with their initial values.
fn fields(inputs: FactInputs, flow: RevisionFlow<Fact>, first: FactForm, replica: &Replica) -> AnyView {
    let t = use_words();
    let FactInputs { amount, article, center, date, comment } = inputs;
    let errors = flow.errors;
    let element = move |part: &str| format!("edit-{part}");
    let FactForm { amount: text, date: day, comment: note, .. } = first;
    view! {
        <Field label=t.amount id=element("amount") error=message(errors, "amount") class="field-amount">
            <Signed input=amount>
                <input node_ref=amount class="input num" id=element("amount") inputmode="text" autocomplete="off"
                    value=text aria-describedby="edit-amount-error" aria-invalid=invalid(errors, "amount") />
            </Signed>
        </Field>
        <SelectField choice=*article offer=offers::articles(article, t.choose) label=t.category id="edit-article" errors
            field="article_id" class="field-article" />
        <SelectField choice=center offer=offers::centers(center, replica, None) label=t.account id="edit-center" errors
            field="financial_center_id" class="field-center" />
        <Field label=t.date id=element("date") error=message(errors, "date") class="field-date">
            <input node_ref=date class="input" type="date" id=element("date") value=day
                aria-describedby="edit-date-error" aria-invalid=invalid(errors, "date") />
        </Field>
        <Field label=t.note id=element("comment") error=message(errors, "comment") class="field-comment">
            <input node_ref=comment class="input" id=element("comment") maxlength="500" autocomplete="off"
                value=note aria-describedby="edit-comment-error" aria-invalid=invalid(errors, "comment") />
        </Field>
    }
    .into_any()
}

/// Both versions of the fields that conflict, to choose from.
fn choice(edit: Edit, replica: Replica) -> impl Fn() -> Option<AnyView> + Send + 'static {
    let language = use_language();
    move || {
        let (mine, leaving) = (edit.clone(), edit.clone());
        edit.flow.conflict.get().map(|theirs| {
            let pairs =
                differences(&replica, (&edit.changes().0, &edit.contested(&theirs)), &theirs, language);
            let (over, who) = (theirs.version, name_of_other(&replica, theirs.changed_by()));
            both_versions(who, pairs, move || mine.save_over(over), move || leaving.keep_theirs(&theirs))
        })
    }
}
