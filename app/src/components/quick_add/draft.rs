//! What is typed and not added yet: it survives a look at another page and a loading of this one.

use super::inputs::Inputs;
use crate::{domain::FactForm, live_link::LiveLink, replica::Replica, state::opened::Opened};
use leptos::prelude::*;

/// What is typed.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    keep: StoredValue<Box<dyn Fn() + Send + Sync>>,
    /// Something was typed or put back.
    pub changed: RwSignal<()>,
}

impl Draft {
    /// Puts back what was typed before, and keeps what is typed from now on.
    pub fn new(inputs: Inputs, replica: &Replica) -> Self {
        let Opened { draft, typing, .. } = use_context::<Opened>().unwrap_or_default();
        let browser = use_context::<LiveLink>().unwrap_or_else(LiveLink::none).browser;
        // Not the day of today, which goes on.
        let (days, first_day) = (replica.today.clone(), replica.today.get_untracked());
        let kept = browser.clone();
        // Nobody else who signs in here gets to see it.
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
            // What cannot be written as text cannot have been typed.
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
            let before = if before == FactForm::default() {
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
                // What was typed before the program was there is newer than what was kept.
                if let (Some(input), Some(text)) =
                    (node.get_untracked(), text.filter(|text| !text.is_empty()))
                {
                    input.set_value(&text);
                }
            }
            let chosen = [(inputs.article, before.article_id), (inputs.center, before.financial_center_id)];
            for (choice, value) in chosen {
                // It may be archived by now.
                if let Some(value) = value.filter(|id| !id.is_empty() && choice.offers(id)) {
                    choice.choose(value);
                }
            }
            // What was typed before the program was there.
            this.keep();
        });
        this
    }

    /// Keeps what is typed now. When the form is removed with the focus in it, a browser reports a last
    /// change: what was typed is kept already, and the form's own values are gone.
    pub fn keep(self) {
        _ = self.keep.try_with_value(|keep| keep());
    }
}
