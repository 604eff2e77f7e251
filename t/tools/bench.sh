#!/bin/sh
# Measures the shop against floors and ceilings on this machine (t/bench); arguments name comparisons.
set -eu

cd "$(dirname "$0")/../.."
t/tools/module.sh >/dev/null

# Which machine: a ratio without it says little.
awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo
printf '%s processors, kernel %s, nginx %s\n' "$(nproc)" "$(uname -r)" "$(nginx -v 2>&1 | sed 's/.*nginx.//')"

exec perl t/bench/run.pl "$@"
