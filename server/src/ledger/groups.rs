//! Reading transfers and splits.

use super::{Ledger, fault::Fault};
use crate::db::{self, Tx};
use app::{
    domain::{FactGroup, GroupId, GroupKind, HouseholdId},
    error::AppError,
    service::{Actor, Read},
};

impl Ledger {
    pub(super) async fn do_group(
        &self,
        actor: Actor,
        kind: GroupKind,
        id: GroupId,
    ) -> Result<Read<FactGroup>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: find(&mut tx, actor.household, kind, id).await?, position })
    }
}

/// A transfer or split of this kind, with its existing parts.
pub(super) async fn find(
    tx: &mut Tx,
    household: HouseholdId,
    kind: GroupKind,
    id: GroupId,
) -> Result<FactGroup, Fault> {
    let of_kind = |part: &app::domain::Fact| part.group.is_some_and(|group| group.kind == kind);
    let facts = db::facts::parts(tx, household, id).await?;
    if let Some(version) = facts.iter().map(|part| part.version).max() {
        // A transfer is not found by the id of a split, and a split not by that of a transfer.
        return if facts.iter().all(of_kind) {
            Ok(FactGroup { id, kind, version, facts })
        } else {
            Err(AppError::NotFound.into())
        };
    }
    let dead = db::facts::deleted_parts(tx, household, id).await?;
    let deleted = !dead.is_empty() && dead.iter().all(of_kind);
    Err(if deleted { AppError::Gone } else { AppError::NotFound }.into())
}
