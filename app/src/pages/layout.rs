//! What surrounds the pages of a signed-in person, and the book that they share.
//!
//! The routes are flat: nested ones would be a thirtieth of what the browser downloads. So the book
//! stands above them, and each page draws the frame anew.

use super::{household::HouseholdPage, today::Today, use_language, use_words};
use crate::{
    api::book::{Opening, open_book},
    components::{connection::ConnectionBadge, text},
    domain::{FactForm, HouseholdName},
    error::AppError,
    i18n::errors::sentence,
    live_link::LiveLink,
    replica::Replica,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::components::{A, Redirect};

/// The pages of the book.
#[derive(Clone, Copy)]
pub enum Page {
    /// Quick add, the newest transactions, the month's figures.
    Today,
    /// Everything that is not a transaction.
    Household,
}

/// The book once it is loaded, and what stays while pages change. It stands above the routes.
#[derive(Clone, Copy)]
pub struct Opened {
    replica: StoredValue<Option<Replica>>,
    /// The households of the account, to switch between.
    pub households: StoredValue<Vec<HouseholdName>>,
    /// What is typed in quick add.
    pub draft: StoredValue<FactForm>,
}

impl Default for Opened {
    fn default() -> Self {
        Self {
            replica: StoredValue::new(None),
            households: StoredValue::new(Vec::new()),
            draft: StoredValue::new(FactForm::default()),
        }
    }
}

/// A page of the book, which is loaded once and then kept.
#[component]
pub fn Book(page: Page) -> impl IntoView {
    let opened = use_context::<Opened>().unwrap_or_default();
    if let Some(replica) = opened.replica.get_value() {
        return view! { <SignedIn replica page arrived=true /> }.into_any();
    }
    let book = Resource::new_blocking(|| (), |()| open_book());
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let t = use_words();
    view! {
        <Suspense fallback=move || view! { <p class="notice">{t.loading}</p> }>
            {
                let link = link.clone();
                move || {
                    let link = link.clone();
                    Suspend::new(async move {
                        match book.await {
                            Ok(Opening { snapshot, households }) => {
                                let replica = Replica::new(snapshot);
                                opened.households.set_value(households);
                                opened.replica.set_value(Some(replica.clone()));
                                let followed = replica.clone();
                                // After hydration: the first frame continues exactly where the page was read.
                                Effect::new(move || link.start(followed.clone()));
                                view! { <SignedIn replica page arrived=false /> }.into_any()
                            }
                            Err(AppError::NotSignedIn) => view! { <Redirect path="/sign-in" /> }.into_any(),
                            Err(error) => view! { <Failed error /> }.into_any(),
                        }
                    })
                }
            }
        </Suspense>
    }
    .into_any()
}

/// The frame around a page. `arrived` from another page, the focus goes to the new one's beginning.
#[component]
fn SignedIn(replica: Replica, page: Page, arrived: bool) -> impl IntoView {
    let t = use_words();
    let household = replica.household.clone();
    provide_context(replica);
    let main = NodeRef::<html::Main>::new();
    Effect::new(move || {
        if let Some(main) = main.get()
            && arrived
        {
            // Where a browser refuses, the keyboard begins at the top of the page.
            drop(main.focus());
        }
    });
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
        <main node_ref=main id="main" class="page" tabindex="-1">
            {match page {
                Page::Today => view! { <Today /> }.into_any(),
                Page::Household => view! { <HouseholdPage /> }.into_any(),
            }}
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
