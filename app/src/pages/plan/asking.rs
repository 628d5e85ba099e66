//! What a tool is about to set, asked for where it would replace plans that are there already.

use super::sheet::{Seen, Sheet};
use crate::{
    components::part,
    i18n::plan_words::{replacing, would_replace},
    pages::{use_language, use_words},
};
use leptos::{html, prelude::*};

/// What would be set, over the versions that were seen, and how many plans it would replace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    pub cells: Vec<Seen>,
    pub replaced: usize,
}

impl Asked {
    /// Without those where something is planned.
    fn only_empty(self) -> Vec<Seen> {
        self.cells.into_iter().filter(|(_, (_, old))| *old == 0).collect()
    }
}

/// The question, below the tools.
pub(super) fn question(sheet: Sheet) -> impl IntoView {
    let (t, language) = (use_words(), use_language());
    let cancel = NodeRef::<html::Button>::new();
    Effect::new(move || {
        if let Some(button) = cancel.get() {
            // Where a browser refuses, the question is next in the order of keys all the same.
            drop(button.focus());
        }
    });
    let (replace, fill) = replacing(language);
    let answer = move |only_empty: bool| {
        let Some(asked) = sheet.asked.try_update(Option::take).flatten() else { return };
        sheet.set_all(if only_empty { asked.only_empty() } else { asked.cells });
    };
    part(move || {
        sheet.asked.get().map(|Asked { cells, replaced }| {
            let all = cells.len();
            view! {
                <div class="question" role="group">
                    <p>{would_replace(replaced, all, language)}</p>
                    <button type="button" class="button button-danger" on:click=move |_| answer(false)>{replace}</button>
                    {(replaced < all).then(|| view! {
                        <button type="button" class="button button-quiet" on:click=move |_| answer(true)>{fill}</button>
                    }.into_any())}
                    <button type="button" class="button button-quiet" node_ref=cancel on:click=move |_| sheet.asked.set(None)>{t.cancel}</button>
                </div>
            }
            .into_any()
        })
    })
}
