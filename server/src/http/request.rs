//! Extractors for everything but the body.

use super::problem::Refused;
use app::{
    domain::{Reason, Refusals},
    error::AppError,
    service::{Actor, Identity, Terms},
};
use axum::{
    extract::{FromRequestParts, Path, Query},
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;
use std::{collections::BTreeSet, str::FromStr};
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

/// Documents an operation that a member carries out. [`super::session`] reads the header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only described: it is read before the operation")]
pub struct MemberNamed {
    /// The member who makes the write: one of the account's own, in whichever household the session is. If it is that
    /// of another account, nothing is written (409 `other_member`).
    #[param(rename = "Budget-Member")]
    member: Option<Uuid>,
}

/// The parsed query, whose parameters are texts; an unknown parameter, or one that stands in it twice, is refused by
/// its name.
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
        Ok(Self(Terms { mutation_id, base_version, ..Terms::default() }))
    }
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Filter<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let Ok(Query(query)) = Query::<T>::from_request_parts(parts, state).await else {
            return Err(refused_parameters::<T>(parts.uri.query().unwrap_or_default()).into());
        };
        Ok(Self(query))
    }
}

/// Why a query has no form: each parameter is tried alone.
fn refused_parameters<T: DeserializeOwned>(query: &str) -> AppError {
    let (mut refusals, mut seen) = (Refusals::default(), BTreeSet::new());
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let alone = form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
        let read = format!("/?{alone}").parse().is_ok_and(|uri| Query::<T>::try_from_uri(&uri).is_ok());
        let again = !seen.insert(name.clone());
        if again && read {
            refusals.add(&name, Reason::Duplicate);
        } else if !again && !read {
            refusals.add(&name, Reason::UnknownField);
        }
    }
    refusals.finish().err().map_or(AppError::Malformed, AppError::from)
}

#[cfg(test)]
mod tests {
    use super::*;
    use app::domain::FieldError;

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Range {
        from: Option<String>,
        to: Option<String>,
    }

    #[test]
    fn every_refused_parameter_is_named_once() {
        let refused = |query: &str| {
            let error = refused_parameters::<Range>(query);
            let named = |error: &FieldError| format!("{} {}", error.field, error.reason.code());
            error.fields().iter().map(named).collect::<Vec<_>>().join(", ")
        };
        for (query, said) in [
            ("colour=red", "colour unknown_field"),
            ("from=1&colour=red&to=2&colour=blue&%C3%A4=1", "colour unknown_field, ä unknown_field"),
            ("from=1&from=1", "from duplicate"),
            ("to=&from=1&%66rom=1&x", "from duplicate, x unknown_field"),
        ] {
            assert_eq!(refused(query), said);
        }
    }
}
