//! The categories, as a tree.

use super::{
    chosen, clear,
    name_row::{NameRow, Named, Save, Wish},
    refuse, typed,
};
use crate::{
    api::book::{AddArticle as AddArticleCall, add_article, revise_article},
    components::{
        attempt::Attempt,
        changing,
        field::{Errors, Field, invalid, message},
        list::{item, list},
        part,
        post_form::{Posting, Refusal},
    },
    domain::{Article, ArticleForm, ArticleId, Kind, article::tree},
    error::AppError,
    pages::use_words,
    replica::Replica,
};
use leptos::{ev::SubmitEvent, html, prelude::*, server_fn::ServerFn, task::spawn_local};
use std::sync::Arc;

/// Every article with its depth, parents before children.
type Tree = Memo<Vec<(usize, Article)>>;

#[component]
pub(super) fn Articles() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let t = use_words();
    let articles = replica.articles.clone();
    let rows: Tree = Memo::new(move |_| tree(&articles.get()));
    let failure = RwSignal::new(None);
    let items = move || {
        let row = |(_, row): (usize, Article)| {
            item(row.id, move || view! { <ArticleRow id=row.id rows failure /> })
        };
        rows.get().into_iter().map(row).collect()
    };
    view! {
        <section class="card" aria-labelledby="articles-title">
            <h2 class="card-title" id="articles-title">{t.categories}</h2>
            <Refusal refusal=failure />
            <ul class="plain-list">{list(items)}</ul>
            <AddArticle replica rows />
        </section>
    }
    .into_any()
}

#[component]
fn ArticleRow(id: ArticleId, rows: Tree, failure: RwSignal<Option<AppError>>) -> impl IntoView {
    let place = move || rows.with(|rows| rows.iter().find(|(_, row)| row.id == id).cloned());
    let named = Memo::new(move |_| {
        place().map_or_else(Named::default, |(_, row)| Named {
            name: row.name.to_string(),
            detail: String::new(),
            archived: row.archived,
            version: row.version,
        })
    });
    let save: Save = Arc::new(move |version, key, wish| {
        let mut form = ArticleForm::default();
        match wish {
            Wish::Rename(name) => form.name = Some(name),
            Wish::PutAway => form.archived = Some(true),
            Wish::BringBack => form.archived = Some(false),
        }
        Box::pin(revise_article(id, Some(version), Some(key), form))
    });
    let class = changing(move || format!("plain-row depth-{}", place().map_or(0, |(depth, _)| depth).min(4)));
    view! { <li class=class><NameRow named save failure /></li> }
}

#[component]
fn AddArticle(replica: Replica, rows: Tree) -> impl IntoView {
    let t = use_words();
    let errors: Errors = RwSignal::new(Vec::new());
    let posting = Posting::to::<AddArticleCall>();
    let (failure, busy, attempt) = (posting.refusal, posting.pending, Attempt::new());
    let name = NodeRef::<html::Input>::new();
    let kind = NodeRef::<html::Select>::new();
    let parent = NodeRef::<html::Select>::new();
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let parent_id = chosen(parent).filter(|id| !id.is_empty());
        // A child has the kind of its parent, so it need not be chosen twice.
        let above = parent_id.as_ref().and_then(|id| {
            replica
                .articles
                .with_untracked(|rows| rows.iter().find(|row| row.id.to_string() == *id).map(|row| row.kind))
        });
        let form = ArticleForm {
            id: None,
            name: typed(name),
            kind: above.map(|kind| kind.as_str().to_owned()).or_else(|| chosen(kind)),
            parent_id,
            archived: None,
        };
        if let Err(refused) = form.new_article() {
            errors.set(refused);
            return;
        }
        errors.set(Vec::new());
        failure.set(None);
        busy.set(true);
        // The same content is the same category, however often it is sent.
        let id = ArticleId::from(attempt.key(&form).uuid());
        spawn_local(async move {
            let sent = form.name.clone();
            let answer = add_article(ArticleForm { id: Some(id.to_string()), ..form }).await;
            attempt.heard(&answer);
            match answer {
                Ok(()) => clear(name, sent.as_ref()),
                Err(error) => refuse(error, errors, failure),
            }
            busy.try_set(false);
        });
    };
    view! {
        <form class="form add-form" method="post" action=AddArticleCall::url() aria-label=t.add_category novalidate on:submit=submit>
            <h3>{t.add_category}</h3>
            <input type="hidden" name="form[id]" value=ArticleId::new().to_string() />
            <Refusal refusal=failure />
            <Field label=t.name id="article-name".to_owned() error=message(errors, "name")>
                <input node_ref=name class="input" id="article-name" name="form[name]" aria-invalid=invalid(errors, "name") maxlength="80" autocomplete="off" aria-describedby="article-name-error" />
            </Field>
            <div class="form-pair">
                <Field label=t.kind id="article-kind".to_owned() error=message(errors, "kind")>
                    <select node_ref=kind class="input" id="article-kind" name="form[kind]" aria-invalid=invalid(errors, "kind") aria-describedby="article-kind-error">
                        {[(Kind::Expense, t.expense_kind), (Kind::Income, t.income_kind), (Kind::Transfer, t.transfer_kind)]
                            .map(|(kind, label)| view! { <option value=kind.as_str()>{label}</option> })}
                    </select>
                </Field>
                <Field label=t.below id="article-parent".to_owned() error=message(errors, "parent_id")>
                    <select node_ref=parent class="input" id="article-parent" name="form[parent_id]" aria-invalid=invalid(errors, "parent_id") aria-describedby="article-parent-error">
                        <option value="">{t.top_level}</option>
                        {part(move || rows.get()
                            .into_iter()
                            .filter(|(_, row)| !row.archived)
                            .map(|(depth, row)| view! {
                                <option value=row.id.to_string()>{format!("{}{}", "\u{2003}".repeat(depth), row.name)}</option>
                            })
                            .collect_view())}
                    </select>
                </Field>
            </div>
            <button type="submit" class="button" disabled=busy>{t.add_row}</button>
        </form>
    }
}
