//! A merge of articles is one change, so what it may move is bounded.

use crate::on_both_engines;
use app::domain::Limit;
use serde_json::json;

on_both_engines! {
    async fn a_merge_moves_at_most_ten_thousand_facts_and_plans_or_changes_nothing(server: TestServer) {
        let anna = server.founder("Anna").await;
        let account = anna.center().await;
        let article = async |name: &str| anna.post("/articles", json!({ "name": name, "kind": "expense" })).await.is(201).id();
        let (cafe, food) = (article("Cafe").await, article("Food").await);
        let most = usize::try_from(Limit::Merged.most()).expect("a number");
        let part = json!({ "article_id": cafe, "amount": "-0.01", "comment": "" });
        for _ in 0..most / 50 {
            let parts = vec![part.clone(); 50];
            anna.post("/splits", json!({ "financial_center_id": account, "parts": parts })).await.is(201);
        }
        let mut one = anna.purchase("-1").await;
        one["article_id"] = json!(cafe);
        let one = anna.post("/facts", one).await.is(201).id();
        let (head, path) = (anna.head().await, format!("/articles/{cafe}/merge"));
        anna.post(&path, json!({ "into": food })).await.problem(409, "too_many_to_merge");
        assert_eq!(anna.head().await, head, "nothing has changed");
        anna.delete(&format!("/facts/{one}")).await.is(204);
        // Plans move in the same change, so they count too; a plan of zero does not move.
        let cell = format!("/plans/{cafe}/2026-11");
        anna.put(&cell, json!({ "amount": "5" })).await.is(200);
        anna.post(&path, json!({ "into": food })).await.problem(409, "too_many_to_merge");
        anna.put(&cell, json!({ "amount": "0" })).await.is(200);
        anna.post(&path, json!({ "into": food })).await.is(200);
        let left = anna.get(&format!("/facts?article_id={cafe}")).await.is(200).body;
        assert_eq!(left["items"].as_array().map(Vec::len), Some(0));
    }
}
