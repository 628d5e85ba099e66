//! The stores with what the server has too: the copy of the book, and whose it is.

use super::database::{COPIES, OpenedDatabase, end_of, result_of};
use crate::book_choice;
use app::{
    outbox::{DeviceBook, DeviceOwner, KeptReader, OlderCopy, OlderTexts},
    wire::Position,
};
use js_sys::Array;
use std::collections::HashMap;
use wasm_bindgen::JsValue;
use web_sys::{IdbKeyRange, IdbObjectStore, IdbTransaction};

fn stores(transaction: &IdbTransaction) -> Result<[IdbObjectStore; 2], JsValue> {
    let [books, readers] = COPIES;
    Ok([transaction.object_store(books)?, transaction.object_store(readers)?])
}

fn key_of(owner: DeviceOwner) -> JsValue {
    Array::of2(&owner.account.to_string().into(), &owner.household.to_string().into()).into()
}

/// All keys of this owner.
fn keys_of(owner: DeviceOwner) -> Result<JsValue, JsValue> {
    Ok(IdbKeyRange::bound(&key_of(owner), &end_of_keys(owner))?.into())
}

/// Stores the copy of this owner, unless the device has a later one. Copies of other accounts are deleted: whoever uses the
/// device now must not see them. If the copy may not be kept any more, it is deleted.
pub(super) async fn put_copy(
    transaction: &IdbTransaction,
    owner: DeviceOwner,
    book: &DeviceBook,
    last: &LastCopy,
) -> Result<Option<LastCopy>, JsValue> {
    let [books, readers] = stores(transaction)?;
    let key = key_of(owner);
    let stored = result_of(&readers.get(&key)?).await?;
    // Asked only now, in the transaction: the person may have signed out while this tab was frozen, and who erases the
    // copies says so before.
    if !book_choice::keeps_book_of(owner.account) {
        return drop_copy(transaction, owner).map(|()| None);
    }
    let account = JsValue::from_str(&owner.account.to_string());
    let below = IdbKeyRange::upper_bound_with_open(&Array::of1(&account), true)?;
    // An array is after every string.
    let above = IdbKeyRange::lower_bound(&Array::of2(&account, &Array::new()))?;
    for store in [&books, &readers] {
        store.delete(&below)?;
        store.delete(&above)?;
    }
    let stored = stored.as_string();
    if stored.as_ref().is_some_and(|stored| book.is_behind(stored)) {
        return Ok(None);
    }
    books.put_with_key(&book.book.as_str().into(), &key)?;
    readers.put_with_key(&book.reader.as_str().into(), &key)?;
    let before = last.older.as_ref().filter(|_| last.owner == Some(owner) && last.reader == stored);
    let older = match &book.older {
        Some(older) => {
            match before {
                Some(before) => put_changed(&books, owner, older, before)?,
                None => put_different(&books, owner, older).await?,
            }
            books.put_with_key(&older.head.as_str().into(), &part_of(owner, HEAD))?;
            Some(older)
        }
        // What is there stays, and belongs to another book until it is known.
        None => before,
    };
    Ok(Some(LastCopy { owner: Some(owner), reader: Some(book.reader.clone()), older: older.cloned() }))
}

/// The copy that this page has stored last: of the days of older facts, it stores only those that have changed since.
#[derive(Default)]
pub(super) struct LastCopy {
    owner: Option<DeviceOwner>,
    /// No other page has stored one since if the device has this one.
    reader: Option<String>,
    older: Option<OlderCopy>,
}

fn put_changed(
    books: &IdbObjectStore,
    owner: DeviceOwner,
    older: &OlderCopy,
    before: &OlderCopy,
) -> Result<(), JsValue> {
    let (changed, gone) = older.since(before);
    for (day, text) in changed {
        books.put_with_key(&text.into(), &part_of(owner, &day))?;
    }
    for day in gone {
        books.delete(&part_of(owner, &day))?;
    }
    Ok(())
}

/// Compares the days with what is there: another page, or an earlier one, has stored most of them.
async fn put_different(books: &IdbObjectStore, owner: DeviceOwner, older: &OlderCopy) -> Result<(), JsValue> {
    let mut there: HashMap<String, String> = parts_of(books, owner).await?.into_iter().collect();
    there.remove(HEAD);
    for (day, text) in older.all() {
        if there.remove(&day).as_ref() != Some(&text) {
            books.put_with_key(&text.into(), &part_of(owner, &day))?;
        }
    }
    for day in there.keys() {
        books.delete(&part_of(owner, day))?;
    }
    Ok(())
}

/// The name of what is stored beside the days.
const HEAD: &str = "older";

/// The key of a day of older facts.
fn part_of(owner: DeviceOwner, name: &str) -> JsValue {
    Array::of3(&owner.account.to_string().into(), &owner.household.to_string().into(), &name.into()).into()
}

/// What is stored of the older facts, by name.
async fn parts_of(books: &IdbObjectStore, owner: DeviceOwner) -> Result<Vec<(String, String)>, JsValue> {
    let range =
        IdbKeyRange::bound_with_lower_open_and_upper_open(&key_of(owner), &end_of_keys(owner), true, true)?;
    let (keys, values) = (books.get_all_keys_with_key(&range)?, books.get_all_with_key(&range)?);
    let (keys, values) = (result_of(&keys).await?, result_of(&values).await?);
    let name = |key: JsValue| Array::from(&key).get(2).as_string();
    let pairs = Array::from(&keys).iter().zip(Array::from(&values).iter()).collect::<Vec<_>>();
    Ok(pairs.into_iter().filter_map(|(key, value)| name(key).zip(value.as_string())).collect())
}

/// After all keys of this owner: an array is after every string.
fn end_of_keys(owner: DeviceOwner) -> JsValue {
    Array::of3(&owner.account.to_string().into(), &owner.household.to_string().into(), &Array::new()).into()
}

/// Reads the copy of this owner with its older facts; `None` if there are none.
pub(super) async fn load_older(
    database: &OpenedDatabase,
    owner: DeviceOwner,
) -> Result<Option<OlderTexts>, JsValue> {
    let [books, _] = COPIES;
    let store = database.begin(&books.into(), "readonly").await?.object_store(books)?;
    let (book, mut parts) = (store.get(&key_of(owner))?, parts_of(&store, owner).await?);
    let head = parts.iter().position(|(name, _)| name == HEAD).map(|at| parts.swap_remove(at).1);
    let days = parts.into_iter().map(|(_, text)| text).collect();
    let book = book.result()?.as_string();
    Ok(head.zip(book).map(|(head, book)| OlderTexts { book, head, days }))
}

/// Deletes the copy of this owner.
pub(super) fn drop_copy(transaction: &IdbTransaction, owner: DeviceOwner) -> Result<(), JsValue> {
    let all = keys_of(owner)?;
    for store in stores(transaction)? {
        store.delete(&all)?;
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
            Some(owner) => store.delete(&keys_of(owner)?)?,
            None => store.clear()?,
        };
    }
    #[expect(deprecated, reason = "only web-sys calls it so; the standard does not")]
    transaction.commit()?;
    ended.await.map(drop)
}
