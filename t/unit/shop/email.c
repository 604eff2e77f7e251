/*
 * E-mail addresses that are taken and that are not.
 */

#include "shop/shop.h"
#include "tap.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static const char *const good[] = {
    "a@b.org",
    "jane.doe@example.org",
    "jane+tag@example.co.uk",
    "o'neil@example.org",
    "x_1-2@sub-domain.example.org",
    "!#$%&'*+-/=?^_`{|}~@example.org",
    "1@1.fr",
    "a@b.c0",
    "A@EXAMPLE.ORG",
    "a@xn--caf-dma.example",
};

static const char *const bad[] = {
    "",
    "a",
    "@",
    "a@",
    "@b.org",
    "a@b",
    "a@b.",
    "a@.org",
    "a@b..org",
    "a@@b.org",
    "a@b@c.org",
    ".a@b.org",
    "a.@b.org",
    "a..b@c.org",
    "a b@c.org",
    "a@b c.org",
    " a@b.org",
    "a@b.org ",
    "\"a\"@b.org",
    "a,b@c.org",
    "a@-b.org",
    "a@b-.org",
    "a@b.-org",
    "a@b_c.org",
    "a@127.0.0.1",
    "a@[127.0.0.1]",
    "a@b.123",
    "a@b.org\n",
    "a@b.org\r\nBcc: c@d.org",
    "caf\303\251@example.org",
    "a@caf\303\251.org",
    "<a@b.org>",
    "a(b)@c.org",
    "a\\b@c.org",
};


static void check_lengths(void)
{
    static const struct {
        size_t local, label, labels;
        bool good;
    } cases[] = {
        {64, 10, 2, true}, {65, 10, 2, false}, {1, 63, 2, true},
        {1, 64, 2, false}, {62, 63, 3, true},  {63, 63, 3, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[400];
        size_t at = cases[i].local;

        memset(text, 'a', sizeof(text));
        text[at++] = '@';

        for (size_t n = 0; n < cases[i].labels; n++) {
            at += cases[i].label;
            text[at++] = '.';
        }

        at--; /* no dot at the end */
        ok(shop_email_valid((shop_str_t){at, (unsigned char *) text}) == cases[i].good,
           "%zu before, %zu times %zu after: %zu characters", cases[i].local, cases[i].labels,
           cases[i].label, at);
    }
}


int main(void)
{
    for (size_t i = 0; i < COUNT(good); i++) {
        ok(shop_email_valid(shop_str(good[i])), "%s is taken", good[i]);
    }

    for (size_t i = 0; i < COUNT(bad); i++) {
        ok(!shop_email_valid(shop_str(bad[i])), "number %zu of the bad ones is not", i);
    }

    ok(!shop_email_valid((shop_str_t){8, (unsigned char *) "a\0b@c.org"}), "no byte 0");
    check_lengths();

    return done_testing();
}
