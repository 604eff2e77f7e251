/*
 * Moodle's {{#str}} helper: renders its section, looks the key up and puts the argument in.
 *
 * The section is rendered at the end of the output itself, the finished text then moved over it:
 * no memory of its own is needed.
 */

#include "view/mustache_render.h"

#include "view/lang_internal.h"

#include <string.h>


static shop_status_t render_argument(shop_rendering_t *r, const shop_template_t *t, size_t index)
{
    bool quoting = r->quoting;

    r->quoting = t->nodes[index].json;
    shop_status_t status = shop_mustache_range(r, t, index + 1, t->nodes[index].end);
    r->quoting = quoting;

    return status;
}


/* "key, argument" of a key that was not constant. */
static shop_str_t cut_key(shop_str_t *argument)
{
    shop_str_t key = *argument;
    const unsigned char *comma = key.len == 0 ? NULL : memchr(key.data, ',', key.len);

    if (comma == NULL) {
        *argument = SHOP_STR_NULL;
        return shop_str_trim(key);
    }

    size_t at = (size_t) (comma - key.data);
    *argument = (shop_str_t){key.len - at - 1, key.data + at + 1};
    return shop_str_trim((shop_str_t){at, key.data});
}


static void print(shop_rendering_t *r, shop_str_t text, shop_str_t argument, bool is_json)
{
    json_t *object = NULL;

    if (is_json) {
        object =
            json_loadb((const char *) argument.data, argument.len, JSON_REJECT_DUPLICATES, NULL);
    }

    if (json_is_object(object)) {
        shop_lang_format(r->out, text, object);
    } else {
        shop_lang_format_plain(r->out, text, argument);
    }
    json_decref(object);
}


shop_status_t shop_mustache_str(shop_rendering_t *r, const shop_template_t *t, size_t index)
{
    const shop_node_t *node = &t->nodes[index];
    size_t start = r->out->len;

    shop_status_t status = render_argument(r, t, index);
    if (status != SHOP_OK) {
        return status;
    }

    size_t middle = r->out->len;
    shop_str_t argument = SHOP_STR_NULL;
    if (middle > start) {
        argument = (shop_str_t){middle - start, r->out->data + start};
    }

    shop_str_t key = node->text.len > 0 ? node->text : cut_key(&argument);
    shop_str_t text = r->strings == NULL ? key : shop_lang_text(r->strings, r->lang, key);

    print(r, text, shop_str_trim(argument), node->json && argument.len > 0);
    if (r->out->status != SHOP_OK) {
        return r->out->status;
    }

    if (middle > start) {
        memmove(r->out->data + start, r->out->data + middle, r->out->len - middle);
        r->out->len -= middle - start;
    }
    return SHOP_OK;
}
