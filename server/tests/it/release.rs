//! The script of the release build that stands before `wasm-opt`.

use std::{fs, process::Command};

/// Runs the script with a `wasm-opt` that crashes a number of times and ends with this status: the script's
/// status, how often `wasm-opt` ran, and what the file holds that it reads and replaces.
fn optimised(crashes: u8, status: u8) -> (Option<i32>, usize, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let part = folder.path().join("part.wasm");
    fs::write(&part, "input").expect("a file");
    let whole = |path| fs::canonicalize(path).expect("a script");
    let output = Command::new(whole("../scripts/split/wasm-opt"))
        .args(["-Os", "part.wasm", "-o", "part.wasm"])
        .env("WASM_OPT", whole("tests/it/release/wasm-opt"))
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
