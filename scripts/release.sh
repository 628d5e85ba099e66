#!/usr/bin/env bash
# Builds the release: target/release/family-budget, hash.txt beside it, and target/site. With --frontend-only, the
# browser's side alone: hash.txt and target/site.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_wasm_bindgen
ensure_wasm_split
ensure_cargo_leptos
ensure_node_modules
have brotli || fail "brotli is missing: install it, it compresses what is downloaded"
# Prefers npm's binaryen to the system's: that of Debian 12 confuses the tables of externref and functions
# (`WebAssembly.Table.grow(): failed to grow table by 4`), and the page does not start.
export PATH="$PWD/end2end/node_modules/.bin:$PATH"
# The browser's side in parts: what Today needs, what it needs later, and the other pages (app/src/pages/parts.rs). For
# that a script of ours stands before wasm-bindgen, and another before wasm-opt.
WASM_BINDGEN=$(command -v wasm-bindgen) WASM_OPT=$(command -v wasm-opt) PATH="$PWD/scripts/split:$PATH" cargo leptos build --release --lib-features split "$@"

folder=$(bash scripts/pack.sh target/site/pkg target/release/hash.txt)
bash scripts/sizes.sh "$folder"
