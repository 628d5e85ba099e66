//! `/articles` and `/financial-centers`.

use crate::on_both_engines;
use serde_json::json;

on_both_engines! {
    async fn articles_form_a_tree_of_one_kind_without_circles(server: TestServer) {
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

    async fn an_article_or_center_in_use_is_archived_and_takes_no_new_facts(server: TestServer) {
        let anna = server.founder("Anna").await;
        let body = anna.purchase("-1").await;
        let fact = anna.post("/facts", body.clone()).await.is(201);
        for (path, field) in [("articles", "article_id"), ("financial-centers", "financial_center_id")] {
            let path = format!("/{path}/{}", body[field].as_str().unwrap());
            anna.delete(&path).await.problem(409, "in_use");
            anna.patch(&path, json!({ "archived": true })).await.is(200);
            anna.post("/facts", body.clone()).await.refuses(field, "archived");
            // What stands on it can still be corrected.
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
        anna.patch(&path, json!({ "currency": "EUR" })).await.problem(409, "in_use");
        let all = anna.get("/financial-centers").await.is(200);
        let row = all.body["items"].as_array().unwrap().iter().find(|row| row["id"] == yen.body["id"]).cloned().unwrap();
        assert_eq!(row["balance"], "1100");
        anna.put(&path, row).await.is(200);
        let euros = anna.buys("-1.25").await;
        anna.patch(&format!("/facts/{}", euros.id()), json!({ "financial_center_id": yen.id() })).await
            .refuses("amount", "too_many_digits");
    }
}
