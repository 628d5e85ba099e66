//! The live protocol: the text frames of `/api/v1/budget/ws`.
//!
//! A frame is one JSON object `{"event": …, "data": …}`; it may have more keys. A change also carries its
//! number `seq`, so that a replica can detect a gap.

mod check;
mod text;

use crate::domain::{
    Article, ArticleId, Before, Day, Fact, FactId, FinancialCenter, FinancialCenterId, Household, Member,
    MemberId, MutationId, Plan, Recurring, RecurringId,
};
pub use check::{Check, NotACheck};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The number of a change within its household: 1, 2, 3 … without gaps, in the order of commits.
pub type Seq = i64;

/// The interval between the server's heartbeats, in milliseconds.
pub const HEARTBEAT_MS: u64 = 20_000;
/// How many changes behind a socket may resume; further back a snapshot is cheaper.
pub const REPLAY_LIMIT: i64 = 10_000;
/// The longest frame in bytes; a longer change is announced by `reload` instead.
pub const FRAME_LIMIT: usize = 32 * 1024;
/// The number of newest facts in a snapshot.
pub const SNAPSHOT_FACTS: usize = 200;

/// Close codes of a socket. After 4000 to 4499 the client reconnects, after 4500 to 4999 it does not.
pub mod close {
    /// The server restarts.
    pub const RESTARTING: u16 = 4001;
    /// The client does not read what is sent.
    pub const TOO_SLOW: u16 = 4008;
    /// The client cannot resume from the log, or it noticed a gap.
    pub const POSITION_LOST: u16 = 4010;
    /// The other side does not answer.
    pub const NO_PONG: u16 = 4012;
    /// The client sent too many frames.
    pub const TOO_MANY_FRAMES: u16 = 4013;
    /// Not signed in, or no longer.
    pub const NOT_SIGNED_IN: u16 = 4501;
    /// No longer a member of the household.
    pub const NOT_A_MEMBER: u16 = 4503;
    /// One member has too many open sockets.
    pub const TOO_MANY_SOCKETS: u16 = 4504;
    /// A frame that the protocol does not know.
    pub const PROTOCOL: u16 = 4507;

    /// Whether a client reconnects after this code.
    #[must_use]
    pub const fn reconnects(code: u16) -> bool {
        !(code >= 4500 && code <= 4999)
    }
}

/// The position of a replica: an epoch, and the last change that it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Position {
    /// The epoch of the log; a new one after a restore from backup.
    pub epoch: Uuid,
    /// The last change that is included.
    pub seq: Seq,
    /// The check of that change; `None` if unknown, as in responses of earlier versions.
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
    ArticleDeleted(DeletedArticle),
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
    /// A member joined.
    #[serde(rename = "member_created")]
    MemberCreated(Member),
    /// A member changed.
    #[serde(rename = "member_updated")]
    MemberUpdated(Member),
    /// The household itself changed.
    #[serde(rename = "household_updated")]
    HouseholdUpdated(Household),
}

/// What remains of a deleted fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedFact {
    /// The id of the row.
    pub id: FactId,
    /// The version of its tombstone.
    pub version: i64,
    /// The member who deleted it.
    pub deleted_by: MemberId,
}

/// What remains of a deleted article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedArticle {
    /// The id of the row.
    pub id: ArticleId,
    /// The article that it was merged into: what still names it means that one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ArticleId>,
}

/// What remains of another deleted row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted<Id> {
    /// The id of the row.
    pub id: Id,
}

/// A change, with the fields that it replaced if totals need them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// The row that changed.
    #[serde(flatten)]
    pub change: Change,
    /// The previous fields of a fact that was updated or deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Before>,
}

/// A committed transaction, which is applied completely or not at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its number.
    pub seq: Seq,
    /// Its check; `None` in frames of earlier versions.
    pub check: Option<Check>,
    /// The idempotency key of the write, if it had one.
    pub mutation_id: Option<MutationId>,
    /// The rows that changed; never empty.
    pub entries: Vec<Entry>,
}

/// A text frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// The first frame of every stream.
    Welcome(Welcome),
    /// A transaction was committed.
    Commit(Commit),
    /// A transaction too large for a frame: read the window again at `seq`.
    Reload {
        /// Its number.
        seq: Seq,
        /// Its check.
        check: Option<Check>,
        /// What it changed.
        data: Reload,
    },
    /// Who is present, and what they edit.
    Presence(Presence),
    /// The open links that this member may list have changed. They are not in the log, so the client requests
    /// them.
    LinksChanged,
    /// Shows that the server is there, and where the log ends.
    Heartbeat(Heartbeat),
    /// The client cannot resume from the log.
    Resync(Resync),
    /// The server is about to close the socket.
    Bye(Bye),
    /// An event of a later version.
    Unknown {
        /// Its number, if it is a change.
        seq: Option<Seq>,
    },
}

/// The first frame of a stream: where it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Welcome {
    /// The epoch of the log.
    pub epoch: Uuid,
    /// The stream begins with the change `seq + 1`.
    pub seq: Seq,
    /// The check of the change `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The end of the log.
    pub head: Seq,
    /// The household's today.
    pub today: Day,
    /// The build of the answering program; if it differs from the page's, the page is outdated.
    pub build: String,
    /// The version of this protocol: 1.
    pub protocol: u8,
    /// The interval between heartbeats, in milliseconds.
    pub heartbeat_ms: u64,
    /// The member who is signed in: a client that has another member's book must load it again. `None` from earlier
    /// versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
}

/// Who has a screen of this household open. Sent only on a change, at most once a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Each member once for every fact that they edit, or once if they edit none.
    pub members: Vec<Present>,
}

/// A member who is present.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Present {
    /// The member.
    pub member_id: MemberId,
    /// The fact that is open in their editor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub editing: Option<FactId>,
}

/// The only frame that a client sends: `{"event":"editing","data":{"fact_id":…}}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditingFrame {
    /// The fact that is open in its editor; `None` after it was closed.
    pub fact_id: Option<FactId>,
}

/// A periodic frame that shows that the server is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The end of the log.
    pub seq: Seq,
    /// The check of the change `seq`, if it was sent on this socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The household's today.
    pub today: Day,
}

/// Tells the client to take a snapshot and reconnect with its position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resync {
    /// The epoch of the log.
    pub epoch: Uuid,
    /// The end of the log.
    pub seq: Seq,
    /// The check of the change `seq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<Check>,
    /// The reason.
    pub reason: ResyncReason,
}

/// Why a client cannot resume from the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResyncReason {
    /// More than [`REPLAY_LIMIT`] changes behind, or the next change can be read only by a later version.
    TooFar,
    /// The epoch differs, or the change with this number is another one.
    Epoch,
    /// A number that the log has not reached.
    Ahead,
}

/// Announces a planned close.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bye {
    /// The range of the random delay before reconnecting, in milliseconds.
    pub retry_ms: [u64; 2],
    /// The reason, for the logs.
    pub reason: String,
}

/// What a large transaction changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reload {
    /// The kind of rows, for example `facts`.
    pub scope: String,
    /// The first affected day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Day>,
    /// The last affected day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Day>,
    /// The number of rows.
    pub count: usize,
    /// `import`, `bulk` or `merge`.
    pub reason: String,
}
