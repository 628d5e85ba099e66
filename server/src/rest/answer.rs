//! The shapes of responses: a row with its version and position, a list, or no content.

use crate::http::Web;
use crate::http::problem::Refused;
use app::{
    domain::Versioned,
    service::{Identity, Written},
    wire::Position,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::ToSchema;

/// What a handler returns.
pub type RestAnswer = Result<Response, Refused>;

/// A complete list.
#[derive(Serialize, ToSchema)]
pub struct Items<T> {
    /// The rows.
    pub items: Vec<T>,
}

/// The headers `Budget-Seq` and `Budget-Epoch`.
#[must_use]
pub fn position(position: Position) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("budget-seq"), HeaderValue::from(position.seq));
    if let Ok(epoch) = HeaderValue::from_str(&position.epoch.to_string()) {
        headers.insert(HeaderName::from_static("budget-epoch"), epoch);
    }
    headers
}

/// Adds a position to every response to a member: one that has none of its own (a refusal, a list that is not
/// part of the log) gets the current end of the log.
pub async fn positioned(State(web): State<Web>, request: Request, next: Next) -> Response {
    let identity = request.extensions().get::<Identity>();
    let household = identity.and_then(|identity| identity.actor.as_ref().ok()).map(|actor| actor.household);
    let mut response = next.run(request).await;
    let missing = !response.headers().contains_key("budget-seq");
    if let Some(household) = household.filter(|_| missing)
        // A correct response is not withheld because the position cannot be read.
        && let Ok(at) = web.ledger.position(household).await
    {
        response.headers_mut().extend(position(at));
    }
    response
}

/// A value with the position at which it was read.
pub fn read(value: impl Serialize, at: Position) -> RestAnswer {
    Ok((position(at), Json(value)).into_response())
}

fn etag(row: &impl Versioned) -> String {
    format!("\"{}\"", row.version())
}

/// A row with its `ETag`.
pub fn row(value: &impl Versioned, at: Position) -> RestAnswer {
    Ok((position(at), [(header::ETAG, etag(value))], Json(value)).into_response())
}

/// A created row: 201 the first time, 200 for a repeat.
pub fn created<T: Versioned>(written: Written<T>, location: &str) -> RestAnswer {
    let Written { value, position: at, repeated, .. } = written;
    let status = if repeated { StatusCode::OK } else { StatusCode::CREATED };
    let headers = [(header::ETAG, etag(&value)), (header::LOCATION, location.to_owned())];
    Ok((status, position(at), headers, Json(value)).into_response())
}

/// 204 with a position.
pub fn gone(at: Position) -> RestAnswer {
    Ok((StatusCode::NO_CONTENT, position(at)).into_response())
}

/// 204.
pub fn nothing() -> RestAnswer {
    Ok(StatusCode::NO_CONTENT.into_response())
}
