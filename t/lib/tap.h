/*
 * Unit tests speak TAP: each check is one line, the plan comes last. Include it once per program.
 */

#ifndef SHOP_TAP_H
#define SHOP_TAP_H

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static int tap_count;
static int tap_failed;


__attribute__((format(printf, 2, 3), unused)) static bool ok(bool good, const char *format, ...)
{
    va_list args;

    printf("%sok %d - ", good ? "" : "not ", ++tap_count);
    va_start(args, format);
    (void) vprintf(format, args);
    va_end(args);
    putchar('\n');

    if (!good) {
        tap_failed++;
    }

    return good;
}


__attribute__((unused)) static bool is_int(long long got, long long expected, const char *name)
{
    if (!ok(got == expected, "%s", name)) {
        printf("#      got: %lld\n# expected: %lld\n", got, expected);
        return false;
    }

    return true;
}


__attribute__((unused)) static bool is_str(shop_str_t got, const char *expected, const char *name)
{
    if (!ok(shop_str_eq(got, shop_str(expected)), "%s", name)) {
        printf("#      got: \"%.*s\"\n# expected: \"%s\"\n", (int) got.len,
               got.data != NULL ? (const char *) got.data : "", expected);
        return false;
    }

    return true;
}


__attribute__((format(printf, 1, 2), unused)) static void diag(const char *format, ...)
{
    va_list args;

    printf("# ");
    va_start(args, format);
    (void) vprintf(format, args);
    va_end(args);
    putchar('\n');
}


/* `return done_testing();` ends main. */
__attribute__((unused)) static int done_testing(void)
{
    printf("1..%d\n", tap_count);

    if (tap_failed > 0) {
        printf("# %d of %d failed\n", tap_failed, tap_count);
    }

    return tap_failed > 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
