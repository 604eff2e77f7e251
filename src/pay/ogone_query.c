/*
 * Asks the platform what became of an order (DirectLink query), and reads the attributes of its
 * one-element XML answer (payments.md 8.6).
 *
 * The password travels in the body, so a live configuration asks over TLS only. The answer needs no
 * signature for the same reason; it goes through every comparison of the pipeline.
 */

#include "pay/ogone.h"

#include <string.h>

#define ANSWER_BYTES_MAX 65536
#define ATTRIBUTES_MAX 40
#define UNKNOWN_ORDER "50001130"


shop_status_t shop_ogone_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_ogone_t *ogone = config->data;
    const shop_pair_t fields[] = {
        {SHOP_STR("PSPID"), ogone->pspid},
        {SHOP_STR("USERID"), shop_pay_value(config, "api_user")},
        {SHOP_STR("PSWD"), shop_pay_value(config, "api_password_file")},
        {SHOP_STR("ORDERID"), talk->asked.transid},
    };

    if (config->api_url.len == 0) {
        return SHOP_NOT_FOUND;
    }

    return talk->purpose == SHOP_PAY_REFUND
               ? shop_ogone_ask_refund(arena, config, talk, call)
               : shop_pay_call_form(arena, config->api_url, fields,
                                    sizeof(fields) / sizeof(fields[0]), call);
}


static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}


/* The next name="value" of the element. SHOP_NOT_FOUND at its end. */
static shop_status_t next_attribute(shop_str_t *rest, shop_pair_t *pair)
{
    shop_str_t name;

    while (rest->len > 0 && is_blank(rest->data[0])) {
        rest->data++;
        rest->len--;
    }
    if (rest->len == 0) {
        return SHOP_MALFORMED;
    }
    if (rest->data[0] == '>' || rest->data[0] == '/') {
        return SHOP_NOT_FOUND;
    }

    if (!shop_str_split(rest, '=', &name) || rest->len == 0 || rest->data[0] != '"') {
        return SHOP_MALFORMED;
    }
    rest->data++;
    rest->len--;

    const unsigned char *end = rest->len > 0 ? memchr(rest->data, '"', rest->len) : NULL;
    if (end == NULL) {
        return SHOP_MALFORMED;
    }

    pair->name = shop_str_trim(name);
    pair->value = (shop_str_t){(size_t) (end - rest->data), rest->data};
    rest->data += pair->value.len + 1;
    rest->len -= pair->value.len + 1;

    return SHOP_OK;
}


/* Past "<ncresponse" */
static bool find_element(shop_str_t *rest)
{
    static const char start[] = "<ncresponse";
    const size_t len = sizeof(start) - 1;

    while (rest->len > len) {
        if (memcmp(rest->data, start, len) == 0 && is_blank(rest->data[len])) {
            rest->data += len;
            rest->len -= len;
            return true;
        }
        rest->data++;
        rest->len--;
    }

    return false;
}


/* No value that we use holds a character that XML would escape: one with "&" is left out. */
static shop_status_t read_element(shop_arena_t *arena, shop_str_t body, shop_form_t *attributes)
{
    shop_status_t status = SHOP_OK;
    shop_pair_t pair;

    attributes->count = 0;
    attributes->pairs = shop_arena_calloc(arena, ATTRIBUTES_MAX * sizeof(*attributes->pairs));
    if (attributes->pairs == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (!find_element(&body)) {
        return SHOP_MALFORMED;
    }

    while ((status = next_attribute(&body, &pair)) == SHOP_OK) {
        if (attributes->count == ATTRIBUTES_MAX) {
            return SHOP_MALFORMED;
        }
        if (memchr(pair.value.data, '&', pair.value.len) == NULL) {
            attributes->pairs[attributes->count++] = pair;
        }
    }

    return status == SHOP_NOT_FOUND ? SHOP_OK : status;
}


static shop_status_t read_payment(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_question_t *asked, const shop_form_t *attributes,
                                  shop_pay_event_t *event)
{
    shop_str_t order = shop_pay_field_nocase(attributes, "orderID");

    *event = (shop_pay_event_t){
        .channel = "poll",
        .provider_status = shop_pay_field_nocase(attributes, "STATUS"),
        .transid = asked->transid,
    };
    event->state = shop_ogone_state(event->provider_status);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }
    if (!shop_str_eq(order, asked->transid)) {
        event->foreign = SHOP_STR("order");
    }
    shop_ogone_amount(shop_pay_field_nocase(attributes, "amount"),
                      shop_pay_field_nocase(attributes, "currency"), event);

    shop_status_t status =
        shop_ogone_transaction(arena, config->data, attributes,
                               event->state == SHOP_PAY_STATE_REFUNDED, &event->provider_txn);
    if (status != SHOP_OK) {
        return status;
    }

    shop_str_t name = event->provider_txn.len > 0 ? event->provider_txn
                                                  : shop_pay_field_nocase(attributes, "PAYID");

    return shop_arena_printf(arena, &event->key, "poll:ogone:%.*s:%.*s", (int) name.len,
                             (const char *) name.data, (int) event->provider_status.len,
                             (const char *) event->provider_status.data);
}


static shop_status_t read_answer(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_talk_t *talk, const shop_form_t *attributes,
                                 shop_pay_heard_t *heard)
{
    shop_pay_event_t *event;

    /* "no such order" is an answer: the customer never reached the page */
    if (shop_str_eq(shop_pay_field_nocase(attributes, "NCERROR"), SHOP_STR(UNKNOWN_ORDER))) {
        return SHOP_OK;
    }
    if (shop_pay_field_nocase(attributes, "STATUS").len == 0 ||
        shop_pay_field_nocase(attributes, "PAYID").len == 0) {
        return SHOP_MALFORMED;
    }

    shop_status_t status = shop_pay_hear_one(arena, heard, &event);

    return status == SHOP_OK ? read_payment(arena, config, &talk->asked, attributes, event)
                             : status;
}


shop_status_t shop_ogone_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                              shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                              shop_pay_heard_t *heard)
{
    shop_form_t attributes;

    *heard = (shop_pay_heard_t){0};

    shop_status_t status = shop_pay_reply_status(reply);
    if (status == SHOP_OK) {
        status = reply->body.len > ANSWER_BYTES_MAX ? SHOP_MALFORMED
                                                    : read_element(arena, reply->body, &attributes);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return talk->purpose == SHOP_PAY_REFUND
               ? shop_ogone_hear_refund(arena, config, &attributes, heard)
               : read_answer(arena, config, talk, &attributes, heard);
}
