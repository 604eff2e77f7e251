#!/bin/sh
# The whole suite under AddressSanitizer and UBSan: nginx itself from Debian's source archive, with every
# pool allocation a malloc (NGX_DEBUG_PALLOC) and our module linked statically (guide SA-1, SA-2). UBSan
# looks at our own files only: nginx has known findings of its own (SA-4).
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
out="$top/build/asan"

fetch_source() {
    mkdir -p "$out/apt/lists/partial" "$out/source"

    # Debian's own configured archives, asked for sources, in a private list.
    {
        sed -n 's/^deb /deb-src /p' /etc/apt/sources.list 2>/dev/null || true
        for file in /etc/apt/sources.list.d/*.sources; do
            [ -f "$file" ] || continue
            grep -q 'debian.org\|debian-security' "$file" || continue
            awk -v RS= '/URIs:/ {
                uri = suites = components = signed = ""
                n = split($0, line, "\n")
                for (i = 1; i <= n; i++) {
                    split(line[i], word, ": *")
                    if (word[1] == "URIs") { uri = substr(line[i], index(line[i], ":") + 2) }
                    if (word[1] == "Suites") { suites = substr(line[i], index(line[i], ":") + 2) }
                    if (word[1] == "Components") { components = substr(line[i], index(line[i], ":") + 2) }
                    if (word[1] == "Signed-By") { signed = substr(line[i], index(line[i], ":") + 2) }
                }
                m = split(suites, suite, " ")
                for (i = 1; i <= m; i++) {
                    printf "deb-src %s%s %s %s\n", signed ? "[signed-by=" signed "] " : "", uri,
                           suite[i], components
                }
            }' "$file"
        done
    } >"$out/apt/sources.list"

    options="-o Dir::Etc::sourcelist=$out/apt/sources.list -o Dir::Etc::sourceparts=-
             -o Dir::State::lists=$out/apt/lists -o APT::Get::List-Cleanup=0"
    # shellcheck disable=SC2086
    apt-get $options -qq update
    # shellcheck disable=SC2086
    (cd "$out/source" && apt-get $options -qq source --download-only --tar-only nginx)
    mkdir "$out/source/nginx"
    tar -C "$out/source/nginx" --strip-components=1 -xf "$out"/source/nginx_*.orig.tar.gz
}

if [ ! -f "$out/source/nginx/src/core/nginx.c" ]; then
    rm -rf "$out/source"
    fetch_source
fi

stamp=$( (cd "$top" && find src -name '*.[ch]' | sort; cat config) | sha256sum)
if [ ! -f "$out/stamp" ] || [ "$(cat "$out/stamp")" != "$stamp" ]; then
    defines='-DNGX_DEBUG_PALLOC=1 -std=gnu11 -Wno-error'
    (
        cd "$out/source/nginx"
        [ -x ./configure ] || ln -s auto/configure configure
        ./configure --builddir="$out/objs" --prefix="$out" --with-compat --with-debug --with-threads \
            --with-http_ssl_module --with-http_realip_module --with-http_auth_request_module \
            --with-http_v2_module --with-http_stub_status_module \
            --with-cc-opt="-g -O1 -fno-omit-frame-pointer -fsanitize=address $defines" \
            --with-ld-opt='-fsanitize=address -fsanitize=undefined' --add-module="$top"
        # Our files, and only ours, with UBSan as well: their rules name addon objects.
        awk '/^[^\t].*addon\/.*\.o:/ { ours = 1 } /^$/ { ours = 0 }
             ours && /\$\(CFLAGS\)/ {
                 sub(/\$\(CFLAGS\)/, "$(CFLAGS) -fsanitize=undefined -fno-sanitize-recover=undefined")
             } { print }' "$out/objs/Makefile" >"$out/objs/Makefile.new"
        mv "$out/objs/Makefile.new" "$out/objs/Makefile"
    ) >"$out/configure.log" 2>&1 || { tail -n 20 "$out/configure.log" >&2; exit 1; }
    printf '%s' "$stamp" >"$out/stamp"
fi

(cd "$out/source/nginx" && make -s -f "$out/objs/Makefile" -j2 "$out/objs/nginx")

export SHOP_NGINX="$out/objs/nginx" SHOP_STATIC=1
export ASAN_OPTIONS="detect_odr_violation=0:abort_on_error=0:detect_leaks=1"
export UBSAN_OPTIONS="print_stacktrace=1"

[ "${1:-}" = build ] && exit 0
exec "$top/t/tools/test.sh" all
