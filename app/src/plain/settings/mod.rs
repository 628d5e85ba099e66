//! The settings of a person and of a household.

mod deletion;
mod devices;
mod household;

use super::{Filled, Input, PageFrame, document, refusal, signing_out, typed_by};
use crate::{
    domain::{AccountId, Day, Instant, Language, Me, Session, Theme, look::COLOURS},
    widgets::navigation::{Tab, navigation},
};
use leptos::prelude::*;

/// The sections of the page, each a form of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Name, colour, language, theme.
    You,
    /// A new password.
    Password,
    /// The signed-in devices.
    Devices,
    /// Name, currency, time zone.
    Household,
    /// Deleting the account.
    Account,
    /// Deleting the household.
    Deletion,
    /// Cancelling the deletion.
    Keep,
}

impl Section {
    const ALL: [Self; 7] = [
        Self::You,
        Self::Password,
        Self::Devices,
        Self::Household,
        Self::Account,
        Self::Deletion,
        Self::Keep,
    ];

    /// The word of the section in the address.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::You => "you",
            Self::Password => "password",
            Self::Devices => "devices",
            Self::Household => "household",
            Self::Account => "account",
            Self::Deletion => "deletion",
            Self::Keep => "keep",
        }
    }

    /// The section of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.as_str() == word)
    }
}

/// The content of the page.
#[derive(Clone, Debug)]
pub struct SettingsPage {
    /// The signed-in person.
    pub me: Me,
    /// The account of the person.
    pub account: AccountId,
    /// The devices.
    pub sessions: Vec<Session>,
    /// The name of the other member with whose change of the household the refused form conflicts.
    pub changed_by: Option<String>,
    /// The time zones to choose from.
    pub time_zones: Vec<String>,
    /// The household's today.
    pub today: Day,
    /// The current time, for how long ago a device was seen.
    pub now: Instant,
    /// The refused form, with what was typed in it.
    pub refused: Option<(Section, Filled)>,
    /// The section that was saved.
    pub saved: Option<Section>,
}

/// The settings page.
#[must_use]
pub fn settings(frame: &PageFrame, page: &SettingsPage) -> String {
    let body = view! {
        <header class="bar">
            <div class="bar-inner">
                <span class="bar-name">{page.me.household.name.shown()}</span>
                {navigation(frame.live(), Tab::Settings)}
            </div>
        </header>
        <main id="main" class="page settings">
            <h1>{frame.live().settings}</h1>
            {signing_out::waits(frame, page.account)}
            <div class="columns columns-2">
                <div class="column">{you(frame, page)} {household::household(frame, page)} {household::households(frame, page)} {deletion::household(frame, page)}</div>
                <div class="column">{devices::devices(frame, page)} {password(frame, page)} {deletion::account(frame, page)}</div>
            </div>
        </main>
        {signing_out::script()}
    };
    document(frame, frame.live().settings, body)
}

fn filled(page: &SettingsPage, section: Section) -> Filled {
    let refused = page.refused.as_ref().filter(|(refused, _)| *refused == section);
    refused.map(|(_, filled)| filled.clone()).unwrap_or_default()
}

fn saved(page: &SettingsPage, section: Section, word: &'static str) -> Option<impl IntoView + use<>> {
    (page.saved == Some(section)).then(|| view! { <p class="saved" role="status">{word}</p> })
}

fn with(filled: &Filled, name: &str, value: impl FnOnce() -> String) -> String {
    filled.values.get(name).cloned().unwrap_or_else(value)
}

fn you(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let mut filled = filled(page, Section::You);
    let name = with(&filled, "name", || page.me.member.name.to_string());
    filled.values.insert("name".into(), name);
    let colour = with(&filled, "colour", || page.me.member.colour.to_string());
    let initials = page.me.member.name.initials();
    let colours = (0..COLOURS).map(|number| {
        let value = number.to_string();
        let checked = value == colour;
        view! {
            <label class="swatch">
                <input type="radio" name="colour" value=value checked=checked aria-label=format!("{} {}", frame.live().colour, number + 1) />
                <span class=format!("avatar colour-{number}") aria-hidden="true">{initials.clone()}</span>
            </label>
        }
    });
    let language = with(&filled, "language", || page.me.language.as_str().to_owned());
    let languages =
        [(Language::En, "English"), (Language::Ru, "Русский")].map(|(each, label)| (each.as_str(), label));
    let theme = with(&filled, "theme", || frame.theme.as_str().to_owned());
    let themes = Theme::ALL.map(|each| {
        let label = match each {
            Theme::System => t.theme_system,
            Theme::Light => t.theme_light,
            Theme::Dark => t.theme_dark,
        };
        (each.as_str(), label)
    });
    // The form also posts its initial values, so that only edited fields are changed.
    let began = [
        ("was_name", page.me.member.name.to_string()),
        ("was_colour", page.me.member.colour.to_string()),
        ("was_language", page.me.language.as_str().to_owned()),
    ];
    let began = began.map(|(name, value)| view! { <input type="hidden" name=name value=value /> });
    view! {
        <section class="card" aria-labelledby="you-title">
            <h2 id="you-title">{t.you}</h2>
            <form method="post" action="/settings/you" class="form" aria-labelledby="you-title">
                {typed_by(page.me.member.id)}
                {refusal(frame, &filled)}
                {began}
                {Input::text("name", t.your_name).autocomplete("given-name").draw(frame, &filled)}
                <fieldset class="choice">
                    <legend class="field-label">{frame.live().colour}</legend>
                    <div class="swatches colours">{colours.collect_view()}</div>
                </fieldset>
                {radios("language", t.language, &languages, &language)}
                {radios("theme", t.theme, &themes, &theme)}
                <button type="submit" class="button">{frame.live().save}</button>
                {saved(page, Section::You, t.saved)}
            </form>
        </section>
    }
    .into_any()
}

fn radios(
    name: &'static str,
    label: &'static str,
    choices: &[(&'static str, &'static str)],
    chosen: &str,
) -> AnyView {
    let choices = choices.iter().map(|(value, label)| {
        let checked = *value == chosen;
        view! {
            <label class="pill"><input type="radio" name=name value=*value checked=checked /><span>{*label}</span></label>
        }
    });
    view! {
        <fieldset class="choice">
            <legend class="field-label">{label}</legend>
            <div class="pills">{choices.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

fn password(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let filled = filled(page, Section::Password);
    let new = Input::password("new", t.new_password, "new-password").hint(t.password_hint);
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">{frame.live().password}</h2>
            <form method="post" action="/settings/password" class="form" aria-labelledby="password-title">
                {typed_by(page.me.member.id)}
                {refusal(frame, &filled)}
                <input type="email" autocomplete="username" value=page.me.email.clone() hidden aria-hidden="true" />
                {Input::password("old", t.old_password, "current-password").draw(frame, &filled)}
                {new.draw(frame, &filled)}
                <button type="submit" class="button">{t.change_password}</button>
                {saved(page, Section::Password, t.password_changed)}
            </form>
        </section>
    }
    .into_any()
}
