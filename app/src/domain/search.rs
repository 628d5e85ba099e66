//! The search language of transactions.
//!
//! ```text
//! search = term, { whitespace, term }            every term must match
//! term   = [ "-" ], sought                       with "-": must not match
//! sought = word | "phrase" | #tag
//!        | >amount | >=amount | <amount | <=amount | =amount
//!        | amount..amount | amount.. | ..amount
//!        | key:word | key:"phrase"
//! key    = category | account | who | date       and their Russian names
//! ```
//!
//! Amounts are compared by magnitude unless a sign is typed; `-5..9` begins with one, so that range is excluded by
//! `-=5..9`. A date is a day, a month, a year, or a range of them,
//! such as `2026-03..2026-05`. Whatever is none of this is a word, so `100%` searches for `100%`.
//!
//! One parser serves the list, the count and the sums, the interface for programs, and entries kept on a device.

mod amount_range;
mod day_range;
mod filter;
mod reader;
#[cfg(test)]
mod tests;

use super::{Reason, Tag};
pub use amount_range::AmountRange;
pub use day_range::DayRange;
pub use filter::{FactCondition, FactFilter, FactTest};
use std::{fmt, str::FromStr};

/// The most characters of a search.
pub const MOST_CHARS: u16 = 200;
/// The most terms of a search.
pub const MOST_TERMS: u16 = 12;

/// A search for transactions: each term must match. Without terms it finds every transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Search {
    terms: Vec<SearchTerm>,
}

/// A term of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchTerm {
    /// Whether only transactions are found that do not match.
    pub excluded: bool,
    /// What must match.
    pub sought: Sought,
}

/// What a term looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Letters in the note, or in the name of the category or of one above it, as typed.
    Text(String),
    /// A tag of the note.
    Tag(Tag),
    /// An amount.
    Amount(AmountRange),
    /// The category, or one above it, by its name.
    Category(String),
    /// The account by its name.
    Account(String),
    /// The member who recorded it, by their name.
    Who(String),
    /// The day.
    Date(DayRange),
}

impl Search {
    /// Its terms in the order in which they were typed.
    #[must_use]
    pub fn terms(&self) -> &[SearchTerm] {
        &self.terms
    }

    /// Whether it finds every transaction.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// A search of these terms, without the ones after the first [`MOST_TERMS`].
    #[must_use]
    pub fn of(terms: impl IntoIterator<Item = SearchTerm>) -> Self {
        Self { terms: terms.into_iter().take(usize::from(MOST_TERMS)).collect() }
    }
}

impl FromStr for Search {
    type Err = Reason;

    /// Parses a search as it was typed.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.chars().count() > usize::from(MOST_CHARS) {
            return Err(Reason::TooLong(MOST_CHARS));
        }
        let terms = reader::terms(text)?;
        if terms.len() > usize::from(MOST_TERMS) {
            return Err(Reason::TooManyTerms(MOST_TERMS));
        }
        Ok(Self { terms })
    }
}

impl fmt::Display for Search {
    /// Writes it so that it is parsed as the same search, in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, term) in self.terms.iter().enumerate() {
            write!(f, "{}{term}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Display for SearchTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minus = if self.excluded { "-" } else { "" };
        match &self.sought {
            Sought::Text(text) => {
                let alone = Self { excluded: false, sought: Sought::Text(text.clone()) };
                if reader::terms(text).as_deref() == Ok(&[alone]) {
                    write!(f, "{minus}{text}")
                } else {
                    write!(f, "{minus}{}", quoted(text))
                }
            }
            Sought::Tag(tag) => write!(f, "{minus}{tag}"),
            // `-5..9` begins with a sign, so an excluded range is written with `=`.
            Sought::Amount(range @ AmountRange::Between(least, most)) if self.excluded && least != most => {
                write!(f, "-={range}")
            }
            Sought::Amount(range) => write!(f, "{minus}{range}"),
            Sought::Category(name) => write!(f, "{minus}category:{}", value(name)),
            Sought::Account(name) => write!(f, "{minus}account:{}", value(name)),
            Sought::Who(name) => write!(f, "{minus}who:{}", value(name)),
            Sought::Date(days) => write!(f, "{minus}date:{days}"),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The value after a key, quoted if it is not one word.
fn value(name: &str) -> String {
    if name.contains(char::is_whitespace) || name.starts_with(reader::opens) {
        quoted(name)
    } else {
        name.to_owned()
    }
}
