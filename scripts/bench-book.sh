#!/usr/bin/env bash
# Measures requests in a large book beside a small one, on both engines; arguments are passed to the load generator.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_cluster
say "Building the program and the load generator as they are deployed (the first time about 4 minutes)"
cargo build --quiet --release --package server --package load --bin family-budget --bin load
say "Measuring (about 3 minutes; leave the machine alone)"
# Acknowledged writes are synced to disk, as in production.
FAMILY_BUDGET_TEST_FSYNC=on exec bash scripts/with-postgres.sh target/release/load book "$@"
