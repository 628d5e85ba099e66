//! Access below the program: its tables, and a separate ledger on them.

use super::TestServer;
use server::{
    bus::Bus,
    db::{
        Database,
        connect::{self, Settings},
        writers::Writers,
    },
    hub::Hub,
    ledger::{Attempts, Ledger},
};
use sqlx::{AssertSqlSafe, Connection, Executor};
use sqlx_postgres::PgConnection;
use sqlx_sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePoolOptions};
use std::{sync::Arc, time::Duration};
use uuid::Uuid;

/// Sessions locked against writes.
pub enum HeldSessions {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl HeldSessions {
    pub async fn let_go(self) {
        match self {
            Self::Sqlite(connection) => connection.close().await.expect("it closes"),
            Self::Postgres(connection) => connection.close().await.expect("it closes"),
        }
    }
}

impl TestServer {
    /// The same database, without the lock that keeps another program away.
    pub async fn database(&self) -> Database {
        if self.database_url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.database_url.parse().expect("a URL");
            let options = options.foreign_keys(true).busy_timeout(Duration::from_secs(20));
            let pool = || SqlitePoolOptions::new().max_connections(1).connect_with(options.clone());
            let (writer, readers) = (pool().await.expect("it opens"), pool().await.expect("it opens"));
            Database::Sqlite { writer, readers, file: None, writers: Writers::default() }
        } else {
            connect::open(&self.database_url, Settings::default()).await.expect("it opens").database
        }
    }

    /// The result of a query: one column of text.
    pub async fn texts(&self, sql: &'static str) -> Vec<String> {
        match self.database().await {
            Database::Sqlite { readers, .. } => {
                sqlx::query_scalar(sql).fetch_all(&readers).await.expect("rows")
            }
            Database::Postgres(pool, _) => sqlx::query_scalar(sql).fetch_all(&pool).await.expect("rows"),
        }
    }

    /// Executes a statement that is not a query, such as creating a trigger.
    pub async fn run_beneath(&self, sql: String) {
        let sql = AssertSqlSafe(sql);
        match self.database().await {
            Database::Sqlite { writer, .. } => writer.execute(sql).await.map(drop),
            Database::Postgres(pool, _) => pool.execute(sql).await.map(drop),
        }
        .expect("it is done");
    }

    /// Locks the sessions against writes until released. Reads continue.
    pub async fn hold_sessions(&self) -> HeldSessions {
        if self.database_url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.database_url.parse().expect("a URL");
            let mut connection = SqliteConnection::connect_with(&options).await.expect("the file opens");
            connection.execute("begin immediate").await.expect("it is held");
            HeldSessions::Sqlite(connection)
        } else {
            let mut connection = PgConnection::connect(&self.database_url).await.expect("PostgreSQL answers");
            connection.execute("begin; lock table sessions in share mode").await.expect("it is held");
            HeldSessions::Postgres(connection)
        }
    }

    /// A ledger on the same database, whose changes the program's screens are not notified of. It does not
    /// store when sessions were seen.
    pub async fn ledger(&self) -> Ledger {
        let database = self.database().await;
        let bus = Bus::local(Arc::new(Hub::default()));
        Ledger::new(database, bus, self.clock.clone(), Attempts::new(0), true).expect("a ledger")
    }

    /// The command and the device's name of each entry of a household's log, in order.
    pub async fn asked(&self, household: Uuid) -> Vec<(Option<String>, Option<String>)> {
        let query = "select l.command, d.name from change_log l left join devices d \
            on d.household_id = l.household_id and d.id = l.session_id where l.household_id = $1 order by l.seq";
        if self.database_url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.database_url.parse().expect("a URL");
            let mut connection = SqliteConnection::connect_with(&options).await.expect("the file opens");
            sqlx::query_as(query).bind(household).fetch_all(&mut connection).await.expect("the log")
        } else {
            let mut connection = PgConnection::connect(&self.database_url).await.expect("PostgreSQL answers");
            sqlx::query_as(query).bind(household).fetch_all(&mut connection).await.expect("the log")
        }
    }

    /// The number of rows of a household in each table, including the household itself.
    pub async fn rows_of(&self, household: Uuid) -> Vec<(String, i64)> {
        let count = |table: &str, column: &str, place: &str| {
            AssertSqlSafe(format!("select count(*) from {table} where {column} = {place}"))
        };
        let mut rows = Vec::new();
        if self.database_url.starts_with("sqlite:") {
            let options: SqliteConnectOptions = self.database_url.parse().expect("a URL");
            let mut connection = SqliteConnection::connect_with(&options).await.expect("the file opens");
            let tables = "select m.name from sqlite_master m join pragma_table_info(m.name) c \
                where m.type = 'table' and c.name = 'household_id' order by m.name";
            let tables: Vec<String> =
                sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
            for table in tables {
                let query = sqlx::query_scalar(count(&table, "household_id", "?")).bind(household);
                let number = query.fetch_one(&mut connection).await.expect("a number");
                rows.push((table, number));
            }
            let query = sqlx::query_scalar(count("households", "id", "?")).bind(household);
            rows.push(("households".into(), query.fetch_one(&mut connection).await.expect("a number")));
        } else {
            let mut connection = PgConnection::connect(&self.database_url).await.expect("PostgreSQL answers");
            let tables = "select table_name::text from information_schema.columns \
                where table_schema = 'public' and column_name = 'household_id' order by table_name";
            let tables: Vec<String> =
                sqlx::query_scalar(tables).fetch_all(&mut connection).await.expect("tables");
            for table in tables {
                let query = sqlx::query_scalar(count(&table, "household_id", "$1")).bind(household);
                let number = query.fetch_one(&mut connection).await.expect("a number");
                rows.push((table, number));
            }
            let query = sqlx::query_scalar(count("households", "id", "$1")).bind(household);
            rows.push(("households".into(), query.fetch_one(&mut connection).await.expect("a number")));
        }
        assert!(rows.len() > 10, "every table was found: {rows:?}");
        rows
    }
}
