//! The tree of categories.

use super::{
    article_editor::ArticleEditor,
    article_tree::Tree,
    new_rows::{is_there, new_rows},
    returns_to,
    revising::Changing,
};
use crate::{
    domain::{Article, ArticleForm, ArticleId, Kind, branches::tree},
    i18n::doing_words::Doing,
    outbox::{Outbox, RowId},
    replica::Replica,
    state::{
        language::use_household_words,
        open_form::{HouseholdForms, NEW, OpenForm},
    },
    ui::{
        changing::{changing, part, text},
        icon::{article_icon, symbol},
        list::{item, list},
    },
    widgets::{refusal::Refusal, waiting::progress_of_row},
};
use leptos::{
    ev::{DragEvent, KeyboardEvent},
    html,
    prelude::*,
};
use std::collections::HashMap;

/// State that the rows of the tree share.
#[derive(Clone, Copy)]
struct Moving {
    rows: Tree,
    /// The place of each row: every row looks itself up, several times.
    places: Memo<HashMap<ArticleId, usize>>,
    forms: OpenForm<Article, ArticleForm>,
    moves: Changing,
    /// The row that is being dragged, and the row under it; `None` is the top of the tree.
    dragged: RwSignal<Option<ArticleId>>,
    over: RwSignal<Option<Option<ArticleId>>>,
}

impl Moving {
    fn find(self, id: ArticleId) -> Option<(usize, Article)> {
        let at = self.places.with(|places| places.get(&id).copied())?;
        self.rows.with(|rows| rows.get(at).cloned()).filter(|(_, row)| row.id == id)
    }

    fn put(self, id: ArticleId, parent: Option<ArticleId>) {
        let Some((_, row)) = untrack(|| self.find(id)) else { return };
        if row.parent_id == parent || parent == Some(id) {
            return;
        }
        let parent_id = Some(parent.map(|id| id.to_string()).unwrap_or_default());
        let form = ArticleForm { parent_id, ..ArticleForm::default() };
        self.moves.send(&row, form);
    }

    /// Alt with an arrow key moves the row below the previous row of the same depth, or out of its parent.
    fn key(self, id: ArticleId, event: &KeyboardEvent) {
        if !event.alt_key() {
            return;
        }
        let rows = self.rows.get_untracked();
        let Some(at) = rows.iter().position(|(_, row)| row.id == id) else { return };
        let (depth, row) = &rows[at];
        let to = match event.key().as_str() {
            "ArrowRight" => {
                let above = rows[..at].iter().rev().find(|(other, _)| other <= depth);
                let sibling = above.filter(|(other, above)| other == depth && above.kind == row.kind);
                sibling.map(|(_, above)| Some(above.id))
            }
            "ArrowLeft" => row.parent_id.map(|parent| {
                let above = rows.iter().find(|(_, row)| row.id == parent);
                above.and_then(|(_, above)| above.parent_id)
            }),
            _ => return,
        };
        event.prevent_default();
        if let Some(parent) = to {
            self.put(id, parent);
        }
    }

    fn drag_over(self, target: Option<ArticleId>, event: &DragEvent) {
        if self.dragged.get_untracked().is_some_and(|id| target != Some(id)) {
            event.prevent_default();
            if self.over.get_untracked() != Some(target) {
                self.over.set(Some(target));
            }
        }
    }

    fn dropped(self, target: Option<ArticleId>, event: &DragEvent) {
        event.prevent_default();
        self.over.set(None);
        if let Some(id) = self.dragged.get_untracked() {
            self.dragged.set(None);
            self.put(id, target);
        }
    }
}

#[component]
pub(super) fn Articles() -> impl IntoView {
    let (Some(replica), Some(HouseholdForms { articles: forms, .. })) =
        (use_context::<Replica>(), use_context())
    else {
        return ().into_any();
    };
    let (t, open) = (use_household_words(), forms.open);
    let articles = replica.articles.clone();
    let rows: Tree = Memo::new(move |_| tree(&articles.get()));
    open.begin_page();
    let outbox = use_context::<Outbox>().unwrap_or_default();
    open.closes_without(move |name| {
        rows.with(|rows| is_there(&outbox, name, rows.iter().map(|(_, row)| row.id.to_string())))
    });
    let places = Memo::new(move |_| {
        rows.with(|rows| rows.iter().enumerate().map(|(at, (_, row))| (row.id, at)).collect())
    });
    let moving = Moving {
        rows,
        places,
        forms,
        moves: Changing::new(),
        dragged: RwSignal::new(None),
        over: RwSignal::new(None),
    };
    let group = move |(kind, label): (Kind, &'static str)| {
        let items = move || {
            let rows = rows.get().into_iter().filter(|(_, row)| row.kind == kind);
            rows.map(|(_, row)| item(row.id, move || view! { <ArticleRow id=row.id moving /> })).collect()
        };
        view! {
            <h3 class="kind-title" on:dragover=move |event| moving.drag_over(None, &event) on:drop=move |event| moving.dropped(None, &event)>
                {label}
            </h3>
            <ul class="plain-list">{list(items)}</ul>
        }
    };
    let known =
        move |row| rows.with(|rows| rows.iter().any(|(_, article)| RowId::Article(article.id) == row));
    let editor = move |row: RowId, name| {
        let RowId::Article(id) = row else { return ().into_any() };
        view! { <ArticleEditor rows forms name id /> }.into_any()
    };
    let waiting = new_rows(&replica, open, |id| RowId::Article(id.into()), known, editor);
    let add = NodeRef::<html::Button>::new();
    returns_to(open, NEW.into(), add);
    view! {
        <section class="card" aria-labelledby="articles-title">
            <h2 id="articles-title">{t.categories}</h2>
            <Refusal refusal=moving.moves.refusal doing=Doing::Moving />
            {[(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)].map(group)}
            {waiting}
            {part(move || if open.is(NEW) {
                view! { <ArticleEditor rows forms name=NEW.to_owned() id=ArticleId::new() /> }.into_any()
            } else {
                view! {
                    <button type="button" class="button button-outline" node_ref=add on:click=move |_| open.open(NEW.into())>{t.add_category}</button>
                }.into_any()
            })}
        </section>
    }
    .into_any()
}

#[component]
fn ArticleRow(id: ArticleId, moving: Moving) -> impl IntoView {
    let t = use_household_words();
    let name = id.to_string();
    let (forms, open) = (moving.forms, moving.forms.open);
    part(move || {
        let name = name.clone();
        if open.is(&name) {
            let row = untrack(|| moving.find(id)).map(|(_, row)| row);
            return view! { <li class="plain-open"><ArticleEditor rows=moving.rows forms name id row=row /></li> }
                .into_any();
        }
        let (button, again) = (NodeRef::<html::Button>::new(), name.clone());
        returns_to(open, name.clone(), button);
        let picture = move || moving.find(id).map(|(_, row)| article_icon(&row));
        let label = move || moving.find(id).map(|(_, row)| row.name.shown()).unwrap_or_default();
        let archived = move || moving.find(id).is_some_and(|(_, row)| row.archived);
        view! {
            <li class=changing(move || {
                let depth = moving.find(id).map_or(0, |(depth, _)| depth).min(4);
                let target = if moving.over.get() == Some(Some(id)) { " drop-here" } else { "" };
                format!("plain-item depth-{depth}{target}")
            }) draggable="true"
                on:dragstart=move |_| moving.dragged.set(Some(id))
                on:dragend=move |_| { moving.dragged.set(None); moving.over.set(None); }
                on:dragover=move |event| moving.drag_over(Some(id), &event)
                on:drop=move |event| moving.dropped(Some(id), &event)>
                <button type="button" class="plain-row" node_ref=button on:click=move |_| open.open(name.clone()) on:keydown=move |event| moving.key(id, &event)>
                    {part(picture)}
                    <span class="plain-name">{text(label)}</span>
                    <span class="plain-detail">{text(move || if archived() { t.archived.to_owned() } else { String::new() })}</span>
                    {symbol("edit", "symbol muted")}
                </button>
                {progress_of_row(RowId::Article(id), move || open.open(again.clone()))}
            </li>
        }
        .into_any()
    })
}
