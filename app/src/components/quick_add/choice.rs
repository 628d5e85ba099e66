//! Lists of choices that somebody else may change while they are open.

use leptos::{ev::KeyboardEvent, html, prelude::*};

/// What is chosen in a list, kept when somebody adds to the list or renames something in it: the
/// browser would keep the place in the list instead. To be set at each `change`.
pub fn keep_choice<T: Send + Sync + 'static>(
    select: NodeRef<html::Select>,
    choices: ArcRwSignal<T>,
) -> StoredValue<Option<String>> {
    let chosen = StoredValue::new(None::<String>);
    Effect::new(move || {
        choices.track();
        if let (Some(select), Some(value)) = (select.get_untracked(), chosen.get_value()) {
            // After the new choices are there.
            request_animation_frame(move || select.set_value(&value));
        }
    });
    chosen
}

/// Whether a key was pressed in a list of choices.
pub fn event_target_is_select(event: &KeyboardEvent) -> bool {
    use leptos::wasm_bindgen::JsCast;
    event.target().is_some_and(|target| target.dyn_ref::<leptos::web_sys::HtmlSelectElement>().is_some())
}
