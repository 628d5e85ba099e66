//! Forms that are sent as they stand: signing in, joining, choosing. Before the program has arrived in
//! the browser they post and redirect like any other form.

use super::{changing, text};
use crate::{
    api::call::post_form,
    error::AppError,
    i18n::errors::{field_sentence, whole_sentence},
    pages::use_language,
};
use leptos::{
    ev::SubmitEvent,
    form::form_data_from_event,
    prelude::*,
    server::ServerActionError,
    server_fn::{ServerFn, error::ServerFnUrlError},
    task::spawn_local,
    web_sys::UrlSearchParams,
};

/// Where a form goes, and what came of it.
#[derive(Clone, Copy)]
pub struct Posting {
    path: &'static str,
    /// An answer is awaited.
    pub pending: RwSignal<bool>,
    /// What it was refused for.
    pub refusal: RwSignal<Option<AppError>>,
}

impl Posting {
    /// To a server function. After a plain post that was refused, the reason stands in the address.
    #[must_use]
    pub fn to<S: ServerFn<Error = AppError>>() -> Self {
        let refused = use_context::<ServerActionError>()
            .filter(|refused| refused.path() == S::PATH)
            .map(|refused| ServerFnUrlError::<AppError>::decode_err(refused.err()));
        Self { path: S::PATH, pending: RwSignal::new(false), refusal: RwSignal::new(refused) }
    }

    /// The message of one field.
    #[must_use]
    pub fn of_field(self, field: &'static str) -> Signal<Option<String>> {
        let language = use_language();
        Signal::derive(move || {
            self.refusal.with(|refusal| {
                let found = refusal.as_ref()?.fields().iter().find(|error| error.field == field)?;
                Some(field_sentence(found.reason, language))
            })
        })
    }

    /// `aria-invalid` of one field.
    #[must_use]
    pub fn invalid(self, field: &'static str) -> Box<dyn FnMut() -> Option<&'static str> + Send> {
        changing(move || {
            let refused = self.refusal.with(|refusal| {
                refusal.as_ref().is_some_and(|error| error.fields().iter().any(|error| error.field == field))
            });
            refused.then_some("true")
        })
    }

    fn send(self, event: &SubmitEvent) {
        // Where the form cannot be read, the browser posts it itself.
        let Ok(data) = form_data_from_event(event) else { return };
        let Ok(fields) = UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
        event.prevent_default();
        let body = String::from(fields.to_string());
        self.pending.set(true);
        self.refusal.set(None);
        spawn_local(async move {
            let refused = post_form(self.path, body).await.err();
            // The page may be gone by now.
            self.refusal.try_set(refused);
            self.pending.try_set(false);
        });
    }
}

/// A form.
#[component]
pub fn PostForm(
    /// Where it goes.
    posting: Posting,
    /// Its look.
    class: &'static str,
    /// What it is called for those who cannot see it.
    #[prop(optional)]
    label: Option<&'static str>,
    /// Its fields and buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=posting.path class=class aria-label=label on:submit=move |event| posting.send(&event)>
            {children()}
        </form>
    }
}

/// What a call was refused for.
#[component]
pub fn Refusal(
    /// The reason, when there is one.
    #[prop(into)]
    refusal: Signal<Option<AppError>>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <p class="form-error" role="alert">
            {text(move || refusal.with(|refusal| refusal.as_ref().map(|error| whole_sentence(error, language)).unwrap_or_default()))}
        </p>
    }
}
