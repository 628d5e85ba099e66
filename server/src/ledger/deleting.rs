//! Deleting an account. Its row stays, without email and password, because members refer to it. What the
//! person recorded stays under the name that the other members know.

use super::{
    Ledger, fault::Fault, password_rules::NO_PASSWORD, passwords::Proven, sealed::commit_all, write::Write,
};
use crate::db;
use app::{
    domain::{AccountId, Member, Reason, Role},
    error::AppError,
    service::{Actor, Device},
    wire::{Change, close},
};

impl Ledger {
    pub(super) async fn do_delete_account(&self, actor: Actor, password: String) -> Result<(), Fault> {
        let mut tx = self.database.read().await?;
        if db::demos::is_demo(&mut tx, actor.household).await? {
            return Err(AppError::NotInDemo.into());
        }
        let account = db::accounts::find(&mut tx, actor.account).await?;
        drop(tx);
        self.count_change(account.id).await?;
        let wrong = || AppError::field("password", Reason::WrongPassword);
        let proven = self.prove(Some(account), password).await?.ok_or_else(wrong)?;
        self.delete_proven(&proven, wrong).await
    }

    /// Whoever belongs to no household has no session, so email and password are asked for instead. They prove as much as
    /// a session and its password, so any other account is deleted as well. Returns which account it was.
    pub(super) async fn do_delete_account_by_email(
        &self,
        device: Device,
        email: String,
        password: String,
    ) -> Result<AccountId, Fault> {
        let proven = self.prove_by_email(&device, &email, password).await?;
        self.delete_proven(&proven, || AppError::WrongCredentials).await?;
        Ok(proven.id())
    }

    async fn delete_proven(&self, proven: &Proven, wrong: impl Fn() -> AppError) -> Result<(), Fault> {
        let mut tx = self.database.read().await?;
        let places = db::members::of_one(&mut tx, proven.id()).await?;
        drop(tx);
        let households: Vec<_> = places.iter().map(|(household, _)| *household).collect();
        let mut tx = self.database.begin_in(&households).await?;
        // All households first, ordered by id: two people who delete their accounts at the same time then
        // wait for each other at the same row instead of deadlocking.
        for (household, _) in &places {
            db::households::lock(&mut tx, *household).await?;
        }
        // Another password may have been set since it was compared, or a household joined or left.
        let account = proven.lock(&mut tx).await?.ok_or_else(wrong)?;
        if db::members::of_one(&mut tx, account.id).await? != places {
            return Err(AppError::Unavailable.into());
        }
        let now = self.clock.now().millis();
        let mut writes = Vec::with_capacity(places.len());
        for (household, member) in places {
            let mut write = Write::begin_as(self, tx, household, member, None).await?;
            let members = db::members::list(&mut write.tx, household).await?;
            let old = members.iter().find(|row| row.id == member).cloned().ok_or(AppError::NotFound)?;
            let mut others = members.iter().filter(|row| row.id != member && !row.removed);
            // A household that waits to be erased needs no owner, unless it has other members who may want it back.
            match (others.next(), &write.closed) {
                _ if old.role != Role::Owner => {}
                // Nobody can have it back any more, unless the clock is wrong.
                (Some(_), Some(AppError::ErasureDue)) => return Err(AppError::ErasureDue.into()),
                (Some(_), Some(_)) => return Err(AppError::LastOwnerOfClosed.into()),
                (None, Some(_)) => {}
                (_, None) => return Err(AppError::LastOwner.into()),
            }
            let new = Member { removed: true, version: old.version + 1, ..old.clone() };
            db::members::set_removed(&mut write.tx, household, &new, now).await?;
            db::invites::withdraw_of(&mut write.tx, household, member, now).await?;
            write.changed(Change::MemberUpdated(new), &old)?;
            let (going_on, sealed) = write.seal().await?;
            tx = going_on;
            writes.push(sealed);
        }
        let sessions = db::sessions::delete_all(&mut tx, account.id).await?;
        // Its households are notified of the departure below, and read the links again then.
        db::password_links::end_of(&mut tx, account.id, now).await?;
        let nobody = format!("{}@deleted.invalid", account.id);
        db::accounts::blank(&mut tx, account.id, &nobody, NO_PASSWORD).await?;
        let ends = (sessions, close::NOT_SIGNED_IN);
        let Some(first) = writes.first_mut() else {
            return self.commit_and_tell(tx, ends, Vec::new()).await;
        };
        first.ends = ends;
        commit_all(self, tx, writes).await
    }
}
