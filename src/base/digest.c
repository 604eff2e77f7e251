/*
 * Digests and message authentication, by OpenSSL's EVP.
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>


/* Block of both digests, RFC 2104. */
#define BLOCK_SIZE 64


/* Looking a digest up among OpenSSL's providers costs more than digesting a short text: once. */
static CRYPTO_ONCE fetched = CRYPTO_ONCE_STATIC_INIT;
static EVP_MD *sha1_md, *sha256_md;


static void fetch(void)
{
    sha1_md = EVP_MD_fetch(NULL, "SHA1", NULL);
    sha256_md = EVP_MD_fetch(NULL, "SHA256", NULL);
}


static const EVP_MD *sha1(void)
{
    return CRYPTO_THREAD_run_once(&fetched, fetch) == 1 ? sha1_md : NULL;
}


static const EVP_MD *sha256(void)
{
    return CRYPTO_THREAD_run_once(&fetched, fetch) == 1 ? sha256_md : NULL;
}


static shop_status_t digest(const EVP_MD *md, shop_str_t message, unsigned char *out)
{
    return md != NULL && EVP_Digest(message.data, message.len, out, NULL, md, NULL) == 1
               ? SHOP_OK
               : SHOP_NO_MEMORY;
}


/* The digest of the key, changed by `pad`, and of the text behind it. */
static bool padded(EVP_MD_CTX *ctx, const EVP_MD *md, const unsigned char key[BLOCK_SIZE],
                   unsigned char pad, shop_str_t text, unsigned char *out)
{
    unsigned char block[BLOCK_SIZE];
    bool done;

    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        block[i] = key[i] ^ pad;
    }

    done =
        EVP_DigestInit_ex(ctx, md, NULL) == 1 && EVP_DigestUpdate(ctx, block, sizeof(block)) == 1 &&
        EVP_DigestUpdate(ctx, text.data, text.len) == 1 && EVP_DigestFinal_ex(ctx, out, NULL) == 1;

    OPENSSL_cleanse(block, sizeof(block));

    return done;
}


/* RFC 2104 in its own words: HMAC() looks up the method, the digest and its parameters anew for
 * each message, at ten times the cost of the message. */
static shop_status_t hmac(const EVP_MD *md, size_t size, shop_str_t key, shop_str_t message,
                          unsigned char *out)
{
    unsigned char block[BLOCK_SIZE] = {0};
    EVP_MD_CTX *ctx;
    bool done;

    if (key.len > BLOCK_SIZE) {
        if (digest(md, key, block) != SHOP_OK) {
            return SHOP_NO_MEMORY;
        }

    } else if (key.len > 0) {
        memcpy(block, key.data, key.len);
    }

    ctx = md != NULL ? EVP_MD_CTX_new() : NULL;
    done = ctx != NULL && padded(ctx, md, block, 0x36, message, out) &&
           padded(ctx, md, block, 0x5c, (shop_str_t){size, out}, out);

    EVP_MD_CTX_free(ctx);
    OPENSSL_cleanse(block, sizeof(block));

    return done ? SHOP_OK : SHOP_NO_MEMORY;
}


shop_status_t shop_sha1(shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return digest(sha1(), message, out);
}


shop_status_t shop_sha256(shop_str_t message, unsigned char out[SHOP_SHA256_SIZE])
{
    return digest(sha256(), message, out);
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
    return hmac(sha256(), SHOP_SHA256_SIZE, key, message, out);
}


shop_status_t shop_hmac_sha1(shop_str_t key, shop_str_t message, unsigned char out[SHOP_SHA1_SIZE])
{
    return hmac(sha1(), SHOP_SHA1_SIZE, key, message, out);
}


bool shop_secret_eq(shop_str_t a, shop_str_t b)
{
    return a.len == b.len && (a.len == 0 || CRYPTO_memcmp(a.data, b.data, a.len) == 0);
}
