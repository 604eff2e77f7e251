#!/bin/sh
# Builds the test module of a room ("link", or the argument) against nginx-dev into build/<room>/. With ASAN=<nginx
# source tree> it builds a whole nginx with AddressSanitizer instead, the module linked statically,
# into build/<room>-asan/ (guide SA-1, SA-2).
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
room=${1:-link}
warnings="-std=gnu11 -Wextra -Wno-unused-parameter -Wshadow -Wstrict-prototypes
    -Wmissing-prototypes -Wformat=2 -Wvla -Werror"

if [ -n "${ASAN:-}" ]; then
    src=$ASAN out="$top/build/$room-asan" target=
    cc="-g -O1 -fno-omit-frame-pointer -fsanitize=address -DNGX_DEBUG_PALLOC=1"
    ld="-fsanitize=address"
    how=--add-module
else
    src=${NGINX_SRC:-/usr/share/nginx/src} out="$top/build/$room" target=modules
    cc="$(dpkg-buildflags --get CFLAGS) $(dpkg-buildflags --get CPPFLAGS) -fPIC"
    ld="$(dpkg-buildflags --get LDFLAGS) -fPIC"
    how=--add-dynamic-module
fi

mkdir -p "$out"
stamp=$( (cd "$top" && ls src/*/*.c "t/$room/module/"*.c; cat "t/$room/module/config"; nginx -v 2>&1) |
    sha256sum)

if [ ! -f "$out/Makefile" ] || [ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ]; then
    (
        cd "$src"
        # shellcheck disable=SC3030,SC3054
        exec bash -c '
            if [ -f ./conf_flags ]; then
                . ./conf_flags
            else
                NGX_CONF_FLAGS=(--with-threads --with-debug --with-http_v2_module)
            fi
            exec ./configure "${NGX_CONF_FLAGS[@]}" --with-cc-opt="$2" --with-ld-opt="$3" \
                "$4=$0/t/$5/module" --builddir="$1"' \
            "$top" "$out" "$cc $(echo "$warnings" | tr -s "\n " " ")" "$ld" "$how" "$room"
    ) > "$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
    printf '%s' "$stamp" > "$out/stamp"
fi

# shellcheck disable=SC2086
(cd "$src" && make -s -f "$out/Makefile" "-j${JOBS:-2}" $target)
