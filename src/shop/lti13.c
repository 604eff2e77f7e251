/*
 * Is this token of a platform authentic, meant for us, of this visit, and about somebody?
 *
 * Only RS256 is believed, with the key that the token names in the platform's own key set: a token
 * that chooses its algorithm ("none", a secret) or brings its key is forged.
 */

#include "shop/lti13.h"
#include "shop/shop_internal.h"

#include <string.h>


#define CLOCK_SKEW 60
#define AGE_MAX 3600
#define KEY_MAX 2048 /* characters of a modulus */
#define CLAIM "https://purl.imsglobal.org/spec/lti/claim/"


static shop_status_t read_object(shop_arena_t *arena, shop_str_t part, json_t **object);
static const json_t *find_key(const json_t *keys, shop_str_t kid);
static bool signed_by(shop_arena_t *arena, const shop_jwt_t *jwt, const json_t *key);
static bool meant_for(const json_t *claims, const shop_lti_platform_t *platform);
static bool audience_holds(const json_t *audience, shop_str_t client);
static bool deployed(const json_t *claims, shop_str_t deployments);
static bool in_time(const json_t *claims, int64_t now);
static bool is_launch(const json_t *claims);
static void read_person(const json_t *claims, shop_lti13_person_t *person);


shop_status_t shop_jwt_read(shop_arena_t *arena, shop_str_t token, shop_jwt_t *jwt)
{
    shop_str_t rest = token, part[3];
    shop_status_t status;
    size_t i;

    memset(jwt, 0, sizeof(*jwt));

    if (token.len > SHOP_JWT_MAX) {
        return SHOP_MALFORMED;
    }

    for (i = 0; i < 3; i++) {
        if (!shop_str_split(&rest, '.', &part[i]) || part[i].len == 0) {
            return SHOP_MALFORMED;
        }
    }

    if (part[2].data + part[2].len != token.data + token.len) {
        return SHOP_MALFORMED;
    }

    jwt->signed_part = (shop_str_t){part[0].len + 1 + part[1].len, token.data};
    status = shop_base64url_decode(arena, part[2], &jwt->signature);

    if (status == SHOP_OK) {
        status = read_object(arena, part[0], &jwt->header);
    }

    if (status == SHOP_OK) {
        status = read_object(arena, part[1], &jwt->claims);
    }

    if (status != SHOP_OK) {
        shop_jwt_free(jwt);
    }

    return status;
}


static shop_status_t read_object(shop_arena_t *arena, shop_str_t part, json_t **object)
{
    shop_str_t text;
    shop_status_t status = shop_base64url_decode(arena, part, &text);

    *object = NULL;

    if (status == SHOP_OK) {
        status = shop_json_parse(text, SHOP_JWT_MAX, object);
    }

    if (status != SHOP_OK) {
        *object = NULL;
        return status == SHOP_NO_MEMORY ? status : SHOP_MALFORMED;
    }

    if (!json_is_object(*object)) {
        json_decref(*object);
        *object = NULL;
        return SHOP_MALFORMED;
    }

    return SHOP_OK;
}


void shop_jwt_free(shop_jwt_t *jwt)
{
    json_decref(jwt->header);
    json_decref(jwt->claims);
    jwt->header = NULL;
    jwt->claims = NULL;
}


shop_lti13_verdict_t shop_lti13_check(shop_arena_t *arena, const shop_jwt_t *jwt,
                                      const shop_lti_platform_t *platform, const json_t *keys,
                                      shop_str_t nonce, int64_t now, shop_lti13_person_t *person)
{
    const json_t *claims = jwt->claims, *key;

    memset(person, 0, sizeof(*person));

    if (!shop_str_eq(shop_json_text(jwt->header, "alg"), SHOP_STR("RS256")) ||
        json_object_get(jwt->header, "crit") != NULL) {
        return SHOP_LTI13_FORGED;
    }

    key = find_key(keys, shop_json_text(jwt->header, "kid"));
    if (key == NULL) {
        return SHOP_LTI13_NO_KEY;
    }

    if (!signed_by(arena, jwt, key) || !meant_for(claims, platform)) {
        return SHOP_LTI13_FORGED;
    }

    if (!in_time(claims, now) || nonce.len == 0 ||
        !shop_secret_eq(shop_json_text(claims, "nonce"), nonce)) {
        return SHOP_LTI13_STALE;
    }

    if (!is_launch(claims)) {
        return SHOP_LTI13_MALFORMED;
    }

    read_person(claims, person);

    return person->subject.len > 0 ? SHOP_LTI13_OK : SHOP_LTI13_NOBODY;
}


/* A key without a name would serve any token: it is none. */
static const json_t *find_key(const json_t *keys, shop_str_t kid)
{
    const json_t *key;
    shop_str_t use, alg;
    size_t i;

    json_array_foreach(json_object_get(keys, "keys"), i, key)
    {
        use = shop_json_text(key, "use");
        alg = shop_json_text(key, "alg");

        if (kid.len > 0 && shop_str_eq(shop_json_text(key, "kid"), kid) &&
            shop_str_eq(shop_json_text(key, "kty"), SHOP_STR("RSA")) &&
            (use.len == 0 || shop_str_eq(use, SHOP_STR("sig"))) &&
            (alg.len == 0 || shop_str_eq(alg, SHOP_STR("RS256")))) {
            return key;
        }
    }

    return NULL;
}


static bool signed_by(shop_arena_t *arena, const shop_jwt_t *jwt, const json_t *key)
{
    shop_str_t n = shop_json_text(key, "n"), e = shop_json_text(key, "e");

    return n.len <= KEY_MAX && e.len <= KEY_MAX && shop_base64url_decode(arena, n, &n) == SHOP_OK &&
           shop_base64url_decode(arena, e, &e) == SHOP_OK &&
           shop_rs256_valid(n, e, jwt->signed_part, jwt->signature);
}


static bool meant_for(const json_t *claims, const shop_lti_platform_t *platform)
{
    const json_t *audience = json_object_get(claims, "aud");
    const json_t *party = json_object_get(claims, "azp");

    if (!shop_str_eq(shop_json_text(claims, "iss"), platform->issuer) ||
        !audience_holds(audience, platform->client_id)) {
        return false;
    }

    /* With several audiences the token says whom it was made for. */
    if ((party != NULL || json_array_size(audience) > 1) &&
        !shop_str_eq(shop_json_text(claims, "azp"), platform->client_id)) {
        return false;
    }

    return deployed(claims, platform->deployments);
}


static bool audience_holds(const json_t *audience, shop_str_t client)
{
    const json_t *one;
    size_t i;

    if (json_is_string(audience)) {
        return shop_str_eq((shop_str_t){json_string_length(audience),
                                        (unsigned char *) json_string_value(audience)},
                           client);
    }

    json_array_foreach(audience, i, one)
    {
        if (json_is_string(one) && audience_holds(one, client)) {
            return true;
        }
    }

    return false;
}


static bool deployed(const json_t *claims, shop_str_t deployments)
{
    shop_str_t said = shop_json_text(claims, CLAIM "deployment_id"), one;

    while (shop_str_split(&deployments, ',', &one)) {
        if (said.len > 0 && shop_str_eq(said, one)) {
            return true;
        }
    }

    return false;
}


static bool in_time(const json_t *claims, int64_t now)
{
    int64_t end = shop_json_int(claims, "exp"), begin = shop_json_int(claims, "iat");

    return end > now - CLOCK_SKEW && begin <= now + CLOCK_SKEW && begin > now - AGE_MAX &&
           shop_json_int(claims, "nbf") <= now + CLOCK_SKEW;
}


static bool is_launch(const json_t *claims)
{
    return shop_str_eq(shop_json_text(claims, CLAIM "message_type"),
                       SHOP_STR("LtiResourceLinkRequest")) &&
           shop_str_eq(shop_json_text(claims, CLAIM "version"), SHOP_STR("1.3.0"));
}


static void read_person(const json_t *claims, shop_lti13_person_t *person)
{
    shop_str_t email = shop_json_text(claims, "email");

    person->subject = shop_json_text(claims, "sub");
    person->fullname = shop_json_text(claims, "name");
    person->firstname = shop_json_text(claims, "given_name");
    person->lastname = shop_json_text(claims, "family_name");
    person->target = shop_json_text(json_object_get(claims, CLAIM "custom"), "target");

    if (shop_email_valid(email)) {
        person->email = email;
    }
}
