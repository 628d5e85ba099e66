//! From the log to the wire.

pub mod encoded;
pub mod frames;

use app::wire::Change;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::value::RawValue;

/// A changed row as the log keeps it, with the whole row before.
#[derive(Clone, Debug, Serialize)]
pub struct LogEntry {
    /// The row as it is now.
    #[serde(flatten)]
    pub change: Change,
    /// The row as it was, as JSON; none when it is new. Of a change of many rows it is the larger half, and as text it
    /// takes the least memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<Box<RawValue>>,
}

impl<'de> Deserialize<'de> for LogEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Stored {
            event: String,
            data: Box<RawValue>,
            #[serde(default)]
            before: Option<Box<RawValue>>,
        }
        let Stored { event, data, before } = Stored::deserialize(deserializer)?;
        let change = Change::parse(&event, data.get()).map_err(D::Error::custom)?;
        let change = change.ok_or_else(|| D::Error::custom("an event of a later version"))?;
        Ok(Self { change, before })
    }
}
