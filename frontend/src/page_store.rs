//! The store of a page, which is opened once the code for it is here: a browser loads that while the page is idle.

use crate::{
    book_choice,
    outbox_store::{BrowserStore, OutboxStore},
};
use app::{
    outbox::DeviceOwner,
    ui::program_part::{AnyPart, program_part},
};
use std::sync::{Arc, OnceLock};
use wasm_bindgen_futures::spawn_local;

program_part! {
    /// Opens a store.
    OPEN: fn() -> Arc<dyn BrowserStore> = database_part in later, open
}

fn open() -> Arc<dyn BrowserStore> {
    Arc::new(OutboxStore::open())
}

/// The store of this page. Clones share it.
#[derive(Clone, Default)]
pub struct PageStore(Arc<OnceLock<Arc<dyn BrowserStore>>>);

impl PageStore {
    /// The opened store; `None` if the code for it did not arrive.
    pub async fn opened(&self) -> Option<Arc<dyn BrowserStore>> {
        OPEN.load().await.ok()?;
        let open = OPEN.draw()?;
        Some(self.0.get_or_init(open).clone())
    }

    /// Erases the copies of the book, or only this owner's. If the code for it does not arrive, the next sign-in page does it.
    /// After all are erased, no tab stores another one until the server has rendered a page here.
    pub fn erase_copies(&self, of: Option<DeviceOwner>) {
        if of.is_none() {
            book_choice::end_book();
        }
        let this = self.clone();
        spawn_local(async move {
            if let Some(store) = this.opened().await {
                store.erase_copies(of);
            }
        });
    }
}
