//! What the document says of every call alike, added once all calls are in it: which refusals a call can
//! answer, who may call it, and what a field of a form takes.
//!
//! A handler lists what is its own. What layers and extractors answer follows from the shape of the call, so
//! that no handler can forget it; `scripts/schemathesis.sh` holds the document to what the program answers.

use utoipa::{
    Number,
    openapi::{
        Content, Header, KnownFormat, Object, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
        Schema, SchemaFormat, SecurityRequirement,
        path::{Operation, ParameterIn},
        schema::{AdditionalProperties, SchemaType, Type},
        security::{ApiKey, ApiKeyValue, SecurityScheme},
    },
};

/// The media type of a refusal (RFC 9457).
const PROBLEM: &str = "application/problem+json";

/// The security scheme of a signed-in person.
const SESSION: &str = "session";

/// Calls that do not refuse a stranger. The live stream tells them in a close code, which a browser can read.
const OPEN: [&str; 4] =
    ["/api/v1/auth/register", "/api/v1/auth/login", "/api/v1/auth/password-link", "/api/v1/budget/ws"];

/// Completes the document.
pub fn complete(document: &mut OpenApi) {
    let mut forms = Vec::new();
    for (path, item) in &mut document.paths.paths {
        for (safe, operation) in operations(item) {
            describe(path, safe, operation);
            forms.extend(form_of(operation));
        }
    }
    let components = document.components.get_or_insert_default();
    let cookie = ApiKeyValue::with_description(
        SESSION,
        "Set by POST /auth/login; its name is `__Host-session` where all public URLs are https.",
    );
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    while let Some(name) = forms.pop() {
        if let Some(RefOr::T(Schema::Object(form))) = components.schemas.get_mut(&name) {
            forms.extend(refine(form));
        }
    }
}

/// The calls of a path, and whether each only reads.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let reads = item.get.iter_mut().map(|operation| (true, operation));
    let writes = [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
    reads.chain(writes.into_iter().flatten().map(|operation| (false, operation)))
}

/// Says which refusals a call can answer, as what, and whether it needs a session.
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
    let refusals = [
        (true, 400, "the request cannot be read"),
        (!open, 401, "no session, or one that has ended"),
        (!safe, 403, "not allowed, or called by another site's page"),
        (row, 404, "no such row in this household"),
        (
            !safe && !open || repeatable,
            409,
            "the idempotency key was used before, or the household was deleted",
        ),
        (row && repeatable, 410, "the row was deleted"),
        (conditional, 412, "the row has another version; it is in `current`"),
        (body, 413, "the body is too large"),
        (body, 415, "the body is not JSON"),
        (body || query || repeatable, 422, "fields are refused, each with its reason in `errors`"),
        (true, 500, "a defect of the program; nothing was written"),
        (true, 503, "busy or stopping; nothing was written"),
    ];
    for (_, status, text) in refusals.into_iter().filter(|(answers, ..)| *answers) {
        let fresh = || RefOr::T(ResponseBuilder::new().description(text).build());
        let answer = operation.responses.responses.entry(status.to_string()).or_insert_with(fresh);
        if let RefOr::T(answer) = answer {
            refuse(answer);
            if status == 503 {
                answer.headers.insert("Retry-After".to_owned(), seconds().into());
            }
        }
    }
    if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("429") {
        answer.headers.insert("Retry-After".to_owned(), seconds().into());
    }
    let requirement =
        if open { SecurityRequirement::default() } else { SecurityRequirement::new(SESSION, [""; 0]) };
    operation.security = Some(vec![requirement]);
}

/// Makes an answer a problem.
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

/// The name of the schema of a call's body.
fn form_of(operation: &Operation) -> Option<String> {
    let RefOr::T(body) = operation.request_body.as_ref()? else { return None };
    match body.content.get("application/json")? {
        RefOr::T(content) => name_of(content.schema.as_ref()?),
        RefOr::Ref(_) => None,
    }
}

fn name_of(schema: &RefOr<Schema>) -> Option<String> {
    match schema {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().map(ToOwned::to_owned),
        RefOr::T(_) => None,
    }
}

/// Says what the fields of a form take. Answers the forms in it.
fn refine(form: &mut Object) -> Vec<String> {
    form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    let mut forms = Vec::new();
    for (name, field) in &mut form.properties {
        match field {
            RefOr::T(Schema::Object(field)) => takes(name, field),
            RefOr::T(Schema::Array(list)) => {
                (list.min_items, list.max_items) =
                    if name == "parts" { (Some(2), Some(50)) } else { (None, Some(500)) };
                if let utoipa::openapi::schema::ArrayItems::RefOrSchema(items) = &list.items {
                    forms.extend(name_of(items));
                }
            }
            _ => {}
        }
    }
    forms
}

/// A field of one name takes the same in every form. Nothing is said of what also depends on other fields, on
/// the currency, or on the household's rows.
fn takes(name: &str, field: &mut Object) {
    let mut text = |format| field.format = Some(SchemaFormat::KnownFormat(format));
    match name {
        // Empty for none.
        "parent_id" | "financial_center_id" | "ends_on" => {}
        "id" => text(KnownFormat::Uuid),
        name if name.ends_with("_id") => text(KnownFormat::Uuid),
        "date" | "day" | "starts_on" => text(KnownFormat::Date),
        "month" => field.pattern = Some("^[0-9]{4}-(0[1-9]|1[0-2])$".to_owned()),
        "amount" | "to_amount" | "opening_balance" => {
            field.schema_type = SchemaType::Array(vec![Type::String, Type::Number, Type::Null]);
            field.examples = vec!["-12.50".into()];
        }
        "name" | "household" => field.max_length = Some(80),
        "comment" => field.max_length = Some(500),
        "colour" => within(field, 0, 7),
        "every" => within(field, 1, 99),
        "times" => within(field, 0, 999),
        "kind" => words(field, &["income", "expense", "transfer"]),
        "target" => words(field, &["fact", "plan"]),
        "unit" => words(field, &["week", "month", "year"]),
        _ => {}
    }
}

fn within(field: &mut Object, least: usize, most: usize) {
    (field.minimum, field.maximum) = (Some(Number::UInt(least)), Some(Number::UInt(most)));
}

fn words(field: &mut Object, words: &[&str]) {
    let absent = serde_json::Value::Null;
    field.enum_values = Some(words.iter().map(|word| (*word).into()).chain([absent]).collect());
}
