//! Editing a transaction in its place.
//!
//! Only the fields that changed are sent, with the version that was looked at. Where somebody else
//! changed the row meanwhile both values are shown, and the person chooses; no timer decides.

use super::{
    field::{ArticleOptions, CenterOptions, Errors, Field, message},
    part,
    quick_add::{event_target_is_select, keep_choice},
};
use crate::{
    api::facts::{delete_fact, restore_fact, revise_fact},
    domain::{Fact, FactForm, MutationId, money::with_sign_of},
    error::AppError,
    i18n::{
        errors::sentence,
        format::{self, amount},
    },
    pages::{
        today::{Editing, Undo},
        use_language, use_words,
    },
    replica::{Replica, Row},
};
use leptos::{ev::SubmitEvent, html, prelude::*, task::spawn_local};

/// The fields of the form that differ from the fact it was opened with.
fn changed(form: &FactForm, fact: &Fact) -> FactForm {
    let differs = |text: &Option<String>, old: String| text.clone().filter(|text| *text != old);
    FactForm {
        id: None,
        amount: differs(&form.amount, spelled(fact)),
        article_id: differs(&form.article_id, fact.article_id.to_string()),
        financial_center_id: differs(&form.financial_center_id, fact.financial_center_id.to_string()),
        date: differs(&form.date, fact.date.to_string()),
        comment: differs(&form.comment, fact.comment.to_string()),
    }
}

/// The amount with its direction, so that changing its digits does not turn a refund into a purchase.
fn spelled(fact: &Fact) -> String {
    let sign = if fact.amount.is_negative() { "" } else { "+" };
    format!("{sign}{}", fact.amount)
}

/// Which of `mine`, changed over `base`, somebody else changed too.
fn contested(mine: &FactForm, base: &Fact, theirs: &Fact) -> bool {
    (mine.amount.is_some() && theirs.amount != base.amount)
        || (mine.article_id.is_some() && theirs.article_id != base.article_id)
        || (mine.financial_center_id.is_some() && theirs.financial_center_id != base.financial_center_id)
        || (mine.date.is_some() && theirs.date != base.date)
        || (mine.comment.is_some() && theirs.comment != base.comment)
}

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
    let id = row.id;
    // What the person looked at when the form was opened: what differs from it was typed here.
    let base = row.fact.get_untracked();
    // The version that the person has seen of the row; a deletion is asked for again on a newer one.
    let seen = StoredValue::new(base.version);
    let errors: Errors = RwSignal::new(Vec::new());
    let failure = RwSignal::new(None::<AppError>);
    let conflict = RwSignal::new(None::<Fact>);
    let busy = RwSignal::new(false);
    let amount_input = NodeRef::<html::Input>::new();
    let article = NodeRef::<html::Select>::new();
    let center = NodeRef::<html::Select>::new();
    let date = NodeRef::<html::Input>::new();
    let comment = NodeRef::<html::Input>::new();

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

    let article_choice = keep_choice(article, replica.articles.clone());
    let center_choice = keep_choice(center, replica.centers.clone());
    article_choice.set_value(Some(base.article_id.to_string()));
    center_choice.set_value(Some(base.financial_center_id.to_string()));
    let typed = move || {
        let text = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value());
        let choice = |node: NodeRef<html::Select>| node.get_untracked().map(|select| select.value());
        FactForm {
            id: None,
            amount: text(amount_input),
            article_id: choice(article),
            financial_center_id: choice(center),
            date: text(date),
            comment: text(comment),
        }
    };
    let (book, first) = (replica.clone(), base.clone());
    // What was changed here, with the direction of the category where none was typed.
    let mine = {
        let (book, first) = (replica.clone(), base.clone());
        move || {
            let typed = typed();
            let mut form = changed(&typed, &first);
            let article = typed.article_id.unwrap_or_default();
            let kind = book.articles.with_untracked(|rows| {
                rows.iter().find(|row| row.id.to_string() == article).map(|row| row.kind)
            });
            if let (Some(amount), Some(kind)) = (&form.amount, kind) {
                form.amount = Some(with_sign_of(amount, kind));
            }
            form
        }
    };
    // Sends the changes over the version that the person has seen.
    let changes = mine.clone();
    let send = move |version: i64, bring_back: bool| {
        let form = changes();
        if let Err(refused) = form.revision() {
            errors.set(refused);
            return;
        }
        if form == FactForm::default() && !bring_back {
            editing.close(id);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        busy.set(true);
        editing.unsaved.set(true);
        let (replica, first) = (book.clone(), first.clone());
        spawn_local(async move {
            let mut version = Some(version);
            if bring_back {
                match restore_fact(id, Some(MutationId::new())).await {
                    Ok(restored) => version = Some(restored.value.version),
                    Err(error) => {
                        busy.set(false);
                        failure.set(Some(error));
                        return;
                    }
                }
            }
            let answer = loop {
                let answer = revise_fact(id, version, Some(MutationId::new()), form.clone()).await;
                let Err(AppError::Stale { current }) = answer else { break answer };
                match serde_json::from_str::<Fact>(&current) {
                    // They changed other fields than we did: both changes stand.
                    Ok(theirs) if !contested(&form, &first, &theirs) => version = Some(theirs.version),
                    Ok(theirs) => {
                        busy.set(false);
                        conflict.set(Some(theirs));
                        return;
                    }
                    Err(_) => break Err(AppError::Internal),
                }
            };
            busy.set(false);
            match answer {
                Ok(written) => {
                    editing.close(id);
                    replica.written(written.value, written.position.seq);
                }
                Err(AppError::Invalid { errors: refused }) => errors.set(refused),
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    let submit = {
        let send = send.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
            conflict.set(None);
            send(base_version, false);
        }
    };
    let book = replica.clone();
    let delete = move |_| {
        let (replica, version) = (book.clone(), seen.get_value());
        busy.set(true);
        failure.set(None);
        spawn_local(async move {
            let answer = delete_fact(id, Some(version), Some(MutationId::new())).await;
            busy.set(false);
            match answer {
                Ok(written) => {
                    editing.close(id);
                    replica.stop_editing(id);
                    replica.hide(id, Some(written.position.seq));
                    undo.offer(id);
                }
                Err(AppError::Stale { current }) => {
                    // Said once, with what stands there now; whoever then still deletes means it.
                    if let Ok(current) = serde_json::from_str::<Fact>(&current) {
                        _ = seen.try_set_value(current.version);
                    }
                    failure.set(Some(AppError::Stale { current }));
                }
                Err(error) => failure.set(Some(error)),
            }
        });
    };
    let from_list = send.clone();
    let keys = move |event: leptos::ev::KeyboardEvent| match event.key().as_str() {
        "Escape" => editing.close(id),
        "Enter" if event_target_is_select(&event) => {
            event.prevent_default();
            conflict.set(None);
            from_list(base_version, false);
        }
        _ => {}
    };
    let (fact, amount_text) = (base.clone(), spelled(&base));
    let names = replica.clone();
    let again = send.clone();
    let choice = move || {
        let (names, again) = (names.clone(), again.clone());
        conflict.get().map(|theirs| {
            let pairs = differences(&names, mine(), &theirs, language);
            let over = theirs.version;
            view! {
                <div class="conflict" role="alert">
                    <p><b>{t.changed_meanwhile}</b></p>
                    <table class="conflict-table">
                        <thead><tr><td></td><th scope="col">{t.theirs}</th><th scope="col">{t.yours}</th></tr></thead>
                        <tbody>
                            {pairs
                                .into_iter()
                                .map(|(field, theirs, mine)| view! {
                                    <tr><th scope="row">{field}</th><td>{theirs}</td><td>{mine}</td></tr>
                                })
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
                            {t.keep_theirs}
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
                }
            });
            view! { <div class="form-error" role="alert"><p>{text}</p>{restore}</div> }
        })
    };
    let gone = row.state.clone();
    let gone = move || {
        (gone.get() == crate::replica::pending::RowState::Gone && failure.get().is_none())
            .then(|| view! { <p class="form-error" role="status">{t.deleted_meanwhile}</p> })
    };
    let asked = move || {
        editing.asked.get().then(|| view! { <p class="form-error" role="alert">{t.finish_first}</p> })
    };
    let (articles, centers) = (replica.articles.clone(), replica.centers.clone());
    let element = move |part: &str| format!("edit-{part}");
    view! {
        <form class="editor" aria-label=t.edit_transaction novalidate on:submit=submit on:keydown=keys
            on:input=move |_| editing.unsaved.set(true)>
            <Field label=t.amount id=element("amount") error=message(errors, "amount") class="field-amount">
                <input node_ref=amount_input class="input num" id=element("amount") inputmode="text" autocomplete="off"
                    value=amount_text aria-describedby="edit-amount-error" />
            </Field>
            <Field label=t.category id=element("article") error=message(errors, "article_id") class="field-article">
                <select node_ref=article class="input" id=element("article")
                    on:change=move |event| article_choice.set_value(Some(event_target_value(&event))) aria-describedby="edit-article-error">
                    <ArticleOptions articles chosen=Signal::stored(fact.article_id.to_string()) />
                </select>
            </Field>
            <Field label=t.account id=element("center") error=message(errors, "financial_center_id") class="field-center">
                <select node_ref=center class="input" id=element("center")
                    on:change=move |event| center_choice.set_value(Some(event_target_value(&event))) aria-describedby="edit-center-error">
                    <CenterOptions centers chosen=Signal::stored(fact.financial_center_id.to_string()) />
                </select>
            </Field>
            <Field label=t.date id=element("date") error=message(errors, "date") class="field-date">
                <input node_ref=date class="input" type="date" id=element("date") value=fact.date.to_string()
                    aria-describedby="edit-date-error" />
            </Field>
            <Field label=t.note id=element("comment") error=message(errors, "comment") class="field-comment">
                <input node_ref=comment class="input" id=element("comment") maxlength="500" autocomplete="off"
                    value=fact.comment.to_string() aria-describedby="edit-comment-error" />
            </Field>
            {part(choice)}
            {part(problem)}
            {part(gone)}
            {part(asked)}
            <div class="editor-buttons">
                <button type="submit" class="button" disabled=busy>{t.save}</button>
                <button type="button" class="button button-quiet" on:click=move |_| editing.close(id)>{t.cancel}</button>
                <button type="button" class="button button-danger" disabled=busy on:click=delete>{t.delete}</button>
            </div>
        </form>
    }
    .into_any()
}

/// The name of a field, what was typed if that differs, what stands there, and how it is shown.
type Difference<'a> = (&'static str, Option<String>, String, &'a dyn Fn(&str) -> String);

/// The fields in which what was typed differs from what is there now: name, theirs, mine.
fn differences(
    replica: &Replica,
    mine: FactForm,
    theirs: &Fact,
    language: crate::domain::Language,
) -> Vec<(&'static str, String, String)> {
    let t = crate::i18n::words(language);
    let article = |id: &str| {
        replica.articles.with_untracked(|rows| {
            rows.iter()
                .find(|row| row.id.to_string() == id)
                .map_or_else(|| id.to_owned(), |row| row.name.to_string())
        })
    };
    let center = |id: &str| {
        replica.centers.with_untracked(|rows| {
            let row = rows.iter().find(|row| row.center.id.to_string() == id);
            row.map_or_else(|| id.to_owned(), |row| row.center.name.to_string())
        })
    };
    let money = |text: &str| {
        let currency = replica.currency_of(theirs.financial_center_id);
        let money = currency.and_then(|currency| crate::domain::Money::parse(text, currency).ok());
        money.map_or_else(|| text.to_owned(), |money| amount(money, language))
    };
    let day = |text: &str| {
        let today = replica.today.get_untracked();
        text.parse().map_or_else(|_| text.to_owned(), |day| format::day(day, today, language))
    };
    let same = |text: &str| text.to_owned();
    let rows: [Difference<'_>; 5] = [
        (t.amount, mine.amount, theirs.amount.to_string(), &money),
        (t.category, mine.article_id, theirs.article_id.to_string(), &article),
        (t.account, mine.financial_center_id, theirs.financial_center_id.to_string(), &center),
        (t.date, mine.date, theirs.date.to_string(), &day),
        (t.note, mine.comment, theirs.comment.to_string(), &same),
    ];
    rows.into_iter()
        .filter_map(|(field, mine, theirs, show)| mine.map(|mine| (field, show(&theirs), show(&mine))))
        .collect()
}
