//! The form that is used fifty times a week: amount, category, Enter.
//!
//! The inputs keep their own text: what is typed before the program has arrived in the browser is not
//! lost. Without the program the form posts and the page comes back with the new row.

use super::{
    field::{ArticleOptions, CenterOptions, Errors, Field, invalid, message},
    post_form::Posting,
    text,
};
use crate::{
    api::facts::{RecordFact, record_fact, revise_fact},
    domain::{
        Day, Fact, FactForm, FactId, FieldError, Instant, Money, MutationId, NewFact, money::with_sign_of,
    },
    error::AppError,
    i18n::errors::whole_sentence,
    pages::{Opened, use_language, use_words},
    replica::Replica,
};
use leptos::{
    ev::{KeyboardEvent, SubmitEvent},
    html,
    prelude::*,
    server_fn::ServerFn,
    task::spawn_local,
};

/// Sends an entry that is on the screen already, and settles or refuses it.
pub fn send(replica: &Replica, fact: Fact, form: FactForm) {
    let replica = replica.clone();
    replica.sending(fact.clone());
    spawn_local(async move {
        let mut answer = record_fact(form.clone()).await;
        if matches!(answer, Err(AppError::IdempotencyKeyReused)) {
            // It was written after all, only its answer was lost, and what is sent now is a correction.
            let correction = FactForm { id: None, ..form };
            answer = revise_fact(fact.id, Some(1), Some(MutationId::new()), correction).await;
        }
        match answer {
            Ok(written) => replica.written(written.value, written.position.seq),
            Err(error) => replica.refused(fact.id, error),
        }
    });
}

/// The entry as the form of a new fact, with its direction spelled out.
#[must_use]
pub fn form_of(fact: &Fact) -> FactForm {
    let sign = if fact.amount.is_negative() { "" } else { "+" };
    FactForm {
        id: Some(fact.id.to_string()),
        amount: Some(format!("{sign}{}", fact.amount)),
        article_id: Some(fact.article_id.to_string()),
        financial_center_id: Some(fact.financial_center_id.to_string()),
        date: Some(fact.date.to_string()),
        comment: Some(fact.comment.to_string()),
    }
}

/// The row to be, as it will most likely be written.
pub fn provisional(replica: &Replica, form: &FactForm) -> Result<Fact, Vec<FieldError>> {
    let NewFact { id, amount, article_id, financial_center_id, date, comment } = form.new_fact()?;
    let field = |name: &str, reason| vec![FieldError { field: name.to_owned(), reason }];
    let currency = replica
        .currency_of(financial_center_id)
        .ok_or_else(|| field("financial_center_id", crate::domain::Reason::NotFound))?;
    let kind = replica
        .articles
        .with_untracked(|rows| rows.iter().find(|row| row.id == article_id).map(|row| row.kind));
    let kind = kind.ok_or_else(|| field("article_id", crate::domain::Reason::NotFound))?;
    let amount = Money::parse_entry(&with_sign_of(&amount, kind), currency)
        .map_err(|error| field("amount", error.into()))?;
    let nobody_knows_yet = Instant::from_millis(0);
    Ok(Fact {
        id,
        amount,
        article_id,
        financial_center_id,
        date: date.unwrap_or_else(|| replica.today.get_untracked()),
        comment,
        group: None,
        version: 0,
        // Above everything of its day until the log gives it a number.
        created_seq: i64::MAX,
        created_by: replica.me,
        updated_by: replica.me,
        created_at: nobody_knows_yet,
        updated_at: nobody_knows_yet,
    })
}

/// The form.
#[component]
pub fn QuickAdd() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let errors: Errors = RwSignal::new(Vec::new());
    let expanded = RwSignal::new(false);
    let amount = NodeRef::<html::Input>::new();
    let article = NodeRef::<html::Select>::new();
    let center = NodeRef::<html::Select>::new();
    let date = NodeRef::<html::Input>::new();
    let comment = NodeRef::<html::Input>::new();
    // What a plain post was refused for stands in the address after the redirect.
    let plain = Posting::to::<RecordFact>().refusal;
    let refused = move || plain.with(|error| error.as_ref().map(|error| whole_sentence(error, language)));
    let (article_choice, center_choice) =
        (keep_choice(article, replica.articles.clone()), keep_choice(center, replica.centers.clone()));
    let book = replica.clone();
    let typed = move || {
        let text = |node: NodeRef<html::Input>| node.get_untracked().map(|input| input.value());
        let choice = |node: NodeRef<html::Select>| node.get_untracked().map(|select| select.value());
        FactForm {
            id: None,
            amount: text(amount),
            article_id: choice(article),
            financial_center_id: choice(center),
            date: text(date),
            comment: text(comment),
        }
    };
    // What is typed and not added yet stands above the pages, so that a look at another one loses nothing.
    let draft = use_context::<Opened>().unwrap_or_default().draft;
    // Not the day of today, which goes on.
    let (days, first_day) = (replica.today.clone(), replica.today.get_untracked());
    let keep = StoredValue::new(move || {
        let form = typed();
        let today = [first_day, days.get_untracked()].map(|day| day.to_string());
        draft.set_value(FactForm { date: form.date.filter(|date| !today.contains(date)), ..form });
    });
    let keep = move || keep.with_value(|keep| keep());
    // Back from another page: what was typed here before.
    Effect::new(move || {
        if amount.get().is_none() {
            return;
        }
        let kept = draft.get_value();
        for (node, text) in [(amount, kept.amount), (date, kept.date), (comment, kept.comment)] {
            if let (Some(input), Some(text)) = (node.get_untracked(), text) {
                input.set_value(&text);
            }
        }
        for (node, value, choice) in
            [(article, kept.article_id, article_choice), (center, kept.financial_center_id, center_choice)]
        {
            if let (Some(select), Some(value)) = (node.get_untracked(), value.filter(|id| !id.is_empty())) {
                select.set_value(&value);
                choice.set_value(Some(value));
            }
        }
        // What was typed before the program was there.
        keep();
    });
    let save = move || {
        let form = FactForm { id: Some(FactId::new().to_string()), ..typed() };
        match provisional(&book, &form) {
            Ok(fact) => {
                errors.set(Vec::new());
                send(&book, fact.clone(), form_of(&fact));
                for node in [amount, comment] {
                    if let Some(input) = node.get_untracked() {
                        input.set_value("");
                    }
                }
                if let Some(select) = article.get_untracked() {
                    select.set_value("");
                }
                article_choice.set_value(None);
                keep();
                focus(amount);
            }
            Err(refused) => {
                let hidden = |error: &FieldError| !matches!(error.field.as_str(), "amount" | "article_id");
                if refused.iter().any(hidden) {
                    expanded.set(true);
                }
                let first = refused.first().map(|error| error.field.clone());
                errors.set(refused);
                match first.as_deref() {
                    Some("article_id") => {
                        if let Some(select) = article.get_untracked() {
                            // A field that cannot take the focus keeps its message all the same.
                            drop(select.focus());
                        }
                    }
                    _ => focus(amount),
                }
            }
        }
    };
    let submit = {
        let save = save.clone();
        move |event: SubmitEvent| {
            event.prevent_default();
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
    let first_center = replica.centers.with_untracked(|rows| {
        rows.iter().find(|row| !row.center.archived).map(|row| row.center.id.to_string())
    });
    let today = replica.today.clone();
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
    view! {
        <form
            class="quick-add"
            class:expanded=expanded
            method="post"
            action=RecordFact::url()
            aria-label=t.add_transaction
            novalidate
            on:submit=submit
            on:keydown=enter
            on:input=move |_| keep()
            on:change=move |_| keep()
        >
            // A form that is posted twice before the program is there is still one entry.
            <input type="hidden" name="form[id]" value=FactId::new().to_string() />
            <Field label=t.amount id="add-amount".to_owned() error=message(errors, "amount") class="field-amount">
                <input
                    node_ref=amount
                    class="input num"
                    id="add-amount"
                    name="form[amount]"
                    inputmode="decimal"
                    autocomplete="off"
                    enterkeyhint="done"
                    aria-describedby="add-amount-error"
                    aria-invalid=invalid(errors, "amount")
                />
            </Field>
            <Field label=t.category id="add-article".to_owned() error=message(errors, "article_id") class="field-article">
                <select
                    node_ref=article
                    class="input"
                    id="add-article"
                    name="form[article_id]"
                    on:change=move |event| article_choice.set_value(Some(event_target_value(&event)))
                    aria-describedby="add-article-error"
                    aria-invalid=invalid(errors, "article_id")
                >
                    <ArticleOptions articles=replica.articles.clone() chosen=Signal::stored(String::new()) />
                </select>
            </Field>
            <Field label=t.account id="add-center".to_owned() error=message(errors, "financial_center_id") class="field-center field-more">
                <select node_ref=center class="input" id="add-center" name="form[financial_center_id]"
                    on:change=move |event| center_choice.set_value(Some(event_target_value(&event))) aria-describedby="add-center-error" aria-invalid=invalid(errors, "financial_center_id")>
                    <CenterOptions centers=replica.centers.clone() chosen=Signal::stored(first_center.unwrap_or_default()) />
                </select>
            </Field>
            <Field label=t.date id="add-date".to_owned() error=message(errors, "date") class="field-date field-more">
                <input
                    node_ref=date
                    class="input"
                    type="date"
                    id="add-date"
                    name="form[date]"
                    value=today.get_untracked().to_string()
                    aria-describedby="add-date-error"
                    aria-invalid=invalid(errors, "date")
                />
            </Field>
            <Field label=t.note id="add-comment".to_owned() error=message(errors, "comment") class="field-comment field-more">
                <input
                    node_ref=comment
                    class="input"
                    id="add-comment"
                    name="form[comment]"
                    maxlength="500"
                    autocomplete="off"
                    aria-describedby="add-comment-error"
                    aria-invalid=invalid(errors, "comment")
                />
            </Field>
            <button
                type="button"
                class="button button-quiet more"
                aria-expanded=text(move || expanded.get().to_string())
                aria-label=t.more
                on:click=move |_| expanded.update(|open| *open = !*open)
            >
                "⋯"
            </button>
            <button type="submit" class="button add">{t.add}</button>
            <p class="form-error" role="alert">{text(move || refused().unwrap_or_default())}</p>
        </form>
    }
    .into_any()
}

/// What is chosen in a list, kept when somebody adds to the list or renames something in it: the
/// browser would keep the place in the list instead. To be set at each `change`.
pub fn keep_choice<T: Send + Sync + 'static>(
    select: NodeRef<html::Select>,
    choices: ArcRwSignal<T>,
) -> StoredValue<Option<String>> {
    let chosen = StoredValue::new(None::<String>);
    Effect::new(move || {
        choices.track();
        if let (Some(select), Some(value)) = (select.get_untracked(), chosen.get_value()) {
            // After the new choices are there.
            request_animation_frame(move || select.set_value(&value));
        }
    });
    chosen
}

/// Whether a key was pressed in a list of choices.
pub fn event_target_is_select(event: &KeyboardEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    event.target().is_some_and(|target| target.dyn_ref::<leptos::web_sys::HtmlSelectElement>().is_some())
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        // A field that cannot take the focus keeps its message all the same.
        drop(input.focus());
    }
}
