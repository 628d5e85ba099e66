//! Handing a household over.

use super::{
    Ledger,
    fault::Fault,
    household::member_before,
    write::{Begun, Write, check_version},
};
use crate::db;
use app::{
    domain::{Member, MemberId, Role},
    error::AppError,
    service::{Actor, Terms, Written},
    wire::Change,
};

impl Ledger {
    pub(super) async fn do_hand_over(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
    ) -> Result<Written<Member>, Fault> {
        let household = actor.household;
        let begun = Write::begin(self, actor, "hand_over", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return member_before(*repeat, household, id).await,
            Begun::Fresh(write) => write,
        };
        let old = db::members::find(&mut write.tx, household, id).await?.ok_or(AppError::NotFound)?;
        if old.removed {
            return Err(AppError::MemberGone.into());
        }
        let before = db::members::find(&mut write.tx, household, actor.member).await?;
        let before = before.filter(|row| row.role == Role::Owner).ok_or(AppError::OwnersOnly)?;
        if old.role == Role::Owner {
            return Ok(Written {
                value: old,
                position: write.nothing_to_do(),
                repeated: true,
                already: true,
            });
        }
        check_version(terms.base_version, old.version, &old)?;
        let new = Member { role: Role::Owner, version: old.version + 1, ..old.clone() };
        let after = Member { role: Role::Editor, version: before.version + 1, ..before.clone() };
        db::members::set_role(&mut write.tx, household, &after).await?;
        db::members::set_role(&mut write.tx, household, &new).await?;
        // A link that sets the new owner's password would be a way to take over the household.
        db::password_links::end(&mut write.tx, household, id, write.now.millis()).await?;
        write.changed(Change::MemberUpdated(after), &before)?;
        write.changed(Change::MemberUpdated(new.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: new, position, repeated: false, already: false })
    }
}
