/*
 * Axepta BNP Paribas Online (Computop Paygate): what the axepta_*.c files and axepta.c share.
 * payments.md 6.
 */

#ifndef SHOP_PAY_AXEPTA_H
#define SHOP_PAY_AXEPTA_H

#include "pay/pay_internal.h"

/* What axepta.c prepares of a configuration (config->data). */
typedef struct {
    shop_str_t merchant_id;
    shop_str_t blowfish_key;
    shop_str_t hmac_key;
    shop_str_t page_url;
    shop_str_t refund_url;
} shop_axepta_t;

/* --- axepta_data.c --- */

/* Lower-case hex over the parts with "*" between them; the list ends with NULL. */
SHOP_MUST_USE shop_status_t shop_axepta_mac(shop_arena_t *arena, shop_str_t key,
                                            const shop_str_t *const *parts, shop_str_t *mac);
/* `received` is that MAC, in any case; constant time. */
SHOP_MUST_USE shop_status_t shop_axepta_verify(shop_arena_t *arena, shop_str_t key,
                                               const shop_str_t *const *parts, shop_str_t received);
/* "name=value&..." of pairs that have a value, encrypted; SHOP_MALFORMED: a value holds "&" or a
 * control character. `len` is the number of bytes before the padding, as text. */
SHOP_MUST_USE shop_status_t shop_axepta_seal(shop_arena_t *arena, shop_str_t key,
                                             const shop_pair_t *pairs, size_t count,
                                             shop_str_t *data, shop_str_t *len);
/* Data and Len back to pairs. SHOP_MALFORMED: no hex, no whole blocks, another length, or, with a
 * wrong key, no pairs. */
SHOP_MUST_USE shop_status_t shop_axepta_open(shop_arena_t *arena, shop_str_t key, shop_str_t data,
                                             shop_str_t len, shop_form_t *fields);

/* --- axepta_form.c --- */

SHOP_MUST_USE shop_status_t shop_axepta_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                             const shop_pay_attempt_t *attempt,
                                             shop_pay_page_t *page);

/* --- axepta_message.c --- */

SHOP_MUST_USE shop_status_t shop_axepta_parse(shop_arena_t *arena,
                                              const shop_pay_request_t *request,
                                              shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_axepta_authenticate(shop_arena_t *arena,
                                                     const shop_pay_config_t *config,
                                                     const shop_pay_request_t *request,
                                                     const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_axepta_describe(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 const shop_pay_message_t *message,
                                                 shop_pay_event_t *event);
/* "mid" or "MerchantID": the manuals write both. */
shop_str_t shop_axepta_merchant(const shop_form_t *fields);
/* SHOP_PAY_STATE_UNKNOWN: to be confirmed. The code tells a refusal from a customer's change of
 * mind. */
shop_pay_state_t shop_axepta_state(shop_str_t status, shop_str_t code);

/* --- axepta_query.c --- */

/* Pairs, encrypted, to an address of the platform. */
SHOP_MUST_USE shop_status_t shop_axepta_call(shop_arena_t *arena, const shop_axepta_t *axepta,
                                             shop_str_t url, const shop_pair_t *pairs, size_t count,
                                             shop_pay_call_t *call);

SHOP_MUST_USE shop_status_t shop_axepta_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                            const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_axepta_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                             shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                             shop_pay_heard_t *heard);

/* --- axepta_refund.c --- */

SHOP_MUST_USE shop_status_t shop_axepta_ask_refund(shop_arena_t *arena,
                                                   const shop_pay_config_t *config,
                                                   const shop_pay_talk_t *talk,
                                                   shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_axepta_hear_refund(const shop_form_t *fields,
                                                    shop_pay_heard_t *heard);

#endif
