//! Deleting an account. Its row stays without email and password, since members of households refer to it; what
//! the person recorded stays under the name that the others know.

use super::{
    Ledger,
    fault::Fault,
    write::{Write, commit_all},
};
use crate::db::{self, accounts::Account};
use app::{
    domain::{Member, Reason, Role},
    error::AppError,
    service::Actor,
    wire::{Change, close},
};

/// No password has such a hash.
const NO_PASSWORD: &str = "-";

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
        let mut tx = self.database.begin().await?;
        // All households first, in the order of their ids: two who delete their accounts wait for one another at
        // one place, and not each at the other's.
        let places = db::members::of_one(&mut tx, proven.id()).await?;
        for (household, _) in &places {
            db::households::lock(&mut tx, *household).await?;
        }
        // Somebody may have set another password, or joined or left a household, since we looked.
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
            // A household that waits to be erased needs nobody, once nobody else could want it back.
            if old.role == Role::Owner && (!write.closed || others.next().is_some()) {
                return Err(AppError::LastOwner.into());
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
        // Its households see the person leave, and ask for their links then.
        db::password_links::end_of(&mut tx, account.id, now).await?;
        let nobody = format!("{}@deleted.invalid", account.id);
        db::accounts::blank(&mut tx, account.id, &nobody, NO_PASSWORD).await?;
        if let Some(first) = writes.first_mut() {
            first.ends = (sessions, close::NOT_SIGNED_IN);
        }
        commit_all(self, tx, writes).await
    }
}

/// Nobody signs in with it again, whatever its email is.
pub(super) fn is_deleted(account: &Account) -> bool {
    account.password_hash == NO_PASSWORD
}
