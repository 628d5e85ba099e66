//! Names: each is visible, and does not affect the text next to it.

use crate::{
    harness::{PASSWORD, email},
    on_both_engines,
};
use serde_json::json;

/// Invisible names.
const UNSEEN: [&str; 8] =
    ["\u{200b}", "\u{ad}", "\u{2800}", "\u{3164}", "\u{115f}", "\u{301}", " \u{200d}\u{fe0f} ", "\u{202e}"];
/// Names that change the direction of the text next to them.
const TURNING: [&str; 5] =
    ["Food\u{202e}", "\u{2066}Food\u{2069}", "a\u{200f}b", "\u{200e}Food", "Food\u{61c}"];

on_both_engines! {
    async fn every_given_name_is_visible_and_keeps_the_text_direction(server: TestServer) {
        let anna = server.founder("Anna").await;
        let article = anna.post("/articles", json!({ "name": "כסף", "kind": "expense" })).await.is(201).id();
        let center = anna.center().await;
        let before = (anna.head().await, anna.get("/snapshot").await.body);
        let me = format!("/members/{}", anna.id.as_str().unwrap());
        let all = UNSEEN.map(|name| (name, "required")).into_iter().chain(TURNING.map(|name| (name, "control_character")));
        for (name, code) in all {
            anna.post("/articles", json!({ "name": name, "kind": "expense" })).await.refuses("name", code);
            anna.post("/financial-centers", json!({ "name": name, "currency": "EUR" })).await.refuses("name", code);
            for path in [format!("/articles/{article}"), format!("/financial-centers/{center}"), me.clone(), "/household".into()] {
                anna.patch(&path, json!({ "name": name })).await.refuses("name", code);
            }
            let form = |who: &str, household: &str| json!({ "name": who, "email": email("x"), "password": PASSWORD, "household": household });
            server.stranger().post("/auth/register", form(name, "Home")).await.refuses("name", code);
            server.stranger().post("/auth/register", form("Eve", name)).await.refuses("household", code);
        }
        assert_eq!((anna.head().await, anna.get("/snapshot").await.body), before);
    }

    async fn a_book_with_a_name_of_an_earlier_version_opens_and_the_name_can_be_corrected(server: TestServer) {
        let mut server = server;
        let anna = server.founder("Anna").await;
        let article = anna.article("expense").await;
        let path = format!("/articles/{article}");
        let old = anna.get(&path).await.is(200).body["name"].as_str().unwrap().to_owned();
        server.stop().await;
        let opened = server::db::connect::open(&server.database_url, Default::default()).await.expect("it opens");
        let sql = "update articles set name = '\u{200b}' where name = $1";
        match &opened.database {
            server::db::Database::Sqlite { writer, .. } => drop(sqlx::query(sql).bind(old).execute(writer).await.expect("done")),
            server::db::Database::Postgres(pool, _) => drop(sqlx::query(sql).bind(old).execute(pool).await.expect("done")),
        }
        opened.database.close().await;
        drop(opened);
        server.restart().await;
        let anna = anna.log_in().await;
        assert_eq!(anna.get(&path).await.is(200).body["name"], "\u{200b}");
        anna.get("/snapshot").await.is(200);
        anna.patch(&path, json!({ "name": "Food" })).await.is(200);
        assert_eq!(anna.get(&path).await.is(200).body["name"], "Food");
    }
}
