//! The first connection to a PostgreSQL server: it waits for a server that is still starting, and asks how the
//! database stores text and how many connections it allows.

use super::{
    certificates::missing_file,
    opening::{ConnectError, FewConnections},
    refusal,
};
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
/// How long it waits for the answer of one attempt: the server, or what forwards to it, may have lost the connection.
const ANSWER: Duration = Duration::from_secs(5);
/// The connections of a process, if nothing else is configured and the database has no limit.
pub const USUAL_CONNECTIONS: u32 = 16;
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
    /// The most connections for the pool of a process, and what a process that serves reports if they are few. Unless
    /// another number is configured, it takes half of those that this user may have, so that other processes, `backup`
    /// and `stats` find one. But two where there are two: a writer may read beside its transaction.
    pub fn share(&self, configured: Option<u32>) -> (u32, Option<FewConnections>) {
        let wanted = configured.unwrap_or(USUAL_CONNECTIONS);
        let Some(allowed) = self.connections else { return (wanted, None) };
        let most = if configured.is_some() { allowed } else { (allowed / 2).max(allowed.min(2)) };
        let few = FewConnections { taken: wanted.min(most), allowed };
        (few.taken, Some(few).filter(|few| few.taken < wanted || few.leaves_none()))
    }
}

/// Waits until the server answers, and asks what the database is able to do.
///
/// # Errors
/// See [`ConnectError`].
pub(super) async fn reach(url: &str, options: &PgConnectOptions) -> Result<Ability, ConnectError> {
    let deadline = Instant::now() + LIMIT;
    let (server, over_socket) = server_of(options);
    let mut told = false;
    loop {
        let until = deadline.min(Instant::now() + if told { ANSWER } else { SILENCE });
        let error = match timeout_at(until, ability(options)).await {
            Ok(Ok(ability)) => return Ok(ability),
            Ok(Err(error)) => in_words(error),
            Err(_) => silent(),
        };
        match error {
            // The files of TLS are not read over a socket, where PostgreSQL offers none.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::NotFound && !over_socket => {
                let path = missing_file(url, |name| std::env::var(name).ok());
                return Err(ConnectError::Certificate(path.unwrap_or_else(|| "a file".to_owned()), error));
            }
            error if has_code(&error, NO_DATABASE) => {
                return Err(ConnectError::NoSuchDatabase { name: database_of(options), server });
            }
            error if has_code(&error, NO_SIGN_IN) => {
                return Err(ConnectError::NoSignIn { server, source: error });
            }
            error if !passes(&error) => return Err(error.into()),
            error if Instant::now() + PAUSE >= deadline => return Err(in_vain(server, error)),
            error if !told => {
                let error = refusal::told(&error);
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
    // Negative if there is no limit. No limit holds for a superuser. It counts for who has signed in, whichever role
    // was set since.
    let sql = "select rolconnlimit, datconnlimit from pg_catalog.pg_roles, pg_catalog.pg_database \
               where rolname = session_user and datname = current_database() and not rolsuper";
    let limits: Option<(i32, i32)> = sqlx::query_as(sql).fetch_optional(&mut conn).await?;
    // What was asked is known.
    drop(conn.close().await);
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

/// A server that does not answer in time.
pub(super) fn silent() -> sqlx::Error {
    sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, "it does not answer"))
}

/// The database that is connected to; without one in the URL, PostgreSQL takes that of the user's name.
fn database_of(options: &PgConnectOptions) -> String {
    options.get_database().unwrap_or_else(|| options.get_username()).to_owned()
}

/// `invalid_catalog_name`.
const NO_DATABASE: &[&str] = &["3D000"];
/// `invalid_password` and `invalid_authorization_specification`.
const NO_SIGN_IN: &[&str] = &["28P01", "28000"];
/// `too_many_connections`.
const TOO_MANY: &[&str] = &["53300"];
/// The server is starting or stops: `cannot_connect_now`, `admin_shutdown` and `crash_shutdown`.
const AWAY: &[&str] = &["57P03", "57P01", "57P02"];

/// Whether a server has answered with one of these codes.
fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| codes.contains(&&*code))
}

/// Why there is no connection after all the waiting.
fn in_vain(server: String, error: sqlx::Error) -> ConnectError {
    if has_code(&error, TOO_MANY) {
        return ConnectError::Crowded { server, waited: LIMIT };
    }
    ConnectError::Unreachable { server, waited: LIMIT, source: error }
}

/// Whether a later attempt may succeed: the server or the network is starting, or the server has no connection to spare
/// at this moment.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(
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
            )
            // The name of a container that is not there yet. The standard library has no kind for it.
            || error.to_string().starts_with("failed to lookup address information")
        }
        error => has_code(error, TOO_MANY) || has_code(error, AWAY),
    }
}

/// Whether there is no server, or none that takes connections at this moment. One without a connection to spare is
/// there.
pub(super) fn is_away(error: sqlx::Error) -> bool {
    let error = in_words(error);
    passes(&error) && !has_code(&error, TOO_MANY)
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
    use std::{borrow::Cow, error::Error};

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
        let unknown = "failed to lookup address information: Name or service not known";
        assert!(passes(&sqlx::Error::Io(io::Error::other(unknown))));
        let answered = |byte: &str| {
            let text =
                format!("unexpected response from SSLRequest: {byte} (sqlx_postgres::connection::tls:1)");
            passes(&in_words(sqlx::Error::Protocol(text)))
        };
        assert!(answered("0x00") && !answered("0x48"));
    }

    /// An answer of the server: its code.
    #[derive(Debug, thiserror::Error)]
    #[error("answered {0}")]
    struct Answered(&'static str);

    impl sqlx::error::DatabaseError for Answered {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> sqlx::error::ErrorKind {
            sqlx::error::ErrorKind::Other
        }
    }

    #[test]
    fn a_server_that_starts_stops_or_is_full_is_waited_for_and_only_a_full_one_is_said_to_be() {
        let answered = |code| sqlx::Error::Database(Box::new(Answered(code)));
        for (code, waits, is_full) in [
            ("53300", true, true),
            ("57P03", true, false),
            ("57P01", true, false),
            ("57P02", true, false),
            ("28P01", false, false),
        ] {
            assert_eq!(passes(&answered(code)), waits, "{code}");
            let said = in_vain("db.example:5432".to_owned(), answered(code)).to_string();
            let full = "the database at db.example:5432 had no connection to spare for 30 seconds: \
                        raise the limit, or stop a process";
            assert_eq!(said == full, is_full, "{said}");
        }
    }

    #[test]
    fn a_pool_takes_half_of_the_connections_that_its_user_may_have_unless_told_otherwise() {
        let share = |connections: Option<u32>, configured: Option<u32>| {
            let (taken, few) = Ability { encoding: String::new(), connections }.share(configured);
            (taken, few.is_some())
        };
        for (allowed, taken) in [(1, 1), (2, 2), (3, 2), (4, 2), (7, 3), (20, 10)] {
            assert_eq!(share(Some(allowed), None), (taken, true), "of {allowed}");
        }
        for allowed in [Some(32), Some(500), None] {
            assert_eq!(share(allowed, None), (16, false), "of {allowed:?}");
        }
        for (allowed, configured, share_of_it) in [
            (20, 1, (1, false)),
            (20, 19, (19, false)),
            (20, 20, (20, true)),
            (20, 30, (20, true)),
            (3, 1, (1, true)),
        ] {
            assert_eq!(share(Some(allowed), Some(configured)), share_of_it, "{configured} of {allowed}");
        }
    }
}
