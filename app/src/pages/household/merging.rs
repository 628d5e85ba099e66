//! Merging a category into another one, after one confirmation.

use super::{article_tree::Tree, revising::EditedRow};
use crate::{
    command::Command,
    domain::{Article, ArticleForm, ArticleId},
    i18n::household_words::merge_ask,
    replica::Replica,
    state::{
        language::{use_household_words, use_language},
        open_form::OpenForm,
    },
    ui::{
        changing::{part, text},
        select::SelectField,
    },
    widgets::{article_choice::ArticleChoice, offers},
};
use leptos::{html, prelude::*};

/// The category that another one is to be merged into, until the merge is done or cancelled.
#[derive(Clone, Copy)]
pub(super) struct Merging {
    rows: Tree,
    into: ArticleChoice,
    cancel: NodeRef<html::Button>,
    /// Whether the person tried to save the category instead.
    asked: RwSignal<bool>,
}

/// The name of the field.
const INTO: &str = "into";

impl Merging {
    /// For the category whose form has this name. What was chosen on a page that was left is chosen again, and so is
    /// what was refused, if it can still be chosen.
    pub fn new(
        rows: Tree,
        row: &Article,
        replica: &Replica,
        (forms, name): (OpenForm<Article, ArticleForm>, &str),
        refused: Option<ArticleId>,
    ) -> Self {
        let (id, kind) = (row.id, row.kind);
        let offered = move |row: &Article| row.id != id && !row.archived && row.kind == kind;
        let into = ArticleChoice::among(String::new(), replica, offered);
        let chosen = forms.beside(name, INTO).or_else(|| refused.map(|id| id.to_string()));
        if let Some(chosen) = chosen.filter(|id| into.offers(id)) {
            into.choose(chosen);
        }
        forms.keeps_beside(name, INTO, move || into.get());
        Self { rows, into, cancel: NodeRef::new(), asked: RwSignal::new(false) }
    }

    /// Whether the category's form may close: no other category is chosen. Otherwise a message says that the
    /// merge comes first, and the focus moves to Cancel: a second Enter must not do what cannot be undone.
    pub fn settles(self) -> bool {
        let chosen = self.into.id().is_some();
        self.asked.set(chosen);
        if chosen && let Some(button) = self.cancel.try_get_untracked().flatten() {
            // If the button cannot be focused, the message still says it.
            drop(button.focus());
        }
        !chosen
    }
}

/// The choice of the other category, and the confirmation.
pub(super) fn merging(merging: Merging, row: &Article, editing: EditedRow<Article>) -> AnyView {
    let (t, language) = (use_household_words(), use_language());
    let (id, name) = (row.id, row.name.shown());
    let Merging { rows, into, cancel: stay, asked } = merging;
    let first = move || if asked.get() { t.merge_first } else { "" }.to_owned();
    let merge = move |other: ArticleId| editing.send(Command::MergeArticle { id, into: other });
    let question = move || {
        let other = into.get().parse().ok()?;
        let to =
            rows.with(|rows| rows.iter().find(|(_, row)| row.id == other).map(|(_, row)| row.name.shown()))?;
        let cancel = move |_| into.clear();
        Some(view! {
            <div class="question" role="alert">
                <p>{merge_ask(language, &name, &to)}</p>
                <p class="form-error">{text(first)}</p>
                <button type="button" class="button button-danger" on:click=move |_| merge(other)>{t.merge}</button>
                <button type="button" class="button button-quiet" node_ref=stay on:click=cancel>{t.cancel}</button>
            </div>
        }.into_any())
    };
    view! {
        <div on:change=move |_| asked.set(false)>
            <SelectField choice=*into offer=offers::articles(into, t.choose) label=t.merge_into id="article-into" errors=editing.flow.errors field=INTO />
        </div>
        {part(question)}
    }
    .into_any()
}
