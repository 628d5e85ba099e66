//! Every logged write, repeated: after a lost response, late, with other content, on an older version.

use crate::{
    harness::{Member, Reply},
    on_both_engines,
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// A write as a client sends it.
pub(super) struct Call {
    pub method: Method,
    pub path: String,
    pub body: Value,
    /// The same call with other content; `None` if it has no content.
    other: Option<Value>,
}

fn call(method: Method, path: &str, body: Value, other: Option<Value>) -> Call {
    Call { method, path: path.to_owned(), body, other }
}

pub(super) async fn send(member: &Member, call: &Call, body: &Value, headers: &[(&str, &str)]) -> Reply {
    member.call(call.method.clone(), &call.path, headers, Some(body.to_string())).await
}

/// The writes on a kind of row, in an order in which each is possible.
fn life(rows: &str, new: Value, changed: [Value; 2], whole: [Value; 2]) -> Vec<Call> {
    let row = format!("{rows}/{}", new["id"].as_str().expect("an id"));
    let mut other = new.clone();
    for (name, value) in whole[1].as_object().expect("a row") {
        other[name] = value.clone();
    }
    let [patch, patch_other] = changed;
    let [put, put_other] = whole;
    vec![
        call(Method::POST, rows, new, Some(other)),
        call(Method::PATCH, &row, patch, Some(patch_other)),
        call(Method::PUT, &row, put, Some(put_other)),
        call(Method::DELETE, &row, json!({}), None),
        call(Method::POST, &format!("{row}/restore"), json!({}), None),
    ]
}

pub(super) async fn every_write(anna: &Member) -> Vec<Call> {
    let id = || json!(Uuid::now_v7().to_string());
    let fact = |amount: &str, base: &Value| {
        let mut fact = base.clone();
        fact["amount"] = json!(amount);
        fact["date"] = json!("2026-11-20");
        fact
    };
    let base = anna.purchase("-1").await;
    let mut new = fact("-5", &base);
    new["id"] = id();
    let mut calls = life(
        "/facts",
        new,
        [json!({ "comment": "a" }), json!({ "comment": "b" })],
        [fact("-6", &base), fact("-7", &base)],
    );
    let article = |name: &str| json!({ "name": name, "kind": "expense" });
    calls.extend(life(
        "/articles",
        json!({ "id": id(), "name": "Cat", "kind": "expense" }),
        [json!({ "name": "Cats" }), json!({ "name": "Dogs" })],
        [article("Pets"), article("Birds")],
    ));
    let center = |name: &str| json!({ "name": name, "currency": "EUR", "opening_balance": "1.00" });
    calls.extend(life(
        "/financial-centers",
        json!({ "id": id(), "name": "Jar", "currency": "EUR" }),
        [json!({ "name": "Jars" }), json!({ "name": "Box" })],
        [center("Safe"), center("Sock")],
    ));
    let comes = |amount: &str| {
        let mut row = base.clone();
        row["amount"] = json!(amount);
        row["starts_on"] = json!("2026-11-20");
        row
    };
    let mut new = comes("-5");
    new["id"] = id();
    let row = format!("/recurring/{}", new["id"].as_str().expect("an id"));
    calls.extend(life(
        "/recurring",
        new,
        [json!({ "every": 2 }), json!({ "every": 3 })],
        [comes("-6"), comes("-7")],
    ));
    let day = |day: &str| json!({ "day": day });
    for (what, one, other) in [
        ("confirm", "2026-11-20", "2026-12-20"),
        ("skip", "2026-12-20", "2027-01-20"),
        ("reopen", "2026-12-20", "2027-01-20"),
    ] {
        calls.push(call(Method::POST, &format!("{row}/{what}"), day(one), Some(day(other))));
    }
    let member = format!("/members/{}", anna.id.as_str().expect("an id"));
    calls.push(call(Method::PATCH, &member, json!({ "name": "Annie" }), Some(json!({ "name": "Anne" }))));
    calls.push(call(
        Method::PATCH,
        "/household",
        json!({ "name": "Home" }),
        Some(json!({ "name": "House" })),
    ));
    calls
}

on_both_engines! {
    async fn a_repeat_of_any_write_changes_nothing_and_other_content_is_refused(server: TestServer) {
        let anna = server.founder("Anna").await;
        for call in every_write(&anna).await {
            let what = format!("{} {}", call.method, call.path);
            let key = Uuid::new_v4().to_string();
            let keyed = [("idempotency-key", key.as_str())];
            let first = send(&anna, &call, &call.body, &keyed).await;
            assert!(first.status.is_success(), "{what}: {}", first.body);
            assert_eq!(first.seq(), anna.head().await, "{what}");
            let again = send(&anna, &call, &call.body, &keyed).await;
            assert!([200, 204].contains(&again.status.as_u16()), "{what}: {} {}", again.status, again.body);
            assert_eq!((again.seq(), &again.body), (first.seq(), &first.body), "{what}");
            if let Some(other) = &call.other {
                send(&anna, &call, other, &keyed).await.problem(409, "idempotency_key_reused");
            }
            assert_eq!(anna.head().await, first.seq(), "{what}: no number was used");
        }
    }

    async fn a_write_on_an_older_version_is_refused_with_the_row(server: TestServer) {
        let anna = server.founder("Anna").await;
        for call in every_write(&anna).await {
            let what = format!("{} {}", call.method, call.path);
            if call.method != Method::POST {
                let head = anna.head().await;
                let stale = send(&anna, &call, &call.body, &[("if-match", "\"99\"")]).await.problem(412, "stale");
                assert!(stale.body["current"]["version"].is_i64(), "{what}: {}", stale.body);
                assert_eq!(anna.head().await, head, "{what}");
            }
            let done = send(&anna, &call, &call.body, &[]).await;
            assert!(done.status.is_success(), "{what}: {}", done.body);
        }
    }
}
