//! The most used categories: one tap saves the entry.

use crate::{
    domain::{Article, ArticleId, Kind},
    replica::Replica,
    ui::icon::article_icon,
};
use leptos::prelude::*;

/// As many as are visible at once or after one swipe.
const COUNT: usize = 6;

/// The most used categories among the transactions of the page, then those of the tree.
fn most_used(replica: &Replica) -> Vec<ArticleId> {
    let used: Vec<ArticleId> = replica.rows.with_untracked(|rows| {
        rows.all().map(|row| row.fact.with_untracked(|fact| fact.article_id)).collect()
    });
    replica.articles.with_untracked(|articles| {
        let mut offered: Vec<(usize, &Article)> = articles
            .iter()
            .filter(|row| !row.archived && row.kind != Kind::Transfer)
            .map(|row| (used.iter().filter(|id| **id == row.id).count(), row))
            .collect();
        let mut chosen = Vec::with_capacity(COUNT);
        while chosen.len() < COUNT {
            // Without transactions the tree decides: expenses before income, then coloured categories, then
            // roots.
            let rank = |(uses, row): &(usize, &Article)| {
                (*uses, row.kind == Kind::Expense, row.colour > 0, row.parent_id.is_none())
            };
            let best = (0..offered.len()).rev().max_by_key(|at| rank(&offered[*at]));
            let Some(best) = best else { break };
            chosen.push(offered.remove(best).1.id);
        }
        chosen
    })
}

/// A button for each category. Which ones is decided when the page opens: a button that moves is tapped by
/// mistake.
pub(super) fn chips(replica: &Replica, save: impl Fn(ArticleId) + Clone + Send + 'static) -> AnyView {
    let ids = most_used(replica);
    let articles = replica.articles.clone();
    let chip = move |id: ArticleId| {
        let save = save.clone();
        // A renamed category keeps its place; an archived one is removed.
        let found = articles.with(|rows| rows.iter().find(|row| row.id == id && !row.archived).cloned());
        found.map(|row| {
            view! {
                // Not a submit button: Enter presses the first of those.
                <button type="button" class="chip" value=id.to_string() on:click=move |_| save(id)>
                    {article_icon(&row)}
                    <span>{row.name.shown()}</span>
                </button>
            }
            .into_any()
        })
    };
    super::part(move || ids.iter().map(|id| chip(*id)).collect_view()).into_any()
}
