#!/usr/bin/env bash
# Starts the program as `make run` does, founds a household, records a purchase, and finds it on the page.
source "$(dirname "$0")/common.sh"
folder=$(mktemp -d)
port=$(free_port)
url="http://127.0.0.1:$port"
env -u FAMILY_BUDGET_PUBLIC_URL -u RUST_LOG FAMILY_BUDGET_ADDR="127.0.0.1:$port" DATABASE_URL="sqlite://$folder/book.db" \
  FAMILY_BUDGET_PROGRAM_IS_BUILT=yes bash scripts/run.sh >"$folder/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
until grep -q /register "$folder/log"; do
  kill -0 $server 2>/dev/null || { cat "$folder/log"; fail "it did not start"; }
  sleep 0.1
done
call() { curl --silent --show-error --fail-with-body --cookie "$folder/jar" --cookie-jar "$folder/jar" "$@"; }
json='content-type: application/json'
call -H "$json" -d '{"name":"Anna","email":"a@example.org","password":"correct horse","household":"Home"}' "$url/api/v1/auth/register" >/dev/null
id() { call "$url/api/v1/$1" | sed 's/.*"items":\[{"id":"\([^"]*\)".*/\1/'; }
call -H "$json" -d "{\"amount\":\"-12.50\",\"article_id\":\"$(id articles)\",\"financial_center_id\":\"$(id financial-centers)\"}" "$url/api/v1/facts" >/dev/null
page=$(call -H 'accept: text/html' "$url/")
[[ $page == *"−12.50"* ]] || fail "the purchase is not on the page"
[[ $page =~ /pkg/[0-9a-f]+/ ]] || fail "the page names no folder of its build"
for file in family-budget.js family-budget.wasm family-budget.css tokens.css; do
  curl --silent --fail --output /dev/null "$url${BASH_REMATCH[0]}$file" || fail "${BASH_REMATCH[0]}$file is missing"
done
# Whatever was requested in the meantime, the three links are the last lines of the output.
last=$(tail -n 3 "$folder/log")
[[ $last =~ /demo/[0-9a-f]+/anna.*/demo/[0-9a-f]+/ben.*/register ]] || { cat "$folder/log"; fail "the links are out of sight"; }
kill -TERM $server
wait $server || fail "it did not stop cleanly"
trap 'rm -rf "$folder"' EXIT
echo "make run's build works: a purchase recorded and shown"
