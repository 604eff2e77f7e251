#!/bin/sh
# Pictures of every page of the theme, at two widths and in two languages, in build/shots.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
[ -x "$top/build/t/render" ] || make -s -C "$top" build/t/render
exec node "$top/t/tools/shots.mjs" "$top/build/shots" "$@"
