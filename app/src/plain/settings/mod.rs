//! The settings of a person and of a household.

mod deletion;
mod household;

use super::{Filled, Input, PageFrame, document, refusal, signing_out, typed_by};
use crate::{
    domain::{AccountId, Day, Instant, Language, Me, Session, Theme, look::COLOURS},
    i18n::plain_words::{seen_ago, sign_out_device},
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
            <div class="columns columns-2">
                <div class="column">{you(frame, page)} {household::household(frame, page)} {household::households(frame, page)} {deletion::household(frame, page)}</div>
                <div class="column">{devices(frame, page)} {password(frame, page)} {deletion::account(frame, page)}</div>
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

fn devices(frame: &PageFrame, page: &SettingsPage) -> AnyView {
    let t = frame.words();
    let (language, now) = (frame.language, page.now);
    let row = |session: &Session| {
        let name = device_name(&session.device);
        let seen = seen_ago(language, session.last_seen_at, now);
        let end = if session.current {
            view! { <span class="plain-detail">{t.this_device}</span> }.into_any()
        } else {
            view! {
                <form method="post" action="/settings/devices">
                    {typed_by(page.me.member.id)}
                    <input type="hidden" name="id" value=session.id.to_string() />
                    <button type="submit" class="button button-quiet" aria-label=sign_out_device(language, &name)>{t.sign_out}</button>
                </form>
            }
            .into_any()
        };
        view! {
            <li class="plain-row" title=session.device.clone()>
                <span class="plain-name">{name}<small>{seen}</small></span>
                {end}
            </li>
        }
    };
    view! {
        <section class="card" aria-labelledby="devices-title">
            <h2 id="devices-title">{t.devices}</h2>
            <p class="muted">{t.devices_hint}</p>
            {refusal(frame, &filled(page, Section::Devices))}
            <ul class="plain-list">{page.sessions.iter().map(row).collect_view()}</ul>
            {signing_out::keeps_book(frame)}
            {signing_out::sign_out(frame, page.account)}
        </section>
    }
    .into_any()
}

/// A readable name for a browser and its device, from the `User-Agent`.
fn device_name(agent: &str) -> String {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    let browser = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("YaBrowser", "Yandex"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "Chromebook"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        // Another program: its own name.
        (None, None) => agent.chars().take(40).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn devices_have_readable_names() {
        for (agent, name) in [
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36 Edg/150.0",
                "Edge · Windows",
            ),
            ("my-import/1.0", "my-import/1.0"),
            ("", ""),
        ] {
            assert_eq!(device_name(agent), name);
        }
    }
}
