//! Shows why a call was refused.

use crate::{
    error::AppError,
    i18n::doing_words::{Doing, refused},
    state::language::use_language,
    ui::changing::part,
};
use leptos::prelude::*;

/// The message of a refused call.
#[component]
pub fn Refusal(
    /// The reason, if there is one.
    #[prop(into)]
    refusal: Signal<Option<AppError>>,
    /// What the call was meant to do.
    #[prop(optional)]
    doing: Doing,
) -> impl IntoView {
    let language = use_language();
    part(move || {
        let sentence = refusal.with(|refusal| refusal.as_ref().map(|error| refused(error, doing, language)));
        sentence.map(|text| view! { <p class="form-error" role="alert">{text}</p> }.into_any())
    })
}
