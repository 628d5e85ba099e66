#!/usr/bin/env bash
# Builds what `make run` starts, with plain cargo to save build time: target/debug/family-budget and
# target/run/site.
source "$(dirname "$0")/common.sh"
ensure_rust
ensure_wasm_bindgen
[ -e target/debug/family-budget ] || say "Building (the first time about 7 minutes on 2 cores, then seconds)"
# Whoever has built the program already says so.
# With the features that the tests give the dependencies, so that none is built a second time for them.
[ -n "${FAMILY_BUDGET_PROGRAM_IS_BUILT:-}" ] || cargo build --workspace --no-default-features --features app/ssr --bin family-budget
cargo build --package frontend --target wasm32-unknown-unknown

site=target/run/site
wasm=target/wasm32-unknown-unknown/debug/frontend.wasm
mkdir -p $site/pkg
if [ "$wasm" -nt $site/pkg/family-budget.wasm ]; then
  say "Preparing the browser's side"
  wasm-bindgen --target web --no-typescript --remove-name-section --out-dir target/run/bindgen --out-name family-budget "$wasm"
  mv target/run/bindgen/family-budget_bg.wasm $site/pkg/family-budget.wasm
  rm -rf $site/pkg/snippets
  cp -r target/run/bindgen/. $site/pkg/
fi
cp style/*.css $site/pkg/
mv $site/pkg/main.css $site/pkg/family-budget.css
cp -r public/. $site/
