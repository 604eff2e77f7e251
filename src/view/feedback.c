/*
 * Production feedback in words: what a job said about its product, for one audience, in the
 * reader's language (handlers.md 2.5).
 *
 * The database keeps it without language: {product, handler, event, vars}. The text is
 * "<handler>.<event>.<audience>" of the language files, else that of the product without handler.
 */

#include "view/document_internal.h"


static shop_str_t feedback_text(shop_making_t *d, shop_str_t handler, shop_str_t event,
                                const char *audience)
{
    shop_str_t key;
    shop_status_t status = shop_arena_printf(d->arena, &key, "%.*s.%.*s.%s", (int) handler.len,
                                             (const char *) handler.data, (int) event.len,
                                             (const char *) event.data, audience);

    if (status != SHOP_OK) {
        shop_document_note(d, status);
        return SHOP_STR_NULL;
    }
    return shop_lang_find_text(d->strings, d->lang, key);
}


/* The variables with their dates in words. */
static json_t *feedback_variables(shop_making_t *d, const json_t *entry)
{
    const json_t *given = json_object_get(entry, "vars");
    json_t *vars =
        shop_document_new(d, json_is_object(given) ? json_copy((json_t *) given) : json_object());

    if (vars != NULL) {
        shop_document_put_date(d, vars, "start", shop_json_text(vars, "start"));
        shop_document_put_date(d, vars, "end", shop_json_text(vars, "end"));
        shop_document_put_text(d, vars, "reason", shop_json_text(entry, "reason"));
        shop_document_put_text(d, vars, "code", shop_json_text(entry, "code"));
    }
    return vars;
}


static void feedback_append(shop_making_t *d, json_t *list, const json_t *entry,
                            const char *audience)
{
    shop_str_t event = shop_json_text(entry, "event");
    shop_str_t text = feedback_text(d, shop_json_text(entry, "handler"), event, audience);
    shop_str_t product = shop_json_text(entry, "product");
    json_t *vars = feedback_variables(d, entry);
    json_t *item;
    shop_buf_t out;

    if (text.data == NULL) {
        text = feedback_text(d, SHOP_STR("none"), event, audience);
    }
    if (product.len == 0) {
        product = shop_json_text(vars, "product");
    }
    if (text.len != 0) {
        shop_buf_init(&out, d->arena, 0);
        shop_lang_format(&out, text, vars);
        shop_document_note(d, out.status);
        item = shop_document_new(d, json_object());
        shop_document_put_text(d, item, "product", product);
        shop_document_put_text(d, item, "message", shop_buf_str(&out));
        shop_document_append(d, list, item);
    }
    json_decref(vars);
}


shop_status_t shop_feedback_view(shop_arena_t *arena, const shop_document_t *document,
                                 const json_t *feedback, const char *audience, json_t **list)
{
    shop_making_t d = {
        .arena = arena,
        .strings = document->strings,
        .lang = document->lang,
        .utc_offset = document->utc_offset,
    };

    *list = shop_document_new(&d, json_array());
    for (size_t i = 0; *list != NULL && i < json_array_size(feedback); i++) {
        feedback_append(&d, *list, json_array_get(feedback, i), audience);
    }
    if (d.status != SHOP_OK) {
        json_decref(*list);
        *list = NULL;
    }
    return d.status;
}
