#!/bin/sh
# The suite: C unit programs, then everything in Perl, then the browser. `quick` is what takes
# seconds. Each .t also runs alone: prove -It/lib t/api/<name>.t
set -eu

cd "$(dirname "$0")/../.."
what=${1:-all}
jobs=${JOBS:-2}

make -s -j2 unit
t/tools/module.sh >/dev/null

PERL5LIB="$PWD/t/lib${PERL5LIB:+:$PERL5LIB}"
export PERL5LIB

# Fresh machines start slowly: what needs initdb or npm is prepared once, outside of any test.
if [ "$what" = quick ]; then
    exec prove -j"$jobs" t/unit t/lint
fi

t/tools/node.sh
t/link/build.sh
exec prove -j"$jobs" --timer -r t
