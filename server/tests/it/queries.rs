//! Queries that cannot be read: the parameter is named, and nothing is said of JSON, which a GET has none of.

use crate::{
    document::{calls, document},
    harness::{Member, Reply, TestServer},
};
use reqwest::Method;
use serde_json::Value;

/// The names of the query parameters of each GET route of the document, with their schemas.
fn queries() -> Vec<(String, Vec<(String, Value)>)> {
    let query = |call: &Value| {
        let parameters = call["parameters"].as_array().into_iter().flatten();
        parameters
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| {
                (parameter["name"].as_str().expect("a name").to_owned(), parameter["schema"].clone())
            })
            .collect::<Vec<_>>()
    };
    let calls = calls(&document()).into_iter().filter(|(_, method, _)| *method == "get");
    calls.map(|(path, _, call)| (path, query(&call))).filter(|(_, names)| !names.is_empty()).collect()
}

async fn ask(member: &Member, path: &str, center: &str, query: &str) -> Reply {
    let path = path.trim_start_matches("/api/v1").replace("{id}", center);
    let origin = format!("http://{}", member.addr);
    member.call(Method::GET, &format!("{path}?{query}"), &[("origin", &origin)], None).await
}

#[track_caller]
fn says_nothing_of_json(reply: &Reply) {
    assert!(!reply.body.to_string().contains("JSON"), "{}", reply.body);
}

#[tokio::test]
async fn a_query_that_cannot_be_read_is_refused_by_the_name_of_the_parameter() {
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let center = anna.center().await;
    let center = center.as_str();
    let queries = queries();
    assert!(queries.len() >= 6, "{queries:?}");
    let mut numbers = 0;
    for (path, parameters) in &queries {
        let ask = async |query: &str| ask(&anna, path, center, query).await;
        for (name, schema) in parameters {
            says_nothing_of_json(&ask(&format!("{name}=1&{name}=1")).await.refuses(name, "duplicate"));
            if schema.to_string().contains("integer") {
                numbers += 1;
                for (value, code) in [
                    ("many", "not_a_number"),
                    ("", "not_a_number"),
                    ("1.5", "not_a_number"),
                    ("-1", "out_of_range"),
                ] {
                    says_nothing_of_json(&ask(&format!("{name}={value}")).await.refuses(name, code));
                }
                ask(&format!("{name}=99999999999999999999")).await.refuses(name, "out_of_range");
            } else if !matches!(name.as_str(), "tag" | "q") {
                let reply = ask(&format!("{name}=%EF%BF%BD?")).await;
                let named = |error: &Value| error["field"] == name.as_str();
                let errors = reply.body["errors"].as_array();
                assert!(
                    errors.is_some_and(|errors| errors.iter().any(named)),
                    "{path} {name}: {}",
                    reply.body
                );
                says_nothing_of_json(&reply);
            }
        }
        // A page of a later version may tell more of where its stream resumes.
        if path != "/api/v1/budget/ws" {
            let refused = ask("colour=red&month=2026-11&colour=blue").await;
            says_nothing_of_json(&refused.refuses("colour", "unknown_field"));
        }
    }
    assert!(numbers >= 3, "{numbers}");
    // Several at once are all named.
    let reply = anna.get("/facts?limit=many&from=yesterday").await.refuses("limit", "not_a_number");
    reply.refuses("from", "not_a_date");
}
