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
# The browser's side in parts: what Today needs, the other pages, and what is seldom opened (app/src/pages/parts.rs). For
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
# What every page downloads before it starts. 41 of it are data, most of them the words of both languages; the rest is code,
# most of it the drawing of each kind of view. 426 is the aim; what came last and went over it is what follows a refused
# change: both versions of a conflict, a restored row with its change, the focus. When it no longer fits, the editor of a row
# and the two dialogs that end a session are next to become parts.
measure "what Today needs" 'family-budget.*.wasm' 441
measure "the household" 'household-*.wasm' 92
measure "the plan" 'plan-*.wasm' 52
measure "transfers and splits" 'group-*.wasm' 30
measure "what several parts share" 'chunk_*.wasm' 8
[ "$measured" = "$(ls target/site/pkg/*.wasm | wc -l)" ] || fail "the release has parts without a budget"
