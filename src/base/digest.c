/*
 * Digests and message authentication, by OpenSSL's EVP.
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>


static shop_status_t digest(const EVP_MD *md, shop_str_t message, unsigned char *out)
{
    return EVP_Digest(message.data, message.len, out, NULL, md, NULL) == 1 ? SHOP_OK
                                                                           : SHOP_NO_MEMORY;
}


static shop_status_t hmac(const EVP_MD *md, shop_str_t key, shop_str_t message, unsigned char *out)
{
    static const unsigned char nothing;

    /* OpenSSL takes a NULL key for "the key of last time". */
    const unsigned char *k = key.len > 0 ? key.data : &nothing;

    if (key.len > INT32_MAX ||
        HMAC(md, k, (int) key.len, message.data, message.len, out, NULL) == NULL) {
        return SHOP_NO_MEMORY;
    }

    return SHOP_OK;
}


shop_status_t shop_sha1(shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return digest(EVP_sha1(), message, out);
}


shop_status_t shop_sha256(shop_str_t message, unsigned char out[SHOP_SHA256_SIZE])
{
    return digest(EVP_sha256(), message, out);
}


shop_status_t shop_hmac_sha256(shop_str_t key, shop_str_t message,
                               unsigned char out[SHOP_SHA256_SIZE])
{
    return hmac(EVP_sha256(), key, message, out);
}


shop_status_t shop_hmac_sha1(shop_str_t key, shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return hmac(EVP_sha1(), key, message, out);
}


bool shop_secret_eq(shop_str_t a, shop_str_t b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}
