#!/usr/bin/env bash
# Only the browser tests, on the quick build; arguments are passed to Playwright.
source "$(dirname "$0")/common.sh"
ensure_system
ensure_node_modules
bash scripts/build-run.sh
LEPTOS_SITE_ROOT=target/run/site LEPTOS_HASH_FILES=false exec bash end2end/run.sh "$@"
