//! The budgets of what a browser downloads.

use super::whole;
use std::{fs, path::Path, process::Command};

/// The parts of a release: a file of each, and its budget in KB.
const PARTS: [&str; 5] =
    ["family-budget.1.wasm", "later-1.wasm", "household-1.wasm", "plan-1.wasm", "chunk_1.wasm"];

/// Measures a release whose compressed files have these sizes: what the script says, or its error.
fn measured(files: &[(&str, usize)]) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, size) in files {
        fs::write(folder.path().join(name), "").expect("a file");
        fs::write(folder.path().join(format!("{name}.br")), vec![0; *size]).expect("a file");
    }
    measured_in(folder.path())
}

fn measured_in(folder: &Path) -> Result<String, String> {
    let output =
        Command::new("bash").arg(whole("../scripts/sizes.sh")).arg(folder).output().expect("it starts");
    let [said, error] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
    if output.status.success() { Ok(said) } else { Err(error) }
}

/// The files of a release, each as large as its budget allows.
fn within_budget() -> Vec<(&'static str, usize)> {
    let said = measured(&PARTS.map(|name| (name, 0))).expect("nothing is within every budget");
    let budgets = said.lines().map(|line| {
        let budget = line.rsplit_once("budget ").and_then(|(_, rest)| rest.strip_suffix(" KB"));
        budget.expect("a budget").parse::<usize>().expect("a number") * 1000
    });
    let files: Vec<_> = PARTS.into_iter().zip(budgets).collect();
    assert_eq!(files.len(), PARTS.len(), "{said}");
    files
}

#[test]
fn a_part_over_its_budget_is_refused() {
    let files = within_budget();
    measured(&files).expect("it is within the budgets");
    for at in 0..files.len() {
        let mut larger = files.clone();
        larger[at].1 += 1;
        let error = measured(&larger).expect_err(files[at].0);
        assert!(error.contains("over its budget"), "{error}");
    }
}

#[test]
fn the_files_of_a_part_are_added() {
    let mut files = within_budget();
    files.push(("chunk_2.wasm", 1));
    let error = measured(&files).expect_err("one byte more");
    assert!(error.contains("what several parts share is over its budget"), "{error}");
}

#[test]
fn a_release_without_a_part_or_with_one_that_has_no_budget_is_refused() {
    let files = within_budget();
    for at in 0..files.len() {
        let mut fewer = files.clone();
        let (name, _) = fewer.remove(at);
        let error = measured(&fewer).expect_err(name);
        assert!(error.contains("the release has no "), "{error}");
    }
    let mut more = files.clone();
    more.push(("reports-1.wasm", 1));
    let error = measured(&more).expect_err("a part without a budget");
    assert!(error.contains("parts without a budget"), "{error}");
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(PARTS[0]), "").expect("a file");
    let error = measured_in(folder.path()).expect_err("a part that was not compressed");
    assert!(error.contains("is not compressed"), "{error}");
}
