//! The pages that only the server renders: signing in, founding, joining, the demo, settings.
//!
//! They are forms that are posted and answered with a page, and work without WebAssembly. Their code is not
//! part of the browser's download.

mod demo;
mod enter;
mod password;
mod settings;
mod signing_out;

pub use demo::{DemoPage, demo};
pub use enter::{Invitation, JustDone, RegisterPage, SignInPage, failed, join, register, sign_in};
pub use password::{PasswordPage, set_password};
pub use settings::{Section, SettingsPage, settings};

use crate::{
    domain::{FieldError, Language, MemberId, Theme},
    error::AppError,
    i18n::{
        Words,
        errors::sentence,
        plain_words::{PlainWords, plain_words},
        range_words::refusal_sentence,
        words,
    },
    ui::icon::icons,
};
use leptos::prelude::*;
use leptos_meta::HashedStylesheet;
use std::collections::BTreeMap;

/// What every page needs.
#[derive(Clone)]
pub struct PageFrame {
    /// The language of the page.
    pub language: Language,
    /// The theme.
    pub theme: Theme,
    /// The location of the style sheet.
    pub options: LeptosOptions,
    /// The member who is signed in in this browser.
    pub member: Option<MemberId>,
    /// Whether browsers have a service worker, without which they keep no copy of the book.
    pub has_worker: bool,
}

impl PageFrame {
    /// The texts of the plain pages.
    #[must_use]
    pub fn words(&self) -> &'static PlainWords {
        plain_words(self.language)
    }

    /// The texts shared with the live screens.
    #[must_use]
    pub fn live(&self) -> &'static Words {
        words(self.language)
    }
}

/// The values of a form, and why it was refused.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// The fields by name, without passwords.
    pub values: BTreeMap<String, String>,
    /// Why it was refused; `None` if it was not submitted.
    pub refusal: Option<AppError>,
}

impl Filled {
    fn value(&self, name: &str) -> String {
        self.values.get(name).cloned().unwrap_or_default()
    }

    fn error(&self, name: &str) -> Option<&FieldError> {
        self.refusal.as_ref()?.fields().iter().find(|error| error.field == name)
    }
}

/// The whole document.
fn document(frame: &PageFrame, title: &str, body: impl IntoView + 'static) -> String {
    let title = format!("{title} · {}", frame.live().product);
    let (language, theme, options) = (frame.language, frame.theme, frame.options.clone());
    let owner = Owner::new();
    let html = owner.with(|| {
        let head = HeadOf { theme };
        view! {
            <html lang=language.as_str() data-theme=theme.as_str()>
                <head>
                    {head.common()}
                    <title>{title}</title>
                    <HashedStylesheet options id="style" />
                    <script src="/enter.js" defer></script>
                </head>
                <body>
                    <a class="skip" href="#main">{frame.live().skip}</a>
                    {body}
                    {icons()}
                </body>
            </html>
        }
        .to_html()
    });
    // Removes the markers for hydration, since these pages are not hydrated. In texts `<` is escaped.
    format!("<!DOCTYPE html>{}", html.replace("<!>", ""))
}

/// The common elements of the head of every page.
#[derive(Clone, Copy)]
pub struct HeadOf {
    /// The theme.
    pub theme: Theme,
}

impl HeadOf {
    /// Renders the elements.
    pub fn common(self) -> impl IntoView {
        let colour = match self.theme {
            Theme::System => {
                let for_scheme = |scheme, colour| {
                    let media = format!("(prefers-color-scheme: {scheme})");
                    leptos::html::meta().name("theme-color").attr("media", media).content(colour)
                };
                (for_scheme("light", "#fbfaf7"), for_scheme("dark", "#15181b")).into_any()
            }
            Theme::Light => view! { <meta name="theme-color" content="#fbfaf7" /> }.into_any(),
            Theme::Dark => view! { <meta name="theme-color" content="#15181b" /> }.into_any(),
        };
        view! {
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
            // If a phone turned a figure into a link, hydration would not find its text.
            <meta name="format-detection" content="telephone=no,date=no,address=no,email=no" />
            <meta name="color-scheme" content="light dark" />
            {colour}
            <meta name="mobile-web-app-capable" content="yes" />
            <meta name="apple-mobile-web-app-title" content="Budget" />
            <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            <link rel="apple-touch-icon" href="/icon-180.png" />
            <link rel="manifest" href="/manifest.webmanifest" />
        }
    }
}

/// A narrow page with one form.
fn narrow<V: IntoView>(frame: &PageFrame, body: V) -> impl IntoView + use<V> {
    let product = frame.live().product;
    view! {
        <main id="main" class="page page-narrow">
            <p class="brand">{product}</p>
            {body}
        </main>
    }
}

/// An input of a form.
#[derive(Clone, Copy)]
struct Input {
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    autocomplete: &'static str,
    hint: Option<&'static str>,
    required: bool,
    max: &'static str,
}

impl Input {
    const fn text(name: &'static str, label: &'static str) -> Self {
        Self { name, label, kind: "text", autocomplete: "off", hint: None, required: true, max: "80" }
    }

    const fn email(label: &'static str) -> Self {
        let input = Self::text("email", label);
        Self { kind: "email", autocomplete: "username", max: "254", ..input }
    }

    const fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Self {
        Self { kind: "password", autocomplete, max: "256", ..Self::text(name, label) }
    }

    const fn hint(self, hint: &'static str) -> Self {
        Self { hint: Some(hint), ..self }
    }

    const fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// A labelled input with its value and message.
    fn draw(self, frame: &PageFrame, filled: &Filled) -> AnyView {
        let Self { name, label, kind, autocomplete, hint, required, max } = self;
        let value = (kind != "password").then(|| filled.value(name));
        view! {
            <div class="field">
                <label class="field-label" for=name>{label}</label>
                <input
                    class="input"
                    id=name
                    name=name
                    type=kind
                    value=value
                    autocomplete=autocomplete
                    required=required
                    maxlength=max
                    aria-invalid=filled.error(name).map(|_| "true")
                    aria-describedby=described(name)
                />
                {about(frame, filled, name, hint)}
            </div>
        }
        .into_any()
    }
}

fn described(name: &str) -> String {
    format!("{name}-error {name}-hint")
}

/// The message of a field, and its hint.
fn about(
    frame: &PageFrame,
    filled: &Filled,
    name: &str,
    hint: Option<&'static str>,
) -> impl IntoView + use<> {
    let message = filled.error(name).map(|error| refusal_sentence(error, frame.language));
    view! {
        <p class="field-error" id=format!("{name}-error")>{message}</p>
        <p class="field-hint" id=format!("{name}-hint")>{hint}</p>
    }
}

/// A labelled selection.
fn select(
    frame: &PageFrame,
    filled: &Filled,
    (name, label): (&'static str, &'static str),
    choices: impl IntoIterator<Item = String>,
    chosen: &str,
    hint: Option<&'static str>,
) -> AnyView {
    let options = choices.into_iter().map(|choice| {
        let (selected, value) = (choice == chosen, choice.clone());
        view! { <option value=value selected=selected>{choice}</option> }
    });
    view! {
        <div class="field">
            <label class="field-label" for=name>{label}</label>
            <select class="input" id=name name=name aria-invalid=filled.error(name).map(|_| "true") aria-describedby=described(name)>
                {options.collect_view()}
            </select>
            {about(frame, filled, name, hint)}
        </div>
    }
    .into_any()
}

/// The member on whose page a form is. If somebody else is signed in in the browser by the time it is posted, it is
/// refused.
fn typed_by(member: MemberId) -> AnyView {
    view! { <input type="hidden" name="member" value=member.to_string() /> }.into_any()
}

/// The message of a refused form, if no field shows it.
fn refusal(frame: &PageFrame, filled: &Filled) -> AnyView {
    let secret = ["password", "old", "new"];
    let text = filled.refusal.as_ref().map(|error| {
        let hidden = |error: &&FieldError| {
            !filled.values.contains_key(&error.field) && !secret.contains(&error.field.as_str())
        };
        let mut text = sentence(error, frame.language);
        for error in error.fields().iter().filter(hidden) {
            text.push(' ');
            text.push_str(&refusal_sentence(error, frame.language));
        }
        text
    });
    text.map(|text| view! { <p class="form-error" role="alert">{text}</p> }).into_any()
}
