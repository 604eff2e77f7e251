/*
 * Blowfish in ECB mode, by OpenSSL's legacy provider: a payment platform of 2026 still asks for it.
 *
 * The provider is loaded into a library context of its own. Loaded into the default one it would
 * take the place of the default provider, and every other algorithm of the process with it.
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/provider.h>
#include <string.h>


static CRYPTO_ONCE prepared = CRYPTO_ONCE_STATIC_INIT;
static OSSL_LIB_CTX *library;
static EVP_CIPHER *blowfish;


/* Once for the life of the process. */
static void prepare(void)
{
    library = OSSL_LIB_CTX_new();

    if (library != NULL && OSSL_PROVIDER_load(library, "legacy") != NULL) {
        blowfish = EVP_CIPHER_fetch(library, "BF-ECB", NULL);
    }
}


bool shop_blowfish_available(void)
{
    return CRYPTO_THREAD_run_once(&prepared, prepare) == 1 && blowfish != NULL;
}


/* `in` and `out` have `len` bytes, whole blocks. */
static bool run(const unsigned char *key, int encrypts, const unsigned char *in, unsigned char *out,
                size_t len)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int done;

    bool ok = ctx != NULL && EVP_CipherInit_ex2(ctx, blowfish, key, NULL, encrypts, NULL) == 1 &&
              EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
              EVP_CipherUpdate(ctx, out, &done, in, (int) len) == 1 && (size_t) done == len;

    EVP_CIPHER_CTX_free(ctx);

    return ok;
}


static shop_status_t crypt(shop_arena_t *arena, shop_str_t key, int encrypts, shop_str_t in,
                           shop_str_t *out)
{
    size_t len = (in.len + SHOP_BLOWFISH_BLOCK - 1) / SHOP_BLOWFISH_BLOCK * SHOP_BLOWFISH_BLOCK;

    if (key.len != SHOP_BLOWFISH_KEY || in.len == 0 || len > INT32_MAX) {
        return SHOP_MALFORMED;
    }

    if (!shop_blowfish_available()) {
        return SHOP_NOT_FOUND;
    }

    unsigned char *padded = shop_arena_calloc(arena, len);
    unsigned char *made = shop_arena_calloc(arena, len);
    if (padded == NULL || made == NULL) {
        return SHOP_NO_MEMORY;
    }

    memcpy(padded, in.data, in.len);
    if (!run(key.data, encrypts, padded, made, len)) {
        return SHOP_NO_MEMORY;
    }

    *out = (shop_str_t){len, made};
    return SHOP_OK;
}


shop_status_t shop_blowfish_encrypt(shop_arena_t *arena, shop_str_t key, shop_str_t plain,
                                    shop_str_t *out)
{
    return crypt(arena, key, 1, plain, out);
}


shop_status_t shop_blowfish_decrypt(shop_arena_t *arena, shop_str_t key, shop_str_t in,
                                    shop_str_t *plain)
{
    return in.len % SHOP_BLOWFISH_BLOCK == 0 ? crypt(arena, key, 0, in, plain) : SHOP_MALFORMED;
}
