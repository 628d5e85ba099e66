//! A right on PostgreSQL that the role of the URL lacks, in words.

use std::fmt::{self, Display, Formatter};

/// A right that the role lacks.
#[derive(Debug)]
pub struct MissingRight {
    /// The role.
    pub role: String,
    /// The right, as SQL names it.
    pub right: String,
    /// The table; `None` if it is the schema itself.
    pub table: Option<String>,
    /// The schema.
    pub schema: String,
}

impl Display for MissingRight {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { role, right, table, schema } = self;
        match table {
            Some(table) => {
                write!(f, "the role {role} of the database lacks the right {right} on the table {table}: ")?;
                write!(f, "grant it (GRANT {right} ON ALL TABLES IN SCHEMA {schema} TO {role})")?;
            }
            None => {
                write!(
                    f,
                    "the role {role} of the database lacks the right {right} on the schema {schema}: "
                )?;
                write!(f, "grant it (GRANT {right} ON SCHEMA {schema} TO {role})")?;
            }
        }
        f.write_str(", or name the role that owns the tables")
    }
}

impl std::error::Error for MissingRight {}
