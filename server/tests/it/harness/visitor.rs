//! A person whose browser runs no WebAssembly: forms, cookies, pages.

use super::{Member, TestServer};
use reqwest::{Method, StatusCode, redirect::Policy};
use serde_json::Value;
use std::collections::BTreeMap;

/// A page or a redirect.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub location: String,
    pub retry_after: String,
    pub html: String,
}

impl Page {
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        self
    }

    #[track_caller]
    pub fn leads_to(self, path: &str) -> Self {
        let page = self.is(303);
        assert_eq!(page.location, path);
        page
    }

    /// Asserts how many seconds a browser is told to wait.
    #[track_caller]
    pub fn retries_after(self, seconds: &str) -> Self {
        assert_eq!(self.retry_after, seconds);
        self
    }

    /// Asserts that a text is on the page.
    #[track_caller]
    pub fn shows(self, text: &str) -> Self {
        assert!(self.html.contains(text), "{text} in {}", self.html);
        self
    }

    /// Asserts that a text is not on the page.
    #[track_caller]
    pub fn hides(self, text: &str) -> Self {
        assert!(!self.html.contains(text), "{text} in {}", self.html);
        self
    }
}

/// A browser.
pub struct Visitor {
    url: String,
    client: reqwest::Client,
    cookies: BTreeMap<String, String>,
    pub accept_language: String,
}

impl Visitor {
    pub fn of(server: &TestServer) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { url: server.url(""), client, cookies: BTreeMap::new(), accept_language: "en-GB".into() }
    }

    /// The browser of a signed-in person.
    pub fn signed_in(server: &TestServer, member: &Member) -> Self {
        let mut visitor = Self::of(server);
        visitor.take(&member.cookie);
        visitor
    }

    /// The same person as a client of the API.
    pub fn member(&self, stranger: Member) -> Member {
        let cookie = self.cookies.get("session").map(|token| format!("session={token}"));
        Member { cookie: cookie.unwrap_or_default(), ..stranger }
    }

    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Sets a cookie, as a script of a page does.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.into(), value.into());
    }

    fn take(&mut self, cookie: &str) {
        let (name, value) = cookie.split(';').next().unwrap_or_default().split_once('=').expect("a cookie");
        self.cookies.insert(name.into(), value.into());
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let cookies: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request.header("cookie", cookies.join("; ")).header("accept", "text/html");
        let request = request.header("accept-language", &self.accept_language);
        let answer = request.send().await.expect("an answer");
        for cookie in answer.headers().get_all("set-cookie") {
            self.take(cookie.to_str().expect("text"));
        }
        let header = |name| {
            let value = answer.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (status, location, retry_after) = (answer.status(), header("location"), header("retry-after"));
        Page { status, location, retry_after, html: answer.text().await.expect("text") }
    }

    pub async fn open(&mut self, path: &str) -> Page {
        let request = self.client.get(format!("{}{path}", self.url));
        self.send(request).await
    }

    /// Posts a form from the page at `path`.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.post_encoded(path, "application/x-www-form-urlencoded", body.finish()).await
    }

    /// Posts what the browser has encoded in this way.
    pub async fn post_encoded(&mut self, path: &str, kind: &str, body: String) -> Page {
        let url = self.url.clone();
        self.post_from(&url, path, kind, body).await
    }

    /// Posts from a page of this origin.
    pub async fn post_from(&mut self, origin: &str, path: &str, kind: &str, body: String) -> Page {
        let request = self
            .client
            .request(Method::POST, format!("{}{path}", self.url))
            .header("content-type", kind)
            .header("origin", origin)
            .header("referer", format!("{origin}{path}"))
            .body(body);
        self.send(request).await
    }
}

/// The value of the field with this name on a page.
pub fn field(html: &str, name: &str) -> Value {
    let input = html.split("<input").find(|input| input.contains(&format!("name=\"{name}\"")));
    let value =
        input.and_then(|input| input.split("value=\"").nth(1)).and_then(|rest| rest.split('"').next());
    value.map_or(Value::Null, Value::from)
}
