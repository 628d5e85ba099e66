//! No request costs what the book weighs: the plan of every statement, on both engines, over a filled book that was
//! analysed and (on SQLite, which never analyses by itself) one that was not.
//!
//! A plan may not scan a table, may not read all rows that a household has in a table that grows with its book, and may
//! not sort rows that were not bounded before. What does is listed here with the reason, and a statement that no longer
//! does must leave the list.

use crate::{
    harness::{
        TestServer,
        seed::{Seeded, seed},
    },
    on_both_engines,
};
use server::db::{Database, all_statements};
use sqlx::{AssertSqlSafe, Connection, Executor, Row};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::SqliteConnection;
use std::{collections::BTreeSet, fs, path::Path};

/// Tables that grow with the years of a household.
const GROWING: [&str; 5] = ["facts", "change_log", "occurrences", "plans", "devices"];

/// File, statement (all of the file if empty), and the reason.
type Excuses = &'static [(&'static str, &'static str, &'static str)];

/// Statements that no request runs.
const NO_REQUEST: Excuses = &[
    ("sizes", "", "the command `stats` reads whole tables"),
    ("balances", "WRONG", "the command `stats` sums everything"),
    ("balances", "SUMS", "only after a process of an earlier version has written beside this one"),
    ("balances", "COUNT_ANEW", "only after a process of an earlier version has written beside this one"),
    ("folding", "", "at the start of a program with another folding, a thousand rows at a time"),
    ("households", "LOG_ENTRIES", "a figure for tests"),
];

/// Statements whose plans are as costly as they look, with the reason why that is bounded.
const BOUNDED: Excuses = &[
    ("fact_pages", "NEWEST", "the limit ends it: the index has the order"),
    ("plans", "ANY", "ends at the first plan that is not zero"),
    ("erasure", "", "of a household that is erased, a bounded number of rows at a time"),
    ("demos", "IDLE", "demo households, of which there are a bounded number"),
    ("demos", "PLACES", "demo households, of which there are a bounded number"),
    ("households", "OF_ACCOUNT", "sorts the households of one person"),
    ("members", "LIST", "sorts at most as many as may be members, and who has left"),
    ("members", "OF_ONE", "sorts the memberships of one person"),
    ("invites", "LIST", "sorts at most as many as may be open, and those that ended in the last month"),
    ("password_links", "LIST", "sorts one link for each member"),
];

fn listed(list: Excuses, file: &str, name: &str) -> bool {
    list.iter().any(|(in_file, named, _)| *in_file == file && (named.is_empty() || *named == name))
}

/// The number of placeholders.
fn placeholders(sql: &str) -> usize {
    (1..40).take_while(|n| sql.contains(&format!("${n}"))).count()
}

/// Whether a step of SQLite's plan reads a table that grows.
fn is_of_growing(step: &str) -> bool {
    match step.split_whitespace().nth(1) {
        // The aliases that the statements use.
        Some("f" | "g" | "o" | "p" | "l") => true,
        Some(table) => GROWING.contains(&table),
        None => false,
    }
}

/// What is wrong with a plan of SQLite, one line a step.
fn faults_of_sqlite(steps: &[String]) -> Vec<String> {
    let is_fault = |step: &&String| {
        let all_of_household = step.starts_with("SEARCH") && step.ends_with("(household_id=?)");
        let grows = is_of_growing(step);
        let scans = step.starts_with("SCAN") && !step.contains("CONSTANT ROW") && !step.contains("SUBQUERY");
        scans || (all_of_household && grows) || (step.contains("TEMP B-TREE") && step.contains("ORDER BY"))
    };
    steps.iter().filter(is_fault).cloned().collect()
}

/// What is wrong with a plan of PostgreSQL, one line a step. Sequential scans are made costly before, so that one is
/// left only where nothing else is possible.
fn faults_of_postgres(steps: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let grown = GROWING.iter().find(|table| format!("{step} ").contains(&format!(" on {table} ")));
        if step.contains("Seq Scan on ") {
            faults.push(step.clone());
        } else if step.contains("Index") && step.contains(" using ") && grown.is_some() {
            let condition = steps.get(at + 1).filter(|next| next.contains("Index Cond"));
            let parts = condition.map_or(0, |condition| condition.matches(" AND ").count() + 1);
            if parts < 2 {
                faults.push(format!("{step} {}", condition.map_or("", String::as_str)));
            }
        } else if step.contains("Sort Key") && !steps.iter().any(|step| step.contains("Aggregate")) {
            faults.push(step.clone());
        }
    }
    faults
}

async fn explained_by_sqlite(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let rows =
        connection.fetch_all(AssertSqlSafe(format!("explain query plan {sql}"))).await.expect("a plan");
    rows.iter().map(|row| row.get("detail")).collect()
}

/// A plan for any values: one that was made for nulls would be empty.
async fn explained_by_postgres(connection: &mut PgConnection, sql: &str) -> Vec<String> {
    let values = vec!["null"; placeholders(sql)].join(", ");
    let values = if values.is_empty() { values } else { format!("({values})") };
    connection.execute(AssertSqlSafe(format!("prepare asked as {sql}"))).await.expect("it is prepared");
    let explain = AssertSqlSafe(format!("explain (costs off) execute asked{values}"));
    let rows = sqlx::raw_sql(explain).fetch_all(&mut *connection).await.expect("a plan");
    connection.execute("deallocate asked").await.expect("it is forgotten");
    rows.iter().map(|row| row.get(0)).collect()
}

/// Holds the plans against the lists.
#[track_caller]
fn judge(engine: &str, plans: &[Explained]) {
    let is_excused =
        |plan: &&Explained| [NO_REQUEST, BOUNDED].into_iter().any(|list| listed(list, plan.file, plan.name));
    let wrong: Vec<_> = plans.iter().filter(|plan| !plan.faults.is_empty() && !is_excused(plan)).collect();
    assert!(wrong.is_empty(), "on {engine}: {wrong:#?}");
}

/// The plan of a statement, and what is wrong with it.
#[derive(Debug)]
struct Explained {
    file: &'static str,
    name: &'static str,
    faults: Vec<String>,
    #[expect(dead_code, reason = "printed")]
    steps: Vec<String>,
}

/// A book of twenty thousand transactions beside one that is nearly empty.
async fn filled(server: &TestServer) {
    let anna = server.founder("Anna").await;
    let _ben = server.founder("Ben").await;
    seed(&server.database_url, anna.household().await.uuid(), today(server), 20_000)
        .await
        .expect("it is written");
}

fn today(server: &TestServer) -> i64 {
    server.clock.now().millis() / 86_400_000
}

on_both_engines! {
    async fn the_generated_book_is_one_that_the_program_reads(server: TestServer) {
        let anna = server.founder("Anna").await;
        let household = anna.household().await.uuid();
        let seeded = seed(&server.database_url, household, today(&server), 2000).await.expect("it is written");
        let Seeded { center, article, bulk } = seeded;
        for filter in [format!("financial_center_id={center}"), format!("article_id={article}"), format!("article_id={bulk}")] {
            let page = anna.get(&format!("/facts?limit=20&{filter}")).await.is(200).body;
            assert_eq!(page["items"].as_array().map(Vec::len), Some(20), "{filter}");
        }
        let events = anna.get("/events?since=1&limit=500").await.is(200).body;
        assert_eq!(events["items"].as_array().map(Vec::len), Some(500));
        let head = anna.head().await;
        assert_eq!(anna.buys("-1").await.seq(), head + 1);
        anna.get("/snapshot").await.is(200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_on_sqlite_costs_what_the_book_weighs() {
    let server = TestServer::sqlite().await;
    filled(&server).await;
    let Database::Sqlite { writer, .. } = server.database().await else { panic!("this is SQLite") };
    let mut connection = writer.acquire().await.expect("it opens");
    let mut unneeded: Vec<_> = BOUNDED.iter().collect();
    for (engine, is_counted) in [("SQLite without statistics", false), ("SQLite with statistics", true)] {
        let mut plans = Vec::new();
        for (file, name, sql) in all_statements() {
            let steps = explained_by_sqlite(&mut connection, sql).await;
            let mut faults = faults_of_sqlite(&steps);
            // It has counted the rows of the others, and reads two sessions as well without an index.
            faults.retain(|fault| !is_counted || is_of_growing(fault));
            plans.push(Explained { file, name, faults, steps });
        }
        judge(engine, &plans);
        unneeded.retain(|excuse| !is_needed(excuse, &plans));
        connection.execute("analyze").await.expect("it is counted");
    }
    assert!(unneeded.is_empty(), "no longer needed: {unneeded:?}");
}

/// Whether a statement that is excused has a fault.
fn is_needed((file, name, _): &(&str, &str, &str), plans: &[Explained]) -> bool {
    let is_meant = |plan: &&Explained| plan.file == *file && (name.is_empty() || plan.name == *name);
    plans.iter().filter(is_meant).any(|plan| !plan.faults.is_empty())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_statement_on_postgresql_costs_what_the_book_weighs() {
    let server = TestServer::postgres().await;
    filled(&server).await;
    let mut connection = PgConnection::connect(&server.database_url).await.expect("PostgreSQL answers");
    let settings =
        "set enable_seqscan = off; set enable_bitmapscan = off; set plan_cache_mode = force_generic_plan";
    connection.execute(settings).await.expect("it is set");
    let mut plans = Vec::new();
    for (file, name, sql) in all_statements() {
        let steps = explained_by_postgres(&mut connection, sql).await;
        plans.push(Explained { file, name, faults: faults_of_postgres(&steps), steps });
    }
    judge("PostgreSQL", &plans);
}

/// Statements that are written elsewhere than in `statements!` would not be explained here.
#[test]
fn statements_beside_the_listed_ones_are_in_files_that_serve_no_request() {
    const BESIDE: &[(&str, &str)] = &[
        ("copying", "copies whole tables"),
        ("demos", "an advisory lock"),
        ("digest", "of backups"),
        ("left_journal", "before the start"),
        ("migrations", "at the start"),
        ("mod", "a glance at one row"),
        ("moving", "copies whole tables"),
        ("provenance", "at the start"),
        ("reaching", "at the start"),
        ("rights", "at the start"),
        ("search", "composed of a filter, over the index of the list"),
        ("sizes", "of the store, for `stats`"),
        ("whole", "checks whole books"),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db");
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        if has_other_statements(code) {
            found.insert(name);
        }
    }
    assert_eq!(found, BESIDE.iter().map(|(file, _)| (*file).to_owned()).collect());
}

/// Whether a source has a statement outside of `statements!` and the macros that it uses.
fn has_other_statements(code: &str) -> bool {
    let mut inside = false;
    code.lines().any(|line| {
        inside = match line {
            _ if line.starts_with("statements! {") || line.starts_with("macro_rules! ") => true,
            "}" => false,
            _ => inside,
        };
        let begins = ["select ", "insert into ", "update ", "delete from "];
        let text = line.trim_start();
        let is_comment = text.starts_with("//");
        !inside && !is_comment && begins.iter().any(|begin| line.contains(&format!("\"{begin}")))
    })
}

#[test]
fn plans_that_cost_what_the_book_weighs_are_told_from_others() {
    let lite = |step: &str| !faults_of_sqlite(&[step.to_owned()]).is_empty();
    assert!(lite("SCAN f USING INDEX sqlite_autoindex_facts_1"));
    assert!(lite("SCAN households"));
    assert!(lite("SEARCH f USING INDEX facts_order (household_id=?)"));
    assert!(lite("SEARCH facts USING COVERING INDEX facts_order (household_id=?)"));
    assert!(lite("SCAN f") && lite("SCAN s"));
    assert!(lite("USE TEMP B-TREE FOR ORDER BY"));
    assert!(!lite("SEARCH f USING INDEX facts_listed (household_id=? AND date>? AND date<?)"));
    assert!(!lite("SEARCH c USING INDEX financial_centers_alive (household_id=?)"));
    let big = |steps: &[&str]| {
        let steps: Vec<_> = steps.iter().map(|step| (*step).to_owned()).collect();
        !faults_of_postgres(&steps).is_empty()
    };
    assert!(big(&["  ->  Seq Scan on facts f"]));
    assert!(big(&["Index Scan using facts_pkey on facts f", "  Index Cond: (household_id = $1)"]));
    assert!(big(&["Index Scan using facts_listed on facts f", "  Filter: (amount = $1)"]));
    assert!(!big(&[
        "Index Scan using facts_pkey on facts f",
        "  Index Cond: ((household_id = $1) AND (id = $2))"
    ]));
    assert!(has_other_statements("fn ask() {\n    sqlx::query(\"select 1 from facts\");\n}"));
    assert!(!has_other_statements("statements! {\n    ONE = \"select 1\";\n}"));
}
