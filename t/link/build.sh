#!/bin/sh
# Builds the test module around src/link into build/link/. For a build with sanitizers see
# t/tools/asan.sh.
set -eu

top=$(cd "$(dirname "$0")/../.." && pwd)
exec "$top/t/tools/module.sh" "$top/build/link" "$top/t/link/module"
