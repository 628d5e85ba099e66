#!/usr/bin/env bash
# Refuses files that do not belong in the repository: larger than 1 MB, or with a name at the top that is not
# listed here.
source "$(dirname "$0")/common.sh"
listed='.cargo .ci .dockerignore .gitignore CHANGELOG.md Cargo.lock Cargo.toml Dockerfile LICENSE-APACHE LICENSE-MIT
Leptos.toml Makefile README.md app clippy.toml compose.yaml end2end frontend public rust-toolchain.toml rustfmt.toml
scripts server style'
if ! git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
  echo "not a Git checkout: the files of the repository are unknown, and unchecked"
  exit 0
fi
# Tracked files, and those that the next `git add` would add; not files that are deleted but still in the
# index.
files() { git ls-files --cached --others --exclude-standard | while IFS= read -r file; do [ ! -f "$file" ] || printf '%s\n' "$file"; done; }
unlisted=$(files | cut -d/ -f1 | sort -u | grep -vxF "$(tr -s ' \n' '\n' <<<"$listed")" || true)
[ -z "$unlisted" ] || fail "not expected at the top of the repository: $unlisted"
large=$(files | tr '\n' '\0' | xargs -0 wc -c | awk '$2 != "total" && $1 > 1000000')
[ -z "$large" ] || fail "larger than 1 MB: $large"
echo "every file of the repository is expected and small"
