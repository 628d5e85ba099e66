//! Links by which a member who is locked out sets a new password.
//!
//! Whoever has the link can sign in as that member. The owner of a household therefore makes one only for a
//! member who belongs to no other household, whose book the link would open too, and never for an owner, who
//! may delete the household. Both conditions are checked again in the transaction that uses the link.

use super::{
    Ledger,
    fault::Fault,
    household::check_owner,
    links::{NewLink, RequestKey},
    password_rules::check_password,
    sealed::{LinkNews, NO_SESSIONS},
    secrets::token_hash,
};
use crate::{
    db::{self, Tx, password_links::PasswordLinkTarget},
    hub::links::Links,
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

/// How long a link works.
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
        let mut tx = self.database.begin_in(&[actor.household]).await?;
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
            return Ok(Written {
                value: link(&before.link, &token),
                position,
                repeated: true,
                already: false,
            });
        }
        // The members of a demo household have no passwords: they sign in by its link.
        if db::demos::is_demo(&mut tx, household).await? {
            return Err(AppError::NotInDemo.into());
        }
        let account = db::members::account(&mut tx, household, id).await?;
        // Waits for a household that the account is just joining, so that it is seen.
        db::accounts::lock(&mut tx, account).await?;
        check_rule(&mut tx, &member, account).await?;
        let expires_at = Instant::from_millis(now + LIFE_MS);
        let row = OpenPasswordLink { member_id: id, created_by: actor.member, expires_at };
        let target = PasswordLinkTarget { household, member: id, account };
        let NewLink { token, hash, key } = NewLink::new(key.as_ref())?;
        db::password_links::put(&mut tx, target, &row, &hash, key.as_ref(), now).await?;
        let news = vec![(household, to_owners(&mut tx, household).await?)];
        self.commit_and_tell(tx, NO_SESSIONS, news).await?;
        Ok(Written { value: link(&row, &token), position, repeated: false, already: false })
    }

    pub(super) async fn do_withdraw_password_link(&self, actor: Actor, id: MemberId) -> Result<(), Fault> {
        let mut tx = self.database.begin_in(&[actor.household]).await?;
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
        // Checked before the slow hash; the link is not used up yet.
        let (target, _) = self.usable(&mut tx, &token).await?;
        drop(tx);
        refusals.finish()?;
        let hash = self.passwords.hash(new).await?;
        // A token never comes to name another member.
        let mut tx = self.database.begin_in(&[target.household]).await?;
        // The locks keep the account from joining, signing in or changing its password. What it did before is
        // checked below.
        db::households::lock(&mut tx, target.household).await?;
        db::accounts::lock(&mut tx, target.account).await?;
        self.usable(&mut tx, &token).await?;
        let now = self.clock.now().millis();
        // This uses up the link.
        let news = replace_password(&mut tx, target.account, &hash, now).await?;
        let ended = db::sessions::end_all(&mut tx, target.account, now).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await
    }

    /// Whose password a token sets, with the member's name and the account's email. Refuses a token that has
    /// expired or whose conditions do not hold any more.
    async fn usable(&self, tx: &mut Tx, token: &str) -> Result<(PasswordLinkTarget, (Name, String)), Fault> {
        let now = self.clock.now().millis();
        let target = db::password_links::find(tx, &token_hash(token), now).await?;
        let target = target.ok_or(AppError::PasswordLinkEnded)?;
        let member = db::members::find(tx, target.household, target.member).await?;
        let member = member.ok_or(AppError::PasswordLinkEnded)?;
        match check_rule(tx, &member, target.account).await {
            // The holder of the link need not know why it does not work any more.
            Err(Fault::App(_)) => Err(AppError::PasswordLinkEnded.into()),
            Err(fault) => Err(fault),
            Ok(()) => {
                let email = db::accounts::find(tx, target.account).await?.email;
                Ok((target, (member.name, email)))
            }
        }
    }
}

/// Stores the hash of a new password and ends the account's links. Returns the changed links, to be announced
/// on commit.
pub(super) async fn replace_password(
    tx: &mut Tx,
    account: AccountId,
    hash: &str,
    now: i64,
) -> Result<LinkNews, Fault> {
    db::accounts::set_password(tx, account, hash).await?;
    end_links_of(tx, account, now).await
}

/// Ends every password link of an account. Returns the changed links, to be announced on commit.
pub(super) async fn end_links_of(tx: &mut Tx, account: AccountId, now: i64) -> Result<LinkNews, Fault> {
    let mut news = Vec::new();
    for household in db::password_links::end_of(tx, account, now).await? {
        news.push((household, to_owners(tx, household).await?));
    }
    Ok(news)
}

/// The recipients of a change of password links: the owners of the household.
async fn to_owners(tx: &mut Tx, household: HouseholdId) -> Result<Links, Fault> {
    let members = db::members::list(tx, household).await?;
    let owners = members.into_iter().filter(|row| row.role == Role::Owner && !row.removed);
    Ok(Links::Passwords(owners.map(|row| row.id).collect()))
}

/// Refuses a link for an owner, for a person who is not a member, or for a member of another household.
async fn check_rule(tx: &mut Tx, member: &Member, account: AccountId) -> Result<(), Fault> {
    if member.removed {
        return Err(AppError::MemberGone.into());
    }
    if member.role == Role::Owner {
        return Err(AppError::OwnersPassword.into());
    }
    if db::members::of_one(tx, account).await?.len() != 1 {
        return Err(AppError::BelongsElsewhere.into());
    }
    Ok(())
}
