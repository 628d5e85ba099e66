//! What the rules of several families share: looking up an existing or a deleted row, new ids and limits.

use super::{
    decision::{Stop, check_version},
    known::{Known, Lookup},
};
use crate::{
    domain::{ArticleId, Limit, MutationId, Versioned},
    error::AppError,
};
use uuid::Uuid;

/// An existing row, if it has the version that the member saw.
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

/// The article that an id means by now: the one that it was merged into, or itself.
pub(super) fn current_article(known: &dyn Known, id: ArticleId) -> Result<ArticleId, Stop> {
    match known.merged_into(id) {
        Lookup::Found(into) => Ok(into),
        Lookup::Deleted(_) | Lookup::Missing | Lookup::Absent => Ok(id),
        Lookup::NotLoaded => Err(Stop::Unknown),
    }
}

/// A deleted row, if it has the version that the member saw. A row that is not deleted was restored already.
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

/// Refuses an id that a row has or had. Rows that are not loaded are not checked: the id was made for this
/// command.
pub(super) fn check_free<R>(found: &Lookup<R>) -> Result<(), AppError> {
    match found {
        Lookup::Found(_) => Err(AppError::IdTaken),
        Lookup::Deleted(_) => Err(AppError::Gone),
        Lookup::Missing | Lookup::Absent | Lookup::NotLoaded => Ok(()),
    }
}

/// Refuses another row if the limit is reached.
pub(super) fn check_room(known: &dyn Known, limit: Limit) -> Result<(), Stop> {
    if known.count(limit).ok_or(Stop::Unknown)? < limit.most() {
        return Ok(());
    }
    Err(AppError::LimitReached { limit }.into())
}

/// The id of a new row: that of its form, or else the mutation id, so that page and server assign the same
/// one.
pub(super) fn own_id<Id: From<Uuid>>(typed: Option<&String>, read: Id, mutation: Option<MutationId>) -> Id {
    let given = typed.is_some_and(|text| !text.trim().is_empty());
    mutation.filter(|_| !given).map_or(read, |mutation| Id::from(mutation.uuid()))
}
