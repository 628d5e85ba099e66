//! Editing a transaction in its place.
//!
//! Only the fields that changed are sent, with the version that was looked at. Where somebody else
//! changed the row meanwhile both values are shown, and the person chooses; no timer decides.

mod conflict;

use super::{
    choice::event_target_is_select,
    field::{ArticleOptions, CenterOptions, Errors, Field, article_choice, center_choice, invalid, message},
    letters::Letters,
    part,
    quick_add::{self, Inputs, provisional},
    sign_key::Signed,
};
use crate::{
    command::Command,
    domain::{Fact, FactForm, FieldError, arithmetic::plainly},
    error::AppError,
    i18n::{
        errors::sentence,
        format::signed,
        words::{changed_by, delete_changed, keep_of},
    },
    outbox::{Heard, Outbox},
    pages::{
        today::{Editing, Undo},
        use_language, use_words,
    },
    replica::{Replica, Row, pending::RowState},
};
pub use conflict::name_of_other;
use conflict::{changed, differences, spelled};
use leptos::{ev::SubmitEvent, prelude::*};

/// The form in the place of a row.
#[component]
pub fn Editor(
    /// The transaction.
    row: Row,
) -> impl IntoView {
    let (Some(replica), Some(editing), Some(undo)) =
        (use_context::<Replica>(), use_context::<Editing>(), use_context::<Undo>())
    else {
        return ().into_any();
    };
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let id = row.id;
    let shown = row.fact.get_untracked();
    // What the person looked at when the form was opened: what differs from it was typed here. Of a change that the
    // server has refused the form shows the change.
    let held = outbox.refused(id);
    let base = held.as_ref().and_then(|held| held.seen.first()).unwrap_or(&shown).clone();
    // The version that the person has seen of the row; a deletion is asked for again on a newer one.
    let seen = StoredValue::new(base.version);
    let errors: Errors = RwSignal::new(Vec::new());
    let failure = RwSignal::new(None::<AppError>);
    // Somebody changed what is about to be deleted: said once.
    let warning = RwSignal::new(None::<String>);
    let conflict = RwSignal::new(None::<Fact>);
    match held.map(|held| held.error) {
        Some(AppError::Stale { current }) => conflict.set(serde_json::from_str(&current).ok()),
        Some(AppError::Invalid { errors: refused }) => errors.set(refused),
        Some(AppError::Gone) => failure.set(Some(AppError::Gone)),
        // The row has said it.
        _ => {}
    }
    let busy = RwSignal::new(false);
    let inputs = Inputs::new(
        article_choice(Some(shown.article_id.to_string()), &replica),
        center_choice(Some(shown.financial_center_id.to_string()), &replica),
    );
    let Inputs { amount: amount_input, article, center, date, comment } = inputs;

    let base_version = base.version;
    replica.edit(id);
    let closing = replica.clone();
    on_cleanup(move || closing.stop_editing(id));
    Effect::new(move || {
        if let Some(input) = amount_input.get() {
            // Without the focus the form can still be filled in.
            drop(input.focus());
            input.select();
        }
    });

    let typed = move || inputs.typed();
    let book = replica.clone();
    // A change that was refused since then is what is corrected.
    let original = {
        let (outbox, base) = (outbox.clone(), base.clone());
        move || {
            let held = outbox.refused(id).and_then(|held| held.seen.into_iter().next());
            held.unwrap_or_else(|| base.clone())
        }
    };
    let first = original.clone();
    // What was changed here, with the direction of the category where none was typed, and why an amount is
    // refused.
    let mine = {
        let (book, original) = (replica.clone(), original.clone());
        move || {
            let typed = typed();
            let mut form = changed(&typed, &original(), language);
            let article = typed.article_id.unwrap_or_default();
            let kind = book.articles.with_untracked(|rows| {
                rows.iter().find(|row| row.id.to_string() == article).map(|row| row.kind)
            });
            let center = typed.financial_center_id.and_then(|id| id.parse().ok());
            let currency = center.and_then(|center| book.currency_of(center));
            let mut refused = Vec::new();
            if let (Some(amount), Some(currency)) = (&form.amount, currency) {
                match plainly(amount, kind, currency, language) {
                    Ok(plain) => form.amount = Some(plain),
                    Err(error) => {
                        refused.push(FieldError { field: "amount".to_owned(), reason: error.into() });
                    }
                }
            }
            (form, refused)
        }
    };
    // Sends the changes over the version that the person has seen. What has no answer at once goes on without
    // the form.
    let close = {
        let replica = replica.clone();
        move || {
            // First to its new place, then back to a row: the focus goes with it.
            replica.stop_editing(id);
            editing.close(id);
        }
    };
    let changes = mine.clone();
    let sends = outbox.clone();
    let send = move |version: i64, bring_back: bool| {
        let held = sends.refused(id);
        if held.as_ref().is_some_and(|held| held.is_new) {
            // It was never written: it is sent as new again.
            let form = FactForm { id: Some(id.to_string()), ..typed() };
            match provisional(&book, &form, language).and_then(|fact| quick_add::send(&sends, &fact)) {
                Ok(()) => close(),
                Err(refused) => errors.set(refused),
            }
            return;
        }
        let (form, refused) = changes();
        if let Err(refused) = form.revision().and_then(|_| refused.is_empty().then_some(()).ok_or(refused)) {
            errors.set(refused);
            return;
        }
        if form == FactForm::default() && !bring_back {
            sends.discard(id);
            editing.close(id);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        warning.set(None);
        busy.set(true);
        editing.unsaved.set(true);
        if bring_back {
            let heard = move |heard| match heard {
                Heard::Refused(error) => refuse(busy, failure, error),
                Heard::Done | Heard::Late => true,
            };
            // It has no fields that could be refused.
            drop(sends.send(Command::RestoreFact { id }, None, Vec::new(), Some(Box::new(heard))));
        }
        let close = close.clone();
        let heard = move |heard| match heard {
            Heard::Done | Heard::Late => {
                if !busy.is_disposed() {
                    busy.set(false);
                    close();
                }
                true
            }
            // Somebody else changed the same fields.
            Heard::Refused(AppError::Stale { current }) => match serde_json::from_str::<Fact>(&current) {
                Ok(theirs) if !busy.is_disposed() => {
                    busy.set(false);
                    conflict.set(Some(theirs));
                    true
                }
                _ => refuse(busy, failure, AppError::Internal),
            },
            Heard::Refused(AppError::Invalid { errors: refused }) if !busy.is_disposed() => {
                busy.set(false);
                errors.set(refused);
                true
            }
            Heard::Refused(error) => refuse(busy, failure, error),
        };
        let command = Command::ReviseFact { id, form };
        if let Err(refused) = sends.send(command, Some(version), vec![first()], Some(Box::new(heard))) {
            busy.set(false);
            errors.set(refused);
        }
    };
    let submit = {
        let send = send.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            conflict.set(None);
            send(base_version, false);
        }
    };
    let (book, sends) = (replica.clone(), outbox.clone());
    let delete = move |_| {
        let (replica, version) = (book.clone(), seen.get_value());
        let left = replica.clone();
        let leave = move || {
            editing.leave(id);
            left.stop_editing(id);
        };
        if sends.refused(id).is_some_and(|held| held.is_new) {
            leave();
            sends.discard(id);
            return;
        }
        busy.set(true);
        failure.set(None);
        warning.set(None);
        let heard = move |heard| match heard {
            Heard::Done | Heard::Late => {
                if !busy.is_disposed() {
                    leave();
                    undo.offer(id, None);
                }
                true
            }
            Heard::Refused(AppError::Stale { current }) => match serde_json::from_str::<Fact>(&current) {
                // Warns once and shows the current version; a second Delete goes ahead.
                Ok(current) if !busy.is_disposed() => {
                    busy.set(false);
                    seen.set_value(current.version);
                    let now = signed(current.amount, language);
                    let who = name_of_other(&replica, &current);
                    warning.set(Some(delete_changed(language, who.as_deref(), &now)));
                    true
                }
                _ => refuse(busy, failure, AppError::Internal),
            },
            Heard::Refused(error) => refuse(busy, failure, error),
        };
        let command = Command::DeleteFact { id };
        // It has no fields that could be refused.
        drop(sends.send(command, Some(version), vec![original()], Some(Box::new(heard))));
    };
    let from_list = send.clone();
    let keys = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        // While an answer is awaited nothing can be typed or left that it would close over.
        "Escape" if !busy.get_untracked() => editing.close(id),
        "Enter" if event_target_is_select(&event) => {
            event.prevent_default();
            conflict.set(None);
            from_list(base_version, false);
        }
        _ => {}
    };
    let (fact, amount_text) = (shown.clone(), spelled(&shown, language));
    let names = replica.clone();
    let again = send.clone();
    let choice = move || {
        let (names, again) = (names.clone(), again.clone());
        conflict.get().map(|theirs| {
            let pairs = differences(&names, mine().0, &theirs, language);
            let over = theirs.version;
            let who = name_of_other(&names, &theirs);
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
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| {
                                conflict.set(None);
                                again(over, false);
                            }
                        >
                            {t.keep_mine}
                        </button>
                        <button type="button" class="button button-quiet" on:click=move |_| editing.close(id)>
                            {keep}
                        </button>
                    </div>
                </div>
            }
        })
    };
    let problem = move || {
        let bring_back = send.clone();
        failure.get().map(|error| {
            let gone = error == AppError::Gone;
            let text = if gone { t.deleted_meanwhile.to_owned() } else { sentence(&error, language) };
            let restore = gone.then(|| {
                view! {
                    <button type="button" class="button button-quiet" on:click=move |_| bring_back(base_version, true)>
                        {t.keep_mine}
                    </button>
                }.into_any()
            });
            view! { <div class="form-error" role="alert"><p>{text}</p>{restore}</div> }
        })
    };
    let warned =
        move || warning.get().map(|text| view! { <p class="form-error" role="alert">{text}</p> }.into_any());
    let gone = row.state.clone();
    let gone = move || {
        (gone.get() == RowState::Gone && failure.get().is_none())
            .then(|| view! { <p class="form-error" role="status">{t.deleted_meanwhile}</p> }.into_any())
    };
    let asked = move || {
        editing
            .asked
            .get()
            .then(|| view! { <p class="form-error" role="alert">{t.finish_first}</p> }.into_any())
    };
    let (articles, centers) = (replica.articles.clone(), replica.centers.clone());
    let element = move |part: &str| format!("edit-{part}");
    let letters = Letters::new(article.select, &replica);
    view! {
        <form class="editor" aria-label=t.edit_transaction novalidate on:submit=submit on:keydown=keys
            on:input=move |_| editing.unsaved.set(true)>
            <Field label=t.amount id=element("amount") error=message(errors, "amount") class="field-amount">
                <Signed input=amount_input>
                    <input node_ref=amount_input readonly=busy class="input num" id=element("amount") inputmode="text" autocomplete="off"
                        value=amount_text aria-describedby="edit-amount-error" aria-invalid=invalid(errors, "amount") />
                </Signed>
            </Field>
            <Field label=t.category id=element("article") error=message(errors, "article_id") class="field-article">
                <select node_ref=article.select class="input" id=element("article")
                    on:keydown=move |event| letters.key(&event) on:blur=move |_| letters.end()
                    on:change=move |event| article.choose(event_target_value(&event)) aria-describedby="edit-article-error" aria-invalid=invalid(errors, "article_id")>
                    <ArticleOptions articles chosen=Signal::stored(fact.article_id.to_string()) />
                </select>
                {letters.view()}
            </Field>
            <Field label=t.account id=element("center") error=message(errors, "financial_center_id") class="field-center">
                <select node_ref=center.select class="input" id=element("center")
                    on:change=move |event| center.choose(event_target_value(&event)) aria-describedby="edit-center-error" aria-invalid=invalid(errors, "financial_center_id")>
                    <CenterOptions centers chosen=Signal::stored(fact.financial_center_id.to_string()) />
                </select>
            </Field>
            <Field label=t.date id=element("date") error=message(errors, "date") class="field-date">
                <input node_ref=date readonly=busy class="input" type="date" id=element("date") value=fact.date.to_string()
                    aria-describedby="edit-date-error" aria-invalid=invalid(errors, "date") />
            </Field>
            <Field label=t.note id=element("comment") error=message(errors, "comment") class="field-comment">
                <input node_ref=comment readonly=busy class="input" id=element("comment") maxlength="500" autocomplete="off"
                    value=fact.comment.to_string() aria-describedby="edit-comment-error" aria-invalid=invalid(errors, "comment") />
            </Field>
            {part(choice)}
            {part(problem)}
            {part(warned)}
            {part(gone)}
            {part(asked)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=busy>{t.save}</button>
                <button type="button" class="button button-quiet" disabled=busy on:click=move |_| editing.close(id)>
                    {t.cancel}
                </button>
                <button type="button" class="button button-danger" disabled=busy on:click=delete>{t.delete}</button>
            </div>
        </form>
    }
    .into_any()
}

/// Says in the form why the server has said no; false when the form is gone.
pub fn refuse(busy: RwSignal<bool>, failure: RwSignal<Option<AppError>>, error: AppError) -> bool {
    let there = !busy.is_disposed();
    if there {
        busy.set(false);
        failure.set(Some(error));
    }
    there
}
