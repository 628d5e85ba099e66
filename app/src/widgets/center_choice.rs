//! The choice of an account.

use crate::{replica::Replica, ui::choice::Choice};

/// Among those that are used, and the one that the form begins with.
#[must_use]
pub fn center_choice(first: Option<String>, replica: &Replica) -> Choice {
    let first = first.unwrap_or_default();
    let began = first.clone();
    Choice::new(first, replica.centers.clone(), move |rows, id| {
        let offered =
            || rows.iter().map(|row| &row.center).any(|row| !row.archived && row.id.to_string() == id);
        id.is_empty() || id == began || offered()
    })
}
