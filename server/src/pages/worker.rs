//! The service worker, and the page that it shows while the server cannot be reached.
//!
//! The browser fetches the worker anew now and then and compares it with the one that it has. So its text names the
//! build, and contains a hash of everything else that it stores.

use super::page;
use crate::{http::Web, page_files::PageFiles};
use app::plain;
use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use sha2::{Digest, Sha256};

const WORKER: &str = include_str!("../../../frontend/shell/sw.js");
/// Removes the worker that a browser has.
const REMOVER: &str = include_str!("../../../frontend/shell/remove.js");
const OFFLINE_SCRIPT: &str = include_str!("../../../frontend/shell/offline.js");

/// The routes that hold no data and need nobody's session.
pub fn worker_routes(web: &Web) -> Router<Web> {
    let offline = plain::offline(web.options.clone());
    let worker = if web.keeps_files { worker(&web.files, &offline) } else { REMOVER.to_owned() };
    Router::new()
        .route("/sw.js", get(async move || script(worker)))
        .route("/offline.js", get(async || script(OFFLINE_SCRIPT)))
        .route("/offline", get(async move || page(StatusCode::OK, offline)))
}

fn worker(files: &PageFiles, offline: &str) -> String {
    let hash = Sha256::new().chain_update(offline).chain_update(OFFLINE_SCRIPT).finalize();
    let hash: String = hash.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let names = files.names().into_iter().map(|name| format!("/{}/{name}", files.address));
    let paths: Vec<String> =
        ["/offline", "/offline.js"].into_iter().map(str::to_owned).chain(names).collect();
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
