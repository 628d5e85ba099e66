//! Leaving a household, and removing a member.

use super::{
    Ledger,
    fault::Fault,
    household::member_before,
    write::{Begun, Write, check_version},
};
use crate::db::{self, Tx};
use app::{
    domain::{AccountId, HouseholdId, Member, MemberId, Role, SessionId},
    error::AppError,
    service::{Actor, Terms, Written},
    wire::{Change, close},
};

impl Ledger {
    pub(super) async fn do_remove_member(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
    ) -> Result<Written<Member>, Fault> {
        let (household, now) = (actor.household, self.clock.now().millis());
        let begun = Write::begin(self, actor, "remove_member", &id, terms.mutation_id, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return member_before(*repeat, household, id).await,
            Begun::Fresh(write) => write,
        };
        if db::demos::is_demo(&mut write.tx, household).await? {
            return Err(AppError::NotInDemo.into());
        }
        let members = db::members::list(&mut write.tx, household).await?;
        let find = |id| members.iter().find(|row| row.id == id).cloned();
        let old = find(id).ok_or(AppError::NotFound)?;
        if old.removed {
            return Err(AppError::MemberGone.into());
        }
        if id != actor.member && find(actor.member).is_none_or(|row| row.role != Role::Owner) {
            return Err(AppError::OwnersOnly.into());
        }
        let owners = members.iter().filter(|row| row.role == Role::Owner && !row.removed);
        if old.role == Role::Owner && owners.count() == 1 {
            let is_alone = members.iter().filter(|row| !row.removed).count() == 1;
            return Err(match (write.closed, is_alone) {
                (None, _) => AppError::LastOwner,
                (Some(AppError::HouseholdClosed), false) => AppError::LastOwnerOfClosed,
                (Some(closed), _) => closed,
            }
            .into());
        }
        check_version(terms.base_version, old.version, &old)?;
        let new = Member { removed: true, version: old.version + 1, ..old.clone() };
        db::members::set_removed(&mut write.tx, household, &new, now).await?;
        db::invites::withdraw_of(&mut write.tx, household, id, now).await?;
        db::password_links::end(&mut write.tx, household, id, now).await?;
        let account = db::members::account(&mut write.tx, household, id).await?;
        let sessions = send_away(&mut write.tx, household, account, now).await?;
        write.changed(Change::MemberUpdated(new.clone()), &old)?;
        write.ends(sessions, close::NOT_A_MEMBER);
        let position = write.commit(self).await?;
        Ok(Written { value: new, position, repeated: false, already: false })
    }
}

/// Moves every session of an account from this household to another one of the account, or ends it.
async fn send_away(
    tx: &mut Tx,
    household: HouseholdId,
    account: AccountId,
    now: i64,
) -> Result<Vec<SessionId>, Fault> {
    // Waits for a sign-in in progress, so that its session is seen.
    db::accounts::lock(tx, account).await?;
    let elsewhere = db::households::of_account(tx, account).await?.first().map(|other| other.id);
    let sessions = db::sessions::at(tx, household, account).await?;
    for session in &sessions {
        // A session that has ended since it was listed needs neither.
        let _: bool = match elsewhere {
            Some(other) => db::sessions::move_to(tx, *session, other).await?,
            None => db::sessions::end(tx, *session, account, now).await?,
        };
    }
    Ok(sessions)
}
