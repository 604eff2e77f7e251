#!/bin/sh
# Pictures of pages.
#   t/tools/shots.sh [page…]     every page of the theme, from the data of t/view/fixtures, at two widths and in
#                                two languages, in build/shots
#   t/tools/shots.sh --readme    the pictures of README.md, from the running demo (make demo); needs pngquant
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)

if [ "${1:-}" = --readme ]; then
    "$top/t/tools/node.sh"
    port=$(cat "$top/run/port")
    node "$top/t/tools/shots-shop.mjs" "http://127.0.0.1:$port/shop/ac/" "$top/src/view/theme/shots"
    exec pngquant --force --ext .png 128 "$top"/src/view/theme/shots/*.png
fi

[ -x "$top/build/t/render" ] || make -s -C "$top" build/t/render
exec node "$top/t/tools/shots.mjs" "$top/build/shots" "$@"
