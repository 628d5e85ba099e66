//! Merging articles: what still names a merged one means the other one. A merge is one change, so what it may move
//! is bounded.

use crate::on_both_engines;
use app::domain::{Limit, MergedArticle};
use serde_json::{Value, json};

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

    async fn what_names_a_merged_article_is_recorded_on_the_one_that_it_was_merged_into(server: TestServer) {
        let anna = server.founder("Anna").await;
        let account = anna.center().await;
        let article = async |name: &str| anna.post("/articles", json!({ "name": name, "kind": "expense" })).await.is(201).id();
        let (cafe, snacks, food) = (article("Cafe").await, article("Snacks").await, article("Food").await);
        let merge = async |id: &str, into: &str| anna.post(&format!("/articles/{id}/merge"), json!({ "into": into })).await.is(200);
        merge(&cafe, &snacks).await;
        // Merged again: the first one follows.
        merge(&snacks, &food).await;
        let merged = &anna.get("/snapshot").await.is(200).body["merged"];
        assert_eq!(merged, &json!([{ "id": cafe, "into": food }, { "id": snacks, "into": food }]));

        for gone in [&cafe, &snacks] {
            let fact = json!({ "amount": "-3", "article_id": gone, "financial_center_id": account });
            let made = anna.post("/facts", fact).await.is(201);
            assert_eq!(made.body["article_id"], json!(food));
            let other = anna.purchase("-2").await;
            let other = anna.post("/facts", other).await.is(201).id();
            let moved = anna.patch(&format!("/facts/{other}"), json!({ "article_id": gone })).await.is(200);
            assert_eq!(moved.body["article_id"], json!(food));
            let parts = json!([{ "article_id": gone, "amount": "-1" }, { "article_id": food, "amount": "-2" }]);
            let split = anna.post("/splits", json!({ "financial_center_id": account, "parts": parts })).await.is(201);
            for part in split.body["facts"].as_array().expect("its parts") {
                assert_eq!(part["article_id"], json!(food));
            }
            let recurring = json!({
                "amount": "-9", "article_id": gone, "financial_center_id": account,
                "starts_on": "2026-11-25", "every": 1, "unit": "month",
            });
            let recurring = anna.post("/recurring", recurring).await.is(201);
            assert_eq!(recurring.body["article_id"], json!(food));
            let below = json!({ "name": "Cake", "kind": "expense", "parent_id": gone });
            assert_eq!(anna.post("/articles", below).await.is(201).body["parent_id"], json!(food));
        }
        let bar = article("Bar").await;
        merge(&bar, &cafe).await;
        let fact = json!({ "amount": "-3", "article_id": bar, "financial_center_id": account });
        assert_eq!(anna.post("/facts", fact).await.is(201).body["article_id"], json!(food));
        // Its plan was added to the other one's: an amount for it alone has no meaning any more.
        anna.put(&format!("/plans/{cafe}/2026-11"), json!({ "amount": "5" })).await.refuses("article_id", "not_found");

        // Restored, it means itself again.
        anna.post(&format!("/articles/{cafe}/restore"), json!({})).await.is(200);
        let fact = json!({ "amount": "-3", "article_id": cafe, "financial_center_id": account });
        assert_eq!(anna.post("/facts", fact).await.is(201).body["article_id"], json!(cafe));
        // An archived one is refused, also by the name of what was merged into it.
        anna.patch(&format!("/articles/{food}"), json!({ "archived": true })).await.is(200);
        let fact = json!({ "amount": "-3", "article_id": snacks, "financial_center_id": account });
        anna.post("/facts", fact).await.refuses("article_id", "archived");
    }
    async fn a_merge_is_no_edit_of_the_rows_that_it_moves(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ben = server.guest(&anna, "Ben").await;
        let account = anna.center().await;
        let article = async |name: &str| anna.post("/articles", json!({ "name": name, "kind": "expense" })).await.is(201).id();
        let (cafe, food) = (article("Cafe").await, article("Food").await);
        let fact = json!({ "amount": "-3", "article_id": cafe, "financial_center_id": account });
        let alone = anna.post("/facts", fact).await.is(201).body;
        let parts = json!([{ "article_id": cafe, "amount": "-1" }, { "article_id": food, "amount": "-2" }]);
        let split = anna.post("/splits", json!({ "financial_center_id": account, "parts": parts })).await.is(201).body;
        ben.post(&format!("/articles/{cafe}/merge"), json!({ "into": food })).await.is(200);
        let rows = std::iter::once(&alone).chain(split["facts"].as_array().expect("its parts"));
        for before in rows {
            let now = anna.get(&format!("/facts/{}", before["id"].as_str().expect("an id"))).await.is(200).body;
            assert_eq!((&now["article_id"], &now["version"]), (&json!(food), &json!(2)));
            for hand in ["created_by", "updated_by", "updated_at"] {
                assert_eq!(now[hand], before[hand], "{hand}");
            }
        }
    }

    async fn a_page_loads_the_articles_that_were_merged_last_and_the_server_knows_all(server: TestServer) {
        let anna = server.founder("Anna").await;
        let account = anna.center().await;
        let article = async |name: &str| anna.post("/articles", json!({ "name": name, "kind": "expense" })).await.is(201).id();
        let merge = async |id: &str, into: &str| anna.post(&format!("/articles/{id}/merge"), json!({ "into": into })).await.is(200);
        let listed = async || match anna.get("/snapshot").await.is(200).body["merged"].take() {
            Value::Array(merged) => merged,
            none => panic!("a list: {none}"),
        };
        let food = article("Food").await;
        let mut gone = Vec::new();
        for n in 0..MergedArticle::MOST + 2 {
            let id = article(&format!("Cafe {n}")).await;
            // The order is that of the merges, not that in which the articles were added.
            gone.insert(0, id);
        }
        for id in &gone {
            merge(id, &food).await;
        }
        let newest: Vec<_> = gone[2..].iter().map(|id| json!({ "id": id, "into": food })).collect();
        assert_eq!(listed().await, newest);
        for id in [&gone[0], &gone[1], &gone[2]] {
            let fact = json!({ "amount": "-3", "article_id": id, "financial_center_id": account });
            assert_eq!(anna.post("/facts", fact).await.is(201).body["article_id"], json!(food));
        }
        // When the article into which they were merged is merged too, it is the newest, and they keep their places.
        let meals = article("Meals").await;
        merge(&food, &meals).await;
        gone.push(food);
        let newest: Vec<_> = gone[3..].iter().map(|id| json!({ "id": id, "into": meals })).collect();
        assert_eq!(listed().await, newest);
        // A restored one makes room for the one merged before the others.
        let last = gone.pop().expect("the newest");
        anna.post(&format!("/articles/{last}/restore"), json!({})).await.is(200);
        let newest: Vec<_> = gone[2..].iter().map(|id| json!({ "id": id, "into": meals })).collect();
        assert_eq!(listed().await, newest);
    }
}
