/*
 * Credentials: what the signed token says, the public key as in RFC 8037, A.2 and A.3, the issuer
 * and the list of what was revoked. That the signature holds is tested with somebody else's code by
 * t/flow/certificate_issued_by_the_shop.t.
 */

#include "views.h"

/* A published example; in pieces, for it is no secret. */
#define KEY                                                                                        \
    "-----BEGIN "                                                                                  \
    "PRIVATE KEY-----\n"                                                                           \
    "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"                           \
    "-----END "                                                                                    \
    "PRIVATE KEY-----"
#define THUMBPRINT "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


static const shop_credential_t complete = {
    .address = SHOP_STR("https://shop.test/ac/certificate/C-1"),
    .issuer = SHOP_STR("https://shop.test/ac/-/issuer"),
    .shop = SHOP_STR("https://shop.test/ac/"),
    .seller = SHOP_STR("Atelier \"Campus\""),
    .holder = SHOP_STR("عائشة الهاشمي"),
    .course = SHOP_STR("Making one’s first web site"),
    .issued_at = SHOP_STR("2026-05-03T10:00:00Z"),
    .completed_at = SHOP_STR("2026-05-01T00:00:00Z"),
};


/* The second of three parts, decoded. */
static json_t *claims_of(shop_str_t jws)
{
    shop_str_t rest = jws, part, text;
    json_t *claims = NULL;

    if (!shop_str_split(&rest, '.', &part) || !shop_str_split(&rest, '.', &part) ||
        shop_base64url_decode(arena, part, &text) != SHOP_OK ||
        shop_json_parse(text, 8192, &claims) != SHOP_OK) {
        return NULL;
    }

    return claims;
}


static void check_token(const shop_ed25519_t *key)
{
    shop_credential_t bare = complete;
    const json_t *subject;
    shop_str_t jws;
    json_t *claims;

    is_int(shop_credential_sign(arena, &complete, key, SHOP_STR("https://k"), &jws), SHOP_OK,
           "signed");
    claims = claims_of(jws);
    subject = json_object_get(claims, "credentialSubject");
    is_str(shop_json_text(claims, "id"), "https://shop.test/ac/certificate/C-1", "its id");
    is_str(shop_json_text(claims, "jti"), "https://shop.test/ac/certificate/C-1", "also as claim");
    is_str(shop_json_text(claims, "sub"), "https://shop.test/ac/certificate/C-1#holder",
           "the holder as claim");
    is_str(shop_json_text(subject, "id"), "https://shop.test/ac/certificate/C-1#holder",
           "the same in the credential");
    is_int(shop_json_int(claims, "nbf"), 1777802400, "valid from the issue, in seconds");
    is_str(shop_json_text(claims, "validFrom"), "2026-05-03T10:00:00Z", "and as a date");
    is_str(shop_json_text(claims, "awardedDate"), "2026-05-01T00:00:00Z", "completed earlier");
    is_str(
        shop_json_text(json_array_get(json_object_get(subject, "identifier"), 0), "identityHash"),
        "عائشة الهاشمي", "the name in its own letters");
    is_str(shop_json_text(json_object_get(claims, "issuer"), "name"), "Atelier \"Campus\"",
           "quotes are kept");
    json_decref(claims);

    bare.completed_at = SHOP_STR("");
    is_int(shop_credential_sign(arena, &bare, key, SHOP_STR("https://k"), &jws), SHOP_OK,
           "without a date of completion");
    claims = claims_of(jws);
    ok(json_object_get(claims, "awardedDate") == NULL, "none is said");
    json_decref(claims);

    bare.issued_at = SHOP_STR("yesterday");
    ok(shop_credential_sign(arena, &bare, key, SHOP_STR("https://k"), &jws) != SHOP_OK,
       "a date that is none signs nothing");

    bare = complete;
    bare.holder = SHOP_STR("\xFF");
    ok(shop_credential_sign(arena, &bare, key, SHOP_STR("https://k"), &jws) != SHOP_OK,
       "nor does a name that is no text");
}


static void check_key(const shop_ed25519_t *key)
{
    json_t *jwk = NULL;

    is_int(shop_credential_jwk(arena, key, &jwk), SHOP_OK, "the public key");
    is_str(shop_json_text(jwk, "x"), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "its bytes");
    is_str(shop_json_text(jwk, "kid"), THUMBPRINT, "its thumbprint");
    ok(json_object_get(jwk, "d") == NULL, "nothing of the private half");
    json_decref(jwk);
}


static void check_issuer(const shop_ed25519_t *key)
{
    json_t *profile, *jwk, *list;

    is_int(shop_credential_jwk(arena, key, &jwk), SHOP_OK, "a key");
    is_int(
        shop_credential_issuer(
            &complete,
            json_pack("[o]", shop_credential_method(complete.issuer, SHOP_STR("https://k"), jwk)),
            &profile),
        SHOP_OK, "the issuer");
    is_str(shop_json_text(json_array_get(json_object_get(profile, "verificationMethod"), 0), "id"),
           "https://k", "tells its key");
    json_decref(profile);

    is_int(shop_credential_status(arena, &complete, false, &list), SHOP_OK, "the list");
    is_int((long long) json_array_size(json_object_get(list, "revokedCredentials")), 0, "is empty");
    json_decref(list);
    is_int(shop_credential_status(arena, &complete, true, &list), SHOP_OK, "the list");
    is_int((long long) json_array_size(json_object_get(list, "revokedCredentials")), 1, "has one");
    json_decref(list);
}


int main(void)
{
    shop_ed25519_t key;

    views_begin();
    is_int(shop_ed25519_read(SHOP_STR(KEY), &key), SHOP_OK, "a key");
    check_token(&key);
    check_key(&key);
    check_issuer(&key);
    views_end();

    return done_testing();
}
