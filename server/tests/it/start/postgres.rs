//! What a start says about a PostgreSQL server or database that does not suit.

use super::{ends, one_clear_line, program};
use crate::harness::{fresh_postgres, pause};
use server::db::{
    Database,
    connect::{self, Settings},
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};
use uuid::Uuid;

#[test]
fn a_server_that_does_not_answer_is_named_at_once_and_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    // Nothing listens at the first; the second accepts, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = silent.local_addr().expect("an address").to_string();
    for server in ["127.0.0.1:1", &silent] {
        let url = format!("postgres://anna:secret@{server}/book");
        let mut child = program(folder.path(), &["--database-url", &url, "--log", "json"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        for line in BufReader::new(child.stdout.take().expect("its output")).lines() {
            let line = line.expect("a line");
            assert!(!line.contains("secret") && !line.contains("anna"), "{line}");
            if line.contains("waiting for the database") {
                assert!(line.contains(server), "{line}");
                break;
            }
        }
        assert!(child.try_wait().expect("it can be asked").is_none(), "it waits");
        child.kill().expect("it can be killed");
        child.wait().expect("it ended");
    }
}

/// Runs statements outside of any test's database.
async fn run(statements: &[String]) {
    let server = std::env::var("FAMILY_BUDGET_TEST_POSTGRES").expect("PostgreSQL is there");
    let mut conn = PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
    for statement in statements {
        conn.execute(AssertSqlSafe(statement.clone())).await.expect("it is executed");
    }
}

#[tokio::test]
async fn a_database_that_cannot_store_every_character_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = std::env::var("FAMILY_BUDGET_TEST_POSTGRES").expect("PostgreSQL is there");
    for encoding in ["LATIN1", "SQL_ASCII"] {
        let name = format!("test_{}", Uuid::new_v4().simple());
        run(&[format!("create database {name} encoding '{encoding}' locale 'C' template template0")]).await;
        let output = ends(folder.path(), &["--database-url", &format!("{server}/{name}")]);
        one_clear_line(&output, &format!("stores text in {encoding}"));
    }
}

#[tokio::test]
async fn the_program_takes_no_more_connections_than_the_database_allows_its_user() {
    let url = fresh_postgres().await;
    let (server, database) = url.rsplit_once('/').expect("a database");
    let role = format!("few_{}", Uuid::new_v4().simple());
    run(&[
        format!("create role {role} login password 'x' connection limit 3"),
        format!("alter database {database} owner to {role}"),
    ])
    .await;
    let host = server.rsplit_once('@').map_or_else(
        || server.split_once("://").expect("a scheme").1.to_owned(),
        |(_, host)| host.to_owned(),
    );
    let url = format!("postgres://{role}:x@{host}/{database}");
    let opened = connect::open(&url, Settings::default()).await.expect("it opens");
    let Database::Postgres(pool, _) = &opened.database else { panic!("it is PostgreSQL") };
    assert_eq!(pool.options().get_max_connections(), 3);
    let all =
        async { tokio::try_join!(opened.database.read(), opened.database.read(), opened.database.read()) };
    drop(all.await.expect("three read at once"));
    opened.database.close().await;
}

#[tokio::test]
async fn the_log_of_a_second_start_has_no_notices_of_the_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = fresh_postgres().await;
    for _ in 0..2 {
        let log = folder.path().join("log");
        let mut child = program(folder.path(), &["--database-url", &url, "--log", "json"])
            .stdout(std::fs::File::create(&log).expect("a file"))
            .spawn()
            .expect("it starts");
        let said = || std::fs::read_to_string(&log).expect("a log");
        while !said().contains("listening") {
            assert!(child.try_wait().expect("it can be asked").is_none(), "it serves: {}", said());
            pause().await;
        }
        child.kill().expect("it can be killed");
        child.wait().expect("it ended");
        assert!(!said().contains("_sqlx_migrations"), "{}", said());
    }
}
