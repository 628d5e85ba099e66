//! Refusals in the person's language: as `application/problem+json` (RFC 9457) for programs, as pages for people.

use super::html;
use app::{
    domain::Language,
    error::AppError,
    i18n::program_words::{program_field_sentence, program_sentence},
    plain::{self, PageFrame},
};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// The body of a refusal.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Identifies the kind of problem; equal for equal `code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, in the person's language.
    pub detail: String,
    /// The stable code, for programs.
    pub code: String,
    /// The path of the request.
    pub instance: String,
    /// For a 422: the refused fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
    /// For a 412: the current row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
}

/// A refused field.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FieldProblem {
    /// The name of the field.
    pub field: String,
    /// The stable code, for programs.
    pub code: String,
    /// What is wrong with it, in the person's language.
    pub detail: String,
}

/// A refusal as a response; [`render`] writes its body once the language is known.
#[derive(Clone, Debug)]
pub struct Refused(pub AppError);

impl From<AppError> for Refused {
    fn from(error: AppError) -> Self {
        Self(error)
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The problem of an error.
#[must_use]
pub fn problem(error: &AppError, language: Language, instance: &str) -> Problem {
    let errors = error.fields().iter().map(|error| FieldProblem {
        field: error.field.clone(),
        code: error.reason.code().to_owned(),
        detail: program_field_sentence(error, language),
    });
    Problem {
        kind: format!("urn:family-budget:problem:{}", error.code()),
        title: program_sentence(error, Language::En),
        status: error.status(),
        detail: detail(error, language),
        code: error.code().to_owned(),
        instance: instance.to_owned(),
        errors: errors.collect(),
        current: match error {
            AppError::Stale { current } => serde_json::from_str(current).ok(),
            _ => None,
        },
    }
}

/// The most fields that `detail` names; `errors` has all of them.
const MOST_FIELDS: usize = 5;

/// What happened and what to do. It may be all that a program shows, so it names the refused fields as well.
fn detail(error: &AppError, language: Language) -> String {
    let mut said = program_sentence(error, language);
    for error in error.fields().iter().take(MOST_FIELDS) {
        said += &format!(" {}: {}.", error.field, program_field_sentence(error, language));
    }
    said
}

/// Who reads a refusal, and how.
pub struct Audience {
    /// The language.
    pub language: Language,
    /// The path of the request.
    pub instance: String,
    /// What a page needs, if it is to be one.
    pub frame: Option<PageFrame>,
}

/// Writes the body of a refusal; any other response passes unchanged.
pub fn render(mut response: Response, audience: &Audience) -> Response {
    let Some(Refused(error)) = response.extensions_mut().remove::<Refused>() else { return response };
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_LENGTH);
    let body = match &audience.frame {
        Some(frame) => {
            headers.extend(html::headers());
            plain::failed(frame, &error).into_bytes()
        }
        None => {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
            serde_json::to_vec(&problem(&error, audience.language, &audience.instance)).unwrap_or_default()
        }
    };
    if let Some(seconds) = error.retry_after_seconds() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let (parts, _) = response.into_parts();
    Response::from_parts(parts, Body::from(body))
}
