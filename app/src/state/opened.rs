//! What stays while pages change.

use crate::{domain::FactForm, replica::Replica};
use leptos::prelude::*;

/// The book once it is loaded, and what stays while pages change. It stands above the routes.
#[derive(Clone, Copy)]
pub struct Opened {
    /// The book; none until it is loaded.
    pub replica: StoredValue<Option<Replica>>,
    /// The address that the person signs in with.
    pub email: StoredValue<String>,
    /// What is typed in quick add.
    pub draft: StoredValue<FactForm>,
    /// Whether anything is.
    pub typing: RwSignal<bool>,
    /// In how many lists of the household page something is typed.
    pub unfinished: RwSignal<usize>,
    /// The book once the program has taken over the page.
    pub followed: RwSignal<Option<Replica>>,
}

impl Default for Opened {
    fn default() -> Self {
        Self {
            replica: StoredValue::new(None),
            email: StoredValue::new(String::new()),
            draft: StoredValue::new(FactForm::default()),
            typing: RwSignal::new(false),
            unfinished: RwSignal::new(0),
            followed: RwSignal::new(None),
        }
    }
}
