//! The way between the pages: the same on those that the program draws and on those that need none.

use crate::{i18n::Words, ui::icon::symbol};
use leptos::prelude::*;

/// A page that the bar leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    /// Quick add, the newest transactions, the month's figures.
    Today,
    /// What is planned for each category and month.
    Plan,
    /// Everything that is not a transaction.
    Household,
    /// Of a person and of the household. It needs no program.
    Settings,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Today, Self::Plan, Self::Household, Self::Settings];

    /// Its address.
    #[must_use]
    pub const fn href(self) -> &'static str {
        match self {
            Self::Today => "/",
            Self::Plan => "/plan",
            Self::Household => "/household",
            Self::Settings => "/settings",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Today => "today",
            Self::Plan => "plan",
            Self::Household => "home",
            Self::Settings => "settings",
        }
    }

    const fn word(self, t: &Words) -> &'static str {
        match self {
            Self::Today => t.today,
            Self::Plan => t.plan,
            Self::Household => t.household,
            Self::Settings => t.settings,
        }
    }
}

/// The links to all pages, on this one.
#[must_use]
pub fn navigation(t: &'static Words, here: Tab) -> AnyView {
    let link = |tab: Tab| {
        // The program draws the other pages itself.
        let external = (tab == Tab::Settings).then_some("external");
        let current = (tab == here).then_some("page");
        view! { <a href=tab.href() rel=external aria-current=current>{symbol(tab.icon(), "tab-icon")}{tab.word(t)}</a> }
            .into_any()
    };
    view! { <nav class="tabs" aria-label=t.navigation>{Tab::ALL.map(link).collect_view()}</nav> }.into_any()
}
