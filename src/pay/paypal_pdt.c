/*
 * Payment data transfer of PayPal's standard dialect: with the number that the returning browser
 * brings, PayPal is asked about the payment (payments.md 3.7). The number alone says nothing.
 */

#include "pay/paypal.h"

#define ANSWER_MAX 65536
#define FIELDS_MAX 200
#define NUMBER_MAX 32


shop_status_t shop_paypal_pdt_request(shop_arena_t *arena, shop_str_t transaction, shop_str_t token,
                                      shop_str_t *body)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, SHOP_STR("cmd=_notify-synch&tx="));
    shop_buf_add_percent(&buf, transaction);
    shop_buf_add(&buf, SHOP_STR("&at="));
    shop_buf_add_percent(&buf, token);
    *body = shop_buf_str(&buf);

    return buf.status;
}


/* The lines as the pairs of a form. */
static shop_status_t read_fields(shop_arena_t *arena, shop_str_t lines, shop_form_t *fields)
{
    shop_buf_t buf;
    shop_str_t line;

    shop_buf_init(&buf, arena, 0);
    while (shop_str_split(&lines, '\n', &line)) {
        line = shop_str_trim(line);
        if (line.len > 0) {
            shop_buf_add(&buf, buf.len > 0 ? SHOP_STR("&") : SHOP_STR_NULL);
            shop_buf_add(&buf, line);
        }
    }
    if (buf.status != SHOP_OK) {
        return buf.status;
    }

    shop_status_t status = shop_form_parse(arena, shop_buf_str(&buf), FIELDS_MAX, fields);
    if (status == SHOP_LIMIT || (status == SHOP_OK && fields->duplicate)) {
        return SHOP_MALFORMED;
    }

    return status;
}


shop_status_t shop_paypal_pdt_read(shop_arena_t *arena, shop_str_t answer, shop_form_t *fields)
{
    shop_str_t first;

    *fields = (shop_form_t){0};
    if (answer.len > ANSWER_MAX || !shop_str_split(&answer, '\n', &first)) {
        return SHOP_MALFORMED;
    }

    first = shop_str_trim(first);
    if (shop_str_eq(first, SHOP_STR("FAIL"))) {
        return SHOP_REFUSED;
    }
    if (!shop_str_eq(first, SHOP_STR("SUCCESS"))) {
        return SHOP_MALFORMED;
    }

    return read_fields(arena, answer, fields);
}


/* --- the return as a message that waits for its proof --- */

/* PayPal's numbers are letters and digits. */
static bool is_number(shop_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if ((c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z')) {
            return false;
        }
    }

    return text.len > 0 && text.len <= NUMBER_MAX;
}


shop_status_t shop_paypal_brought(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_form_t *query, shop_pay_request_t *message)
{
    const shop_paypal_t *paypal = config->data;
    shop_str_t number = shop_form_text(query, "tx");

    if (paypal->rest || shop_pay_value(config, "pdt_token_file").len == 0 || !is_number(number)) {
        return SHOP_NOT_FOUND;
    }
    message->content_type = SHOP_STR("application/x-www-form-urlencoded");

    return shop_arena_printf(arena, &message->body, "cmd=_notify-synch&tx=%.*s", (int) number.len,
                             (const char *) number.data);
}


bool shop_paypal_is_pdt(const shop_form_t *form)
{
    return shop_str_eq(shop_pay_field(form, "cmd"), SHOP_STR("_notify-synch"));
}


shop_status_t shop_paypal_pdt_parse(shop_arena_t *arena, shop_str_t answer,
                                    shop_pay_message_t *message)
{
    if (!is_number(shop_pay_field(&message->form, "tx"))) {
        return SHOP_MALFORMED;
    }

    switch (shop_paypal_pdt_read(arena, answer, &message->fields)) {
    case SHOP_OK:
        return shop_paypal_ipn_check(&message->fields);
    case SHOP_NO_MEMORY:
        return SHOP_NO_MEMORY;
    default: /* not asked yet, or no such payment */
        return SHOP_OK;
    }
}


shop_status_t shop_paypal_pdt_authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                           shop_str_t answer, const shop_pay_message_t *message)
{
    shop_form_t fields;

    if (shop_pay_value(config, "pdt_token_file").len == 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_paypal_pdt_read(arena, answer, &fields);
    if (status != SHOP_OK) {
        return status == SHOP_MALFORMED ? SHOP_NOT_FOUND : status;
    }

    return shop_str_eq(shop_pay_field(&fields, "txn_id"), shop_pay_field(&message->form, "tx"))
               ? SHOP_OK
               : SHOP_REFUSED;
}


shop_status_t shop_paypal_pdt_call(shop_arena_t *arena, const shop_pay_config_t *config,
                                   shop_str_t transaction, shop_pay_call_t *call)
{
    const shop_paypal_t *paypal = config->data;

    *call = (shop_pay_call_t){.method = "POST", .url = paypal->form_url};
    shop_pay_call_header(call, "Content-Type", SHOP_STR("application/x-www-form-urlencoded"));
    shop_pay_call_header(call, "User-Agent", SHOP_STR("shop/0.1"));

    return shop_paypal_pdt_request(arena, transaction, shop_pay_value(config, "pdt_token_file"),
                                   &call->body);
}
