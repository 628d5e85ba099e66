#!/usr/bin/env bash
# Rebuilds and reloads on every change.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_wasm_bindgen
ensure_cargo_leptos
# With hashed names a changed style sheet would not reach the page.
export LEPTOS_HASH_FILES=false
exec cargo leptos watch "$@"
