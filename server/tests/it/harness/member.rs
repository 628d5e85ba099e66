//! People who call the program, and the responses that they get.

use app::domain::HouseholdId;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::net::SocketAddr;
use uuid::Uuid;

pub const PASSWORD: &str = "correct horse battery";

pub fn email(name: &str) -> String {
    format!("{}-{}@example.org", name.to_lowercase(), Uuid::new_v4())
}

/// A complete response.
#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn seq(&self) -> i64 {
        self.header("budget-seq").parse().unwrap_or(-1)
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// Asserts a problem with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Self {
        let reply = self.is(status);
        assert_eq!(reply.header("content-type"), "application/problem+json", "{}", reply.body);
        assert_eq!(reply.body["code"], code, "{}", reply.body);
        assert_eq!(reply.body["status"], status);
        assert!(reply.body["detail"].as_str().is_some_and(|detail| detail.len() > 10), "{}", reply.body);
        reply
    }

    /// Asserts that exactly this field was refused for this reason.
    #[track_caller]
    pub fn refuses(self, field: &str, code: &str) -> Self {
        let reply = self.problem(422, "invalid");
        let errors = reply.body["errors"].as_array().cloned().unwrap_or_default();
        assert!(
            errors.iter().any(|e| e["field"] == field && e["code"] == code),
            "{field} {code}: {}",
            reply.body
        );
        reply
    }

    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }
}

/// A person with a session.
#[derive(Clone)]
pub struct Member {
    pub addr: SocketAddr,
    pub client: reqwest::Client,
    pub cookie: String,
    pub id: Value,
    pub email: String,
}

impl Member {
    pub(super) async fn enter(&mut self, path: &str, form: Value) {
        self.email = form["email"].as_str().unwrap_or_default().to_owned();
        let reply = self.post(path, form).await.is(201);
        self.cookie = cookie_of(&reply);
        self.id = reply.body["member"]["id"].clone();
    }

    pub async fn log_in(&self) -> Self {
        let form = json!({ "email": self.email, "password": PASSWORD });
        let reply = self.post("/auth/login", form).await.is(200);
        Self { cookie: cookie_of(&reply), ..self.clone() }
    }

    pub async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<String>,
    ) -> Reply {
        let mut request = self.client.request(method, format!("http://{}/api/v1{path}", self.addr));
        if !self.cookie.is_empty() {
            request = request.header("cookie", &self.cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let answer = request.send().await.expect("the server answers");
        let (status, headers) = (answer.status(), answer.headers().clone());
        let text = answer.text().await.expect("the answer is whole");
        Reply { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.call(Method::GET, path, &[], None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.call(Method::POST, path, &[], Some(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PUT, path, &[], Some(body.to_string())).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.call(Method::PATCH, path, &[], Some(body.to_string())).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.call(Method::DELETE, path, &[], None).await
    }

    /// The token of a new invitation.
    pub async fn invite(&self) -> String {
        let link = self.post("/invites", json!({})).await.is(201).body["url"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        link.rsplit('/').next().unwrap_or_default().to_owned()
    }

    pub async fn household(&self) -> HouseholdId {
        let id = self.get("/household").await.is(200).id();
        id.parse().expect("an id")
    }

    /// The id of an article of a kind.
    pub async fn article(&self, kind: &str) -> String {
        let all = self.get("/articles").await.is(200);
        let found =
            all.body["items"].as_array().into_iter().flatten().find(|row| row["kind"] == kind).cloned();
        found.expect("the starter tree has every kind")["id"].as_str().unwrap_or_default().to_owned()
    }

    /// The id of the first center.
    pub async fn center(&self) -> String {
        let all = self.get("/financial-centers").await.is(200);
        all.body["items"][0]["id"].as_str().unwrap_or_default().to_owned()
    }

    /// A body for `POST /facts`.
    pub async fn purchase(&self, amount: &str) -> Value {
        json!({ "amount": amount, "article_id": self.article("expense").await, "financial_center_id": self.center().await })
    }

    /// Records a purchase.
    pub async fn buys(&self, amount: &str) -> Reply {
        let body = self.purchase(amount).await;
        self.post("/facts", body).await.is(201)
    }

    /// The end of the log.
    pub async fn head(&self) -> i64 {
        self.get("/household").await.is(200).seq()
    }
}

pub fn cookie_of(reply: &Reply) -> String {
    reply.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}
