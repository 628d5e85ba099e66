//! Suggests earlier notes while one is typed. A chosen note fills in the category and the account it was used
//! with.

use super::inputs::FactInputs;
use crate::{domain::Fact, replica::Replica, ui::changing::part};
use leptos::prelude::*;
use std::collections::HashSet;

/// The most suggestions.
const COUNT: usize = 50;

/// The transactions of the page with a note, the newest for each note first.
fn noted(replica: &Replica) -> Vec<Fact> {
    let mut facts: Vec<Fact> = Vec::new();
    let mut known = HashSet::new();
    replica.rows.with_untracked(|rows| {
        let all = rows.all().map(|row| row.fact.get_untracked());
        let noted = all.filter(|fact| fact.group.is_none() && !fact.comment.as_str().is_empty());
        facts.extend(noted.filter(|fact| known.insert(fact.comment.to_string())).take(COUNT));
    });
    facts
}

/// The suggestions for the note.
#[derive(Clone, Copy)]
pub(super) struct Notes {
    offered: RwSignal<Vec<String>>,
    replica: StoredValue<Replica>,
}

impl Notes {
    /// The notes of the loaded rows.
    pub fn new(replica: &Replica) -> Self {
        let this = Self { offered: RwSignal::new(Vec::new()), replica: StoredValue::new(replica.clone()) };
        this.look();
        this
    }

    /// Collects the suggestions again. This reads all rows, so it runs when the form gets the focus, not at each
    /// change of the book.
    pub fn look(self) {
        let notes: Vec<String> =
            self.replica.with_value(noted).iter().map(|fact| fact.comment.to_string()).collect();
        if self.offered.with_untracked(|offered| *offered != notes) {
            self.offered.set(notes);
        }
    }

    /// The list of suggestions for the browser.
    pub fn view(self) -> AnyView {
        let option = |note| view! { <option value=note></option> }.into_any();
        let options = move || self.offered.get().into_iter().map(option).collect_view();
        view! { <datalist id="notes">{part(options)}</datalist> }.into_any()
    }
}

/// Fills in the category and the account of a note, unless a category is chosen already; returns whether it
/// did.
pub(super) fn fill(replica: &Replica, inputs: FactInputs) -> bool {
    let typed = inputs.typed();
    // `None` if the form is gone.
    if typed.article_id.is_none_or(|id| !id.is_empty()) {
        return false;
    }
    let note = typed.comment.unwrap_or_default();
    let Some(fact) = noted(replica).into_iter().find(|fact| fact.comment.as_str() == note) else {
        return false;
    };
    let FactInputs { article, center, .. } = inputs;
    let (article_id, center_id) = (fact.article_id.to_string(), fact.financial_center_id.to_string());
    // An archived category is not offered: the choice stays as it is.
    if article.offers(&article_id) {
        article.choose(article_id);
    }
    // An account that was chosen by hand stays.
    if !center.is_chosen() && center.offers(&center_id) {
        center.choose(center_id);
    }
    true
}
