#!/bin/sh
# The packages of the browser tests, as t/browser/package-lock.json names them, into build/node.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
out="$top/build/node"

if [ -f "$out/stamp" ] && cmp -s "$out/stamp" "$top/t/browser/package-lock.json"; then
    exit 0
fi

mkdir -p "$out"
cp "$top/t/browser/package.json" "$top/t/browser/package-lock.json" "$out/"
(cd "$out" && npm ci --loglevel=error --no-audit --no-fund --ignore-scripts >/dev/null)
cp "$top/t/browser/package-lock.json" "$out/stamp"
