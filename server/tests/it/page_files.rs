//! The files that a page loads: under the address of their build, and compressed as the release has compressed them.

use crate::harness::TestServer;
use reqwest::{Response, header::HeaderMap};
use std::{fs, path::Path};

/// The files of a folder: names and contents.
fn written(folder: &Path, files: &[(&str, &str)]) {
    fs::create_dir_all(folder).expect("a folder");
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
}

/// A program with the files of this site. With hashes, the file of them names a build.
async fn serving(site: &Path, build: Option<&str>) -> TestServer {
    let hashes = site.join("hash.txt");
    if let Some(build) = build {
        fs::write(&hashes, format!("js: a\nwasm: b\ncss: c\nbuild: {build}\n")).expect("a file");
    }
    TestServer::with(|config| {
        config.leptos.site_root = site.to_str().expect("text").into();
        config.leptos.hash_files = build.is_some();
        config.leptos.hash_file = hashes.to_str().expect("text").into();
    })
    .await
}

async fn get(server: &TestServer, path: &str, encodings: &str) -> Response {
    let request = reqwest::Client::new().get(server.url(path)).header("accept-encoding", encodings);
    request.send().await.expect("an answer")
}

/// The folder that a page names for its files.
async fn folder_of_the_page(server: &TestServer) -> String {
    let page = get(server, "/sign-in", "identity").await.text().await.expect("a page");
    let (_, rest) = page.split_once("href=\"/pkg/").expect("its style sheet");
    let (folder, file) = rest.split_once('/').expect("a folder");
    assert!(file.starts_with("family-budget."), "{file}");
    folder.to_owned()
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_is_sent_as_the_release_has_compressed_it_and_is_never_compressed_anew() {
    let site = tempfile::tempdir().expect("a folder");
    let large = "body{}".repeat(1000);
    let folder = site.path().join("pkg/abc123");
    written(
        &folder,
        &[
            ("family-budget.css", &large),
            ("family-budget.css.br", "as brotli"),
            ("family-budget.css.gz", "as gzip"),
            ("plain.css", &large),
        ],
    );
    let server = serving(site.path(), Some("abc123")).await;
    for (asked, encoding, text) in [
        ("gzip, deflate, br, zstd", "br", "as brotli"),
        ("gzip", "gzip", "as gzip"),
        ("identity", "", large.as_str()),
        ("br;q=0, gzip;q=0", "", &large),
    ] {
        let answer = get(&server, "/pkg/abc123/family-budget.css", asked).await;
        let headers = answer.headers().clone();
        assert_eq!(header(&headers, "content-encoding"), encoding, "{asked}");
        assert_eq!(header(&headers, "content-type"), "text/css", "{asked}");
        assert_eq!(header(&headers, "content-length"), text.len().to_string(), "{asked}");
        // Caches on the way must not send one browser what another one asked for.
        assert_eq!(header(&headers, "vary"), "accept-encoding", "{asked}");
        assert_eq!(answer.text().await.expect("text"), text, "{asked}");
    }
    let answer = get(&server, "/pkg/abc123/plain.css", "gzip, br").await;
    assert_eq!(header(answer.headers(), "content-encoding"), "");
    assert_eq!(answer.text().await.expect("text"), large);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_takes_its_files_from_the_folder_of_its_build_and_those_of_earlier_builds_are_still_there() {
    let site = tempfile::tempdir().expect("a folder");
    for build in ["b1", "b2"] {
        written(&site.path().join("pkg").join(build), &[("family-budget.c.css", build)]);
    }
    let server = serving(site.path(), Some("b2")).await;
    assert_eq!(folder_of_the_page(&server).await, "b2");
    for build in ["b1", "b2"] {
        let answer = get(&server, &format!("/pkg/{build}/family-budget.c.css"), "br").await;
        assert_eq!(header(answer.headers(), "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.text().await.expect("text"), build);
    }
    let missing = get(&server, "/pkg/b3/family-budget.c.css", "br").await;
    assert_eq!((missing.status().as_u16(), header(missing.headers(), "cache-control")), (404, ""));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_name_the_files_of_their_build_while_the_hashes_beside_the_program_are_replaced() {
    let site = tempfile::tempdir().expect("a folder");
    let hashes = "js: a\nwasm: b\ncss: c\nbuild: b1\n";
    written(&site.path().join("pkg/b1"), &[("family-budget.c.css", "style"), ("hash.txt", hashes)]);
    let server = serving(site.path(), Some("b1")).await;
    fs::write(site.path().join("hash.txt"), "js: x\nwasm: y\ncss: z\nbuild: b2\n").expect("a file");
    let page = get(&server, "/sign-in", "identity").await.text().await.expect("a page");
    assert!(page.contains("/pkg/b1/family-budget.c.css"), "{page}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_build_without_folders_has_one_in_its_address_named_after_what_the_files_contain() {
    let site = tempfile::tempdir().expect("a folder");
    let pkg = site.path().join("pkg");
    written(&pkg, &[("family-budget.css", "one"), ("family-budget.js", "script")]);
    let server = serving(site.path(), None).await;
    let first = folder_of_the_page(&server).await;
    for folder in [format!("/pkg/{first}"), "/pkg".to_owned()] {
        let answer = get(&server, &format!("{folder}/family-budget.css"), "br").await;
        assert_eq!(header(answer.headers(), "cache-control"), "no-cache", "{folder}");
        assert_eq!(answer.text().await.expect("text"), "one", "{folder}");
    }
    written(&pkg, &[("family-budget.js", "another script")]);
    let server = serving(site.path(), None).await;
    assert_ne!(folder_of_the_page(&server).await, first);
}
