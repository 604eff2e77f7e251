/*
 * What conversations with the APIs of providers share: which are possible, where a buyer may be
 * sent, how a call and a reply are put together.
 */

#include "pay/pay_internal.h"

#define REPLY_BYTES_MAX (256 * 1024)
#define PAGE_BYTES_MAX 4096


bool shop_pay_talks(const shop_pay_config_t *config, shop_pay_purpose_t purpose)
{
    return config->api_url.len > 0 && (config->interface->talks & purpose) != 0;
}


/* payments.md 11.8: the address comes from an answer, so that its host is checked. What comes after
 * may be long and have a fragment, which is for the page's own script. */
bool shop_pay_is_page(const shop_pay_config_t *config, shop_str_t url)
{
    if (config->form_origin.len == 0 || url.len > PAGE_BYTES_MAX ||
        !shop_str_eq(shop_pay_origin(url), config->form_origin)) {
        return false;
    }

    for (size_t i = 0; i < url.len; i++) {
        if (url.data[i] <= 0x20 || url.data[i] >= 0x7f || url.data[i] == '\\') {
            return false;
        }
    }

    return true;
}


shop_status_t shop_pay_hear_one(shop_arena_t *arena, shop_pay_heard_t *heard,
                                shop_pay_event_t **event)
{
    *event = shop_arena_calloc(arena, sizeof(**event));
    if (*event == NULL) {
        return SHOP_NO_MEMORY;
    }
    heard->events.list = *event;
    heard->events.count = 1;

    return SHOP_OK;
}


shop_status_t shop_pay_reply_status(const shop_pay_reply_t *reply)
{
    if (reply->status == 401 || reply->status == 403) {
        return SHOP_REFUSED;
    }

    return reply->status == 200 ? SHOP_OK : SHOP_MALFORMED;
}


shop_status_t shop_pay_json(shop_str_t body, json_t **json)
{
    shop_status_t status = shop_json_parse(body, REPLY_BYTES_MAX, json);

    if (status == SHOP_NO_MEMORY) {
        return status;
    }
    if (status != SHOP_OK) {
        return SHOP_MALFORMED;
    }

    if (!json_is_object(*json)) {
        json_decref(*json);
        *json = NULL;
        return SHOP_MALFORMED;
    }

    return SHOP_OK;
}


shop_status_t shop_pay_reply_json(const shop_pay_reply_t *reply, json_t **json)
{
    shop_status_t status = shop_pay_reply_status(reply);

    return status == SHOP_OK ? shop_pay_json(reply->body, json) : status;
}


shop_status_t shop_pay_call_form(shop_arena_t *arena, shop_str_t url, const shop_pair_t *pairs,
                                 size_t count, shop_pay_call_t *call)
{
    shop_buf_t body;

    shop_buf_init(&body, arena, 0);
    for (size_t i = 0; i < count; i++) {
        shop_buf_add(&body, i > 0 ? SHOP_STR("&") : SHOP_STR_NULL);
        shop_buf_add(&body, pairs[i].name);
        shop_buf_add_char(&body, '=');
        shop_buf_add_percent(&body, pairs[i].value);
    }

    *call = (shop_pay_call_t){
        .method = "POST",
        .url = url,
        .headers = {{SHOP_STR("Content-Type"), SHOP_STR("application/x-www-form-urlencoded")}},
        .header_count = 1,
        .body = shop_buf_str(&body),
    };

    return body.status;
}


void shop_pay_call_header(shop_pay_call_t *call, const char *name, shop_str_t value)
{
    if (call->header_count < SHOP_PAY_CALL_HEADERS) {
        call->headers[call->header_count++] = (shop_pair_t){shop_str(name), value};
    }
}
