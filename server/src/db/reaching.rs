//! The first connection to a PostgreSQL server: it waits for a server that is still starting, and asks how the
//! database stores text and how many connections it allows.

use super::opening::ConnectError;
use sqlx::Connection;
use sqlx_postgres::{PgConnectOptions, PgConnection};
use std::{
    io::{self, ErrorKind},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout_at};

/// How long a command waits for a server that does not answer.
const LIMIT: Duration = Duration::from_secs(30);
/// How long it waits silently.
const SILENCE: Duration = Duration::from_secs(1);
/// The pause between two attempts.
const PAUSE: Duration = Duration::from_millis(500);

/// What a database is able to do.
pub(super) struct Ability {
    /// How it stores text.
    pub encoding: String,
    /// The most connections that it allows to this user; `None` if there is no such limit.
    pub connections: Option<u32>,
}

impl Ability {
    /// The most connections for the pool of a process: half of those that this user may have, so that other processes,
    /// `backup` and `stats` find one. But two if there are: a writer may read beside its transaction.
    pub fn share(&self, wanted: u32) -> u32 {
        self.connections.map_or(wanted, |most| wanted.min((most / 2).max(most.clamp(1, 2))))
    }
}

/// Waits until the server answers, and asks what the database is able to do.
///
/// # Errors
/// See [`ConnectError`].
pub(super) async fn reach(options: &PgConnectOptions) -> Result<Ability, ConnectError> {
    let deadline = Instant::now() + LIMIT;
    let (server, over_socket) = server_of(options);
    let mut told = false;
    loop {
        let until = if told { deadline } else { Instant::now() + SILENCE };
        let error = match timeout_at(until, ability(options)).await {
            Ok(Ok(ability)) => return Ok(ability),
            Ok(Err(error)) => in_words(error),
            Err(_) => sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, "it does not answer")),
        };
        match error {
            // The files of TLS are not read over a socket, where PostgreSQL offers none.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound && !over_socket => {
                return Err(ConnectError::Certificate(error));
            }
            error if !passes(&error) => return Err(error.into()),
            error if Instant::now() + PAUSE >= deadline => {
                return Err(ConnectError::Unreachable { server, waited: LIMIT, source: error });
            }
            error if !told => {
                tracing::warn!(%error, %server, "waiting for the database, at most {} seconds", LIMIT.as_secs());
                told = true;
            }
            _ => {}
        }
        sleep(PAUSE).await;
    }
}

async fn ability(options: &PgConnectOptions) -> sqlx::Result<Ability> {
    let mut conn = PgConnection::connect_with(options).await?;
    let encoding = sqlx::query_scalar("show server_encoding").fetch_one(&mut conn).await?;
    // Negative if there is no limit. No limit holds for a superuser.
    let sql = "select rolconnlimit, datconnlimit from pg_catalog.pg_roles, pg_catalog.pg_database \
               where rolname = current_user and datname = current_database() and not rolsuper";
    let limits: Option<(i32, i32)> = sqlx::query_as(sql).fetch_optional(&mut conn).await?;
    conn.close().await?;
    let limits = limits.into_iter().flat_map(|(of_role, of_database)| [of_role, of_database]);
    Ok(Ability { encoding, connections: limits.filter_map(|limit| u32::try_from(limit).ok()).min() })
}

/// An error in words that say what happened. If the server closes the connection instead of answering whether it
/// offers TLS, sqlx takes the missing byte for a zero. A forwarder of ports does that in front of a server that is not
/// there yet.
fn in_words(error: sqlx::Error) -> sqlx::Error {
    match error {
        sqlx::Error::Protocol(text) if text.starts_with("unexpected response from SSLRequest: 0x00") => {
            sqlx::Error::Io(io::Error::new(ErrorKind::UnexpectedEof, "it closes the connection"))
        }
        error => error,
    }
}

/// Whether a later attempt may succeed: the server or the network is starting, or the server has no connection to spare
/// at this moment.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => matches!(
            error.kind(),
            ErrorKind::ConnectionRefused
                | ErrorKind::ConnectionReset
                | ErrorKind::ConnectionAborted
                | ErrorKind::BrokenPipe
                | ErrorKind::UnexpectedEof
                | ErrorKind::HostUnreachable
                | ErrorKind::NetworkUnreachable
                | ErrorKind::NetworkDown
                // There is no socket yet.
                | ErrorKind::NotFound
                | ErrorKind::TimedOut
        ),
        sqlx::Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

/// Where the server is, without user and password, and whether it is reached over a socket of this machine.
fn server_of(options: &PgConnectOptions) -> (String, bool) {
    let (host, port) = (options.get_host(), options.get_port());
    match options.get_socket() {
        Some(socket) => (socket.display().to_string(), true),
        None if host.starts_with('/') => (host.to_owned(), true),
        None if host.contains(':') && !host.starts_with('[') => (format!("[{host}]:{port}"), false),
        None => (format!("{host}:{port}"), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_user_and_password() {
        for (url, server, over_socket) in [
            ("postgres://anna:secret@db.example:6432/book", "db.example:6432", false),
            ("postgres://anna:secret@[::1]/book", "[::1]:5432", false),
            ("postgres:///book?host=/run/postgresql&password=secret", "/run/postgresql", true),
            ("postgres://anna:secret@%2Frun%2Fpostgresql/book", "/run/postgresql", true),
        ] {
            let found = server_of(&url.parse().expect("a URL"));
            assert_eq!(found, (server.to_owned(), over_socket));
        }
    }

    #[test]
    fn a_server_that_starts_is_waited_for_and_a_wrong_configuration_is_not() {
        use ErrorKind as Kind;
        for (kind, waits) in [
            (Kind::ConnectionRefused, true),
            (Kind::ConnectionReset, true),
            (Kind::ConnectionAborted, true),
            (Kind::BrokenPipe, true),
            (Kind::UnexpectedEof, true),
            (Kind::HostUnreachable, true),
            (Kind::PermissionDenied, false),
            (Kind::InvalidData, false),
        ] {
            assert_eq!(passes(&sqlx::Error::Io(kind.into())), waits, "{kind}");
        }
        let answered = |byte: &str| {
            let text =
                format!("unexpected response from SSLRequest: {byte} (sqlx_postgres::connection::tls:1)");
            passes(&in_words(sqlx::Error::Protocol(text)))
        };
        assert!(answered("0x00") && !answered("0x48"));
    }

    #[test]
    fn a_pool_takes_half_of_the_connections_that_its_user_may_have_but_two_if_there_are() {
        let share = |connections: Option<u32>, wanted: u32| {
            Ability { encoding: String::new(), connections }.share(wanted)
        };
        for (most, taken) in [(1, 1), (2, 2), (3, 2), (4, 2), (7, 3), (20, 10), (32, 16), (500, 16)] {
            assert_eq!(share(Some(most), 16), taken, "of {most}");
        }
        assert_eq!((share(None, 16), share(Some(20), 1)), (16, 1));
    }
}
