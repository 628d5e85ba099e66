#!/usr/bin/env bash
# The oracle for longer than a test may take: an hour, or so many seconds. ORACLE_SEED repeats a run's choices.
source "$(dirname "$0")/common.sh"
ensure_rust
say "Fifty screens, nine writers, and faults for ${1:-3600} seconds (building first, about 5 minutes the first time)"
ORACLE_SECONDS="${1:-3600}" exec cargo test --package server --features app/ssr,server/trial --test oracle -- \
  --nocapture --exact every_screen_equals_the_database_whatever_breaks
