//! `/articles` and `/financial-centers`.

use crate::on_both_engines;
use reqwest::Method;
use serde_json::json;
use uuid::Uuid;

on_both_engines! {
    async fn articles_form_a_tree_of_one_kind_without_cycles(server: TestServer) {
        let anna = server.founder("Anna").await;
        let car = anna.post("/articles", json!({ "name": "Car", "kind": "expense" })).await.is(201);
        let child = json!({ "name": "Tyres", "kind": "expense", "parent_id": car.id() });
        let tyres = anna.post("/articles", child).await.is(201);
        assert_eq!(tyres.body["parent_id"], car.body["id"]);
        let found = anna.get(tyres.header("location").trim_start_matches("/api/v1")).await.is(200);
        assert_eq!(found.body, tyres.body);
        anna.post("/articles", json!({ "name": "X", "kind": "income", "parent_id": car.id() })).await
            .refuses("parent_id", "kind_differs");
        let path = format!("/articles/{}", car.id());
        anna.patch(&path, json!({ "parent_id": tyres.id() })).await.refuses("parent_id", "circle");
        anna.patch(&path, json!({ "parent_id": car.id() })).await.refuses("parent_id", "circle");
        anna.patch(&path, json!({ "kind": "income" })).await.refuses("kind", "kind_differs");
        anna.post("/articles", json!({ "name": " ", "kind": "expense" })).await.refuses("name", "required");
        anna.post("/articles", json!({ "name": "X", "kind": "fun" })).await.refuses("kind", "unknown_word");

        anna.delete(&path).await.problem(409, "in_use");
        let tyres_path = format!("/articles/{}", tyres.id());
        let top = anna.put(&tyres_path, json!({ "name": "Tyres", "kind": "expense", "parent_id": null })).await.is(200);
        assert_eq!(top.body["parent_id"], json!(null));
        anna.delete(&path).await.is(204);
        anna.patch(&path, json!({ "name": "Van" })).await.problem(410, "gone");
        anna.post(&format!("{path}/restore"), json!({})).await.is(200);

        let transfer = anna.article("transfer").await;
        anna.delete(&format!("/articles/{transfer}")).await.refuses("kind", "in_use");
    }

    async fn articles_and_centers_name_their_last_author_also_in_a_refusal(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let (anna_id, ben_id) = (anna.id.clone(), ben.id.clone());
        let starter = anna.get("/articles").await.body["items"][0].clone();
        assert_eq!(starter["updated_by"], anna_id, "the household's first rows are its founder's");
        for (rows, new) in [
            ("/articles", json!({ "name": "Cats", "kind": "expense" })),
            ("/financial-centers", json!({ "name": "Jar" })),
        ] {
            let made = anna.post(rows, new).await.is(201);
            assert_eq!(made.body["updated_by"], anna_id);
            let path = format!("{rows}/{}", made.id());
            let change = |name: &str| json!({ "name": name, "updated_by": anna_id });
            let theirs = ben.patch(&path, change("Dogs")).await.is(200);
            assert_eq!(theirs.body["updated_by"], ben_id, "nobody writes in another's name");
            let stale = anna
                .call(Method::PATCH, &path, &[("if-match", "\"1\"")], Some(change("Fish").to_string())).await
                .problem(412, "stale");
            assert_eq!(stale.body["current"]["updated_by"], ben_id);
            let read = anna.get("/snapshot").await.is(200).body;
            let all = read[rows[1..].replace('-', "_")].as_array().unwrap().clone();
            let row = all.iter().find(|row| row["id"] == made.body["id"]).unwrap();
            assert_eq!(row["updated_by"], ben_id, "as it is stored");
            ben.delete(&path).await.is(204);
            let back = anna.post(&format!("{path}/restore"), json!({})).await.is(200);
            assert_eq!(back.body["updated_by"], anna_id);
        }
    }

    async fn an_article_or_center_in_use_can_be_archived_and_accepts_no_new_facts(server: TestServer) {
        let anna = server.founder("Anna").await;
        let body = anna.purchase("-1").await;
        let fact = anna.post("/facts", body.clone()).await.is(201);
        for (path, field) in [("articles", "article_id"), ("financial-centers", "financial_center_id")] {
            let path = format!("/{path}/{}", body[field].as_str().unwrap());
            anna.delete(&path).await.problem(409, "in_use");
            anna.patch(&path, json!({ "archived": true })).await.is(200);
            anna.post("/facts", body.clone()).await.refuses(field, "archived");
            // Facts recorded on it can still be corrected.
            anna.patch(&format!("/facts/{}", fact.id()), json!({ "amount": "-2" })).await.is(200);
            anna.patch(&path, json!({ "archived": false })).await.is(200);
        }
        anna.delete(&format!("/facts/{}", fact.id())).await.is(204);
        let article = body["article_id"].as_str().unwrap();
        anna.delete(&format!("/articles/{article}")).await.problem(409, "in_use");
    }

    async fn a_center_has_one_currency_and_its_balance_is_opening_plus_facts(server: TestServer) {
        let anna = server.founder("Anna").await;
        let yen = anna.post("/financial-centers", json!({ "name": "Yen", "currency": "JPY", "opening_balance": "1500" })).await.is(201);
        assert_eq!(yen.body["opening_balance"], "1500");
        anna.post("/financial-centers", json!({ "name": "Y", "currency": "JPY", "opening_balance": "1.5" })).await
            .refuses("opening_balance", "too_many_digits");
        anna.post("/financial-centers", json!({ "name": "Y", "currency": "QQQ" })).await.refuses("currency", "unknown_currency");
        let path = format!("/financial-centers/{}", yen.id());
        anna.patch(&path, json!({ "currency": "EUR", "opening_balance": "15.00" })).await.is(200);
        anna.patch(&path, json!({ "currency": "JPY", "opening_balance": "1500" })).await.is(200);
        let mut body = anna.purchase("-400").await;
        body["financial_center_id"] = json!(yen.id());
        anna.post("/facts", body.clone()).await.is(201);
        body["amount"] = json!("-4.50");
        anna.post("/facts", body).await.refuses("amount", "too_many_digits");
        let refused = anna.patch(&path, json!({ "currency": "EUR" })).await.problem(409, "in_use").body;
        assert_eq!((&refused["errors"][0]["field"], &refused["errors"][0]["code"]), (&json!("currency"), &json!("in_use")));
        let all = anna.get("/financial-centers").await.is(200);
        let row = all.body["items"].as_array().unwrap().iter().find(|row| row["id"] == yen.body["id"]).cloned().unwrap();
        assert_eq!(row["balance"], "1100");
        anna.put(&path, row).await.is(200);
        let euros = anna.buys("-1.25").await;
        anna.patch(&format!("/facts/{}", euros.id()), json!({ "financial_center_id": yen.id() })).await
            .refuses("amount", "too_many_digits");
    }

    async fn merging_moves_facts_plans_and_children_in_one_change(server: TestServer) {
        let anna = server.founder("Anna").await;
        let new = async |name: &str, parent: Option<&str>| {
            anna.post("/articles", json!({ "name": name, "kind": "expense", "parent_id": parent })).await.is(201).id()
        };
        let (cafe, food) = (new("Cafe", None).await, new("Food", None).await);
        let child = new("Coffee", Some(&cafe)).await;
        let buy = async |article: &str| {
            let mut body = anna.purchase("-10").await;
            (body["article_id"], body["date"]) = (json!(article), json!("2026-05-01"));
            anna.post("/facts", body).await.is(201).id()
        };
        let (kept, deleted) = (buy(&cafe).await, buy(&cafe).await);
        anna.delete(&format!("/facts/{deleted}")).await.is(204);
        let part = |article: &str| json!({ "article_id": article, "amount": "-3" });
        let split = json!({ "financial_center_id": anna.center().await, "date": "2026-05-02", "parts": [part(&cafe), part(&food)] });
        let split = anna.post("/splits", split).await.is(201).id();
        for (article, month, amount) in [(&cafe, "2026-05", "30"), (&food, "2026-05", "100"), (&cafe, "2026-06", "40")] {
            anna.put(&format!("/plans/{article}/{month}"), json!({ "amount": amount })).await.is(200);
        }
        let totals = anna.get("/summary?month=2026-05").await.is(200).body;
        let (head, path) = (anna.head().await, format!("/articles/{cafe}/merge"));
        anna.post(&path, json!({ "into": cafe })).await.refuses("into", "circle");
        anna.post(&path, json!({ "into": child })).await.refuses("into", "circle");
        anna.post(&path, json!({ "into": anna.article("income").await })).await.refuses("into", "kind_differs");
        anna.post(&path, json!({ "into": Uuid::now_v7() })).await.refuses("into", "not_found");
        anna.post(&path, json!({})).await.refuses("into", "required");
        let key = Uuid::now_v7().to_string();
        let merge = async || anna.call(Method::POST, &path, &[("idempotency-key", key.as_str())], Some(json!({ "into": food }).to_string())).await;
        let merged = merge().await.is(200);
        assert_eq!((merged.id(), merged.seq()), (food.clone(), head + 1), "one number");
        assert_eq!(merge().await.is(200).seq(), head + 1, "a repeat changes nothing");

        anna.get(&format!("/articles/{cafe}")).await.problem(410, "gone");
        assert_eq!(anna.get(&format!("/articles/{child}")).await.is(200).body["parent_id"], food);
        assert_eq!(anna.get(&format!("/facts/{kept}")).await.is(200).body["article_id"], food);
        let back = anna.post(&format!("/facts/{deleted}/restore"), json!({})).await.is(200);
        assert_eq!(back.body["article_id"], food);
        anna.delete(&format!("/facts/{deleted}")).await.is(204);
        let whole = anna.get(&format!("/splits/{split}")).await.is(200).body;
        let parts = whole["facts"].as_array().unwrap();
        assert!(parts.iter().all(|part| part["article_id"] == food && part["version"] == 2), "{whole}");
        let plans = anna.get("/plans?from=2026-05&to=2026-06").await.is(200).body;
        let amount = |article: &str, month: &str| {
            let row = plans["items"].as_array().unwrap().iter().find(|row| row["article_id"] == article && row["month"] == month);
            row.map(|row| row["amount"].clone())
        };
        assert_eq!((amount(&food, "2026-05"), amount(&food, "2026-06")), (Some(json!("130.00")), Some(json!("40.00"))));
        assert_eq!(amount(&cafe, "2026-05"), Some(json!("0.00")));
        let after = anna.get("/summary?month=2026-05").await.is(200).body;
        assert_eq!((&after["totals"], &after["left_to_spend"]), (&totals["totals"], &totals["left_to_spend"]));
    }
}
