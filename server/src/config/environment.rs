//! Environment variables that nothing reads, because their names are misspelt or those of an option that is gone.

use super::{file::ConfigError, options::Cli};
use clap::CommandFactory;
use std::ffi::OsString;

/// How the names of this program's variables begin.
const PREFIX: &str = "FAMILY_BUDGET_";

/// What only a program for tests reads.
const OF_TESTS: &str = "FAMILY_BUDGET_FLAW";

/// The variables of this program among these names that nothing reads.
///
/// # Errors
/// [`ConfigError::Variable`] if one is nearly that of an option: without it, an access rule would silently not be set.
pub fn unread_variables(names: impl Iterator<Item = OsString>) -> Result<Vec<String>, ConfigError> {
    let command = Cli::command();
    let read = command.get_arguments().filter_map(|option| option.get_env()?.to_str());
    let read: Vec<_> = read.chain([OF_TESTS].into_iter().filter(|_| cfg!(feature = "trial"))).collect();
    let mut unread = Vec::new();
    for found in names.filter_map(|name| name.into_string().ok()) {
        let Some(name) = found.strip_prefix(PREFIX).filter(|_| !read.contains(&found.as_str())) else {
            continue;
        };
        // A short name is soon like another one.
        let most = (name.len() / 4).clamp(1, 3);
        let is_meant = |known: &&&str| match known.strip_prefix(PREFIX) {
            Some(known) => distance(name, known) <= most,
            None => **known == name,
        };
        if let Some(meant) = read.iter().filter(is_meant).min_by_key(|known| distance(&found, known)) {
            return Err(ConfigError::Variable { meant: (*meant).to_owned(), found });
        }
        unread.push(found);
    }
    unread.sort_unstable();
    Ok(unread)
}

/// How many letters have to be added, removed or replaced to make one name of another.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.bytes().enumerate() {
        let mut before = at;
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
        let mut left = at + 1;
        for (cell, against) in row.iter_mut().skip(1).zip(other.bytes()) {
            let replaced = before + usize::from(letter != against);
            before = *cell;
            *cell = replaced.min(before + 1).min(left + 1);
            left = *cell;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_nearly_that_of_an_option_is_refused_with_the_name_of_the_option() {
        for (found, meant) in [
            ("FAMILY_BUDGET_REGISTRATIONS", "FAMILY_BUDGET_REGISTRATION"),
            ("FAMILY_BUDGET_REGISTRTION", "FAMILY_BUDGET_REGISTRATION"),
            ("FAMILY_BUDGET_PUBLIC_URLS", "FAMILY_BUDGET_PUBLIC_URL"),
            ("FAMILY_BUDGET_TRUSTED_PROXY", "FAMILY_BUDGET_TRUSTED_PROXIES"),
            ("FAMILY_BUDGET_DEMOS", "FAMILY_BUDGET_DEMO"),
            ("FAMILY_BUDGET_DATABASE_URL", "DATABASE_URL"),
            ("FAMILY_BUDGET_REDIS_URL", "REDIS_URL"),
        ] {
            let said = unread_variables([found.into()].into_iter()).expect_err("it is refused").to_string();
            assert!(said.contains(found) && said.ends_with(meant), "{said}");
        }
    }

    #[test]
    fn names_that_are_read_and_those_of_other_programs_are_not_reported_and_the_rest_is() {
        let names = ["FAMILY_BUDGET_ADDR", "DATABASE_URL", "FAMILY_BUDGET_LOG", "HOME", "FAMILY_BUDGETS"];
        let all =
            names.into_iter().chain(["FAMILY_BUDGET_BINARY", "FAMILY_BUDGET_FIRST", "FAMILY_BUDGET_SITE"]);
        let unread = unread_variables(all.map(OsString::from)).expect("none is like an option");
        assert_eq!(unread, ["FAMILY_BUDGET_BINARY", "FAMILY_BUDGET_FIRST", "FAMILY_BUDGET_SITE"]);
    }

    #[test]
    fn the_distance_of_names_counts_letters() {
        for (one, other, letters) in [
            ("", "", 0),
            ("a", "", 1),
            ("", "ab", 2),
            ("DEMO", "DEMOS", 1),
            ("FLAW", "LOG", 3),
            ("ab", "ba", 2),
        ] {
            assert_eq!((distance(one, other), distance(other, one)), (letters, letters), "{one} {other}");
        }
    }
}
