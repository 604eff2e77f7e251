#!/bin/sh
# Runs every built fuzz target for its share of the seconds. New inputs go to build/fuzz-corpus,
# a crash to build/fuzz-crash-*; a crash becomes a named seed in t/fuzz/corpus/<driver>/.
set -eu

cd "$(dirname "$0")/../.."
seconds=${1:-60}

set -- t/fuzz/*.c
share=$((seconds / $#))
[ "$share" -gt 0 ] || share=1

for source in "$@"; do
    driver=$(basename "$source" .c)
    mkdir -p "build/fuzz-corpus/$driver" "t/fuzz/corpus/$driver"
    echo "$driver: $share s"
    "build/t/fuzz/$driver" -max_total_time="$share" -timeout=1 -max_len=8192 -verbosity=0 \
        -artifact_prefix="build/fuzz-crash-$driver-" \
        "build/fuzz-corpus/$driver" "t/fuzz/corpus/$driver"
done
