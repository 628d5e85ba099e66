//! Signing in, founding a household, joining one.

use super::{Filled, Input, PageFrame, document, narrow, refusal, select, signing_out, typed_by};
use crate::{
    domain::{AccountId, Currency, MemberId, MutationId, Name, direction::isolated},
    error::AppError,
    i18n::errors::sentence,
};
use leptos::prelude::*;

/// The content of the sign-in page.
#[derive(Clone, Debug, Default)]
pub struct SignInPage {
    /// What was typed.
    pub filled: Filled,
    /// The path of an invitation to continue with.
    pub next: String,
    /// Whether a demo household is offered.
    pub demo: bool,
    /// What has just been done.
    pub done: Option<JustDone>,
    /// The account that was just deleted in this browser.
    pub deleted: Option<AccountId>,
    /// The fields of a transaction that was posted after the session had ended, by name. They are posted together with
    /// the sign-in, to the page that shows them again.
    pub entry: Vec<(&'static str, String)>,
    /// What somebody else typed in a form of settings, who was signed in in this browser before, and which was not saved.
    pub kept: Vec<String>,
    /// Whether somebody was to be signed out on whose page the form was, and somebody else stays signed in.
    pub stays: bool,
    /// The form that deletes an account that belongs to no household, if it is offered.
    pub deletion: Option<Filled>,
}

/// What the sign-in page confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JustDone {
    /// A new password is set.
    PasswordSet,
    /// The account is deleted.
    AccountDeleted,
}

impl JustDone {
    /// The word of the query.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        match word {
            "password" => Some(Self::PasswordSet),
            "deletion" => Some(Self::AccountDeleted),
            _ => None,
        }
    }
}

/// The sign-in page.
#[must_use]
pub fn sign_in(frame: &PageFrame, page: &SignInPage) -> String {
    let t = frame.words();
    // Nothing but this page holds the transaction, so nothing here leads away from it.
    let holds = !page.entry.is_empty();
    // A session that has not ended is somebody else's: the refusal says so.
    let waits = (holds && page.filled.refusal != Some(AppError::OtherMember))
        .then(|| view! { <p role="status">{t.entry_waits}</p> });
    let kept = page.kept.iter().map(|text| {
        view! { <li class="plain-row"><span class="plain-name">{isolated(text)}</span></li> }
    });
    let kept = (!page.kept.is_empty()).then(|| {
        view! {
            <p>{t.not_saved}</p>
            <ul class="plain-list">{kept.collect_view()}</ul>
        }
    });
    let action = if holds { "/" } else { "/sign-in" };
    let entry = page.entry.iter().map(|(name, value)| {
        view! { <input type="hidden" name=*name value=value.clone() /> }
    });
    let demo = (page.demo && !holds).then(|| {
        view! {
            <section class="offer">
                <a class="button button-outline" href="/demo">{t.demo_offer}</a>
                <p class="muted">{t.demo_offer_hint}</p>
            </section>
        }
    });
    let refused = match page.stays {
        true => view! { <p class="form-error" role="alert">{t.nobody_signed_out}</p> }.into_any(),
        false => refusal(frame, &page.filled),
    };
    let deleted = page.deleted.map(|account| account.to_string());
    let done = page.done.map(|done| match done {
        JustDone::PasswordSet => t.password_set,
        JustDone::AccountDeleted => t.account_deleted,
    });
    let body = view! {
        <h1>{t.sign_in}</h1>
        {done.map(|done| view! { <p class="saved" role="status">{done}</p> })}
        {waits}
        {kept}
        <form method="post" action=action class="form" aria-label=t.sign_in data-enters=signing_out::enters(frame) data-deleted=deleted>
            {refused}
            {Input::email(frame.live().email).draw(frame, &page.filled)}
            {Input::password("password", frame.live().password, "current-password").draw(frame, &page.filled)}
            <input type="hidden" name="next" value=page.next.clone() />
            {entry.collect_view()}
            <button type="submit" class="button">{t.sign_in_do}</button>
        </form>
        {page.deletion.as_ref().map(|filled| deletion(frame, filled))}
        {(!holds).then(|| view! { <p><a href="/register">{t.no_account}</a></p> })}
        {demo}
        {(!holds).then(|| languages(frame))}
        {signing_out::script()}
    };
    document(frame, t.sign_in, narrow(frame, body))
}

/// The form that deletes an account that belongs to no household. The page has another password field above it.
fn deletion(frame: &PageFrame, filled: &Filled) -> impl IntoView + use<> {
    let t = frame.words();
    view! {
        <section class="card" aria-labelledby="deletion-title">
            <h2 id="deletion-title">{t.delete_this_account}</h2>
            <p class="muted">{t.delete_this_account_hint}</p>
            <p><b>{filled.value("email")}</b></p>
            <form method="post" action="/delete-account" class="form" aria-labelledby="deletion-title">
                {refusal(frame, filled)}
                <input type="hidden" name="email" value=filled.value("email") />
                {Input::password("confirm_password", frame.live().password, "current-password").draw(frame, filled)}
                <button type="submit" class="button button-danger">{t.delete_this_account}</button>
            </form>
        </section>
    }
}

/// The content of the page for founding a household.
#[derive(Clone, Debug, Default)]
pub struct RegisterPage {
    /// What was typed.
    pub filled: Filled,
    /// The most likely currency.
    pub currency: String,
}

/// The page for founding a household: its name, its currency, the balance of the card; and the founder.
#[must_use]
pub fn register(frame: &PageFrame, page: &RegisterPage) -> String {
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
        <form method="post" action="/register" class="form" aria-label=t.register data-enters=signing_out::enters(frame)>
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
        {signing_out::script()}
    };
    document(frame, t.register, narrow(frame, body))
}

/// Name, email and password of a new person, and the idempotency key, so that submitting the form again after
/// a lost answer is harmless.
fn person(frame: &PageFrame, filled: &Filled) -> impl IntoView + use<> {
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

/// The content of the page of an invitation.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What was typed.
    pub filled: Filled,
    /// The household that it leads to.
    pub household: Name,
    /// The token at the end of the link.
    pub token: String,
    /// Who is signed in and can join with that account.
    pub member: Option<MemberId>,
    /// Whether somebody has just proved an account that belongs to no household: it cannot sign in, but it can join.
    pub proved: bool,
}

/// The page that names the household and lets a person join: with a new account, or with the signed-in one.
#[must_use]
pub fn join(frame: &PageFrame, page: &Invitation) -> String {
    let t = frame.words();
    let action = format!("/join/{}", page.token);
    let form = if let Some(member) = page.member {
        view! {
            <form method="post" action=action class="form" aria-label=t.join_with_account>
                {typed_by(member)}
                {refusal(frame, &page.filled)}
                <button type="submit" class="button">{t.join_with_account}</button>
            </form>
            <p><a href="/">{frame.live().back_to_today}</a></p>
        }
        .into_any()
    } else {
        // After signing in, the person returns to this invitation.
        let sign_in = format!("/sign-in?next=/join/{}", page.token);
        view! {
            <form method="post" action=action class="form" aria-label=t.join data-enters=signing_out::enters(frame)>
                {refusal(frame, &page.filled)}
                {page.proved.then(|| view! { <p role="status">{t.join_with_this}</p> })}
                {person(frame, &page.filled)}
                <button type="submit" class="button">{t.join_do}</button>
            </form>
            <p><a href=sign_in>{t.have_account}</a></p>
            {signing_out::script()}
        }
        .into_any()
    };
    behind_link(frame, t.join, t.invited_to, &page.household, form)
}

/// The page of a one-time link: its purpose, and the form that uses it.
pub(super) fn behind_link(
    frame: &PageFrame,
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

/// The page for an error, with what to do.
#[must_use]
pub fn failed(frame: &PageFrame, error: &AppError) -> String {
    let t = frame.words();
    let body = view! {
        <h1>{t.not_here}</h1>
        <p role="alert">{sentence(error, frame.language)}</p>
        <p><a href="/">{frame.live().back_to_today}</a></p>
    };
    document(frame, t.not_here, narrow(frame, body))
}

/// The buttons that show the page in another language.
pub(super) fn languages(frame: &PageFrame) -> impl IntoView + use<> {
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
            {frame.member.map(typed_by)}
            {Language::ALL.map(button)}
        </form>
    }
}
