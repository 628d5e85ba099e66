//! Storing the rows that a command changes, and recording them for the log.

use super::{fault::Fault, rows::WriteScope, write::Write};
use crate::db;
use app::{
    command::{Fate, RowChange},
    domain::Reason,
    error::AppError,
    wire::Change,
};
use serde::Serialize;

/// Stores a changed row and records it for the log.
pub(super) async fn store(write: &mut Write, change: &RowChange) -> Result<(), Fault> {
    let (WriteScope { household, now }, by) = (write.scope(), write.member());
    let (tx, millis) = (&mut write.tx, now.millis());
    // False if the id is taken, or the day is settled already.
    let mut free = true;
    match change {
        RowChange::Fact(row) => match row.fate {
            Fate::Created => free = db::facts::insert(tx, household, &row.after).await?,
            fate => db::facts::update(tx, household, &row.after, fate == Fate::Deleted).await?,
        },
        RowChange::Article(row) => match row.fate {
            Fate::Created => free = db::articles::insert(tx, household, &row.after, millis).await?,
            fate => db::articles::update(tx, household, &row.after, fate == Fate::Deleted, millis).await?,
        },
        RowChange::FinancialCenter(row) => match row.fate {
            Fate::Created => free = db::financial_centers::insert(tx, household, &row.after, millis).await?,
            fate => {
                let deleted = fate == Fate::Deleted;
                db::financial_centers::update(tx, household, &row.after, deleted, millis).await?;
            }
        },
        RowChange::Recurring(row) => match row.fate {
            Fate::Created => free = db::recurring::insert(tx, household, &row.after).await?,
            fate => db::recurring::update(tx, household, &row.after, fate == Fate::Deleted).await?,
        },
        RowChange::Plan(row) => db::plans::put(tx, household, &row.after).await?,
        RowChange::Household(row) => db::households::update(tx, &row.after, by).await?,
        RowChange::Member(row) => db::members::update(tx, household, &row.after).await?,
        RowChange::Occurrence(row) => {
            if row.fate == Fate::Deleted {
                let id = row.after.recurring_id;
                return Ok(db::occurrences::delete(tx, household, id, row.after.day).await?);
            }
            if db::occurrences::insert(&mut write.tx, household, &row.after, (by, now)).await? {
                return Ok(());
            }
            return Err(AppError::field("day", Reason::Settled).into());
        }
    }
    if !free {
        return Err(AppError::IdTaken.into());
    }
    if let RowChange::Fact(row) = change {
        write.sums(row);
    }
    note(write, change)
}

/// Stores all changes of a command. Plans, of which a command may set thousands, are written many at once.
pub(super) async fn store_all(write: &mut Write, changes: &[RowChange]) -> Result<(), Fault> {
    let household = write.scope().household;
    let plan = |change: &RowChange| match change {
        RowChange::Plan(row) => Some(row.after.clone()),
        _ => None,
    };
    let plans: Vec<_> = changes.iter().filter_map(plan).collect();
    if plans.len() < 2 {
        for change in changes {
            store(write, change).await?;
        }
        return Ok(());
    }
    db::plans::put_all(&mut write.tx, household, &plans).await?;
    for change in changes {
        match change {
            RowChange::Plan(_) => note(write, change)?,
            _ => store(write, change).await?,
        }
    }
    Ok(())
}

fn note(write: &mut Write, change: &RowChange) -> Result<(), Fault> {
    let Some(entry) = change.entry() else { return Ok(()) };
    match change {
        RowChange::Fact(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Article(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::FinancialCenter(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Recurring(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Plan(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Household(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Member(row) => with(write, entry.change, row.before.as_ref()),
        RowChange::Occurrence(_) => Ok(()),
    }
}

fn with(write: &mut Write, change: Change, before: Option<&impl Serialize>) -> Result<(), Fault> {
    match before {
        Some(before) => write.changed(change, before),
        None => {
            write.created(change);
            Ok(())
        }
    }
}
