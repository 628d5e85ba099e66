//! The household, its members and invitations.

use super::{
    Ledger,
    fault::Fault,
    links::{NewLink, RequestKey},
    sealed::NO_SESSIONS,
    write::Repeat,
};
use crate::{
    db::{self, Tx},
    hub::links::Links,
};
use app::{
    domain::{Household, HouseholdId, Instant, Invite, InviteId, InviteLink, Limit, Member, MemberId, Role},
    error::AppError,
    service::{Actor, Read, Terms, Written},
};

/// How long an invitation works.
const INVITE_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

impl Ledger {
    pub(super) async fn do_household(&self, actor: Actor) -> Result<Read<Household>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: db::households::find(&mut tx, actor.household).await?, position })
    }

    /// The other member who has changed the household last; `None` if it was the caller, or is unknown.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn household_changed_by(&self, actor: Actor) -> Result<Option<Member>, AppError> {
        self.do_changed_by(actor).await.map_err(Fault::answer)
    }

    async fn do_changed_by(&self, actor: Actor) -> Result<Option<Member>, Fault> {
        let mut tx = self.database.read().await?;
        let by = db::households::updated_by(&mut tx, actor.household).await?;
        Ok(match by.filter(|by| *by != actor.member) {
            Some(by) => db::members::find(&mut tx, actor.household, by).await?,
            None => None,
        })
    }

    pub(super) async fn do_members(&self, actor: Actor) -> Result<Read<Vec<Member>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: db::members::list(&mut tx, actor.household).await?, position })
    }

    pub(super) async fn do_invites(&self, actor: Actor) -> Result<Vec<Invite>, Fault> {
        let mut tx = self.database.read().await?;
        Ok(db::invites::list(&mut tx, actor.household, self.clock.now().millis()).await?)
    }

    pub(super) async fn do_invite(
        &self,
        actor: Actor,
        terms: Terms,
        base: String,
    ) -> Result<Written<InviteLink>, Fault> {
        let now = self.clock.now().millis();
        let link = |invite: &Invite, token: &str| InviteLink {
            id: invite.id,
            url: format!("{base}/join/{token}"),
            expires_at: invite.expires_at,
        };
        let expires_at = Instant::from_millis(now + INVITE_LIFE_MS);
        let invite = Invite { id: InviteId::new(), created_by: actor.member, expires_at };
        let key = RequestKey::of(terms);
        let mut tx = self.database.begin_in(&[actor.household]).await?;
        self.check_member(&mut tx, actor).await?;
        // A demo household is erased with all its members once its visitor stays away.
        if db::demos::is_demo(&mut tx, actor.household).await? {
            return Err(AppError::NotInDemo.into());
        }
        let here = db::households::find(&mut tx, actor.household).await?;
        if let Some(erase_on) = here.erase_on {
            return Err(AppError::of_closed(erase_on, self.clock.today(&here.time_zone)).into());
        }
        let position = db::households::position(&mut tx, actor.household).await?;
        // The household is locked: nobody else makes an invitation under this key, or exceeds the limit.
        if let Some(key) = &key
            && let Some(before) = db::invites::by_key(&mut tx, actor.household, &key.hash()).await?
        {
            let token = key.token_again(&before, now).ok_or(AppError::InviteEnded)?;
            return Ok(Written {
                value: link(&before.link, &token),
                position,
                repeated: true,
                already: false,
            });
        }
        let NewLink { token, hash, key } = NewLink::new(key.as_ref())?;
        if !db::invites::insert(&mut tx, actor.household, &invite, &hash, key.as_ref(), now).await? {
            return Err(Fault::Other("a random token is taken".into()));
        }
        // Including the new one.
        let open = db::invites::list(&mut tx, actor.household, now).await?.len();
        if i64::try_from(open).is_ok_and(|open| open > Limit::Invites.most()) {
            return Err(AppError::LimitReached { limit: Limit::Invites }.into());
        }
        self.commit_and_tell(tx, NO_SESSIONS, vec![(actor.household, Links::Invites)]).await?;
        Ok(Written { value: link(&invite, &token), position, repeated: false, already: false })
    }

    /// Refuses a person who was removed since the request was authenticated, and prevents a removal until the
    /// transaction ends.
    pub(super) async fn check_member(&self, tx: &mut Tx, actor: Actor) -> Result<(), Fault> {
        db::households::lock(tx, actor.household).await?;
        // A statement of its own: it sees a removal that was committed while this one waited for the lock.
        if db::members::is_one(tx, actor.household, actor.member).await? {
            return Ok(());
        }
        Err(AppError::NotSignedIn.into())
    }

    pub(super) async fn do_withdraw_invite(&self, actor: Actor, id: InviteId) -> Result<(), Fault> {
        let mut tx = self.database.begin_in(&[actor.household]).await?;
        self.check_member(&mut tx, actor).await?;
        let maker = db::invites::maker(&mut tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        if maker != actor.member {
            check_owner(&mut tx, actor).await?;
        }
        db::invites::withdraw(&mut tx, actor.household, id, self.clock.now().millis()).await?;
        self.commit_and_tell(tx, NO_SESSIONS, vec![(actor.household, Links::Invites)]).await
    }
}

/// The response to a repeat: the member as it is now.
pub(super) async fn member_before(
    mut repeat: Repeat,
    household: HouseholdId,
    id: MemberId,
) -> Result<Written<Member>, Fault> {
    let value = db::members::find(&mut repeat.tx, household, id).await?.ok_or(AppError::NotFound)?;
    Ok(Written { value, position: repeat.position, repeated: true, already: false })
}

/// The response to a repeat: the household as it is now.
pub(super) async fn household_before(
    mut repeat: Repeat,
    household: HouseholdId,
) -> Result<Written<Household>, Fault> {
    let value = db::households::find(&mut repeat.tx, household).await?;
    Ok(Written { value, position: repeat.position, repeated: true, already: false })
}

/// Refuses anybody but the household's owner.
pub(super) async fn check_owner(tx: &mut Tx, actor: Actor) -> Result<(), Fault> {
    let member = db::members::find(tx, actor.household, actor.member).await?;
    if member.is_some_and(|row| row.role == Role::Owner && !row.removed) {
        return Ok(());
    }
    Err(AppError::OwnersOnly.into())
}
