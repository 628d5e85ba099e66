//! A person with a session.

use crate::World;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::time::Duration;

const PASSWORD: &str = "correct horse battery";

#[derive(Clone)]
pub struct Person {
    pub cookie: String,
    pub articles: Vec<String>,
    pub centers: Vec<String>,
    client: reqwest::Client,
}

/// A response: its status, its number in the log, its body.
pub struct Reply {
    pub status: StatusCode,
    pub seq: i64,
    pub body: Value,
}

impl Person {
    /// Registers this many members of one household.
    pub async fn family(world: &World, household: usize, count: usize) -> Vec<Self> {
        let email = |n: usize| format!("h{household}p{n}@example.org");
        let form = json!({ "name": "P0", "email": email(0), "password": PASSWORD, "household": format!("h{household}"), "time_zone": "UTC" });
        let owner = Self::register(world, form).await;
        let mut family = vec![owner];
        for n in 1..count {
            let link = family[0].direct(world, Method::POST, "/invites", Some(json!({}))).await;
            let token =
                link.body["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link").to_owned();
            let form =
                json!({ "name": format!("P{n}"), "email": email(n), "password": PASSWORD, "invite": token });
            family.push(Self::register(world, form).await);
        }
        family
    }

    async fn register(world: &World, form: Value) -> Self {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).build().expect("a client");
        let url = format!("http://{}/api/v1/auth/register", world.programs[0].address());
        let answer =
            client.post(url).json(&form).timeout(Duration::from_secs(30)).send().await.expect("an answer");
        assert_eq!(answer.status(), 201, "{form}");
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .expect("text")
            .split(';')
            .next()
            .expect("a cookie")
            .to_owned();
        let mut person = Self { cookie, articles: Vec::new(), centers: Vec::new(), client };
        let ids = |reply: Reply, keep: &dyn Fn(&Value) -> bool| -> Vec<String> {
            let rows = reply.body["items"].as_array().cloned().unwrap_or_default();
            rows.iter()
                .filter(|row| keep(row))
                .map(|row| row["id"].as_str().expect("an id").to_owned())
                .collect()
        };
        person.articles =
            ids(person.direct(world, Method::GET, "/articles", None).await, &|row| row["kind"] != "transfer");
        person.centers = ids(person.direct(world, Method::GET, "/financial-centers", None).await, &|_| true);
        person
    }

    /// A call that bypasses the faulty network and must succeed.
    pub async fn direct(&self, world: &World, method: Method, path: &str, body: Option<Value>) -> Reply {
        let url = format!("http://{}/api/v1{path}", world.programs[0].address());
        let reply = self.call(method, &url, &[], body.as_ref()).await.expect("an answer");
        assert!(reply.status.is_success(), "{path}: {} {}", reply.status, reply.body);
        reply
    }

    /// A call through the network; `None` if no response arrived.
    pub async fn attempt(
        &self,
        world: &World,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<Reply> {
        let url = format!("http://{}/api/v1{path}", world.any_proxy().address());
        self.call(method, &url, headers, body).await
    }

    /// The call by which the program in a browser changes the book, through the network.
    pub async fn write(&self, world: &World, body: &Value) -> Option<Reply> {
        let url = format!("http://{}/api/ui/write", world.any_proxy().address());
        self.call(Method::POST, &url, &[], Some(body)).await
    }

    async fn call(
        &self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<Reply> {
        let mut request = self.client.request(method, url).header("cookie", &self.cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send().await.ok()?;
        let status = answer.status();
        let seq =
            answer.headers().get("budget-seq").and_then(|seq| seq.to_str().ok()?.parse().ok()).unwrap_or(-1);
        let text = answer.text().await.ok()?;
        Some(Reply { status, seq, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }
}
