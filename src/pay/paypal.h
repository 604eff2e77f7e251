/*
 * PayPal in its two dialects: what the paypal_*.c files and paypal.c share. payments.md 3, 4.
 */

#ifndef SHOP_PAY_PAYPAL_H
#define SHOP_PAY_PAYPAL_H

#include "pay/pay_internal.h"

/* What paypal.c prepares of a configuration (config->data). */
typedef struct {
    bool rest; /* the dialect: Orders v2 and webhooks; else a form and IPN */
    shop_str_t form_url;
    shop_str_t verify_url; /* where an IPN is sent back to */
    shop_str_t cert_url;   /* what the address of a certificate begins with */
    shop_str_t roots;      /* PEM; empty: the roots of the system */
} shop_paypal_t;

/* "fr" as "fr_FR" or "fr-FR"; unknown: English. */
SHOP_MUST_USE shop_status_t shop_paypal_locale(shop_arena_t *arena, shop_str_t language,
                                               char separator, shop_str_t *locale);

/* --- paypal_form.c: the button of the standard dialect --- */

SHOP_MUST_USE shop_status_t shop_paypal_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                             const shop_pay_attempt_t *attempt,
                                             shop_pay_page_t *page);

/* --- paypal_ipn.c --- */

/* Steps 1 and 2 of an IPN, over a form whose syntax is right. */
SHOP_MUST_USE shop_status_t shop_paypal_ipn_check(const shop_form_t *form);
/* The message back, byte for byte, behind the command. */
SHOP_MUST_USE shop_status_t shop_paypal_postback(shop_arena_t *arena, const shop_paypal_t *paypal,
                                                 shop_str_t body, shop_pay_call_t *call);
/* "VERIFIED": SHOP_OK; "INVALID": SHOP_REFUSED; anything else: SHOP_NOT_FOUND, nobody knows. */
SHOP_MUST_USE shop_status_t shop_paypal_postback_read(shop_str_t answer);
SHOP_MUST_USE shop_status_t shop_paypal_ipn_describe(shop_arena_t *arena,
                                                     const shop_pay_config_t *config,
                                                     const shop_form_t *form,
                                                     shop_pay_event_t *event);
/* The same of fields that the PayPal of this mode has told when it was asked: they name no mode. */
SHOP_MUST_USE shop_status_t shop_paypal_told_describe(shop_arena_t *arena,
                                                      const shop_pay_config_t *config,
                                                      const shop_form_t *fields,
                                                      shop_pay_event_t *event);
/* SHOP_PAY_STATE_UNKNOWN: to be confirmed. */
shop_pay_state_t shop_paypal_payment_state(shop_str_t payment_status);
/* A value of a message in the charset that the message names. */
SHOP_MUST_USE shop_status_t shop_paypal_text(shop_arena_t *arena, const shop_form_t *form,
                                             const char *name, shop_str_t *text);

/* --- paypal_pdt.c: what the browser's return may ask about --- */

SHOP_MUST_USE shop_status_t shop_paypal_pdt_request(shop_arena_t *arena, shop_str_t transaction,
                                                    shop_str_t token, shop_str_t *body);
/* SHOP_OK: SUCCESS, with the fields of the payment; SHOP_REFUSED: FAIL. */
SHOP_MUST_USE shop_status_t shop_paypal_pdt_read(shop_arena_t *arena, shop_str_t answer,
                                                 shop_form_t *fields);
/* The return as a message: its body is "cmd=_notify-synch&tx=<number>", its proof PayPal's answer.
 */
SHOP_MUST_USE shop_status_t shop_paypal_brought(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                const shop_form_t *query,
                                                shop_pay_request_t *message);
bool shop_paypal_is_pdt(const shop_form_t *form);
/* Steps 1 and 2: fills message->fields as soon as PayPal has told them. */
SHOP_MUST_USE shop_status_t shop_paypal_pdt_parse(shop_arena_t *arena, shop_str_t answer,
                                                  shop_pay_message_t *message);
SHOP_MUST_USE shop_status_t shop_paypal_pdt_authenticate(shop_arena_t *arena,
                                                         const shop_pay_config_t *config,
                                                         shop_str_t answer,
                                                         const shop_pay_message_t *message);
/* The question, with the token. */
SHOP_MUST_USE shop_status_t shop_paypal_pdt_call(shop_arena_t *arena,
                                                 const shop_pay_config_t *config,
                                                 shop_str_t transaction, shop_pay_call_t *call);

/* --- paypal_webhook.c --- */

/* `prefix` and one name of letters, digits and hyphens behind it: nothing else is ever fetched. */
bool shop_paypal_cert_url_valid(shop_str_t prefix, shop_str_t url);
/* What PayPal signs: "<transmission id>|<time>|<webhook id>|<CRC-32 of the body>". */
SHOP_MUST_USE shop_status_t shop_paypal_signed_text(shop_arena_t *arena,
                                                    const shop_pay_request_t *request,
                                                    shop_str_t webhook_id, shop_str_t *text);
/* Headers, time and signature under a public key (DER). SHOP_REFUSED: not PayPal's, or not now. */
SHOP_MUST_USE shop_status_t shop_paypal_webhook_verify(shop_arena_t *arena,
                                                       const shop_pay_request_t *request,
                                                       shop_str_t webhook_id,
                                                       shop_str_t public_key);
/* The whole proof: the certificate that request->proof is, and the signature made with it.
 * SHOP_NOT_FOUND: no certificate yet. */
SHOP_MUST_USE shop_status_t shop_paypal_webhook_authenticate(shop_arena_t *arena,
                                                             const shop_pay_config_t *config,
                                                             const shop_pay_request_t *request);
SHOP_MUST_USE shop_status_t shop_paypal_webhook_describe(shop_arena_t *arena, const json_t *json,
                                                         shop_pay_event_t *event);

/* --- paypal_talk.c: the conversations of the rest dialect --- */

SHOP_MUST_USE shop_status_t shop_paypal_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                            const shop_pay_talk_t *talk, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_paypal_grant(shop_arena_t *arena, const shop_pay_config_t *config,
                                              int64_t now, shop_pay_call_t *call);
SHOP_MUST_USE shop_status_t shop_paypal_granted(shop_arena_t *arena,
                                                const shop_pay_config_t *config,
                                                const shop_pay_reply_t *reply,
                                                shop_pay_access_t *access);

/* --- paypal_order.c: what PayPal replies --- */

SHOP_MUST_USE shop_status_t shop_paypal_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                             shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                             shop_pay_heard_t *heard);
/* SHOP_PAY_STATE_UNKNOWN: to be confirmed. */
shop_pay_state_t shop_paypal_capture_state(shop_str_t status);
/* {"currency_code", "value"}; has_amount and currency stay unset when it cannot be read. */
void shop_paypal_amount(const json_t *amount, shop_pay_event_t *event);

#endif
