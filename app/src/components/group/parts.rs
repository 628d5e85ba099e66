//! The parts of a split while they are typed: each its category, amount and note.

use crate::{
    components::{
        changing,
        choice::Choice,
        field::{ArticleOptions, Errors, article_choice, correct},
        letters::Letters,
        list::{item, list},
        sign_key::Signed,
        text,
    },
    domain::{GroupForm, PartForm, fact_group::MOST_PARTS},
    i18n::{errors::field_sentence, words::part_number},
    replica::Replica,
    state::language::{use_language, use_words},
};
use leptos::{html, prelude::*};

/// A part on the screen.
#[derive(Clone)]
struct PartInputs {
    key: usize,
    article: Choice,
    amount: NodeRef<html::Input>,
    comment: NodeRef<html::Input>,
    /// What it began with.
    initial: PartForm,
}

/// All parts.
#[derive(Clone, Copy)]
pub(super) struct PartList {
    rows: RwSignal<Vec<PartInputs>>,
    next: StoredValue<usize>,
    replica: StoredValue<Replica>,
}

impl PartList {
    /// Those of a form, and as many more as a split has at least.
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
        let article = self.replica.with_value(|replica| article_choice(initial.article_id.clone(), replica));
        let (amount, comment) = (NodeRef::new(), NodeRef::new());
        self.rows.update(|rows| rows.push(PartInputs { key, article, amount, comment, initial }));
    }

    /// What stands in them.
    pub fn typed(self) -> Vec<PartForm> {
        let part = |row: &PartInputs| PartForm {
            id: row.initial.id.clone(),
            article_id: row.article.try_get_untracked(),
            amount: row.amount.get_untracked().map(|input| input.value()),
            comment: row.comment.get_untracked().map(|input| input.value()),
        };
        self.rows.with_untracked(|rows| rows.iter().map(part).collect())
    }

    /// The list, with a button that adds one.
    pub fn view(self, errors: Errors, changed: RwSignal<()>) -> AnyView {
        let t = use_words();
        let first = self.rows.get_untracked().len();
        let rows = move || {
            let draw = move |row: PartInputs| {
                let key = row.key;
                let view =
                    move || self.replica.with_value(|replica| self.row(row, replica, errors, changed, first));
                item(key, view)
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

    fn row(
        self,
        row: PartInputs,
        replica: &Replica,
        errors: Errors,
        changed: RwSignal<()>,
        first: usize,
    ) -> AnyView {
        let (t, language) = (use_words(), use_language());
        let articles = replica.articles.clone();
        let PartInputs { key, article, amount, comment, initial } = row;
        // Those that are added later take the focus.
        Effect::new(move || {
            if let Some(select) = article.select.get()
                && key >= first
            {
                // A field that cannot take the focus can be filled in all the same.
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
        let letters = Letters::new(article.select, replica);
        let few = changing(move || self.rows.with(|rows| rows.len() <= 2));
        let remove = move |_| {
            self.rows.update(|rows| rows.retain(|row| row.key != key));
            // The parts after it have other numbers now: what is wrong with them is said at the next save.
            errors.update(|errors| {
                errors.retain(|error| !error.field.starts_with("parts.") && !error.reason.compares_fields());
            });
            changed.set(());
        };
        let corrected = move |field: &str| correct(errors, &format!("parts.{}.{field}", place()));
        let error = format!("part-{key}-error");
        let described = error.clone();
        view! {
            <div class="part" role="group" aria-label=text(move || part_number(language, place() + 1))>
                <select node_ref=article.select class="input" aria-label=t.category aria-describedby=error.clone() aria-invalid=invalid("article_id")
                    on:keydown=move |event| letters.key(&event) on:blur=move |_| letters.end()
                    on:change=move |event| {
                        article.choose(event_target_value(&event));
                        corrected("article_id");
                    }>
                    <ArticleOptions articles=articles chosen=Signal::stored(initial.article_id.unwrap_or_default()) />
                </select>
                {letters.view()}
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
