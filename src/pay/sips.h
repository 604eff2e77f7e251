/*
 * Worldline Sips 2.0 (Mercanet, Sogenactif): what the sips_*.c files and mercanet.c share.
 * payments.md 5.
 */

#ifndef SHOP_PAY_SIPS_H
#define SHOP_PAY_SIPS_H

#include "pay/pay_internal.h"

typedef enum { SHOP_SIPS_HMAC_SHA256, SHOP_SIPS_SHA256 } shop_sips_algorithm_t;

/* What mercanet.c prepares of a configuration (config->data). */
typedef struct {
    shop_sips_algorithm_t algorithm;
    shop_str_t key;
    shop_str_t merchant_id;
    shop_str_t key_version;
    shop_str_t other_key; /* good as well, while one key takes the place of the other */
    shop_str_t other_version;
    shop_str_t capture_mode;
    shop_str_t pay_url;
} shop_sips_t;

/* --- sips_seal.c --- */

/* Lower-case hex, over Data as it is transmitted. */
SHOP_MUST_USE shop_status_t shop_sips_seal(shop_arena_t *arena, shop_sips_algorithm_t algorithm,
                                           shop_str_t key, shop_str_t data, shop_str_t *seal);
/* The seal of the JSON connectors: values in the order of their names, nothing between them. */
SHOP_MUST_USE shop_status_t shop_sips_json_seal(shop_arena_t *arena, shop_str_t key,
                                                const json_t *json, shop_str_t *seal);

/* --- sips_data.c --- */

/* "name=value|name=value". SHOP_MALFORMED: a value holds "|" or a control character. */
SHOP_MUST_USE shop_status_t shop_sips_join(shop_arena_t *arena, const shop_pair_t *pairs,
                                           size_t count, shop_str_t *data);
/* Data under its Encode (empty, base64 or base64url) as pairs; "null" is absent. SHOP_MALFORMED:
 * not decodable, no UTF-8, a pair without "=", a name that stands twice. */
SHOP_MUST_USE shop_status_t shop_sips_split(shop_arena_t *arena, shop_str_t encode, shop_str_t data,
                                            shop_form_t *fields);

/* --- sips_form.c --- */

SHOP_MUST_USE shop_status_t shop_sips_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                           const shop_pay_attempt_t *attempt,
                                           shop_pay_page_t *page);

/* --- sips_message.c --- */

SHOP_MUST_USE shop_status_t shop_sips_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                            shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_sips_authenticate(shop_arena_t *arena,
                                                   const shop_pay_config_t *config,
                                                   const shop_pay_request_t *request,
                                                   const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_sips_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                               const shop_pay_message_t *message,
                                               shop_pay_event_t *event);

/* --- sips_office.c --- */

SHOP_MUST_USE shop_status_t shop_sips_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                          const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_sips_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                           shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                           shop_pay_heard_t *heard);

/* A call with the members that all have, sealed; `json` gets them. SHOP_NOT_FOUND: no address. */
SHOP_MUST_USE shop_status_t shop_sips_call(shop_arena_t *arena, const shop_pay_config_t *config,
                                           const char *service, json_t *json,
                                           shop_pay_call_t *call);
/* Of a response code that is no success: SHOP_REFUSED, our account is not accepted. */
shop_status_t shop_sips_code(shop_str_t code);

/* --- sips_refund.c --- */

SHOP_MUST_USE shop_status_t shop_sips_ask_refund(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 const shop_pay_talk_t *talk,
                                                 shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_sips_hear_refund(shop_arena_t *arena, shop_pay_talk_t *talk,
                                                  const json_t *answer, shop_pay_heard_t *heard);

/* --- sips_status.c: SHOP_PAY_STATE_UNKNOWN: to be confirmed --- */

shop_pay_state_t shop_sips_response_state(shop_str_t code);
shop_pay_state_t shop_sips_transaction_state(shop_str_t status);

#endif
