//! The live protocol: what stands in a text frame of `/api/v1/budget/ws`.
//!
//! A frame is one JSON object `{"event": …, "data": …}`; more keys may follow. A change also carries
//! its number `seq`, so that a replica knows whether it is the next one.

use crate::domain::{
    Article, ArticleId, Before, Day, Fact, FactId, FinancialCenter, FinancialCenterId, Household, Member,
    MemberId, MutationId,
};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Value, value::RawValue};
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
        /// What it touched.
        data: Reload,
    },
    /// Who is here now, and what they edit.
    Presence(Presence),
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
    /// More than [`REPLAY_LIMIT`] changes back.
    TooFar,
    /// Another log.
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

#[derive(Serialize)]
struct Out<'a, T> {
    event: &'a str,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutation_id: Option<MutationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
}

/// A frame, or an entry of one, before its event tells what the data is. The data is read from its
/// own text, once.
#[derive(Deserialize)]
struct In {
    event: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
    seq: Option<Seq>,
    mutation_id: Option<MutationId>,
    before: Option<Before>,
}

impl In {
    fn data<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.text())
    }

    fn text(&self) -> &str {
        self.data.as_ref().map_or("null", |data| data.get())
    }
}

impl Editing {
    /// The text frame.
    ///
    /// # Errors
    /// Only if a value cannot be written as JSON, which this can be.
    pub fn encode(self) -> Result<String, serde_json::Error> {
        let (event, data) = ("editing", self);
        serde_json::to_string(&Out { event, data, seq: None, mutation_id: None, before: None })
    }

    /// Reads what a client said; `None` for anything else, which is ignored.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let said: In = serde_json::from_str(text).ok()?;
        if said.event == "editing" { said.data().ok() } else { None }
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entry = In::deserialize(deserializer)?;
        let change = Change::parse(&entry.event, entry.text()).map_err(D::Error::custom)?;
        let change = change.ok_or_else(|| D::Error::custom("an event of a later version"))?;
        Ok(Self { change, before: entry.before })
    }
}

impl Frame {
    /// The JSON text.
    ///
    /// # Errors
    /// Only if a value cannot be written as JSON, which none of these can be.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        fn out<T: Serialize>(event: &str, data: T, seq: Option<Seq>) -> Result<String, serde_json::Error> {
            serde_json::to_string(&Out { event, data, seq, mutation_id: None, before: None })
        }
        match self {
            Self::Welcome(data) => out("welcome", data, None),
            Self::Presence(data) => out("presence", data, None),
            Self::Heartbeat(data) => out("heartbeat", data, None),
            Self::Resync(data) => out("resync", data, None),
            Self::Bye(data) => out("bye", data, None),
            Self::Reload { seq, data } => out("reload", data, Some(*seq)),
            Self::Unknown { seq } => out("unknown", (), *seq),
            Self::Commit(Commit { seq, mutation_id, entries }) => {
                let (event, data, before) = match entries.as_slice() {
                    [one] => {
                        let mut value = serde_json::to_value(&one.change)?;
                        let data = value.get_mut("data").map(Value::take).unwrap_or_default();
                        (one.change.event(), data, one.before)
                    }
                    several => ("changes", serde_json::to_value(several)?, None),
                };
                serde_json::to_string(&Out {
                    event,
                    data,
                    seq: Some(*seq),
                    mutation_id: *mutation_id,
                    before,
                })
            }
        }
    }

    /// Reads a frame. An event that this version does not know is [`Frame::Unknown`].
    ///
    /// # Errors
    /// When the text is not a frame, or the data not that of its event.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let frame: In = serde_json::from_str(text)?;
        Ok(match frame.event.as_str() {
            "welcome" => Self::Welcome(frame.data()?),
            "presence" => Self::Presence(frame.data()?),
            "heartbeat" => Self::Heartbeat(frame.data()?),
            "resync" => Self::Resync(frame.data()?),
            "bye" => Self::Bye(frame.data()?),
            event => {
                let Some(seq) = frame.seq else { return Ok(Self::Unknown { seq: None }) };
                let entries = match event {
                    "reload" => return Ok(Self::Reload { seq, data: frame.data()? }),
                    "changes" => frame.data()?,
                    event => match Change::parse(event, frame.text())? {
                        Some(change) => vec![Entry { change, before: frame.before }],
                        None => return Ok(Self::Unknown { seq: Some(seq) }),
                    },
                };
                Self::Commit(Commit { seq, mutation_id: frame.mutation_id, entries })
            }
        })
    }
}

impl Change {
    /// Reads the data of an event; `None` for an event that this version does not know.
    ///
    /// # Errors
    /// When the data is not that of its event.
    pub fn parse(event: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match event {
            "budget_fact_created" => Self::FactCreated(serde_json::from_str(data)?),
            "budget_fact_updated" => Self::FactUpdated(serde_json::from_str(data)?),
            "budget_fact_deleted" => Self::FactDeleted(serde_json::from_str(data)?),
            "article_created" => Self::ArticleCreated(serde_json::from_str(data)?),
            "article_updated" => Self::ArticleUpdated(serde_json::from_str(data)?),
            "article_deleted" => Self::ArticleDeleted(serde_json::from_str(data)?),
            "financial_center_created" => Self::FinancialCenterCreated(serde_json::from_str(data)?),
            "financial_center_updated" => Self::FinancialCenterUpdated(serde_json::from_str(data)?),
            "financial_center_deleted" => Self::FinancialCenterDeleted(serde_json::from_str(data)?),
            "member_created" => Self::MemberCreated(serde_json::from_str(data)?),
            "member_updated" => Self::MemberUpdated(serde_json::from_str(data)?),
            "household_updated" => Self::HouseholdUpdated(serde_json::from_str(data)?),
            _ => return Ok(None),
        }))
    }

    /// The event's name.
    #[must_use]
    pub const fn event(&self) -> &'static str {
        match self {
            Self::FactCreated(_) => "budget_fact_created",
            Self::FactUpdated(_) => "budget_fact_updated",
            Self::FactDeleted(_) => "budget_fact_deleted",
            Self::ArticleCreated(_) => "article_created",
            Self::ArticleUpdated(_) => "article_updated",
            Self::ArticleDeleted(_) => "article_deleted",
            Self::FinancialCenterCreated(_) => "financial_center_created",
            Self::FinancialCenterUpdated(_) => "financial_center_updated",
            Self::FinancialCenterDeleted(_) => "financial_center_deleted",
            Self::MemberCreated(_) => "member_created",
            Self::MemberUpdated(_) => "member_updated",
            Self::HouseholdUpdated(_) => "household_updated",
        }
    }
}
