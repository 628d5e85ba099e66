#!/usr/bin/env bash
# What a browser downloads of the release's program, part by part, and the budget of each: of the files in the folder of a
# build, as scripts/pack.sh has compressed them.
set -euo pipefail
cd "$1"
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

# A part, its files, and its budget in KB after brotli.
measured=0
measure() {
  local size=0 raw=0 file
  for file in $2; do
    [ -e "$file" ] || fail "the release has no $2"
    [ -e "$file.br" ] || fail "$file is not compressed"
    size=$((size + $(wc -c <"$file.br")))
    raw=$((raw + $(wc -c <"$file")))
    measured=$((measured + 1))
  done
  printf 'WASM, %s: %d KB brotli (%d KB raw), budget %d KB\n' "$1" $((size / 1000)) $((raw / 1000)) "$3"
  [ "$size" -le $(($3 * 1000)) ] || fail "the WASM of $1 is over its budget"
}
# What every page downloads before it starts. The aim is 426. Paths of the machine that builds are in it, so there is a little
# room. 35 of it are data, most of them the words of both languages; the rest is code, most of it the drawing of each kind of
# view.
measure "what Today needs" 'family-budget.*.wasm' 424
# 32 of it read what the device has stored: every command and every row that one can have been made on. It writes the copy of
# the book as well, and has the database, the words of forms and refusals, and what waits in the account's other households; 15
# read and write the older facts of the copy: pages of the list, the log, and one record a day.
measure "what Today needs later" 'later-*.wasm' 156
measure "the household" 'household-*.wasm' 102
# 2 of it keep an undo from taking back what another member has set.
measure "the plan" 'plan-*.wasm' 62
measure "what several parts share" 'chunk_*.wasm' 31
[ "$measured" = "$(find . -name '*.wasm' | wc -l)" ] || fail "the release has parts without a budget"
