/*
 * What a right parameter value looks like: the checks that several interfaces share.
 */

#include "pay/pay_internal.h"

#include <string.h>

#define DAYS_MAX 365


bool shop_pay_is_digits(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < '0' || value.data[i] > '9') {
            return false;
        }
    }

    return value.len > 0;
}


static bool is_text(shop_str_t value, size_t characters)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < 0x20 || value.data[i] == 0x7f) {
            return false;
        }
    }

    return value.len > 0 && shop_utf8_valid(value) && shop_utf8_length(value) <= characters;
}


bool shop_pay_is_line(shop_str_t value)
{
    return is_text(value, 127);
}


bool shop_pay_is_name70(shop_str_t value)
{
    return is_text(value, 70);
}


bool shop_pay_is_days(shop_str_t value)
{
    int64_t days;

    return shop_str_to_int(value, &days) == SHOP_OK && days >= 1 && days <= DAYS_MAX;
}


bool shop_pay_list_has(shop_str_t list, shop_str_t word)
{
    shop_str_t part;

    while (shop_str_split(&list, ' ', &part)) {
        if (shop_str_eq(part, word)) {
            return true;
        }
    }

    return false;
}


bool shop_pay_is_currencies(shop_str_t value)
{
    shop_str_t part;

    while (shop_str_split(&value, ' ', &part)) {
        if (shop_currency_find(part) == NULL) {
            return false;
        }
    }

    return true;
}


/* The length of "http://" or "https://"; 0: neither. */
static size_t scheme_length(shop_str_t url)
{
    if (shop_str_starts(url, SHOP_STR("https://"))) {
        return sizeof("https://") - 1;
    }

    return shop_str_starts(url, SHOP_STR("http://")) ? sizeof("http://") - 1 : 0;
}


shop_str_t shop_pay_origin(shop_str_t url)
{
    size_t end = scheme_length(url);

    while (end < url.len && url.data[end] != '/' && url.data[end] != '?') {
        end++;
    }

    return (shop_str_t){end, url.data};
}


/* The origin goes into a Content-Security-Policy, so the host may hold nothing that ends a word. */
static bool host_valid(shop_str_t host)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";

    for (size_t i = 0; i < host.len; i++) {
        if (memchr(allowed, host.data[i], sizeof(allowed) - 1) == NULL) {
            return false;
        }
    }

    return host.len > 0;
}


bool shop_pay_is_url(shop_str_t value)
{
    size_t scheme = scheme_length(value);

    if (scheme == 0 || value.len > 1024) {
        return false;
    }

    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\"'<>#\\", c) != NULL) {
            return false;
        }
    }

    shop_str_t origin = shop_pay_origin(value);
    return host_valid((shop_str_t){origin.len - scheme, origin.data + scheme});
}


shop_str_t shop_pay_address(const shop_pay_config_t *config, const char *name, const char *live,
                            const char *test)
{
    shop_str_t given = shop_pay_value(config, name);

    if (given.len > 0) {
        return given;
    }

    return shop_str(config->mode == SHOP_PAY_LIVE ? live : test);
}


shop_status_t shop_pay_check_both(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const char *one, const char *other, shop_str_t *error)
{
    if ((shop_pay_value(config, one).len > 0) != (shop_pay_value(config, other).len > 0)) {
        return shop_pay_refuse(arena, error,
                               "\"%s\" and \"%s\" need each other: write both or none", one, other);
    }

    return SHOP_OK;
}


static bool contains(shop_str_t text, shop_str_t part)
{
    for (; text.len >= part.len; text.data++, text.len--) {
        if (shop_str_starts(text, part)) {
            return true;
        }
    }

    return false;
}


/* Play money must not pay for something real. */
shop_status_t shop_pay_check_no_test(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const char *const *names, const char *part, shop_str_t *error)
{
    for (size_t i = 0; config->mode == SHOP_PAY_LIVE && names[i] != NULL; i++) {
        if (contains(shop_pay_value(config, names[i]), shop_str(part))) {
            return shop_pay_refuse(arena, error,
                                   "\"%s\" is an address for tests: write the address of "
                                   "production, or write \"mode test\"",
                                   names[i]);
        }
    }

    return SHOP_OK;
}
