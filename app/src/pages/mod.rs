//! The screens.

mod household;
mod layout;
mod plan;
pub mod today;

pub use crate::state::opened::Opened;

pub use crate::state::language::{use_language, use_words};

use crate::{
    domain::Language,
    i18n::words,
    live_link::{Connection, LiveLink},
    outbox::Outbox,
    state::{editing::Editing, undo::Undo},
};
use layout::{Book, Page};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

fn language_of_request() -> Language {
    #[cfg(feature = "ssr")]
    if let Ok(identity) = crate::api::ssr::identity() {
        return identity.language;
    }
    Language::default()
}

/// The program.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Decided once by the server, and carried to the browser inside the page.
    let language = SharedValue::new(language_of_request).into_inner();
    provide_context(language);
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    provide_context(link.clone());
    let (opened, outbox) = (Opened::default(), Outbox::default());
    provide_context(opened);
    provide_context(plan::PlanState::new());
    provide_context(outbox.clone());
    provide_context(Undo::default());
    provide_context(Editing::default());
    // Here and not in a page: these last as long as the program.
    let (connection, waits) = (link.connection.clone(), outbox.clone());
    Effect::new(move || {
        if matches!(connection.get(), Connection::Live { .. }) {
            waits.wake();
        }
    });
    let browser = link.browser.clone();
    Effect::new(move || {
        if let Some(replica) = opened.followed.get() {
            replica.editing.track();
            browser.edited();
        }
    });
    Effect::new(move || {
        if let Some(replica) = opened.followed.get() {
            outbox.begin(&replica);
            link.browser.start(replica);
        }
    });
    let t = words(language);
    view! {
        <Title formatter=move |page: String| {
            if page.is_empty() { t.product.to_owned() } else { format!("{page} · {}", t.product) }
        } />
        <Router>
            <FlatRoutes fallback=layout::NotFound>
                <Route path=path!("") view=|| view! { <Book page=Page::Today /> } ssr=SsrMode::Async />
                <Route path=path!("plan") view=|| view! { <Book page=Page::Plan /> } ssr=SsrMode::Async />
                <Route path=path!("household") view=|| view! { <Book page=Page::Household /> } ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}
