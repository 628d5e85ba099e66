//! The OpenAPI document. `scripts/schemathesis.sh` compares it with the program's responses.

use serde_json::{Value, json};

const METHODS: [&str; 5] = ["get", "put", "post", "patch", "delete"];

/// Every operation with its path and method.
pub fn calls(document: &Value) -> Vec<(String, &'static str, Value)> {
    let paths = document["paths"].as_object().expect("paths");
    let of = |(path, item): (&String, &Value)| {
        let call = |method: &'static str| Some((path.clone(), method, item.get(method)?.clone()));
        METHODS.into_iter().filter_map(call).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of).collect()
}

pub fn document() -> Value {
    serde_json::to_value(server::router::document()).expect("JSON")
}

#[test]
fn every_refusal_in_the_document_is_a_problem() {
    let mut refusals = 0;
    for (path, method, call) in calls(&document()) {
        for (status, answer) in call["responses"].as_object().expect("responses") {
            if status.starts_with(['4', '5']) {
                let problem = json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } });
                assert_eq!(answer["content"], problem, "{method} {path} {status}");
                refusals += 1;
            }
        }
    }
    assert!(refusals > 500, "{refusals}");
}

#[test]
fn an_operation_lists_the_refusals_of_layers_and_extractors() {
    let open = [
        "/api/v1/auth/register",
        "/api/v1/auth/login",
        "/api/v1/auth/delete-by-email",
        "/api/v1/auth/password-link",
        "/api/v1/budget/ws",
    ];
    for (path, method, call) in calls(&document()) {
        let answers = |status: &str| call["responses"].get(status).is_some();
        let name = format!("{method} {path}");
        assert!(answers("400") && answers("500") && answers("503"), "{name}");
        assert!(method == "get" || answers("403"), "{name}: another site's page");
        assert!(!path.contains('{') || answers("404"), "{name}: no such row");
        if call.get("requestBody").is_some() {
            assert!(["413", "415", "422"].into_iter().all(answers), "{name}: a body");
        }
        if !open.contains(&path.as_str()) {
            assert!(answers("401"), "{name}: a stranger");
            assert_eq!(call["security"], json!([{ "session": [] }]), "{name}");
        }
    }
}

#[test]
fn an_operation_that_counts_attempts_lists_its_refusal_with_when_to_try_again() {
    let mut limited = Vec::new();
    for (path, method, call) in calls(&document()) {
        if let Some(answer) = call["responses"].get("429") {
            assert!(answer["headers"].get("Retry-After").is_some(), "{method} {path}");
            limited.push(format!("{method} {}", path.trim_start_matches("/api/v1")));
        }
    }
    // `strangers::every_operation_that_counts_attempts_refuses_one_too_many` calls them.
    let counted = [
        "post /auth/delete",
        "post /auth/delete-by-email",
        "post /auth/login",
        "post /auth/password",
        "post /auth/register",
    ];
    assert_eq!(limited, [counted.as_slice(), &["get /budget/ws"]].concat());
}

#[test]
fn the_document_contains_limits() {
    let document = document();
    for path in ["/api/v1/facts", "/api/v1/events"] {
        let parameters = document["paths"][path]["get"]["parameters"].as_array().expect("parameters");
        let limit = parameters.iter().find(|parameter| parameter["name"] == "limit").expect("limit");
        assert_eq!(
            (&limit["schema"]["minimum"], &limit["schema"]["maximum"]),
            (&json!(1), &json!(500)),
            "{path}"
        );
    }
    let forms = &document["components"]["schemas"];
    assert_eq!(forms["NewSplitForm"]["properties"]["parts"]["maxItems"], 50);
    assert_eq!(forms["ChangedFactForm"]["additionalProperties"], false);
    assert_eq!(forms["NewArticleForm"]["properties"]["colour"]["maximum"], 7);
    assert_eq!(forms["NewFactForm"]["required"], json!(["amount", "article_id", "financial_center_id"]));
    assert_eq!(forms["ChangedFactForm"].get("required"), None);
}

#[test]
fn every_reference_in_the_document_resolves() {
    let document = document();
    let text = document.to_string();
    for rest in text.split("\"#/").skip(1) {
        let pointer = format!("/{}", rest.split('"').next().unwrap_or_default());
        assert!(document.pointer(&pointer).is_some(), "{pointer}");
    }
}

#[test]
fn the_document_and_the_readme_name_every_event_of_the_stream() {
    let frames = include_str!("snapshots/it__golden__every_frame_is_written_as_it_always_was.snap");
    let mut events: Vec<_> =
        frames.split("\"event\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    events.sort_unstable();
    events.dedup();
    assert!(events.len() > 20, "{events:?}");
    let document = document();
    let stream = document["paths"]["/api/v1/budget/ws"]["get"]["responses"]["101"]["description"].as_str();
    let (stream, readme) = (stream.expect("it is described"), include_str!("../../../README.md"));
    for event in events {
        assert!(stream.contains(&format!("`{event}`")), "the document lacks {event}");
        let family = event.rsplit_once('_').map(|(family, _)| format!("`{family}_…`"));
        let named = [Some(format!("`{event}`")), family];
        assert!(named.iter().flatten().any(|name| readme.contains(name)), "the README lacks {event}");
    }
}

#[test]
fn what_programs_meet_beside_rows_is_named_in_the_document_and_the_readme() {
    let document = document();
    let snapshot = &document["components"]["schemas"]["Snapshot"];
    assert!(snapshot.to_string().contains("\"merged\":"), "{snapshot}");
    assert!(document["paths"]["/api/v1/auth/delete-by-email"]["post"]["summary"].is_string());
    let readme = include_str!("../../../README.md");
    for name in ["`merged`", "`merged_into`", "`other_member`", "/api/v1/auth/delete-by-email`"] {
        assert!(readme.contains(name), "{name}");
    }
}
