#!/bin/sh
# module.sh [OUT MODULE]: builds the dynamic module, or the one of that folder, against Debian's
# nginx-dev into build/nginx/, or OUT. Configures again only when the list of source files, the build
# script or nginx itself has changed.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
out=${1:-$top/build/nginx}
module=${2:-$top}
src=${NGINX_SRC:-/usr/share/nginx/src}

if [ ! -x "$src/configure" ]; then
    echo "no nginx sources in $src: install nginx-dev, or set NGINX_SRC" >&2
    exit 1
fi

mkdir -p "$out"

# Two builds at once would spoil each other.
exec 9>"$out/lock"
flock 9

stamp=$( (cd "$top" && find src -name '*.[ch]' | sort; find "$module" -maxdepth 1 -name '*.c' | sort
    cat "$module/config"; nginx -v 2>&1) | sha256sum)

if [ ! -f "$out/Makefile" ] || [ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ]; then
    (
        cd "$src"
        # shellcheck disable=SC1091,SC3030,SC3054
        exec bash -c '
            . ./conf_flags
            exec ./configure "${NGX_CONF_FLAGS[@]}" \
                --with-cc-opt="$(dpkg-buildflags --get CFLAGS) -fPIC \
                    $(dpkg-buildflags --get CPPFLAGS) -std=gnu11 -Wextra -Wno-unused-parameter \
                    -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla -Werror" \
                --with-ld-opt="$(dpkg-buildflags --get LDFLAGS) -fPIC" \
                --add-dynamic-module="$0" --builddir="$1"' "$module" "$out"
    ) > "$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
    printf '%s' "$stamp" > "$out/stamp"
fi

(cd "$src" && make -s -f "$out/Makefile" "-j${JOBS:-2}" modules)
echo "$out"/ngx_http_*.so
