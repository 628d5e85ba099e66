//! What surrounds the pages of a signed-in person, and the book that they share.

use super::{use_language, use_words};
use crate::{
    api::book::snapshot,
    components::{connection::ConnectionBadge, quick_add::Draft, text},
    error::AppError,
    i18n::errors::sentence,
    live_link::LiveLink,
    replica::Replica,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{A, Outlet, Redirect};

/// Loads the book once, and keeps it for every page below.
#[component]
pub fn Book() -> impl IntoView {
    let book = Resource::new_blocking(|| (), |()| snapshot());
    let t = use_words();
    view! {
        <Suspense fallback=move || view! { <p class="notice">{t.loading}</p> }>
            {move || Suspend::new(async move {
                match book.await {
                    Ok(snapshot) => {
                        let replica = Replica::new(snapshot);
                        provide_context(replica.clone());
                        view! { <SignedIn replica /> }.into_any()
                    }
                    Err(AppError::NotSignedIn) => view! { <Redirect path="/sign-in" /> }.into_any(),
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn SignedIn(replica: Replica) -> impl IntoView {
    let t = use_words();
    let household = replica.household.clone();
    provide_context(Draft::new());
    if let Some(link) = use_context::<LiveLink>() {
        // After hydration: the first frame continues exactly where the page was read.
        Effect::new(move || link.start(replica.clone()));
    }
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <header class="bar">
            <div class="bar-inner">
                <span class="bar-name">{text(move || household.get().name.to_string())}</span>
                <nav class="tabs" aria-label=t.navigation>
                    <A href="/" exact=true>{t.today}</A>
                    <A href="/household">{t.household}</A>
                </nav>
                <ConnectionBadge />
            </div>
        </header>
        <main id="main" class="page">
            <Outlet />
        </main>
    }
}

/// A page that cannot be shown, and what to do.
#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::set_status(&error);
    let t = use_words();
    view! {
        <main id="main" class="page page-narrow">
            <h1>{t.product}</h1>
            <p class="notice notice-error" role="alert">{sentence(&error, use_language())}</p>
            <p><a href="/" rel="external">{t.try_again}</a></p>
        </main>
    }
}

/// No page of ours has this address.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::set_status(&AppError::NotFound);
    let t = use_words();
    view! {
        <Title text=t.not_found />
        <main id="main" class="page page-narrow">
            <h1>{t.not_found}</h1>
            <p><A href="/">{t.back_to_today}</A></p>
        </main>
    }
}
