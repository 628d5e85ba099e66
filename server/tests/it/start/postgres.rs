//! What a start says about a PostgreSQL server or database that does not suit.

use super::{address_in, ends, one_clear_line, program};
use crate::harness::{Kept, PATIENCE, fresh_postgres, pause};
use server::db::{
    Database, beside,
    connect::{self, Settings},
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
    time::timeout,
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

/// The URL of what pretends to be a server: it deals with each connection, however many there are, by its number.
async fn pretender<F>(deals: impl Fn(usize, TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("postgres://anna:secret@{}/book", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(deals(number, stream));
        }
    });
    url
}

/// Starts a command that ends with the test.
fn started(folder: &tempfile::TempDir, args: &[&str]) -> Child {
    let mut command = Command::from(program(folder.path(), args));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().expect("it starts")
}

/// Answers whether TLS is offered, which is what a command asks first; or reads the question only.
async fn called(stream: &mut TcpStream, tls: Option<&[u8; 1]>) {
    let asked = stream.read_exact(&mut [0; 8]).await;
    // A command that has ended no longer reads the answer.
    if let (Ok(_), Some(answer)) = (asked, tls) {
        drop(stream.write_all(answer).await);
    }
}

/// Keeps a connection until the command closes it.
async fn kept(mut stream: TcpStream) {
    while stream.read(&mut [0; 64]).await.is_ok_and(|count| count > 0) {}
}

/// The first line that a command writes to standard error.
async fn first_line(child: &mut Child) -> String {
    let mut lines = tokio::io::BufReader::new(child.stderr.take().expect("its output")).lines();
    timeout(PATIENCE, lines.next_line()).await.expect("it says something").expect("text").expect("a line")
}

#[tokio::test]
async fn a_command_says_on_standard_error_what_it_waits_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = "postgres://anna:secret@127.0.0.1:1/book";
    for args in [["stats"].as_slice(), &["migrate"], &["backup", "a.db"], &["password", "anna@example.org"]] {
        let mut child = started(&folder, &[args, &["--database-url", url]].concat());
        let line = first_line(&mut child).await;
        assert!(line.starts_with("family-budget: waiting for the database"), "{args:?}: {line}");
        assert!(line.contains("127.0.0.1:1") && !line.contains("secret"), "{args:?}: {line}");
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it waits");
    }
}

#[tokio::test]
async fn a_server_that_closes_the_connection_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    // As a forwarder of ports does while the server behind it starts: at once, or after the first bytes.
    for tls in [None, Some(b"N")] {
        let url = pretender(move |_, mut stream| async move { called(&mut stream, tls).await }).await;
        let mut child = started(&folder, &["stats", "--database-url", &url]);
        let line = first_line(&mut child).await;
        assert!(line.contains("waiting for the database") && !line.contains("SSLRequest"), "{line}");
        assert_eq!(child.try_wait().expect("it can be asked"), None, "it waits");
    }
}

#[tokio::test]
async fn what_is_no_postgresql_server_is_not_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = pretender(|_, mut stream| async move {
        called(&mut stream, Some(b"H")).await;
        kept(stream).await;
    });
    let child = started(&folder, &["stats", "--database-url", &url.await]);
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("at once").expect("it ends");
    one_clear_line(&output, "unexpected response");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_asked_again() {
    let folder = tempfile::tempdir().expect("a folder");
    // The third answer ends the command.
    let url = pretender(|number, mut stream| async move {
        called(&mut stream, (number > 1).then_some(b"H")).await;
        kept(stream).await;
    });
    let child = started(&folder, &["stats", "--database-url", &url.await]);
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("it asks again").expect("it ends");
    one_clear_line(&output, "unexpected response");
}

#[tokio::test]
async fn a_missing_certificate_is_named_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = pretender(|_, mut stream| async move {
        called(&mut stream, Some(b"S")).await;
        kept(stream).await;
    });
    let url = format!("{}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem", url.await);
    let child = started(&folder, &["stats", "--database-url", &url]);
    let output = timeout(PATIENCE, child.wait_with_output()).await.expect("at once").expect("it ends");
    one_clear_line(&output, "cannot read /nowhere/ca.pem");
}

#[tokio::test]
async fn a_server_that_stops_answering_after_the_sign_in_is_not_waited_for_silently() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = pretender(|_, mut stream| async move {
        called(&mut stream, Some(b"N")).await;
        let Ok(length) = stream.read_u32().await else { return };
        let mut startup = vec![0; usize::try_from(length).expect("a length") - 4];
        // Signed in, and ready for a query.
        if stream.read_exact(&mut startup).await.is_ok() {
            drop(stream.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await);
        }
        kept(stream).await;
    });
    let mut child = started(&folder, &["stats", "--database-url", &url.await]);
    let line = first_line(&mut child).await;
    assert!(line.contains("waiting for the database") && line.contains("does not answer"), "{line}");
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

/// The number of tables in a database.
async fn tables(url: &str) -> i64 {
    let mut conn = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let sql = "select count(*) from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
               where n.nspname = 'public'";
    sqlx::query_scalar(sql).fetch_one(&mut conn).await.expect("a number")
}

#[tokio::test]
async fn a_command_that_needs_a_book_says_that_there_is_none_and_begins_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = fresh_postgres().await;
    let commands: [&[&str]; 3] = [&["password", "anna@example.org"], &["stats"], &["backup", "copy.db"]];
    for args in commands {
        let output = ends(folder.path(), &[args, &["--database-url", &url]].concat());
        one_clear_line(&output, "the database has no budget in it");
        assert_eq!(tables(&url).await, 0, "{args:?}");
    }
}

#[tokio::test]
async fn a_missing_database_and_a_refused_user_are_named_by_every_command_with_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    let book = format!("sqlite://{}", folder.path().join("book.db").display());
    assert!(ends(folder.path(), &["migrate", "--database-url", &book]).status.success());
    assert!(ends(folder.path(), &["backup", "copy.db", "--database-url", &book]).status.success());
    let server = std::env::var("FAMILY_BUDGET_TEST_POSTGRES").expect("PostgreSQL is there");
    let place = server.rsplit_once('@').or_else(|| server.split_once("//")).expect("a place").1;
    let name = format!("none_{}", Uuid::new_v4().simple());
    let (missing, refused) = (format!("{server}/{name}"), format!("postgres://{name}:x@{place}/postgres"));
    for (url, says) in [
        (
            &missing,
            [format!("there is no database {name} at"), format!("template0 {name}), or correct the URL")],
        ),
        (&refused, ["refuses to sign in".to_owned(), "correct the user and password of the URL".to_owned()]),
    ] {
        let commands: [&[&str]; 7] = [
            &["--database-url", url],
            &["migrate", "--database-url", url],
            &["stats", "--database-url", url],
            &["backup", "other.db", "--database-url", url],
            &["restore", "copy.db", "--database-url", url],
            &["password", "anna@example.org", "--database-url", url],
            &["move", "--from", &book, "--to", url],
        ];
        for args in commands {
            let output = ends(folder.path(), args);
            says.iter().for_each(|says| one_clear_line(&output, says));
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(!said.contains("at line"), "{args:?}: {said}");
        }
    }
}

#[tokio::test]
async fn a_role_that_may_create_no_tables_is_told_the_right_that_it_lacks() {
    let folder = tempfile::tempdir().expect("a folder");
    let (role, url) = limited(5).await;
    let database = url.rsplit_once('/').expect("a database").1;
    run(&[format!("alter database {database} owner to current_user")]).await;
    let output = ends(folder.path(), &["migrate", "--database-url", &url]);
    one_clear_line(&output, "lacks the right CREATE on the schema public");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("at line"), "{role}: {said}");
}

/// A database of a role that may have only some connections; the role and the URL.
async fn limited(connections: u32) -> (String, String) {
    let url = fresh_postgres().await;
    let (server, database) = url.rsplit_once('/').expect("a database");
    let role = format!("few_{}", Uuid::new_v4().simple());
    run(&[
        format!("create role {role} login password 'x' connection limit {connections}"),
        format!("alter database {database} owner to {role}"),
    ])
    .await;
    let host = server.rsplit_once('@').map_or_else(
        || server.split_once("://").expect("a scheme").1.to_owned(),
        |(_, host)| host.to_owned(),
    );
    let url = format!("postgres://{role}:x@{host}/{database}");
    (role, url)
}

#[tokio::test]
async fn the_program_leaves_others_some_of_the_connections_that_the_database_allows_its_user() {
    let (role, url) = limited(3).await;
    let taken = |database: &Database| {
        let Database::Postgres(pool, _) = database else { panic!("it is PostgreSQL") };
        pool.options().get_max_connections()
    };
    let opened = connect::open(&url, Settings::default()).await.expect("it opens");
    assert_eq!(taken(&opened.database), 2);
    let all = async { tokio::try_join!(opened.database.read(), opened.database.read()) };
    let all = all.await.expect("two read at once");
    // As `backup` and `stats` do.
    let reader = timeout(PATIENCE, beside::read_only(&url)).await.expect("in time");
    reader.expect("there is a connection left").close().await;
    drop(all);
    opened.database.close().await;
    let all = Settings { connections: Some(16), ..Settings::default() };
    let opened = connect::open(&url, all).await.expect("it opens");
    assert_eq!(taken(&opened.database), 3, "who sets a number knows what else there is");
    opened.database.close().await;
    run(&[format!("alter role {role} connection limit 1")]).await;
    let refused = connect::open(&url, Settings::default()).await.expect_err("two are needed").to_string();
    assert!(refused.contains("one connection, and the program needs two"), "{refused}");
}

#[tokio::test]
async fn a_process_that_serves_warns_of_few_connections_and_a_command_does_not() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, url) = limited(3).await;
    let output = ends(folder.path(), &["migrate", "--database-url", &url]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("connection"), "{said}");
    let log = folder.path().join("log");
    let mut command = program(folder.path(), &["--database-url", &url, "--log", "json"]);
    command.stdout(std::fs::File::create(&log).expect("a file"));
    let _serving = Kept(command.spawn().expect("it starts"));
    address_in(&log).await;
    let said = std::fs::read_to_string(&log).expect("a log");
    assert!(said.contains("scheduled backups and commands such as stats may find no connection"), "{said}");
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
