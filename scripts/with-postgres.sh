#!/usr/bin/env bash
# Runs a command with a PostgreSQL server of its own, on a free port, with throw-away data.
source "$(dirname "$0")/common.sh"
bin=$(postgres_bin) || fail "the PostgreSQL server is missing: run make test once, or install it"
data=$(mktemp -d)
# PostgreSQL refuses to run as root.
as=()
if [ "$(id -u)" = 0 ]; then chown postgres "$data"; as=(runuser -u postgres --); fi
port=$(free_port)
stop() { (cd / && "${as[@]}" "$bin/pg_ctl" -D "$data/db" -m immediate stop >/dev/null 2>&1) || true; rm -rf "$data"; }
trap stop EXIT
# A crash of the machine may lose this data, which does not matter. Benchmarks use production settings.
fsync="${FAMILY_BUDGET_TEST_FSYNC:-off}"
(cd / && "${as[@]}" "$bin/initdb" -D "$data/db" -U budget -A trust -E UTF8 --locale=C --no-sync >/dev/null)
# With TLS, also under a clock that is set to another day.
(
  cd "$data"
  openssl req -x509 -newkey rsa:2048 -nodes -days 10000 -subj "/CN=throw-away authority" -keyout authority.key -out authority.pem
  openssl req -newkey rsa:2048 -nodes -subj /CN=127.0.0.1 -keyout key.pem -out request.pem
  printf 'subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >extensions
  openssl x509 -req -days 10000 -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial -extfile extensions -out cert.pem
) >"$data/openssl.log" 2>&1 || { cat "$data/openssl.log"; exit 1; }
chmod 600 "$data/key.pem"
if [ "$(id -u)" = 0 ]; then chown postgres "$data/key.pem" "$data/cert.pem"; fi
(cd / && "${as[@]}" "$bin/pg_ctl" -D "$data/db" -w -l "$data/log" -o "-p $port -k $data -c listen_addresses=127.0.0.1 -c fsync=$fsync -c max_connections=400 -c ssl=on -c ssl_cert_file=$data/cert.pem -c ssl_key_file=$data/key.pem" start >/dev/null) || { cat "$data/log"; exit 1; }
# For tests that restart the server: they know neither its programs nor its options.
{ echo '#!/usr/bin/env bash'; echo "cd / && exec ${as[*]} '$bin/pg_ctl' -D '$data/db' -w -t 60 -m \"\$1\" -l '$data/log' restart >/dev/null"; } >"$data/restart"
chmod +x "$data/restart"
FAMILY_BUDGET_TEST_POSTGRES_CERTIFICATE="$data/authority.pem" FAMILY_BUDGET_TEST_POSTGRES_PID="$(head -1 "$data/db/postmaster.pid")" FAMILY_BUDGET_TEST_POSTGRES_RESTART="$data/restart" FAMILY_BUDGET_TEST_POSTGRES="postgres://budget@127.0.0.1:$port" "$@"
