//! The first connection to a PostgreSQL server: it waits for a server that is still starting, and finds out how the
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

/// Waits until the server answers, and asks what the database is able to do.
///
/// # Errors
/// See [`ConnectError`].
pub(super) async fn reach(options: &PgConnectOptions) -> Result<Ability, ConnectError> {
    let mut conn = first(options).await?;
    let found = ability(&mut conn).await;
    conn.close().await?;
    Ok(found?)
}

async fn ability(conn: &mut PgConnection) -> sqlx::Result<Ability> {
    let encoding = sqlx::query_scalar("show server_encoding").fetch_one(&mut *conn).await?;
    // Negative if there is no limit. No limit holds for a superuser.
    let sql = "select rolconnlimit, datconnlimit from pg_catalog.pg_roles, pg_catalog.pg_database \
               where rolname = current_user and datname = current_database() and not rolsuper";
    let limits: Option<(i32, i32)> = sqlx::query_as(sql).fetch_optional(conn).await?;
    let limits = limits.into_iter().flat_map(|(of_role, of_database)| [of_role, of_database]);
    Ok(Ability { encoding, connections: limits.filter_map(|limit| u32::try_from(limit).ok()).min() })
}

async fn first(options: &PgConnectOptions) -> Result<PgConnection, ConnectError> {
    let deadline = Instant::now() + LIMIT;
    let mut told = false;
    loop {
        let until = if told { deadline } else { Instant::now() + SILENCE };
        let error = match timeout_at(until, PgConnection::connect_with(options)).await {
            Ok(Ok(conn)) => return Ok(conn),
            Ok(Err(error)) if !passes(&error) => return Err(error.into()),
            Ok(Err(error)) => error,
            Err(_) => sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, "it does not answer")),
        };
        let server = server_of(options);
        if Instant::now() + PAUSE >= deadline {
            return Err(ConnectError::Unreachable { server, waited: LIMIT, source: error });
        }
        if !told {
            tracing::warn!(%error, %server, "waiting for the database, at most {} seconds", LIMIT.as_secs());
            told = true;
        }
        sleep(PAUSE).await;
    }
}

/// Whether a later attempt may succeed: the server is starting, or has no connection to spare at this moment.
fn passes(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(
                error.kind(),
                ErrorKind::ConnectionRefused
                    | ErrorKind::ConnectionReset
                    | ErrorKind::NotFound
                    | ErrorKind::TimedOut
            )
        }
        sqlx::Error::Database(error) => error.is_transient_in_connect_phase(),
        _ => false,
    }
}

/// Where the server is, without user and password.
fn server_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => {
            let (host, port) = (options.get_host(), options.get_port());
            let bare = host.contains(':') && !host.starts_with('[');
            if bare { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_named_without_user_and_password() {
        for (url, server) in [
            ("postgres://anna:secret@db.example:6432/book", "db.example:6432"),
            ("postgres://anna:secret@[::1]/book", "[::1]:5432"),
            ("postgres:///book?host=/run/postgresql&password=secret", "/run/postgresql"),
        ] {
            assert_eq!(server_of(&url.parse().expect("a URL")), server);
        }
    }
}
