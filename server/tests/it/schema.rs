//! One SQL text for two engines: every statement prepares on both, and both schemas are equal.

use crate::harness::{TestServer, fresh_postgres, pause};
use app::domain::{Currency, Household, HouseholdId};
use server::db::{
    Database, all_statements,
    connect::{self, Settings},
    households, moving,
    writers::Writers,
};
use sqlx::{AssertSqlSafe, Connection, Executor, Row, SqlSafeStr, migrate::Migrate};
use sqlx_postgres::PgConnection;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// The SQLite type that corresponds to a PostgreSQL type.
fn plain(kind: &str) -> &str {
    match kind {
        "uuid" | "bytea" => "blob",
        other => other,
    }
}

type Columns = BTreeMap<(String, String), (String, bool)>;

async fn stores() -> (tempfile::TempDir, sqlx_sqlite::SqlitePool, sqlx_postgres::PgPool) {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    let lite = connect::open(&url, Settings::default()).await.expect("SQLite opens");
    let big = connect::open(&fresh_postgres().await, Settings::default()).await.expect("PostgreSQL opens");
    match (lite.database, big.database) {
        (Database::Sqlite { writer, .. }, Database::Postgres(pool, _)) => (folder, writer, pool),
        _ => panic!("each URL opens its engine"),
    }
}

#[tokio::test]
async fn every_statement_prepares_on_both_engines() {
    let (_folder, lite, big) = stores().await;
    let all = all_statements();
    assert!(all.len() > 40, "they are all listed");
    for (file, name, sql) in all {
        lite.prepare(sql.into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("{file}::{name} on SQLite: {error}"));
        big.prepare(sql.into_sql_str())
            .await
            .unwrap_or_else(|error| panic!("{file}::{name} on PostgreSQL: {error}"));
    }
}

#[tokio::test]
async fn the_ends_of_several_logs_are_read_in_one_statement() {
    let (_folder, writer, big) = stores().await;
    let writers = Writers::default();
    let lite = Database::Sqlite { readers: writer.clone(), writer, file: None, writers: writers.clone() };
    for database in [lite, Database::Postgres(big, writers)] {
        let mut ids = Vec::new();
        let mut tx = database.begin().await.expect("it begins");
        for n in 0..households::IDS_AT_ONCE + 3 {
            let household = Household {
                id: HouseholdId::new(),
                name: "Home".parse().expect("a name"),
                currency: Currency::EUR,
                time_zone: "UTC".into(),
                erase_on: None,
                version: 1,
            };
            households::insert(&mut tx, &household, uuid::Uuid::new_v4(), 0).await.expect("it is written");
            for _ in 0..n % 3 {
                households::next_seq(&mut tx, household.id, 0).await.expect("it is counted");
            }
            ids.push((household.id, i64::try_from(n % 3).expect("small")));
        }
        tx.commit().await.expect("it lasts");
        for count in [0, 1, 2, 3, 127, 129, households::IDS_AT_ONCE] {
            let asked = &ids[3..3 + count];
            let mut tx = database.glance().await.expect("it answers");
            let only: Vec<HouseholdId> = asked.iter().map(|(id, _)| *id).collect();
            let ends = households::log_ends(&mut tx, &only).await.expect("it answers");
            assert_eq!(ends.len(), count, "each once, and of nobody else");
            let ends: BTreeMap<_, _> = ends.into_iter().map(|end| (end.id, end.seq)).collect();
            assert_eq!(ends, asked.iter().copied().collect());
        }
    }
}

#[tokio::test]
async fn both_schemas_are_equal() {
    let (_folder, lite, big) = stores().await;
    let tables = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '_sqlx%'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&lite).await.expect("tables");
    assert!(tables.len() >= 9);
    let (mut ours, mut theirs) = (Columns::new(), Columns::new());
    let (mut our_indexes, mut their_indexes) = (BTreeSet::new(), BTreeSet::new());
    let (mut our_references, mut their_references) = (BTreeSet::new(), BTreeSet::new());
    for table in &tables {
        for row in
            lite.fetch_all(AssertSqlSafe(format!("pragma table_info({table})"))).await.expect("columns")
        {
            let key = (table.clone(), row.get::<String, _>("name"));
            ours.insert(
                key,
                (row.get::<String, _>("type").to_lowercase(), row.get::<i64, _>("notnull") == 1),
            );
        }
        for row in lite
            .fetch_all(AssertSqlSafe(format!("pragma foreign_key_list({table})")))
            .await
            .expect("references")
        {
            our_references.insert((
                table.clone(),
                row.get::<String, _>("table"),
                row.get::<String, _>("from"),
            ));
        }
        for index in
            lite.fetch_all(AssertSqlSafe(format!("pragma index_list({table})"))).await.expect("indexes")
        {
            let name: String = index.get("name");
            let columns =
                lite.fetch_all(AssertSqlSafe(format!("pragma index_info({name})"))).await.expect("columns");
            // PostgreSQL limits an entry of an index to 2,704 bytes, and a folded note may have more.
            let columns = columns.iter().map(|row| row.get("name")).filter(|name| name != "folded");
            let columns: Vec<String> = columns.collect();
            our_indexes.insert((table.clone(), index.get::<i64, _>("unique") == 1, columns));
        }
    }
    let columns = "select table_name::text, column_name::text, data_type::text, is_nullable = 'NO' as required \
        from information_schema.columns where table_schema = 'public' and table_name not like '\\_sqlx%'";
    for row in big.fetch_all(columns).await.expect("columns") {
        let kind: String = row.get("data_type");
        theirs.insert(
            (row.get("table_name"), row.get("column_name")),
            (plain(&kind).to_owned(), row.get("required")),
        );
    }
    let references = "select c.conrelid::regclass::text as here, c.confrelid::regclass::text as there, a.attname::text as name \
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey) where c.contype = 'f'";
    for row in big.fetch_all(references).await.expect("references") {
        their_references.insert((row.get("here"), row.get("there"), row.get("name")));
    }
    let indexes = "select i.indrelid::regclass::text as here, i.indisunique as one, array(select a.attname::text \
        from unnest(i.indkey) with ordinality k (n, at) join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.n \
        order by k.at) as columns from pg_index i join pg_class c on c.oid = i.indrelid \
        join pg_namespace s on s.oid = c.relnamespace where s.nspname = 'public' and c.relname not like '\\_sqlx%'";
    for row in big.fetch_all(indexes).await.expect("indexes") {
        their_indexes.insert((row.get("here"), row.get("one"), row.get::<Vec<String>, _>("columns")));
    }
    assert_eq!(ours, theirs, "columns, types, what may be null");
    assert_eq!(our_references, their_references, "foreign keys");
    assert_eq!(our_indexes, their_indexes, "indexes and primary keys");

    for ((table, column), _) in ours.iter().filter(|((_, column), _)| column == "household_id") {
        assert!(
            our_references.iter().any(|(here, _, from)| here == table && from == column),
            "{table} refers to its household"
        );
        assert!(
            our_indexes.iter().any(|(here, _, columns)| here == table && columns.first() == Some(column)),
            "{table} finds it"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_processes_may_start_at_once_on_an_empty_database() {
    let url = fresh_postgres().await;
    let opening = (0..10).map(|_| connect::open(&url, Settings::default()));
    for opened in futures_util::future::join_all(opening).await {
        opened.expect("each finds the schema done").database.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_another_process_to_migrate_is_not_limited_by_the_statement_timeout() {
    let url = fresh_postgres().await;
    let mut other = PgConnection::connect(&url).await.expect("PostgreSQL answers");
    other.lock().await.expect("this one migrates");
    let limit = Duration::from_millis(100);
    let waiting = {
        let url = url.clone();
        tokio::spawn(async move {
            connect::open(&url, Settings { statement_timeout: limit, ..Settings::default() }).await
        })
    };
    let waits = "select count(*) from pg_stat_activity where datname = current_database() \
        and wait_event = 'advisory' and clock_timestamp() - query_start > interval '300 ms'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut other).await.expect("a number") == 0 {
        assert!(!waiting.is_finished(), "it gave up");
        pause().await;
    }
    other.unlock().await.expect("it is done");
    let opened = waiting.await.expect("no panic").expect("it opens");
    let Database::Postgres(pool, _) = &opened.database else { panic!("this is PostgreSQL") };
    let slow =
        sqlx::query("select pg_sleep(60)").execute(pool).await.expect_err("a slow statement is given up");
    assert_eq!(slow.as_database_error().and_then(|error| error.code()).as_deref(), Some("57014"));
    opened.database.close().await;
}

#[tokio::test]
async fn migrating_twice_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    for url in [url, fresh_postgres().await] {
        for _ in 0..2 {
            let opened = connect::open(&url, Settings::default()).await.expect("it opens");
            opened.database.ping().await.expect("it answers");
            opened.database.close().await;
        }
    }
}

#[tokio::test]
async fn every_table_is_moved_with_a_book() {
    let (_folder, lite, _big) = stores().await;
    let tables = "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like '_sqlx%'";
    let tables: BTreeSet<String> =
        sqlx::query_scalar(tables).fetch_all(&lite).await.expect("tables").into_iter().collect();
    // Each database stores its own progress of folding.
    let tables: BTreeSet<String> = tables.into_iter().filter(|table| table != "folding").collect();
    assert_eq!(tables, moving::TABLES.iter().map(|table| (*table).to_owned()).collect());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_reads_one_snapshot() {
    let server = TestServer::postgres().await;
    let anna = server.founder("Anna").await;
    let opened = connect::open(&server.database_url, Settings::default()).await.expect("it opens");
    let mut tx = opened.database.read().await.expect("it begins");
    let before = households::log_entries(&mut tx).await.expect("a number");
    anna.buys("-1").await;
    assert_eq!(households::log_entries(&mut tx).await.expect("a number"), before);
    drop(tx);
    let mut later = opened.database.read().await.expect("it begins");
    assert_eq!(households::log_entries(&mut later).await.expect("a number"), before + 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_is_reached_over_tls_as_its_url_requires() {
    let certificate =
        std::env::var("FAMILY_BUDGET_TEST_POSTGRES_CERTIFICATE").expect("`make test` makes one");
    let url = fresh_postgres().await;
    let trusting = format!("{url}?sslmode=verify-full&sslrootcert={certificate}");
    let opened = connect::open(&trusting, Settings::default()).await.expect("it opens");
    let Database::Postgres(pool, _) = &opened.database else { panic!("this is PostgreSQL") };
    let ssl = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    assert!(sqlx::query_scalar::<_, bool>(ssl).fetch_one(pool).await.expect("an answer"));
    opened.database.close().await;
    // Its certificate is not trusted.
    let refused = connect::open(&format!("{url}?sslmode=verify-full"), Settings::default()).await;
    let error = refused.expect_err("it is refused").to_string();
    assert!(error.starts_with("cannot open the database"), "{error}");
}
