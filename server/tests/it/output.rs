//! What commands print, where nobody reads it or it cannot be written.

use crate::start::{ends, one_clear_line, program};
use std::process::Stdio;

#[test]
fn a_closed_pipe_ends_a_command_quietly_and_a_full_disk_with_a_clear_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let closed = || std::io::pipe().expect("a pipe").1;
    let full = || std::fs::File::options().write(true).open("/dev/full").expect("a full device");
    assert!(ends(folder.path(), &["migrate"]).status.success());
    for (n, args) in [["openapi"].as_slice(), &["stats"], &["backup"], &["--help"], &["stats", "--help"]]
        .into_iter()
        .enumerate()
    {
        let run = |output: Stdio, file: &str| {
            let file = args.contains(&"backup").then_some(file);
            program(folder.path(), args).args(file).stdout(output).output().expect("it starts")
        };
        let output = run(closed().into(), "closed.db");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{args:?}");
        assert_eq!(output.status.code(), Some(0), "{args:?}");
        // The parser of the command line writes the help, and ignores all errors.
        if n < 3 {
            one_clear_line(&run(full().into(), "full.db"), "cannot write to standard output");
        }
    }
    let silent = program(folder.path(), &["stats", "--database-url", "x"]).stderr(closed()).output();
    assert_eq!(silent.expect("it starts").status.code(), Some(2), "a complaint that nobody reads");
}
