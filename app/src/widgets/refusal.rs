//! Shows why a call was refused. A browser loads the sentences while the page is idle, or at the first refusal.

use crate::{
    error::AppError,
    i18n::{
        device_words::device_words,
        doing_words::{Doing, refused},
    },
    live_link::{Connection, LiveLink},
    state::language::use_language,
    ui::{
        changing::part,
        program_part::{drawn, program_part},
    },
};
use leptos::prelude::*;

/// Draws the message of a refused call.
type DrawRefusal = fn(&AppError, Doing) -> AnyView;

program_part! {
    /// The message of a refused call.
    pub REFUSAL: DrawRefusal = refusal_part in later, message
}

fn message(error: &AppError, doing: Doing) -> AnyView {
    let (connection, language) =
        (use_context::<LiveLink>().unwrap_or_else(LiveLink::none).connection, use_language());
    // Nothing has failed: the bar says that there is no connection. Once there is one, there is nothing to say.
    let is_offline = |state: &Connection| matches!(state, Connection::Offline { .. });
    if connection.with_untracked(is_offline) && *error == AppError::NoAnswer {
        let needs = device_words(language).needs_connection;
        let hint = part(move || {
            connection
                .with(is_offline)
                .then(|| view! { <p class="field-hint" role="status">{needs}</p> }.into_any())
        });
        return hint.into_any();
    }
    view! { <p class="form-error" role="alert">{refused(error, doing, language)}</p> }.into_any()
}

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
    part(move || {
        let error = refusal.get();
        error.map(|error| drawn(&REFUSAL, |message| message, move |draw| draw(&error, doing)))
    })
}
