#!/usr/bin/env bash
# Checks the files for other machines: Dockerfile, compose.yaml and the examples for proxies. There is no
# container engine here, so the first two are checked by linters and not built; the proxies check their own.
source "$(dirname "$0")/common.sh"
ensure_hadolint
ensure_node_modules
"$hadolint" Dockerfile
end2end/node_modules/.bin/dclint compose.yaml
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
printf 'pid %s/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\n include %s/server/proxy/nginx.conf;\n}\n' "$folder" "$PWD" >"$folder/nginx.conf"
"$(proxy_bin nginx)" -t -q -c "$folder/nginx.conf"
HOME="$folder" XDG_DATA_HOME="$folder" caddy validate --config server/proxy/Caddyfile --adapter caddyfile 2>"$folder/caddy.log" >&2 || { cat "$folder/caddy.log"; exit 1; }
HOME="$folder" caddy fmt server/proxy/Caddyfile | diff server/proxy/Caddyfile - || fail "server/proxy/Caddyfile is not formatted: caddy fmt --overwrite"
echo "Dockerfile, compose.yaml and the examples for nginx and Caddy read well (no container was built)"
