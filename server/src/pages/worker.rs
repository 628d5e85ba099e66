//! The service worker, and the page that it shows while the server cannot be reached.
//!
//! The browser fetches the worker anew now and then and compares it with the one that it has. So its text names the
//! build, and contains a hash of everything else that it stores.

use super::page;
use crate::{http::Web, page_files::PageFiles};
use app::{
    shell::{self, OfflineProgram},
    stopped,
};
use axum::{
    Router,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sha2::{Digest, Sha256};

const WORKER: &str = include_str!("../../../frontend/shell/sw.js");
/// Removes the worker that a browser has.
const REMOVER: &str = include_str!("../../../frontend/shell/remove.js");
const OFFLINE_SCRIPT: &str = include_str!("../../../frontend/shell/offline.js");

/// The policy of the page, which runs the program.
const POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// The routes that hold no data and need nobody's session.
pub fn worker_routes(web: &Web) -> Router<Web> {
    let offline = shell::offline(web.options.clone(), program(&web.files, &web.options.output_name));
    let worker = if web.keeps_files { worker(&web.files, &offline) } else { REMOVER.to_owned() };
    Router::new()
        .route("/sw.js", get(async move || script(worker)))
        .route("/offline.js", get(async || script(OFFLINE_SCRIPT)))
        .route("/stopped.js", get(async || script(stopped::WATCHER)))
        .route("/offline", get(async move || offline_page(offline)))
}

fn offline_page(html: String) -> Response {
    let mut answer = page(StatusCode::OK, html);
    answer.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    answer
}

/// The program of the pages, by the names of its files.
fn program(files: &PageFiles, name: &str) -> OfflineProgram {
    let names = files.names();
    let address = |kind: &str| {
        let is_its = |file: &&String| {
            file.strip_prefix(name).is_some_and(|rest| rest.starts_with('.') && rest.ends_with(kind))
        };
        names.iter().find(is_its).map(|file| format!("/{}/{file}", files.address))
    };
    OfflineProgram { build: files.build.to_string(), script: address(".js"), wasm: address(".wasm") }
}

fn worker(files: &PageFiles, offline: &str) -> String {
    let hash = Sha256::new().chain_update(offline).chain_update(OFFLINE_SCRIPT);
    let hash = hash.chain_update(stopped::WATCHER).finalize();
    let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let names = files.names().into_iter().map(|name| format!("/{}/{name}", files.address));
    let paths: Vec<String> =
        ["/offline", "/offline.js", "/stopped.js"].into_iter().map(str::to_owned).chain(names).collect();
    let (build, paths) = (serde_json::json!(files.build.as_ref()), serde_json::json!(paths));
    format!("const BUILD = {build};\nconst FILES = {paths}; // {hash}\n{WORKER}")
}

fn script(text: impl IntoResponse) -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
        // A browser that kept an old worker would keep an old program.
        (header::CACHE_CONTROL, "no-cache"),
        // The policy of the worker itself.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; connect-src 'self'"),
    ];
    (headers, text)
}
