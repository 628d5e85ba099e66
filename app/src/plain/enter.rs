//! Signing in, founding a household, joining one.

use super::{Filled, Frame, Input, document, narrow, refusal, select};
use crate::{
    domain::{Currency, MutationId, Name},
    error::AppError,
    i18n::errors::sentence,
};
use leptos::prelude::*;

/// What the page of signing in shows.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// What was typed.
    pub filled: Filled,
    /// The invitation to go on to.
    pub next: String,
    /// Whether a demo household is offered.
    pub demo: bool,
    /// A new password has just been set.
    pub password_set: bool,
}

/// Sign in.
#[must_use]
pub fn sign_in(frame: &Frame, page: &SignInPage) -> String {
    let t = frame.words();
    let demo = page.demo.then(|| {
        view! {
            <section class="offer">
                <a class="button button-outline" href="/demo">{t.demo_offer}</a>
                <p class="muted">{t.demo_offer_hint}</p>
            </section>
        }
    });
    let body = view! {
        <h1>{t.sign_in}</h1>
        {page.password_set.then(|| view! { <p class="saved" role="status">{t.password_set}</p> })}
        <form method="post" action="/sign-in" class="form" aria-label=t.sign_in>
            {refusal(frame, &page.filled)}
            {Input::email(frame.live().email).draw(frame, &page.filled)}
            {Input::password("password", frame.live().password, "current-password").draw(frame, &page.filled)}
            <input type="hidden" name="next" value=page.next.clone() />
            <button type="submit" class="button">{t.sign_in_do}</button>
        </form>
        <p><a href="/register">{t.no_account}</a></p>
        {demo}
        {languages(frame)}
    };
    document(frame, t.sign_in, narrow(frame, body))
}

/// What the page of founding shows.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    /// What was typed.
    pub filled: Filled,
    /// The currency that is most likely wanted.
    pub currency: String,
}

/// Found a household: its name, its currency, what is on the card; and who founds it.
#[must_use]
pub fn register(frame: &Frame, page: &RegisterPage) -> String {
    let t = frame.words();
    let filled = &page.filled;
    let chosen = Some(filled.value("currency")).filter(|code| !code.is_empty());
    let chosen = chosen.unwrap_or_else(|| page.currency.clone());
    let mut currencies: Vec<String> = Currency::COMMON.map(str::to_owned).to_vec();
    if !chosen.is_empty() && !currencies.contains(&chosen) {
        currencies.insert(0, chosen.clone());
    }
    let balance = Input { required: false, max: "24", ..Input::text("opening_balance", t.first_account) };
    let body = view! {
        <h1>{t.register}</h1>
        <form method="post" action="/register" class="form" aria-label=t.register>
            {refusal(frame, filled)}
            {Input::text("household", t.household_name).hint(t.household_hint).draw(frame, filled)}
            <div class="form-pair">
                {select(frame, filled, ("currency", frame.live().currency), currencies, &chosen, None)}
                {balance.hint(t.first_account_hint).draw(frame, filled)}
            </div>
            <h2>{t.about_you}</h2>
            {person(frame, filled)}
            <input type="hidden" name="time_zone" value=filled.value("time_zone") data-time-zone="" />
            <button type="submit" class="button">{t.register_do}</button>
        </form>
        <p><a href="/sign-in">{t.have_account}</a></p>
        {languages(frame)}
    };
    document(frame, t.register, narrow(frame, body))
}

/// Name, email and password of somebody new; and the key under which an answer that was lost is found
/// again when the form is sent once more.
fn person(frame: &Frame, filled: &Filled) -> impl IntoView + use<> {
    let t = frame.words();
    let key = Some(filled.value("mutation_id")).filter(|key| !key.is_empty());
    let key = key.unwrap_or_else(|| MutationId::new().to_string());
    let password = Input::password("password", frame.live().password, "new-password").hint(t.password_hint);
    view! {
        <input type="hidden" name="mutation_id" value=key />
        {Input::text("name", t.your_name).autocomplete("given-name").draw(frame, filled)}
        {Input::email(frame.live().email).draw(frame, filled)}
        {password.draw(frame, filled)}
    }
}

/// What the page behind an invitation shows.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What was typed.
    pub filled: Filled,
    /// The household that it leads to.
    pub household: Name,
    /// The end of the link.
    pub token: String,
    /// Somebody is signed in here and can join as they are.
    pub signed_in: bool,
}

/// Names the household, and lets somebody in: with a new account, or with the one signed in.
#[must_use]
pub fn join(frame: &Frame, page: &Invitation) -> String {
    let t = frame.words();
    let action = format!("/join/{}", page.token);
    let form = if page.signed_in {
        view! {
            <form method="post" action=action class="form" aria-label=t.join_with_account>
                {refusal(frame, &page.filled)}
                <button type="submit" class="button">{t.join_with_account}</button>
            </form>
            <p><a href="/">{frame.live().back_to_today}</a></p>
        }
        .into_any()
    } else {
        // Back here afterwards: the invitation is not forgotten.
        let sign_in = format!("/sign-in?next=/join/{}", page.token);
        view! {
            <form method="post" action=action class="form" aria-label=t.join>
                {refusal(frame, &page.filled)}
                {person(frame, &page.filled)}
                <button type="submit" class="button">{t.join_do}</button>
            </form>
            <p><a href=sign_in>{t.have_account}</a></p>
        }
        .into_any()
    };
    behind_link(frame, t.join, t.invited_to, &page.household, form)
}

/// The page behind a link that somebody was given: what it is for, and the form that uses the link up.
pub(super) fn behind_link(
    frame: &Frame,
    title: &str,
    purpose: &'static str,
    name: &Name,
    form: impl IntoView + 'static,
) -> String {
    let body = view! {
        <h1>{purpose} " " <b>{name.shown()}</b></h1>
        {form}
        {languages(frame)}
    };
    document(frame, title, narrow(frame, body))
}

/// A page that cannot be shown, and what to do.
#[must_use]
pub fn failed(frame: &Frame, error: &AppError) -> String {
    let t = frame.words();
    let body = view! {
        <h1>{t.not_here}</h1>
        <p role="alert">{sentence(error, frame.language)}</p>
        <p><a href="/">{frame.live().back_to_today}</a></p>
    };
    document(frame, t.not_here, narrow(frame, body))
}

/// The page in another language.
pub(super) fn languages(frame: &Frame) -> impl IntoView + use<> {
    use crate::domain::Language;
    let t = frame.words();
    let current = frame.language;
    let button = move |language: Language| {
        let name = match language {
            Language::En => "English",
            Language::Ru => "Русский",
        };
        view! {
            <button type="submit" class="button button-quiet" name="language" value=language.as_str() lang=language.as_str()
                aria-pressed=(language == current).to_string()>
                {name}
            </button>
        }
    };
    view! {
        <form method="post" action="/language" class="choices choices-end" aria-label=t.language>
            {Language::ALL.map(button)}
        </form>
    }
}
