//! Encoding frames as JSON text, and parsing them.

use super::{Change, Check, Commit, EditingFrame, Entry, Frame, Seq};
use crate::domain::{Before, MutationId};
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Value, value::RawValue};

#[derive(Serialize)]
struct Out<'a, T> {
    event: &'a str,
    data: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<Seq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    check: Option<Check>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutation_id: Option<MutationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    before: Option<Before>,
}

/// A frame, or an entry of one, before its event determines the type of its data. The data is parsed from its
/// own text, once.
#[derive(Deserialize)]
struct In {
    event: String,
    #[serde(default)]
    data: Option<Box<RawValue>>,
    seq: Option<Seq>,
    check: Option<Check>,
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

impl EditingFrame {
    /// The text frame.
    ///
    /// # Errors
    /// Only if serialization fails, which cannot happen for these types.
    pub fn encode(self) -> Result<String, serde_json::Error> {
        let (event, data) = ("editing", self);
        serde_json::to_string(&Out { event, data, seq: None, check: None, mutation_id: None, before: None })
    }

    /// Parses a frame of a client; `None` for anything else, which is ignored.
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
    /// Only if serialization fails, which cannot happen for these types.
    pub fn encode(&self) -> Result<String, serde_json::Error> {
        fn out<T: Serialize>(event: &str, data: T, seq: Option<Seq>) -> Result<String, serde_json::Error> {
            serde_json::to_string(&Out { event, data, seq, check: None, mutation_id: None, before: None })
        }
        match self {
            Self::Welcome(data) => out("welcome", data, None),
            Self::Presence(data) => out("presence", data, None),
            Self::LinksChanged => out("links_changed", (), None),
            Self::Heartbeat(data) => out("heartbeat", data, None),
            Self::Resync(data) => out("resync", data, None),
            Self::Bye(data) => out("bye", data, None),
            Self::Reload { seq, check, data } => {
                let (event, seq, check) = ("reload", Some(*seq), *check);
                serde_json::to_string(&Out { event, data, seq, check, mutation_id: None, before: None })
            }
            Self::Unknown { seq } => out("unknown", (), *seq),
            Self::Commit(Commit { seq, check, mutation_id, entries }) => {
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
                    check: *check,
                    mutation_id: *mutation_id,
                    before,
                })
            }
        }
    }

    /// Parses a frame. An event that this version does not know becomes [`Frame::Unknown`].
    ///
    /// # Errors
    /// If the text is not a frame, or the data does not match the event.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let frame: In = serde_json::from_str(text)?;
        Ok(match frame.event.as_str() {
            "welcome" => Self::Welcome(frame.data()?),
            "presence" => Self::Presence(frame.data()?),
            "links_changed" => Self::LinksChanged,
            "heartbeat" => Self::Heartbeat(frame.data()?),
            "resync" => Self::Resync(frame.data()?),
            "bye" => Self::Bye(frame.data()?),
            event => {
                let Some(seq) = frame.seq else { return Ok(Self::Unknown { seq: None }) };
                let check = frame.check;
                let entries = match event {
                    "reload" => return Ok(Self::Reload { seq, check, data: frame.data()? }),
                    "changes" => {
                        let several: Vec<In> = frame.data()?;
                        let mut entries = Vec::with_capacity(several.len());
                        for In { event, data, before, .. } in several {
                            let text = data.as_ref().map_or("null", |data| data.get());
                            match Change::parse(&event, text)? {
                                Some(change) => entries.push(Entry { change, before }),
                                None => return Ok(Self::Unknown { seq: Some(seq) }),
                            }
                        }
                        entries
                    }
                    event => match Change::parse(event, frame.text())? {
                        Some(change) => vec![Entry { change, before: frame.before }],
                        None => return Ok(Self::Unknown { seq: Some(seq) }),
                    },
                };
                Self::Commit(Commit { seq, check, mutation_id: frame.mutation_id, entries })
            }
        })
    }
}

impl Change {
    /// Parses the data of an event; `None` for an event that this version does not know.
    ///
    /// # Errors
    /// If the data does not match the event.
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
            "plan_updated" => Self::PlanUpdated(serde_json::from_str(data)?),
            "recurring_created" => Self::RecurringCreated(serde_json::from_str(data)?),
            "recurring_updated" => Self::RecurringUpdated(serde_json::from_str(data)?),
            "recurring_deleted" => Self::RecurringDeleted(serde_json::from_str(data)?),
            "member_created" => Self::MemberCreated(serde_json::from_str(data)?),
            "member_updated" => Self::MemberUpdated(serde_json::from_str(data)?),
            "household_updated" => Self::HouseholdUpdated(serde_json::from_str(data)?),
            _ => return Ok(None),
        }))
    }

    /// The name of the event.
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
            Self::PlanUpdated(_) => "plan_updated",
            Self::RecurringCreated(_) => "recurring_created",
            Self::RecurringUpdated(_) => "recurring_updated",
            Self::RecurringDeleted(_) => "recurring_deleted",
            Self::MemberCreated(_) => "member_created",
            Self::MemberUpdated(_) => "member_updated",
            Self::HouseholdUpdated(_) => "household_updated",
        }
    }
}
