//! The parts of a split in the form: category, amount and note of each.

use crate::{
    domain::{GroupForm, PartForm, fact_group::MOST_PARTS},
    i18n::{errors::field_sentence, words::part_number},
    replica::Replica,
    state::language::{use_editing_words, use_language},
    ui::{
        changing::{changing, text},
        field::{Errors, correct},
        list::{item, list},
        select::Select,
    },
    widgets::{article_choice::ArticleChoice, offers, sign_key::Signed},
};
use leptos::{html, prelude::*};

/// The inputs of a part.
#[derive(Clone)]
struct PartInputs {
    key: usize,
    article: ArticleChoice,
    amount: NodeRef<html::Input>,
    comment: NodeRef<html::Input>,
    /// The initial values.
    initial: PartForm,
}

/// The list of parts.
#[derive(Clone, Copy)]
pub(super) struct PartList {
    rows: RwSignal<Vec<PartInputs>>,
    next: StoredValue<usize>,
    replica: StoredValue<Replica>,
}

impl PartList {
    /// The parts of a form, filled up to the minimum number of parts of a split.
    pub fn new(form: &GroupForm, replica: &Replica) -> Self {
        let (rows, next) = (RwSignal::new(Vec::new()), StoredValue::new(0));
        let this = Self { rows, next, replica: StoredValue::new(replica.clone()) };
        if let GroupForm::Split(form) = form {
            for part in &form.parts {
                this.add(part.clone());
            }
            while this.rows.with_untracked(Vec::len) < 2 {
                this.add(PartForm::default());
            }
        }
        this
    }

    fn add(self, initial: PartForm) {
        let key = self.next.get_value();
        self.next.set_value(key + 1);
        let article =
            self.replica.with_value(|replica| ArticleChoice::new(initial.article_id.clone(), replica));
        let (amount, comment) = (NodeRef::new(), NodeRef::new());
        self.rows.update(|rows| rows.push(PartInputs { key, article, amount, comment, initial }));
    }

    /// The current values.
    pub fn typed(self) -> Vec<PartForm> {
        let part = |row: &PartInputs| PartForm {
            id: row.initial.id.clone(),
            article_id: row.article.try_get_untracked(),
            amount: row.amount.get_untracked().map(|input| input.value()),
            comment: row.comment.get_untracked().map(|input| input.value()),
        };
        self.rows.with_untracked(|rows| rows.iter().map(part).collect())
    }

    /// The list, with a button that adds a part.
    pub fn view(self, errors: Errors, changed: RwSignal<()>) -> AnyView {
        let t = use_editing_words();
        let first = self.rows.get_untracked().len();
        let rows = move || {
            let draw = move |row: PartInputs| {
                let key = row.key;
                item(key, move || self.row(row, errors, changed, first))
            };
            self.rows.get().into_iter().map(draw).collect()
        };
        let more = move |_| {
            self.add(PartForm::default());
            changed.set(());
        };
        let full = changing(move || self.rows.with(|rows| rows.len() >= MOST_PARTS));
        view! {
            <div class="parts">
                {list(rows)}
                <button type="button" class="button button-quiet" disabled=full on:click=more>{t.add_part}</button>
            </div>
        }
        .into_any()
    }

    fn row(self, row: PartInputs, errors: Errors, changed: RwSignal<()>, first: usize) -> AnyView {
        let (t, language) = (use_editing_words(), use_language());
        let PartInputs { key, article, amount, comment, initial } = row;
        // An added part gets the focus.
        Effect::new(move || {
            if let Some(select) = article.select.get()
                && key >= first
            {
                // If the field cannot be focused, it can still be filled in.
                drop(select.focus());
            }
        });
        let place = move || {
            let at = self.rows.try_with(|rows| rows.iter().position(|row| row.key == key));
            at.flatten().unwrap_or(0)
        };
        let refused = move || {
            let name = format!("parts.{}.", place());
            errors.with(|errors| {
                let error = errors.iter().find(|error| error.field.starts_with(&name));
                error.map(|error| field_sentence(error.reason, language)).unwrap_or_default()
            })
        };
        let invalid = move |field: &'static str| {
            changing(move || {
                let name = format!("parts.{}.{field}", place());
                errors.with(|errors| errors.iter().any(|error| error.field == name)).then_some("true")
            })
        };
        let few = changing(move || self.rows.with(|rows| rows.len() <= 2));
        let remove = move |_| {
            self.rows.update(|rows| rows.retain(|row| row.key != key));
            // The parts after it have new numbers, so their messages are removed; the next save checks them
            // again.
            errors.retain(|error| !error.field.starts_with("parts.") && !error.reason.compares_fields());
            changed.set(());
        };
        let corrected = move |field: &str| correct(errors, &format!("parts.{}.{field}", place()));
        let error = format!("part-{key}-error");
        let described = error.clone();
        view! {
            <div class="part" role="group" aria-label=text(move || part_number(language, place() + 1))>
                <Select choice=*article offer=offers::articles(article, t.choose) label=Some(t.category) described=error.clone() invalid=invalid("article_id")
                    chosen=Some(Box::new(move || corrected("article_id"))) />
                <Signed input=amount>
                    <input node_ref=amount class="input num" aria-label=t.amount inputmode="decimal" autocomplete="off" placeholder=t.the_rest
                        on:input=move |_| corrected("amount") value=initial.amount.unwrap_or_default() aria-describedby=described aria-invalid=invalid("amount") />
                </Signed>
                <input node_ref=comment class="input" aria-label=t.note placeholder=t.note maxlength="500" autocomplete="off"
                    on:input=move |_| corrected("comment") value=initial.comment.unwrap_or_default() aria-describedby=error.clone() aria-invalid=invalid("comment") />
                <button type="button" class="button button-quiet part-remove" aria-label=t.remove_part disabled=few on:click=remove>"×"</button>
                <p class="field-error" id=error role="alert">{text(refused)}</p>
            </div>
        }
        .into_any()
    }
}
