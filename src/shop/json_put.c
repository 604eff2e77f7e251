/*
 * JSON under construction: a failure is remembered and looked at once, at the end, so that nothing
 * is lost without a word.
 */

#include "shop/shop_internal.h"


void shop_put_member(shop_put_t *put, json_t *object, const char *name, json_t *value)
{
    /* Takes the reference in any case; NULL for a value or for the object is refused. */
    if (json_object_set_new(object, name, value) != 0) {
        put->failed = true;
    }
}


void shop_put_entry(shop_put_t *put, json_t *list, json_t *value)
{
    if (json_array_append_new(list, value) != 0) {
        put->failed = true;
    }
}


void shop_put_text(shop_put_t *put, json_t *object, const char *name, shop_str_t text)
{
    shop_put_member(put, object, name, shop_json_str(text));
}


void shop_put_number(shop_put_t *put, json_t *object, const char *name, int64_t number)
{
    shop_put_member(put, object, name, json_integer((json_int_t) number));
}


json_t *shop_put_list(shop_put_t *put, json_t *object, shop_str_t name)
{
    json_t *list = json_object_getn(object, (const char *) name.data, name.len);

    if (list == NULL) {
        list = json_array();

        if (json_object_setn_new(object, (const char *) name.data, name.len, list) != 0) {
            put->failed = true;
            return NULL;
        }
    }

    return list;
}


json_t *shop_put_end(const shop_put_t *put, json_t *json)
{
    if (put->failed) {
        json_decref(json);
        return NULL;
    }

    return json;
}
