//! Signing up, in and out; devices; invitations used.

use super::{
    Ledger,
    fault::Fault,
    secrets::{token, token_hash},
    write::Write,
};
use crate::db::{self, Tx, accounts::Account, sessions::NewSession};
use app::{
    domain::{
        AccountId, Article, ArticleId, Currency, Email, FinancialCenter, FinancialCenterId, Household,
        HouseholdId, Language, Me, Member, MemberId, Money, Name, Reason, Refusals, Role, Session, SessionId,
        starter,
    },
    error::AppError,
    service::{Actor, Device, MeForm, Read, RegisterForm, SignedIn, Terms},
    wire::{Change, close},
};
use std::time::Duration;
use uuid::Uuid;

/// A session that is not seen for so long ends.
const SESSION_LIFE: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// How exactly `last_seen_at` is kept: one write a minute and device at most.
const SEEN_MS: i64 = 60_000;
const PASSWORD_MIN: u16 = 8;
const PASSWORD_MAX: u16 = 256;
const COLOURS: i64 = 8;

/// A registration whose fields are all right.
struct Registration {
    name: Name,
    email: Email,
    password: String,
    household: Option<Name>,
    currency: Currency,
    time_zone: String,
    language: Language,
}

impl Ledger {
    pub(super) async fn do_register(&self, device: Device, form: RegisterForm) -> Result<SignedIn, Fault> {
        self.attempts.check(&device.address, form.email.as_deref().unwrap_or_default())?;
        let new = registration(&form, device.language)?;
        if new.household.is_some() && !self.open {
            return Err(AppError::RegistrationClosed.into());
        }
        let invite = form.invite.as_deref().map(token_hash);
        if let Some(hash) = &invite {
            // Before the slow hash, and without using it up.
            let mut tx = self.database.read().await?;
            db::invites::household(&mut tx, hash, self.clock.now().millis())
                .await?
                .ok_or(AppError::InviteEnded)?;
        }
        let password_hash = self.passwords.hash(new.password.clone()).await?;
        let now = self.clock.now().millis();
        let mut tx = self.database.begin().await?;
        let account = AccountId::new();
        if !db::accounts::insert(&mut tx, account, &new.email, &password_hash, new.language, now).await? {
            return Err(AppError::field("email", Reason::Taken).into());
        }
        let (write, household) = match (&invite, &new.household) {
            (Some(hash), _) => self.write_join(tx, account, hash, new.name.clone()).await?,
            (None, Some(name)) => self.write_founding(tx, account, &new, name.clone()).await?,
            (None, None) => return Err(AppError::field("household", Reason::Required).into()),
        };
        self.finish_sign_in(write, account, household, &device).await
    }

    pub(super) async fn do_log_in(
        &self,
        device: Device,
        email: String,
        password: String,
    ) -> Result<SignedIn, Fault> {
        self.attempts.check(&device.address, &email)?;
        let account = match email.parse::<Email>() {
            Ok(email) => {
                let mut tx = self.database.read().await?;
                db::accounts::find_by_email(&mut tx, &email).await?
            }
            Err(_) => None,
        };
        let too_long = password.chars().count() > usize::from(PASSWORD_MAX);
        let password = if too_long { String::new() } else { password };
        let right =
            self.passwords.verify(password, account.as_ref().map(|row| row.password_hash.clone())).await?;
        let account = account.filter(|_| right).ok_or(AppError::WrongCredentials)?;
        let mut tx = self.database.begin().await?;
        // A new password set since we looked ends this attempt; one that is being set waits for us.
        if db::accounts::lock(&mut tx, account.id).await?.password_hash != account.password_hash {
            return Err(AppError::WrongCredentials.into());
        }
        let households = db::households::of_account(&mut tx, account.id).await?;
        let household = households.first().ok_or(AppError::WrongCredentials)?.id;
        let now = self.clock.now().millis();
        db::sessions::delete_expired(&mut tx, now).await?;
        let (token, actor) = self.insert_session(&mut tx, &account, household, &device).await?;
        tx.commit().await?;
        Ok(SignedIn { me: self.do_me(actor).await?, token })
    }

    pub(super) async fn do_join(&self, actor: Actor, invite: String) -> Result<Read<Me>, Fault> {
        let mut tx = self.database.begin().await?;
        let here = db::members::of_account(&mut tx, actor.household, actor.account).await?;
        let name = here.ok_or(AppError::NotSignedIn)?.name;
        let (mut write, household) = self.write_join(tx, actor.account, &token_hash(&invite), name).await?;
        db::sessions::move_to(&mut write.tx, actor.session, household).await?;
        write.commit(self).await?;
        // Pages of this session still show the other household: they come back and find this one.
        self.hub.end_session(actor.session, close::POSITION_LOST);
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

    pub(super) async fn do_actor(&self, token: String) -> Result<Actor, Fault> {
        let now = self.clock.now().millis();
        let mut tx = self.database.read().await?;
        let found = db::sessions::actor(&mut tx, &token_hash(&token), now).await?;
        drop(tx);
        let (actor, seen) = found.ok_or(AppError::NotSignedIn)?;
        if now - seen >= SEEN_MS {
            let mut tx = self.database.begin().await?;
            db::sessions::touch(&mut tx, actor.session, now, now + millis(SESSION_LIFE)).await?;
            tx.commit().await?;
        }
        Ok(actor)
    }

    pub(super) async fn do_log_out(&self, actor: Actor) -> Result<(), Fault> {
        self.do_end_session(actor, actor.session).await
    }

    pub(super) async fn do_end_session(&self, actor: Actor, id: SessionId) -> Result<(), Fault> {
        let mut tx = self.database.begin().await?;
        if !db::sessions::delete(&mut tx, id, actor.account).await? {
            return Err(AppError::NotFound.into());
        }
        self.commit_and_close(tx, vec![id], close::NOT_SIGNED_IN).await
    }

    /// Commits, then closes the sockets of these sessions; as a task of its own, so that a caller who
    /// hangs up in between leaves no socket open that should be closed.
    async fn commit_and_close(&self, tx: Tx, sessions: Vec<SessionId>, code: u16) -> Result<(), Fault> {
        let hub = self.hub.clone();
        let finished = tokio::spawn(async move {
            tx.commit().await?;
            for session in sessions {
                hub.end_session(session, code);
            }
            Ok::<_, sqlx::Error>(())
        });
        Ok(finished.await.map_err(|error| Fault::Other(error.to_string()))??)
    }

    pub(super) async fn do_sessions(&self, actor: Actor) -> Result<Vec<Session>, Fault> {
        let mut tx = self.database.read().await?;
        let sessions = db::sessions::list(&mut tx, actor.account, self.clock.now().millis()).await?;
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
        refusals.finish()?;
        let mut tx = self.database.read().await?;
        let account = db::accounts::find(&mut tx, actor.account).await?;
        drop(tx);
        self.attempts.check("", &account.email)?;
        if !self.passwords.verify(old, Some(account.password_hash)).await? {
            return Err(AppError::field("old", Reason::WrongPassword).into());
        }
        let hash = self.passwords.hash(new).await?;
        let mut tx = self.database.begin().await?;
        db::accounts::set_password(&mut tx, actor.account, &hash).await?;
        let ended = db::sessions::delete_others(&mut tx, actor.account, actor.session).await?;
        self.commit_and_close(tx, ended, close::NOT_SIGNED_IN).await
    }

    pub(super) async fn do_me(&self, actor: Actor) -> Result<Read<Me>, Fault> {
        let mut tx = self.database.read().await?;
        let position = db::households::position(&mut tx, actor.household).await?;
        let member = db::members::find(&mut tx, actor.household, actor.member).await?;
        let account = db::accounts::find(&mut tx, actor.account).await?;
        let value = Me {
            member: member.ok_or(AppError::NotSignedIn)?,
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
        refusals.finish()?;
        let mut actor = actor;
        if let Some(household) = household {
            // Before anything is written: what is refused changes nothing.
            let mut tx = self.database.read().await?;
            let member = db::members::of_account(&mut tx, household, actor.account).await?;
            member.ok_or_else(|| AppError::field("household_id", Reason::NotFound))?;
        }
        if form.name.is_some() || form.colour.is_some() {
            self.do_revise_member(actor, terms, actor.member, form).await?;
        }
        let mut tx = self.database.begin().await?;
        if let Some(language) = language {
            db::accounts::set_language(&mut tx, actor.account, language).await?;
        }
        let moves = household.filter(|household| *household != actor.household);
        if let Some(household) = moves {
            let member = db::members::of_account(&mut tx, household, actor.account).await?;
            let member = member.ok_or_else(|| AppError::field("household_id", Reason::NotFound))?;
            db::sessions::move_to(&mut tx, actor.session, household).await?;
            actor = Actor { household, member: member.id, ..actor };
        }
        let moved = moves.map(|_| actor.session).into_iter().collect();
        self.commit_and_close(tx, moved, close::POSITION_LOST).await?;
        self.do_me(actor).await
    }

    /// Uses an invitation up and writes the new member.
    async fn write_join(
        &self,
        mut tx: Tx,
        account: AccountId,
        invite: &[u8; 32],
        name: Name,
    ) -> Result<(Write, HouseholdId), Fault> {
        let now = self.clock.now().millis();
        let household = db::invites::consume(&mut tx, invite, now).await?.ok_or(AppError::InviteEnded)?;
        let others = db::members::list(&mut tx, household).await?;
        let colour = i64::try_from(others.len()).unwrap_or(0) % COLOURS;
        let member = Member { id: MemberId::new(), name, role: Role::Editor, colour, version: 1 };
        if !db::members::insert(&mut tx, household, account, &member, now).await? {
            return Err(AppError::AlreadyMember.into());
        }
        let mut write = Write::begin_as(self, tx, household, member.id).await?;
        write.created(Change::MemberCreated(member));
        Ok((write, household))
    }

    /// Writes a household with its founder, its starter tree of articles and two centers.
    async fn write_founding(
        &self,
        mut tx: Tx,
        account: AccountId,
        new: &Registration,
        name: Name,
    ) -> Result<(Write, HouseholdId), Fault> {
        let now = self.clock.now().millis();
        let household = Household {
            id: HouseholdId::new(),
            name,
            currency: new.currency,
            time_zone: new.time_zone.clone(),
            version: 1,
        };
        let member =
            Member { id: MemberId::new(), name: new.name.clone(), role: Role::Owner, colour: 0, version: 1 };
        db::households::insert(&mut tx, &household, Uuid::new_v4(), now).await?;
        db::members::insert(&mut tx, household.id, account, &member, now).await?;
        let mut write = Write::begin_as(self, tx, household.id, member.id).await?;
        write.created(Change::HouseholdUpdated(household.clone()));
        write.created(Change::MemberCreated(member));
        let named = |text: &str| text.parse::<Name>().map_err(|error| Fault::Other(error.to_string()));
        for root in starter::articles(new.language) {
            let parent = article(named(root.name)?, root.kind, None);
            let mut rows = vec![parent.clone()];
            for child in root.children {
                rows.push(article(named(child)?, root.kind, Some(parent.id)));
            }
            for row in rows {
                db::articles::insert(&mut write.tx, household.id, &row, now).await?;
                write.created(Change::ArticleCreated(row));
            }
        }
        for name in starter::financial_centers(new.language) {
            let center = FinancialCenter {
                id: FinancialCenterId::new(),
                name: named(name)?,
                currency: household.currency,
                opening_balance: Money::zero(household.currency),
                archived: false,
                version: 1,
            };
            db::financial_centers::insert(&mut write.tx, household.id, &center, now).await?;
            write.created(Change::FinancialCenterCreated(center));
        }
        Ok((write, household.id))
    }

    async fn finish_sign_in(
        &self,
        mut write: Write,
        account: AccountId,
        household: HouseholdId,
        device: &Device,
    ) -> Result<SignedIn, Fault> {
        let account = db::accounts::find(&mut write.tx, account).await?;
        let (token, actor) = self.insert_session(&mut write.tx, &account, household, device).await?;
        write.commit(self).await?;
        Ok(SignedIn { me: self.do_me(actor).await?, token })
    }

    async fn insert_session(
        &self,
        tx: &mut Tx,
        account: &Account,
        household: HouseholdId,
        device: &Device,
    ) -> Result<(String, Actor), Fault> {
        let member =
            db::members::of_account(tx, household, account.id).await?.ok_or(AppError::WrongCredentials)?;
        let (token, now) = (token()?, self.clock.now().millis());
        let name: String = device.name.chars().filter(|c| !c.is_control()).take(200).collect();
        let session = NewSession {
            id: SessionId::new(),
            account: account.id,
            household,
            token_hash: &token_hash(&token),
            device: &name,
            now,
            expires_at: now + millis(SESSION_LIFE),
        };
        db::sessions::insert(tx, &session).await?;
        let actor = Actor {
            account: account.id,
            household,
            member: member.id,
            session: session.id,
            language: account.language,
        };
        Ok((token, actor))
    }
}

fn article(name: Name, kind: app::domain::Kind, parent_id: Option<ArticleId>) -> Article {
    Article { id: ArticleId::new(), name, kind, parent_id, archived: false, version: 1 }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn registration(form: &RegisterForm, language: Language) -> Result<Registration, Fault> {
    let mut refusals = Refusals::default();
    let name = refusals.required("name", form.name.as_ref());
    let email = refusals.required("email", form.email.as_ref());
    let password = form.password.clone().unwrap_or_default();
    check_password(&mut refusals, "password", &password);
    let household =
        if form.invite.is_some() { None } else { refusals.required("household", form.household.as_ref()) };
    let currency = refusals.optional("currency", form.currency.as_ref()).unwrap_or(Currency::EUR);
    let time_zone = form.time_zone.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "UTC".into());
    check_time_zone(&mut refusals, &time_zone);
    let language = refusals.optional("language", form.language.as_ref()).unwrap_or(language);
    let named = name.zip(email);
    Ok(refusals.and(named.map(|(name, email)| Registration {
        name,
        email,
        password,
        household,
        currency,
        time_zone,
        language,
    }))?)
}

fn check_password(refusals: &mut Refusals, field: &str, password: &str) {
    let length = password.chars().count();
    if password.is_empty() {
        refusals.add(field, Reason::Required);
    } else if length < usize::from(PASSWORD_MIN) {
        refusals.add(field, Reason::TooShort(PASSWORD_MIN));
    } else if length > usize::from(PASSWORD_MAX) {
        refusals.add(field, Reason::TooLong(PASSWORD_MAX));
    }
}

/// Notes a name that the time-zone database does not know.
pub(super) fn check_time_zone(refusals: &mut Refusals, name: &str) {
    if jiff::tz::TimeZone::get(name).is_err() {
        refusals.add("time_zone", Reason::UnknownTimeZone);
    }
}
