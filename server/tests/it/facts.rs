//! `/facts`: valid and invalid requests, and repeats.

use crate::on_both_engines;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

on_both_engines! {
    async fn a_fact_is_recorded_read_changed_deleted_and_restored(server: TestServer) {
        let anna = server.founder("Anna").await;
        let start = anna.head().await;
        let mut body = anna.purchase("-12,50").await;
        body["comment"] = json!("  bread ");
        body["date"] = json!("2026-11-20");
        let created = anna.post("/facts", body.clone()).await.is(201);
        assert_eq!(created.body["amount"], "-12.50");
        assert_eq!(created.body["comment"], "bread");
        assert_eq!(created.body["created_by"], anna.id);
        assert_eq!(created.body["version"], 1);
        assert_eq!(created.body["group"], json!(null));
        assert_eq!(created.seq(), start + 1);
        assert_eq!(created.body["created_seq"], start + 1);
        assert_eq!(created.header("etag"), "\"1\"");
        let path = format!("/facts/{}", created.id());
        assert_eq!(created.header("location"), format!("/api/v1{path}"));

        let read = anna.get(&path).await.is(200);
        assert_eq!(read.body, created.body);
        let put = anna.put(&path, read.body.clone()).await.is(200);
        assert_eq!(put.body["version"], 2, "what was read can be written");
        let patched = anna.patch(&path, json!({ "amount": "-13" })).await.is(200);
        assert_eq!(patched.body["amount"], "-13.00");
        assert_eq!(patched.body["comment"], "bread");

        let gone = anna.delete(&path).await.is(204);
        assert_eq!(gone.seq(), start + 4);
        anna.get(&path).await.problem(410, "gone");
        anna.delete(&path).await.problem(410, "gone");
        anna.patch(&path, json!({ "amount": "1" })).await.problem(410, "gone");
        let back = anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!(back.body["amount"], "-13.00");
        assert_eq!(back.body["version"], 5);
        assert_eq!(back.body["created_seq"], start + 1, "it stands where it stood");
        let again = anna.post(&format!("{path}/restore"), json!({})).await.is(200);
        assert_eq!(again.body, back.body);
        assert_eq!(again.seq(), back.seq(), "restoring what is there uses no number");
    }

    async fn a_stale_write_changes_nothing_and_returns_the_row(server: TestServer) {
        let anna = server.founder("Anna").await;
        let path = format!("/facts/{}", anna.buys("-1").await.id());
        anna.patch(&path, json!({ "amount": "-2" })).await.is(200);
        let head = anna.head().await;
        let body = || Some(json!({ "amount": "-3" }).to_string());
        let stale = anna.call(Method::PATCH, &path, &[("if-match", "\"1\"")], body()).await.problem(412, "stale");
        assert_eq!(stale.body["current"]["amount"], "-2.00");
        anna.call(Method::DELETE, &path, &[("if-match", "\"1\"")], None).await.problem(412, "stale");
        assert_eq!(anna.head().await, head);
        anna.call(Method::PATCH, &path, &[("if-match", "\"2\"")], body()).await.is(200);
    }

    async fn a_repeat_changes_nothing_and_returns_the_first_response(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (id, key) = (Uuid::now_v7().to_string(), Uuid::new_v4().to_string());
        let mut body = anna.purchase("-5").await;
        body["id"] = json!(id);
        let first = anna.post("/facts", body.clone()).await.is(201);
        let lost = anna.post("/facts", body.clone()).await.is(200);
        assert_eq!((lost.seq(), &lost.body), (first.seq(), &first.body), "the id is the key");
        let mut other = body.clone();
        other["amount"] = json!("-6");
        anna.post("/facts", other.clone()).await.problem(409, "idempotency_key_reused");
        let another = [("idempotency-key", key.as_str())];
        anna.call(Method::POST, "/facts", &another, Some(body.to_string())).await.problem(409, "id_taken");

        let path = format!("/facts/{id}");
        let key = Uuid::new_v4().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let change = || Some(json!({ "amount": "-7" }).to_string());
        let changed = anna.call(Method::PATCH, &path, &keyed, change()).await.is(200);
        let later = anna.patch(&path, json!({ "amount": "-8" })).await.is(200);
        let repeated = anna.call(Method::PATCH, &path, &keyed, change()).await.is(200);
        assert_eq!(repeated.seq(), changed.seq());
        assert_eq!(repeated.body, later.body, "the row as it stands");
        anna.call(Method::PATCH, &path, &keyed, Some(json!({ "amount": "-9" }).to_string())).await
            .problem(409, "idempotency_key_reused");

        let key = Uuid::new_v4().to_string();
        let keyed = [("idempotency-key", key.as_str())];
        let deleted = anna.call(Method::DELETE, &path, &keyed, None).await.is(204);
        assert_eq!(anna.call(Method::DELETE, &path, &keyed, None).await.is(204).seq(), deleted.seq());
        anna.post("/facts", body).await.problem(410, "gone");
        assert_eq!(anna.head().await, deleted.seq(), "no repeat used a number");
    }

    async fn facts_are_listed_by_page_in_their_order(server: TestServer) {
        let anna = server.founder("Anna").await;
        let (article, center) = (anna.article("income").await, anna.center().await);
        for n in 0..25 {
            let mut body = anna.purchase(&format!("-{}", n + 1)).await;
            body["date"] = json!(format!("2026-11-{:02}", 1 + (n * 7) % 20));
            if n % 5 == 0 {
                body["article_id"] = json!(article);
            }
            anna.post("/facts", body).await.is(201);
        }
        let all = anna.get("/facts?limit=500").await.is(200);
        let all = all.body["items"].as_array().cloned().unwrap_or_default();
        assert_eq!(all.len(), 25);
        let keys: Vec<_> = all.iter().map(|f| (f["date"].as_str().unwrap().to_owned(), f["created_seq"].as_i64())).collect();
        assert!(keys.is_sorted_by(|a, b| a > b), "{keys:?}");

        let (mut paged, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = anna.get(&format!("/facts?limit=7{cursor}")).await.is(200);
            paged.extend(page.body["items"].as_array().cloned().unwrap_or_default());
            match page.body["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(paged, all);
        let filtered = anna.get(&format!("/facts?article_id={article}&financial_center_id={center}")).await.is(200);
        assert_eq!(filtered.body["items"].as_array().map(Vec::len), Some(5));
        let ranged = anna.get("/facts?from=2026-11-05&to=2026-11-08").await.is(200);
        let ranged = ranged.body["items"].as_array().cloned().unwrap_or_default();
        let expected = all.iter().filter(|f| ("2026-11-05"..="2026-11-08").contains(&f["date"].as_str().unwrap()));
        assert_eq!(ranged, expected.cloned().collect::<Vec<_>>());
        assert!(!ranged.is_empty());
    }
}
