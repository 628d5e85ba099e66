//! What surrounds the pages of a signed-in person, and the book that they share.
//!
//! The routes are flat: nested ones would be a thirtieth of what the browser downloads. So the book
//! stands above them, and each page draws the frame anew.

use super::{household::HouseholdPage, plan::PlanPage, today::Today, use_words};
use crate::{
    api::book::Opening,
    components::{
        closing::Closing,
        connection::{ConnectionBadge, NewBuild},
        icon::symbol,
        keys::Keys,
        limits::Limits,
        not_a_member::NotAMember,
        presence::People,
        sign_in_again::SignInAgain,
        text,
        undo::UndoToasts,
    },
    live_link::LiveLink,
    replica::Replica,
    state::opened::Opened,
};
use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::components::A;

/// The pages of the book.
#[derive(Clone, Copy)]
pub enum Page {
    /// Quick add, the newest transactions, the month's figures.
    Today,
    /// What is meant for each category and month.
    Plan,
    /// Everything that is not a transaction.
    Household,
}

/// What the server has read for this page before it wrote it.
fn opening() -> Option<Opening> {
    #[cfg(feature = "ssr")]
    return crate::api::ssr::opening();
    #[cfg(not(feature = "ssr"))]
    None
}

/// A page of the book, which is loaded once and then kept.
#[component]
pub fn Book(page: Page) -> impl IntoView {
    let opened = use_context::<Opened>().unwrap_or_default();
    if let Some(replica) = opened.replica.get_value() {
        return view! { <SignedIn replica page arrived=true /> }.into_any();
    }
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    // Carried to the browser inside the page.
    let Some(Opening { snapshot, email }) = SharedValue::new(opening).into_inner() else {
        // The server reads the book for every page of ours: this one was come to in another way.
        link.browser.go(match page {
            Page::Today => "/",
            Page::Plan => "/plan",
            Page::Household => "/household",
        });
        return ().into_any();
    };
    let replica = Replica::new(snapshot);
    opened.email.set_value(email);
    opened.replica.set_value(Some(replica.clone()));
    let followed = replica.clone();
    // After hydration: the first frame continues exactly where the page was read. What follows the book belongs to
    // the root: it lasts longer than this page.
    Effect::new(move || opened.followed.set(Some(followed.clone())));
    view! { <SignedIn replica page arrived=false /> }.into_any()
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
                <span class="bar-name" translate="no">{text(move || household.get().name.shown())}</span>
                <nav class="tabs" aria-label=t.navigation>
                    <A href="/" exact=true>{symbol("today", "tab-icon")}{t.today}</A>
                    <A href="/plan">{symbol("plan", "tab-icon")}{t.plan}</A>
                    <A href="/household">{symbol("home", "tab-icon")}{t.household}</A>
                    <a href="/settings" rel="external">{symbol("settings", "tab-icon")}{t.settings}</a>
                </nav>
                <People />
                <ConnectionBadge />
            </div>
        </header>
        <NewBuild />
        <Closing />
        <main node_ref=main id="main" class="page" tabindex="-1">
            {match page {
                Page::Today => view! { <Today /> }.into_any(),
                Page::Plan => view! { <PlanPage /> }.into_any(),
                Page::Household => view! { <HouseholdPage /> }.into_any(),
            }}
        </main>
        <UndoToasts />
        <Limits />
        <SignInAgain />
        <NotAMember />
        <Keys />
    }
}

/// No page of ours has this address.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::set_status(&crate::error::AppError::NotFound);
    let t = use_words();
    view! {
        <Title text=t.not_found />
        <main id="main" class="page page-narrow">
            <h1>{t.not_found}</h1>
            <p><a href="/" rel="external">{t.back_to_today}</a></p>
        </main>
    }
}
