//! Recording a transaction without the program.

use super::{From, failed, go, status};
use crate::http::Web;
use app::{
    api::{book::Opening, facts::record_plainly},
    error::AppError,
};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};

/// Records a transaction that was posted from the start page. A refused one comes back on that page, which `next`
/// renders, with what was typed.
pub async fn record(State(web): State<Web>, From(identity): From, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // `rest::body::limited` has read it, and limits its size.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return failed(&web, &identity, &AppError::Malformed);
    };
    let Err(refused) = record_plainly(&web.ledger, &identity, &body).await else { return go("/") };
    let error = refused.error.clone();
    let read = match identity.actor.clone() {
        Ok(actor) => Opening::read(&web.ledger, actor).await,
        Err(error) => Err(error),
    };
    match read {
        Ok(opening) => parts.extensions.insert(Opening { refused: Some(refused), ..opening }),
        Err(error) => return failed(&web, &identity, &error),
    };
    let mut response = next.run(Request::from_parts(parts, Body::empty())).await;
    *response.status_mut() = status(&error);
    if let Some(seconds) = error.retry_after_seconds() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
