#!/usr/bin/env bash
# Builds the release: target/release/family-budget, hash.txt beside it, and target/site. With --frontend-only, the
# browser's side alone: hash.txt and target/site.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_wasm_bindgen
ensure_wasm_split
ensure_cargo_leptos
ensure_node_modules
have brotli || fail "brotli is missing: install it, it measures what is downloaded"
# Prefers npm's binaryen to the system's: that of Debian 12 confuses the tables of externref and functions
# (`WebAssembly.Table.grow(): failed to grow table by 4`), and the page does not start.
export PATH="$PWD/end2end/node_modules/.bin:$PATH"
# The browser's side in parts: what Today needs, what it needs later, and the other pages (app/src/pages/parts.rs). For
# that a script of ours stands before wasm-bindgen, and another before wasm-opt.
WASM_BINDGEN=$(command -v wasm-bindgen) WASM_OPT=$(command -v wasm-opt) PATH="$PWD/scripts/split:$PATH" cargo leptos build --release --lib-features split "$@"

# A part, its files, and its budget in KB after brotli.
measured=0
measure() {
  local size=0 raw=0 file
  for file in target/site/pkg/$2; do
    [ -e "$file" ] || fail "the release has no $2"
    size=$((size + $(brotli -q 11 -c "$file" | wc -c)))
    raw=$((raw + $(wc -c <"$file")))
    measured=$((measured + 1))
  done
  printf 'WASM, %s: %d KB brotli (%d KB raw), budget %d KB\n' "$1" $((size / 1000)) $((raw / 1000)) "$3"
  [ "$size" -le $(($3 * 1000)) ] || fail "the WASM of $1 is over its budget"
}
# What every page downloads before it starts: at most 426, whatever is added. 41 of it are data, most of them the words of both
# languages; the rest is code, most of it the drawing of each kind of view.
measure "what Today needs" 'family-budget.*.wasm' 412
measure "what Today needs later" 'later-*.wasm' 56
measure "the household" 'household-*.wasm' 96
measure "the plan" 'plan-*.wasm' 52
measure "what several parts share" 'chunk_*.wasm' 28
[ "$measured" = "$(ls target/site/pkg/*.wasm | wc -l)" ] || fail "the release has parts without a budget"
