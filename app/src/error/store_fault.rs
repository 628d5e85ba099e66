//! Why a store refuses to write.

use serde::{Deserialize, Serialize};

/// Why the store did not accept a write, or did not answer. Nothing was acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreFault {
    /// The disk is full.
    Full,
    /// A file has reached the limit on the size of files that the server may write (`ulimit -f`).
    FileLimit,
    /// The disk is read-only.
    ReadOnly,
    /// The database server accepts no writes: it is a standby, or its transactions are read-only.
    NoWrites,
    /// The disk reports an error.
    Failing,
    /// Another program holds a lock on the database.
    Locked,
    /// The database file was moved or deleted, or another file has taken its place or was copied over it.
    Displaced,
    /// The database file is damaged.
    Damaged,
    /// The database server is away, or does not answer.
    Away,
}

impl StoreFault {
    /// The stable code of the error.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Full => "disk_full",
            Self::FileLimit => "file_limit",
            Self::ReadOnly => "read_only",
            Self::NoWrites => "database_read_only",
            Self::Failing => "disk_failing",
            Self::Locked => "database_locked",
            Self::Displaced => "database_displaced",
            Self::Damaged => "database_damaged",
            Self::Away => "database_away",
        }
    }
}
