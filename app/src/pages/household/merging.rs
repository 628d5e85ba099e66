//! Merging a category into another one: chosen, asked for once, done for everybody at once.

use super::{OpenRow, articles::Tree, chosen, revising::Revising};
use crate::{
    command::{Command, Subject},
    components::{
        changing,
        field::{Field, invalid, message},
        part,
    },
    domain::{Article, ArticleId},
    i18n::words::merge_ask,
    outbox::RowId,
    pages::{use_language, use_words},
};
use leptos::{html, prelude::*};

/// The choice of another category, and the question.
pub(super) fn merging(rows: Tree, open: OpenRow, row: &Article, revising: Revising) -> AnyView {
    let (t, language) = (use_words(), use_language());
    let (id, kind, name) = (row.id, row.kind, row.name.shown());
    let select = NodeRef::<html::Select>::new();
    let into = RwSignal::new(None::<ArticleId>);
    let options = move || {
        let offered = |(_, row): &(usize, Article)| row.id != id && !row.archived && row.kind == kind;
        let options = rows.get().into_iter().filter(offered).map(|(depth, row)| {
            let selected = into.get_untracked() == Some(row.id);
            view! { <option value=row.id.to_string() selected=selected>{format!("{}{}", "\u{2003}".repeat(depth), row.name.shown())}</option> }
        });
        options.collect_view()
    };
    let choose = move |_| into.set(chosen(select).and_then(|id| id.parse().ok()));
    let merged = row.clone();
    let merge = move |other: ArticleId| {
        let seen = Subject::Article(merged.clone()).into();
        let command = Command::MergeArticle { id, into: other };
        revising.send(command, Some(RowId::Article(id)), seen, move || open.close());
    };
    let question = move || {
        let other = into.get()?;
        let to =
            rows.with(|rows| rows.iter().find(|(_, row)| row.id == other).map(|(_, row)| row.name.shown()))?;
        let cancel = move |_| {
            into.set(None);
            if let Some(select) = select.get_untracked() {
                select.set_value("");
            }
        };
        Some(view! {
            <div class="question" role="alert">
                <p>{merge_ask(language, &name, &to)}</p>
                <button type="button" class="button button-danger" disabled=revising.busy on:click={let merge = merge.clone(); move |_| merge(other)}>{t.merge}</button>
                <button type="button" class="button button-quiet" on:click=cancel>{t.cancel}</button>
            </div>
        }.into_any())
    };
    let none = changing(move || into.with(Option::is_none));
    view! {
        <Field label=t.merge_into id="article-into".to_owned() error=message(revising.errors, "into")>
            <select node_ref=select class="input" id="article-into" aria-invalid=invalid(revising.errors, "into") aria-describedby="article-into-error" on:change=choose>
                <option value="" selected=none>{t.choose}</option>
                {part(options)}
            </select>
        </Field>
        {part(question)}
    }
    .into_any()
}
