/*
 * The hosted page of Ogone (Ingenico e-Commerce): what the ogone_*.c files and ogone.c share.
 * payments.md 8.
 */

#ifndef SHOP_PAY_OGONE_H
#define SHOP_PAY_OGONE_H

#include "pay/pay_internal.h"

typedef enum { SHOP_OGONE_SHA512, SHOP_OGONE_SHA256, SHOP_OGONE_SHA1 } shop_ogone_hash_t;

/* What ogone.c prepares of a configuration (config->data). */
typedef struct {
    shop_ogone_hash_t hash;
    shop_str_t pspid;
    shop_str_t sha_in;
    shop_str_t sha_out;
    shop_str_t extra; /* names that this account signs beyond the list of the guide */
    shop_str_t page_url;
} shop_ogone_t;

/* --- ogone_sha.c: upper-case hex over "NAME=value<passphrase>" of what is not empty --- */

SHOP_MUST_USE shop_status_t shop_ogone_sign_in(shop_arena_t *arena, shop_ogone_hash_t hash,
                                               shop_str_t passphrase, const shop_pair_t *pairs,
                                               size_t count, shop_str_t *signature);
/* Only of names in the SHA-OUT list and in `extra` (blanks between). */
SHOP_MUST_USE shop_status_t shop_ogone_sign_out(shop_arena_t *arena, shop_ogone_hash_t hash,
                                                shop_str_t passphrase, shop_str_t extra,
                                                const shop_pair_t *pairs, size_t count,
                                                shop_str_t *signature);
/* SHOP_REFUSED: absent, empty or wrong SHASIGN. */
SHOP_MUST_USE shop_status_t shop_ogone_verify(shop_arena_t *arena, const shop_ogone_t *ogone,
                                              const shop_form_t *form);

/* --- ogone_form.c --- */

SHOP_MUST_USE shop_status_t shop_ogone_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                            const shop_pay_attempt_t *attempt,
                                            shop_pay_page_t *page);

/* --- ogone_message.c --- */

SHOP_MUST_USE shop_status_t shop_ogone_parse(shop_arena_t *arena, const shop_pay_request_t *request,
                                             shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_ogone_authenticate(shop_arena_t *arena,
                                                    const shop_pay_config_t *config,
                                                    const shop_pay_request_t *request,
                                                    const shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_ogone_describe(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                const shop_pay_message_t *message,
                                                shop_pay_event_t *event);
/* The transaction's name: of a refund with the number of the operation, where the account signs
 * that; empty for a try without a transaction. */
SHOP_MUST_USE shop_status_t shop_ogone_transaction(shop_arena_t *arena, const shop_ogone_t *ogone,
                                                   const shop_form_t *fields, bool refund,
                                                   shop_str_t *name);
/* SHOP_PAY_STATE_UNKNOWN: to be confirmed. */
shop_pay_state_t shop_ogone_state(shop_str_t status);
/* "49.9" of a currency; has_amount and currency stay unset when it cannot be read. */
void shop_ogone_amount(shop_str_t amount, shop_str_t currency, shop_pay_event_t *event);

/* --- ogone_query.c --- */

SHOP_MUST_USE shop_status_t shop_ogone_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                           const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_ogone_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                            shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                            shop_pay_heard_t *heard);

/* --- ogone_refund.c --- */

SHOP_MUST_USE shop_status_t shop_ogone_ask_refund(shop_arena_t *arena,
                                                  const shop_pay_config_t *config,
                                                  const shop_pay_talk_t *talk,
                                                  shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_ogone_hear_refund(shop_arena_t *arena,
                                                   const shop_pay_config_t *config,
                                                   const shop_form_t *attributes,
                                                   shop_pay_heard_t *heard);

#endif
