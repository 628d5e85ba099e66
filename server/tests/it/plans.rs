//! `/plans`: plans of articles by month, valid and invalid requests, and the resulting summary.

use crate::{harness::Member, on_both_engines};
use app::{
    domain::Plan,
    wire::{Change, Entry, Frame},
};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

async fn child(anna: &Member, name: &str, parent: Option<&str>) -> String {
    anna.post("/articles", json!({ "name": name, "kind": "expense", "parent_id": parent })).await.is(201).id()
}

fn line<'a>(summary: &'a Value, article: &str) -> [&'a Value; 3] {
    let rows = summary["articles"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["article_id"] == article).expect("the article has a row");
    ["plan", "fact", "left"].map(|name| &row[name])
}

on_both_engines! {
    async fn a_plan_is_set_changed_and_removed(server: TestServer) {
        let anna = server.founder("Anna").await;
        let food = anna.article("expense").await;
        let mut phone = anna.socket("").await;
        phone.frame().await;
        let start = anna.head().await;
        let path = format!("/plans/{food}/2026-11");
        let set = anna.put(&path, json!({ "amount": "500" })).await.is(200);
        assert_eq!((set.body["amount"].clone(), set.header("etag"), set.seq()), (json!("500.00"), "\"1\"", start + 1));
        let Frame::Commit(commit) = phone.frame().await else { panic!("a change") };
        let plan: Plan = serde_json::from_value(set.body.clone()).expect("a plan");
        assert_eq!(commit.entries, [Entry { change: Change::PlanUpdated(plan), before: None }]);
        let same = anna.put(&path, json!({ "amount": "500.00" })).await.is(200);
        assert_eq!((same.seq(), same.body.clone()), (start + 1, set.body.clone()), "the same again uses no number");
        let read = anna.get("/plans?month=2026-11").await.is(200).body;
        assert_eq!(read["items"], json!([set.body]));
        let round = anna.put(&path, set.body.clone()).await.is(200);
        assert_eq!(round.seq(), start + 1, "what was read can be written");
        anna.call(Method::PUT, &path, &[("if-match", "\"7\"")], Some(json!({ "amount": "1" }).to_string())).await.problem(412, "stale");
        let gone = anna.put(&path, json!({ "amount": null })).await.is(200);
        assert_eq!((gone.body["amount"].clone(), gone.body["version"].clone()), (json!("0.00"), json!(2)));
        anna.delete(&format!("/articles/{}", child(&anna, "new", None).await)).await.is(204);
    }

    async fn a_column_of_plans_is_one_change(server: TestServer) {
        let anna = server.founder("Anna").await;
        let food = anna.article("expense").await;
        let item = |month: &str, amount: Value| json!({ "article_id": food, "month": month, "amount": amount });
        let start = anna.head().await;
        let body = json!({ "items": [item("2026-10", json!(400)), item("2026-11", json!("410.5")), item("2026-12", json!("420"))] });
        let key = Uuid::now_v7().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let set = anna.call(Method::PUT, "/plans", &keyed, Some(body.to_string())).await.is(200);
        assert_eq!((set.seq(), set.body["items"].as_array().map(Vec::len)), (start + 1, Some(3)));
        assert_eq!(anna.call(Method::PUT, "/plans", &keyed, Some(body.to_string())).await.is(200).seq(), start + 1);
        let all = anna.get("/plans?from=2026-10&to=2026-12").await.is(200).body;
        assert_eq!(all["items"], set.body["items"]);
        // If somebody else changed one of them in the meantime, none is written.
        let stale = json!({ "items": [item("2026-10", json!("1")), { "article_id": food, "month": "2026-11", "amount": "1", "version": 0 }] });
        let refused = anna.put("/plans", stale).await.problem(412, "stale");
        assert_eq!(refused.body["current"]["amount"], "410.50");
        assert_eq!(anna.get("/plans?from=2026-10&to=2026-12").await.is(200).body, all);
    }

    async fn invalid_plans_are_refused_and_change_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let mallory = server.founder("Mallory").await;
        let (food, moved, foreign) = (anna.article("expense").await, anna.article("transfer").await, mallory.article("expense").await);
        let head = anna.head().await;
        for (path, amount, field, code) in [
            (format!("/plans/{food}/2026-11"), "-1", "amount", "negative"),
            (format!("/plans/{food}/2026-11"), "1.234", "amount", "too_many_digits"),
            (format!("/plans/{food}/2026-11"), "100000000000", "amount", "too_large"),
            (format!("/plans/{food}/2026-11"), "x", "amount", "not_a_number"),
            (format!("/plans/{food}/2026-13"), "1", "month", "not_a_date"),
            ("/plans/x/2026-11".to_owned(), "1", "article_id", "not_an_id"),
            (format!("/plans/{foreign}/2026-11"), "1", "article_id", "not_found"),
            (format!("/plans/{moved}/2026-11"), "1", "article_id", "kind_differs"),
        ] {
            anna.put(&path, json!({ "amount": amount })).await.refuses(field, code);
        }
        let item = json!({ "article_id": food, "month": "2026-11", "amount": "1" });
        anna.put("/plans", json!({ "items": [] })).await.refuses("items", "required");
        anna.put("/plans", json!({ "items": [item, item] })).await.refuses("items", "duplicate");
        anna.put("/plans", json!({ "items": vec![item.clone(); 501] })).await.refuses("items", "out_of_range");
        anna.put("/plans", json!({ "items": [item, { "article_id": food, "month": "2026-12", "amount": "1", "x": 1 }] })).await.refuses("items.1.x", "unknown_field");
        anna.get("/plans").await.refuses("month", "required");
        assert_eq!(anna.head().await, head);
        assert_eq!(anna.get("/plans?month=2026-11").await.is(200).body["items"], json!([]));
    }

    async fn the_summary_rolls_plan_fact_and_left_up_the_tree(server: TestServer) {
        let anna = server.founder("Anna").await;
        let house = child(&anna, "House", None).await;
        let rent = child(&anna, "Rent", Some(&house)).await;
        let repairs = child(&anna, "Repairs", Some(&house)).await;
        for (article, amount) in [(&house, "50"), (&rent, "800"), (&repairs, "0")] {
            anna.put(&format!("/plans/{article}/2026-05"), json!({ "amount": amount })).await.is(200);
        }
        for (article, amount) in [(&rent, "-800"), (&repairs, "-70"), (&repairs, "5")] {
            let mut body = anna.purchase(amount).await;
            (body["article_id"], body["date"]) = (json!(article), json!("2026-05-20"));
            anna.post("/facts", body).await.is(201);
        }
        let summary = anna.get("/summary?month=2026-05").await.is(200).body;
        assert_eq!(line(&summary, &house), [&json!("850.00"), &json!("-865.00"), &json!("-15.00")]);
        assert_eq!(line(&summary, &rent), [&json!("800.00"), &json!("-800.00"), &json!("0.00")]);
        assert_eq!(line(&summary, &repairs), [&json!("0.00"), &json!("-65.00"), &json!("-65.00")]);
        assert_eq!(summary["left_to_spend"], "-15.00");
        assert_eq!(anna.get("/summary?month=2026-06").await.is(200).body["left_to_spend"], json!(null));
        anna.delete(&format!("/articles/{rent}")).await.problem(409, "in_use");
        anna.patch("/household", json!({ "currency": "USD" })).await.refuses("currency", "in_use");
    }
}
