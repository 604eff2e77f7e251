/*
 * Payment data transfer of PayPal's standard dialect: with the number that the returning browser
 * brings, PayPal is asked about the payment (payments.md 3.7). The number alone says nothing.
 */

#include "pay/paypal.h"

#define ANSWER_MAX 65536
#define FIELDS_MAX 200


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
