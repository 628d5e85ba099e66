//! Notes of the past, offered while one is typed; chosen, it brings the category and the account it had.

use super::inputs::Inputs;
use crate::{domain::Fact, replica::Replica};
use leptos::prelude::*;

/// As many as a person looks through.
const COUNT: usize = 50;

/// The transactions of the page with a note, each note once, the newest first.
fn noted(replica: &Replica) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    replica.rows.with(|rows| {
        for (_, row) in rows {
            let fact = row.fact.get();
            let single = fact.group.is_none() && !fact.comment.as_str().is_empty();
            if single && facts.len() < COUNT && facts.iter().all(|other| other.comment != fact.comment) {
                facts.push(fact);
            }
        }
    });
    facts
}

/// The list that the browser offers from.
pub(super) fn notes(replica: &Replica) -> AnyView {
    let book = replica.clone();
    let options = move || {
        noted(&book)
            .into_iter()
            .map(|fact| view! { <option value=fact.comment.to_string()></option> }.into_any())
            .collect_view()
    };
    view! { <datalist id="notes">{super::part(options)}</datalist> }.into_any()
}

/// Fills in the category and the account that go with a note, unless a category is chosen already. Whether it did.
pub(super) fn fill(replica: &Replica, inputs: Inputs) -> bool {
    let typed = inputs.typed();
    // Without one the form is gone.
    if typed.article_id.is_none_or(|id| !id.is_empty()) {
        return false;
    }
    let note = typed.comment.unwrap_or_default();
    let Some(fact) = untrack(|| noted(replica)).into_iter().find(|fact| fact.comment.as_str() == note) else {
        return false;
    };
    let Inputs { article, center, .. } = inputs;
    let (article_id, center_id) = (fact.article_id.to_string(), fact.financial_center_id.to_string());
    // Archived by now, it is not offered: what was chosen stays.
    if article.offers(&article_id) {
        article.choose(article_id);
    }
    // The account that was chosen by hand stays.
    if !center.is_chosen() && center.offers(&center_id) {
        center.choose(center_id);
    }
    true
}
