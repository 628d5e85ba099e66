//! The live protocol: what stands in a text frame of `/api/v1/budget/ws`.
//!
//! A frame is one JSON object `{"event": …, "data": …}`; more keys may follow. A change also carries
//! its number `seq`, so that a replica knows whether it is the next one.

mod check;
mod text;

use crate::domain::{
    Article, ArticleId, Before, Day, Fact, FactId, FinancialCenter, FinancialCenterId, Household, Member,
    MemberId, MutationId, Plan, Recurring, RecurringId,
};
pub use check::{Check, NotACheck};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The number of a change within its household: 1, 2, 3 … without holes, in the order of commits.
pub type Seq = i64;

/// How often the server shows that it is there, in milliseconds.
pub const HEARTBEAT_MS: u64 = 20_000;
/// How many changes back a socket is served; further back a snapshot is cheaper.
pub const REPLAY_LIMIT: i64 = 10_000;
/// A change whose frame would be longer is announced by `reload` instead.
pub const FRAME_LIMIT: usize = 32 * 1024;
/// How many of the newest facts a snapshot carries.
pub const SNAPSHOT_FACTS: usize = 200;

/// Why a socket was closed. 4000 to 4499 reconnect, 4500 to 4999 do not.
pub mod close {
    /// The server restarts.
    pub const RESTARTING: u16 = 4001;
    /// The client does not read what it is sent.
    pub const TOO_SLOW: u16 = 4008;
    /// The log cannot bring the client from where it is; or the client noticed a gap.
    pub const POSITION_LOST: u16 = 4010;
    /// The other side does not answer.
    pub const NO_PONG: u16 = 4012;
    /// More frames than anybody needs to send.
    pub const TOO_MANY_FRAMES: u16 = 4013;
    /// Not signed in, or not any more.
    pub const NOT_SIGNED_IN: u16 = 4501;
    /// Not a member of the household any more.
    pub const NOT_A_MEMBER: u16 = 4503;
    /// One person has more sockets open than anybody needs.
    pub const TOO_MANY_SOCKETS: u16 = 4504;
    /// A frame that the protocol does not know.
    pub const PROTOCOL: u16 = 4507;

    /// Whether a client may come back after this code.
    #[must_use]
    pub const fn reconnects(code: u16) -> bool {
        !(code >= 4500 && code <= 4999)
    }
}

/// Where a replica stands: which log, and the last change it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Position {
    /// The log; another one after a restore from backup.
    pub epoch: Uuid,
    /// The last change that is included.
    pub seq: Seq,
    /// Of that change; none where it is not known, as in the answer of an earlier version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
}

/// One row that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", content = "data")]
pub enum Change {
    /// A fact was recorded, or restored.
    #[serde(rename = "budget_fact_created")]
    FactCreated(Fact),
    /// A fact changed.
    #[serde(rename = "budget_fact_updated")]
    FactUpdated(Fact),
    /// A fact was deleted.
    #[serde(rename = "budget_fact_deleted")]
    FactDeleted(DeletedFact),
    /// An article was added.
    #[serde(rename = "article_created")]
    ArticleCreated(Article),
    /// An article changed.
    #[serde(rename = "article_updated")]
    ArticleUpdated(Article),
    /// An article was deleted.
    #[serde(rename = "article_deleted")]
    ArticleDeleted(Deleted<ArticleId>),
    /// A center was added.
    #[serde(rename = "financial_center_created")]
    FinancialCenterCreated(FinancialCenter),
    /// A center changed.
    #[serde(rename = "financial_center_updated")]
    FinancialCenterUpdated(FinancialCenter),
    /// A center was deleted.
    #[serde(rename = "financial_center_deleted")]
    FinancialCenterDeleted(Deleted<FinancialCenterId>),
    /// A plan was set.
    #[serde(rename = "plan_updated")]
    PlanUpdated(Plan),
    /// A recurring entry was added, or restored.
    #[serde(rename = "recurring_created")]
    RecurringCreated(Recurring),
    /// A recurring entry changed, or one of its occurrences was settled.
    #[serde(rename = "recurring_updated")]
    RecurringUpdated(Recurring),
    /// A recurring entry was deleted.
    #[serde(rename = "recurring_deleted")]
    RecurringDeleted(Deleted<RecurringId>),
    /// Somebody joined.
    #[serde(rename = "member_created")]
    MemberCreated(Member),
    /// A member changed.
    #[serde(rename = "member_updated")]
    MemberUpdated(Member),
    /// The household itself changed.
    #[serde(rename = "household_updated")]
    HouseholdUpdated(Household),
}

/// What is left of a fact that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedFact {
    /// The row.
    pub id: FactId,
    /// The version of its tombstone.
    pub version: i64,
    /// Who deleted it.
    pub deleted_by: MemberId,
}

/// What is left of another row that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted<Id> {
    /// The row.
    pub id: Id,
}

/// A change, with what it replaced where totals need that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The row that changed.
    #[serde(flatten)]
    pub change: Change,
    /// Of facts that were updated or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// One committed transaction: applied whole or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub seq: Seq,
    /// Its check; none in the frame of an earlier version.
    pub check: Option<Check>,
    /// The idempotency key of the write, where it had one.
    pub mutation_id: Option<MutationId>,
    /// The rows that changed; never empty.
    pub entries: Vec<Entry>,
}

/// A text frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first one, always.
    Welcome(Welcome),
    /// A transaction was committed.
    Commit(Commit),
    /// A transaction too large for a frame: read the window again at `seq`.
    Reload {
        /// Its number.
        seq: Seq,
        /// Its check.
        check: Option<Check>,
        /// What it touched.
        data: Reload,
    },
    /// Who is here now, and what they edit.
    Presence(Presence),
    /// The open links that this member may list are others now: they are in no log, and are asked for.
    LinksChanged,
    /// The server is there, and this is where the log ends.
    Heartbeat(Heartbeat),
    /// The log cannot bring you from where you are.
    Resync(Resync),
    /// The server is going to close the socket.
    Bye(Bye),
    /// An event of a later version.
    Unknown {
        /// Its number, if it changes anything.
        seq: Option<Seq>,
    },
}

/// Where the stream begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The log.
    pub epoch: Uuid,
    /// The next change this stream sends is `seq + 1`.
    pub seq: Seq,
    /// Of the change `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// Where the log ends now.
    pub head: Seq,
    /// The household's today.
    pub today: Day,
    /// Which program answers; another one than the page's means that the page is old.
    pub build: String,
    /// The version of this protocol: 1.
    pub protocol: u8,
    /// How often a heartbeat comes.
    pub heartbeat_ms: u64,
}

/// Who has a screen of this household open. Sent only when it changed, at most once a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Each once for every fact that they edit, once when they edit none.
    pub members: Vec<Present>,
}

/// Somebody who is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Present {
    /// Who.
    pub member_id: MemberId,
    /// The fact that is open in their editor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<FactId>,
}

/// All that a client ever says, as `{"event":"editing","data":{"fact_id":…}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Editing {
    /// The fact that is open in its editor; none when it is closed.
    pub fact_id: Option<FactId>,
}

/// A sign of life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// Where the log ends.
    pub seq: Seq,
    /// The household's today.
    pub today: Day,
}

/// Take a snapshot and come back from its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resync {
    /// The log.
    pub epoch: Uuid,
    /// Where it ends.
    pub seq: Seq,
    /// Why.
    pub reason: ResyncReason,
}

/// Why the log cannot bring a client from where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResyncReason {
    /// More than [`REPLAY_LIMIT`] changes back, or behind a change that only a later version can read.
    TooFar,
    /// Another log, or one whose change of this number is another one.
    Epoch,
    /// A number that our log has not reached.
    Ahead,
}

/// A planned close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    /// Come back after a random time between these, in milliseconds.
    pub retry_ms: [u64; 2],
    /// For people who read logs.
    pub reason: String,
}

/// What a large transaction touched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    /// Which rows, for example `facts`.
    pub scope: String,
    /// The first day touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last day touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// How many rows.
    pub count: usize,
    /// `import`, `bulk` or `merge`.
    pub reason: String,
}
