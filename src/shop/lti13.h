/*
 * Launches by LTI 1.3: a signed JSON Web Token of a platform (IMS Security Framework 1.0, 5.1; RFC
 * 7519), checked against its key set.
 */

#ifndef SHOP_LTI13_H
#define SHOP_LTI13_H

#include "base/base.h"


#define SHOP_JWT_MAX (32 * 1024)

typedef struct {
    shop_str_t issuer;
    shop_str_t client_id;
    shop_str_t deployments; /* ids between commas */
} shop_lti_platform_t;

/* A token that was read, not yet believed. Owned: shop_jwt_free(). */
typedef struct {
    json_t *header;
    json_t *claims;
    shop_str_t signed_part;
    shop_str_t signature;
} shop_jwt_t;

typedef struct {
    shop_str_t subject; /* views into the claims */
    shop_str_t email;   /* valid, or empty: not shared */
    shop_str_t fullname, firstname, lastname;
    shop_str_t target; /* custom member `target`; empty: none */
} shop_lti13_person_t;

typedef enum {
    SHOP_LTI13_OK = 0,
    SHOP_LTI13_MALFORMED, /* no launch of LTI 1.3 */
    SHOP_LTI13_NO_KEY,    /* the key set does not have its key (any more, or yet) */
    SHOP_LTI13_FORGED,    /* another algorithm, a wrong signature, another issuer or audience */
    SHOP_LTI13_STALE,     /* expired, from the future, or not for this visit */
    SHOP_LTI13_NOBODY
} shop_lti13_verdict_t;


/* SHOP_MALFORMED: not three parts of base64url, the first two JSON objects. */
SHOP_MUST_USE shop_status_t shop_jwt_read(shop_arena_t *arena, shop_str_t token, shop_jwt_t *jwt);
void shop_jwt_free(shop_jwt_t *jwt);

/* `keys`: the platform's JSON Web Key Set; `nonce`: what was sent with this visit. */
shop_lti13_verdict_t shop_lti13_check(shop_arena_t *arena, const shop_jwt_t *jwt,
                                      const shop_lti_platform_t *platform, const json_t *keys,
                                      shop_str_t nonce, int64_t now, shop_lti13_person_t *person);

#endif
