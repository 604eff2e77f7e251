/*
 * A notification as it is kept until it can be judged: in the spool, or until its proof is there.
 */

#include "pay/pay_internal.h"


/* NULL: no memory. */
static json_t *frozen(shop_arena_t *arena, shop_str_t config, const shop_pay_request_t *request)
{
    json_t *headers = json_object();
    shop_str_t body;

    if (headers == NULL || shop_base64_encode(arena, request->body, &body) != SHOP_OK) {
        json_decref(headers);
        return NULL;
    }

    for (size_t i = 0; i < request->header_count; i++) {
        /* Headers that are not UTF-8 belong to no signature scheme that we know. */
        json_object_setn_new(headers, (const char *) request->headers[i].name.data,
                             request->headers[i].name.len,
                             shop_json_str(request->headers[i].value));
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o}", "config", shop_json_str(config),
                     "content_type", shop_json_str(request->content_type), "body",
                     shop_json_str(body), "query", shop_json_str(request->query), "peer",
                     shop_json_str(request->peer), "received", (json_int_t) request->now, "msec",
                     (json_int_t) request->msec, "headers", headers);
}


static shop_status_t dump(shop_arena_t *arena, json_t *json, shop_str_t *text)
{
    shop_status_t status = json != NULL ? shop_json_dump(arena, json, text) : SHOP_NO_MEMORY;

    json_decref(json);

    return status;
}


shop_status_t shop_pay_freeze(shop_arena_t *arena, shop_str_t config,
                              const shop_pay_request_t *request, shop_str_t *message)
{
    return dump(arena, frozen(arena, config, request), message);
}


shop_status_t shop_pay_keep(shop_arena_t *arena, shop_str_t config,
                            const shop_pay_request_t *request, shop_str_t number,
                            shop_str_t *argument)
{
    shop_str_t digest;

    shop_status_t status = shop_sha256_hex(arena, request->body, &digest);
    if (status != SHOP_OK) {
        return status;
    }

    return dump(arena,
                json_pack("{s:o, s:o, s:o, s:o}", "config", shop_json_str(config), "number",
                          shop_json_str(number), "digest", shop_json_str(digest), "message",
                          frozen(arena, config, request)),
                argument);
}


shop_status_t shop_pay_thaw(shop_arena_t *arena, const json_t *message, shop_pay_request_t *request)
{
    json_t *headers = json_object_get(message, "headers");
    json_t *value;
    const char *name;
    shop_pair_t *pairs;
    shop_status_t status;

    *request = (shop_pay_request_t){0};

    status =
        shop_arena_copy(arena, shop_json_text(message, "content_type"), &request->content_type);

    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(message, "query"), &request->query);
    }

    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(message, "peer"), &request->peer);
    }

    if (status == SHOP_OK) {
        status = shop_base64_decode(arena, shop_json_text(message, "body"), &request->body);
    }

    pairs = shop_arena_calloc(arena, (json_object_size(headers) + 1) * sizeof(*pairs));

    if (status != SHOP_OK || pairs == NULL) {
        return status != SHOP_OK ? status : SHOP_NO_MEMORY;
    }

    request->headers = pairs;
    request->now = shop_json_int(message, "received");
    request->msec = (unsigned) shop_json_int(message, "msec");
    request->delayed = true;

    json_object_foreach((json_t *) headers, name, value)
    {
        shop_pair_t *pair = &pairs[request->header_count++];

        if (shop_arena_copy(arena, shop_str(name), &pair->name) != SHOP_OK ||
            shop_arena_copy(arena, shop_str(json_string_value(value)), &pair->value) != SHOP_OK) {
            return SHOP_NO_MEMORY;
        }
    }

    return SHOP_OK;
}
