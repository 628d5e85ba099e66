//! Financial centers: where money is, a card, cash, savings. People read "account".

use super::{Currency, FieldError, FinancialCenterId, Money, Name, Reason, Refusals};
use serde::{Deserialize, Serialize};

/// Where money is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct FinancialCenter {
    /// Made by whoever created the row.
    pub id: FinancialCenterId,
    /// What people call it.
    pub name: Name,
    /// The currency of everything in it; fixed once it is used.
    pub currency: Currency,
    /// What was there before the earliest fact.
    pub opening_balance: Money,
    /// No longer offered for new facts.
    pub archived: bool,
    /// Its place among the others: the smaller, the further up; equal ones by name.
    #[serde(default)]
    pub position: i64,
    /// 1 when created, one more with each change.
    pub version: i64,
}

/// A center and what is in it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "FlatBalance")]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
pub struct Balance {
    /// The center.
    #[serde(flatten)]
    pub center: FinancialCenter,
    /// The opening balance and the sum of its facts.
    pub balance: Money,
}

/// [`Balance`] as it is read: serde's own flattening would buffer every field.
#[derive(Deserialize)]
struct FlatBalance {
    id: FinancialCenterId,
    name: Name,
    currency: Currency,
    opening_balance: Money,
    archived: bool,
    #[serde(default)]
    position: i64,
    version: i64,
    balance: Money,
}

impl From<FlatBalance> for Balance {
    fn from(flat: FlatBalance) -> Self {
        let FlatBalance { id, name, currency, opening_balance, archived, position, version, balance } = flat;
        let center = FinancialCenter { id, name, currency, opening_balance, archived, position, version };
        Self { center, balance }
    }
}

/// A center as it was typed, nothing checked yet. In a revision an absent field stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct FinancialCenterForm {
    /// Made by the sender; by the server when absent.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Three letters; the household's currency when absent.
    pub currency: Option<String>,
    /// A decimal number in its currency; zero when absent.
    pub opening_balance: Option<String>,
    /// No longer offered for new facts.
    pub archived: Option<bool>,
    /// Its place among the others: the smaller, the further up.
    pub position: Option<i64>,
}

/// A new center, checked but for the amount, which waits for its currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFinancialCenter {
    /// The row to be.
    pub id: FinancialCenterId,
    /// What people call it.
    pub name: Name,
    /// The household's currency when absent.
    pub currency: Option<Currency>,
    /// As typed.
    pub opening_balance: Option<String>,
    /// No longer offered for new facts.
    pub archived: bool,
    /// Below all others when absent.
    pub position: Option<i64>,
}

/// The fields of a center that change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FinancialCenterRevision {
    /// What people call it.
    pub name: Option<Name>,
    /// Only while nothing was recorded in it.
    pub currency: Option<Currency>,
    /// As typed.
    pub opening_balance: Option<String>,
    /// No longer offered for new facts.
    pub archived: Option<bool>,
    /// Its place among the others: the smaller, the further up.
    pub position: Option<i64>,
}

/// How far new rows stand from each other: there is room between two neighbours for others.
pub const POSITION_STEP: i64 = 1 << 20;

/// As far as every program can count exactly.
const POSITION_LIMIT: i64 = 1 << 53;

fn check_position(refusals: &mut Refusals, position: Option<i64>) {
    if position.is_some_and(|position| !(-POSITION_LIMIT..=POSITION_LIMIT).contains(&position)) {
        refusals.add("position", Reason::OutOfRange);
    }
}

impl FinancialCenterForm {
    /// Reads a new center.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn new_center(&self) -> Result<NewFinancialCenter, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        let id = refusals.optional("id", self.id.as_ref()).unwrap_or_else(FinancialCenterId::new);
        let name = refusals.required("name", self.name.as_ref());
        let currency = refusals.optional("currency", self.currency.as_ref());
        let opening_balance = self.opening_balance.clone().filter(|text| !text.trim().is_empty());
        check_position(&mut refusals, self.position);
        let (archived, position) = (self.archived.unwrap_or(false), self.position);
        refusals.and(name.map(|name| NewFinancialCenter {
            id,
            name,
            currency,
            opening_balance,
            archived,
            position,
        }))
    }

    /// Reads the fields that change.
    ///
    /// # Errors
    /// Names every field that is refused.
    pub fn revision(&self) -> Result<FinancialCenterRevision, Vec<FieldError>> {
        let mut refusals = Refusals::default();
        check_position(&mut refusals, self.position);
        let revision = FinancialCenterRevision {
            name: self.name.as_ref().and_then(|text| refusals.required("name", Some(text))),
            currency: self.currency.as_ref().and_then(|text| refusals.required("currency", Some(text))),
            opening_balance: self.opening_balance.clone(),
            archived: self.archived,
            position: self.position,
        };
        refusals.and(Some(revision))
    }
}
