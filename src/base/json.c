/*
 * JSON by jansson, with bounds: nothing that came from outside is parsed without a size and a
 * depth.
 */

#include "base/base.h"


#define SHOP_JSON_DEPTH 32


/* jansson's own limit of depth is 2048: our recursive readers want less. */
static bool too_deep(shop_str_t text)
{
    size_t depth = 0;
    bool quoted = false;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (quoted) {
            if (c == '\\') {
                i++;
            } else if (c == '"') {
                quoted = false;
            }

            continue;
        }

        if (c == '"') {
            quoted = true;

        } else if (c == '{' || c == '[') {
            if (++depth > SHOP_JSON_DEPTH) {
                return true;
            }

        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
        }
    }

    return false;
}


shop_status_t shop_json_parse(shop_str_t text, size_t max_bytes, json_t **json)
{
    json_error_t error;

    *json = NULL;

    if (text.len > max_bytes) {
        return SHOP_LIMIT;
    }

    if (text.len == 0 || too_deep(text)) {
        return SHOP_MALFORMED;
    }

    *json = json_loadb((const char *) text.data, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
                       &error);

    return *json != NULL ? SHOP_OK : SHOP_MALFORMED;
}


static int add_to_buf(const char *data, size_t size, void *buf)
{
    shop_buf_add(buf, (shop_str_t){size, (unsigned char *) data});

    return 0;
}


shop_status_t shop_json_dump(shop_arena_t *a, const json_t *json, shop_str_t *text)
{
    shop_buf_t buf;

    shop_buf_init(&buf, a, 0);

    /* What the library has made it can write, if it has the memory. */
    if (json_dump_callback(json, add_to_buf, &buf, JSON_COMPACT | JSON_ENCODE_ANY) != 0) {
        return SHOP_NO_MEMORY;
    }

    *text = shop_buf_str(&buf);

    return buf.status;
}


shop_str_t shop_json_text(const json_t *object, const char *key)
{
    return shop_json_string(json_object_get(object, key));
}


shop_str_t shop_json_string(const json_t *value)
{
    if (!json_is_string(value)) {
        return SHOP_STR("");
    }

    return (shop_str_t){json_string_length(value), (unsigned char *) json_string_value(value)};
}


int64_t shop_json_int(const json_t *object, const char *key)
{
    return (int64_t) json_integer_value(json_object_get(object, key));
}


bool shop_json_bool(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}


/* PostgreSQL's numeric inside jsonb arrives as a JSON number: a real of jansson is a double, exact
 * enough for 4 digits below 10^11 once it is rounded. */
static shop_money_t money_from_real(double value)
{
    double scaled = value * 10000.0;

    if (!(scaled > -9e15 && scaled < 9e15)) {
        return SHOP_MONEY_ZERO;
    }

    return (shop_money_t){(int64_t) (scaled < 0 ? scaled - 0.5 : scaled + 0.5)};
}


shop_money_t shop_json_money(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    shop_money_t money = SHOP_MONEY_ZERO;
    int64_t e4;

    if (json_is_integer(value)) {
        if (!__builtin_mul_overflow((int64_t) json_integer_value(value), (int64_t) 10000, &e4)) {
            money.e4 = e4;
        }

        return money;
    }

    if (json_is_real(value)) {
        return money_from_real(json_real_value(value));
    }

    if (json_is_string(value) && shop_money_parse(shop_json_text(object, key), &money) != SHOP_OK) {
        return SHOP_MONEY_ZERO;
    }

    return money;
}


json_t *shop_json_str(shop_str_t s)
{
    return json_stringn(s.len > 0 ? (const char *) s.data : "", s.len);
}


bool shop_json_set_text(json_t *object, const char *key, shop_str_t s)
{
    return json_object_set_new(object, key, shop_json_str(s)) == 0;
}
