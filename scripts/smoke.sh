#!/usr/bin/env bash
# Starts what `make run` starts, founds a household, records a purchase, finds it on the page.
source "$(dirname "$0")/common.sh"
folder=$(mktemp -d)
port=$(free_port)
url="http://127.0.0.1:$port"
env -u FAMILY_BUDGET_PUBLIC_URL LEPTOS_SITE_ROOT=target/run/site LEPTOS_HASH_FILES=false FAMILY_BUDGET_ADDR="127.0.0.1:$port" \
  DATABASE_URL="sqlite://$folder/book.db" RUST_LOG=warn target/debug/family-budget &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
curl --silent --fail --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 20 "$url/readyz" >/dev/null
call() { curl --silent --show-error --fail-with-body --cookie "$folder/jar" --cookie-jar "$folder/jar" "$@"; }
json='content-type: application/json'
call -H "$json" -d '{"name":"Anna","email":"a@example.org","password":"correct horse","household":"Home"}' "$url/api/v1/auth/register" >/dev/null
id() { call "$url/api/v1/$1" | sed 's/.*"items":\[{"id":"\([^"]*\)".*/\1/'; }
call -H "$json" -d "{\"amount\":\"-12.50\",\"article_id\":\"$(id articles)\",\"financial_center_id\":\"$(id financial-centers)\"}" "$url/api/v1/facts" >/dev/null
call -H 'accept: text/html' "$url/" | grep -q '−12.50' || fail "the purchase is not on the page"
for file in family-budget.js family-budget.wasm family-budget.css tokens.css; do
  curl --silent --fail --output /dev/null "$url/pkg/$file" || fail "/pkg/$file is missing"
done
kill -TERM $server
wait $server || fail "it did not stop cleanly"
trap 'rm -rf "$folder"' EXIT
echo "make run's build works: a purchase recorded and shown"
