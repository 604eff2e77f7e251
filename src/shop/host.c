/*
 * May somebody's site be called like this? One label of a host name: 3 to 25 lower case letters,
 * digits and dashes, and none that a domain keeps for itself.
 */

#include "shop/host.h"

#define HOST_MIN 3
#define HOST_MAX 25


static const char *const reserved[] = {
    "www",  "mail",  "smtp", "imap",    "pop",        "mx",        "ns1",    "ns2",
    "ftp",  "admin", "root", "api",     "shop",       "webmail",   "cdn",    "static",
    "auth", "login", "test", "staging", "autoconfig", "localhost", "moodle", "postmaster",
};


static bool letter(unsigned char c)
{
    return c >= 'a' && c <= 'z';
}


static bool letter_or_digit(unsigned char c)
{
    return letter(c) || (c >= '0' && c <= '9');
}


const char *shop_host_check(shop_str_t name)
{
    if (name.len < HOST_MIN || name.len > HOST_MAX || !letter(name.data[0]) ||
        !letter_or_digit(name.data[name.len - 1])) {
        return "host_malformed";
    }

    for (size_t i = 0; i < name.len; i++) {
        if (!letter_or_digit(name.data[i]) && name.data[i] != '-') {
            return "host_malformed";
        }
    }

    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (shop_str_eq(name, shop_str(reserved[i]))) {
            return "host_reserved";
        }
    }

    return NULL;
}
