//! The stores with what the server has too: the copy of the book, and whose it is.

use super::database::{COPIES, OpenedDatabase, end_of, result_of};
use crate::book_choice;
use app::{
    outbox::{DeviceBook, DeviceOwner, KeptReader},
    wire::Position,
};
use js_sys::Array;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransaction};

fn stores(transaction: &IdbTransaction) -> Result<[IdbObjectStore; 2], JsValue> {
    let [books, readers] = COPIES;
    Ok([transaction.object_store(books)?, transaction.object_store(readers)?])
}

fn key_of(owner: DeviceOwner) -> JsValue {
    Array::of2(&owner.account.to_string().into(), &owner.household.to_string().into()).into()
}

/// Stores the copy of this owner, unless the device has a later one. Copies of other accounts are deleted: whoever uses the
/// device now must not see them. If the copy may not be kept any more, it is deleted.
pub(super) async fn put_copy(
    transaction: &IdbTransaction,
    owner: DeviceOwner,
    book: &DeviceBook,
) -> Result<(), JsValue> {
    let [books, readers] = stores(transaction)?;
    let key = key_of(owner);
    let stored = result_of(&readers.get(&key)?).await?;
    // Asked only now, in the transaction: the person may have signed out while this tab was frozen, and who erases the
    // copies says so before.
    if !book_choice::keeps_book_of(owner.account) {
        return drop_copy(transaction, owner);
    }
    let account = JsValue::from_str(&owner.account.to_string());
    let below = IdbKeyRange::upper_bound_with_open(&Array::of1(&account), true)?;
    // An array is after every string.
    let above = IdbKeyRange::lower_bound(&Array::of2(&account, &Array::new()))?;
    for store in [&books, &readers] {
        store.delete(&below)?;
        store.delete(&above)?;
    }
    if stored.as_string().is_some_and(|stored| book.is_behind(&stored)) {
        return Ok(());
    }
    books.put_with_key(&book.book.as_str().into(), &key)?;
    readers.put_with_key(&book.reader.as_str().into(), &key)?;
    Ok(())
}

/// Deletes the copy of this owner.
pub(super) fn drop_copy(transaction: &IdbTransaction, owner: DeviceOwner) -> Result<(), JsValue> {
    for store in stores(transaction)? {
        store.delete(&key_of(owner))?;
    }
    Ok(())
}

/// Deletes the copy of this owner if it does not contain the change at this position.
pub(super) async fn drop_copy_without(
    transaction: &IdbTransaction,
    owner: DeviceOwner,
    position: Position,
) -> Result<(), JsValue> {
    let [_, readers] = stores(transaction)?;
    let reader = result_of(&readers.get(&key_of(owner))?).await?;
    match reader.as_string() {
        Some(reader) if KeptReader::contains(&reader, position) => Ok(()),
        _ => drop_copy(transaction, owner),
    }
}

/// Deletes all copies, or only this owner's.
pub(super) async fn erase(database: &OpenedDatabase, of: Option<DeviceOwner>) -> Result<(), JsValue> {
    let [books, readers] = COPIES;
    let transaction = database.begin(&Array::of2(&books.into(), &readers.into()), "readwrite").await?;
    let ended = end_of(&transaction);
    for store in stores(&transaction)? {
        match of {
            Some(owner) => store.delete(&key_of(owner))?,
            None => store.clear()?,
        };
    }
    #[expect(deprecated, reason = "only web-sys calls it so; the standard does not")]
    transaction.commit()?;
    ended.await.map(drop)
}
