/*
 * Which mail addresses and message identifiers are let into a mail.
 *
 * RFC 5321's dot-string and domain only: no quotes, comments, literals, or anything but ASCII. That
 * is less than the standard allows and more than any provider gives out.
 */

#include "view/mime_internal.h"

#include <string.h>

#define ADDRESS_MAX 254
#define LOCAL_MAX 64
#define LABEL_MAX 63


static bool is_alnum(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}


static bool is_atext(unsigned char c)
{
    return is_alnum(c) || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", c) != NULL);
}


static bool atom_valid(shop_str_t atom)
{
    for (size_t i = 0; i < atom.len; i++) {
        if (!is_atext(atom.data[i])) {
            return false;
        }
    }

    return atom.len > 0;
}


static bool label_valid(shop_str_t label)
{
    if (label.len == 0 || label.len > LABEL_MAX || label.data[0] == '-' ||
        label.data[label.len - 1] == '-') {
        return false;
    }

    for (size_t i = 0; i < label.len; i++) {
        if (!is_alnum(label.data[i]) && label.data[i] != '-') {
            return false;
        }
    }

    return true;
}


/* Every part between dots must be valid; an empty one never is. */
static bool parts_valid(shop_str_t s, bool (*valid)(shop_str_t part))
{
    size_t from = 0;

    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && s.data[i] != '.') {
            continue;
        }
        if (!valid((shop_str_t){i - from, s.data + from})) {
            return false;
        }
        from = i + 1;
    }

    return true;
}


static bool pair_valid(shop_str_t s, bool (*right)(shop_str_t part))
{
    const unsigned char *at = s.len == 0 ? NULL : memchr(s.data, '@', s.len);

    if (at == NULL || s.len > ADDRESS_MAX) {
        return false;
    }

    shop_str_t local = {(size_t) (at - s.data), s.data};
    shop_str_t domain = {s.len - local.len - 1, s.data + local.len + 1};

    return parts_valid(local, atom_valid) && parts_valid(domain, right);
}


bool shop_mail_address_valid(shop_str_t address)
{
    if (!pair_valid(address, label_valid)) {
        return false;
    }

    const unsigned char *at = memchr(address.data, '@', address.len);
    return (size_t) (at - address.data) <= LOCAL_MAX;
}


bool shop_mime_id_valid(shop_str_t id)
{
    return pair_valid(id, atom_valid);
}
