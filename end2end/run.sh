#!/usr/bin/env bash
# What `cargo leptos end-to-end` runs. The tests start their own servers and wait for /readyz.
set -euo pipefail
source "$(dirname "$0")/../scripts/common.sh"
ensure_node_modules
# The output of cargo leptos, unless the caller sets it.
export LEPTOS_SITE_ROOT="${LEPTOS_SITE_ROOT:-target/site}" LEPTOS_HASH_FILES="${LEPTOS_HASH_FILES:-true}"
cd end2end
exec npx playwright test "$@"
