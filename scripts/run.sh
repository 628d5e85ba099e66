#!/usr/bin/env bash
# Builds the program and starts it on the embedded database; prints where to open it.
source "$(dirname "$0")/common.sh"
bash scripts/build-run.sh
export LEPTOS_SITE_ROOT=target/run/site LEPTOS_HASH_FILES=false
# Single requests are not logged; set RUST_LOG=info to see them.
export RUST_LOG="${RUST_LOG:-info,tower_http=warn,server::router=warn}"
address="${FAMILY_BUDGET_ADDR:-127.0.0.1:3000}"
port="${address##*:}"

ready() {
  local answer
  { exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null || return 1
  printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
  read -r answer <&3 || answer=""
  exec 3>&-
  [[ $answer == *" 200 "* ]]
}

# The links are printed once the program answers. The program replaces this shell and keeps its process id.
program=$$
(
  for _ in $(seq 100); do
    sleep 0.3
    kill -0 "$program" 2>/dev/null || exit 0
    if ready; then
      # A demo household of your own: its key is in the links, and nobody else has it.
      key=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
      # The links are printed last, so that they stay visible.
      say "Family Budget is running. Ctrl-C stops it. Your data is in data/family-budget.db"
      printf '    Two people fit in one browser, one at each address:\n'
      printf '    http://localhost:%s/demo/%s/anna    Anna of the demo household\n' "$port" "$key"
      printf '    http://127.0.0.1:%s/demo/%s/ben     Ben: what one enters, the other sees at once\n' "$port" "$key"
      printf '    http://localhost:%s/register    a household of your own\n' "$port"
      exit 0
    fi
  done
) &
exec target/debug/family-budget "$@"
