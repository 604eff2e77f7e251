/*
 * The "vads" form of Lyra's platforms (Systempay, PayZen, Sogecommerce ...): what the vads_*.c
 * files and systempay.c share. payments.md 7.
 */

#ifndef SHOP_PAY_VADS_H
#define SHOP_PAY_VADS_H

#include "pay/pay_internal.h"

typedef enum { SHOP_VADS_HMAC_SHA256, SHOP_VADS_SHA1 } shop_vads_algorithm_t;

/* What systempay.c prepares of a configuration (config->data). */
typedef struct {
    shop_vads_algorithm_t algorithm;
    shop_str_t key;
    shop_str_t site_id;
    shop_str_t ctx_mode;
    shop_money_t confirm_above; /* zero: no payment waits for the platform's API */
} shop_vads_t;

/* --- vads_sign.c --- */

/* Over the pairs whose name starts with "vads_", in byte order of names. */
SHOP_MUST_USE shop_status_t shop_vads_sign(shop_arena_t *arena, shop_vads_algorithm_t algorithm,
                                           shop_str_t key, const shop_pair_t *pairs, size_t count,
                                           shop_str_t *signature);
/* SHOP_REFUSED: absent, empty or wrong `signature`. */
SHOP_MUST_USE shop_status_t shop_vads_verify(shop_arena_t *arena, shop_vads_algorithm_t algorithm,
                                             shop_str_t key, const shop_form_t *form);

/* --- vads_text.c --- */

/* Without `"`, <, >, +, control characters; at most `characters`; empty when not UTF-8. */
SHOP_MUST_USE shop_status_t shop_vads_clean(shop_arena_t *arena, shop_str_t text, size_t characters,
                                            shop_str_t *out);
/* The address without its "+tag"; empty when it cannot be sent. */
SHOP_MUST_USE shop_status_t shop_vads_clean_email(shop_arena_t *arena, shop_str_t email,
                                                  shop_str_t *out);
/* A leading + becomes 00. */
SHOP_MUST_USE shop_status_t shop_vads_clean_phone(shop_arena_t *arena, shop_str_t phone,
                                                  shop_str_t *out);
/* The platform's code of a page language; English when it has none. */
shop_str_t shop_vads_language(shop_str_t language);

/* --- vads_form.c --- */

SHOP_MUST_USE shop_status_t shop_vads_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                           const shop_pay_attempt_t *attempt,
                                           shop_pay_page_t *page);

/* --- vads_names.c --- */

/* Why this message may have been cut anew under its old signature (payments.md 7.9); NULL: no sign
 * of it. */
const char *shop_vads_suspicion(const shop_form_t *form);

/* --- vads_message.c --- */

SHOP_MUST_USE shop_status_t shop_vads_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                            shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_vads_authenticate(shop_arena_t *arena,
                                                   const shop_pay_config_t *config,
                                                   const shop_pay_request_t *request,
                                                   const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_vads_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                               const shop_pay_message_t *message,
                                               shop_pay_event_t *event);

/* The amount is one that the API has to confirm (confirm_above). */
bool shop_vads_waits_for_api(const shop_vads_t *vads, const shop_pay_event_t *event);

/* --- lyra_told.c: notifications with a JSON text --- */

bool shop_lyra_is_told(const shop_form_t *form);
/* Fills message->json. */
SHOP_MUST_USE shop_status_t shop_lyra_parse(shop_pay_message_t *message);
/* `key_name` is what kr-hash-key must say of this key: `password` to the server, `sha256_hmac` in a
 * browser. SHOP_REFUSED: not signed with it, or there is no key. */
SHOP_MUST_USE shop_status_t shop_lyra_verify(shop_arena_t *arena, shop_str_t key,
                                             const char *key_name, const shop_form_t *form);
SHOP_MUST_USE shop_status_t shop_lyra_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                               const shop_pay_message_t *message,
                                               shop_pay_event_t *event);

/* --- lyra_rest.c --- */

/* What a transaction of the API means; without key and channel. */
SHOP_MUST_USE shop_status_t shop_lyra_event(shop_arena_t *arena, const shop_vads_t *vads,
                                            const json_t *answer, const json_t *transaction,
                                            shop_pay_event_t *event);

SHOP_MUST_USE shop_status_t shop_lyra_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                          const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_lyra_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                           shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                           shop_pay_heard_t *heard);

/* The call of a service, without its body. SHOP_NOT_FOUND: no credentials. */
SHOP_MUST_USE shop_status_t shop_lyra_call(shop_arena_t *arena, const shop_pay_config_t *config,
                                           const char *service, shop_pay_call_t *call);

/* --- lyra_refund.c --- */

SHOP_MUST_USE shop_status_t shop_lyra_ask_refund(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 const shop_pay_talk_t *talk,
                                                 shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_lyra_hear_refund(shop_arena_t *arena,
                                                  const shop_pay_config_t *config,
                                                  const shop_pay_talk_t *talk, bool success,
                                                  const json_t *answer, shop_pay_heard_t *heard);

/* --- vads_status.c: also for the answers of the platform's API --- */

/* `operation`: empty, DEBIT, CREDIT or VERIFICATION. SHOP_PAY_STATE_UNKNOWN: to be confirmed. */
shop_pay_state_t shop_vads_state(shop_str_t operation, shop_str_t status);

#endif
