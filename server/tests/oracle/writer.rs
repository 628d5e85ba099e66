//! One person who records and changes rows. Whatever happens to the network, each request is repeated with
//! its key until it is answered; what was answered is remembered, and must be in the book.

use crate::{
    World,
    judge::wrong,
    person::{Person, Reply},
};
use app::domain::{FactId, GroupId};
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

/// The last response about each of the writer's rows; `None` once it is deleted.
pub type Told = BTreeMap<String, Option<Value>>;

#[derive(Clone)]
pub struct Writer {
    world: World,
    person: Person,
    household: usize,
    number: usize,
    state: Arc<Mutex<State>>,
    /// Held while a request is in progress.
    busy: Arc<Turn<()>>,
}

struct State {
    rng: Rng,
    told: Told,
    /// Existing transfers and splits.
    groups: BTreeMap<String, &'static str>,
    answers: usize,
}

impl Writer {
    pub fn new(world: World, person: Person, household: usize, number: usize, seed: u64) -> Self {
        let state =
            State { rng: Rng::with_seed(seed), told: Told::new(), groups: BTreeMap::new(), answers: 0 };
        Self { world, person, household, number, state: Arc::new(Mutex::new(state)), busy: Arc::default() }
    }

    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What is certainly in the book.
    pub fn told(&self) -> Told {
        self.with(|state| state.told.clone())
    }

    /// The number of answered requests.
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

    /// Waits until no request is in progress.
    pub async fn rest(&self) {
        drop(self.busy.lock().await);
    }

    async fn write(&self) {
        match self.with(|state| state.rng.u32(0..25)) {
            0..=7 => self.record(false).await,
            8 => self.record(true).await,
            9..=13 => self.revise().await,
            14 | 15 => self.delete().await,
            16 => self.restore().await,
            17 => self.refused().await,
            20 | 21 => self.group(false).await,
            22 => self.group(true).await,
            23 => self.ungroup().await,
            24 => self.plan().await,
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

    /// Records a transfer or a split, or replaces one: either all its parts are in the book, or none.
    async fn group(&self, again: bool) {
        let (a, b) = (self.content(), self.content());
        let amount = a["amount"].as_str().unwrap_or_default().trim_start_matches('-').to_owned();
        let (center, other) = (&self.person.centers[0], &self.person.centers[1]);
        let known = self.with(|state| state.groups.iter().next().map(|(id, kind)| (id.clone(), *kind)));
        let kind = match &known {
            Some((_, kind)) if again => *kind,
            _ if self.with(|state| state.rng.bool()) => "transfers",
            _ => "splits",
        };
        let part = |fact: &Value| json!({ "article_id": fact["article_id"], "amount": fact["amount"], "comment": fact["comment"] });
        let mut form = if kind == "transfers" {
            json!({ "from_financial_center_id": center, "to_financial_center_id": other, "amount": amount, "date": a["date"], "comment": a["comment"] })
        } else {
            json!({ "financial_center_id": center, "date": a["date"], "parts": [part(&a), part(&b), part(&a)] })
        };
        let reply = match known.filter(|_| again) {
            Some((id, _)) => {
                self.forget(&id);
                self.until_answered(Method::PUT, &format!("/{kind}/{id}"), &form).await
            }
            None => {
                form["id"] = json!(GroupId::new());
                self.answer(Method::POST, &format!("/{kind}"), Uuid::nil(), &form).await
            }
        };
        if !reply.status.is_success() {
            wrong(&format!("{kind}: {} {}", reply.status, reply.body));
        }
        let id = reply.body["id"].as_str().unwrap_or_default().to_owned();
        self.with(|state| state.groups.insert(id, kind));
        for fact in reply.body["facts"].as_array().into_iter().flatten() {
            self.note(fact["id"].as_str().unwrap_or_default().to_owned(), Some(fact.clone()));
        }
    }

    async fn ungroup(&self) {
        let Some((id, kind)) = self.with(|state| state.groups.pop_first()) else { return };
        self.until_answered(Method::DELETE, &format!("/{kind}/{id}"), &Value::Null).await;
        self.forget(&id);
    }

    /// Forgets the parts of a group, until they are answered again.
    fn forget(&self, group: &str) {
        self.with(|state| {
            state.told.retain(|_, row| row.as_ref().is_none_or(|row| row["group"]["id"] != group));
        });
    }

    async fn plan(&self) {
        let amount = self.with(|state| state.rng.u32(0..900));
        let article = self.with(|state| state.rng.choice(&self.person.articles).cloned().unwrap_or_default());
        let month = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let path = format!("/plans/{article}/{:04}-{:02}", month.year(), month.month());
        self.until_answered(Method::PUT, &path, &json!({ "amount": amount })).await;
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

    /// A random existing or deleted row.
    fn pick(&self, deleted: bool) -> Option<String> {
        self.with(|state| {
            let rows: Vec<_> = state
                .told
                .iter()
                .filter(|(_, row)| row.is_none() == deleted)
                .filter(|(_, row)| row.as_ref().is_none_or(|row| row["group"].is_null()))
                .map(|(id, _)| id.clone())
                .collect();
            state.rng.choice(rows)
        })
    }

    fn note(&self, id: String, row: Option<Value>) {
        self.with(|state| state.told.insert(id, row));
    }

    /// Records a row; `twice` sends the same request concurrently a second time.
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

    /// Sends a request that must be refused and change nothing; otherwise the judge would detect it.
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

    /// Repeats a request with its key until there is a conclusive response.
    async fn answer(&self, method: Method, path: &str, key: Uuid, form: &Value) -> Reply {
        let key = key.to_string();
        let keyed = [("idempotency-key", key.as_str())];
        // The key of a creation is its id.
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
