#!/bin/sh
# The whole suite under AddressSanitizer and UBSan, with an nginx from Debian's source archive
# (asan-nginx.sh). `asan.sh build` only builds and says what to run a test with.
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

nginx="$out/source/nginx"
"$top/t/tools/asan-nginx.sh" "$nginx" "$out/shop" "$top"
"$top/t/tools/asan-nginx.sh" "$nginx" "$out/link" "$top/t/link/module"

if [ "${1:-}" = build ]; then
    echo "SHOP_NGINX=$out/shop/nginx SHOP_STATIC=1 LINK_NGINX=$out/link/nginx" \
        "LSAN_OPTIONS=suppressions=$top/t/tools/lsan.supp prove -It/lib ..."
    exit 0
fi

export SHOP_NGINX="$out/shop/nginx" SHOP_STATIC=1 LINK_NGINX="$out/link/nginx"
export UBSAN_OPTIONS="print_stacktrace=1"
export LSAN_OPTIONS="suppressions=$top/t/tools/lsan.supp:print_suppressions=0"
exec "$top/t/tools/test.sh" all
