#!/usr/bin/env bash
# Sets everything up and runs every test. What is done already is not done again.
source "$(dirname "$0")/common.sh"
export CARGO_TERM_COLOR=never
started=$SECONDS
step() { printf '\n'; say "$* [after $(((SECONDS - started) / 60)) min]"; }

step "Setting up"
ensure_rust
ensure_system
ensure_node_modules
ensure_wasm_bindgen
ensure_cargo_leptos
ensure_kosoku

step "Formatting"
cargo fmt --check

step "Reading what is for other machines"
bash scripts/lint-deploy.sh

# The two sides of leptos exclude each other, so they are never built in one call.
step "Clippy, server side (the first time about 3 minutes)"
cargo clippy --quiet --package app --package server --features app/ssr,server/trial --all-targets -- -D warnings
cargo clippy --quiet --package load --all-targets -- -D warnings
step "Clippy, browser side (the first time about 1 minute)"
cargo clippy --quiet --package frontend --target wasm32-unknown-unknown -- -D warnings

step "Unit, property and integration tests on SQLite and PostgreSQL, and a minute of faults (the first time about 10 minutes)"
bash scripts/with-postgres.sh cargo test --package app --package server --features app/ssr,server/trial
step "Those of them that need no certain engine, once more on PostgreSQL"
FAMILY_BUDGET_TEST_ENGINE=postgres bash scripts/with-postgres.sh cargo test --package server --features app/ssr,server/trial --test it -- --skip on_sqlite --skip on_postgres --skip moving --skip start:: --skip processes --skip schema --skip model --skip golden
step "The Autobahn cases of RFC 6455"
bash scripts/autobahn.sh
step "Tests of the browser side that need no browser (the first time about 1 minute)"
cargo test --package frontend --lib

step "What make run builds (the first time about 2 minutes)"
bash scripts/build-run.sh
bash scripts/smoke.sh

step "The load generator: does every socket get every change once? (the first time about 1 minute)"
cargo test --package load
cargo run --quiet --package load -- bench --binary target/debug/family-budget --sockets 40 --seconds 1 --fan-out 40 --rounds 5 --pairs 1 --burst 40 --churn 40 --deaf 5 --back 40
bash scripts/with-postgres.sh target/debug/load limits --binary target/debug/family-budget --seconds 1 --writers 4 --households 4 --rounds 5 --pairs 1 --back 100

step "Release build through cargo leptos (the first time about 6 minutes)"
bash scripts/release.sh

step "In the browser, with the release (about 16 minutes)"
FAMILY_BUDGET_BINARY=target/release/family-budget LEPTOS_SITE_ROOT=target/site LEPTOS_HASH_FILES=true bash end2end/run.sh

step "All tests passed"
