//! Whether this device keeps a copy of the book, and whose.

use app::domain::{AccountId, HouseholdId};
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// Whether the person has switched it off in the settings. `public/signing-out.js` writes it.
const CHOICE: &str = "offline-book";

/// The account whose book may be kept: the one for which the server has rendered a page here last. It goes with the copies,
/// so that a tab that was frozen meanwhile does not bring one back. `public/signing-out.js` removes it, too.
const BOOK_OF: &str = "book-of";

/// The household whose page a person has looked at last: a device opens its copy. Tabs of several households keep theirs
/// whether somebody looks at them or not.
const LOOKED_AT: &str = "book-looked-at";

fn storage() -> Option<web_sys::Storage> {
    // A browser may be configured to store nothing; then it does not store a book either.
    web_sys::window()?.local_storage().ok()?
}

fn stored(name: &str) -> Option<String> {
    storage()?.get_item(name).ok()?
}

/// Whether this device keeps a copy of the book: it has a service worker, without which nothing would open the copy, and
/// the person has not switched it off.
#[must_use]
pub fn keeps_book() -> bool {
    let Some(window) = web_sys::window() else { return false };
    let has_worker = Reflect::has(&window.navigator(), &JsValue::from_str("serviceWorker")).unwrap_or(false);
    let root = window.document().and_then(|page| page.document_element());
    if !has_worker || !root.is_some_and(|root| root.has_attribute("data-worker")) {
        return false;
    }
    storage().is_some() && stored(CHOICE).as_deref() != Some("off")
}

/// Whether this device keeps a copy of the book of this account: nobody has signed out here since, and nobody else has
/// signed in.
#[must_use]
pub fn keeps_book_of(account: AccountId) -> bool {
    keeps_book() && stored(BOOK_OF).is_some_and(|of| of == account.to_string())
}

/// Records that this account is signed in here.
pub fn begin_book_of(account: AccountId) {
    if let Some(storage) = storage() {
        // If the storage is full, no copy is kept.
        drop(storage.set_item(BOOK_OF, &account.to_string()));
    }
}

/// As [`begin_book_of`], for a page over the copy of this account: who erases the copies removes the name as well, so it is
/// missing only if the browser was killed before it had written it.
pub fn resume_book_of(account: AccountId) {
    if stored(BOOK_OF).is_none() {
        begin_book_of(account);
    }
}

/// Records that a person looks at a page of this household.
pub fn look_at(household: HouseholdId) {
    if let Some(storage) = storage() {
        // Without it, a device opens the copy that was kept last.
        drop(storage.set_item(LOOKED_AT, &household.to_string()));
    }
}

/// Records that no copy may be kept until the server has rendered another page here.
pub fn end_book() {
    if let Some(storage) = storage() {
        // It fails only if nothing can be stored at all.
        drop(storage.remove_item(BOOK_OF));
        drop(storage.remove_item(LOOKED_AT));
    }
}
