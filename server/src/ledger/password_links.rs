//! A new password by a link, for a member who is locked out.
//!
//! Whoever has the link can sign in as that member. So the owner of a household makes one only for somebody who
//! belongs to no other household, into whose book the link would lead too; and never for an owner, who decides
//! about the household. Both are looked at again in the transaction that uses the link.

use super::{
    Ledger,
    accounts::check_password,
    fault::Fault,
    household::check_owner,
    links::{RequestKey, Secret},
    passwords::replace_password,
    secrets::token_hash,
    write::{LinkNews, NO_SESSIONS},
};
use crate::{
    db::{self, Tx, password_links::Target},
    live::links::Links,
};
use app::{
    domain::{
        AccountId, HouseholdId, Instant, Member, MemberId, Name, OpenPasswordLink, PasswordLink, Refusals,
        Role,
    },
    error::AppError,
    service::{Actor, Terms, Written},
    wire::close,
};

/// A link works for a day.
const LIFE_MS: i64 = 24 * 60 * 60 * 1000;

impl Ledger {
    pub(super) async fn do_password_links(&self, actor: Actor) -> Result<Vec<OpenPasswordLink>, Fault> {
        let mut tx = self.database.read().await?;
        check_owner(&mut tx, actor).await?;
        Ok(db::password_links::list(&mut tx, actor.household, self.clock.now().millis()).await?)
    }

    pub(super) async fn do_make_password_link(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
        base: String,
    ) -> Result<Written<PasswordLink>, Fault> {
        let (household, now) = (actor.household, self.clock.now().millis());
        let link = |link: &OpenPasswordLink, token: &str| PasswordLink {
            member_id: link.member_id,
            url: format!("{base}/password/{token}"),
            expires_at: link.expires_at,
        };
        let mut tx = self.database.begin().await?;
        self.check_member(&mut tx, actor).await?;
        let member = db::members::find(&mut tx, household, id).await?.ok_or(AppError::NotFound)?;
        check_owner(&mut tx, actor).await?;
        let position = db::households::position(&mut tx, household).await?;
        let key = RequestKey::of(terms);
        if let Some(key) = &key
            && let Some(before) = db::password_links::by_key(&mut tx, household, &key.hash()).await?
        {
            if before.link.member_id != id {
                return Err(AppError::IdempotencyKeyReused.into());
            }
            let token = key.token_again(&before, now).ok_or(AppError::PasswordLinkEnded)?;
            return Ok(Written { value: link(&before.link, &token), position, repeated: true });
        }
        // Its people are entered by its link.
        if db::demos::is_demo(&mut tx, household).await? {
            return Err(AppError::NotInDemo.into());
        }
        let account = db::members::account(&mut tx, household, id).await?;
        // A household that is being joined is seen.
        db::accounts::lock(&mut tx, account).await?;
        check_rule(&mut tx, &member, account).await?;
        let expires_at = Instant::from_millis(now + LIFE_MS);
        let row = OpenPasswordLink { member_id: id, created_by: actor.member, expires_at };
        let target = Target { household, member: id, account };
        let Secret { token, hash, key } = Secret::new(key.as_ref())?;
        db::password_links::put(&mut tx, target, &row, &hash, key.as_ref(), now).await?;
        let news = vec![(household, to_owners(&mut tx, household).await?)];
        self.commit_and_tell(tx, NO_SESSIONS, news).await?;
        Ok(Written { value: link(&row, &token), position, repeated: false })
    }

    pub(super) async fn do_withdraw_password_link(&self, actor: Actor, id: MemberId) -> Result<(), Fault> {
        let mut tx = self.database.begin().await?;
        self.check_member(&mut tx, actor).await?;
        db::members::find(&mut tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        check_owner(&mut tx, actor).await?;
        let now = self.clock.now().millis();
        if !db::password_links::end(&mut tx, actor.household, id, now).await? {
            return Err(AppError::NotFound.into());
        }
        let news = vec![(actor.household, to_owners(&mut tx, actor.household).await?)];
        self.commit_and_tell(tx, NO_SESSIONS, news).await
    }

    pub(super) async fn do_password_link(&self, token: String) -> Result<(Name, String), Fault> {
        let mut tx = self.database.read().await?;
        let (_, member) = self.usable(&mut tx, &token).await?;
        Ok(member)
    }

    pub(super) async fn do_use_password_link(&self, token: String, new: String) -> Result<(), Fault> {
        let mut refusals = Refusals::default();
        check_password(&mut refusals, "new", &new);
        let mut tx = self.database.read().await?;
        // Before the slow hash, and without using it up.
        self.usable(&mut tx, &token).await?;
        drop(tx);
        refusals.finish()?;
        let hash = self.passwords.hash(new).await?;
        let mut tx = self.database.begin().await?;
        let (target, _) = self.usable(&mut tx, &token).await?;
        // Nobody joins, signs in or changes the password from here on; what did so before is seen below.
        db::households::lock(&mut tx, target.household).await?;
        db::accounts::lock(&mut tx, target.account).await?;
        self.usable(&mut tx, &token).await?;
        let now = self.clock.now().millis();
        // This uses the link up.
        let news = replace_password(&mut tx, target.account, &hash, now).await?;
        let ended = db::sessions::end_all(&mut tx, target.account, now).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await
    }

    /// Whose password a token sets, if it still works and the rule holds: the member's name, the account's email.
    async fn usable(&self, tx: &mut Tx, token: &str) -> Result<(Target, (Name, String)), Fault> {
        let now = self.clock.now().millis();
        let target = db::password_links::find(tx, &token_hash(token), now).await?;
        let target = target.ok_or(AppError::PasswordLinkEnded)?;
        let member = db::members::find(tx, target.household, target.member).await?;
        let member = member.ok_or(AppError::PasswordLinkEnded)?;
        match check_rule(tx, &member, target.account).await {
            // Whoever holds the link need not know what became of the person.
            Err(Fault::App(_)) => Err(AppError::PasswordLinkEnded.into()),
            Err(fault) => Err(fault),
            Ok(()) => {
                let email = db::accounts::find(tx, target.account).await?.email;
                Ok((target, (member.name, email)))
            }
        }
    }
}

/// Ends every link that would set the password of an account, and says who is to be told when this is committed.
pub(super) async fn end_links_of(tx: &mut Tx, account: AccountId, now: i64) -> Result<LinkNews, Fault> {
    let mut news = Vec::new();
    for household in db::password_links::end_of(tx, account, now).await? {
        news.push((household, to_owners(tx, household).await?));
    }
    Ok(news)
}

/// Links for new passwords are for the owners of a household alone, and so is that they have changed.
async fn to_owners(tx: &mut Tx, household: HouseholdId) -> Result<Links, Fault> {
    let members = db::members::list(tx, household).await?;
    let owners = members.into_iter().filter(|row| row.role == Role::Owner && !row.removed);
    Ok(Links::Passwords(owners.map(|row| row.id).collect()))
}

/// Refuses a link for somebody who is an owner, is not a member, or is one elsewhere too.
async fn check_rule(tx: &mut Tx, member: &Member, account: AccountId) -> Result<(), Fault> {
    if member.removed {
        return Err(AppError::Gone.into());
    }
    if member.role == Role::Owner {
        return Err(AppError::OwnersPassword.into());
    }
    if db::members::of_one(tx, account).await?.len() != 1 {
        return Err(AppError::BelongsElsewhere.into());
    }
    Ok(())
}
