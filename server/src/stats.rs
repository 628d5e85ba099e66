//! `family-budget stats`: the size of a book, read beside the process that serves it.

use crate::{
    control::{Request, Response, socket},
    db::{
        balances, beside,
        connect::{ConnectError, file_of},
        file, migrations,
        moving::TABLES,
        refusal::told,
        sizes,
        whole::Picture,
    },
};
use std::{collections::HashMap, fmt, io::ErrorKind};
use uuid::Uuid;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub enum StatsError {
    /// The store cannot be opened.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The store returned an error.
    #[error("cannot read the database: {}", told(.0))]
    Store(#[from] sqlx::Error),
}

/// The size of a book at one moment. `Display` is what the command prints.
#[derive(Debug)]
pub struct Stats {
    /// The store, in bytes.
    pub size: i64,
    /// SQLite's write-ahead log beside its file, in bytes.
    pub wal: u64,
    /// The process that serves the file, as it describes itself; `None` on PostgreSQL.
    pub served_by: Option<String>,
    /// Number of rows of each table.
    pub rows: Vec<(&'static str, i64)>,
    /// Each household, largest log first.
    pub households: Vec<HouseholdStats>,
}

/// The size of a household.
#[derive(Debug)]
pub struct HouseholdStats {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Members, including removed ones.
    pub members: i64,
    /// Facts, including deleted ones.
    pub facts: i64,
    /// Entries of its log.
    pub entries: i64,
    /// Bytes of its log.
    pub bytes: i64,
    /// Accounts whose kept balance is not the sum of their transactions: none, unless something is wrong.
    pub wrong_balances: i64,
}

/// The migration since which balances are kept.
const KEPT: i64 = 25;

/// Reads the figures of the book at a URL.
///
/// # Errors
/// See [`StatsError`].
pub async fn read(url: &str) -> Result<Stats, StatsError> {
    let database = beside::read_only(url).await?;
    let read = async {
        let mut tx = database.read().await?;
        let picture = Picture::of(&mut tx).await?;
        let logs: HashMap<_, _> =
            sizes::logs(&mut tx).await?.into_iter().map(|log| (log.household_id, log.bytes)).collect();
        let wrong = match migrations::version(&mut tx).await? {
            KEPT.. => balances::wrong(&mut tx).await?,
            _ => HashMap::new(),
        };
        let mut households: Vec<_> = sizes::households(&mut tx)
            .await?
            .into_iter()
            .map(|sizes::Named { id, name }| HouseholdStats {
                members: picture.count(Some(id), "rows of members"),
                facts: picture.count(Some(id), "rows of facts"),
                entries: picture.count(Some(id), "rows of change_log"),
                bytes: logs.get(&id).copied().unwrap_or(0),
                wrong_balances: wrong.get(&id).copied().unwrap_or(0),
                id,
                name,
            })
            .collect();
        households.sort_by_key(|row| (std::cmp::Reverse(row.bytes), row.id));
        let of = |table: &str| {
            let what = format!("rows of {table}");
            picture.census.iter().filter(|((_, counted), _)| *counted == what).map(|(_, rows)| rows).sum()
        };
        let rows = TABLES.iter().map(|table| (*table, of(table))).collect();
        Ok::<_, sqlx::Error>((sizes::store(&mut tx).await?, rows, households))
    };
    let read = read.await;
    database.close().await;
    let (size, rows, households) = read?;
    let (mut wal, mut served_by) = (0, None);
    if let Some(file) = file_of(url) {
        wal = std::fs::metadata(file::beside(file, "-wal")).map_or(0, |file| file.len());
        served_by = match socket::ask(file, &Request::Who).await {
            Ok(Response::Done(who)) => Some(who),
            Err(error) if error.kind() == ErrorKind::TimedOut => {
                Some(format!("a process that does not answer ({error})"))
            }
            _ => None,
        };
    }
    Ok(Stats { size, wal, served_by, rows, households })
}

/// Formats a number of bytes: three digits and a unit.
fn bytes(count: i64) -> String {
    let units = ["B", "KB", "MB", "GB", "TB"];
    let (mut unit, mut scale) = (0, 1_i64);
    while count / scale >= 1000 && unit + 1 < units.len() {
        (unit, scale) = (unit + 1, scale * 1000);
    }
    let (whole, tenth) = (count / scale, count % scale * 10 / scale);
    if unit == 0 || whole >= 100 {
        format!("{whole} {}", units[unit])
    } else {
        format!("{whole}.{tenth} {}", units[unit])
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "database  {}", bytes(self.size))?;
        if self.wal > 0 {
            write!(f, ", write-ahead log {}", bytes(i64::try_from(self.wal).unwrap_or(i64::MAX)))?;
        }
        writeln!(f)?;
        if let Some(who) = &self.served_by {
            writeln!(f, "served by {who}")?;
        }
        let (entries, log): (i64, i64) = (
            self.households.iter().map(|row| row.entries).sum(),
            self.households.iter().map(|row| row.bytes).sum(),
        );
        writeln!(f, "log       {entries} entries, {}", bytes(log))?;
        writeln!(f)?;
        for (table, rows) in &self.rows {
            writeln!(f, "{table:<20}{rows:>12}")?;
        }
        writeln!(f)?;
        write!(
            f,
            "{:<36} {:>7} {:>12} {:>12} {:>9}  name",
            "household", "members", "transactions", "log entries", "log"
        )?;
        for row in &self.households {
            let HouseholdStats { id, name, members, facts, entries, bytes: log, .. } = row;
            write!(f, "\n{id} {members:>7} {facts:>12} {entries:>12} {:>9}  {name}", bytes(*log))?;
        }
        for row in self.households.iter().filter(|row| row.wrong_balances > 0) {
            let HouseholdStats { id, wrong_balances: count, .. } = row;
            write!(
                f,
                "\n\n{count} balances of {id} are not the sums of their transactions; please report this"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_at_most_three_digits_and_a_unit() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 KB"),
            (99_949, "99.9 KB"),
            (999_999, "999 KB"),
            (12_345_678, "12.3 MB"),
            (i64::MAX, "9223372 TB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }
}
