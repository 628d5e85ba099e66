//! Opens a store from a URL.

use super::{
    Database,
    advice::folder_of,
    beside, causes, digest,
    file::{self, DatabaseFile, MadeFolders},
    folding,
    left_journal::{self, LeftJournal},
    lock::{ByteLock, FileLock, LockError},
    migrations,
    opening::POSTGRES,
    provenance::Provenance,
    reaching, refusal, rights, stray,
    writers::Writers,
};
pub use super::{
    opening::{ConnectError, FewConnections, file_of},
    reaching::USUAL_CONNECTIONS,
};
use sqlx::{AssertSqlSafe, Connection, pool::PoolOptions};
use sqlx_postgres::{PgConnectOptions, PgPoolOptions};
use sqlx_sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions,
    SqliteSynchronous,
};
use std::{path::Path, sync::Arc, time::Duration};

/// Connections that read a SQLite file.
const READERS: u32 = 4;

/// An open store and its lock.
#[derive(Debug)]
pub struct OpenDatabase {
    /// The store.
    pub database: Database,
    /// Held until a SQLite file is closed, since a second process would not see our announcements of changes.
    pub lock: Option<FileLock>,
    /// What a process that serves the store should report.
    pub few_connections: Option<FewConnections>,
}

/// Settings of PostgreSQL connections. TLS and certificates are part of the URL: `?sslmode=verify-full`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Connections of this process, at most; writers use half of them. `None`: sixteen, or half of those that the
    /// database allows.
    pub connections: Option<u32>,
    /// A statement that takes longer is cancelled.
    pub statement_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { connections: None, statement_timeout: Duration::from_secs(10) }
    }
}

/// Opens the store and migrates its schema.
///
/// # Errors
/// See [`ConnectError`].
pub async fn open(url: &str, settings: Settings) -> Result<OpenDatabase, ConnectError> {
    let opened = if let Some(path) = file_named(url)? {
        sqlite(path).await?
    } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
        postgres(url, settings).await?
    } else {
        return Err(ConnectError::UnknownScheme);
    };
    Ok(opened)
}

/// The file that a URL of SQLite names, if it names nothing else.
///
/// # Errors
/// [`ConnectError::NotAFile`].
pub fn file_named(url: &str) -> Result<Option<&Path>, ConnectError> {
    match file_of(url).filter(|path| !path.as_os_str().is_empty()) {
        Some(_) if url.contains('?') || url.contains(":memory:") => Err(ConnectError::NotAFile),
        path => Ok(path),
    }
}

async fn sqlite(path: &Path) -> Result<OpenDatabase, ConnectError> {
    let _made = make_folders(path)?;
    sqlite_in(path).await.map_err(|error| causes::of_opening(path, error))
}

/// Makes the missing folders of a file.
///
/// # Errors
/// [`ConnectError::Folder`].
pub fn make_folders(path: &Path) -> Result<MadeFolders, ConnectError> {
    let folder = folder_of(path);
    MadeFolders::make(folder).map_err(|source| ConnectError::Folder { path: folder.to_owned(), source })
}

/// Opens a SQLite file in an existing folder. If that fails, no file is there that was not before.
async fn sqlite_in(path: &Path) -> Result<OpenDatabase, ConnectError> {
    // The log and the lock stand beside the file itself, whichever link names it: one file has one lock.
    let named = path;
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    // Checked before any file is created beside it, or its mode is changed.
    if path.metadata().is_ok_and(|found| !found.is_file()) {
        return Err(ConnectError::NoRegularFile(named.to_owned()));
    }
    let refused = |error| match error {
        LockError::Held => ConnectError::InUse(named.to_owned()),
        LockError::Beside(source) => ConnectError::Lock { path: file::beside(path, ".lock"), source },
        LockError::Database(source) => ConnectError::File { path: path.clone(), source },
        LockError::ReadOnly(path) => ConnectError::ReadOnly(path),
    };
    let locked = ByteLock::take(path).map_err(refused)?;
    match file::is_foreign(path) {
        Ok(false) => {}
        Ok(true) => return Err(ConnectError::NotSqlite(named.to_owned())),
        Err(source) => return Err(ConnectError::File { path: path.clone(), source }),
    }
    stray::check_own_log(path, named)?;
    if path.is_file() && left_journal::beside(path) == LeftJournal::Own {
        left_journal::roll_back(path).await?;
    }
    // No tables are created in the database of another program; in an empty one they are.
    if path.is_file() {
        let beside_it = ["-wal", "-shm"].map(|suffix| file::beside(path, suffix));
        let missing: Vec<_> = beside_it.iter().filter(|path| !path.exists()).collect();
        match beside::check_budget(path, named).await {
            Ok(()) | Err(ConnectError::Empty(_)) => {}
            Err(error) => {
                // SQLite makes them for readers too, and a reader does not remove them. The lock keeps writers away.
                missing.into_iter().for_each(|path| file::remove(path));
                return Err(error);
            }
        }
    }
    let lock = FileLock::take(path, locked).map_err(refused)?;
    match sqlite_locked(path, &lock).await {
        Ok(database) => Ok(OpenDatabase { database, lock: Some(lock), few_connections: None }),
        Err(error) => {
            lock.unmake(path);
            Err(error)
        }
    }
}

/// Opens a SQLite file that this process has locked. If that fails, its connections are closed, with which SQLite
/// removes its log.
async fn sqlite_locked(path: &Path, lock: &FileLock) -> Result<Database, ConnectError> {
    let fault = |source| ConnectError::File { path: path.to_owned(), source };
    let file = Arc::new(DatabaseFile::of(path, lock.database()).map_err(fault)?);
    let options = SqliteConnectOptions::new()
        .filename(path)
        // The lock created it; a later connection must not create a new one if the file was deleted.
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        // Acknowledged writes survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5));
    let writer = on_file(&file, SqlitePoolOptions::new())
        .max_connections(1)
        .test_before_acquire(false)
        .connect_with(options.clone())
        .await?;
    let opened = with_writer(&writer, (&file, lock), (path, options)).await;
    if opened.is_err() {
        file.release_log().await;
        writer.close().await;
    }
    opened
}

async fn with_writer(
    writer: &SqlitePool,
    (file, lock): (&Arc<DatabaseFile>, &FileLock),
    (path, options): (&Path, SqliteConnectOptions),
) -> Result<Database, ConnectError> {
    migrations::sqlite(writer).await?;
    // A backup that is served is no longer a backup: its rows will change, and its digests would be wrong.
    digest::forget(&mut *writer.acquire().await?).await?;
    number(writer, file, lock).await?;
    let reading = options.read_only(true);
    let keeps_log = SqliteConnection::connect_with(&reading).await?;
    file.hold_log(keeps_log)
        .map_err(|source| ConnectError::File { path: file::beside(path, "-wal"), source })?;
    let writers = Writers::default();
    let alone = Database::Sqlite {
        writer: writer.clone(),
        readers: writer.clone(),
        file: Some(file.clone()),
        writers: writers.clone(),
    };
    folding::bring_up_to_date(&alone).await?;
    let readers = on_file(file, SqlitePoolOptions::new())
        .test_before_acquire(false)
        .max_connections(READERS)
        .connect_with(reading)
        .await?;
    // All are opened now: while the file is displaced none can be opened, and reading must continue.
    let mut open = Vec::new();
    for _ in 0..READERS {
        open.push(readers.acquire().await?);
    }
    drop(open);
    Ok(Database::Sqlite { writer: writer.clone(), readers, file: Some(file.clone()), writers })
}

/// Gives the file a number by which it is recognized. On a full disk it keeps the one that it has.
async fn number(writer: &SqlitePool, file: &DatabaseFile, lock: &FileLock) -> Result<(), ConnectError> {
    let (imprint, number) = (file.imprint(), fastrand::i32(1..));
    let note = |numbers: &[i32], log| {
        imprint.note(numbers, log).and_then(|text| lock.note(&text)).map_err(sqlx::Error::Io)
    };
    let written = async {
        let mut connection = writer.acquire().await?;
        // The log of a process that was killed on a full disk has another number than the file.
        let former = sqlx::query_scalar("pragma application_id").fetch_one(&mut *connection).await?;
        // Before the file has the number: if it is noted nowhere, the log would count as that of another file.
        note(&[former, number], None)?;
        let sql = AssertSqlSafe(format!("pragma application_id = {number}"));
        sqlx::query(sql).execute(&mut *connection).await?;
        let log = file.lineage_of_log();
        note(&[former, number], log)?;
        // From the log into the file. A reader that keeps it from being written there does no harm.
        sqlx::query("pragma wal_checkpoint(truncate)").execute(&mut *connection).await?;
        note(&[number], log)
    };
    match written.await {
        Err(error) if refusal::answer(&error).is_none() => return Err(error.into()),
        Err(error) => tracing::warn!("the database file gets no number: {}", refusal::told(&error)),
        Ok(()) => {}
    }
    Ok(imprint.accept(number).map_err(sqlx::Error::Io)?)
}

/// Connections check that the path still leads to the file that was opened. They stay open, since one that is
/// opened later may meet another file.
fn on_file(file: &Arc<DatabaseFile>, options: SqlitePoolOptions) -> SqlitePoolOptions {
    let file = file.clone();
    without_leftovers(options).idle_timeout(None).max_lifetime(None).after_connect(move |_, _| {
        let file = file.clone();
        Box::pin(async move { file.check() })
    })
}

/// Discards a connection before it is reused, if it is still in a transaction or its state says so. SQLite rolls
/// back on its own when the disk is full; the rollback that sqlx sends afterwards fails, and its count of
/// nested transactions stays wrong. The same happens when a rollback or commit fails, or its future is
/// dropped.
fn without_leftovers<DB: sqlx::Database>(options: PoolOptions<DB>) -> PoolOptions<DB> {
    options.before_acquire(|connection, _| {
        let clean = !connection.is_in_transaction();
        Box::pin(async move { Ok(clean) })
    })
}

async fn postgres(url: &str, settings: Settings) -> Result<OpenDatabase, ConnectError> {
    let options: PgConnectOptions = url.parse().map_err(ConnectError::BadUrl)?;
    let ability = reaching::reach(url, &options).await?;
    if ability.encoding != "UTF8" {
        return Err(ConnectError::Encoding(ability.encoding));
    }
    if ability.connections == Some(1) {
        return Err(ConnectError::OneConnection);
    }
    // Without a time limit: of ten processes that start at once nine wait for the first, and a migration of a
    // large book may take minutes.
    let migrating = PgPoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
    let ours = Database::Postgres(migrating.clone(), Writers::default());
    // No tables are created in the schema of another program.
    let refused = match rights::owner_of(&ours, rights::WRITING).await {
        Ok(Provenance::Ours | Provenance::Empty) => None,
        Ok(Provenance::Foreign) => Some(ConnectError::Foreign(POSTGRES.to_owned())),
        Err(error) => Some(error),
    };
    if let Some(refused) = refused {
        migrating.close().await;
        return Err(refused);
    }
    let migrated = migrations::postgres(&migrating).await;
    let folded = match &migrated {
        Ok(()) => folding::bring_up_to_date(&ours).await,
        Err(_) => Ok(()),
    };
    migrating.close().await;
    migrated?;
    folded?;
    let limit = format!("{}ms", settings.statement_timeout.as_millis());
    let options = options
        .options([("statement_timeout", limit.as_str()), ("idle_in_transaction_session_timeout", "30s")]);
    let (connections, few_connections) = ability.share(settings.connections);
    let pool = without_leftovers(PgPoolOptions::new())
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(10))
        .connect_with(options)
        .await?;
    let database = Database::Postgres(pool, Writers::of_pool(connections));
    Ok(OpenDatabase { database, lock: None, few_connections })
}
