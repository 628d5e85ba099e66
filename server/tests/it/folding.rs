//! The searchable columns are up to date: those that an older program folded are folded again at startup.

use crate::harness::TestServer;
use app::domain::{
    fold::{FOLDING, folded},
    tag::folded_note,
};
use server::db::{
    Database,
    connect::{self, Settings},
};
use sqlx::{AssertSqlSafe, Executor, Row};

/// More rows than one step processes.
const COPIES: i64 = 2500;
const SEARCHED: [(&str, &str); 3] =
    [("articles", "name"), ("facts", "comment"), ("financial_centers", "name")];

/// The book as an older program left it: columns folded by its rules, and many transactions.
async fn make_old(url: &str) {
    let opened = connect::open(url, Settings::default()).await.expect("it opens");
    let new_id = if url.starts_with("sqlite") { "randomblob(16)" } else { "gen_random_uuid()" };
    let copies = format!(
        "with recursive n (i) as (select 1 union all select i + 1 from n where i < {COPIES}) \
         insert into facts (household_id, id, amount, article_id, financial_center_id, date, comment, folded, version, \
         created_seq, created_by, updated_by, created_at, updated_at) \
         select household_id, {new_id}, amount, article_id, financial_center_id, date, comment, '', version, \
         created_seq, created_by, updated_by, created_at, updated_at \
         from n, (select * from facts where comment like '%Łódź%') f"
    );
    for sql in [
        copies,
        "update facts set folded = 'trip to łódź'".into(),
        "update articles set folded = 'as it was'".into(),
        "update financial_centers set folded = ''".into(),
        format!("update folding set version = {}", FOLDING - 1),
    ] {
        execute(&opened.database, sql).await;
    }
    opened.database.close().await;
}

async fn execute(database: &Database, sql: String) {
    let done = match database {
        Database::Sqlite { writer, .. } => writer.execute(AssertSqlSafe(sql)).await.map(drop),
        Database::Postgres(pool, _) => pool.execute(AssertSqlSafe(sql)).await.map(drop),
    };
    done.expect("it is done");
}

async fn pairs(database: &Database, sql: String) -> Vec<(String, String)> {
    match database {
        Database::Sqlite { writer, .. } => {
            let rows = writer.fetch_all(AssertSqlSafe(sql)).await.expect("rows");
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
        Database::Postgres(pool, _) => {
            let rows = pool.fetch_all(AssertSqlSafe(sql)).await.expect("rows");
            rows.iter().map(|row| (row.get(0), row.get(1))).collect()
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_older_book_is_folded_again_once_by_however_many_processes() {
    for mut server in [TestServer::sqlite().await, TestServer::postgres().await] {
        let anna = server.founder("Anna").await;
        let mut trip = anna.purchase("-12.50").await;
        trip["comment"] = "Trip to Łódź, #Straße".into();
        anna.post("/facts", trip).await.is(201);
        server.stop().await;
        let url = server.database_url.clone();
        make_old(&url).await;

        // A SQLite file has one process; on PostgreSQL several start at once.
        let starts = if url.starts_with("sqlite") { 1 } else { 3 };
        let starts = (0..starts).map(|_| connect::open(&url, Settings::default()));
        for opened in futures_util::future::join_all(starts).await {
            let opened = opened.expect("it opens");
            for (table, text) in SEARCHED {
                let rows = pairs(&opened.database, format!("select {text}, folded from {table}")).await;
                assert!(rows.len() > usize::from(table == "facts") * 2500, "{table}");
                for (text, now) in rows {
                    let expected = if table == "facts" { folded_note(&text) } else { folded(&text) };
                    assert_eq!(now, expected, "{table}");
                }
            }
            opened.database.close().await;
            drop(opened);
        }

        server.restart().await;
        let anna = anna.log_in().await;
        for tag in ["strasse", "STRASSE", "stra%C3%9Fe"] {
            let found = anna.get(&format!("/facts?tag={tag}&limit=10")).await.is(200);
            assert_eq!(found.body["items"].as_array().map(Vec::len), Some(10), "{tag}");
        }
    }
}

#[tokio::test]
async fn an_interrupted_start_continues_at_its_own_position_not_another_versions() {
    for mut server in [TestServer::sqlite().await, TestServer::postgres().await] {
        let anna = server.founder("Anna").await;
        let mut trip = anna.purchase("-12.50").await;
        trip["comment"] = "Łódź".into();
        anna.post("/facts", trip).await.is(201);
        server.stop().await;
        let url = server.database_url.clone();
        make_old(&url).await;
        // Positions after the last account and the last fact; the latter is that of an earlier folding.
        let last = if url.starts_with("sqlite") {
            "x'ffffffffffffffffffffffffffffffff'"
        } else {
            "'ffffffff-ffff-ffff-ffff-ffffffffffff'"
        };
        let opened = connect::open(&url, Settings::default()).await.expect("it opens");
        for sql in [
            "update articles set folded = 'before'".to_owned(),
            "update financial_centers set folded = 'before'".to_owned(),
            "update facts set folded = 'before'".to_owned(),
            format!(
                "update folding set version = {}, after_household = {last} where subject = 'financial_centers'",
                FOLDING - 1
            ),
            format!(
                "update folding set version = {}, after_household = {last} where subject = 'facts'",
                FOLDING - 2
            ),
            format!("update folding set version = {} where subject = 'articles'", FOLDING - 1),
        ] {
            execute(&opened.database, sql).await;
        }
        opened.database.close().await;
        drop(opened);

        let opened = connect::open(&url, Settings::default()).await.expect("it opens");
        let centers = pairs(&opened.database, "select name, folded from financial_centers".into()).await;
        assert!(centers.iter().all(|(_, folded)| folded == "before"), "these were done");
        let articles = pairs(&opened.database, "select name, folded from articles".into()).await;
        assert!(articles.iter().all(|(name, now)| *now == folded(name)), "these were not");
        let facts = pairs(&opened.database, "select comment, folded from facts".into()).await;
        assert!(facts.len() > 2500, "of which there are more than one step takes");
        assert!(
            facts.iter().all(|(comment, now)| *now == folded(comment)),
            "these were done by another program"
        );
        opened.database.close().await;
    }
}
