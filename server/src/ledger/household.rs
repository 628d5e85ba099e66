//! The household itself, its members and invitations.

use super::{
    Ledger,
    accounts::check_time_zone,
    fault::Fault,
    links::{RequestKey, Secret},
    write::{Begun, NO_SESSIONS, Order, Repeat, check_version},
};
use crate::{
    db::{self, Tx},
    live::links::Links,
};
use app::{
    domain::{
        Household, HouseholdId, Instant, Invite, InviteId, InviteLink, Limit, Member, MemberId, Name, Reason,
        Refusals, Role, look::check_colour,
    },
    error::AppError,
    service::{Actor, HouseholdForm, MemberForm, Read, Terms, Written},
    wire::Change,
};

/// An invitation works for seven days.
const INVITE_LIFE_MS: i64 = 7 * 24 * 60 * 60 * 1000;

impl Ledger {
    pub(super) async fn do_household(&self, actor: Actor) -> Result<Read<Household>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: db::households::find(&mut tx, actor.household).await?, position })
    }

    pub(super) async fn revise_household(
        &self,
        order: Order,
        form: &HouseholdForm,
    ) -> Result<Written<Household>, Fault> {
        let actor = order.actor;
        let mut refusals = Refusals::default();
        let name: Option<Name> = form.name.as_ref().and_then(|text| refusals.required("name", Some(text)));
        let currency = form.currency.as_ref().and_then(|text| refusals.required("currency", Some(text)));
        if let Some(zone) = &form.time_zone {
            check_time_zone(&mut refusals, zone);
        }
        refusals.finish()?;
        let subject = actor.household.uuid();
        let begun = order.begin(self, subject).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return household_before(*repeat, actor.household).await,
            Begun::Fresh(write) => write,
        };
        let old = db::households::find(&mut write.tx, actor.household).await?;
        check_version(order.terms.base_version, old.version, &old)?;
        // Plans are amounts of this currency, and would mean something else in another one.
        if currency.is_some_and(|new| new != old.currency)
            && db::plans::any(&mut write.tx, actor.household).await?
        {
            return Err(AppError::field("currency", Reason::PlannedCurrency).into());
        }
        let new = Household {
            id: old.id,
            name: name.unwrap_or_else(|| old.name.clone()),
            currency: currency.unwrap_or(old.currency),
            time_zone: form.time_zone.clone().unwrap_or_else(|| old.time_zone.clone()),
            erase_on: old.erase_on,
            version: old.version + 1,
        };
        db::households::update(&mut write.tx, &new).await?;
        write.changed(Change::HouseholdUpdated(new.clone()), &old)?;
        let position = write.commit(self).await?;
        self.bus.hub().set_zone(actor.household, position.seq, &new.time_zone);
        Ok(Written { value: new, position, repeated: false })
    }

    pub(super) async fn do_members(&self, actor: Actor) -> Result<Read<Vec<Member>>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        Ok(Read { value: db::members::list(&mut tx, actor.household).await?, position })
    }

    pub(super) async fn revise_member(
        &self,
        order: Order,
        id: MemberId,
        form: &MemberForm,
    ) -> Result<Written<Member>, Fault> {
        let actor = order.actor;
        let mut refusals = Refusals::default();
        let name = check_member(&mut refusals, form.name.as_ref(), form.colour);
        refusals.finish()?;
        // Others' names are theirs to change; whether such a member exists is no secret in a household.
        if id != actor.member {
            return Err(AppError::NotFound.into());
        }
        let begun = order.begin(self, id.uuid()).await?;
        let mut write = match begun {
            Begun::Repeat(repeat) => return member_before(*repeat, actor.household, id).await,
            Begun::Fresh(write) => write,
        };
        let old = db::members::find(&mut write.tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        check_version(order.terms.base_version, old.version, &old)?;
        let new = Member {
            id,
            name: name.unwrap_or_else(|| old.name.clone()),
            role: old.role,
            colour: form.colour.unwrap_or(old.colour),
            removed: old.removed,
            version: old.version + 1,
        };
        db::members::update(&mut write.tx, actor.household, &new).await?;
        write.changed(Change::MemberUpdated(new.clone()), &old)?;
        let position = write.commit(self).await?;
        Ok(Written { value: new, position, repeated: false })
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
        let mut tx = self.database.begin().await?;
        self.check_member(&mut tx, actor).await?;
        // It goes with everybody in it when its visitor stays away.
        if db::demos::is_demo(&mut tx, actor.household).await? {
            return Err(AppError::NotInDemo.into());
        }
        if db::households::find(&mut tx, actor.household).await?.erase_on.is_some() {
            return Err(AppError::HouseholdClosed.into());
        }
        let position = db::households::position(&mut tx, actor.household).await?;
        // The household is locked: nobody else makes one under this key, or one too many.
        if let Some(key) = &key
            && let Some(before) = db::invites::by_key(&mut tx, actor.household, &key.hash()).await?
        {
            let token = key.token_again(&before, now).ok_or(AppError::InviteEnded)?;
            return Ok(Written { value: link(&before.link, &token), position, repeated: true });
        }
        let Secret { token, hash, key } = Secret::new(key.as_ref())?;
        if !db::invites::insert(&mut tx, actor.household, &invite, &hash, key.as_ref(), now).await? {
            return Err(Fault::Other("a random token is taken".into()));
        }
        // With this one.
        let open = db::invites::list(&mut tx, actor.household, now).await?.len();
        if i64::try_from(open).is_ok_and(|open| open > Limit::Invites.most()) {
            return Err(AppError::LimitReached { limit: Limit::Invites }.into());
        }
        self.commit_and_tell(tx, NO_SESSIONS, vec![(actor.household, Links::Invites)]).await?;
        Ok(Written { value: link(&invite, &token), position, repeated: false })
    }

    /// Refuses somebody who was removed since they were let in, and keeps them from being removed meanwhile.
    pub(super) async fn check_member(&self, tx: &mut Tx, actor: Actor) -> Result<(), Fault> {
        db::households::lock(tx, actor.household).await?;
        // In a statement of its own: a removal that was under way is seen now.
        if db::members::is_one(tx, actor.household, actor.member).await? {
            return Ok(());
        }
        Err(AppError::NotSignedIn.into())
    }

    pub(super) async fn do_withdraw_invite(&self, actor: Actor, id: InviteId) -> Result<(), Fault> {
        let mut tx = self.database.begin().await?;
        self.check_member(&mut tx, actor).await?;
        let maker = db::invites::maker(&mut tx, actor.household, id).await?.ok_or(AppError::NotFound)?;
        if maker != actor.member {
            check_owner(&mut tx, actor).await?;
        }
        db::invites::withdraw(&mut tx, actor.household, id, self.clock.now().millis()).await?;
        self.commit_and_tell(tx, NO_SESSIONS, vec![(actor.household, Links::Invites)]).await
    }
}

/// Answers a repeat with the member as it stands.
pub(super) async fn member_before(
    mut repeat: Repeat,
    household: HouseholdId,
    id: MemberId,
) -> Result<Written<Member>, Fault> {
    let value = db::members::find(&mut repeat.tx, household, id).await?.ok_or(AppError::NotFound)?;
    Ok(Written { value, position: repeat.position, repeated: true })
}

/// Answers a repeat with the household as it stands.
pub(super) async fn household_before(
    mut repeat: Repeat,
    household: HouseholdId,
) -> Result<Written<Household>, Fault> {
    let value = db::households::find(&mut repeat.tx, household).await?;
    Ok(Written { value, position: repeat.position, repeated: true })
}

/// Refuses whoever is not the household's owner.
pub(super) async fn check_owner(tx: &mut Tx, actor: Actor) -> Result<(), Fault> {
    let member = db::members::find(tx, actor.household, actor.member).await?;
    if member.is_some_and(|row| row.role == Role::Owner && !row.removed) {
        return Ok(());
    }
    Err(AppError::OwnersOnly.into())
}

/// Notes what is wrong with a member's new name or colour.
pub(super) fn check_member(
    refusals: &mut Refusals,
    name: Option<&String>,
    colour: Option<i64>,
) -> Option<Name> {
    check_colour(refusals, colour);
    name.and_then(|text| refusals.required("name", Some(text)))
}
