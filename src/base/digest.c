/*
 * Digests and message authentication, by OpenSSL's EVP.
 */

#include "base/base.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>


/* Looking a digest up among OpenSSL's providers costs more than digesting a short text: once. */
static CRYPTO_ONCE prepared = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *sha1_md, *sha256_md, *sha512_md;
static EVP_MAC_CTX *hmac_sha1, *hmac_sha256;


static EVP_MAC_CTX *prepare_hmac(EVP_MAC *mac, const char *name)
{
    EVP_MAC_CTX *ctx = mac != NULL ? EVP_MAC_CTX_new(mac) : NULL;
    OSSL_PARAM params[2] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *) name, 0),
        OSSL_PARAM_construct_end(),
    };

    if (ctx != NULL && EVP_MAC_CTX_set_params(ctx, params) != 1) {
        EVP_MAC_CTX_free(ctx);
        return NULL;
    }

    return ctx;
}


static void prepare(void)
{
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    sha1_md = EVP_MD_fetch(NULL, "SHA1", NULL);
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
    sha512_md = EVP_MD_fetch(NULL, "SHA512", NULL);
    hmac_sha1 = prepare_hmac(mac, "SHA1");
    hmac_sha256 = prepare_hmac(mac, "SHA256");

    EVP_MAC_free(mac);
}


static bool ready(void)
{
    return CRYPTO_THREAD_run_once(&prepared, prepare) == 1;
}


static shop_status_t digest(const EVP_MD *md, shop_str_t message, unsigned char *out)
{
    return md != NULL && EVP_Digest(message.data, message.len, out, NULL, md, NULL) == 1
               ? SHOP_OK
               : SHOP_NO_MEMORY;
}


/* A copy of what was looked up once, since HMAC() looks everything up anew for each message. */
static shop_status_t hmac(const EVP_MAC_CTX *ready_made, size_t size, shop_str_t key,
                          shop_str_t message, unsigned char *out)
{
    static const unsigned char nothing;

    /* OpenSSL takes a NULL key for "the key of last time". */
    const unsigned char *k = key.len > 0 ? key.data : &nothing;
    EVP_MAC_CTX *ctx = ready_made != NULL ? EVP_MAC_CTX_dup(ready_made) : NULL;
    size_t len;
    bool done;

    done = ctx != NULL && EVP_MAC_init(ctx, k, key.len, NULL) == 1 &&
           EVP_MAC_update(ctx, message.data, message.len) == 1 &&
           EVP_MAC_final(ctx, out, &len, size) == 1;

    EVP_MAC_CTX_free(ctx);

    return done ? SHOP_OK : SHOP_NO_MEMORY;
}


shop_status_t shop_sha1(shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return digest(ready() ? sha1_md : NULL, message, out);
}


shop_status_t shop_sha256(shop_str_t message, unsigned char out[SHOP_SHA256_SIZE])
{
    return digest(ready() ? sha256_md : NULL, message, out);
}


shop_status_t shop_sha512(shop_str_t message, unsigned char out[SHOP_SHA512_SIZE])
{
    return digest(ready() ? sha512_md : NULL, message, out);
}


shop_status_t shop_sha256_hex(shop_arena_t *a, shop_str_t message, shop_str_t *hex)
{
    unsigned char out[SHOP_SHA256_SIZE];
    shop_status_t status = shop_sha256(message, out);

    return status == SHOP_OK ? shop_hex_encode(a, (shop_str_t){sizeof(out), out}, hex) : status;
}


shop_status_t shop_sha256_base64url(shop_arena_t *a, shop_str_t message, shop_str_t *text)
{
    unsigned char out[SHOP_SHA256_SIZE];
    shop_status_t status = shop_sha256(message, out);

    return status == SHOP_OK ? shop_base64url_encode(a, (shop_str_t){sizeof(out), out}, text)
                             : status;
}


shop_status_t shop_hmac_sha256(shop_str_t key, shop_str_t message,
                               unsigned char out[SHOP_SHA256_SIZE])
{
    return hmac(ready() ? hmac_sha256 : NULL, SHOP_SHA256_SIZE, key, message, out);
}


shop_status_t shop_hmac_sha1(shop_str_t key, shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return hmac(ready() ? hmac_sha1 : NULL, SHOP_SHA1_SIZE, key, message, out);
}


bool shop_secret_eq(shop_str_t a, shop_str_t b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}
