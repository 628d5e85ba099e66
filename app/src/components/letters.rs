//! A list of categories in which a few letters choose: the browser's own way knows only how a name begins,
//! in the alphabet that the keyboard happens to write.

use super::{part, text};
use crate::{
    domain::{Article, ArticleId, letters::found},
    replica::Replica,
    state::language::use_words,
};
use leptos::{
    ev::KeyboardEvent,
    html,
    prelude::*,
    web_sys::{Event, EventInit},
};
use std::collections::HashMap;

/// As many as can be read at a glance.
const SHOWN: usize = 5;

/// What is typed in a list of categories.
#[derive(Clone, Copy)]
pub struct Letters {
    select: NodeRef<html::Select>,
    replica: StoredValue<Replica>,
    typed: RwSignal<String>,
    /// What fits, the best first.
    fitting: RwSignal<Vec<Article>>,
    /// Which of them is chosen.
    at: RwSignal<usize>,
}

impl Letters {
    /// Of a list.
    #[must_use]
    pub fn new(select: NodeRef<html::Select>, replica: &Replica) -> Self {
        Self {
            select,
            replica: StoredValue::new(replica.clone()),
            typed: RwSignal::new(String::new()),
            fitting: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
        }
    }

    /// A key was pressed in the list: letters narrow it down, arrows go through what fits.
    pub fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (key, mut typed) = (event.key(), self.typed.get_untracked());
        let mut letters = key.chars();
        match (key.as_str(), letters.next(), letters.next()) {
            ("Backspace", ..) if !typed.is_empty() => {
                typed.pop();
                self.look(typed);
            }
            ("Escape", ..) if !typed.is_empty() => {
                // It ends the search, not the form around it.
                event.stop_propagation();
                self.end();
            }
            ("ArrowDown" | "ArrowUp", ..) if self.fitting.with_untracked(|rows| rows.len() > 1) => {
                let count = self.fitting.with_untracked(Vec::len).min(SHOWN);
                let step = if key == "ArrowDown" { 1 } else { count - 1 };
                self.at.update(|at| *at = (*at + step) % count);
                self.choose();
            }
            // Space opens the list, as everywhere.
            (_, Some(letter), None) if letter != ' ' || !typed.is_empty() => {
                typed.push(letter);
                if self.find(&typed).is_empty() {
                    // A new name begins.
                    typed = letter.to_string();
                }
                self.look(typed);
            }
            _ => return,
        }
        event.prevent_default();
    }

    /// Somebody goes elsewhere: the next letters are another search. A browser says so too when the form is
    /// removed with the focus in it: its signals are gone by then.
    pub fn end(self) {
        if self.typed.try_with_untracked(String::is_empty) == Some(false) {
            self.typed.set(String::new());
            self.fitting.set(Vec::new());
        }
    }

    fn find(self, typed: &str) -> Vec<Article> {
        self.replica.with_value(|replica| {
            let mut used: HashMap<ArticleId, usize> = HashMap::new();
            replica.rows.with_untracked(|rows| {
                for (_, row) in rows {
                    *used.entry(row.fact.with_untracked(|fact| fact.article_id)).or_default() += 1;
                }
            });
            let articles = replica.articles.get_untracked();
            let offered = articles.iter().filter(|row| !row.archived);
            let counted = offered.map(|row| (row.clone(), used.get(&row.id).copied().unwrap_or(0)));
            found(counted, |row| row.name.to_string(), typed)
        })
    }

    fn look(self, typed: String) {
        self.fitting.set(self.find(&typed));
        self.typed.set(typed);
        self.at.set(0);
        self.choose();
    }

    /// Chooses in the list what is chosen among the fitting, as if it had been done by hand.
    fn choose(self) {
        let at = self.at.get_untracked();
        let id = self.fitting.with_untracked(|rows| rows.get(at).map(|row| row.id));
        let (Some(id), Some(select)) = (id, self.select.get_untracked()) else { return };
        select.set_value(&id.to_string());
        let how = EventInit::new();
        how.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("change", &how) {
            // Nobody stands in the way of it.
            drop(select.dispatch_event(&event));
        }
    }

    /// What is typed and what fits, below the list. It takes no room of its own.
    #[must_use]
    pub fn view(self) -> AnyView {
        let t = use_words();
        let names = move || {
            let at = self.at.get();
            self.fitting.with(|rows| {
                let name = |(n, row): (usize, &Article)| {
                    let class = if n == at { "letters-chosen" } else { "" };
                    view! { <span class=class>{row.name.shown()}</span> }
                };
                rows.iter().take(SHOWN).enumerate().map(name).collect_view()
            })
        };
        let nothing =
            move || if self.fitting.with(Vec::is_empty) { t.nothing_fits.to_owned() } else { String::new() };
        part(move || {
            (!self.typed.with(String::is_empty)).then(|| {
                view! {
                    <p class="letters" role="status">
                        <kbd>{text(move || self.typed.get())}</kbd>
                        {part(names)}
                        {text(nothing)}
                    </p>
                }
                .into_any()
            })
        })
        .into_any()
    }
}
