//! Becoming a member: by founding a household, or by an invitation.

use super::{
    Ledger,
    demo::is_of_a_demo,
    fault::Fault,
    fingerprint::{IdempotencyKey, fingerprint},
    founding::Founding,
    password_links::end_links_of,
    passwords::Proven,
    registration::NewPerson,
    secrets::token_hash,
    write::Write,
};
use crate::db::{self, Tx};
use app::{
    domain::{AccountId, HouseholdId, Limit, Me, Member, MemberId, Name, Reason, Role, look::COLOURS},
    error::AppError,
    service::{Actor, Device, Read, RegisterForm, SignedIn, Terms},
    wire::{Change, close},
};

/// The most members that a household may ever have had, including those who left. Every screen keeps them
/// all, because transactions carry their names.
const MOST_MEMBERS_EVER: usize = 500;

/// The person who uses an invitation.
enum Joiner {
    /// An account that is signed in, or that the same transaction has created.
    Known(AccountId),
    /// An existing account whose password was proven.
    Proven(Proven),
}

impl Ledger {
    pub(super) async fn do_register(
        &self,
        device: Device,
        terms: Terms,
        form: RegisterForm,
    ) -> Result<SignedIn, Fault> {
        self.count_attempt(&device.address, form.email.as_deref().unwrap_or_default()).await?;
        let new = NewPerson::of(&form, device.language)?;
        if new.household.is_some() && !self.open {
            return Err(AppError::RegistrationClosed.into());
        }
        // Without the password: the stored hash of a key must not help to guess it.
        let content = RegisterForm { password: None, ..form.clone() };
        let hash = fingerprint("register", &content)?;
        let key = terms.mutation_id.map(|id| IdempotencyKey { id, hash });
        if let Some(key) = key
            && let Some(signed_in) = self.registered_before(&device, &new, key).await?
        {
            return Ok(signed_in);
        }
        let invite = form.invite.as_deref().map(token_hash);
        // The households that are joined: one, or none if one is founded.
        let mut joined = Vec::new();
        if let Some(hash) = &invite {
            // Checked before the slow hash; the invitation is not used up yet.
            let mut tx = self.database.read().await?;
            let household = db::invites::household(&mut tx, hash, self.clock.now().millis()).await?;
            drop(tx);
            let Some(household) = household else {
                return self.done_or(&device, &new, key, AppError::InviteEnded).await;
            };
            joined.push(household);
        }
        let password_hash = self.passwords.hash(new.password.clone()).await?;
        let now = self.clock.now().millis();
        let mut tx = self.database.begin_in(&joined).await?;
        let account = AccountId::new();
        if !db::accounts::insert(&mut tx, account, &new.email, &password_hash, new.language, now).await? {
            drop(tx);
            if let Some(hash) = &invite
                && let Some(proven) = self.without_household(&new).await?
            {
                let (tx, account) = (self.database.begin_in(&joined).await?, proven.id());
                let joiner = Joiner::Proven(proven);
                let (write, household) = self.write_join(tx, joiner, hash, new.name.clone(), key).await?;
                return self.finish_sign_in(write, account, household, &device).await;
            }
            return self.done_or(&device, &new, key, AppError::field("email", Reason::Taken)).await;
        }
        let (write, household) = match (&invite, &new.household) {
            (Some(hash), _) => {
                self.write_join(tx, Joiner::Known(account), hash, new.name.clone(), key).await?
            }
            (None, Some(name)) => {
                let founding = Founding {
                    name: name.clone(),
                    founder: new.name.clone(),
                    currency: new.currency,
                    time_zone: new.time_zone.clone(),
                    language: new.language,
                    opening_balance: new.opening_balance,
                };
                let (write, founded) = self.write_founding(tx, account, founding, key).await?;
                (write, founded.household)
            }
            (None, None) => return Err(AppError::field("household", Reason::Required).into()),
        };
        self.finish_sign_in(write, account, household, &device).await
    }

    /// The account with this email and password, if it is a member of no household: an invitation is then its
    /// only way to sign in.
    async fn without_household(&self, new: &NewPerson) -> Result<Option<Proven>, Fault> {
        let mut tx = self.database.read().await?;
        let Some(account) = db::accounts::find_by_email(&mut tx, &new.email).await? else { return Ok(None) };
        let homeless = db::households::of_account(&mut tx, account.id).await?.is_empty();
        drop(tx);
        if homeless { self.prove(Some(account), new.password.clone()).await } else { Ok(None) }
    }

    /// Refuses a registration, unless a repeat of the same request has succeeded meanwhile.
    async fn done_or(
        &self,
        device: &Device,
        new: &NewPerson,
        key: Option<IdempotencyKey>,
        refusal: AppError,
    ) -> Result<SignedIn, Fault> {
        if let Some(key) = key
            && let Some(signed_in) = self.registered_before(device, new, key).await?
        {
            return Ok(signed_in);
        }
        Err(refusal.into())
    }

    /// Signs in a person whose registration succeeded and whose response was lost.
    async fn registered_before(
        &self,
        device: &Device,
        new: &NewPerson,
        key: IdempotencyKey,
    ) -> Result<Option<SignedIn>, Fault> {
        let mut tx = self.database.read().await?;
        let Some(account) = db::accounts::find_by_email(&mut tx, &new.email).await? else { return Ok(None) };
        let mut found = None;
        for household in db::households::of_account(&mut tx, account.id).await? {
            if let Some(done) = db::change_log::by_mutation(&mut tx, household.id, key.id).await? {
                found = Some((household.id, done));
            }
        }
        drop(tx);
        let Some((household, done)) = found else { return Ok(None) };
        if done.hash != key.hash {
            return Err(AppError::IdempotencyKeyReused.into());
        }
        let proven = self.prove(Some(account), new.password.clone()).await?;
        let proven = proven.ok_or(AppError::WrongCredentials)?;
        let mut tx = self.database.begin().await?;
        let account = proven.lock(&mut tx).await?.ok_or(AppError::WrongCredentials)?;
        let (token, actor, ended, news) = self.insert_session(&mut tx, &account, household, device).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await?;
        let mut me = self.do_me(actor).await?;
        me.position.seq = done.seq;
        Ok(Some(SignedIn { me, token, repeated: true }))
    }

    pub(super) async fn do_join(&self, actor: Actor, invite: String) -> Result<Read<Me>, Fault> {
        let hash = token_hash(&invite);
        let mut tx = self.database.read().await?;
        let joined = db::invites::household(&mut tx, &hash, self.clock.now().millis()).await?;
        drop(tx);
        let mut tx = self.database.begin_in(joined.as_slice()).await?;
        let here = db::members::of_account(&mut tx, actor.household, actor.account).await?;
        let name = here.ok_or(AppError::NotSignedIn)?.name;
        if is_of_a_demo(&db::accounts::find(&mut tx, actor.account).await?) {
            return Err(AppError::NotInDemo.into());
        }
        // A repeat whose first response was lost: the person is a member already.
        if db::invites::ended(&mut tx, &hash).await? == Some(actor.household) {
            drop(tx);
            return self.do_me(actor).await;
        }
        let joiner = Joiner::Known(actor.account);
        let (mut write, household) = self.write_join(tx, joiner, &hash, name, None).await?;
        // The account is locked: if a new password has ended this session meanwhile, it is seen here.
        if !db::sessions::move_to(&mut write.tx, actor.session, household).await? {
            return Err(AppError::NotSignedIn.into());
        }
        // Pages of this session still show the other household: they reconnect and find the new one.
        write.ends(vec![actor.session], close::POSITION_LOST);
        write.commit(self).await?;
        let mut tx = self.database.read().await?;
        let member = db::members::of_account(&mut tx, household, actor.account).await?;
        let member = member.ok_or(AppError::NotSignedIn)?.id;
        drop(tx);
        self.do_me(Actor { household, member, ..actor }).await
    }

    pub(super) async fn do_invited_to(&self, invite: String) -> Result<Name, Fault> {
        let mut tx = self.database.read().await?;
        let now = self.clock.now().millis();
        let household = db::invites::household(&mut tx, &token_hash(&invite), now).await?;
        let household = household.ok_or(AppError::InviteEnded)?;
        Ok(db::households::find(&mut tx, household).await?.name)
    }

    /// Uses up an invitation and writes the new member.
    async fn write_join(
        &self,
        mut tx: Tx,
        joiner: Joiner,
        invite: &[u8; 32],
        name: Name,
        key: Option<IdempotencyKey>,
    ) -> Result<(Write, HouseholdId), Fault> {
        let now = self.clock.now().millis();
        // Every writer locks the household first. Whether the invitation still works is checked after that.
        let household = db::invites::household(&mut tx, invite, now).await?.ok_or(AppError::InviteEnded)?;
        db::households::lock(&mut tx, household).await?;
        let household = db::invites::consume(&mut tx, invite, now).await?.ok_or(AppError::InviteEnded)?;
        let account = match joiner {
            Joiner::Known(account) => db::accounts::lock(&mut tx, account).await?.id,
            Joiner::Proven(proven) => proven.lock(&mut tx).await?.ok_or(AppError::WrongCredentials)?.id,
        };
        // A password link of another household's owner must not give access to this one.
        let news = end_links_of(&mut tx, account, now).await?;
        let others = db::members::list(&mut tx, household).await?;
        let colour = i64::try_from(others.len()).unwrap_or(0) % COLOURS;
        let active = others.iter().filter(|member| !member.removed).count();
        let is_full = i64::try_from(active).is_ok_and(|active| active >= Limit::Members.most())
            || others.len() >= MOST_MEMBERS_EVER;
        let full = || AppError::LimitReached { limit: Limit::Members };
        let member =
            Member { id: MemberId::new(), name, role: Role::Editor, colour, removed: false, version: 1 };
        if db::members::insert(&mut tx, household, account, &member, now).await? {
            if is_full {
                return Err(full().into());
            }
            let mut write = Write::begin_as(self, tx, household, member.id, key).await?;
            if let Some(closed) = write.closed {
                return Err(closed.into());
            }
            write.created(Change::MemberCreated(member));
            write.links(news);
            return Ok((write, household));
        }
        // A person who was a member before becomes the same member again.
        let old = db::members::of_account(&mut tx, household, account).await?;
        let old = old.filter(|old| old.removed).ok_or(AppError::AlreadyMember)?;
        if is_full {
            return Err(full().into());
        }
        let back = Member {
            name: member.name,
            role: Role::Editor,
            removed: false,
            version: old.version + 1,
            ..old.clone()
        };
        let mut write = Write::begin_as(self, tx, household, back.id, key).await?;
        if let Some(closed) = write.closed {
            return Err(closed.into());
        }
        db::members::set_removed(&mut write.tx, household, &back, now).await?;
        write.changed(Change::MemberUpdated(back), &old)?;
        write.links(news);
        Ok((write, household))
    }
}
