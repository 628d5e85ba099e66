//! Completes the OpenAPI document with what holds for every operation: which refusals it can answer, who may
//! call it, and what a field of a form accepts.
//!
//! A handler documents what is specific to it. What layers and extractors answer follows from the shape of
//! the operation, so that no handler can forget it; `scripts/schemathesis.sh` checks the document against the
//! program's responses.

use super::forms;
use crate::http::request::MemberNamed;
use utoipa::{
    IntoParams,
    openapi::{
        Content, Header, Object, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder, Schema,
        SecurityRequirement,
        path::{Operation, ParameterIn},
        schema::Type,
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

/// The media type of a refusal (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// The security scheme of a signed-in person.
const SESSION: &str = "session";

/// Operations that are open to strangers. The live stream refuses them with a close code, which a browser can
/// read.
const OPEN: [&str; 5] = [
    "/api/v1/auth/register",
    "/api/v1/auth/login",
    "/api/v1/auth/delete-by-email",
    "/api/v1/auth/password-link",
    "/api/v1/budget/ws",
];

/// Operations that count attempts, or the sockets of a network, and refuse one too many.
const LIMITED: [&str; 6] = [
    "/api/v1/auth/register",
    "/api/v1/auth/login",
    "/api/v1/auth/password",
    "/api/v1/auth/delete",
    "/api/v1/auth/delete-by-email",
    "/api/v1/budget/ws",
];

/// Completes the document.
pub fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    let cookie = ApiKeyValue::with_description(
        SESSION,
        "Set by POST /auth/login; its name is `__Host-session` for a request to a public URL that is https.",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            describe(path, method == "get", operation);
            if let Some(body) = body_of(operation) {
                forms::refine(&mut components.schemas, method, path, body);
            }
        }
    }
}

/// The operations of a path with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let calls = [
        ("get", &mut item.get),
        ("put", &mut item.put),
        ("post", &mut item.post),
        ("delete", &mut item.delete),
        ("patch", &mut item.patch),
    ];
    calls.into_iter().filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Adds the refusals that an operation can answer, and whether it needs a session.
fn describe(path: &str, safe: bool, operation: &mut Operation) {
    for (status, answer) in &mut operation.responses.responses {
        let RefOr::T(answer) = answer else { continue };
        if status.starts_with(['4', '5']) {
            refuse(answer);
        } else {
            answer.headers.insert("Budget-Seq".to_owned(), position(Type::Integer).into());
            answer.headers.insert("Budget-Epoch".to_owned(), position(Type::String).into());
        }
    }
    let has = |wanted: ParameterIn, name: Option<&str>| {
        operation.parameters.iter().flatten().any(|parameter| match parameter {
            RefOr::T(parameter) => {
                parameter.parameter_in == wanted && name.is_none_or(|name| parameter.name == name)
            }
            RefOr::Ref(_) => false,
        })
    };
    let (body, open) = (operation.request_body.is_some(), OPEN.contains(&path));
    let (repeatable, conditional) =
        (has(ParameterIn::Header, Some("Idempotency-Key")), has(ParameterIn::Header, Some("If-Match")));
    let (query, row) = (has(ParameterIn::Query, None), has(ParameterIn::Path, None));
    let written_by_a_member = !safe && !open;
    let refusals = [
        (true, 400, "the request cannot be read"),
        (!open, 401, "no session, or one that has ended"),
        (!safe, 403, "not allowed, or called by another site's page"),
        (row, 404, "no such row in this household"),
        (
            written_by_a_member || repeatable,
            409,
            "the idempotency key was used before, the household was deleted, or the named member is another account's",
        ),
        (row && repeatable, 410, "the row was deleted"),
        (conditional, 412, "the row has another version; it is in `current`"),
        (body, 413, "the body is too large"),
        (body, 415, "the body is not JSON"),
        (
            body || query || repeatable || written_by_a_member,
            422,
            "fields are refused, each with its reason in `errors`",
        ),
        (LIMITED.contains(&path), 429, "too many attempts, or sockets, in a short time"),
        (true, 500, "a defect of the program; nothing was written"),
        (true, 503, "busy or stopping; nothing was written"),
    ];
    for (_, status, text) in refusals.into_iter().filter(|(answers, ..)| *answers) {
        let fresh = || RefOr::T(ResponseBuilder::new().description(text).build());
        let answer = operation.responses.responses.entry(status.to_string()).or_insert_with(fresh);
        if let RefOr::T(answer) = answer {
            refuse(answer);
            if matches!(status, 429 | 503) {
                answer.headers.insert("Retry-After".to_owned(), seconds().into());
            }
        }
    }
    if written_by_a_member {
        operation
            .parameters
            .get_or_insert_default()
            .extend(MemberNamed::into_params(|| Some(ParameterIn::Header)).into_iter().map(RefOr::T));
    }
    let requirement =
        if open { SecurityRequirement::default() } else { SecurityRequirement::new(SESSION, [""; 0]) };
    operation.security = Some(vec![requirement]);
}

/// Makes a response a problem.
fn refuse(answer: &mut Response) {
    answer.content.clear();
    answer.content.insert(PROBLEM.to_owned(), Content::new(Some(Ref::from_schema_name("Problem"))).into());
}

fn position(of: Type) -> Header {
    let mut header = Header::new(Object::with_type(of));
    header.description = Some("The answer's position in the log.".to_owned());
    header
}

fn seconds() -> Header {
    let mut header = Header::new(Object::with_type(Type::Integer));
    header.description = Some("After how many seconds to try again.".to_owned());
    header
}

/// The schema of an operation's body.
fn body_of(operation: &mut Operation) -> Option<&mut RefOr<Schema>> {
    let RefOr::T(body) = operation.request_body.as_mut()? else { return None };
    match body.content.get_mut("application/json")? {
        RefOr::T(content) => content.schema.as_mut(),
        RefOr::Ref(_) => None,
    }
}
