//! The choice in a select whose options may change while it is open.
//!
//! The choice is in a signal, from which both the label and the sent form read it; the browser's select only
//! shows it. When an option is added or renamed, a browser keeps the index of the choice instead of its
//! value, without any event.

use leptos::{ev::KeyboardEvent, html, prelude::*};

/// The chosen id, and the initial one. Ids are texts; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chosen {
    /// The initial choice.
    first: String,
    /// The choice since then.
    chosen: Option<String>,
}

impl Chosen {
    /// The current choice. An id that is no longer offered counts as not chosen.
    fn value(&self, offered: impl Fn(&str) -> bool) -> &str {
        self.chosen.as_deref().filter(|id| offered(id)).unwrap_or(&self.first)
    }
}

type Offered = Box<dyn Fn(&str) -> bool + Send + Sync>;

/// The choice of a select on the screen.
#[derive(Clone, Copy)]
pub struct Choice {
    /// The select.
    pub select: NodeRef<html::Select>,
    chosen: RwSignal<Chosen>,
    offered: StoredValue<Offered>,
}

impl Choice {
    /// A choice with the initial value `first`. `offered` returns whether the rows offer an id.
    #[must_use]
    pub fn new<T: Send + Sync + 'static>(
        first: String,
        rows: ArcRwSignal<T>,
        offered: impl Fn(&T, &str) -> bool + Send + Sync + 'static,
    ) -> Self {
        let offers = {
            let rows = rows.clone();
            move |id: &str| rows.with(|rows| offered(rows, id))
        };
        let this = Self {
            select: NodeRef::new(),
            chosen: RwSignal::new(Chosen { first, chosen: None }),
            offered: StoredValue::new(Box::new(offers)),
        };
        let mounted = StoredValue::new(false);
        Effect::new(move || {
            rows.track();
            let value = this.get();
            let Some(select) = this.select.get() else { return };
            if !mounted.get_value() {
                mounted.set_value(true);
                // Chosen before hydration, or the browser's default.
                if select.value() != value {
                    this.choose(select.value());
                    return;
                }
            }
            // After the new options are in the document. The form may be gone by then.
            request_animation_frame(move || {
                if let Some(value) = this.try_get_untracked() {
                    select.set_value(&value);
                }
            });
        });
        this
    }

    /// Whether the select offers this id now.
    #[must_use]
    pub fn offers(self, id: &str) -> bool {
        self.offered.with_value(|offered| untrack(|| offered(id)))
    }

    /// Chooses an id.
    pub fn choose(self, id: String) {
        _ = self.chosen.try_update(|this| this.chosen = Some(id));
    }

    /// Returns to the initial choice.
    pub fn clear(self) {
        _ = self.chosen.try_update(|this| this.chosen = None);
    }

    /// Whether something was chosen after the initial choice.
    #[must_use]
    pub fn is_chosen(self) -> bool {
        self.chosen.with_untracked(|this| this.chosen.is_some())
    }

    /// The current choice.
    #[must_use]
    pub fn get(self) -> String {
        self.offered.with_value(|offered| self.chosen.with(|this| this.value(offered).to_owned()))
    }

    /// Returns the current choice without tracking it; `None` after the form is disposed.
    #[must_use]
    pub fn try_get_untracked(self) -> Option<String> {
        self.offered.try_with_value(|offered| {
            untrack(|| self.chosen.try_with(|this| this.value(offered).to_owned()))
        })?
    }
}

/// Whether a key was pressed in a select.
pub fn event_target_is_select(event: &KeyboardEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    event.target().is_some_and(|target| target.dyn_ref::<leptos::web_sys::HtmlSelectElement>().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// An event of a select.
    #[derive(Clone, Debug)]
    enum Step {
        /// By hand, by a note, or from a draft.
        Choose(usize),
        /// After an entry was added.
        Clear,
        /// Another member archives it.
        Archive(usize),
        /// Another member restores it.
        Restore(usize),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0..4_usize).prop_map(Step::Choose),
            Just(Step::Clear),
            (1..4_usize).prop_map(Step::Archive),
            (1..4_usize).prop_map(Step::Restore),
        ]
    }

    proptest! {
        #[test]
        fn the_label_names_the_written_choice_after_any_sequence_of_choices(
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let owner = Owner::new();
            owner.set();
            let rows = ArcRwSignal::new(vec![true; 4]);
            let offered = |rows: &Vec<bool>, id: &str| {
                id.parse().ok().and_then(|at: usize| rows.get(at)).copied().unwrap_or(false)
            };
            let choice = Choice::new("0".to_owned(), rows.clone(), offered);
            // The label is recomputed only when a signal that it reads changes.
            let label = Memo::new(move |_| choice.get());
            let (mut last, mut offered) = (0, [true; 4]);
            for step in steps {
                match step {
                    Step::Choose(at) => {
                        choice.choose(at.to_string());
                        last = at;
                    }
                    Step::Clear => {
                        choice.clear();
                        last = 0;
                    }
                    Step::Archive(at) => offered[at] = false,
                    Step::Restore(at) => offered[at] = true,
                }
                rows.set(offered.to_vec());
                let expected = if offered[last] { last } else { 0 }.to_string();
                prop_assert_eq!(label.get_untracked(), expected.clone(), "named");
                prop_assert_eq!(choice.try_get_untracked(), Some(expected), "written");
            }
        }
    }
}
