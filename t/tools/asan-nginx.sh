#!/bin/sh
# asan-nginx.sh SOURCE OUT MODULE: builds OUT/nginx from nginx's own source with AddressSanitizer, every
# pool allocation a malloc (NGX_DEBUG_PALLOC), and the module linked statically (guide SA-1, SA-2). UBSan
# looks at our own files only: nginx has known findings of its own (SA-4).
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
source=$1 out=$2 module=$3

mkdir -p "$out"

# Two builds at once would spoil each other.
exec 9>"$out/lock"
flock 9

stamp=$( (cd "$top" && find src -name '*.[ch]' | sort; find "$module" -maxdepth 1 -name '*.c' | sort
    cat "$module/config" "$0") | sha256sum)

if [ ! -f "$out/Makefile" ] || [ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ]; then
    defines='-DNGX_DEBUG_PALLOC=1 -std=gnu11 -Wno-error'
    (
        cd "$source"
        [ -x ./configure ] || ln -s auto/configure configure
        ./configure --builddir="$out" --prefix="$out" --with-compat --with-debug --with-threads \
            --with-http_ssl_module --with-http_realip_module --with-http_auth_request_module \
            --with-http_v2_module --with-http_stub_status_module \
            --with-cc-opt="-g -O1 -fno-omit-frame-pointer -fsanitize=address $defines" \
            --with-ld-opt='-fsanitize=address -fsanitize=undefined' --add-module="$module"
        # Our files, and only ours, with UBSan as well: their rules name addon objects.
        awk '/^[^\t].*addon\/.*\.o:/ { ours = 1 } /^$/ { ours = 0 }
             ours && /\$\(CFLAGS\)/ {
                 sub(/\$\(CFLAGS\)/, "$(CFLAGS) -fsanitize=undefined -fno-sanitize-recover=undefined")
             } { print }' "$out/Makefile" >"$out/Makefile.new"
        mv "$out/Makefile.new" "$out/Makefile"
    ) >"$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
    printf '%s' "$stamp" >"$out/stamp"
fi

(cd "$source" && make -s -f "$out/Makefile" "-j${JOBS:-2}" "$out/nginx")
