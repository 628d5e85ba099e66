//! What `app` asks of whoever keeps the book: one trait, which the server implements as `Ledger`.

mod forms;
mod readings;

pub use forms::{HouseholdForm, MeForm, MemberForm, RegisterForm};
pub use readings::{Event, FactPage, FactQuery, Grid, Since, Snapshot};

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

/// Who asks: taken from the session, never from the request's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The sign-in.
    pub account: AccountId,
    /// The household that the session looks at.
    pub household: HouseholdId,
    /// The person in it.
    pub member: MemberId,
    /// The device.
    pub session: SessionId,
    /// The language of the answers.
    pub language: Language,
}

/// A value, and the one position of the log it was read at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read<T> {
    /// What was asked for.
    pub value: T,
    /// Every change up to here is in it, none after.
    pub position: Position,
}

/// A row that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written<T> {
    /// The row as it stands.
    pub value: T,
    /// The number of this write: of the first one, when it was repeated.
    pub position: Position,
    /// The write had been done before, and nothing changed now.
    pub repeated: bool,
}

impl Written<Subject> {
    /// As what the command was about.
    ///
    /// # Errors
    /// [`AppError::Internal`] when it was about something else.
    pub fn of<T: TryFrom<Subject, Error = AppError>>(self) -> Result<Written<T>, AppError> {
        let Self { value, position, repeated } = self;
        Ok(Written { value: value.try_into()?, position, repeated })
    }
}

impl<T: Into<Subject>> Written<T> {
    /// As one of what a command may be about.
    pub fn subject(self) -> Written<Subject> {
        let Self { value, position, repeated } = self;
        Written { value: value.into(), position, repeated }
    }
}

/// Who a request comes from, resolved once for every face of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The person, or why there is none.
    pub actor: Result<Actor, AppError>,
    /// The person's language, else the request's.
    pub language: Language,
    /// How this browser wants the screens.
    pub theme: Theme,
    /// The device it comes from.
    pub device: Device,
    /// The address that the browser reached us at, `https://budget.example`.
    pub base_url: String,
    /// It reached us over TLS.
    pub secure: bool,
}

/// Conditions under which a write is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// Makes a repeat harmless.
    pub mutation_id: Option<MutationId>,
    /// Only if the row still has this version.
    pub base_version: Option<i64>,
}

/// A session that begins: the token goes into the cookie and nowhere else.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub me: Read<Me>,
    /// The secret of the session.
    pub token: String,
    /// It was done before; its answer had been lost.
    pub repeated: bool,
}

/// Where a request comes from, for the list of devices and the limits on attempts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// What the browser calls itself.
    pub name: String,
    /// The network address.
    pub address: String,
    /// The language of the request.
    pub language: Language,
}

/// The answer of a service call.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, AppError>> + Send + 'a>>;

/// The keeper of the book, shared by all requests.
pub type Service = Arc<dyn BudgetService>;

/// The rules of the book, behind both faces: the server functions of the browser and the HTTP API.
///
/// Every call takes the [`Actor`] first and touches that actor's household only. The calls without
/// one are those by which a person becomes an actor.
pub trait BudgetService: Send + Sync + 'static {
    /// Founds a household or joins one; begins a session.
    fn register(&self, device: Device, terms: Terms, form: RegisterForm) -> Answer<'_, SignedIn>;
    /// What time it is for the book.
    fn now(&self) -> Instant;
    /// Begins a session.
    fn log_in(&self, device: Device, email: String, password: String) -> Answer<'_, SignedIn>;
    /// Joins another household with an account that exists; the session moves there.
    fn join(&self, actor: Actor, invite: String) -> Answer<'_, Read<Me>>;
    /// The name of the household that an invitation leads to.
    fn invited_to(&self, invite: String) -> Answer<'_, Name>;
    /// Who a cookie's token belongs to.
    fn actor(&self, token: String) -> Answer<'_, Actor>;
    /// The same person as this member, in whose household the call is done: one of the account's memberships.
    fn acting_as(&self, actor: Actor, member: MemberId) -> Answer<'_, Actor>;
    /// Ends this session and closes its sockets.
    fn log_out(&self, actor: Actor) -> Answer<'_, ()>;
    /// Who is signed in.
    fn me(&self, actor: Actor) -> Answer<'_, Read<Me>>;
    /// Changes one's own name, colour, language, or household.
    fn change_me(&self, actor: Actor, terms: Terms, form: MeForm) -> Answer<'_, Read<Me>>;
    /// Sets a new password; all other sessions end.
    fn change_password(&self, actor: Actor, old: String, new: String) -> Answer<'_, ()>;
    /// Deletes the account: the person leaves every household, where what they recorded stays under their name,
    /// and cannot sign in any more.
    fn delete_account(&self, actor: Actor, password: String) -> Answer<'_, ()>;
    /// Whose password a link sets: the email. The name is that of the member.
    fn password_link(&self, token: String) -> Answer<'_, (Name, String)>;
    /// Sets a new password by a link. It can be used once; all sessions of the account end.
    fn use_password_link(&self, token: String, new: String) -> Answer<'_, ()>;
    /// The devices that are signed in.
    fn sessions(&self, actor: Actor) -> Answer<'_, Vec<Session>>;
    /// Signs a device out.
    fn end_session(&self, actor: Actor, id: SessionId) -> Answer<'_, ()>;

    /// Carries out a change of the book, once for each `mutation_id`.
    fn write(&self, actor: Actor, terms: Terms, command: Command) -> Answer<'_, Written<Subject>>;

    /// The household.
    fn household(&self, actor: Actor) -> Answer<'_, Read<Household>>;
    /// Everybody in it.
    fn members(&self, actor: Actor) -> Answer<'_, Read<Vec<Member>>>;
    /// Removes a member, which its owner may, or leaves, which everybody else may. All their sessions here
    /// move to another household of theirs, or end; their sockets close.
    fn remove_member(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>>;
    /// Makes another member the owner, which only the owner may; who was the owner is an editor then.
    fn hand_over(&self, actor: Actor, terms: Terms, id: MemberId) -> Answer<'_, Written<Member>>;
    /// Closes the household, which only its owner may: seven days later it is erased. `name` is its name, typed
    /// to confirm.
    fn close_household(&self, actor: Actor, terms: Terms, name: String) -> Answer<'_, Written<Household>>;
    /// Takes that back.
    fn reopen_household(&self, actor: Actor, terms: Terms) -> Answer<'_, Written<Household>>;
    /// Links for new passwords that still work; for the owner.
    fn password_links(&self, actor: Actor) -> Answer<'_, Vec<OpenPasswordLink>>;
    /// A new link by which a member sets a new password; it replaces the one before. Only the owner makes one,
    /// and only for an editor who belongs to no other household.
    fn make_password_link(
        &self,
        actor: Actor,
        terms: Terms,
        id: MemberId,
        base: String,
    ) -> Answer<'_, Written<PasswordLink>>;
    /// Withdraws it.
    fn withdraw_password_link(&self, actor: Actor, id: MemberId) -> Answer<'_, ()>;
    /// Invitations that still work.
    fn invites(&self, actor: Actor) -> Answer<'_, Vec<Invite>>;
    /// A new invitation; `base` is the address that this server is reached at.
    fn invite(&self, actor: Actor, terms: Terms, base: String) -> Answer<'_, Written<InviteLink>>;
    /// Withdraws an invitation, which the owner may and whoever made it.
    fn withdraw_invite(&self, actor: Actor, id: InviteId) -> Answer<'_, ()>;

    /// Facts in their order.
    fn facts(&self, actor: Actor, query: FactQuery) -> Answer<'_, Read<FactPage>>;
    /// One fact.
    fn fact(&self, actor: Actor, id: FactId) -> Answer<'_, Read<Fact>>;

    /// A transfer or split.
    fn group(&self, actor: Actor, kind: GroupKind, id: GroupId) -> Answer<'_, Read<FactGroup>>;

    /// All articles, archived ones too.
    fn articles(&self, actor: Actor) -> Answer<'_, Read<Vec<Article>>>;
    /// One article.
    fn article(&self, actor: Actor, id: ArticleId) -> Answer<'_, Read<Article>>;

    /// All centers with what is in them, archived ones too.
    fn financial_centers(&self, actor: Actor) -> Answer<'_, Read<Vec<Balance>>>;
    /// One center.
    fn financial_center(&self, actor: Actor, id: FinancialCenterId) -> Answer<'_, Read<FinancialCenter>>;
    /// What was in a center at the end of each month; of the last twelve when no others are asked for.
    fn center_history(
        &self,
        actor: Actor,
        id: FinancialCenterId,
        from: Option<Month>,
        to: Option<Month>,
    ) -> Answer<'_, Read<Vec<MonthBalance>>>;

    /// All recurring entries, by their next day.
    fn all_recurring(&self, actor: Actor) -> Answer<'_, Read<Vec<Recurring>>>;
    /// One recurring entry.
    fn recurring(&self, actor: Actor, id: RecurringId) -> Answer<'_, Read<Recurring>>;

    /// The plans from one month to another, both included.
    fn plans(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Read<Vec<Plan>>>;
    /// Plans and sums of some months.
    fn grid(&self, actor: Actor, from: Month, to: Month) -> Answer<'_, Grid>;

    /// A month at a glance; the current one when none is given.
    fn summary(&self, actor: Actor, month: Option<Month>) -> Answer<'_, Read<Summary>>;
    /// Everything Today shows.
    fn snapshot(&self, actor: Actor) -> Answer<'_, Snapshot>;
    /// The log after `since`.
    fn events(&self, actor: Actor, since: Since, limit: i64) -> Answer<'_, Read<Vec<Event>>>;
}
