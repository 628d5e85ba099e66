//! The notice on every page of a household that waits to be erased.

use crate::{
    i18n::people_words::deleted_on, replica::Replica, state::language::use_language, ui::changing::part,
};
use leptos::prelude::*;

/// The notice; empty otherwise.
#[component]
pub fn Closing() -> impl IntoView {
    let Some(replica) = use_context::<Replica>() else { return ().into_any() };
    let language = use_language();
    let (household, today) = (replica.household, replica.today);
    part(move || {
        household.get().erase_on.map(|day| {
            view! { <p class="banner" role="status">{deleted_on(language, day, today.get())}</p> }.into_any()
        })
    })
    .into_any()
}
