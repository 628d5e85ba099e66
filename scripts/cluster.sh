#!/usr/bin/env bash
# PostgreSQL, Redis, two processes and a proxy in front, on loopback, with throw-away data. Ctrl-C ends
# everything.
source "$(dirname "$0")/common.sh"
if [ -z "${FAMILY_BUDGET_TEST_POSTGRES:-}" ]; then
  ensure_cluster
  [ -n "${FAMILY_BUDGET_BINARY:-}" ] || bash scripts/build-run.sh
  exec bash scripts/with-postgres.sh bash scripts/cluster.sh
fi
export LEPTOS_SITE_ROOT="${LEPTOS_SITE_ROOT:-target/run/site}" LEPTOS_HASH_FILES="${LEPTOS_HASH_FILES:-false}"
binary="${FAMILY_BUDGET_BINARY:-target/debug/family-budget}"
address="${FAMILY_BUDGET_ADDR:-127.0.0.1:3000}"
port="${address##*:}"
{ exec 3<>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && fail "port $port is in use; choose another with FAMILY_BUDGET_ADDR=127.0.0.1:PORT"

folder=$(mktemp -d)
redis_port=$(free_port)
# Two for pages and two for metrics, all different.
ports=()
while [ "$(printf '%s\n' "$redis_port" "${ports[@]}" | sort -u | wc -l)" -lt 5 ]; do
  ports=("$(free_port)" "$(free_port)" "$(free_port)" "$(free_port)")
done
pids=()
others=()
stop() {
  trap - EXIT INT TERM HUP
  kill -TERM "${pids[@]}" 2>/dev/null || true
  wait "${pids[@]}" 2>/dev/null || true
  kill -TERM "${others[@]}" 2>/dev/null || true
  wait "${others[@]}" 2>/dev/null || true
  rm -rf "$folder"
  exit 0
}
trap stop EXIT INT TERM

(cd "$folder" && exec redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no >/dev/null) &
others+=($!)

process() {
  env -u FAMILY_BUDGET_PUBLIC_URL FAMILY_BUDGET_ADDR="127.0.0.1:${ports[$1]}" FAMILY_BUDGET_TRUSTED_PROXIES=127.0.0.1 \
    DATABASE_URL="$FAMILY_BUDGET_TEST_POSTGRES/postgres" REDIS_URL="redis://127.0.0.1:$redis_port" \
    FAMILY_BUDGET_ADMIN_ADDR="127.0.0.1:${ports[$(($1 + 2))]}" RUST_LOG="${RUST_LOG:-warn}" "$binary" &
  pids[$1]=$!
}
ready() { "$binary" health --addr "127.0.0.1:$1" >/dev/null 2>&1; }
wait_ready() {
  for _ in $(seq 300); do
    # The 0 is needed: in a trap, a bare return repeats the signal's number.
    if ready "$1"; then return 0; fi
    sleep 0.1
  done
  fail "the process at port $1 does not become ready"
}
for n in 0 1; do process $n; done
for n in 0 1; do wait_ready "${ports[$n]}"; done

sed -e "s/127.0.0.1:3001/127.0.0.1:${ports[0]}/; s/127.0.0.1:3002/127.0.0.1:${ports[1]}/; s/listen 127.0.0.1:8080/listen $address/" \
  server/proxy/nginx.conf >"$folder/site.conf"
cat >"$folder/nginx.conf" <<NGINX
daemon off;
pid $folder/nginx.pid;
error_log stderr crit;
worker_processes 1;
events { worker_connections 4096; }
http {
    access_log off;
    client_body_temp_path $folder/body;
    proxy_temp_path $folder/proxy;
    fastcgi_temp_path $folder/fastcgi;
    uwsgi_temp_path $folder/uwsgi;
    scgi_temp_path $folder/scgi;
    include $folder/site.conf;
}
NGINX
"$(proxy_bin nginx)" -p "$folder" -c "$folder/nginx.conf" &
others+=($!)
wait_ready "$port"

# One after the other: each is ready before the next one stops.
roll() {
  for n in 0 1; do
    kill -TERM "${pids[$n]}"
    while kill -0 "${pids[$n]}" 2>/dev/null; do wait "${pids[$n]}" || true; done
    process $n
    wait_ready "${ports[$n]}"
    # The proxy retries a process one second after it failed.
    sleep 2
  done
  say "Both processes have been restarted"
}
trap roll HUP

key=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
say "Two processes are running behind one address. Two people fit in one browser, one at each:"
printf '    http://localhost:%s/demo/%s/anna    Anna of the demo household\n' "$port" "$key"
printf '    http://127.0.0.1:%s/demo/%s/ben     Ben, most likely at the other process\n' "$port" "$key"
printf '    The processes themselves: http://127.0.0.1:%s and http://127.0.0.1:%s\n' "${ports[@]:0:2}"
printf '    What they measure: http://127.0.0.1:%s/metrics and http://127.0.0.1:%s/metrics\n' "${ports[@]:2:2}"
printf '    kill -HUP %s restarts them one after the other; watch the pages meanwhile\n' $$
printf '    Ctrl-C stops everything and forgets the data\n'
while :; do
  if wait -n "${others[@]}"; then :; fi
  # `wait` also returns after a signal was handled; only an ended process is a failure.
  for pid in "${others[@]}"; do kill -0 "$pid" 2>/dev/null || fail "Redis or nginx has ended"; done
done
