/*
 * Worldline Direct: what the worldline_*.c files and worldline.c share. payments.md 9.
 */

#ifndef SHOP_PAY_WORLDLINE_H
#define SHOP_PAY_WORLDLINE_H

#include "pay/pay_internal.h"

/* --- worldline_sign.c --- */

/* What the value of the header Authorization is made of. */
typedef struct {
    shop_str_t key_id;
    shop_str_t secret;
    const char *method;
    shop_str_t content_type; /* empty: no body */
    shop_str_t date;
    const shop_pair_t *headers; /* those of them that begin with "x-gcs" are signed */
    size_t header_count;
    shop_str_t path; /* with the query, not encoded */
} shop_worldline_signed_t;

SHOP_MUST_USE shop_status_t shop_worldline_sign(shop_arena_t *arena,
                                                const shop_worldline_signed_t *what,
                                                shop_str_t *authorization);
/* "Mon, 23 Nov 2026 07:45:00 GMT" */
SHOP_MUST_USE shop_status_t shop_worldline_date(shop_arena_t *arena, int64_t now, shop_str_t *date);
/* SHOP_REFUSED: not exactly one signature of the body by this secret. */
SHOP_MUST_USE shop_status_t shop_worldline_verify(shop_arena_t *arena, shop_str_t secret,
                                                  const shop_pay_request_t *request);

/* --- worldline_talk.c --- */

SHOP_MUST_USE shop_status_t shop_worldline_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                               const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_worldline_hear(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                shop_pay_talk_t *talk,
                                                const shop_pay_reply_t *reply,
                                                shop_pay_heard_t *heard);
bool shop_worldline_is_id(shop_str_t id); /* what may stand in an address of the API */

/* --- worldline_message.c --- */

SHOP_MUST_USE shop_status_t shop_worldline_parse(shop_arena_t *arena,
                                                 const shop_pay_request_t *request,
                                                 shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_worldline_authenticate(shop_arena_t *arena,
                                                        const shop_pay_config_t *config,
                                                        const shop_pay_request_t *request,
                                                        const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_worldline_describe(shop_arena_t *arena,
                                                    const shop_pay_config_t *config,
                                                    const shop_pay_message_t *message,
                                                    shop_pay_event_t *event);
shop_pay_state_t shop_worldline_state(shop_str_t status);
/* The facts of a `payment` object, in a notification and in an answer: all but key and channel. */
SHOP_MUST_USE shop_status_t shop_worldline_payment(shop_arena_t *arena, const json_t *payment,
                                                   shop_pay_event_t *event);
/* The same of a `refund` object; the state of one that moves no money is not REFUNDED. */
SHOP_MUST_USE shop_status_t shop_worldline_refund(shop_arena_t *arena, const json_t *refund,
                                                  shop_pay_event_t *event);
/* The payment's number, of that of an operation of it ("33_1"). */
shop_str_t shop_worldline_payment_id(shop_str_t id);

#endif
