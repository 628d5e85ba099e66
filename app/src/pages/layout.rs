//! The frame around the pages of a signed-in member, and the book that they share.
//!
//! The routes are flat: nested ones would add a thirtieth to the browser's download. So the book is kept
//! above the routes, and each page renders the frame again.

use super::{parts, today::Today};
use crate::{
    api::book::{Opening, RefusedFact},
    domain::AccountId,
    live_link::LiveLink,
    replica::Replica,
    state::{
        language::use_words,
        opened::{KeptStart, Opened},
    },
    ui::{
        changing::text,
        keys::Keys,
        pasting::keep_apart,
        program_part::{drawn, titled},
    },
    widgets::{
        closing::Closing,
        connection::{ConnectionBadge, NewBuild},
        navigation::{Tab, navigation},
        plan_notices::PlanNotices,
        presence::PresentMembers,
        session_end::SessionEnd,
        signing_out::SigningOut,
        undo::UndoToasts,
    },
};
use leptos::{html, prelude::*, wasm_bindgen::JsCast};
use leptos_meta::Title;

/// The pages of the book.
#[derive(Clone, Copy)]
pub enum Page {
    /// Quick add, the newest transactions, the month's figures.
    Today,
    /// The plans of categories and months.
    Plan,
    /// Everything that is not a transaction.
    Household,
}

impl Page {
    const fn tab(self) -> Tab {
        match self {
            Self::Today => Tab::Today,
            Self::Plan => Tab::Plan,
            Self::Household => Tab::Household,
        }
    }
}

/// The snapshot that the server has read for this page.
fn opening() -> Option<Opening> {
    #[cfg(feature = "ssr")]
    return crate::api::ssr::opening();
    #[cfg(not(feature = "ssr"))]
    None
}

/// What the first page begins with.
struct Beginning {
    replica: Replica,
    account: AccountId,
    email: String,
    refused: Option<RefusedFact>,
}

impl Beginning {
    /// `None` if the page was reached without a book.
    fn find() -> Option<Self> {
        if let Some(KeptStart { replica, account, email, .. }) = use_context() {
            return Some(Self { replica, account, email, refused: None });
        }
        // Sent to the browser inside the page.
        let Opening { snapshot, account, email, refused } = SharedValue::new(opening).into_inner()?;
        Some(Self { replica: Replica::new(snapshot), account, email, refused })
    }
}

/// A page of the book. The book is loaded once and then kept.
#[component]
pub fn BookPage(page: Page) -> impl IntoView {
    let opened = use_context::<Opened>().unwrap_or_default();
    if let Some(replica) = opened.replica.get_value() {
        return view! { <SignedIn replica page arrived=true /> }.into_any();
    }
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    let Some(Beginning { replica, account, email, refused }) = Beginning::find() else {
        // The server reads the book for every page that it renders; this one was reached in another way.
        link.browser.go(page.tab().href());
        return ().into_any();
    };
    opened.account.set_value(Some(account));
    opened.email.set_value(email);
    opened.refused.set_value(refused);
    opened.replica.set_value(Some(replica.clone()));
    let followed = replica.clone();
    // After hydration: the first frame continues exactly where the page was read. What follows the book belongs to
    // the root: it lasts longer than this page.
    Effect::new(move || opened.followed.set(Some(followed.clone())));
    view! { <SignedIn replica page arrived=false /> }.into_any()
}

/// The frame around a page. If the person `arrived` from another page, the focus moves to the start of the
/// new one.
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
            // If the element cannot be focused, the tab order starts at the top of the page.
            drop(main.focus());
        }
    });
    view! {
        <a class="skip" href="#main">{t.skip}</a>
        <header class="bar">
            <div class="bar-inner">
                <span class="bar-name" translate="no">{text(move || household.get().name.shown())}</span>
                {navigation(t, page.tab())}
                <PresentMembers />
                <ConnectionBadge here=page.tab() />
            </div>
        </header>
        <NewBuild />
        <Closing />
        <main node_ref=main id="main" class="page" tabindex="-1" on:paste=move |event| keep_apart(&event.unchecked_into())>
            {match page {
                Page::Today => view! { <Today /> }.into_any(),
                Page::Plan => drawn(&parts::PLAN, titled(t.plan), |page| page()),
                Page::Household => drawn(&parts::HOUSEHOLD, titled(t.household), |page| page()),
            }}
        </main>
        <div class="overlays">
            <PlanNotices />
            <UndoToasts />
        </div>
        <SessionEnd />
        <SigningOut />
        <Keys />
    }
}

/// The page for an unknown address.
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
