//! The unsaved content of quick add. It survives a visit to another page and a reload.

use super::inputs::FactInputs;
use crate::{domain::FactForm, live_link::LiveLink, replica::Replica, state::opened::Opened};
use leptos::prelude::*;

/// The unsaved content of the form.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    keep: StoredValue<Box<dyn Fn() + Send + Sync>>,
    /// Notifies that something was typed or restored.
    pub changed: RwSignal<()>,
}

impl Draft {
    /// Restores what was typed before, unless the form `came_back` with something newer, and stores what is typed
    /// from now on.
    pub fn new(inputs: FactInputs, replica: &Replica, came_back: bool) -> Self {
        let Opened { draft, typing, .. } = use_context::<Opened>().unwrap_or_default();
        let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
        // Today's date is not stored, so that a draft restored later gets the new date.
        let (days, first_day) = (replica.today.clone(), replica.today.get_untracked());
        let kept = browser.clone();
        // Each member has a draft of their own: nobody else who signs in here sees it.
        let name = StoredValue::new(format!("draft {}", replica.me));
        let changed = RwSignal::new(());
        let keep = move || {
            let form = inputs.typed();
            let today = [first_day, days.get_untracked()].map(|day| day.to_string());
            let form = FactForm { date: form.date.filter(|date| !today.contains(date)), ..form };
            let filled = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
            let something = filled(&form.amount) || filled(&form.comment);
            if typing.get_untracked() != something {
                typing.set(something);
            }
            // If it cannot be serialized, nothing was typed.
            let text =
                if something { serde_json::to_string(&form).unwrap_or_default() } else { String::new() };
            name.with_value(|name| kept.keep(name, &text));
            draft.set_value(form);
            changed.set(());
        };
        let this = Self { keep: StoredValue::new(Box::new(keep)), changed };
        Effect::new(move || {
            if inputs.amount.get().is_none() {
                return;
            }
            let before = draft.get_value();
            let before = if came_back {
                FactForm::default()
            } else if before == FactForm::default() {
                name.with_value(|name| browser.kept(name))
                    .and_then(|text| serde_json::from_str(&text).ok())
                    .unwrap_or_default()
            } else {
                before
            };
            let texts = [
                (inputs.amount, before.amount),
                (inputs.date, before.date),
                (inputs.comment, before.comment),
            ];
            for (node, text) in texts {
                // What was typed before hydration is newer than the stored draft.
                if let (Some(input), Some(text)) =
                    (node.get_untracked(), text.filter(|text| !text.is_empty()))
                    && input.value() == input.default_value()
                {
                    input.set_value(&text);
                }
            }
            let chosen = [(*inputs.article, before.article_id), (inputs.center, before.financial_center_id)];
            for (choice, value) in chosen {
                // It may be archived by now, or another one was chosen before hydration.
                if let Some(value) = value.filter(|id| !id.is_empty() && choice.offers(id))
                    && !choice.is_chosen()
                {
                    choice.choose(value);
                }
            }
            // Stores what was typed before hydration.
            this.keep();
        });
        this
    }

    /// Stores the current content. A browser reports a last change while it removes a focused form; the
    /// content is stored already, and the form's own values are gone.
    pub fn keep(self) {
        _ = self.keep.try_with_value(|keep| keep());
    }
}
