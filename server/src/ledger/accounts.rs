//! Signing in and out, the list of devices, and what people change about themselves.

use super::{
    Ledger,
    fault::Fault,
    password_links::{end_links_of, replace_password},
    password_rules::check_password,
    sealed::LinkNews,
    secrets::{token, token_hash},
    write::Write,
};
use crate::db::{self, Tx, accounts::Account, sessions::NewSession};
use app::{
    command::{Command, household::check_member},
    domain::{AccountId, HouseholdId, Language, Me, MemberId, Reason, Refusals, Session, SessionId},
    error::AppError,
    service::{Actor, Device, MeForm, MemberForm, Read, SignedIn, Terms},
    wire::close,
};

/// How long a session lasts after it was last used.
pub(super) const SESSION_LIFE_MS: i64 = 60 * 24 * 60 * 60 * 1000;
/// The most devices that one account may be signed in on. A new one ends the session that was not used for
/// longest: a refusal would lock people out because of devices that they no longer have.
const MOST_SESSIONS: usize = 100;

impl Ledger {
    pub(super) async fn do_log_in(
        &self,
        device: Device,
        email: String,
        password: String,
    ) -> Result<SignedIn, Fault> {
        let proven = self.prove_by_email(&device, &email, password).await?;
        let mut tx = self.database.begin().await?;
        let account = proven.lock(&mut tx).await?.ok_or(AppError::WrongCredentials)?;
        let households = db::households::of_account(&mut tx, account.id).await?;
        let household = households.first().ok_or(AppError::NoHousehold)?.id;
        let (token, actor, ended, news) = self.insert_session(&mut tx, &account, household, &device).await?;
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await?;
        Ok(SignedIn { me: self.do_me(actor).await?, token, repeated: false })
    }

    pub(super) async fn do_actor(&self, token: String) -> Result<Actor, Fault> {
        let hash = token_hash(&token);
        let read = || async {
            let mut tx = self.database.glance().await?;
            Ok(db::actors::actor(&mut tx, &hash).await?)
        };
        Ok(self.unless_expired(read, |found| *found).await?.0)
    }

    pub(super) async fn do_acting_as(&self, actor: Actor, member: MemberId) -> Result<Actor, Fault> {
        if actor.member == member {
            return Ok(actor);
        }
        let mut tx = self.database.read().await?;
        let own = db::members::of_one(&mut tx, actor.account).await?;
        let named = own.into_iter().find(|(_, own)| *own == member);
        let (household, member) = named.ok_or(AppError::OtherMember)?;
        Ok(Actor { household, member, ..actor })
    }

    pub(super) async fn do_log_out(&self, actor: Actor) -> Result<(), Fault> {
        self.do_end_session(actor, actor.session).await
    }

    pub(super) async fn do_end_session(&self, actor: Actor, id: SessionId) -> Result<(), Fault> {
        let mut tx = self.database.begin().await?;
        if !db::sessions::end(&mut tx, id, actor.account, self.clock.now().millis()).await? {
            return Err(AppError::NotFound.into());
        }
        self.commit_and_close(tx, vec![id], close::NOT_SIGNED_IN).await
    }

    /// Commits, then closes the sockets of these sessions.
    pub(super) async fn commit_and_close(
        &self,
        tx: Tx,
        sessions: Vec<SessionId>,
        code: u16,
    ) -> Result<(), Fault> {
        self.commit_and_tell(tx, (sessions, code), Vec::new()).await
    }

    /// Commits a change that is in no log, then closes the sockets of these sessions and announces changed
    /// links. Runs as a task of its own: if the caller hangs up in between, no socket stays open that should
    /// be closed, and no list of links stays outdated.
    pub(super) async fn commit_and_tell(
        &self,
        tx: Tx,
        (sessions, code): (Vec<SessionId>, u16),
        news: LinkNews,
    ) -> Result<(), Fault> {
        let bus = self.bus.clone();
        let finished = tokio::spawn(async move {
            tx.commit().await?;
            for session in sessions {
                bus.ended(session, code);
            }
            for (household, links) in news {
                bus.links_changed(household, links);
            }
            Ok::<_, sqlx::Error>(())
        });
        Ok(finished.await.map_err(|error| Fault::Other(error.to_string()))??)
    }

    pub(super) async fn do_sessions(&self, actor: Actor) -> Result<Vec<Session>, Fault> {
        let mut tx = self.database.read().await?;
        let sessions = self.lasting_sessions(&mut tx, actor.account).await?;
        let mark = |session: Session| Session { current: session.id == actor.session, ..session };
        Ok(sessions.into_iter().map(mark).collect())
    }

    pub(super) async fn do_change_password(
        &self,
        actor: Actor,
        old: String,
        new: String,
    ) -> Result<(), Fault> {
        let mut refusals = Refusals::default();
        check_password(&mut refusals, "new", &new);
        let mut tx = self.database.read().await?;
        let account = db::accounts::find(&mut tx, actor.account).await?;
        drop(tx);
        self.count_change(account.id).await?;
        let wrong = || AppError::field("old", Reason::WrongPassword);
        let proven = self.prove(Some(account.clone()), old.clone()).await?;
        if !refusals.is_empty() {
            // Both fields are named at once.
            if proven.is_none() {
                refusals.add("old", Reason::WrongPassword);
            }
            refusals.finish()?;
        }
        let Some(proven) = proven else {
            // An earlier attempt may have succeeded, and its response may have been lost.
            let repeated = self.prove(self.replaced.former(&account), old).await?.is_some();
            let done = self.prove(Some(account), new).await?.is_some();
            return if repeated && done { Ok(()) } else { Err(wrong().into()) };
        };
        let hash = self.passwords.hash(new).await?;
        let mut tx = self.database.begin().await?;
        proven.lock(&mut tx).await?.ok_or_else(wrong)?;
        let now = self.clock.now().millis();
        let news = replace_password(&mut tx, actor.account, &hash, now).await?;
        let ended = db::sessions::end_others(&mut tx, actor.account, actor.session, now).await?;
        // Before the commit, which goes on if the caller hangs up.
        self.replaced.keep(account);
        self.commit_and_tell(tx, (ended, close::NOT_SIGNED_IN), news).await
    }

    pub(super) async fn do_me(&self, actor: Actor) -> Result<Read<Me>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let member = db::members::find(&mut tx, actor.household, actor.member).await?;
        let account = db::accounts::find(&mut tx, actor.account).await?;
        let value = Me {
            member: member.filter(|member| !member.removed).ok_or(AppError::NotSignedIn)?,
            household: db::households::find(&mut tx, actor.household).await?,
            households: db::households::of_account(&mut tx, actor.account).await?,
            email: account.email,
            language: account.language,
        };
        Ok(Read { value, position })
    }

    pub(super) async fn do_change_me(
        &self,
        actor: Actor,
        terms: Terms,
        form: MeForm,
    ) -> Result<Read<Me>, Fault> {
        let mut refusals = Refusals::default();
        let language: Option<Language> = refusals.optional("language", form.language.as_ref());
        let household: Option<HouseholdId> = refusals.optional("household_id", form.household_id.as_ref());
        let MeForm { name, colour, .. } = &form;
        check_member(&mut refusals, name.as_ref(), *colour);
        refusals.finish()?;
        let mut there = actor;
        if let Some(household) = household.filter(|household| *household != actor.household) {
            let mut tx = self.database.read().await?;
            let member = db::members::of_account(&mut tx, household, actor.account).await?;
            let member = member.filter(|member| !member.removed);
            let member = member.ok_or_else(|| AppError::field("household_id", Reason::NotFound))?.id;
            there = Actor { household, member, ..actor };
        }
        // First the part that can be refused. It runs in the new household, where a repeat looks for its key.
        let MeForm { name, colour, .. } = form;
        if name.is_some() || colour.is_some() {
            let (id, form) = (there.member, MemberForm { name, colour });
            self.carry_out(there, terms, Command::ReviseMember { id, form }).await?;
        }
        let mut tx = self.database.begin_in(&[there.household]).await?;
        let mut moved = Vec::new();
        if household.is_some() {
            self.check_member(&mut tx, there).await?;
            // Not compared with the actor's: the request may name a member of another household than the session is in.
            let now = db::sessions::household(&mut tx, actor.session).await?.ok_or(AppError::NotSignedIn)?;
            if now != there.household
                && db::sessions::move_to(&mut tx, actor.session, there.household).await?
            {
                moved.push(actor.session);
            }
        }
        if let Some(language) = language {
            db::accounts::set_language(&mut tx, actor.account, language).await?;
        }
        self.commit_and_close(tx, moved, close::POSITION_LOST).await?;
        self.do_me(there).await
    }

    pub(super) async fn finish_sign_in(
        &self,
        mut write: Write,
        account: AccountId,
        household: HouseholdId,
        device: &Device,
    ) -> Result<SignedIn, Fault> {
        let account = db::accounts::find(&mut write.tx, account).await?;
        let (token, actor, ended, news) =
            self.insert_session(&mut write.tx, &account, household, device).await?;
        write.ends(ended, close::NOT_SIGNED_IN);
        write.links(news);
        write.commit(self).await?;
        Ok(SignedIn { me: self.do_me(actor).await?, token, repeated: false })
    }

    /// Starts a session. Also returns the sessions that it ends, whose sockets close on commit, and the
    /// changed links.
    pub(super) async fn insert_session(
        &self,
        tx: &mut Tx,
        account: &Account,
        household: HouseholdId,
        device: &Device,
    ) -> Result<(String, Actor, Vec<SessionId>, LinkNews), Fault> {
        let member = db::members::of_account(tx, household, account.id).await?;
        let member = member.filter(|member| !member.removed).ok_or(AppError::WrongCredentials)?;
        let (token, now) = (token()?, self.clock.now().millis());
        let name: String = device.name.chars().filter(|c| !c.is_control()).take(200).collect();
        let session = NewSession {
            id: SessionId::new(),
            account: account.id,
            household,
            token_hash: &token_hash(&token),
            device: &name,
            now,
            expires_at: now + SESSION_LIFE_MS,
        };
        let mut ended = Vec::new();
        for device in self.lasting_sessions(tx, account.id).await?.into_iter().skip(MOST_SESSIONS - 1) {
            if db::sessions::end(tx, device.id, account.id, now).await? {
                ended.push(device.id);
            }
        }
        db::sessions::insert(tx, &session).await?;
        // A person who signs in needs no password link any more.
        let news = end_links_of(tx, account.id, now).await?;
        let actor = Actor {
            account: account.id,
            household,
            member: member.id,
            session: session.id,
            language: account.language,
        };
        Ok((token, actor, ended, news))
    }
}

/// Adds a refusal for a name that the time-zone database does not know.
pub(super) fn check_time_zone(refusals: &mut Refusals, name: &str) {
    if !time_zone_exists(name) {
        refusals.add("time_zone", Reason::UnknownTimeZone);
    }
}

/// Whether the time-zone database knows a name.
pub(super) fn time_zone_exists(name: &str) -> bool {
    jiff::tz::TimeZone::get(name).is_ok()
}
