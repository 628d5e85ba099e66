//! The browser's database: opened, opened again, and noticed when the browser takes it away.

use js_sys::{Object, Promise, Reflect};
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, Event, IdbDatabase, IdbRequest, IdbTransaction};

#[wasm_bindgen]
extern "C" {
    /// A database whose transactions have options: web-sys has them only behind a compiler flag.
    type WithOptions;
    #[wasm_bindgen(method, catch)]
    fn transaction(
        this: &WithOptions,
        stores: &JsValue,
        mode: &str,
        options: &JsValue,
    ) -> Result<IdbTransaction, JsValue>;
}

const DATABASE: &str = "family-budget";
const VERSION: u32 = 1;
/// The store of commands, and the channel on which tabs tell each other of changes.
pub(super) const COMMANDS: &str = "outbox";
/// The stores with what the server has too.
pub(super) const COPIES: [&str; 2] = ["book", "who"];
/// All stores of version 1.
const STORES: [&str; 3] = [COMMANDS, COPIES[0], COPIES[1]];
/// Told to all tabs, this one included, when the browser has closed the database.
pub(super) const LOST: &str = "lost";

/// The opened database. A browser may close it at any time; then it is opened again.
#[derive(Clone, Default)]
pub(super) struct OpenedDatabase(Rc<RefCell<Option<IdbDatabase>>>);

impl OpenedDatabase {
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
        self.notice_loss(&database);
        self.0.replace(Some(database.clone()));
        Ok(database)
    }

    /// Tells all pages when the browser closes the database, which it does when it takes the storage away.
    fn notice_loss(&self, database: &IdbDatabase) {
        let (this, opened) = (self.clone(), database.clone());
        let lost = Closure::<dyn Fn()>::new(move || {
            // A deletion of the database waits until this connection is closed.
            opened.close();
            this.0.replace(None);
            // A separate channel, because a channel does not receive its own messages.
            if let Ok(channel) = BroadcastChannel::new(COMMANDS) {
                drop(channel.post_message(&LOST.into()));
                channel.close();
            }
        });
        database.set_onclose(Some(lost.as_ref().unchecked_ref()));
        database.set_onversionchange(Some(lost.as_ref().unchecked_ref()));
        // The listener lives as long as the database, and few are opened.
        lost.forget();
    }

    /// Begins a transaction on these stores. If that fails, it opens the database again and tries once more, because the
    /// browser may have closed the connection.
    pub(super) async fn begin(&self, stores: &JsValue, mode: &str) -> Result<IdbTransaction, JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"durability".into(), &"strict".into())?;
        let begin = |database: &IdbDatabase| {
            database.unchecked_ref::<WithOptions>().transaction(stores, mode, &options)
        };
        if let Ok(transaction) = begin(&self.open().await?) {
            return Ok(transaction);
        }
        self.0.replace(None);
        begin(&self.open().await?)
    }
}

/// The result of a request.
pub(super) async fn result_of(request: &IdbRequest) -> Result<JsValue, JsValue> {
    let answered = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(Some(&resolve));
        request.set_onerror(Some(&reject));
    });
    JsFuture::from(answered).await?;
    request.result()
}

/// Ends with the transaction. Its handlers are set at once.
pub(super) fn end_of(transaction: &IdbTransaction) -> JsFuture {
    JsFuture::from(Promise::new(&mut |resolve, reject| {
        transaction.set_oncomplete(Some(&resolve));
        transaction.set_onabort(Some(&reject));
    }))
}
