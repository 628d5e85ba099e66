#!/usr/bin/env bash
# Calls every route of the HTTP API for a minute with valid and invalid requests according to its own
# document, and compares the responses with the document: no server error, no undocumented status, media type,
# header or shape, no valid request refused, no invalid one accepted, no call without a session.
source "$(dirname "$0")/common.sh"
ensure_schemathesis
folder=$(mktemp -d)
port=$(free_port)
url="http://127.0.0.1:$port"
env -u FAMILY_BUDGET_PUBLIC_URL LEPTOS_HASH_FILES=false FAMILY_BUDGET_ADDR="127.0.0.1:$port" FAMILY_BUDGET_LOGINS_PER_MINUTE=0 \
  DATABASE_URL="sqlite://$folder/book.db" RUST_LOG=error "${FAMILY_BUDGET_BINARY:-target/debug/family-budget}" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
curl --silent --fail --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 20 "$url/readyz" >/dev/null
call() { curl --silent --show-error --fail-with-body -H 'content-type: application/json' "$@"; }
# Registers a person and prints the secret of the session.
person() { # name, more fields
  call --cookie-jar "$folder/$1" -d "{\"name\":\"$1\",\"email\":\"$1@example.org\",\"password\":\"correct horse\",$2}" "$url/api/v1/auth/register" >/dev/null
  awk '$6 == "session" { print $7 }' "$folder/$1"
}
ANNA=$(person Anna '"household":"Home"'); export ANNA
# A member who can be removed.
token=$(call --cookie "$folder/Anna" -X POST "$url/api/v1/invites" | sed 's|.*/join/\([^"]*\)".*|\1|')
person Ben "\"invite\":\"$token\"" >/dev/null
# A call that signs out or ends sessions would end its own session, and no later call would have one.
CAROL=$(person Carol '"household":"Elsewhere"'); export CAROL
DAVE=$(person Dave '"household":"Abroad"'); export DAVE
ERIN=$(person Erin '"household":"Afar"'); export ERIN
# Ids of existing rows, so that calls get further than *no such row*.
made() { call --cookie "$folder/Anna" -d "$2" "$url/api/v1/$1" | sed 's/^{"id":"\([^"]*\)".*/\1/'; }
anna=$(call --cookie "$folder/Anna" "$url/api/v1/auth/me" | sed 's/.*"member":{"id":"\([^"]*\)".*/\1/')
member=$(call --cookie "$folder/Ben" "$url/api/v1/auth/me" | sed 's/.*"member":{"id":"\([^"]*\)".*/\1/')
session=$(call --cookie "$folder/Carol" "$url/api/v1/auth/sessions" | sed 's/.*"id":"\([^"]*\)".*/\1/')
center=$(made financial-centers '{"name":"Purse"}'); other=$(made financial-centers '{"name":"Box"}')
article=$(made articles '{"name":"Bread","kind":"expense"}')
fact=$(made facts "{\"amount\":\"-1\",\"article_id\":\"$article\",\"financial_center_id\":\"$center\"}")
part="{\"article_id\":\"$article\",\"amount\":\"-1\"}"
split=$(made splits "{\"financial_center_id\":\"$center\",\"parts\":[$part,$part]}")
transfer=$(made transfers "{\"from_financial_center_id\":\"$center\",\"to_financial_center_id\":\"$other\",\"amount\":\"1\"}")
rolls=$(made articles '{"name":"Rolls","kind":"expense"}')
recurring=$(made recurring "{\"starts_on\":\"2026-01-05\",\"amount\":\"-1\",\"article_id\":\"$article\",\"financial_center_id\":\"$center\"}")
cat >"$folder/sessions.py" <<'PYTHON'
import os

import schemathesis


class Session:
    def get(self, case, context):
        return os.environ[self.name]

    def set(self, case, secret, context):
        case.cookies = {**(case.cookies if isinstance(case.cookies, dict) else {}), "session": secret}


@schemathesis.auth().skip_for(path_regex=r"/auth/(logout|sessions|password)")
class Anna(Session):
    name = "ANNA"


@schemathesis.auth().apply_to(path_regex=r"/auth/sessions")
class Carol(Session):
    name = "CAROL"


@schemathesis.auth().apply_to(path_regex=r"/auth/password")
class Erin(Session):
    name = "ERIN"


@schemathesis.auth().apply_to(path_regex=r"/auth/logout")
class Dave(Session):
    name = "DAVE"
PYTHON
cat >"$folder/schemathesis.toml" <<TOML
seed = 20261126
hooks = "sessions"
headers = { Origin = "$url" }

# Some requests that are valid according to the document are refused because of the book: whether a row with
# this id exists (404, 422), is in use (409) or was deleted (410), and whether it has this version (412).
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "401", "403", "404", "409", "410", "412", "422"]

# A request that is invalid in several ways is refused for the first one found: no such row (404), no session
# (401), a deleted row (410), a body that is not JSON (415).
[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "409", "410", "412", "413", "415", "422"]

[dictionaries]
amounts = { values = ["-12.50", "12.50", "1"] }
articles = { values = ["$article", "$rolls"] }
days = { values = ["2026-01-05", "2026-02-05"] }
centers = { values = ["$center", "$other"] }
facts = { values = ["$fact"] }
annas = { values = ["$anna"] }
members = { values = ["$member"] }
recurring = { values = ["$recurring"] }
sessions = { values = ["$session"] }
splits = { values = ["$split"] }
transfers = { values = ["$transfer"] }

[parameters]
"header.Budget-Member" = { dictionary = "annas", probability = 0.9 }
"path.article_id" = { dictionary = "articles", probability = 0.5 }
"body.article_id" = { dictionary = "articles", probability = 0.5 }
"body.financial_center_id" = { dictionary = "centers", probability = 0.5 }
"body.from_financial_center_id" = { dictionary = "centers", probability = 0.5 }
"body.to_financial_center_id" = { dictionary = "centers", probability = 0.5 }
"body.into" = { dictionary = "articles", probability = 0.5 }
"body.day" = { dictionary = "days", probability = 0.5 }
"body.amount" = { dictionary = "amounts", probability = 0.5 }

# It opens no socket: a plain GET is refused.
[[operations]]
include-path = "/api/v1/budget/ws"
checks = { positive_data_acceptance = { expected-statuses = ["400"] } }

[[operations]]
include-path-regex = "^/api/v1/articles/"
parameters = { "path.id" = { dictionary = "articles", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/financial-centers/"
parameters = { "path.id" = { dictionary = "centers", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/facts/"
parameters = { "path.id" = { dictionary = "facts", probability = 0.5 } }

# Not the household's owner: a person who has handed it over may no longer do what only owners may.
[[operations]]
include-path-regex = "^/api/v1/members/[^/]+(/password-link)?$"
parameters = { "path.id" = { dictionary = "members", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/recurring/"
parameters = { "path.id" = { dictionary = "recurring", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/auth/sessions/"
parameters = { "path.id" = { dictionary = "sessions", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/splits/"
parameters = { "path.id" = { dictionary = "splits", probability = 0.5 } }

[[operations]]
include-path-regex = "^/api/v1/transfers/"
parameters = { "path.id" = { dictionary = "transfers", probability = 0.5 } }
TOML
(cd "$folder" && "$schemathesis" --config-file schemathesis.toml run "$url/api/v1/openapi.json" \
  --checks all --max-time "${SECONDS_OF_CALLS:-60}" --suppress-health-check all --no-color) || fail "the document and the program differ"
kill -TERM $server
wait $server || fail "it did not stop cleanly"
trap 'rm -rf "$folder"' EXIT
