//! What a call was refused for, and where it is said.

use super::part;
use crate::{
    error::AppError,
    i18n::doing_words::{Doing, refused},
    state::language::use_language,
};
use leptos::{
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
};

/// What a form was refused for that was posted without the program: it stands in the address.
#[must_use]
pub fn refused_plainly<S: ServerFn<Error = AppError>>() -> Option<AppError> {
    use_context::<ServerActionError>()
        .filter(|refused| refused.path() == S::PATH)
        .map(|refused| ServerFnUrlError::<AppError>::decode_err(refused.err()))
}

/// What a call was refused for.
#[component]
pub fn Refusal(
    /// The reason, when there is one.
    #[prop(into)]
    refusal: Signal<Option<AppError>>,
    /// What was being done.
    #[prop(optional)]
    doing: Doing,
) -> impl IntoView {
    let language = use_language();
    part(move || {
        let sentence = refusal.with(|refusal| refusal.as_ref().map(|error| refused(error, doing, language)));
        sentence.map(|text| view! { <p class="form-error" role="alert">{text}</p> }.into_any())
    })
}
