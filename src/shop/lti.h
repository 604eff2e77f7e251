/*
 * Launches from a Moodle: LTI 1.1 (IMS LTI 1.1.1 implementation guide; OAuth 1.0, RFC 5849), as
 * handlers.md 8.4 wants them checked.
 */

#ifndef SHOP_LTI_H
#define SHOP_LTI_H

#include "base/base.h"


typedef struct {
    shop_str_t key; /* consumer key: which Moodle it is */
    shop_str_t secret;
} shop_lti_consumer_t;

/* Who stands before the shop, as his Moodle says. All texts are views into the form. */
typedef struct {
    const shop_lti_consumer_t *consumer;
    shop_str_t nonce;   /* to be seen once; the caller keeps it for 10 minutes */
    shop_str_t subject; /* his id on that platform, not empty */
    int64_t user;       /* the same of a Moodle; 0: no number */
    bool instructor;    /* he teaches there */
    shop_str_t email;   /* valid, or empty: not shared */
    shop_str_t fullname, firstname, lastname;
    shop_str_t target; /* custom_target; empty: none. To be checked before anybody is sent there */
} shop_lti_launch_t;

typedef enum {
    SHOP_LTI_OK = 0,
    SHOP_LTI_MALFORMED, /* no launch, or one with doubled or missing members */
    SHOP_LTI_STALE,     /* signed more than 5 minutes away from `now` */
    SHOP_LTI_FORGED,    /* unknown key or wrong signature */
    SHOP_LTI_NOBODY,    /* authentic, but nobody is logged in there */
    SHOP_LTI_NO_MEMORY
} shop_lti_verdict_t;


/* `address`: where the tool was registered, without a query; `query`: what followed it. */
shop_lti_verdict_t shop_lti_check(shop_arena_t *arena, const shop_form_t *form,
                                  const shop_form_t *query, shop_str_t address,
                                  const shop_lti_consumer_t *consumers, size_t count, int64_t now,
                                  shop_lti_launch_t *launch);
/* The signature of a launch: base64 of HMAC-SHA1 over the base string of RFC 5849, 3.4.1. */
SHOP_MUST_USE shop_status_t shop_lti_sign(shop_arena_t *arena, const shop_form_t *form,
                                          const shop_form_t *query, shop_str_t address,
                                          shop_str_t secret, shop_str_t *signature);

#endif
