#!/usr/bin/env bash
# What `cargo leptos end-to-end` runs. The tests start servers of their own and wait for /readyz.
set -euo pipefail
cd "$(dirname "$0")"
exec npx playwright test "$@"
