#!/usr/bin/env bash
# The Autobahn test cases of RFC 6455, against a route that echoes through the program's own sockets. The
# program must have been built with the feature `trial`.
source "$(dirname "$0")/common.sh"
ensure_kosoku
folder=$(mktemp -d)
port=$(free_port)
env -u FAMILY_BUDGET_PUBLIC_URL LEPTOS_HASH_FILES=false FAMILY_BUDGET_ADDR="127.0.0.1:$port" \
  DATABASE_URL="sqlite://$folder/book.db" RUST_LOG=error target/debug/family-budget &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$folder"' EXIT
curl --silent --fail --retry 100 --retry-delay 0 --retry-all-errors --retry-max-time 20 "http://127.0.0.1:$port/readyz" >/dev/null
# Excluded: 12 and 13 test compression, which is not offered: frames are encoded once for all clients, and
# most are shorter than what compression would add.
"$kosoku" --exclude '12.*' --exclude '13.*' --outdir "$folder/report" "ws://127.0.0.1:$port/trial/echo" >"$folder/said" 2>&1 || true
python3 - "$folder/report/index.json" <<'PYTHON'
import json, re, sys

cases = next(iter(json.load(open(sys.argv[1])).values()))
# Messages longer than the 4,096 bytes that a client may send: refused with 1009 as soon as the length is
# known. (1.*: 65,535 bytes and more; 9.*: 8 KiB and more, also in fragments; 10.1.1: 65,536 bytes.)
TOO_LONG = re.compile(r"1\.[12]\.[678]|9\.[1-6]\.\d|10\.1\.1")
wrong, long, good = [], 0, 0
for name, case in cases.items():
    behaviour, closing, code = case["behavior"], case["behaviorClose"], case.get("remoteCloseCode")
    if TOO_LONG.fullmatch(name):
        long += 1
        if code != 1009:
            wrong.append(f"{name}: too long, but closed with {code}")
    # 6.4.*: invalid UTF-8 that is detected at the end of the message and not in its middle, which is allowed.
    elif behaviour in ("OK", "INFORMATIONAL") or (behaviour == "NON-STRICT" and name.startswith("6.4.")):
        good += 1
        if closing not in ("OK", "INFORMATIONAL"):
            wrong.append(f"{name}: {closing} (closed with {code})")
    else:
        wrong.append(f"{name}: {behaviour}, {closing} (closed with {code})")
print(f"Autobahn: {good} cases as they should be, {long} refused as longer than a client may send, {len(wrong)} wrong")
print("\n".join(wrong))
sys.exit(1 if wrong or good < 190 else 0)
PYTHON
kill -TERM $server
wait $server || fail "it did not stop cleanly"
trap 'rm -rf "$folder"' EXIT
