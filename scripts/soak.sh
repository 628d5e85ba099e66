#!/usr/bin/env bash
# Runs the oracle for longer than a test may take: an hour, or the given number of seconds, half of it with
# one process and half with three. ORACLE_SEED repeats a run's choices.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_cluster
seconds=$((${1:-3600} / 2))
say "Nine writers, three phones, fifty and a hundred screens, and faults for twice $seconds seconds (building first, about 5 minutes the first time)"
for test in every_screen_equals_the_database_whatever_breaks every_screen_of_three_processes_equals_the_database_whatever_breaks; do
  ORACLE_SECONDS=$seconds bash scripts/with-postgres.sh cargo test --workspace --no-default-features --features app/ssr,server/trial --test oracle -- \
    --nocapture --exact "$test"
done
