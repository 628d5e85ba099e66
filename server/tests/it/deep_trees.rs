//! Categories below one another: how deep they may stand, and households whose trees were deeper before.

use crate::{
    harness::{Member, TestServer, Visitor},
    on_both_engines,
};
use app::domain::branches::MOST_DEPTH;
use serde_json::json;
use server::db::erasure;

async fn below(anna: &Member, name: &str, parent: Option<&str>) -> String {
    anna.post("/articles", json!({ "name": name, "kind": "expense", "parent_id": parent })).await.is(201).id()
}

/// Each below the previous one.
async fn chain(anna: &Member, length: usize) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for n in 0..length {
        ids.push(below(anna, &format!("Level {n:02}"), ids.last().map(String::as_str)).await);
    }
    ids
}

/// Puts each of the household's levels below the one before, as a program without this limit did.
const NESTED: &str = "update articles set parent_id = (select p.id from articles p where p.household_id = articles.household_id \
                      and p.name like 'Level %' and p.name < articles.name order by p.name desc limit 1) \
                      where household_id = $1 and name like 'Level %'";

async fn old_chain(server: &TestServer, anna: &Member, length: usize) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..length {
        ids.push(below(anna, &format!("Level {n:02}"), None).await);
    }
    server.execute(NESTED, anna.household().await.uuid()).await;
    ids
}

on_both_engines! {
    async fn categories_stand_at_most_ten_levels_below_a_top_one(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ids = chain(&anna, MOST_DEPTH + 1).await;
        let last = &ids[MOST_DEPTH];
        let new = json!({ "name": "Deeper", "kind": "expense", "parent_id": last });
        let refused = anna.post("/articles", new).await.refuses("parent_id", "too_deep");
        let said = refused.body["errors"][0]["detail"].as_str().expect("a sentence").to_owned();
        assert!(said.contains("10 levels") && said.contains("further up"), "{said}");
        // A branch counts with all of its own levels.
        let car = below(&anna, "Car", None).await;
        let tyres = below(&anna, "Tyres", Some(&car)).await;
        let moved = async |id: &str, to: &str| anna.patch(&format!("/articles/{id}"), json!({ "parent_id": to })).await;
        moved(&car, &ids[MOST_DEPTH - 1]).await.refuses("parent_id", "too_deep");
        moved(&car, &ids[MOST_DEPTH - 2]).await.is(200);
        moved(&tyres, last).await.refuses("parent_id", "too_deep");
        // What stands below a merged category will stand below the other one.
        let [pets, cats] = [below(&anna, "Pets", None).await, below(&anna, "Cats", None).await];
        moved(&cats, &pets).await.is(200);
        let merge = format!("/articles/{pets}/merge");
        anna.post(&merge, json!({ "into": last })).await.refuses("into", "too_deep");
        anna.post(&merge, json!({ "into": ids[MOST_DEPTH - 1] })).await.is(200);
    }

    async fn a_deep_tree_is_erased_in_as_many_steps_as_a_flat_one(server: TestServer) {
        const MOST: i64 = 50;
        let anna = server.founder("Anna").await;
        old_chain(&server, &anna, 60).await;
        let (household, database) = (anna.household().await, server.database().await);
        let mut tx = database.begin().await.expect("it begins");
        let mut steps = 0;
        while erasure::delete_some(&mut tx, household, MOST).await.expect("rows are deleted") {
            steps += 1;
            assert!(steps < 20, "a chain takes no step for each link");
        }
        drop(tx);
        database.close().await;
    }

    async fn a_tree_that_was_made_deeper_before_is_read_and_can_be_made_shallower(server: TestServer) {
        let anna = server.founder("Anna").await;
        let ids = old_chain(&server, &anna, 30).await;
        let mut purchase = anna.purchase("-12.50").await;
        (purchase["article_id"], purchase["date"]) = (json!(ids[29]), json!("2026-05-01"));
        anna.post("/facts", purchase).await.is(201);
        anna.put(&format!("/plans/{}/2026-05", ids[20]), json!({ "amount": "20" })).await.is(200);
        let summary = anna.get("/summary?month=2026-05").await.is(200).body;
        let figures = |id: &str| {
            let row = summary["articles"].as_array().unwrap().iter().find(|row| row["article_id"] == id).unwrap();
            (row["fact"].clone(), row["left"].clone())
        };
        assert_eq!(figures(&ids[0]), (json!("-12.50"), json!("7.50")));
        assert_eq!(figures(&ids[20]), (json!("-12.50"), json!("7.50")));
        assert_eq!(figures(&ids[21]), (json!("-12.50"), json!("-12.50")));
        for path in ["/", "/plan", "/household"] {
            let page = Visitor::signed_in(&server, &anna).open(path).await.is(200);
            assert!(page.html.contains("Level 29"), "{path}");
        }

        let path = |at: usize| format!("/articles/{}", ids[at]);
        anna.patch(&path(25), json!({ "name": "Renamed" })).await.is(200);
        let new = json!({ "name": "Deeper", "kind": "expense", "parent_id": ids[25] });
        anna.post("/articles", new).await.refuses("parent_id", "too_deep");
        anna.patch(&path(20), json!({ "parent_id": ids[2] })).await.is(200);
        anna.patch(&path(20), json!({ "parent_id": ids[9] })).await.refuses("parent_id", "too_deep");
        anna.patch(&path(5), json!({ "parent_id": null })).await.is(200);
    }
}
