//! The interface between `app` and the ledger: one trait, which the server implements as `Ledger`.

mod forms;
mod readings;

pub use crate::{
    command::Terms,
    domain::household::{HouseholdForm, MemberForm},
};
pub use forms::{MeForm, RegisterForm};
pub use readings::{Event, FactPage, FactQuery, FoundFacts, Grid, Since, Snapshot};

use crate::{
    command::{Command, Subject},
    domain::{
        financial_center::Balance,
        household::{Invite, InviteLink, Me, OpenPasswordLink, PasswordLink, Session},
        *,
    },
    error::AppError,
    wire::Position,
};
use serde::{Deserialize, Serialize};
use std::{pin::Pin, sync::Arc};

/// Who sends a request: taken from the session, never from the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The household of the session.
    pub household: HouseholdId,
    /// The member in it.
    pub member: MemberId,
    /// The session of the device.
    pub session: SessionId,
    /// The language of responses.
    pub language: Language,
}

/// A value and the position of the log at which it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// The value includes every change up to here and none after.
    pub position: Position,
}

/// The result of a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written<T> {
    /// The row as it is now.
    pub value: T,
    /// The position of this write; for a repeat, of the first one.
    pub position: Position,
    /// Whether the write is a repeat, which changed nothing.
    pub repeated: bool,
    /// Whether it changed nothing because another command had done the same before.
    #[serde(default)]
    pub already: bool,
}

impl Written<Subject> {
    /// Converts to the type of the command's subject.
    ///
    /// # Errors
    /// [`AppError::Internal`] if the subject has another type.
    pub fn of<T: TryFrom<Subject, Error = AppError>>(self) -> Result<Written<T>, AppError> {
        let Self { value, position, repeated, already } = self;
        Ok(Written { value: value.try_into()?, position, repeated, already })
    }
}

impl<T: Into<Subject>> Written<T> {
    /// Wraps the value as the subject of a command.
    pub fn subject(self) -> Written<Subject> {
        let Self { value, position, repeated, already } = self;
        Written { value: value.into(), position, repeated, already }
    }
}

/// Who sends a request, resolved once for every face of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The actor, or why there is none.
    pub actor: Result<Actor, AppError>,
    /// The person's language, or else the request's.
    pub language: Language,
    /// The theme of this browser.
    pub theme: Theme,
    /// The device that it comes from.
    pub device: Device,
    /// The base of addresses under which the browser reaches us, `https://budget.example`.
    pub base_url: String,
    /// Whether it reached us over TLS.
    pub secure: bool,
}

/// A new session. The token goes into the cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The signed-in person.
    pub me: Read<Me>,
    /// The secret of the session.
    pub token: String,
    /// Whether the request is a repeat, whose first answer was lost.
    pub repeated: bool,
}

/// Where a request comes from, for the list of devices and the rate limits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The browser's `User-Agent`.
    pub name: String,
    /// The network address.
    pub address: String,
    /// The language of the request.
    pub language: Language,
}

/// The future of a call.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send + 'a>>;

/// The service, shared by all requests.
pub type Service = Arc<dyn BudgetService>;

/// The rules of the book, behind both faces: server functions and the HTTP API.
///
/// Every call takes the [`Actor`] first and accesses that actor's household only. The calls without an actor
/// are those by which a person becomes one.
pub trait BudgetService: Send + Sync + 'static {
    /// Founds a household or joins one; begins a session.
    fn register(&self, device: Device, terms: Terms, form: RegisterForm) -> Answer<'_, SignedIn>;
    /// The current time.
    fn now(&self) -> Instant;
    /// Begins a session.
    fn log_in(&self, device: Device, email: String, password: String) -> Answer<'_, SignedIn>;
    /// Joins another household with an existing account; the session moves there.
    fn join(&self, actor: Actor, invite: String) -> Answer<'_, Read<Me>>;
    /// The name of the household that an invitation leads to.
    fn invited_to(&self, invite: String) -> Answer<'_, Name>;
    /// The actor of a session token.
    fn actor(&self, token: String) -> Answer<'_, Actor>;
    /// The same person acting as this member, one of the account's own, in that member's household.
    fn acting_as(&self, actor: Actor, member: MemberId) -> Answer<'_, Actor>;
    /// Ends this session and closes its sockets.
    fn log_out(&self, actor: Actor) -> Answer<'_, ()>;
    /// Returns who is signed in.
    fn me(&self, actor: Actor) -> Answer<'_, Read<Me>>;
    /// Changes one's own name, colour, language, or household.
    fn change_me(&self, actor: Actor, terms: Terms, form: MeForm) -> Answer<'_, Read<Me>>;
    /// Sets a new password; all other sessions end.
    fn change_password(&self, actor: Actor, old: String, new: String) -> Answer<'_, ()>;
    /// Deletes the account: the person leaves every household and can no longer sign in. What they recorded
    /// stays, under their name.
    fn delete_account(&self, actor: Actor, password: String) -> Answer<'_, ()>;
    /// Deletes an account without a session, for a person who belongs to no household and cannot sign in.
    fn delete_account_by_email(
        &self,
        device: Device,
        email: String,
        password: String,
    ) -> Answer<'_, AccountId>;
    /// The member's name and the email of the account whose password a link sets.
    fn password_link(&self, token: String) -> Answer<'_, (Name, String)>;
    /// Sets a new password by a link, once; all sessions of the account end.
    fn use_password_link(&self, token: String, new: String) -> Answer<'_, ()>;
    /// Lists the signed-in devices of the account.
    fn sessions(&self, actor: Actor) -> Answer<'_, Vec<Session>>;
    /// Signs a device out.
    fn end_session(&self, actor: Actor, id: SessionId) -> Answer<'_, ()>;

    /// Executes a command on the book, once for each `mutation_id`.
    fn write(&self, actor: Actor, terms: Terms, command: Command) -> Answer<'_, Written<Subject>>;

    /// Returns the household.
    fn household(&self, actor: Actor) -> Answer<'_, Read<Household>>;
    /// Lists everybody who is or was a member.
    fn members(&self, actor: Actor) -> Answer<'_, Read<Vec<Member>>>;
    /// Removes a member, which only the owner may, or leaves, which everybody but the owner may. The person's
    /// sessions in the household move to another household of theirs, or end; their sockets close.
    fn remove_member(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>>;
    /// Makes another member the owner, which only the owner may; the previous owner becomes an editor.
    fn hand_over(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>>;
    /// Closes the household, which only its owner may: seven days later it is erased. `name` is its name,
    /// typed to confirm.
    fn close_household(&self, actor: Actor, terms: Terms, name: String) -> Answer<'_, Written<Household>>;
    /// Cancels the closing of the household.
    fn reopen_household(&self, actor: Actor, terms: Terms) -> Answer<'_, Written<Household>>;
    /// Lists the valid password links; for the owner only.
    fn password_links(&self, actor: Actor) -> Answer<'_, Vec<OpenPasswordLink>>;
    /// Creates a link by which a member sets a new password, replacing the previous one. For the owner only,
    /// and only for an editor who belongs to no other household.
    fn make_password_link(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
        base: String,
    ) -> Answer<'_, Written<PasswordLink>>;
    /// Revokes the password link of a member.
    fn withdraw_password_link(&self, actor: Actor, id: MemberId) -> Answer<'_, ()>;
    /// Lists the valid invitations.
    fn invites(&self, actor: Actor) -> Answer<'_, Vec<Invite>>;
    /// Creates an invitation; `base` is the base of its address.
    fn invite(&self, actor: Actor, terms: Terms, base: String) -> Answer<'_, Written<InviteLink>>;
    /// Revokes an invitation, which the owner and its maker may.
    fn withdraw_invite(&self, actor: Actor, id: InviteId) -> Answer<'_, ()>;

    /// Lists facts in their order.
    fn facts(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<FactPage>>;
    /// Lists facts in their order, with the count and sums of all that the query finds.
    fn found_facts(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<FoundFacts>>;
    /// Lists the days of the facts that a query finds, newest first, with the number of facts of each; its page is
    /// not regarded.
    fn fact_days(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<Vec<(Day, i64)>>>;
    /// Returns a fact.
    fn fact(&self, actor: Actor, id: FactId) -> Answer<'_, Read<Fact>>;

    /// Returns a transfer or split.
    fn group(&self, actor: Actor, kind: GroupKind, id: GroupId) -> Answer<'_, Read<FactGroup>>;

    /// Lists all articles, including archived ones.
    fn articles(&self, actor: Actor) -> Answer<'_, Read<Vec<Article>>>;
    /// Returns an article.
    fn article(&self, actor: Actor, id: ArticleId) -> Answer<'_, Read<Article>>;

    /// Lists all centers with their balances, including archived ones.
    fn financial_centers(&self, actor: Actor) -> Answer<'_, Read<Vec<Balance>>>;
    /// Returns a center.
    fn financial_center(&self, actor: Actor, id: FinancialCenterId) -> Answer<'_, Read<FinancialCenter>>;
    /// Returns the balance of a center at the end of each month; of the last twelve by default.
    fn center_history(
        &self,
        actor: Actor,
        id: FinancialCenterId,
        from: Option<Month>,
        to: Option<Month>,
    ) -> Answer<'_, Read<Vec<MonthBalance>>>;

    /// Lists all recurring entries, by their next day.
    fn all_recurring(&self, actor: Actor) -> Answer<'_, Read<Vec<Recurring>>>;
    /// Returns a recurring entry.
    fn recurring(&self, actor: Actor, id: RecurringId) -> Answer<'_, Read<Recurring>>;

    /// Lists the plans from one month to another, both inclusive.
    fn plans(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Read<Vec<Plan>>>;
    /// Returns the plans and sums of a range of months.
    fn grid(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Grid>;

    /// Returns the figures of a month; of the current one by default.
    fn summary(&self, actor: Actor, month: Option<Month>) -> Answer<'_, Read<Summary>>;
    /// Returns everything that Today shows.
    fn snapshot(&self, actor: Actor) -> Answer<'_, Snapshot>;
    /// Returns the log after `since`.
    fn events(&self, actor: Actor, since: Since, limit: i64) -> Answer<'_, Read<Vec<Event>>>;
}
