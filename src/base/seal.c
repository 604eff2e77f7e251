/*
 * Sealing: what is kept at rest is encrypted, then authenticated.
 *
 * AES-256-CTR and HMAC-SHA-256 rather than one mode that does both: a person with the key opens it
 * with the tools of any system (README.md, shop_message_key).
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <string.h>


/* Looked up once: see digest.c. */
static CRYPTO_ONCE prepared = CRYPTO_ONCE_STATIC_INIT;
static EVP_CIPHER *aes_256_ctr;


static void prepare(void)
{
    aes_256_ctr = EVP_CIPHER_fetch(NULL, "AES-256-CTR", NULL);
}


static bool encrypt(shop_str_t key, shop_str_t iv, shop_str_t plain, unsigned char *out)
{
    EVP_CIPHER_CTX *ctx;
    int len;
    bool done;

    if (CRYPTO_THREAD_run_once(&prepared, prepare) != 1 || aes_256_ctr == NULL) {
        return false;
    }

    ctx = EVP_CIPHER_CTX_new();
    done = ctx != NULL && EVP_EncryptInit_ex2(ctx, aes_256_ctr, key.data, iv.data, NULL) == 1 &&
           EVP_EncryptUpdate(ctx, out, &len, plain.data, (int) plain.len) == 1;

    EVP_CIPHER_CTX_free(ctx);

    return done;
}


/* The key of the second step follows from the first one's. */
static shop_status_t authenticate(shop_str_t key, shop_str_t sealed, unsigned char *mac)
{
    unsigned char derived[SHOP_SHA256_SIZE];
    shop_status_t status = shop_hmac_sha256(key, SHOP_STR("authenticate"), derived);

    if (status == SHOP_OK) {
        status = shop_hmac_sha256((shop_str_t){sizeof(derived), derived}, sealed, mac);
    }
    OPENSSL_cleanse(derived, sizeof(derived));

    return status;
}


shop_status_t shop_seal(shop_arena_t *a, shop_str_t key, shop_str_t iv, shop_str_t plain,
                        shop_str_t *sealed)
{
    const size_t len = SHOP_SEAL_IV + plain.len;
    unsigned char *out;

    if (key.len != SHOP_SEAL_KEY || iv.len != SHOP_SEAL_IV || plain.len > SHOP_SEAL_MAX) {
        return SHOP_MALFORMED;
    }

    out = shop_arena_alloc(a, len + SHOP_SHA256_SIZE);
    if (out == NULL) {
        return SHOP_NO_MEMORY;
    }

    memcpy(out, iv.data, SHOP_SEAL_IV);
    if (!encrypt(key, iv, plain, out + SHOP_SEAL_IV)) {
        return SHOP_NO_MEMORY;
    }
    *sealed = (shop_str_t){len + SHOP_SHA256_SIZE, out};

    return authenticate(key, (shop_str_t){len, out}, out + len);
}
