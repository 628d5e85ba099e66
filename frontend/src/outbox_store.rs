//! Stores the commands of the outbox in the browser's database, which outlives the page.
//!
//! The database `family-budget` has version 1 for good: keys and opaque JSON, so no build needs another shape of
//! it. Each change is one small transaction, committed at once: a frozen tab must not hold one open. Durability is
//! strict, since what is called stored must survive a battery that dies one second later.

use app::outbox::{CommandStore, RecordsHearer, StoreChange, StoreHearer, StoreOwner};
use futures_channel::mpsc;
use futures_util::StreamExt;
use js_sys::{Array, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    BroadcastChannel, Event, IdbDatabase, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction,
    MessageEvent,
};

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions have options: web-sys has them only behind a compiler flag.
    type WithOptions;
    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &WithOptions,
        store: &str,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;
}

const DATABASE: &str = "family-budget";
const VERSION: u32 = 1;
const COMMANDS: &str = "outbox";
/// All stores of version 1.
const STORES: [&str; 3] = [COMMANDS, "book", "who"];
/// More records than anybody makes without a network.
const MOST_RECORDS: u32 = 10_000;

enum Job {
    Save(StoreOwner, Vec<StoreChange>, StoreHearer),
    Load(StoreOwner, RecordsHearer),
}

/// The commands that this browser stores.
pub struct OutboxStore {
    jobs: mpsc::UnboundedSender<Job>,
    /// Tells other tabs of changes; `None` if the browser has no such channel.
    channel: Option<SendWrapper<BroadcastChannel>>,
}

impl OutboxStore {
    /// Opens the store. If that fails, or never ends, nothing is reported as stored.
    #[must_use]
    pub fn open() -> Self {
        let (sender, receiver) = mpsc::unbounded();
        let channel = BroadcastChannel::new(COMMANDS).ok();
        spawn_local(work(receiver, channel.clone()));
        Self { jobs: sender, channel: channel.map(SendWrapper::new) }
    }

    fn give(&self, job: Job) {
        // The receiver ends with the page.
        drop(self.jobs.unbounded_send(job));
    }
}

impl CommandStore for OutboxStore {
    fn save(&self, owner: StoreOwner, changes: Vec<StoreChange>, hearer: StoreHearer) {
        self.give(Job::Save(owner, changes, hearer));
    }

    fn load(&self, owner: StoreOwner, hearer: RecordsHearer) {
        self.give(Job::Load(owner, hearer));
    }

    fn follow(&self, owner: StoreOwner, changed: Box<dyn Fn() + Send + Sync>) {
        let Some(channel) = &self.channel else { return };
        let name = name_of(owner);
        let heard = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
            if message.data().as_string().as_deref() == Some(&name) {
                changed();
            }
        });
        channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        // The listener lives as long as the page.
        heard.forget();
    }
}

/// Does one job after the other, so that a later one never overtakes an earlier one.
async fn work(mut jobs: mpsc::UnboundedReceiver<Job>, channel: Option<BroadcastChannel>) {
    let database = Database::default();
    let mut asked = false;
    while let Some(job) = jobs.next().await {
        match job {
            Job::Save(owner, changes, hearer) => {
                let saved = save(&database, owner, &changes).await.is_ok();
                hearer(saved);
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
        }
    }
}

fn name_of(owner: StoreOwner) -> String {
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

/// The opened database. A browser may close it at any time; then it is opened again.
#[derive(Clone, Default)]
struct Database(Rc<RefCell<Option<IdbDatabase>>>);

impl Database {
    async fn open(&self) -> Result<IdbDatabase, JsValue> {
        if let Some(database) = self.0.borrow().clone() {
            return Ok(database);
        }
        let factory = web_sys::window().and_then(|window| window.indexed_db().ok().flatten());
        let factory = factory.ok_or(JsValue::UNDEFINED)?;
        let request = factory.open_with_u32(DATABASE, VERSION)?;
        let opening = request.clone();
        let create = Closure::once(move |_: Event| {
            let result = opening.result().ok().and_then(|it| it.dyn_into::<IdbDatabase>().ok());
            for name in STORES {
                // If one cannot be created, opening fails.
                drop(result.as_ref().map(|database| database.create_object_store(name)));
            }
        });
        request.set_onupgradeneeded(Some(create.as_ref().unchecked_ref()));
        let database: IdbDatabase = result_of(&request).await?.dyn_into()?;
        self.0.replace(Some(database.clone()));
        Ok(database)
    }

    /// Begins a transaction on the commands. If that fails, it opens the database again and tries once more, because the
    /// browser may have closed the connection.
    async fn begin(&self, mode: &str) -> Result<IdbTransaction, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin = |database: &IdbDatabase| {
            database.unchecked_ref::<WithOptions>().transaction(COMMANDS, mode, &options)
        };
        if let Ok(transaction) = begin(&self.open().await?) {
            return Ok(transaction);
        }
        self.0.replace(None);
        begin(&self.open().await?)
    }
}

async fn save(database: &Database, owner: StoreOwner, changes: &[StoreChange]) -> Result<(), JsValue> {
    let transaction = database.begin("readwrite").await?;
    let ended = end_of(&transaction);
    let changed = change_all(&transaction, owner, changes).await;
    if changed.is_err() {
        // Otherwise the browser would commit the changes before the one that failed. It may have aborted already.
        drop(transaction.abort());
        return changed;
    }
    // A tab that is frozen before the browser commits by itself would block every other one.
    #[expect(deprecated, reason = "only web-sys calls it so; the standard does not")]
    transaction.commit()?;
    ended.await.map(drop)
}

async fn change_all(
    transaction: &IdbTransaction,
    owner: StoreOwner,
    changes: &[StoreChange],
) -> Result<(), JsValue> {
    let store = transaction.object_store(COMMANDS)?;
    for change in changes {
        match change {
            StoreChange::Add(key, text) => put(&store, owner, key, text)?,
            StoreChange::Replace(key, text) => {
                let number = result_of(&store.count_with_key(&key_of(owner, key))?).await?;
                if number.as_f64().is_some_and(|number| number > 0.0) {
                    put(&store, owner, key, text)?;
                }
            }
            StoreChange::Delete(key) => drop(store.delete(&key_of(owner, key))?),
        }
    }
    Ok(())
}

fn put(store: &IdbObjectStore, owner: StoreOwner, key: &str, text: &str) -> Result<(), JsValue> {
    store.put_with_key(&text.into(), &key_of(owner, key)).map(drop)
}

/// The records of this owner, by the last part of their key.
async fn load(database: &Database, owner: StoreOwner) -> Result<Vec<(String, String)>, JsValue> {
    let transaction = database.begin("readonly").await?;
    let store = transaction.object_store(COMMANDS)?;
    let first = Array::of2(&owner.account.to_string().into(), &owner.household.to_string().into());
    // An array is after every string.
    let last = Array::of3(&first.get(0), &first.get(1), &Array::new());
    let range: JsValue = IdbKeyRange::bound(&first, &last)?.into();
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

fn key_of(owner: StoreOwner, key: &str) -> JsValue {
    Array::of3(&owner.account.to_string().into(), &owner.household.to_string().into(), &key.into()).into()
}

async fn result_of(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let answered = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(answered).await?;
    request.result()
}

/// Ends with the transaction. Its handlers are set at once.
fn end_of(transaction: &IdbTransaction) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    }))
}
