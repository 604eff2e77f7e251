/*
 * E-mail addresses as people and Moodle use them: ASCII, no quotes, a domain with a dot.
 */

#include "shop/shop.h"

#include <ctype.h>
#include <string.h>


#define EMAIL_MAX 254
#define LOCAL_MAX 64
#define LABEL_MAX 63


static bool local_valid(shop_str_t local);
static bool domain_valid(shop_str_t domain);


bool shop_email_valid(shop_str_t email)
{
    const unsigned char *at;
    size_t local;

    if (email.len == 0 || email.len > EMAIL_MAX) {
        return false;
    }

    at = memchr(email.data, '@', email.len);
    if (at == NULL) {
        return false;
    }

    local = (size_t) (at - email.data);

    return local_valid((shop_str_t){local, email.data}) &&
           domain_valid((shop_str_t){email.len - local - 1, email.data + local + 1});
}


/* RFC 5321 dot-string: atoms separated by single dots. */
static bool local_valid(shop_str_t local)
{
    bool dot = true; /* none at the beginning */

    if (local.len == 0 || local.len > LOCAL_MAX) {
        return false;
    }

    for (size_t i = 0; i < local.len; i++) {
        unsigned char c = local.data[i];

        if (c == '.') {
            if (dot) {
                return false;
            }
            dot = true;
            continue;
        }

        if (!(c < 0x80 && isalnum(c)) && (c == '\0' || strchr("!#$%&'*+-/=?^_`{|}~", c) == NULL)) {
            return false;
        }

        dot = false;
    }

    return !dot;
}


/* The last label has a letter: an address of a machine is none of a mailbox. */
static bool domain_valid(shop_str_t domain)
{
    shop_str_t label;
    size_t labels = 0;
    bool letter = false;

    while (shop_str_split(&domain, '.', &label)) {
        if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' ||
            label.data[label.len - 1] == '-') {
            return false;
        }

        letter = false;

        for (size_t i = 0; i < label.len; i++) {
            if (label.data[i] >= 0x80 || (!isalnum(label.data[i]) && label.data[i] != '-')) {
                return false;
            }

            letter = letter || isalpha(label.data[i]);
        }

        labels++;
    }

    return labels >= 2 && letter;
}
