//! Chooses a category by typing a few letters in its list. The browser's own search matches only the
//! beginning of a name, and only in the current alphabet of the keyboard.

use super::{
    changing::{part, text},
    choice::Choice,
    icon::article_icon,
};
use crate::{
    domain::{
        Article,
        letters::{PAUSE, found, typed_on},
    },
    state::language::use_words,
};
use leptos::{
    ev::KeyboardEvent,
    prelude::*,
    web_sys::{Event, EventInit},
};

/// The most matches that are shown.
const SHOWN: usize = 5;

type OfferedRows = Box<dyn Fn() -> Vec<(Article, usize)> + Send + Sync>;

/// The search in a list of categories.
#[derive(Clone, Copy)]
pub struct Letters {
    choice: Choice,
    /// The categories of the list, and how often each is used.
    offered: StoredValue<OfferedRows>,
    typed: RwSignal<String>,
    /// When the last letter was typed, in milliseconds of the page's clock.
    last: StoredValue<f64>,
    /// The matches, the best first.
    fitting: RwSignal<Vec<Article>>,
    /// The index of the selected match.
    at: RwSignal<usize>,
}

impl Letters {
    /// The search in the list of a choice. `offered` returns its categories and how often each is used; of equal
    /// matches the most used one is first.
    #[must_use]
    pub fn new(choice: Choice, offered: impl Fn() -> Vec<(Article, usize)> + Send + Sync + 'static) -> Self {
        Self {
            choice,
            offered: StoredValue::new(Box::new(offered)),
            typed: RwSignal::new(String::new()),
            last: StoredValue::new(0.0),
            fitting: RwSignal::new(Vec::new()),
            at: RwSignal::new(0),
        }
    }

    /// Handles a key: letters refine the search, arrows select a match.
    pub fn key(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let (key, mut typed) = (event.key(), self.typed.get_untracked());
        let since = event.time_stamp() - self.last.get_value();
        let mut letters = key.chars();
        match (key.as_str(), letters.next(), letters.next()) {
            ("Backspace", ..) if !typed.is_empty() => {
                typed.pop();
                self.look(typed);
            }
            ("Escape", ..) if !typed.is_empty() => {
                // The key ends the search and does not close the form.
                event.stop_propagation();
                self.end();
            }
            ("ArrowDown" | "ArrowUp", ..) if self.fitting.with_untracked(|rows| rows.len() > 1) => {
                let count = self.fitting.with_untracked(Vec::len).min(SHOWN);
                let step = if key == "ArrowDown" { 1 } else { count - 1 };
                self.at.update(|at| *at = (*at + step) % count);
                self.choose();
            }
            // A space that does not continue a search opens the list, as the browser does.
            (_, Some(letter), None) if letter != ' ' || (!typed.is_empty() && since < PAUSE) => {
                self.last.set_value(event.time_stamp());
                self.look(typed_on(&typed, since, letter, |typed| !self.find(typed).is_empty()));
            }
            _ => return,
        }
        event.prevent_default();
    }

    /// Ends the search when the focus leaves the list. A browser also reports that when it removes a focused
    /// form, whose signals are gone by then.
    pub fn end(self) {
        if self.typed.try_with_untracked(String::is_empty) == Some(false) {
            self.typed.set(String::new());
            self.fitting.set(Vec::new());
        }
    }

    fn find(self, typed: &str) -> Vec<Article> {
        let offered = self.offered.with_value(|offered| offered());
        found(offered, |row| row.name.to_string(), typed)
    }

    fn look(self, typed: String) {
        self.fitting.set(self.find(&typed));
        self.typed.set(typed);
        self.at.set(0);
        self.choose();
    }

    /// Chooses the selected match in the list and reports it like a choice by hand.
    fn choose(self) {
        let at = self.at.get_untracked();
        let id = self.fitting.with_untracked(|rows| rows.get(at).map(|row| row.id));
        let (Some(id), Some(select)) = (id, self.choice.select.get_untracked()) else { return };
        select.set_value(&id.to_string());
        let how = EventInit::new();
        how.set_bubbles(true);
        if let Ok(event) = Event::new_with_event_init_dict("change", &how) {
            // No listener cancels the event.
            drop(select.dispatch_event(&event));
        }
    }

    /// The typed letters and the matches, shown over what is below the list.
    #[must_use]
    pub fn view(self) -> AnyView {
        let t = use_words();
        let names = move || {
            let at = self.at.get();
            self.fitting.with(|rows| {
                let name = |(n, row): (usize, &Article)| {
                    let class = if n == at { "letters-name letters-chosen" } else { "letters-name" };
                    view! { <span class=class>{article_icon(row)}{row.name.shown()}</span> }
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
