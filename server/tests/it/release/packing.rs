//! The script that packs the files of a release into the folder of their build.

use super::{tools_first, whole};
use std::{collections::BTreeSet, fs, path::Path, process::Command};

/// Packs a release whose part has this text: the folder of its build, and what the file of hashes says afterwards.
fn packed(site: &Path, part: &str, broken: &str) -> Option<(String, String)> {
    let pkg = site.join("pkg");
    let _ = fs::remove_dir_all(&pkg);
    fs::create_dir_all(pkg.join("snippets")).expect("a folder");
    for (name, text) in [
        ("family-budget.js", "script"),
        ("plan-1.wasm", part),
        ("family-budget.css", "style"),
        ("snippets/inline.js", "inline"),
    ] {
        fs::write(pkg.join(name), text).expect("a file");
    }
    let hashes = site.join("hash.txt");
    let output = Command::new("bash")
        .arg(whole("../scripts/pack.sh"))
        .args([&pkg, &hashes])
        .env("PATH", tools_first())
        .env("BROKEN", broken)
        .output()
        .expect("it starts");
    let said = String::from_utf8(output.stdout).expect("text");
    let folder = said.trim().strip_prefix(&format!("{}/", pkg.display())).map(str::to_owned);
    let hashes = fs::read_to_string(hashes).expect("the hashes");
    output.status.success().then(|| (folder.expect("a folder of pkg"), hashes))
}

fn files_in(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.file_name());
    names.filter_map(|name| name.into_string().ok()).collect()
}

#[test]
fn the_files_of_a_build_are_compressed_and_have_a_folder_that_is_named_after_their_contents() {
    let site = tempfile::tempdir().expect("a folder");
    fs::write(site.path().join("hash.txt"), "js: x\nbuild: of-before\n").expect("a file");
    let (first, hashes) = packed(site.path(), "one", "").expect("it is packed");
    assert_eq!(hashes, format!("js: x\nbuild: {first}\n"));
    assert_eq!(files_in(&site.path().join("pkg")), BTreeSet::from([first.clone()]));
    let files = files_in(&site.path().join("pkg").join(&first));
    let each = |name: &str| ["", ".br", ".gz"].map(|end| format!("{name}{end}"));
    let mut expected: BTreeSet<String> = BTreeSet::from(["snippets".to_owned(), "hash.txt".to_owned()]);
    expected.extend(["family-budget.js", "plan-1.wasm", "family-budget.css"].into_iter().flat_map(each));
    assert_eq!(files, expected);
    assert_eq!(
        files_in(&site.path().join("pkg").join(&first).join("snippets")),
        each("inline.js").into_iter().collect()
    );
    assert_eq!(packed(site.path(), "one", "").expect("it is packed").0, first);
    // The other files kept their names.
    assert_ne!(packed(site.path(), "two", "").expect("it is packed").0, first);
}

#[test]
fn a_release_that_cannot_be_compressed_is_refused() {
    let site = tempfile::tempdir().expect("a folder");
    fs::write(site.path().join("hash.txt"), "js: x\n").expect("a file");
    assert_eq!(packed(site.path(), "one", "brotli"), None);
}
