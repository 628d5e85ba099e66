//! Every path that a README names exists.

use std::{fs, path::Path};

/// The paths that a text names and the repository lacks: those between backticks that begin with a folder of the
/// repository, the targets of links, and names of modules (`row.rs`, `loaded/`), which stand beside or inside a
/// path that the same line names before.
fn missing(root: &Path, text: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for line in text.lines() {
        let links =
            line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        let local = links.filter(|target| !target.contains("://") && !target.starts_with('#'));
        missing.extend(local.filter(|target| !root.join(target).exists()).map(str::to_owned));
        let mut named = Vec::new();
        // Every other piece between backticks is code.
        for code in line.split('`').skip(1).step_by(2).filter(|code| !code.contains(char::is_whitespace)) {
            let module = code.ends_with(".rs") || code.ends_with('/');
            let found = match code.split_once('/') {
                Some((folder, rest))
                    if !rest.is_empty() && !folder.is_empty() && root.join(folder).is_dir() =>
                {
                    named.push(root.join(code));
                    root.join(code).exists()
                }
                _ if module && !code.contains("//") && !code.starts_with('/') => named.iter().any(|path| {
                    path.join(code).exists() || path.parent().is_some_and(|folder| folder.join(code).exists())
                }),
                _ => true,
            };
            if !found {
                missing.push(code.to_owned());
            }
        }
    }
    // What a build makes.
    missing.retain(|path| !path.starts_with("target/"));
    missing
}

#[test]
fn every_path_that_a_readme_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in ["README.md", "end2end/load/README.md"] {
        let text = fs::read_to_string(root.join(file)).expect("a README");
        let missing = missing(&root, &text);
        assert!(missing.is_empty(), "{file} names what is not there: {missing:?}");
    }
}

#[test]
fn a_path_that_a_text_names_and_the_repository_lacks_is_found() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (text, lacking) in [
        ("`server/src/ledger/gone.rs`", vec!["server/src/ledger/gone.rs"]),
        ("`app/src/components`, `waiting.rs`", vec!["app/src/components", "waiting.rs"]),
        ("`server/src/ledger/write.rs`, `loaded/`, `gone/`", vec!["gone/"]),
        (
            "[tables](end2end/load/GONE.md) [rules](#rules) [site](https://example.org)",
            vec!["end2end/load/GONE.md"],
        ),
        ("`server/src/main.rs`, `target/site`, `https://your.host/`, `a b/c.rs`, `/api/docs`", vec![]),
    ] {
        assert_eq!(missing(&root, text), lacking, "{text}");
    }
}
