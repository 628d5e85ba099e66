#!/usr/bin/env bash
# Packs the browser's side of a release: compresses its files once, as small as it goes, and moves them into a folder of
# their build, which is named after what they contain. Writes that name into the file of hashes, where the server reads
# it, and prints the folder. PKG HASHES
set -euo pipefail
pkg=$1 hashes=$2
export LC_ALL=C
build=$(cd "$pkg" && find . -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | head -c 12)
# A client that takes neither encoding gets the file itself.
files() { find "$pkg" -type f \( -name '*.wasm' -o -name '*.js' -o -name '*.css' \) -print0; }
files | xargs -0 -P "$(nproc)" -n 1 brotli -q 11 -k
files | xargs -0 gzip -9 -n -k
mv "$pkg" "$pkg.$build"
mkdir "$pkg"
mv "$pkg.$build" "$pkg/$build"
{ grep -v '^build:' "$hashes"; echo "build: $build"; } >"$hashes.new"
mv "$hashes.new" "$hashes"
# A program that runs goes on with the hashes of its own build while those beside it are replaced.
cp "$hashes" "$pkg/$build/hash.txt"
echo "$pkg/$build"
