//! A database with tables of another program is refused by every command, on both engines, and stays as it is.

use crate::{
    database_file::run,
    harness::{TestServer, fresh_postgres},
};
use server::{
    backup::backup,
    db::connect::{self, Settings},
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;

const SAYS: &str = "is a database of another program; name another one";

/// Databases of other programs: with names of their own, with ours, with the migrations of another program
/// that uses sqlx.
const OTHERS: [&str; 7] = [
    "create table songs (title text)",
    "create table songs (title text); insert into songs values ('Summertime')",
    "create view today as select 1 as day",
    "create table accounts (id int)",
    "create table households (id int)",
    "create table _sqlx_migrations (version bigint primary key, checksum bytea not null);
     insert into _sqlx_migrations values (1, 'songs'); create table households (id int)",
    "create table _sqlx_migrations (id int)",
];

async fn execute(url: &str, sql: &str) {
    let sql = AssertSqlSafe(sql.to_owned());
    if let Some(file) = url.strip_prefix("sqlite://") {
        let options = SqliteConnectOptions::new().filename(file);
        let mut conn = SqliteConnection::connect_with(&options).await.expect("it opens");
        conn.execute(sql).await.expect("it is done");
        conn.close().await.expect("it closes");
    } else {
        let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
        conn.execute(sql).await.expect("it is done");
        conn.close().await.expect("it closes");
    }
}

async fn objects(url: &str) -> Vec<String> {
    let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let sql = "select relname::text from pg_class c join pg_namespace n on n.oid = relnamespace \
               where nspname = 'public' order by relname";
    sqlx::query_scalar(sql).fetch_all(&mut conn).await.expect("names")
}

/// A backup that could be restored.
async fn backup_in(folder: &Path) {
    let server = TestServer::sqlite().await;
    server.founder("Anna").await;
    backup(&server.database_url, &folder.join("backup.db")).await.expect("a backup");
}

fn refused_by_every_command(folder: &Path, url: &str, kind: &str) {
    let commands: [&[&str]; 6] = [
        &["migrate"],
        &["stats"],
        &["backup", "copy.db"],
        &["restore", "backup.db"],
        &["password", "anna@example.org"],
        &[],
    ];
    for command in commands {
        let (code, said) = run(folder, &[command, &["--database-url", url]].concat());
        assert_eq!(code, Some(2), "{kind}, {command:?}: {said}");
        assert!(said.contains(SAYS), "{kind}, {command:?}: {said}");
    }
    assert!(!folder.join("copy.db").exists(), "{kind}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgresql_database_of_another_program_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    backup_in(folder.path()).await;
    for sql in OTHERS.into_iter().chain(["create sequence numbers", "create materialized view m as select 1"])
    {
        let url = fresh_postgres().await;
        execute(&url, sql).await;
        let before = objects(&url).await;
        refused_by_every_command(folder.path(), &url, sql);
        assert_eq!(objects(&url).await, before, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_file_of_another_program_is_refused_whatever_its_tables_are_called() {
    let folder = tempfile::tempdir().expect("a folder");
    backup_in(folder.path()).await;
    let file = folder.path().join("book.db");
    for sql in OTHERS {
        std::fs::write(&file, "").expect("a file");
        let url = format!("sqlite://{}", file.display());
        execute(&url, sql).await;
        let before = std::fs::read(&file).expect("it is there");
        refused_by_every_command(folder.path(), &url, sql);
        assert!(std::fs::read(&file).expect("it is there") == before, "{sql}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 2, "{sql}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_opens_with_whatever_else_is_beside_it_and_so_does_an_empty_database() {
    let opens = async |url: &str| {
        let opened = connect::open(url, Settings::default()).await.expect("it opens");
        opened.database.close().await;
    };
    let url = fresh_postgres().await;
    // As pg_stat_statements leaves it; the migrations are of an interrupted first start.
    execute(
        &url,
        "create view seen as select 1 as calls; alter extension plpgsql add view seen;
         create schema elsewhere; create table elsewhere.songs (title text);
         create table _sqlx_migrations (version bigint primary key, description text not null,
         installed_on timestamptz not null default now(), success boolean not null, checksum bytea not null,
         execution_time bigint not null)",
    )
    .await;
    opens(&url).await;
    execute(&url, "create view totals as select sum(amount) from facts; create table notes (text text)")
        .await;
    opens(&url).await;
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("book.db").display());
    opens(&url).await;
    execute(&url, "create view totals as select sum(amount) from facts").await;
    opens(&url).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_role_that_may_not_use_the_tables_of_a_budget_is_told_which_right_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    backup_in(folder.path()).await;
    let url = fresh_postgres().await;
    connect::open(&url, Settings::default()).await.expect("it opens").database.close().await;
    let role = format!("role_{}", uuid::Uuid::new_v4().simple());
    execute(&url, &format!("create role {role} login password 'secret'")).await;
    let mut as_role = reqwest::Url::parse(&url).expect("a URL");
    as_role.set_username(&role).expect("a user");
    as_role.set_password(Some("secret")).expect("a password");
    let refused = |commands: &[&[&str]], says: &str| {
        for command in commands {
            let (code, said) =
                run(folder.path(), &[*command, &["--database-url", as_role.as_str()]].concat());
            assert_eq!(code, Some(2), "{command:?}: {said}");
            assert!(
                said.contains(&format!("the role {role} ")) && said.contains(says),
                "{command:?}: {said}"
            );
            assert!(said.contains(&format!(" TO {role})")), "{command:?}: {said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{command:?}: {said}");
        }
    };
    let reading: &[&[&str]] = &[&["stats"], &["backup", "copy.db"]];
    let writing: &[&[&str]] =
        &[&["migrate"], &["restore", "backup.db"], &["password", "anna@example.org"], &[]];
    let every = [reading, writing].concat();
    let says = "lacks the right SELECT on the table _sqlx_migrations";
    refused(&every, says);
    execute(&url, &format!("grant select on _sqlx_migrations, households to {role}")).await;
    refused(&every, "lacks the right SELECT on the table accounts");
    execute(&url, &format!("grant select on all tables in schema public to {role}")).await;
    let (code, said) = run(folder.path(), &["stats", "--database-url", as_role.as_str()]);
    assert_eq!(code, Some(0), "{said}");
    refused(writing, "lacks the right INSERT on the table accounts");
    execute(&url, "revoke all on schema public from public").await;
    refused(&every, "lacks the right USAGE on the schema public");
    execute(&url, &format!("grant usage on schema public to {role}")).await;
    execute(&url, &format!("grant insert, update, delete on all tables in schema public to {role}")).await;
    refused(writing, "lacks the right CREATE on the schema public");
    execute(&url, &format!("grant create on schema public to {role}")).await;
    let (code, said) = run(folder.path(), &["migrate", "--database-url", as_role.as_str()]);
    assert_eq!(code, Some(0), "{said}");
    // An empty database, in which it may make no tables.
    let empty = fresh_postgres().await;
    execute(&empty, "revoke all on schema public from public").await;
    execute(&empty, &format!("grant usage on schema public to {role}")).await;
    as_role.set_path(empty.rsplit('/').next().expect("a name"));
    let (code, said) = run(folder.path(), &["migrate", "--database-url", as_role.as_str()]);
    assert!(code == Some(2) && said.contains("lacks the right CREATE on the schema public"), "{said}");
    for url in [&url, &empty] {
        execute(url, &format!("drop owned by {role}")).await;
    }
    execute(&url, &format!("drop role {role}")).await;
}
