//! The scripts that build the release of the browser's side: they put the real tools together, which are replaced
//! here by short programs in `release/tools`.

mod joining;
mod packing;
mod sizes;

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The path of a file, from wherever the tests run.
fn whole(path: &str) -> PathBuf {
    fs::canonicalize(path).expect("a file")
}

/// The programs of `release/tools` before those of the system.
fn tools_first() -> OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(whole("tests/it/release/tools")).chain(std::env::split_paths(&path));
    std::env::join_paths(all).expect("a list of folders")
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let file = folder.join(name);
    fs::write(&file, text).expect("a file");
    file
}

fn manifest(path: &str) -> toml::Table {
    fs::read_to_string(path).expect("a manifest").parse().expect("TOML")
}

/// Runs the script before `wasm-opt` with one that crashes a number of times and ends with this status: the script's
/// status, how often `wasm-opt` ran, and what the file holds that it reads and replaces.
fn optimised(crashes: u8, status: u8) -> (Option<i32>, usize, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let part = written(folder.path(), "part.wasm", "input");
    let output = Command::new(whole("../scripts/split/wasm-opt"))
        .args(["-Os", "part.wasm", "-o", "part.wasm"])
        .env("WASM_OPT", whole("tests/it/release/crashing/wasm-opt"))
        .env("CRASHES", crashes.to_string())
        .env("STATUS", status.to_string())
        .current_dir(&folder)
        .output()
        .expect("it starts");
    assert!(!folder.path().join("part.wasm.whole").exists(), "nothing is left behind");
    let runs = String::from_utf8_lossy(&output.stdout).lines().count();
    (output.status.code(), runs, fs::read_to_string(part).expect("the file"))
}

#[test]
fn an_optimiser_that_crashed_is_run_again_and_one_that_refused_is_not() {
    let whole = || "whole\n".to_owned();
    assert_eq!(optimised(0, 0), (Some(0), 1, whole()));
    assert_eq!(optimised(2, 0), (Some(0), 3, whole()));
    assert_eq!(optimised(9, 0), (Some(139), 3, "input".to_owned()));
    assert_eq!(optimised(0, 1), (Some(1), 1, "input".to_owned()));
}

/// Runs the script before `wasm-bindgen`, in which one of the tools fails: whether it succeeds, and what it has written.
fn taken_apart(broken: &str) -> (bool, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let input = written(folder.path(), "frontend.wasm", "program");
    let output = Command::new(whole("../scripts/split/wasm-bindgen"))
        .args(["--target=web", "--out-name=family-budget"])
        .arg(format!("--out-dir={}", folder.path().display()))
        .arg(input)
        .env("PATH", tools_first())
        .env("WASM_BINDGEN", whole("tests/it/release/tools/bindgen"))
        .env("BROKEN", broken)
        .output()
        .expect("it starts");
    (output.status.success(), folder)
}

#[test]
fn each_part_is_optimised_as_the_whole_is_and_named_after_the_build() {
    let (done, folder) = taken_apart("");
    assert!(done);
    let mut parts: Vec<String> = fs::read_dir(&folder)
        .expect("a folder")
        .map(|file| file.expect("a file").file_name().into_string().expect("a name"))
        .filter(|name| name.ends_with(".wasm") && name != "frontend.wasm")
        .collect();
    parts.sort();
    // What `sha256sum` says of the word "program".
    let build = "1310ca2c8932";
    assert_eq!(parts, [format!("chunk_0-{build}.wasm"), format!("plan-{build}.wasm")]);
    let flags = &manifest("../Cargo.toml")["workspace"]["metadata"]["leptos"][0]["wasm-opt-features"];
    let flags: Vec<&str> =
        flags.as_array().expect("a list").iter().filter_map(|flag| flag.as_str()).collect();
    let optimised = fs::read_to_string(folder.path().join(&parts[1])).expect("the part");
    assert_eq!(optimised, format!("split_plan, optimised {}\n", flags.join(" ")));
}

/// Cargo leaves that out, without a word, for a library that is also built as an rlib.
#[test]
fn the_program_in_the_browser_is_optimised_at_link_time() {
    assert_eq!(manifest("../Cargo.toml")["profile"]["wasm-release"]["lto"], toml::Value::from(true));
    let types = manifest("../frontend/Cargo.toml")["lib"]["crate-type"].clone();
    assert_eq!(types, toml::Value::from(vec!["cdylib"]));
}

#[test]
fn a_release_in_which_a_tool_fails_is_refused() {
    for broken in ["wasm-split-cli", "bindgen", "cargo", "wasm-opt"] {
        assert!(!taken_apart(broken).0, "{broken}");
    }
}
