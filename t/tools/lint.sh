#!/bin/sh
# Checks the form of everything: clang-format, cppcheck, clang-tidy, shellcheck, perlcritic, t/lint.
# Goes on after a finding and fails at the end. `lint.sh format tidy ...` runs some parts only.
set -eu

cd "$(dirname "$0")/../.."
failed=

# need COMMAND PACKAGE: false, and the missing Debian package is named.
need()
{
    command -v "$1" >/dev/null 2>&1 && return 0
    echo "lint: $1 is missing, install the Debian package $2" >&2
    failed="$failed $1"
    return 1
}

list()
{
    git ls-files --cached --others --exclude-standard -- "$@"
}

report()
{
    echo "lint: $1: see above" >&2
    failed="$failed $1"
}

lint_format()
{
    need clang-format clang-format || return 0
    list 'src/*.[ch]' 't/*.[ch]' | xargs clang-format --dry-run -Werror || report clang-format
}

lint_cppcheck()
{
    need cppcheck cppcheck || return 0
    # missingInclude*: system headers are not read. unusedStructMember, constParameter*: contracts
    # of tables of functions. normalCheckLevel*, unmatchedSuppression: about the tool.
    list 'src/*.c' 't/*.c' | xargs cppcheck --quiet --error-exitcode=1 --std=c11 --inline-suppr -Isrc \
        -It/lib -j2 --enable=warning,performance,portability --suppress=missingInclude \
        --suppress=missingIncludeSystem --suppress=unmatchedSuppression || report cppcheck
}

# tidy FLAGS...: the files on standard input, their flags as arguments. One file per process: the
# va_list checker of clang 14 keeps names of the file before.
tidy()
{
    # shellcheck disable=SC2016
    FLAGS="$*" xargs -P2 -n1 sh -c 'clang-tidy --quiet "$@" -- $FLAGS 2>/dev/null' sh
}

# nginx's headers: NGINX_SRC, or Debian's nginx-dev; what configure wrote is below build/.
nginx_flags()
{
    root=${NGINX_SRC:-/usr/share/nginx/src}
    for part in core event event/modules os/unix http http/modules http/v2; do
        printf -- '-I%s/src/%s ' "$root" "$part"
    done
    printf -- '-I%s ' "$(dirname "$1")"
}

lint_tidy()
{
    need clang-tidy clang-tidy || return 0
    # shellcheck disable=SC2046
    list 'src/*.c' 't/*.c' | xargs grep -L 'ngx_\|"link/\|"web/\|"work/' |
        tidy -std=gnu11 -Isrc $(pkg-config --cflags pangocairo) -It/lib || report clang-tidy

    configured=build/nginx/ngx_auto_config.h
    if [ ! -f "$configured" ]; then
        echo 'lint: nginx is not configured: make build (Debian package nginx-dev)' >&2
        failed="$failed nginx-dev"
        return 0
    fi
    # With NGX_DEBUG, ngx_queue_remove() writes NULLs that the analyzer sees in the whole ring.
    # shellcheck disable=SC2046
    list 'src/*.c' 't/*.c' | xargs grep -l 'ngx_\|"link/\|"web/\|"work/' | tidy -std=gnu11 -Isrc $(pkg-config --cflags pangocairo) \
        -DNGX_DEBUG=0 -I/usr/include/postgresql $(nginx_flags "$configured") || report clang-tidy-nginx
}

lint_shell()
{
    need shellcheck shellcheck || return 0
    list '*.sh' '.ci/run' | xargs shellcheck || report shellcheck
}

lint_perl()
{
    need perlcritic libperl-critic-perl || return 0
    # Leading zeros are the modes of files.
    list 't/*.pm' 't/*.t' 't/bin/*' | xargs perlcritic --quiet --severity 5 --exclude LeadingZeros || report perlcritic
}

lint_rules()
{
    # Some look at what was built: the module and the renderer of templates.
    if ! make -s -j2 unit || ! t/tools/module.sh >/dev/null; then
        report build
        return 0
    fi
    prove -Q t/lint || report t/lint
}

[ $# -gt 0 ] || set -- format cppcheck tidy shell perl rules
for part in "$@"; do
    "lint_$part"
done

if [ -n "$failed" ]; then
    echo "lint: failed:$failed" >&2
    exit 1
fi
