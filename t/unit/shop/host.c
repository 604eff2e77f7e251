/* Which names of hosts may be sold: handlers.md 9.15. */

#include "shop/host.h"

#include <string.h>

#include "tap.h"

int main(void)
{
    static const struct {
        const char *name;
        const char *wrong; /* NULL: a good one */
    } cases[] = {
        {"acme", NULL},
        {"a-1", NULL},
        {"abcdefghijklmnopqrstuvwxy", NULL},
        {"abcdefghijklmnopqrstuvwxyz", "host_malformed"},
        {"ab", "host_malformed"},
        {"", "host_malformed"},
        {"1acme", "host_malformed"},
        {"-acme", "host_malformed"},
        {"acme-", "host_malformed"},
        {"Acme", "host_malformed"},
        {"ac.me", "host_malformed"},
        {"ac me", "host_malformed"},
        {"acm\xc3\xa9", "host_malformed"},
        {"www", "host_reserved"},
        {"mail", "host_reserved"},
        {"admin", "host_reserved"},
        {"admins", NULL},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong = shop_host_check(shop_str(cases[i].name));

        ok(cases[i].wrong == NULL ? wrong == NULL
                                  : wrong != NULL && strcmp(wrong, cases[i].wrong) == 0,
           "\"%s\": %s", cases[i].name, wrong != NULL ? wrong : "good");
    }

    return done_testing();
}
