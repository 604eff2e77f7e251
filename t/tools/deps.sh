#!/bin/sh
# Installs the Debian packages that building, running and testing the shop need; without root it
# names the missing ones. The browser tests' own packages come from t/tools/node.sh.
set -eu

build="gcc make libc6-dev dpkg-dev nginx-dev libhiredis-dev libpq-dev libcurl4-openssl-dev
       libjansson-dev libssl-dev libqrencode-dev libpango1.0-dev pkgconf libpcre2-dev zlib1g-dev"
run="nginx-core postgresql redis-server openssl libjs-bootstrap5 ca-certificates"
test="perl libdbd-pg-perl libredis-perl libhtml-parser-perl libio-socket-ssl-perl
      curl chromium fonts-dejavu-core nodejs npm poppler-utils procps git"
bench="wrk redis-tools"
lint="clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev cppcheck shellcheck
      libperl-critic-perl"

case "${1:-all}" in
    demo) wanted="$build $run perl curl procps" ;;
    test) wanted="$build $run $test" ;;
    all)  wanted="$build $run $test $bench $lint" ;;
    *)    echo "usage: $0 [demo|test|all]" >&2; exit 2 ;;
esac

missing=
for package in $wanted; do
    case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done

# Another Node.js than Debian's, or another flavour of its nginx, serves as well.
if command -v npm >/dev/null 2>&1; then
    missing=$(echo "$missing" | sed 's/ nodejs//; s/ npm//')
fi
if [ -x /usr/sbin/nginx ]; then
    missing=$(echo "$missing" | sed 's/ nginx-core//')
fi

[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "missing Debian packages:$missing" >&2
    echo "as root: apt-get install$missing" >&2
    exit 1
fi

# A service that a package starts by itself would take ports and memory that nobody asked for.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null
