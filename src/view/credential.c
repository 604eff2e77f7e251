/*
 * A certificate of the shop as a credential that anybody can check without asking us: Open Badges
 * 3.0 in the data model of Verifiable Credentials 2.0, signed as a JSON Web Token with Ed25519
 * (Open Badges 3.0, 8.2; RFC 7515, RFC 8037).
 *
 * It says what the page of the certificate's number says, and no more.
 */

#include "view/view.h"


static json_t *credential_claims(shop_arena_t *arena, const shop_credential_t *credential);
static json_t *credential_subject(const shop_credential_t *credential, shop_str_t holder);
static json_t *credential_profile(const shop_credential_t *credential);
static shop_status_t encode_json(shop_arena_t *arena, json_t *json, shop_str_t *out);
static shop_status_t status_address(shop_arena_t *arena, const shop_credential_t *credential,
                                    shop_str_t *address);


shop_status_t shop_credential_jwk(shop_arena_t *arena, const shop_ed25519_t *key, json_t **jwk)
{
    shop_str_t x, canonical, id;

    if (shop_base64url_encode(arena,
                              (shop_str_t){sizeof(key->public), (unsigned char *) key->public},
                              &x) != SHOP_OK ||
        shop_arena_printf(arena, &canonical, "{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"%s\"}",
                          x.data) != SHOP_OK ||
        shop_sha256_base64url(arena, canonical, &id) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    *jwk = json_pack("{s:s, s:s, s:o, s:o, s:s, s:s}", "kty", "OKP", "crv", "Ed25519", "x",
                     shop_json_str(x), "kid", shop_json_str(id), "alg", "EdDSA", "use", "sig");

    return *jwk != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


shop_status_t shop_credential_sign(shop_arena_t *arena, const shop_credential_t *credential,
                                   const shop_ed25519_t *key, shop_str_t key_address,
                                   shop_str_t *jws)
{
    unsigned char raw[SHOP_ED25519_SIGNATURE_SIZE];
    shop_str_t header, payload, input, signature;

    if (encode_json(arena,
                    json_pack("{s:s, s:s, s:o}", "alg", "EdDSA", "typ", "JWT", "kid",
                              shop_json_str(key_address)),
                    &header) != SHOP_OK ||
        encode_json(arena, credential_claims(arena, credential), &payload) != SHOP_OK ||
        shop_arena_printf(arena, &input, "%s.%s", header.data, payload.data) != SHOP_OK ||
        shop_ed25519_sign(key, input, raw) != SHOP_OK ||
        shop_base64url_encode(arena, (shop_str_t){sizeof(raw), raw}, &signature) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    return shop_arena_printf(arena, jws, "%s.%s", input.data, signature.data);
}


/* The credential, and the claims of a token that repeat its members (Open Badges 3.0, 8.2.4). */
static json_t *credential_claims(shop_arena_t *arena, const shop_credential_t *credential)
{
    int64_t issued;
    shop_str_t status, holder;
    json_t *claims;

    if (shop_time_parse(credential->issued_at, &issued) != SHOP_OK ||
        status_address(arena, credential, &status) != SHOP_OK ||
        shop_arena_printf(arena, &holder, "%.*s#holder", (int) credential->address.len,
                          credential->address.data) != SHOP_OK) {
        return NULL;
    }

    claims =
        json_pack("{s:[s,s], s:o, s:[s,s], s:o, s:o, s:o, s:o, s:{s:o, s:s}, s:o, s:o, s:o, s:I}",
                  "@context", "https://www.w3.org/ns/credentials/v2",
                  "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "id",
                  shop_json_str(credential->address), "type", "VerifiableCredential",
                  "OpenBadgeCredential", "name", shop_json_str(credential->course), "issuer",
                  credential_profile(credential), "validFrom", shop_json_str(credential->issued_at),
                  "credentialSubject", credential_subject(credential, holder), "credentialStatus",
                  "id", shop_json_str(status), "type", "1EdTechRevocationList", "iss",
                  shop_json_str(credential->issuer), "jti", shop_json_str(credential->address),
                  "sub", shop_json_str(holder), "nbf", (json_int_t) issued);

    if (claims != NULL && credential->completed_at.len > 0) {
        shop_json_set_text(claims, "awardedDate", credential->completed_at);
    }

    return claims;
}


static json_t *credential_subject(const shop_credential_t *credential, shop_str_t holder)
{
    return json_pack(
        "{s:o, s:[s], s:[{s:s, s:b, s:o, s:s}], s:{s:o, s:[s], s:s, s:o, s:o, s:{s:o}}}", "id",
        shop_json_str(holder), "type", "AchievementSubject", "identifier", "type", "IdentityObject",
        "hashed", 0, "identityHash", shop_json_str(credential->holder), "identityType", "name",
        "achievement", "id", shop_json_str(credential->address), "type", "Achievement",
        "achievementType", "CertificateOfCompletion", "name", shop_json_str(credential->course),
        "description", shop_json_str(credential->course), "criteria", "id",
        shop_json_str(credential->address));
}


static json_t *credential_profile(const shop_credential_t *credential)
{
    return json_pack("{s:o, s:[s], s:o, s:o}", "id", shop_json_str(credential->issuer), "type",
                     "Profile", "name", shop_json_str(credential->seller), "url",
                     shop_json_str(credential->shop));
}


shop_status_t shop_credential_issuer(const shop_credential_t *credential, json_t *methods,
                                     json_t **profile)
{
    json_t *context;

    *profile = credential_profile(credential);
    context = json_pack("[s,s,s]", "https://www.w3.org/ns/credentials/v2",
                        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
                        "https://w3id.org/security/jwk/v1");

    if (json_object_set_new(*profile, "@context", context) != 0 ||
        json_object_set_new(*profile, "verificationMethod", methods) != 0) {
        json_decref(*profile);
        return SHOP_NO_MEMORY;
    }

    return SHOP_OK;
}


json_t *shop_credential_method(shop_str_t issuer, shop_str_t key_address, json_t *jwk)
{
    return json_pack("{s:o, s:s, s:o, s:o}", "id", shop_json_str(key_address), "type", "JsonWebKey",
                     "controller", shop_json_str(issuer), "publicKeyJwk", jwk);
}


shop_status_t shop_credential_status(shop_arena_t *arena, const shop_credential_t *credential,
                                     bool revoked, json_t **list)
{
    shop_str_t address;

    if (status_address(arena, credential, &address) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    *list = json_pack("{s:o, s:o, s:[]}", "id", shop_json_str(address), "issuer",
                      shop_json_str(credential->issuer), "revokedCredentials");

    if (revoked &&
        json_array_append_new(json_object_get(*list, "revokedCredentials"),
                              json_pack("{s:o}", "id", shop_json_str(credential->address))) != 0) {
        json_decref(*list);
        return SHOP_NO_MEMORY;
    }

    return *list != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


static shop_status_t status_address(shop_arena_t *arena, const shop_credential_t *credential,
                                    shop_str_t *address)
{
    return shop_arena_printf(arena, address, "%.*s/status", (int) credential->address.len,
                             credential->address.data);
}


/* The value is released. */
static shop_status_t encode_json(shop_arena_t *arena, json_t *json, shop_str_t *out)
{
    shop_status_t status;
    shop_str_t text;

    if (json == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_dump(arena, json, &text);
    json_decref(json);

    return status == SHOP_OK ? shop_base64url_encode(arena, text, out) : status;
}
