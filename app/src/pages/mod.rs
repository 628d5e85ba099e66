//! The screens.

mod days;
mod device;
mod household;
mod layout;
pub mod parts;
mod plan;
pub mod today;

use crate::{
    domain::Language,
    i18n::words,
    live_link::{Connection, LiveLink},
    outbox::Outbox,
    state::{
        editing::Editing,
        groups::Groups,
        open_form::HouseholdForms,
        opened::{KeptStart, Opened},
        plan_cell::CellToCorrect,
        undo::Undo,
    },
    ui::focus::keep_focus,
    widgets::plan_notices::AnnouncedLevels,
};
use device::StoringPage;
use layout::{BookPage, Page};
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
    let language = match use_context::<KeptStart>() {
        Some(kept) => kept.language,
        // Decided once by the server, and sent to the browser inside the page.
        None => SharedValue::new(language_of_request).into_inner(),
    };
    provide_context(language);
    let link = use_context::<LiveLink>().unwrap_or_else(LiveLink::none);
    provide_context(link.clone());
    let (opened, outbox) = (Opened::default(), Outbox::default());
    provide_context(opened);
    provide_context(plan::PlanState::new());
    provide_context(CellToCorrect::new());
    provide_context(outbox.clone());
    provide_context(Undo::default());
    provide_context(AnnouncedLevels::default());
    provide_context(Editing::default());
    provide_context(Groups::default());
    provide_context(HouseholdForms::new(opened.unfinished));
    // Here and not in a page: these last as long as the program.
    let (connection, waits) = (link.connection.clone(), outbox.clone());
    Effect::new(move || {
        if matches!(connection.get(), Connection::Live { .. }) {
            waits.wake();
        } else {
            waits.disconnected();
        }
    });
    // A socket outlives the cookie of its session, so a page whose calls are refused may still be connected.
    let (ended, connection, browser) =
        (outbox.signed_out.clone(), link.connection.clone(), link.browser.clone());
    Effect::new(move |before: Option<()>| {
        ended.track();
        if before.is_some() && matches!(connection.get_untracked(), Connection::Live { .. }) {
            browser.reconnect();
        }
    });
    let (pending, unsaved) = (outbox.clone(), link.unsaved.clone());
    Effect::new(move || unsaved.set(!pending.has_stored_all()));
    let listed = outbox.listed.clone();
    keep_focus(move || {
        listed.track();
        if let Some(replica) = opened.followed.get() {
            replica.position.track();
        }
    });
    let told = days::follow_days(&link, &outbox, opened);
    let storing = StoringPage { link: link.clone(), outbox: outbox.clone(), opened, language, told };
    device::store_on_device(storing);
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
                <Route path=path!("") view=|| view! { <BookPage page=Page::Today /> } ssr=SsrMode::Async />
                <Route path=path!("plan") view=|| view! { <BookPage page=Page::Plan /> } ssr=SsrMode::Async />
                <Route path=path!("household") view=|| view! { <BookPage page=Page::Household /> } ssr=SsrMode::Async />
            </FlatRoutes>
        </Router>
    }
}
