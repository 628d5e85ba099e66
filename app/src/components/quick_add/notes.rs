//! Notes of the past, offered while one is typed; chosen, it brings the category and the account it had.

use super::Inputs;
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
pub(super) fn fill(replica: &Replica, inputs: Inputs, choices: [StoredValue<Option<String>>; 2]) -> bool {
    let typed = inputs.typed();
    // The form may be gone by now.
    if choices[0].is_disposed() {
        return false;
    }
    if typed.article_id.is_some_and(|id| !id.is_empty()) {
        return false;
    }
    let note = typed.comment.unwrap_or_default();
    let Some(fact) = untrack(|| noted(replica)).into_iter().find(|fact| fact.comment.as_str() == note) else {
        return false;
    };
    let values = [fact.article_id.to_string(), fact.financial_center_id.to_string()];
    // The account that was chosen by hand stays.
    let by_hand = [false, choices[1].get_value().is_some()];
    for (((node, value), choice), kept) in
        [inputs.article, inputs.center].into_iter().zip(values).zip(choices).zip(by_hand)
    {
        if kept {
            continue;
        }
        if let Some(select) = node.get_untracked() {
            let before = select.value();
            select.set_value(&value);
            // Archived by now, it is not offered: what was chosen stays.
            if select.value() == value {
                choice.set_value(Some(value));
            } else {
                select.set_value(&before);
            }
        }
    }
    true
}
