//! Signing in and out, founding a household, joining one.

use super::{
    From, MEMBER, Posted, Segments, acting, choice, enter_book, failed, form_page, go, just_deleted,
    origin_page,
};
use crate::{
    http::{Web, session},
    ledger::registration,
};
use app::{
    domain::{Currency, FieldError, Language, arithmetic::plainly},
    error::AppError,
    plain::{self, Filled, Invitation, JustDone, RegisterPage, SignInPage},
    service::{Actor, BudgetService, Identity, MeForm, RegisterForm, Terms},
};
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, header},
    response::{AppendHeaders, IntoResponse, Response},
};
use axum_extra::extract::CookieJar;

/// The path of an invitation, before its token.
const JOIN: &str = "/join/";

/// Accepts only the path of an invitation: anybody could have made the address.
fn next(path: String) -> Option<String> {
    let own = path.strip_prefix(JOIN).is_some_and(|token| {
        !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    });
    own.then_some(path)
}

pub async fn sign_in_page(
    State(web): State<Web>,
    From(identity): From,
    RawQuery(query): RawQuery,
    cookies: CookieJar,
) -> Response {
    let query = Posted::of_query(query);
    let next = query.text("next").and_then(next).unwrap_or_default();
    if identity.actor.is_ok() {
        return go(if next.is_empty() { "/" } else { &next });
    }
    let done = query.text("saved").as_deref().and_then(JustDone::of);
    let deleted = cookies.get("deleted").and_then(|cookie| cookie.value().parse().ok());
    let shown = show_sign_in(&web, &identity, SignInPage { next, done, deleted, ..SignInPage::default() });
    if deleted.is_some() { (just_deleted(None), shown).into_response() } else { shown }
}

pub(super) fn show_sign_in(web: &Web, identity: &Identity, shown: SignInPage) -> Response {
    let shown = SignInPage { demo: web.demo, ..shown };
    let deletion = shown.deletion.as_ref().and_then(|filled| filled.refusal.as_ref());
    let refusal = shown.filled.refusal.as_ref().or(deletion);
    form_page(web, identity, refusal, |frame| plain::sign_in(frame, &shown))
}

/// The page for signing in as the person who was signed in when a form was opened.
pub(super) fn ask_somebody_else(web: &Web, identity: &Identity, shown: SignInPage) -> Response {
    let filled = Filled { refusal: Some(AppError::OtherMember), ..Filled::default() };
    show_sign_in(web, identity, SignInPage { filled, ..shown })
}

pub async fn sign_in(State(web): State<Web>, From(identity): From, posted: Posted) -> Response {
    let next = posted.text("next").and_then(next);
    let (email, password) = (posted.text("email"), posted.text("password"));
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    match web.ledger.log_in(identity.device.clone(), email, password).await {
        Ok(signed_in) => enter_book(&web, &identity, &signed_in, next.as_deref().unwrap_or("/")).await,
        Err(error) => {
            let invitation = next.as_deref().and_then(|path| path.strip_prefix(JOIN));
            if let (AppError::NoHousehold, Some(token)) = (&error, invitation) {
                // It cannot sign in before it has joined.
                let typed = Filled { refusal: None, ..posted.refused(error) };
                return show_join(&web, &identity, typed, token.to_owned(), true).await;
            }
            let shown = SignInPage { next: next.unwrap_or_default(), ..SignInPage::default() };
            refuse_sign_in(&web, &identity, posted, error, shown)
        }
    }
}

/// The page again, with what was typed and why it was refused.
pub(super) fn refuse_sign_in(
    web: &Web,
    identity: &Identity,
    posted: Posted,
    error: AppError,
    shown: SignInPage,
) -> Response {
    let homeless = error == AppError::NoHousehold;
    let filled = posted.refused(error);
    // Only a person who has proved the password is told this, and may delete the account.
    let deletion = homeless.then(|| Filled { refusal: None, ..filled.clone() });
    show_sign_in(web, identity, SignInPage { filled, deletion, ..shown })
}

/// Deletes the account of somebody who belongs to no household.
pub async fn delete_account(State(web): State<Web>, From(identity): From, posted: Posted) -> Response {
    let (email, password) = (posted.text("email"), posted.text("confirm_password"));
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    match web.ledger.delete_account_by_email(identity.device.clone(), email, password).await {
        Ok(account) => (just_deleted(Some(account)), go("/sign-in?saved=deletion")).into_response(),
        Err(error) => {
            let refused = posted.refused(error);
            let filled = Filled { refusal: None, ..refused.clone() };
            let deletion = Some(refused);
            show_sign_in(&web, &identity, SignInPage { filled, deletion, ..SignInPage::default() })
        }
    }
}

pub async fn sign_out(State(web): State<Web>, From(identity): From, posted: Posted) -> Response {
    let done = match identity.actor.clone() {
        Ok(actor) => match acting(&web, actor, &posted).await {
            Ok(actor) => web.ledger.log_out(actor).await,
            Err(AppError::OtherMember) => {
                return ask_somebody_else(
                    &web,
                    &identity,
                    SignInPage { stays: true, ..SignInPage::default() },
                );
            }
            Err(error) => Err(error),
        },
        // Whoever is already signed out gets what they asked for.
        Err(error) => Err(error),
    };
    match done {
        Ok(()) | Err(AppError::NotSignedIn) => {
            let cookie = session::cookie("", identity.secure);
            (AppendHeaders([(header::SET_COOKIE, cookie)]), go("/sign-in")).into_response()
        }
        Err(error) => failed(&web, &identity, &error),
    }
}

pub async fn register_page(State(web): State<Web>, From(identity): From, headers: HeaderMap) -> Response {
    show_register(&web, &identity, &headers, Filled::default())
}

fn show_register(web: &Web, identity: &Identity, headers: &HeaderMap, filled: Filled) -> Response {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let currency = Currency::likely(accepted.unwrap_or_default()).code().to_owned();
    let shown = RegisterPage { filled, currency };
    form_page(web, identity, shown.filled.refusal.as_ref(), |frame| plain::register(frame, &shown))
}

/// A new person: the fields that founding and joining share.
fn person(posted: &Posted) -> (RegisterForm, Terms) {
    let form = RegisterForm {
        name: posted.text("name"),
        email: posted.text("email"),
        password: posted.text("password"),
        ..RegisterForm::default()
    };
    let mutation_id = posted.text("mutation_id").and_then(|key| key.parse().ok());
    (form, Terms::keyed(mutation_id))
}

pub async fn register(
    State(web): State<Web>,
    From(identity): From,
    headers: HeaderMap,
    posted: Posted,
) -> Response {
    let (form, terms) = person(&posted);
    let currency = posted.text("currency");
    let of = currency.as_ref().and_then(|code| code.parse().ok()).unwrap_or(Currency::EUR);
    let form = RegisterForm {
        household: posted.text("household"),
        currency,
        time_zone: posted.text("time_zone"),
        ..form
    };
    let opening_balance = posted.text("opening_balance").filter(|text| !text.trim().is_empty());
    let opening_balance =
        match opening_balance.map(|typed| plainly(&typed, None, of, identity.language)).transpose() {
            Ok(plain) => plain,
            Err(error) => {
                let refused = FieldError { field: "opening_balance".to_owned(), reason: error.into() };
                let errors = refused.with_others(registration::refused(&form));
                return show_register(&web, &identity, &headers, posted.refused(errors.into()));
            }
        };
    let form = RegisterForm { opening_balance, ..form };
    match web.ledger.register(identity.device.clone(), terms, form).await {
        Ok(signed_in) => enter_book(&web, &identity, &signed_in, "/").await,
        Err(error) => show_register(&web, &identity, &headers, posted.refused(error)),
    }
}

pub async fn join_page(
    State(web): State<Web>,
    From(identity): From,
    Segments(token): Segments<String>,
) -> Response {
    show_join(&web, &identity, Filled::default(), token, false).await
}

/// The actor, if signed in with a real account: demo accounts belong to their household only.
async fn own_account(web: &Web, identity: &Identity) -> Option<Actor> {
    let actor = identity.actor.clone().ok()?;
    // If that cannot be read, nobody joins with the current account.
    (!web.ledger.is_demo_person(actor).await.unwrap_or(true)).then_some(actor)
}

async fn show_join(web: &Web, identity: &Identity, filled: Filled, token: String, proved: bool) -> Response {
    let household = match web.ledger.invited_to(token.clone()).await {
        Ok(household) => household,
        Err(error) => return failed(web, identity, &error),
    };
    // Whoever has just proved another account does not join with the one that is signed in.
    let member = if proved { None } else { own_account(web, identity).await.map(|actor| actor.member) };
    let shown = Invitation { filled, household, token, member, proved };
    form_page(web, identity, shown.filled.refusal.as_ref(), |frame| plain::join(frame, &shown))
}

pub async fn join(
    State(web): State<Web>,
    From(identity): From,
    Segments(token): Segments<String>,
    posted: Posted,
) -> Response {
    let ledger = &web.ledger;
    // Somebody who registers gets an account of their own, whoever else is signed in in this browser.
    let registers = posted.text("password").is_some();
    let actor = if registers { None } else { own_account(&web, &identity).await };
    let refused = if let Some(actor) = actor {
        let joined = match acting(&web, actor, &posted).await {
            Ok(actor) => ledger.join(actor, token.clone()).await,
            Err(error) => Err(error),
        };
        match joined {
            Ok(_) => return go("/"),
            Err(AppError::OtherMember) => {
                let next = format!("/join/{token}");
                return ask_somebody_else(&web, &identity, SignInPage { next, ..SignInPage::default() });
            }
            Err(error) => error,
        }
    } else {
        let (form, terms) = person(&posted);
        let form = RegisterForm { invite: Some(token.clone()), ..form };
        match ledger.register(identity.device.clone(), terms, form).await {
            Ok(signed_in) => return enter_book(&web, &identity, &signed_in, "/").await,
            Err(error) => error,
        }
    };
    show_join(&web, &identity, posted.refused(refused), token, false).await
}

/// Shows the page in another language, in this browser, and saves the choice in the account of the person whose page it
/// was. Somebody else may have signed in in the browser since: their account keeps its language.
pub async fn language(
    State(web): State<Web>,
    From(identity): From,
    headers: HeaderMap,
    posted: Posted,
) -> Response {
    let chosen = posted.text("language").and_then(|text| text.parse::<Language>().ok());
    let back = origin_page(&headers).unwrap_or_else(|| "/".into());
    let Some(language) = chosen else { return go(&back) };
    if let Ok(actor) = identity.actor
        && posted.text(MEMBER).is_some()
    {
        let form = MeForm { language: Some(language.as_str().into()), ..MeForm::default() };
        let saved = match acting(&web, actor, &posted).await {
            Ok(actor) => web.ledger.change_me(actor, Terms::default(), form).await.map(drop),
            Err(AppError::OtherMember) => Ok(()),
            Err(error) => Err(error),
        };
        if let Err(error) = saved {
            return failed(&web, &identity, &error);
        }
    }
    (choice("language", language.as_str()), go(&back)).into_response()
}
