//! What the rules of the families with rows of their own share: a row that stands or comes back, and room for
//! one more.

use super::{
    decision::{Stop, check_version},
    known::{Known, Lookup},
};
use crate::{
    domain::{Article, FinancialCenter, Limit, MutationId, Recurring},
    error::AppError,
};
use serde::Serialize;
use uuid::Uuid;

/// A row that counts its versions.
pub(super) trait Versioned: Serialize {
    fn version(&self) -> i64;
}

impl Versioned for Article {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for FinancialCenter {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Versioned for Recurring {
    fn version(&self) -> i64 {
        self.version
    }
}

/// A row that stands, on the version that was seen.
pub(super) fn standing<R: Versioned>(base: Option<i64>, found: Lookup<R>) -> Result<R, Stop> {
    match found {
        Lookup::Found(row) => {
            check_version(base, row.version(), &row)?;
            Ok(row)
        }
        Lookup::Deleted(_) => Err(AppError::Gone.into()),
        Lookup::Missing => Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => Err(Stop::Unknown),
    }
}

/// A row that was deleted, on the version that was seen. One that stands is back already.
pub(super) fn deleted<R: Versioned>(base: Option<i64>, found: Lookup<R>) -> Result<R, Stop> {
    match found {
        Lookup::Deleted(row) => {
            check_version(base, row.version(), &row)?;
            Ok(row)
        }
        Lookup::Found(row) => {
            check_version(base, row.version(), &row)?;
            Err(Stop::Already)
        }
        Lookup::Missing => Err(AppError::NotFound.into()),
        Lookup::Absent | Lookup::NotLoaded => Err(Stop::Unknown),
    }
}

/// Refuses an id that a row has or had. One that was made for this command is not looked for further than what is
/// loaded.
pub(super) fn check_free<R>(found: &Lookup<R>) -> Result<(), AppError> {
    match found {
        Lookup::Found(_) => Err(AppError::IdTaken),
        Lookup::Deleted(_) => Err(AppError::Gone),
        Lookup::Missing | Lookup::Absent | Lookup::NotLoaded => Ok(()),
    }
}

/// Refuses one more row where there are as many as there may be.
pub(super) fn check_room(known: &dyn Known, limit: Limit) -> Result<(), Stop> {
    if known.count(limit).ok_or(Stop::Unknown)? < limit.most() {
        return Ok(());
    }
    Err(AppError::LimitReached { limit }.into())
}

/// The id of a new row: the one that its form has, else that of the mutation, so that page and server give the
/// same one.
pub(super) fn own_id<Id: From<Uuid>>(typed: Option<&String>, read: Id, mutation: Option<MutationId>) -> Id {
    let given = typed.is_some_and(|text| !text.trim().is_empty());
    mutation.filter(|_| !given).map_or(read, |mutation| Id::from(mutation.uuid()))
}
