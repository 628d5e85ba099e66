//! Stores the commands of the outbox and a copy of the book in the browser's database, which outlives the page.
//!
//! The database `family-budget` has version 1 for good: keys and opaque JSON, so no build needs another shape of
//! it. Each change is one small transaction, committed at once: a frozen tab must not hold one open. Durability is
//! strict, since what is called stored must survive a battery that dies one second later.

mod copies;
mod database;
mod latest;

use app::{
    domain::{AccountId, HouseholdId},
    outbox::{
        CommandStore, DeviceBook, DeviceChange, DeviceHearer, DeviceNews, DeviceOwner, HouseholdsHearer,
        OlderHearer, RecordsHearer,
    },
};
use copies::{LastCopy, drop_copy, drop_copy_without, load_older, put_copy};
use database::{COMMANDS, COPIES, LOST, OpenedDatabase, end_of, result_of};
use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::{Array, Reflect};
use latest::LatestBook;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, IdbKeyRange, IdbObjectStore, IdbTransaction, MessageEvent};

/// More records than anybody makes without a network.
const MOST_RECORDS: u32 = 10_000;

/// What a page does with its store.
pub trait BrowserStore: CommandStore {
    /// Erases the copies of the book, or only this owner's: nobody is signed in any more who may see them.
    /// `public/signing-out.js` does the same before somebody signs out.
    fn erase_copies(&self, of: Option<DeviceOwner>);
}

enum Job {
    Save(DeviceOwner, Vec<DeviceChange>, DeviceHearer),
    Load(DeviceOwner, RecordsHearer),
    LoadOlder(DeviceOwner, OlderHearer),
    Households(AccountId, HouseholdsHearer),
    Erase(Option<DeviceOwner>),
}

/// The commands that this browser stores.
pub struct OutboxStore {
    jobs: mpsc::UnboundedSender<Job>,
    latest: LatestBook,
    /// Tells other tabs of changes; `None` if the browser has no such channel.
    channel: Option<SendWrapper<BroadcastChannel>>,
}

impl OutboxStore {
    /// Opens the store. If that fails, or never ends, nothing is reported as stored.
    #[must_use]
    pub fn open() -> Self {
        let (sender, receiver) = mpsc::unbounded();
        let channel = BroadcastChannel::new(COMMANDS).ok();
        let latest = LatestBook::default();
        spawn_local(work(receiver, latest.clone(), channel.clone()));
        Self { jobs: sender, latest, channel: channel.map(SendWrapper::new) }
    }

    fn give(&self, job: Job) {
        // The receiver ends with the page.
        drop(self.jobs.unbounded_send(job));
    }
}

impl BrowserStore for OutboxStore {
    fn erase_copies(&self, of: Option<DeviceOwner>) {
        self.give(Job::Erase(of));
    }
}

impl CommandStore for OutboxStore {
    fn save(&self, owner: DeviceOwner, changes: Vec<DeviceChange>, hearer: DeviceHearer) {
        self.give(Job::Save(owner, changes, hearer));
    }

    fn save_with_book(
        &self,
        owner: DeviceOwner,
        changes: Vec<DeviceChange>,
        book: DeviceBook,
        hearer: DeviceHearer,
    ) {
        self.latest.set(owner, book);
        self.give(Job::Save(owner, changes, hearer));
    }

    fn load(&self, owner: DeviceOwner, hearer: RecordsHearer) {
        self.give(Job::Load(owner, hearer));
    }

    fn load_older(&self, owner: DeviceOwner, hearer: OlderHearer) {
        self.give(Job::LoadOlder(owner, hearer));
    }

    fn households(&self, account: AccountId, hearer: HouseholdsHearer) {
        self.give(Job::Households(account, hearer));
    }

    fn follow(&self, owner: DeviceOwner, hearer: Box<dyn Fn(DeviceNews) + Send + Sync>) {
        let Some(channel) = &self.channel else { return };
        let name = name_of(owner);
        // Sent by `public/signing-out.js`, with the keys after it.
        let discarded = format!("{} discarded", owner.account);
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            let Some(text) = message.data().as_string() else { return };
            if text == name {
                hearer(DeviceNews::Changed);
            } else if text == LOST {
                hearer(DeviceNews::Lost);
            } else if let Some(keys) = text.strip_prefix(&discarded) {
                hearer(DeviceNews::Discarded(keys.split_whitespace().map(str::to_owned).collect()));
            }
        });
        // The browser refuses only something that is not a function.
        drop(channel.add_event_listener_with_callback("message", heard.as_ref().unchecked_ref()));
        // The listener lives as long as the page.
        heard.forget();
    }
}

/// Does one job after the other, so that a later one never overtakes an earlier one.
async fn work(mut jobs: mpsc::UnboundedReceiver<Job>, latest: LatestBook, channel: Option<BroadcastChannel>) {
    let (database, mut last) = (OpenedDatabase::default(), LastCopy::default());
    let mut asked = false;
    while let Some(job) = jobs.next().await {
        match job {
            Job::Save(owner, changes, hearer) => {
                // It was given with this job or a later one. In both cases it contains what the records had that are
                // deleted here, and those that later jobs delete stay until then.
                let book = latest.take(owner);
                let saved = save_all(&database, owner, &changes, book.as_ref(), &mut last).await.is_ok();
                if let Some(book) = book.filter(|_| !saved) {
                    latest.give_back(owner, book);
                }
                hearer(saved);
                // Nothing of a book concerns other tabs.
                let saved = saved && !changes.is_empty();
                if saved && let Some(channel) = &channel {
                    // A closed channel ends with the page.
                    drop(channel.post_message(&name_of(owner).into()));
                }
                if saved && !asked {
                    asked = true;
                    persist();
                }
            }
            Job::Load(owner, hearer) => hearer(load(&database, owner).await.ok()),
            Job::LoadOlder(owner, hearer) => hearer(load_older(&database, owner).await.ok().flatten()),
            Job::Households(account, hearer) => {
                hearer(households(&database, account).await.unwrap_or_default());
            }
            // If it fails, the next sign-in page erases them.
            Job::Erase(of) => {
                latest.clear();
                drop(copies::erase(&database, of).await);
            }
        }
    }
}

fn name_of(owner: DeviceOwner) -> String {
    format!("{} {}", owner.account, owner.household)
}

/// Asks the browser not to delete the database when the device runs out of space.
fn persist() {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return };
    // Only over TLS and on localhost.
    if Reflect::get(&navigator, &JsValue::from_str("storage")).is_ok_and(|it| !it.is_undefined()) {
        // If the browser refuses, the records stay where they are as long as there is space.
        drop(navigator.storage().persist());
    }
}

async fn save_all(
    database: &OpenedDatabase,
    owner: DeviceOwner,
    changes: &[DeviceChange],
    book: Option<&DeviceBook>,
    last: &mut LastCopy,
) -> Result<(), JsValue> {
    if changes.is_empty() && book.is_none() {
        // An earlier job has stored the book of this one.
        return Ok(());
    }
    let change = book.map_or(BookChange::None, BookChange::Put);
    if save(database, owner, changes, change, last).await.is_ok() {
        return Ok(());
    }
    // There may be no room. What the person has entered is nowhere else, and the server has the book, too. An old copy would
    // also miss what the deleted records contain. Some browsers count the room as free only once the deletion is committed.
    save(database, owner, &[], BookChange::Drop, last).await?;
    save(database, owner, changes, BookChange::None, last).await
}

/// What becomes of the copy of the book.
enum BookChange<'a> {
    None,
    Put(&'a DeviceBook),
    Drop,
}

async fn save(
    database: &OpenedDatabase,
    owner: DeviceOwner,
    changes: &[DeviceChange],
    book: BookChange<'_>,
    last: &mut LastCopy,
) -> Result<(), JsValue> {
    let [books, readers] = COPIES;
    let drops = |change: &DeviceChange| matches!(change, DeviceChange::DropCopyWithout(_));
    let stores: JsValue = match book {
        BookChange::None if !changes.iter().any(drops) => COMMANDS.into(),
        _ => Array::of3(&COMMANDS.into(), &books.into(), &readers.into()).into(),
    };
    let transaction = database.begin(&stores, "readwrite").await?;
    let ended = end_of(&transaction);
    let changed = match (change_all(&transaction, owner, changes).await, book) {
        (Ok(()), BookChange::None) => Ok(None),
        (Ok(()), BookChange::Put(book)) => put_copy(&transaction, owner, book, last).await,
        (Ok(()), BookChange::Drop) => drop_copy(&transaction, owner).map(|()| None),
        (Err(error), _) => Err(error),
    };
    let stored = match changed {
        Ok(stored) => stored,
        Err(error) => {
            // Otherwise the browser would commit the changes before the one that failed. It may have aborted already.
            drop(transaction.abort());
            return Err(error);
        }
    };
    // A tab that is frozen before the browser commits by itself would block every other one.
    #[expect(deprecated, reason = "only web-sys calls it so; the standard does not")]
    transaction.commit()?;
    ended.await?;
    if let Some(stored) = stored {
        *last = stored;
    }
    Ok(())
}

async fn change_all(
    transaction: &IdbTransaction,
    owner: DeviceOwner,
    changes: &[DeviceChange],
) -> Result<(), JsValue> {
    let store = transaction.object_store(COMMANDS)?;
    for change in changes {
        match change {
            DeviceChange::Add(key, text) => put(&store, owner, key, text)?,
            DeviceChange::Replace(key, text) => {
                let number = result_of(&store.count_with_key(&key_of(owner, key))?).await?;
                if number.as_f64().is_some_and(|number| number > 0.0) {
                    put(&store, owner, key, text)?;
                }
            }
            DeviceChange::Delete(key) => drop(store.delete(&key_of(owner, key))?),
            DeviceChange::DropCopyWithout(position) => {
                drop_copy_without(transaction, owner, *position).await?;
            }
        }
    }
    Ok(())
}

fn put(store: &IdbObjectStore, owner: DeviceOwner, key: &str, text: &str) -> Result<(), JsValue> {
    store.put_with_key(&text.into(), &key_of(owner, key)).map(drop)
}

/// The records of this owner, by the last part of their key.
async fn load(database: &OpenedDatabase, owner: DeviceOwner) -> Result<Vec<(String, String)>, JsValue> {
    let transaction = database.begin(&COMMANDS.into(), "readonly").await?;
    let store = transaction.object_store(COMMANDS)?;
    let range = range_of(&[&owner.account.to_string(), &owner.household.to_string()])?;
    let keys = store.get_all_keys_with_key_and_limit(&range, MOST_RECORDS)?;
    let values = store.get_all_with_key_and_limit(&range, MOST_RECORDS)?;
    let (keys, values) = (result_of(&keys).await?, result_of(&values).await?);
    let text = |key: JsValue| Array::from(&key).get(2).as_string();
    let (keys, values) = (Array::from(&keys), Array::from(&values));
    if keys.length() == MOST_RECORDS {
        // What is beyond them would be taken for ended.
        return Err(JsValue::UNDEFINED);
    }
    let pairs = keys.iter().zip(values.iter());
    Ok(pairs.filter_map(|(key, value)| text(key).zip(value.as_string())).collect())
}

/// The households in which this account has records.
async fn households(database: &OpenedDatabase, account: AccountId) -> Result<Vec<HouseholdId>, JsValue> {
    let transaction = database.begin(&COMMANDS.into(), "readonly").await?;
    let store = transaction.object_store(COMMANDS)?;
    let range = range_of(&[&account.to_string()])?;
    let keys = result_of(&store.get_all_keys_with_key_and_limit(&range, MOST_RECORDS)?).await?;
    let household = |key: JsValue| Array::from(&key).get(1).as_string()?.parse().ok();
    let mut found: Vec<HouseholdId> = Array::from(&keys).iter().filter_map(household).collect();
    // The keys are in their order.
    found.dedup();
    Ok(found)
}

/// The keys that begin with these parts.
fn range_of(parts: &[&str]) -> Result<JsValue, JsValue> {
    let first: Array = parts.iter().map(|part| JsValue::from_str(part)).collect();
    // An array is after every string.
    let last = first.concat(&Array::of1(&Array::new()));
    Ok(IdbKeyRange::bound(&first, &last)?.into())
}

fn key_of(owner: DeviceOwner, key: &str) -> JsValue {
    Array::of3(&owner.account.to_string().into(), &owner.household.to_string().into(), &key.into()).into()
}
