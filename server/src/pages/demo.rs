//! The entrance to the demo household. Its key is made by whoever opens the page: looking at the page creates
//! nothing.

use super::{From, Segments, enter_book, failed, frame, go, page};
use crate::{http::Web, ledger::demo};
use app::{
    error::AppError,
    plain::{self, DemoPage},
    service::Identity,
};
use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::Response,
    routing::get,
};

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/demo", get(begin))
        .route("/demo/{key}", get(choose))
        .route("/demo/{key}/{person}", get(offer).post(enter))
}

async fn begin(State(web): State<Web>, From(identity): From) -> Response {
    match demo::new_key() {
        Ok(key) => go(&format!("/demo/{key}")),
        Err(fault) => failed(&web, &identity, &fault.answer()),
    }
}

async fn choose(
    State(web): State<Web>,
    From(identity): From,
    headers: HeaderMap,
    Segments(key): Segments<String>,
) -> Response {
    show(&web, &identity, &headers, key, None).await
}

async fn offer(
    State(web): State<Web>,
    From(identity): From,
    headers: HeaderMap,
    Segments((key, person)): Segments<(String, String)>,
) -> Response {
    show(&web, &identity, &headers, key, Some(person)).await
}

async fn show(
    web: &Web,
    identity: &Identity,
    headers: &HeaderMap,
    key: String,
    person: Option<String>,
) -> Response {
    let people = demo::people(identity.language);
    let known =
        person.as_ref().map(|person| people.iter().map(|(word, _)| *word).find(|word| word == person));
    let person = match known {
        Some(None) => return failed(web, identity, &AppError::NotFound),
        Some(Some(word)) => Some(word),
        None => None,
    };
    let signed_in = match &identity.actor {
        Ok(actor) => match web.ledger.is_demo_of(actor.household, &key).await {
            Ok(own) => !own,
            Err(error) => return failed(web, identity, &error),
        },
        Err(_) => false,
    };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let shown = DemoPage { key, people, person, signed_in, elsewhere: elsewhere(host) };
    page(StatusCode::OK, plain::demo(&frame(web, identity), &shown))
}

/// The other name of this machine: it has separate cookies, so a second person fits in one browser.
fn elsewhere(host: &str) -> Option<String> {
    let (name, port) = host.rsplit_once(':')?;
    match name {
        "localhost" => Some(format!("http://127.0.0.1:{port}")),
        "127.0.0.1" => Some(format!("http://localhost:{port}")),
        _ => None,
    }
}

async fn enter(
    State(web): State<Web>,
    From(identity): From,
    Segments((key, person)): Segments<(String, String)>,
) -> Response {
    match web.ledger.enter_demo(&identity.device, &key, &person).await {
        Ok(signed_in) => enter_book(&web, &identity, &signed_in, "/").await,
        Err(error) => failed(&web, &identity, &error),
    }
}
