//! The service worker: what it is told to store, and how it is removed.

use crate::harness::TestServer;
use std::fs;

async fn get(server: &TestServer, path: &str) -> reqwest::Response {
    let client = reqwest::Client::new();
    client.get(server.url(path)).header("accept", "text/html").send().await.expect("an answer")
}

async fn text(server: &TestServer, path: &str) -> String {
    get(server, path).await.text().await.expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_stores_the_files_of_the_build_and_a_page_without_data_and_nothing_else() {
    let site = tempfile::tempdir().expect("a folder");
    let pkg = site.path().join("pkg/b1");
    fs::create_dir_all(&pkg).expect("a folder");
    for name in
        ["a.wasm", "a.wasm.br", "b.js", "c.css", "notes.txt", "family-budget.h1.js", "family-budget.h2.wasm"]
    {
        fs::write(pkg.join(name), name).expect("a file");
    }
    let hashes = site.path().join("hash.txt");
    fs::write(&hashes, "js: x\nbuild: b1\n").expect("a file");
    let server = TestServer::with(|config| {
        config.leptos.site_root = site.path().to_str().expect("text").into();
        config.leptos.hash_files = true;
        config.leptos.hash_file = hashes.to_str().expect("text").into();
    })
    .await;
    let answer = get(&server, "/sw.js").await;
    assert_eq!(answer.headers()["cache-control"], "no-cache");
    assert_eq!(answer.headers()["content-type"], "text/javascript; charset=utf-8");
    let worker = answer.text().await.expect("text");
    let line =
        |start: &str| worker.lines().find_map(|line| line.strip_prefix(start)).expect("a line").to_owned();
    assert_eq!(line("const BUILD = "), "\"b1\";");
    let files = line("const FILES = ");
    let (files, _) = files.split_once("; // ").expect("a hash");
    let files: Vec<String> = serde_json::from_str(files).expect("a list");
    let ours = ["/offline", "/offline.js", "/stopped.js"].map(str::to_owned);
    let of_build = ["a.wasm", "b.js", "c.css", "family-budget.h1.js", "family-budget.h2.wasm"];
    assert_eq!(files, [&ours[..], &of_build.map(|name| format!("/pkg/b1/{name}"))].concat());
    let offline = get(&server, "/offline").await;
    let policy = offline.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    let offline = offline.text().await.expect("text");
    for told in [
        "data-build=\"b1\"",
        "data-script=\"/pkg/b1/family-budget.h1.js\"",
        "data-wasm=\"/pkg/b1/family-budget.h2.wasm\"",
    ] {
        assert!(offline.contains(told), "{told}: {offline}");
    }
    let anna = server.founder("Anna").await;
    for file in files {
        let ask = || reqwest::Client::new().get(server.url(&file));
        let answer = ask().header("cookie", &anna.cookie).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{file}");
        assert!(!answer.headers().contains_key("set-cookie"), "{file}");
        let known = answer.text().await.expect("text");
        let unknown = ask().send().await.expect("an answer").text().await.expect("text");
        assert_eq!(known, unknown, "{file} is the same for everybody");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_asks_for_the_worker_unless_it_is_switched_off_and_then_it_removes_itself_and_offers_no_copy()
{
    let server = TestServer::usual().await;
    let anna = server.founder("Anna").await;
    let page = async |server: &TestServer, path: &str| {
        let ask = reqwest::Client::new().get(server.url(path)).header("accept", "text/html");
        ask.header("cookie", &anna.cookie).send().await.expect("an answer").text().await.expect("a page")
    };
    assert!(page(&server, "/").await.contains("register(\"/sw.js\""));
    assert!(page(&server, "/settings").await.contains("data-keeps-book"));
    assert!(!text(&server, "/sw.js").await.contains("unregister()"));
    let server = server.restarted_with(|config| config.service_worker = false).await;
    assert!(!page(&server, "/").await.contains("register(\"/sw.js\""));
    // A browser may still have the worker, whose registration would show the switch.
    assert!(!page(&server, "/settings").await.contains("data-keeps-book"));
    let remover = text(&server, "/sw.js").await;
    assert!(remover.contains("unregister()") && !remover.contains("FILES"), "{remover}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_for_when_the_server_cannot_be_reached_has_every_language() {
    let server = TestServer::usual().await;
    let page = text(&server, "/offline").await;
    assert!(page.contains("No connection to the server") && page.contains("Нет связи с сервером"), "{page}");
    for language in ["en", "ru"] {
        assert!(page.contains(&format!("lang=\"{language}\" data-title=")), "{page}");
    }
}
