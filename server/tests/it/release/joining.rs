//! The script that puts the loader of the parts into the program's script.

use super::{whole, written};
use std::{fs, process::Command};

const LOADER: &str = r#"import { initSync } from "./family-budget.js";

function load(url, options) { return [url.href, options.priority]; }
const __chunk_0 = () => load(new URL("./chunk_0.wasm", import.meta.url));
export const __wasm_split_load_plan = () => [__chunk_0(), load(new URL("./split_plan.wasm", import.meta.url))];
"#;

const PROGRAM: &str = r#"import * as import1 from "./__wasm_split.js"
import * as import2 from "./__wasm_split.js"
function initSync() {}
export const asked = () => [import1.__wasm_split_load_plan(), import2.__wasm_split_load_plan()];
"#;

/// Joins a program with the loader of its two parts: the error, or what the program prints that asks for the part.
fn joined(loader: &str, program: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let parts = folder.path().join("parts");
    fs::create_dir(&parts).expect("a folder");
    written(&parts, "__wasm_split.js", loader);
    for name in ["chunk_0.wasm", "split_plan.wasm"] {
        written(&parts, name, name);
    }
    let script = written(folder.path(), "family-budget.mjs", program);
    let run = |node: &mut Command| {
        let output = node.current_dir(&folder).output().expect("it starts");
        let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text"));
        let [said, error] = said;
        if output.status.success() { Ok(said) } else { Err(error) }
    };
    run(Command::new("node").arg(whole("../scripts/split/join.mjs")).arg(&parts).arg(script).arg("b1"))?;
    for (name, from) in [("chunk_0-b1.wasm", "chunk_0.wasm"), ("plan-b1.wasm", "split_plan.wasm")] {
        assert_eq!(fs::read_to_string(folder.path().join(name)).expect("the part"), from);
    }
    // The folder of the parts is not served.
    fs::remove_dir_all(parts).expect("it is removed");
    let ask = r#"import { asked } from "./family-budget.mjs"; console.log(JSON.stringify(asked()));"#;
    let said = run(Command::new("node").args(["--input-type=module", "--eval", ask]))?;
    Ok(said.replace(&format!("file://{}/", folder.path().canonicalize().expect("it").display()), "/"))
}

#[test]
fn the_joined_script_needs_no_other_file_and_asks_for_the_parts_of_its_build() {
    let part = r#"[["/chunk_0-b1.wasm","low"],["/plan-b1.wasm","low"]]"#;
    assert_eq!(joined(LOADER, PROGRAM).expect("they are joined"), format!("[{part},{part}]\n"));
}

#[test]
fn a_loader_or_a_program_that_is_written_in_another_way_is_refused() {
    let refused = |loader: &str, program: &str, why: &str| {
        let error = joined(loader, program).expect_err(why);
        assert!(error.contains(why), "{error}");
    };
    let elsewhere = LOADER.replace("./split_plan.wasm", "split_plan.wasm");
    refused(&elsewhere, PROGRAM, "found 0 times: new URL(\"./split_plan.wasm\"");
    refused(&LOADER.repeat(2), PROGRAM, "found 2 times: new URL(\"./chunk_0.wasm\"");
    refused(&LOADER.replace("{ initSync }", "* as program"), PROGRAM, "found 0 times: /^import");
    refused(LOADER, &PROGRAM.replace("__wasm_split.js", "parts.js"), "the program asks for no part");
}
