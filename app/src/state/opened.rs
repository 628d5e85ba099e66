//! State that outlives the single page, kept above the routes.

use crate::{
    api::book::RefusedFact,
    domain::{AccountId, FactForm, Language},
    outbox::DeviceOwner,
    replica::Replica,
};
use leptos::prelude::*;

/// What a page begins with that no server has rendered: the book that the device keeps, and whose it is. Provided above the
/// program.
#[derive(Clone)]
pub struct KeptStart {
    /// The book.
    pub replica: Replica,
    /// The account.
    pub account: AccountId,
    /// The email address of the account.
    pub email: String,
    /// The language of the last page.
    pub language: Language,
    /// The day by the device's clock when the book's today began, as days since 1970.
    pub day: Option<i64>,
}

/// The book once it is loaded, and what is typed or open on the pages. Provided above the routes.
#[derive(Clone, Copy)]
pub struct Opened {
    /// The book; `None` until it is loaded.
    pub replica: StoredValue<Option<Replica>>,
    /// The account.
    pub account: StoredValue<Option<AccountId>>,
    /// The email address of the account.
    pub email: StoredValue<String>,
    /// The unsaved content of quick add.
    pub draft: StoredValue<FactForm>,
    /// The transaction that was refused before the program started, until quick add shows it.
    pub refused: StoredValue<Option<RefusedFact>>,
    /// Whether quick add has unsaved content.
    pub typing: RwSignal<bool>,
    /// The number of lists on the household page that have unsaved text.
    pub unfinished: RwSignal<usize>,
    /// The book once the page is hydrated.
    pub followed: RwSignal<Option<Replica>>,
}

impl Opened {
    /// Whose page this is, once it is hydrated.
    #[must_use]
    pub fn owner(self) -> Option<DeviceOwner> {
        let replica = self.followed.get_untracked()?;
        let household = replica.household.with_untracked(|household| household.id);
        Some(DeviceOwner { account: self.account.get_value()?, household })
    }
}

impl Default for Opened {
    fn default() -> Self {
        Self {
            replica: StoredValue::new(None),
            account: StoredValue::new(None),
            email: StoredValue::new(String::new()),
            draft: StoredValue::new(FactForm::default()),
            refused: StoredValue::new(None),
            typing: RwSignal::new(false),
            unfinished: RwSignal::new(0),
            followed: RwSignal::new(None),
        }
    }
}
