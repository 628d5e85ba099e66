#!/usr/bin/env bash
# Sets everything up and runs every test. Completed steps are not repeated. Ends with a table of the time of
# each step.
source "$(dirname "$0")/common.sh"
export CARGO_TERM_COLOR=never
# A failed test says what it expected; the frames of the runtime below it would push that out of a short log.
export RUST_BACKTRACE=0

began=$SECONDS current="" table=""
finish_step() {
  [ -z "$current" ] || table+=$(printf '%3d:%02d  %s' $(((SECONDS - began) / 60)) $(((SECONDS - began) % 60)) "$current")$'\n'
}
step() { finish_step; current=$1; began=$SECONDS; printf '\n'; say "$1${2:+ ($2)} [after $((SECONDS / 60)) min]"; }
summary() { finish_step; current=""; printf '\n'; say "What each step took, in $((SECONDS / 60)) min"; printf '%s' "$table"; }

step "Setting up"
ensure_rust
ensure_system
ensure_node_modules
ensure_wasm_bindgen
ensure_cargo_leptos
ensure_kosoku
ensure_schemathesis

step "Formatting, files, and what is for other machines"
cargo fmt --check
bash scripts/lint-tree.sh
bash scripts/lint-deploy.sh

# Clippy compiles the program's own crates while it checks them, so that nothing is compiled only for
# checking: `cargo clippy` would check every dependency a second time. Warnings are errors.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-Dwarnings
# One set of features for every test, so that each dependency is built once. The two sides of leptos exclude each other:
# the modules of the browser that need no browser are tested without its feature `hydrate`.
tests=(--workspace --no-default-features --features app/ssr,server/trial)

step "Building all tests, read by Clippy" "the first time about 6 minutes"
cargo test "${tests[@]}" --no-run

# What runs beside the steps below has a process group of its own, and ends with them, however they end.
trap 'for job in $(jobs -p); do kill -- "-$job" 2>/dev/null || true; done' EXIT
beside() { set -m; "$@" & set +m; }
mkdir -p target
# The release takes what the tests leave of the processor, and has directories of its own. It also installs what only it
# needs. Only the browser's side: that is taken apart and optimised by tools that may break it, while the server is the
# same source that the tests run, built once.
release() { env -u RUSTC_WORKSPACE_WRAPPER -u CLIPPY_ARGS nice -n 19 bash scripts/release.sh --frontend-only; }
beside release >target/release.log 2>&1
release=$!

step "Unit, property and integration tests on SQLite and PostgreSQL; beside them what mostly waits, and the release of the browser's side" "about 6 minutes"
# Processes that are killed or frozen and recover, echoes, and a minute of calls.
beside bash scripts/with-postgres.sh cargo test "${tests[@]}" --test oracle >target/oracle.log 2>&1
oracle=$!
protocols() { bash scripts/autobahn.sh; bash scripts/schemathesis.sh; }
beside protocols >target/protocols.log 2>&1
protocols=$!
# Most of these tests wait too: for a lock, a limit, a bell.
RUST_TEST_THREADS=$((2 * $(nproc))) bash scripts/with-postgres.sh cargo test "${tests[@]}" --lib --bins --test it
say "Those of them that need no certain engine, once more on PostgreSQL"
FAMILY_BUDGET_TEST_ENGINE=postgres bash scripts/with-postgres.sh cargo test "${tests[@]}" --test it -- --skip on_sqlite --skip on_postgres --skip moving --skip start:: --skip processes --skip schema --skip model --skip golden
say "The minutes of faults: does every screen equal the database?"
wait $oracle || { cat target/oracle.log; fail "the minutes of faults found something"; }
cat target/oracle.log
say "The Autobahn cases of RFC 6455, and whether the API answers as its document says"
wait $protocols || { cat target/protocols.log; fail "a protocol is not kept"; }
cat target/protocols.log

step "What make run builds, read by Clippy: without the switches for faults" "the first time about 3 minutes"
cargo build "${tests[@]}" --bin load
bash scripts/build-run.sh
bash scripts/smoke.sh

step "The load generator: does every socket get every change once?" "about 1 minute"
target/debug/load bench --binary target/debug/family-budget --sockets 40 --seconds 1 --fan-out 40 --rounds 5 --pairs 1 --burst 40 --churn 40 --deaf 5 --back 40
bash scripts/with-postgres.sh target/debug/load limits --binary target/debug/family-budget --seconds 1 --writers 4 --households 4 --rounds 5 --pairs 1 --back 100

step "The rest of the release of the browser's side" "a few minutes, the first time more"
wait $release || { cat target/release.log; fail "the release cannot be built"; }
cat target/release.log

step "In the browser, with that release" "about 8 minutes"
# The hashes of its files' names belong beside the program.
mkdir -p target/browser
cp target/debug/family-budget target/release/hash.txt target/browser/
FAMILY_BUDGET_BINARY=target/browser/family-budget LEPTOS_SITE_ROOT=target/site LEPTOS_HASH_FILES=true bash end2end/run.sh

summary
say "All tests passed"
