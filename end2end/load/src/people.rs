//! The people who use the program.

use anyhow::{Context, Result, ensure};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::{sync::Arc, time::Instant};
use tokio::sync::Semaphore;
use uuid::Uuid;

/// Sockets of one household in the runs with many households.
pub const PER_HOUSEHOLD: usize = 100;
/// Sockets of one person: as many as the server allows.
pub const PER_PERSON: usize = 50;

/// The client for all requests.
pub fn http() -> Result<Client> {
    Ok(Client::builder().pool_max_idle_per_host(64).build()?)
}

/// A position in the log of a household.
#[derive(Clone)]
pub struct Stand {
    /// The epoch of the log.
    pub epoch: String,
    /// The last change.
    pub seq: i64,
}

/// A person with a session.
#[derive(Clone)]
pub struct Person {
    /// `127.0.0.1:port`.
    pub address: String,
    /// The session's cookie.
    pub cookie: String,
    client: Client,
    article: String,
    center: String,
}

impl Person {
    /// Founds a household.
    pub async fn founder(client: &Client, address: &str) -> Result<Self> {
        Self::register(client, address, json!({ "household": "Load" })).await
    }

    async fn register(client: &Client, address: &str, more: Value) -> Result<Self> {
        let mut form = json!({ "name": "Load", "email": format!("{}@example.org", Uuid::new_v4()), "password": "correct horse battery" });
        for (key, value) in more.as_object().context("an object")? {
            form[key] = value.clone();
        }
        let answer = client.post(format!("http://{address}/api/v1/auth/register")).json(&form).send().await?;
        ensure!(answer.status().is_success(), "registering: {}", answer.text().await?);
        let cookie = answer.headers().get("set-cookie").context("a session")?.to_str()?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let mut person = Self {
            address: address.to_owned(),
            cookie,
            client: client.clone(),
            article: String::new(),
            center: String::new(),
        };
        let articles = person.items("/articles").await?;
        let article = articles.iter().find(|row| row["kind"] == "expense").context("an article")?;
        person.article = article["id"].as_str().unwrap_or_default().to_owned();
        let centers = person.items("/financial-centers").await?;
        person.center = centers.first().context("a center")?["id"].as_str().unwrap_or_default().to_owned();
        Ok(person)
    }

    /// The same person with another process.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// Another member of this household.
    pub async fn guest(&self) -> Result<Self> {
        let answer = self.call(self.client.post(self.url("/invites")).json(&json!({}))).await?;
        let link: Value = answer.json().await?;
        let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).context("a link")?;
        Self::register(&self.client, &self.address, json!({ "invite": token })).await
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/api/v1{path}", self.address)
    }

    async fn call(&self, request: RequestBuilder) -> Result<Response> {
        let answer = request.header("cookie", &self.cookie).send().await?;
        ensure!(answer.status().is_success(), "{}: {}", answer.status(), answer.text().await?);
        Ok(answer)
    }

    async fn items(&self, path: &str) -> Result<Vec<Value>> {
        let answer: Value = self.call(self.client.get(self.url(path))).await?.json().await?;
        Ok(answer["items"].as_array().cloned().unwrap_or_default())
    }

    /// Records a fact whose comment is `t` and the nanoseconds since `start` at which it was scheduled;
    /// returns its number.
    pub async fn post(&self, start: Instant, scheduled: Instant) -> Result<i64> {
        let fact = json!({
            "amount": "-1.00",
            "article_id": self.article,
            "financial_center_id": self.center,
            "comment": format!("t{:020}", (scheduled - start).as_nanos()),
        });
        let answer = self.call(self.client.post(self.url("/facts")).json(&fact)).await?;
        let seq = answer.headers().get("budget-seq").context("a number")?.to_str()?.parse()?;
        // The connection is free for the next request only after the whole response.
        answer.bytes().await?;
        Ok(seq)
    }

    /// The epoch and the end of the log.
    pub async fn stand(&self) -> Result<Stand> {
        let answer = self.call(self.client.get(self.url("/household"))).await?;
        let header =
            |name: &str| anyhow::Ok(answer.headers().get(name).context("a position")?.to_str()?.to_owned());
        Ok(Stand { epoch: header("budget-epoch")?, seq: header("budget-seq")?.parse()? })
    }

    /// The end of the log.
    pub async fn head(&self) -> Result<i64> {
        Ok(self.stand().await?.seq)
    }
}

/// A household with as many members as this many sockets need.
pub async fn household(client: &Client, address: &str, sockets: usize) -> Result<Vec<Person>> {
    let owner = Person::founder(client, address).await?;
    let mut people = vec![owner.clone()];
    while people.len() * PER_PERSON < sockets {
        people.push(owner.guest().await?);
    }
    Ok(people)
}

/// Founds many households, a few at a time: a password hash takes a core.
pub async fn founders(client: &Client, address: &str, count: usize) -> Result<Vec<Person>> {
    let few = Arc::new(Semaphore::new(4));
    let founding = (0..count).map(|_| {
        let (client, address, few) = (client.clone(), address.to_owned(), few.clone());
        tokio::spawn(async move {
            let _turn = few.acquire().await?;
            Person::founder(&client, &address).await
        })
    });
    let mut people = Vec::with_capacity(count);
    for one in founding.collect::<Vec<_>>() {
        people.push(one.await??);
    }
    Ok(people)
}
