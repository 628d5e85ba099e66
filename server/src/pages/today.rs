//! Recording a transaction without the program.

use super::{From, MEMBER, Posted, begin_session, enter, enter_book, failed, go, refused_page, render};
use crate::http::Web;
use app::{
    api::{
        book::{Opening, RefusedFact},
        facts::record_plainly,
    },
    domain::FactForm,
    error::AppError,
    plain::SignInPage,
    service::{BudgetService, Identity},
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Records a transaction that was posted from the start page. A refused one comes back on that page, which `next`
/// renders, with what was typed. If the session has ended, it comes back after the person has signed in.
pub async fn record(State(web): State<Web>, From(identity): From, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // `rest::body::limited` has read it, and limits its size.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return failed(&web, &identity, &AppError::Malformed);
    };
    let posted = match Posted::of_form(&parts.headers, &body) {
        Ok(posted) => posted,
        Err(error) => return failed(&web, &identity, &error),
    };
    if posted.text("password").is_some() {
        return sign_in(&web, &identity, posted, parts, next).await;
    }
    if matches!(identity.actor, Err(AppError::NotSignedIn)) {
        return ask_to_sign_in(&web, &identity, &posted);
    }
    let Err((form, error)) = record_plainly(&web.ledger, &identity, &body).await else { return go("/") };
    if error == AppError::OtherMember {
        return of_somebody_else(&web, &identity, &posted);
    }
    let refused = RefusedFact::new(form, Some(error.clone()), identity.language);
    let read = match identity.actor.clone() {
        Ok(actor) => Opening::read(&web.ledger, actor).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(opening) => parts.extensions.insert(Opening { refused: Some(refused), ..opening }),
        Err(error) => return failed(&web, &identity, &error),
    };
    let page = render(&web, &identity, Request::from_parts(parts, Body::empty()), next).await;
    refused_page(&error, page)
}

/// The fields of the form that travel with a sign-in, and the member whose page they were typed on.
const FIELDS: [&str; 6] =
    ["form[amount]", "form[article_id]", "form[financial_center_id]", "form[date]", "form[comment]", MEMBER];

/// The most bytes of a field: a note has at most 500 characters. What is longer was not typed in the form.
const LONGEST: usize = 2_000;

/// The posted transaction, without anything else that was posted.
fn entry_in(posted: &Posted) -> Vec<(&'static str, String)> {
    let value = |name| posted.text(name).filter(|text| !text.is_empty() && text.len() <= LONGEST);
    FIELDS.into_iter().filter_map(|name| Some((name, value(name)?))).collect()
}

/// Answers a post without a session with the page for signing in, which holds the posted transaction.
fn ask_to_sign_in(web: &Web, identity: &Identity, posted: &Posted) -> Response {
    let entry = entry_in(posted);
    if entry.is_empty() {
        return go("/sign-in");
    }
    let mut response = enter::show_sign_in(web, identity, SignInPage { entry, ..SignInPage::default() });
    *response.status_mut() = StatusCode::UNAUTHORIZED;
    response
}

/// Answers a post from the page of somebody else, who was signed in in this browser before, with the page for signing in,
/// which holds the posted transaction for them: the person who is signed in now does not see it.
fn of_somebody_else(web: &Web, identity: &Identity, posted: &Posted) -> Response {
    enter::ask_somebody_else(web, identity, SignInPage { entry: entry_in(posted), ..SignInPage::default() })
}

/// Signs in, and shows the start page with the transaction that was posted before, which is not recorded: the person
/// looks at it first.
///
/// It is shown only to the member who typed it. On a shared device somebody else may sign in on this page: then it is
/// dropped, as the drafts of the other forms are hidden from them.
async fn sign_in(web: &Web, identity: &Identity, posted: Posted, mut parts: Parts, next: Next) -> Response {
    let entry = entry_in(&posted);
    let (email, password) = (posted.text("email"), posted.text("password"));
    let (email, password) = (email.unwrap_or_default(), password.unwrap_or_default());
    let shown = SignInPage { entry: entry.clone(), ..SignInPage::default() };
    let signed_in = match web.ledger.log_in(identity.device.clone(), email, password).await {
        Ok(signed_in) => signed_in,
        Err(error) => return enter::refuse_sign_in(web, identity, posted, error, shown),
    };
    let field = |name: &str| entry.iter().find(|(of, _)| *of == name).map(|(_, text)| text.clone());
    let form = FactForm {
        id: None,
        amount: field("form[amount]"),
        article_id: field("form[article_id]"),
        financial_center_id: field("form[financial_center_id]"),
        date: field("form[date]"),
        comment: field("form[comment]"),
        balance: None,
    };
    let opened = match web.ledger.actor(signed_in.token.clone()).await {
        Ok(actor) if field(MEMBER) != Some(actor.member.to_string()) || form == FactForm::default() => {
            return enter_book(web, identity, &signed_in, "/").await;
        }
        Ok(actor) => Opening::read(&web.ledger, actor).await.map(|opening| (actor, opening)),
        Err(error) => Err(error),
    };
    let session = begin_session(web, identity, &signed_in).await;
    let page = match opened {
        Ok((actor, opening)) => {
            let language = actor.language;
            let refused = Some(RefusedFact::new(form, None, language));
            parts.extensions.insert(Opening { refused, ..opening });
            parts.extensions.insert(Identity { actor: Ok(actor), language, ..identity.clone() });
            render(web, identity, Request::from_parts(parts, Body::empty()), next).await
        }
        Err(error) => enter::refuse_sign_in(web, identity, posted, error, shown),
    };
    (session, page).into_response()
}
