//! Options, environment variables and the configuration file.

use super::{ends, one_clear_line, program};
use std::io::Read;

#[test]
fn a_wrong_option_or_url_ends_with_a_clear_line_and_code_2() {
    // Occupies the default port, if it is free: nothing here needs it.
    let _usual = std::net::TcpListener::bind("127.0.0.1:3000");
    let folder = tempfile::tempdir().expect("a folder");
    one_clear_line(
        &ends(folder.path(), &["--database-url", "mysql://x"]),
        "must begin with sqlite:// or postgres://",
    );
    one_clear_line(
        &ends(folder.path(), &["--database-url", "book.db"]),
        "must begin with sqlite:// or postgres://",
    );
    for url in ["sqlite://:memory:", "sqlite://book.db?mode=rwc"] {
        one_clear_line(&ends(folder.path(), &["--database-url", url]), "the name of a file");
    }
    one_clear_line(&ends(folder.path(), &["--config", "typo.toml"]), "typo.toml");
    one_clear_line(&ends(folder.path(), &["--addr", "nowhere"]), "--addr");
    one_clear_line(&ends(folder.path(), &["--public-url", "budget.example"]), "http:// or https://");
    one_clear_line(&ends(folder.path(), &["--colour"]), "--colour");
    let home = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(home.path().join("book.db")).expect("a folder");
    let url = format!("sqlite://{}", home.path().join("book.db").display());
    one_clear_line(&ends(folder.path(), &["--database-url", &url]), "is not a file");
    assert_eq!(std::fs::read_dir(home.path()).expect("a folder").count(), 1, "nothing was made beside it");
    std::fs::write(folder.path().join("Leptos.toml"), "[database]\nurll = \"x\"\n").expect("a file");
    one_clear_line(&ends(folder.path(), &[]), "urll");
    let made: Vec<_> =
        std::fs::read_dir(folder.path()).expect("a folder").flatten().map(|file| file.file_name()).collect();
    assert_eq!(made, ["Leptos.toml"], "no file was made in a wrong place");
}

#[test]
fn hashed_names_without_the_file_of_hashes_end_with_a_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    // It is checked before the database is opened.
    let with = |hashes: &str, args: &[&str]| {
        let mut command = program(folder.path(), args);
        command.args(["--database-url", "mysql://x"]);
        command.env("LEPTOS_HASH_FILES", "true").env("LEPTOS_HASH_FILE_NAME", hashes);
        command.output().expect("it ends")
    };
    one_clear_line(&with("nowhere.txt", &[]), "nowhere.txt");
    // Nor without the files of the build that they name.
    let hashes = folder.path().join("hash.txt");
    std::fs::write(&hashes, "js: a\nbuild: b1\n").expect("a file");
    one_clear_line(&with(hashes.to_str().expect("text"), &[]), "pkg/b1");
    // Nothing else needs it.
    one_clear_line(&with("nowhere.txt", &["stats"]), "must begin with sqlite:// or postgres://");
}

#[test]
fn a_folder_for_backups_that_is_a_file_or_beneath_one_is_refused_at_the_start() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("file"), "Dear Anna").expect("a file");
    for dir in ["file", "file/backups"] {
        // It is checked before the database is opened.
        let output = ends(folder.path(), &["--database-url", "mysql://x", "--backup-dir", dir]);
        one_clear_line(&output, &format!("--backup-dir names {dir}, which is not a folder"));
    }
}

#[test]
fn an_unknown_table_or_key_is_refused_by_its_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("Leptos.toml");
    let leptos = "[[workspace.metadata.leptos]]\noutput-name = \"family-budget\"\n";
    for (text, names) in [
        (format!("{leptos}[acces]\nregistration = \"invite\"\n"), "acces"),
        (format!("{leptos}[access]\nregistrations = \"invite\"\n"), "registrations"),
        (format!("{leptos}[access]\npublic_urls = []\n"), "public_urls"),
        (format!("{leptos}[live]\nmax-socket = 5\n"), "max-socket"),
        (format!("{leptos}[log]\nformatt = \"json\"\n"), "formatt"),
        (format!("{leptos}[database.more]\nurl = \"x\"\n"), "more"),
        (format!("registration = \"invite\"\n{leptos}"), "registration"),
        // Keys below leptos' table belong to that table.
        (format!("{leptos}registration = \"invite\"\n"), "workspace.metadata.leptos.registration"),
        (format!("{leptos}[workspace.access]\nregistration = \"invite\"\n"), "workspace.access"),
        (format!("[workspace.metadata.access]\ndemo = \"off\"\n{leptos}"), "workspace.metadata.access"),
        (format!("[package]\nname = \"x\"\n{leptos}"), "package.name"),
    ] {
        std::fs::write(&path, &text).expect("a file");
        one_clear_line(&ends(folder.path(), &["openapi"]), names);
    }
    let every_key = "output-name = \"x\"\nsite-root = \".\"\nsite-pkg-dir = \"pkg\"\nsite-addr = \"127.0.0.1:0\"\nenv = \"PROD\"\n\
        reload-port = 1\nreload-external-port = 2\nreload-ws-protocol = \"WS\"\nnot-found-path = \"/404\"\nhash-file = \"hash.txt\"\n\
        hash-files = false\nserver-fn-prefix = \"/x\"\ndisable-server-fn-hash = false\nserver-fn-mod-path = false\n";
    for table in ["[[workspace.metadata.leptos]]", "[package.metadata.leptos]"] {
        let text = format!("{table}\n{every_key}[access]\nregistration = \"invite\"\n");
        std::fs::write(&path, text).expect("a file");
        let output = ends(folder.path(), &["openapi"]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn a_misspelt_variable_is_refused_with_the_name_that_is_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [&[][..], &["migrate"], &["stats"], &["openapi"]] {
        let output = program(folder.path(), command).env("FAMILY_BUDGET_REGISTRATIONS", "invite").output();
        one_clear_line(
            &output.expect("it ends"),
            "FAMILY_BUDGET_REGISTRATIONS; the one that is read is FAMILY_BUDGET_REGISTRATION",
        );
    }
    assert!(std::fs::read_dir(folder.path()).expect("a folder").next().is_none(), "no file was made");
    let output = program(folder.path(), &["openapi"]).env("FAMILY_BUDGET_FIRST", "x").output();
    assert!(output.expect("it ends").status.success(), "it may be a variable of another program");
}

#[test]
fn help_names_every_option_and_its_variable() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = ends(folder.path(), &["--help"]);
    assert_eq!(output.status.code(), Some(0));
    let text = String::from_utf8_lossy(&output.stdout);
    for word in [
        "--addr",
        "FAMILY_BUDGET_ADDR",
        "--database-url",
        "DATABASE_URL",
        "--public-url",
        "FAMILY_BUDGET_PUBLIC_URL",
        "--registration",
        "FAMILY_BUDGET_REGISTRATION",
        "--logins-per-minute",
        "--log",
        "serve",
        "migrate",
        "openapi",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn the_environment_overrides_the_file_and_the_command_line_overrides_both() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = "[[workspace.metadata.leptos]]\noutput-name = \"family-budget\"\nsite-addr = \"127.0.0.1:0\"\n[database]\nurl = \"mysql://file\"\n";
    std::fs::write(folder.path().join("Leptos.toml"), file).expect("a file");
    one_clear_line(&ends(folder.path(), &[]), "must begin with sqlite://");
    let environment = program(folder.path(), &[])
        .env("DATABASE_URL", "sqlite:///proc/no/book.db")
        .output()
        .expect("it starts");
    one_clear_line(&environment, "cannot make the folder");
    let line = program(folder.path(), &["migrate", "--database-url", "sqlite://ok.db"])
        .env("DATABASE_URL", "mysql://environment")
        .output()
        .expect("it starts");
    assert_eq!(line.status.code(), Some(0), "{}", String::from_utf8_lossy(&line.stderr));
}

#[test]
fn the_build_and_the_server_read_equal_settings() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |name: &str| {
        let mut text = String::new();
        std::fs::File::open(format!("{root}/{name}"))
            .expect("the file")
            .read_to_string(&mut text)
            .expect("text");
        let value: toml::Value = toml::from_str(&text).expect("TOML");
        value["workspace"]["metadata"]["leptos"][0].as_table().cloned().expect("a table")
    };
    let (build, server) = (read("Cargo.toml"), read("Leptos.toml"));
    assert_eq!(build["name"], server["output-name"]);
    for key in ["site-root", "site-pkg-dir", "site-addr", "reload-port", "hash-files"] {
        assert_eq!(build[key], server[key], "{key}");
    }
    for key in server.keys().filter(|key| !["output-name", "env"].contains(&key.as_str())) {
        assert!(build.contains_key(key), "{key} is known to the build");
    }
}
