//! The ledger: [`BudgetService`] over the database, the bus and the clock.
//!
//! It holds the rules: only here is decided what a household may read and who may write. It knows nothing of
//! HTTP.

mod accounts;
mod articles;
mod attempts;
pub mod cleaning;
mod commands;
mod deciding;
mod deleting;
pub mod demo;
mod due;
mod erasure;
mod facts;
pub mod fault;
mod financial_centers;
mod fingerprint;
mod founding;
mod groups;
mod household;
mod joining;
mod leaving;
mod links;
mod loaded;
mod merging;
mod ownership;
mod password_links;
mod password_rules;
pub mod passwords;
mod plans;
mod reading;
mod recurring;
pub mod registration;
mod replaced;
mod rows;
mod sealed;
mod secrets;
mod seen;
mod sockets;
mod storing;
mod sums;
mod write;

pub use attempts::Attempts;

use crate::{bus::Bus, clock::Clock, db::Database};
use app::{
    command::{Command, Subject},
    domain::*,
    error::AppError,
    service::{
        Actor, Answer, BudgetService, Device, Event, FactPage, FactQuery, FoundFacts, Grid, MeForm, Read,
        RegisterForm, SignedIn, Since, Snapshot, Terms, Written,
    },
};
use fault::Fault;

/// The book of every household.
#[derive(Clone)]
pub struct Ledger {
    database: Database,
    bus: Bus,
    clock: Clock,
    passwords: secrets::Passwords,
    replaced: replaced::ReplacedPasswords,
    attempts: Attempts,
    seen: seen::SeenSessions,
    /// Whether anybody may found a household; otherwise an invitation is needed.
    open: bool,
}

impl Ledger {
    /// A ledger over a database.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn new(
        database: Database,
        bus: Bus,
        clock: Clock,
        attempts: Attempts,
        open: bool,
    ) -> Result<Self, Fault> {
        let (passwords, seen) = (secrets::Passwords::new()?, seen::SeenSessions::default());
        let replaced = replaced::ReplacedPasswords::default();
        Ok(Self { database, bus, clock, passwords, replaced, attempts, seen, open })
    }

    /// The database, for commands that concern all of it.
    pub(crate) const fn database(&self) -> &Database {
        &self.database
    }

    /// Checks that the database answers.
    ///
    /// # Errors
    /// If it does not.
    pub async fn ping(&self) -> Result<(), AppError> {
        self.database.ping().await.map_err(|error| Fault::from(error).answer())
    }

    /// Whether the database accepts writes.
    pub async fn takes_writes(&self) -> bool {
        self.database.takes_writes().await
    }

    /// Why the database accepts no writes; `None` if it accepts them.
    pub async fn refusal_of_writes(&self) -> Option<AppError> {
        self.database.refusal_of_writes().await
    }
}

/// Each call runs the method of the same name with the prefix `do_`, or one of `rows`, and turns a fault into
/// a response.
impl BudgetService for Ledger {
    fn register(&self, device: Device, terms: Terms, form: RegisterForm) -> Answer<'_, SignedIn> {
        Box::pin(async move { self.do_register(device, terms, form).await.map_err(Fault::answer) })
    }

    fn now(&self) -> Instant {
        self.clock.now()
    }

    fn log_in(&self, device: Device, email: String, password: String) -> Answer<'_, SignedIn> {
        Box::pin(async move { self.do_log_in(device, email, password).await.map_err(Fault::answer) })
    }

    fn join(&self, actor: Actor, invite: String) -> Answer<'_, Read<Me>> {
        Box::pin(async move { self.do_join(actor, invite).await.map_err(Fault::answer) })
    }

    fn invited_to(&self, invite: String) -> Answer<'_, Name> {
        Box::pin(async move { self.do_invited_to(invite).await.map_err(Fault::answer) })
    }

    fn actor(&self, token: String) -> Answer<'_, Actor> {
        Box::pin(async move { self.do_actor(token).await.map_err(Fault::answer) })
    }

    fn acting_as(&self, actor: Actor, member: MemberId) -> Answer<'_, Actor> {
        Box::pin(async move { self.do_acting_as(actor, member).await.map_err(Fault::answer) })
    }

    fn log_out(&self, actor: Actor) -> Answer<'_, ()> {
        Box::pin(async move { self.do_log_out(actor).await.map_err(Fault::answer) })
    }

    fn me(&self, actor: Actor) -> Answer<'_, Read<Me>> {
        Box::pin(async move { self.do_me(actor).await.map_err(Fault::answer) })
    }

    fn change_me(&self, actor: Actor, terms: Terms, form: MeForm) -> Answer<'_, Read<Me>> {
        Box::pin(async move { self.do_change_me(actor, terms, form).await.map_err(Fault::answer) })
    }

    fn change_password(&self, actor: Actor, old: String, new: String) -> Answer<'_, ()> {
        Box::pin(async move { self.do_change_password(actor, old, new).await.map_err(Fault::answer) })
    }

    fn delete_account(&self, actor: Actor, password: String) -> Answer<'_, ()> {
        Box::pin(async move { self.do_delete_account(actor, password).await.map_err(Fault::answer) })
    }

    fn delete_account_by_email(
        &self,
        device: Device,
        email: String,
        password: String,
    ) -> Answer<'_, AccountId> {
        Box::pin(async move {
            self.do_delete_account_by_email(device, email, password).await.map_err(Fault::answer)
        })
    }

    fn password_link(&self, token: String) -> Answer<'_, (Name, String)> {
        Box::pin(async move { self.do_password_link(token).await.map_err(Fault::answer) })
    }

    fn use_password_link(&self, token: String, new: String) -> Answer<'_, ()> {
        Box::pin(async move { self.do_use_password_link(token, new).await.map_err(Fault::answer) })
    }

    fn sessions(&self, actor: Actor) -> Answer<'_, Vec<Session>> {
        Box::pin(async move { self.do_sessions(actor).await.map_err(Fault::answer) })
    }

    fn end_session(&self, actor: Actor, id: SessionId) -> Answer<'_, ()> {
        Box::pin(async move { self.do_end_session(actor, id).await.map_err(Fault::answer) })
    }

    fn write(&self, actor: Actor, terms: Terms, command: Command) -> Answer<'_, Written<Subject>> {
        Box::pin(async move { self.carry_out(actor, terms, command).await.map_err(Fault::answer) })
    }

    fn household(&self, actor: Actor) -> Answer<'_, Read<Household>> {
        Box::pin(async move { self.do_household(actor).await.map_err(Fault::answer) })
    }

    fn members(&self, actor: Actor) -> Answer<'_, Read<Vec<Member>>> {
        Box::pin(async move { self.do_members(actor).await.map_err(Fault::answer) })
    }

    fn remove_member(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>> {
        Box::pin(async move { self.do_remove_member(actor, terms, id).await.map_err(Fault::answer) })
    }

    fn hand_over(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>> {
        Box::pin(async move { self.do_hand_over(actor, terms, id).await.map_err(Fault::answer) })
    }

    fn close_household(&self, actor: Actor, terms: Terms, name: String) -> Answer<'_, Written<Household>> {
        Box::pin(async move { self.do_close_household(actor, terms, name).await.map_err(Fault::answer) })
    }

    fn reopen_household(&self, actor: Actor, terms: Terms) -> Answer<'_, Written<Household>> {
        Box::pin(async move { self.do_reopen_household(actor, terms).await.map_err(Fault::answer) })
    }

    fn password_links(&self, actor: Actor) -> Answer<'_, Vec<OpenPasswordLink>> {
        Box::pin(async move { self.do_password_links(actor).await.map_err(Fault::answer) })
    }

    fn make_password_link(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
        base: String,
    ) -> Answer<'_, Written<PasswordLink>> {
        Box::pin(
            async move { self.do_make_password_link(actor, terms, id, base).await.map_err(Fault::answer) },
        )
    }

    fn withdraw_password_link(&self, actor: Actor, id: MemberId) -> Answer<'_, ()> {
        Box::pin(async move { self.do_withdraw_password_link(actor, id).await.map_err(Fault::answer) })
    }

    fn invites(&self, actor: Actor) -> Answer<'_, Vec<Invite>> {
        Box::pin(async move { self.do_invites(actor).await.map_err(Fault::answer) })
    }

    fn invite(&self, actor: Actor, terms: Terms, base: String) -> Answer<'_, Written<InviteLink>> {
        Box::pin(async move { self.do_invite(actor, terms, base).await.map_err(Fault::answer) })
    }

    fn withdraw_invite(&self, actor: Actor, id: InviteId) -> Answer<'_, ()> {
        Box::pin(async move { self.do_withdraw_invite(actor, id).await.map_err(Fault::answer) })
    }

    fn facts(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<FactPage>> {
        Box::pin(async move { self.do_facts(actor, query).await.map_err(Fault::answer) })
    }

    fn found_facts(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<FoundFacts>> {
        Box::pin(async move { self.do_found_facts(actor, query).await.map_err(Fault::answer) })
    }

    fn fact_days(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<Vec<(Day, i64)>>> {
        Box::pin(async move { self.do_fact_days(actor, query).await.map_err(Fault::answer) })
    }

    fn fact(&self, actor: Actor, id: FactId) -> Answer<'_, Read<Fact>> {
        Box::pin(async move { self.row(actor, id).await.map_err(Fault::answer) })
    }

    fn group(&self, actor: Actor, kind: GroupKind, id: GroupId) -> Answer<'_, Read<FactGroup>> {
        Box::pin(async move { self.do_group(actor, kind, id).await.map_err(Fault::answer) })
    }

    fn articles(&self, actor: Actor) -> Answer<'_, Read<Vec<Article>>> {
        Box::pin(async move { self.do_articles(actor).await.map_err(Fault::answer) })
    }

    fn article(&self, actor: Actor, id: ArticleId) -> Answer<'_, Read<Article>> {
        Box::pin(async move { self.row(actor, id).await.map_err(Fault::answer) })
    }

    fn financial_centers(&self, actor: Actor) -> Answer<'_, Read<Vec<Balance>>> {
        Box::pin(async move { self.do_financial_centers(actor).await.map_err(Fault::answer) })
    }

    fn financial_center(&self, actor: Actor, id: FinancialCenterId) -> Answer<'_, Read<FinancialCenter>> {
        Box::pin(async move { self.row(actor, id).await.map_err(Fault::answer) })
    }

    fn center_history(
        &self,
        actor: Actor,
        id: FinancialCenterId,
        from: Option<Month>,
        to: Option<Month>,
    ) -> Answer<'_, Read<Vec<MonthBalance>>> {
        Box::pin(async move { self.do_center_history(actor, id, from, to).await.map_err(Fault::answer) })
    }

    fn all_recurring(&self, actor: Actor) -> Answer<'_, Read<Vec<Recurring>>> {
        Box::pin(async move { self.do_all_recurring(actor).await.map_err(Fault::answer) })
    }

    fn recurring(&self, actor: Actor, id: RecurringId) -> Answer<'_, Read<Recurring>> {
        Box::pin(async move { self.row(actor, id).await.map_err(Fault::answer) })
    }

    fn plans(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Read<Vec<Plan>>> {
        Box::pin(async move { self.do_plans(actor, from, to).await.map_err(Fault::answer) })
    }

    fn grid(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Grid> {
        Box::pin(async move { self.do_grid(actor, from, to).await.map_err(Fault::answer) })
    }

    fn summary(&self, actor: Actor, month: Option<Month>) -> Answer<'_, Read<Summary>> {
        Box::pin(async move { self.do_summary(actor, month).await.map_err(Fault::answer) })
    }

    fn snapshot(&self, actor: Actor) -> Answer<'_, Snapshot> {
        Box::pin(async move { self.do_snapshot(actor).await.map_err(Fault::answer) })
    }

    fn events(&self, actor: Actor, since: Since, limit: i64) -> Answer<'_, Read<Vec<Event>>> {
        Box::pin(async move { self.do_events(actor, since, limit).await.map_err(Fault::answer) })
    }
}
