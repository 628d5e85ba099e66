//! Extractors for everything but the body.

use super::problem::Refused;
use app::{
    domain::Reason,
    error::AppError,
    service::{Actor, Identity, Terms},
};
use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;
use std::str::FromStr;
use utoipa::IntoParams;
use uuid::Uuid;

/// The signed-in person; a stranger is refused with 401.
pub struct Caller(pub Actor);

/// Who sends the request, signed in or not.
pub struct From(pub Identity);

/// The id in the path; a text that is not an id is not found.
pub struct Id<T>(pub T);

/// The headers `Idempotency-Key` and `If-Match`.
pub struct Conditions(pub Terms);

/// Documents an operation that can be repeated.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described: Conditions reads the header")]
pub struct Repeatable {
    /// A repeat with the same key changes nothing and returns the first response.
    #[param(rename = "Idempotency-Key")]
    key: Option<Uuid>,
}

/// Documents an operation that can be repeated, and that is refused if the row has another version.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described: Conditions reads the headers")]
pub struct Conditional {
    /// A repeat with the same key changes nothing and returns the first response.
    #[param(rename = "Idempotency-Key")]
    key: Option<Uuid>,
    /// The version that was seen, from `ETag`; any if absent or `*`.
    #[param(rename = "If-Match", pattern = r#"^(\*|"?[0-9]{1,18}"?)$"#)]
    version: Option<String>,
}

/// The parsed query; one that cannot be parsed is refused.
pub struct Filter<T>(pub T);

fn identity(parts: &Parts) -> Result<Identity, Refused> {
    parts.extensions.get::<Identity>().cloned().ok_or(Refused(AppError::Internal))
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(identity(parts)?.actor?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for From {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(identity(parts)?))
    }
}

/// The variable segments of the path; segments that are not UTF-8 are not found.
pub struct Segments<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Segments<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        Ok(Self(path.map_err(|_| AppError::NotFound)?.0))
    }
}

impl<S: Send + Sync, T: FromStr> FromRequestParts<S> for Id<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let Segments(text) = Segments::<String>::from_request_parts(parts, state).await?;
        Ok(Self(text.parse().map_err(|_| AppError::NotFound)?))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Conditions {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let text =
            |name| parts.headers.get(name).map(|value: &header::HeaderValue| value.to_str().unwrap_or("?"));
        let mutation_id = match text(header::HeaderName::from_static("idempotency-key")) {
            Some(key) => Some(key.parse().map_err(|_| AppError::field("Idempotency-Key", Reason::NotAnId))?),
            None => None,
        };
        let base_version = match text(header::IF_MATCH) {
            None | Some("*") => None,
            Some(tag) => {
                let number = tag.trim().trim_start_matches('"').trim_end_matches('"').parse();
                Some(number.map_err(|_| AppError::field("If-Match", Reason::NotANumber))?)
            }
        };
        Ok(Self(Terms { mutation_id, base_version }))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Filter<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        Ok(Self(query.map_err(|_| AppError::Malformed)?.0))
    }
}
