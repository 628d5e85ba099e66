//! The form that is used fifty times a week: amount, category, Enter.
//!
//! The inputs keep their own text: what is typed before the program has arrived in the browser is not
//! lost. Without the program the form posts and the page comes back with the new row. On the desktop
//! it is one line; on the phone amount and categories are in thumb reach, the rest behind one row.

mod after;
mod chips;
mod draft;
mod notes;
mod sending;

pub use sending::{form_of, provisional, send, unwritten};

use super::{
    choice::{Choice, event_target_is_select},
    field::{
        ArticleOptions, CenterOptions, Errors, Field, article_choice, center_choice, correct, invalid,
        message,
    },
    group::{Groups, Target},
    icon::symbol,
    letters::Letters,
    part,
    refusal::refused_plainly,
    text,
};
use crate::{
    api::facts::RecordFact,
    domain::{
        ArticleId, Day, FactForm, FactId, FieldError, GroupKind, arithmetic::with_other_sign, text::isolated,
    },
    i18n::{errors::whole_sentence, format::short_day},
    outbox::Outbox,
    pages::{use_language, use_words},
    replica::Replica,
};
use draft::Draft;
use leptos::{
    ev::{KeyboardEvent, MouseEvent, SubmitEvent},
    html,
    prelude::*,
    server_fn::ServerFn,
};

/// The inputs of a transaction.
#[derive(Clone, Copy)]
pub(super) struct Inputs {
    pub amount: NodeRef<html::Input>,
    pub article: Choice,
    pub center: Choice,
    pub date: NodeRef<html::Input>,
    pub comment: NodeRef<html::Input>,
}

impl Inputs {
    pub fn new(article: Choice, center: Choice) -> Self {
        Self { amount: NodeRef::new(), article, center, date: NodeRef::new(), comment: NodeRef::new() }
    }

    /// What stands in them; nothing once the form is gone.
    pub fn typed(self) -> FactForm {
        let text = |node: NodeRef<html::Input>| node.try_get_untracked().flatten().map(|input| input.value());
        FactForm {
            id: None,
            amount: text(self.amount),
            article_id: self.article.try_get_untracked(),
            financial_center_id: self.center.try_get_untracked(),
            date: text(self.date),
            comment: text(self.comment),
        }
    }
}

/// The form.
#[component]
pub fn QuickAdd() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let (t, language) = (use_words(), use_language());
    let outbox = use_context::<Outbox>().unwrap_or_default();
    let errors: Errors = RwSignal::new(Vec::new());
    let inputs = Inputs::new(article_choice(None, &replica), center_choice(first_center(&replica), &replica));
    let Inputs { amount, article, center, date, comment } = inputs;
    let sheet = NodeRef::<html::Dialog>::new();
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
                close(sheet);
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
    // Whoever has recorded nothing yet begins right here.
    let empty = replica.rows.with_untracked(Vec::is_empty);
    Effect::new(move || {
        if empty && amount.get().is_some() {
            focus(amount);
        }
    });
    // What the row on the phone says of what is behind it.
    let (centers, now) = (replica.centers.clone(), replica.today.clone());
    let behind = move || {
        draft.changed.track();
        let form = inputs.typed();
        let id = center.get();
        let name = centers.with(|rows| {
            let row = rows.iter().find(|row| row.center.id.to_string() == id);
            row.map(|row| row.center.name.shown())
        });
        let day = form.date.and_then(|date| date.parse().ok()).unwrap_or_else(|| now.get());
        let note = form.comment.filter(|note| !note.is_empty()).map(|note| isolated(&note));
        [name, Some(short_day(day, now.get(), language)), note]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · ")
    };
    let noted = replica.clone();
    let letters = Letters::new(article.select, &replica);
    let after = after::after(&replica, inputs, draft.changed, language);
    let groups = use_context::<Groups>().unwrap_or_default();
    let whole = move |kind: GroupKind| {
        close(sheet);
        groups.target.set(Some(Target::New(kind, inputs.typed())));
    };
    // What became a transfer or split is not here any more.
    Effect::new(move |before: Option<u32>| {
        let made = groups.made.get();
        if before.is_some_and(|before| before != made) {
            clear();
        }
        made
    });
    let open = move |_: MouseEvent| {
        if let Some(sheet) = sheet.get_untracked() {
            // Where it is open already nothing needs to be done.
            drop(sheet.show_modal());
        }
    };
    let sign = move |_: MouseEvent| {
        if let Some(input) = amount.get_untracked() {
            input.set_value(&with_other_sign(&input.value()));
            correct(errors, "amount");
            draft.keep();
            focus(amount);
        }
    };
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
            <button type="button" class="button button-outline sign" aria-label=t.change_sign on:click=sign>"±"</button>
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
            <button type="button" class="behind" aria-haspopup="dialog" on:click=open>
                <span class="visually-hidden">{t.more}": "</span>
                <span class="behind-text" translate="no">{text(behind)}</span>
                {symbol("up", "symbol")}
            </button>
            <p class="field-hint after" id="add-after" translate="no">{text(after)}</p>
            <div class="chips" translate="no">{chips::chips(&replica, tap)}</div>
            <dialog node_ref=sheet class="sheet" aria-label=t.more on:click=move |event| if leptos::ev::Event::target(&event) == leptos::ev::Event::current_target(&event) { close(sheet) }>
                <div class="sheet-inner">
                <Field label=t.category id="add-article".to_owned() error=message(errors, "article_id") class="field-article">
                    <select
                        node_ref=article.select
                        class="input"
                        id="add-article"
                        name="form[article_id]"
                        on:change=move |event| article.choose(event_target_value(&event))
                        on:keydown=move |event| letters.key(&event)
                        on:blur=move |_| letters.end()
                        aria-describedby="add-article-error"
                        aria-invalid=invalid(errors, "article_id")
                    >
                        <ArticleOptions articles=replica.articles.clone() chosen=Signal::stored(String::new()) />
                    </select>
                    {letters.view()}
                </Field>
                <Field label=t.account id="add-center".to_owned() error=message(errors, "financial_center_id") class="field-center">
                    <select node_ref=center.select class="input" id="add-center" name="form[financial_center_id]"
                        on:change=move |event| center.choose(event_target_value(&event)) aria-describedby="add-center-error" aria-invalid=invalid(errors, "financial_center_id")>
                        <CenterOptions centers=replica.centers.clone() chosen=Signal::stored(center.try_get_untracked().unwrap_or_default()) />
                    </select>
                </Field>
                <Field label=t.date id="add-date".to_owned() error=message(errors, "date") class="field-date">
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
                <Field label=t.note id="add-comment".to_owned() error=message(errors, "comment") class="field-comment">
                    <input
                        node_ref=comment
                        class="input"
                        id="add-comment"
                        name="form[comment]"
                        maxlength="500"
                        placeholder=t.note
                        list="notes"
                        on:change=move |_| {
                            if notes::fill(&noted, inputs) {
                                correct(errors, "article_id");
                            }
                        }
                        autocomplete="off"
                        aria-describedby="add-comment-error"
                        aria-invalid=invalid(errors, "comment")
                    />
                </Field>
                <button type="button" class="button button-outline sheet-done" on:click=move |_| close(sheet)>{t.done}</button>
                <button type="submit" class="button add">{t.add}</button>
                <div class="wholes">
                    <button type="button" class="button button-quiet" on:click=move |_| whole(GroupKind::Transfer)>{t.transfer_kind}"…"</button>
                    <button type="button" class="button button-quiet" on:click=move |_| whole(GroupKind::Split)>{t.split}"…"</button>
                </div>
                </div>
            </dialog>
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

/// The signs that a phone's number pad lacks, while the amount has the focus. They do not take it away.
fn operators(amount: NodeRef<html::Input>, draft: Draft, errors: Errors) -> AnyView {
    let key = |sign: &'static str| {
        let press = move |event: leptos::ev::PointerEvent| {
            event.prevent_default();
            if let Some(input) = amount.get_untracked() {
                input.set_value(&format!("{}{sign}", input.value()));
                correct(errors, "amount");
                draft.keep();
            }
        };
        view! { <button type="button" class="operator" tabindex="-1" on:pointerdown=press>{sign}</button> }
    };
    let keys = ["+", "\u{2212}", "×", "÷", "(", ")"].map(key).collect_view();
    view! { <div class="operators" role="group" aria-label=use_words().operators>{keys}</div> }.into_any()
}

/// What is wrong, and the focus where it can be put right.
fn show(refused: Vec<FieldError>, errors: Errors, inputs: Inputs, sheet: NodeRef<html::Dialog>) {
    let first = refused.first().map(|error| error.field.clone());
    errors.set(refused);
    if first.as_deref() == Some("amount") {
        close(sheet);
        return focus(inputs.amount);
    }
    if let Some(select) = inputs.article.select.get_untracked() {
        // On the phone it is not on the screen until the sheet is.
        if select.offset_parent().is_none()
            && let Some(sheet) = sheet.get_untracked()
        {
            drop(sheet.show_modal());
        }
        if first.as_deref() == Some("article_id") {
            // A field that cannot take the focus keeps its message all the same.
            drop(select.focus());
        }
    }
}

fn close(sheet: NodeRef<html::Dialog>) {
    if let Some(sheet) = sheet.get_untracked() {
        sheet.close();
    }
}

fn focus(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        // A field that cannot take the focus keeps its message all the same.
        drop(input.focus());
    }
}
