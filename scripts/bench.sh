#!/usr/bin/env bash
# Measures the live path and prints a table; arguments are passed to the load generator.
source "$(dirname "$0")/common.sh"
ensure_rust
say "Measuring a frame in the browser's replica (the first time about 2 minutes to build)"
cargo test --quiet --package app --features ssr --lib -- --ignored --nocapture a_frame_costs
say "Building the program and the load generator as they are deployed (the first time about 4 minutes)"
cargo build --quiet --release --package server --package load --bin family-budget --bin load
say "Measuring (about 6 minutes; leave the machine alone)"
exec target/release/load bench "$@"
