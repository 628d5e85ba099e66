//! Each route answers the methods that it has, names them to all others, and answers `HEAD` as it answers `GET`.

use crate::{document::document, harness::TestServer};
use reqwest::{Client, Method, Response, redirect::Policy};
use std::{collections::BTreeSet, fs, path::Path};

/// The paths between quotes after `.route(` in the sources of the server.
fn routes_in(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            routes_in(&path, found);
        } else if !path.ends_with("trial_routes.rs") {
            let text = fs::read_to_string(&path).expect("text");
            let named = text.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            found.extend(named.filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())));
        }
    }
}

/// An example path of every route. `/metrics` is on another address; what is below `{*rest}` is no route.
fn paths() -> Vec<String> {
    let mut found =
        BTreeSet::from(["/pkg/family-budget.css".to_owned(), "/api/docs/openapi.json".to_owned()]);
    routes_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    found.retain(|path| path != "/metrics" && !path.contains("{*"));
    found.extend(document()["paths"].as_object().expect("paths").keys().cloned());
    found.extend(leptos_axum::generate_route_list(app::pages::App).iter().map(|page| page.path().to_owned()));
    found.extend(leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path.to_owned()));
    let example = |segment: &str| match segment {
        "{month}" => "2026-11".to_owned(),
        segment if segment.starts_with('{') => "0190b5a0-0000-7000-8000-000000000000".to_owned(),
        segment => segment.to_owned(),
    };
    found.iter().map(|path| path.split('/').map(example).collect::<Vec<_>>().join("/")).collect()
}

/// Calls the server without following its redirects.
struct Caller {
    server: TestServer,
    client: Client,
}

impl Caller {
    async fn start() -> Self {
        let client = Client::builder().redirect(Policy::none()).build().expect("a client");
        Self { server: TestServer::usual().await, client }
    }

    async fn call(&self, method: Method, path: &str, cookie: &str) -> Response {
        let request = self.client.request(method, self.server.url(path)).header("accept", "text/html");
        let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
        request.send().await.expect("an answer")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_method_that_a_route_lacks_is_refused_with_those_that_it_has() {
    let caller = Caller::start().await;
    let unknown = Method::from_bytes(b"BREW").expect("a method");
    let all = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"];
    let paths = paths();
    for known in [
        "/",
        "/plan",
        "/household",
        "/settings",
        "/sign-in",
        "/demo",
        "/healthz",
        "/api/v1/facts",
        "/api/ui/record_fact",
    ] {
        assert!(paths.iter().any(|path| path == known), "{known} in {paths:?}");
    }
    for path in &paths {
        let mut has = BTreeSet::new();
        for method in all {
            let answer = caller.call(method.parse().expect("a method"), path, "").await;
            if answer.status() != 405 {
                has.insert(method.to_owned());
            }
        }
        for method in [unknown.clone()].into_iter().chain(all.iter().filter_map(|method| method.parse().ok()))
        {
            if has.contains(method.as_str()) {
                continue;
            }
            let answer = caller.call(method.clone(), path, "").await;
            assert_eq!(answer.status(), 405, "{method} {path}");
            let allow =
                answer.headers().get("allow").and_then(|value| value.to_str().ok()).unwrap_or_default();
            let named: BTreeSet<_> = allow.split(',').map(|method| method.trim().to_owned()).collect();
            assert_eq!(named, has, "{method} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn head_is_answered_as_get_with_no_body() {
    let caller = Caller::start().await;
    let anna = caller.server.founder("Anna").await;
    for path in paths() {
        for cookie in ["", anna.cookie.as_str()] {
            let get = caller.call(Method::GET, &path, cookie).await;
            let head = caller.call(Method::HEAD, &path, cookie).await;
            assert_eq!(head.status(), get.status(), "{path} {cookie:?}");
            let names = |answer: &Response| {
                let names = answer.headers().keys().map(|name| name.as_str().to_owned());
                // How the body is sent.
                let body = ["content-length", "transfer-encoding"];
                names.filter(|name| !body.contains(&name.as_str())).collect::<BTreeSet<_>>()
            };
            assert_eq!(names(&head), names(&get), "{path} {cookie:?}");
            for name in ["content-type", "cache-control", "set-cookie", "location", "allow"] {
                // `/demo` makes another key each time.
                if path != "/demo" || name != "location" {
                    assert_eq!(
                        head.headers().get(name),
                        get.headers().get(name),
                        "{name} of {path} {cookie:?}"
                    );
                }
            }
            assert_eq!(head.bytes().await.expect("it ends").len(), 0, "{path}");
        }
    }
}
