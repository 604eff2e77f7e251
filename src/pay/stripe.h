/*
 * Stripe Checkout: what the stripe_*.c files and stripe.c share. payments.md 10.
 */

#ifndef SHOP_PAY_STRIPE_H
#define SHOP_PAY_STRIPE_H

#include "pay/pay_internal.h"

/* --- stripe_talk.c --- */

SHOP_MUST_USE shop_status_t shop_stripe_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                            const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_stripe_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                             shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                             shop_pay_heard_t *heard);
/* "cs_…", "pi_…": what may stand in an address of the API. */
bool shop_stripe_is_id(shop_str_t id, const char *prefix);

/* --- stripe_session.c: a Checkout session, in a notification or in an answer --- */

/* Every fact of a session but its state. */
SHOP_MUST_USE shop_status_t shop_stripe_session(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                const json_t *session, shop_pay_event_t *event);
/* payment_status of a complete session: paid, pending, or unknown. */
shop_pay_state_t shop_stripe_paid(shop_str_t payment_status);
/* An amount of Stripe's; has_amount and currency stay unset when it cannot be read. */
void shop_stripe_amount(const json_t *amount, shop_str_t currency, shop_pay_event_t *event);
/* The id of a member that is an id, or an object with one. */
shop_str_t shop_stripe_member_id(const json_t *object, const char *name);

/* --- stripe_message.c --- */

SHOP_MUST_USE shop_status_t shop_stripe_parse(shop_arena_t *arena,
                                              const shop_pay_request_t *request,
                                              shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_stripe_authenticate(shop_arena_t *arena,
                                                     const shop_pay_config_t *config,
                                                     const shop_pay_request_t *request,
                                                     const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_stripe_describe(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 const shop_pay_message_t *message,
                                                 shop_pay_event_t *event);
/* The state that an event of this type announces; *known false: a type that is not read.
 * `qualifier`: payment_status of a session, status of a dispute. */
shop_pay_state_t shop_stripe_state(shop_str_t type, shop_str_t qualifier, bool *known);

#endif
