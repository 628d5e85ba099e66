//! One person who records and changes. Whatever happens to the network, each request is repeated under its
//! key until it is answered; what was answered is remembered, and must be in the book.

use crate::{
    World,
    judge::wrong,
    person::{Person, Reply},
};
use app::domain::FactId;
use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{sync::Mutex as Turn, time::sleep};
use uuid::Uuid;

/// What the writer was told of a row of its own; none once it is deleted.
pub type Told = BTreeMap<String, Option<Value>>;

#[derive(Clone)]
pub struct Writer {
    world: World,
    person: Person,
    household: usize,
    number: usize,
    state: Arc<Mutex<State>>,
    /// Held while a request is under way.
    busy: Arc<Turn<()>>,
}

struct State {
    rng: Rng,
    told: Told,
    answers: usize,
}

impl Writer {
    pub fn new(world: World, person: Person, household: usize, number: usize, seed: u64) -> Self {
        let state = State { rng: Rng::with_seed(seed), told: Told::new(), answers: 0 };
        Self { world, person, household, number, state: Arc::new(Mutex::new(state)), busy: Arc::default() }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is in the book for sure.
    pub fn told(&self) -> Told {
        self.with(|state| state.told.clone())
    }

    /// Requests that were answered.
    pub fn count(&self) -> usize {
        self.with(|state| state.answers)
    }

    pub async fn warm_up(&self, rows: usize) {
        for _ in 0..rows {
            self.record(false).await;
        }
    }

    pub async fn run(self) {
        let mut writing = self.world.writing.subscribe();
        loop {
            drop(writing.wait_for(|writing| *writing).await);
            let turn = self.busy.lock().await;
            if *writing.borrow() {
                self.write().await;
            }
            drop(turn);
            sleep(Duration::from_millis(self.with(|state| state.rng.u64(0..40)))).await;
        }
    }

    /// Waits until nothing is under way.
    pub async fn rest(&self) {
        drop(self.busy.lock().await);
    }

    async fn write(&self) {
        match self.with(|state| state.rng.u32(0..20)) {
            0..=7 => self.record(false).await,
            8 => self.record(true).await,
            9..=13 => self.revise().await,
            14 | 15 => self.delete().await,
            16 => self.restore().await,
            17 => self.refused().await,
            18 => {
                let name = format!("h{} {}", self.household, self.with(|state| state.rng.u32(..)));
                self.until_answered(Method::PATCH, "/household", &json!({ "name": name })).await;
            }
            _ => {
                let (which, balance) = self.with(|state| (state.rng.bool(), state.rng.i32(-500..500)));
                if which {
                    let id = &self.person.articles[self.number];
                    let name = format!("Renamed {balance}");
                    self.until_answered(Method::PATCH, &format!("/articles/{id}"), &json!({ "name": name }))
                        .await;
                } else {
                    let form = json!({ "opening_balance": format!("{balance}.00") });
                    let id = &self.person.centers[0];
                    self.until_answered(Method::PATCH, &format!("/financial-centers/{id}"), &form).await;
                }
            }
        }
    }

    fn content(&self) -> Value {
        self.with(|state| {
            let minor = state.rng.i64(1..200_000) * if state.rng.u32(0..5) == 0 { 1 } else { -1 };
            let sign = if minor < 0 { "-" } else { "" };
            let days = state.rng.i64(0..70);
            let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date() - jiff::ToSpan::days(days);
            json!({
                "amount": format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100),
                "article_id": state.rng.choice(&self.person.articles),
                "financial_center_id": state.rng.choice(&self.person.centers),
                "date": date.to_string(),
                "comment": format!("h{} w{} {}", self.household, self.number, "x".repeat(state.rng.usize(0..60))),
            })
        })
    }

    /// One of the rows that are there, or that are deleted.
    fn pick(&self, deleted: bool) -> Option<String> {
        self.with(|state| {
            let rows: Vec<_> = state
                .told
                .iter()
                .filter(|(_, row)| row.is_none() == deleted)
                .map(|(id, _)| id.clone())
                .collect();
            state.rng.choice(rows)
        })
    }

    fn note(&self, id: String, row: Option<Value>) {
        self.with(|state| state.told.insert(id, row));
    }

    /// Records a row; `twice` sends the same request a second time at the same moment.
    async fn record(&self, twice: bool) {
        let id = FactId::new().to_string();
        let mut form = self.content();
        form["id"] = json!(id);
        let reply = if twice {
            let (one, two) = tokio::join!(
                self.answer(Method::POST, "/facts", Uuid::nil(), &form),
                self.answer(Method::POST, "/facts", Uuid::nil(), &form)
            );
            if (&one.body, one.seq) != (&two.body, two.seq) {
                wrong(&format!("one request, two answers: {} and {}", one.body, two.body));
            }
            one
        } else {
            self.answer(Method::POST, "/facts", Uuid::nil(), &form).await
        };
        if !reply.status.is_success() {
            wrong(&format!("recording: {} {}", reply.status, reply.body));
        }
        self.note(id, Some(reply.body));
    }

    async fn revise(&self) {
        let Some(id) = self.pick(false) else { return };
        let form = self.content();
        let reply = self.until_answered(Method::PATCH, &format!("/facts/{id}"), &form).await;
        self.note(id, Some(reply.body));
    }

    async fn delete(&self) {
        let Some(id) = self.pick(false) else { return };
        self.until_answered(Method::DELETE, &format!("/facts/{id}"), &Value::Null).await;
        self.note(id, None);
    }

    async fn restore(&self) {
        let Some(id) = self.pick(true) else { return };
        let reply = self.until_answered(Method::POST, &format!("/facts/{id}/restore"), &Value::Null).await;
        self.note(id, Some(reply.body));
    }

    /// What must not be done and must change nothing: if it did, the judge would see it.
    async fn refused(&self) {
        let Some(id) = self.pick(false) else { return };
        let mut form = self.content();
        form["amount"] = json!("1.005");
        let reply = self.answer(Method::PATCH, &format!("/facts/{id}"), Uuid::now_v7(), &form).await;
        if reply.status != 422 {
            wrong(&format!("three decimals: {} {}", reply.status, reply.body));
        }
    }

    async fn until_answered(&self, method: Method, path: &str, form: &Value) -> Reply {
        let reply = self.answer(method.clone(), path, Uuid::now_v7(), form).await;
        if !reply.status.is_success() {
            wrong(&format!("{method} {path}: {} {}", reply.status, reply.body));
        }
        reply
    }

    /// Repeats a request under its key until an answer comes that is one.
    async fn answer(&self, method: Method, path: &str, key: Uuid, form: &Value) -> Reply {
        let key = key.to_string();
        let keyed = [("idempotency-key", key.as_str())];
        // A creation's key is its id.
        let headers: &[_] = if key == Uuid::nil().to_string() { &[] } else { &keyed };
        let body = (!form.is_null()).then_some(form);
        loop {
            match self.person.attempt(&self.world, method.clone(), path, headers, body).await {
                Some(reply) if !reply.status.is_server_error() => {
                    self.with(|state| state.answers += 1);
                    return reply;
                }
                _ => sleep(Duration::from_millis(50)).await,
            }
        }
    }
}
