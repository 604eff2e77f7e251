/*
 * Certificates and the signatures made with their keys, by OpenSSL.
 *
 * The roots of the system are found by OpenSSL itself, once for the life of the process.
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

#define CHAIN_MAX 10


static CRYPTO_ONCE prepared = CRYPTO_ONCE_STATIC_INIT;
static X509_STORE *system_roots;


static void prepare(void)
{
    X509_STORE *store = X509_STORE_new();

    if (store != NULL && X509_STORE_set_default_paths(store) == 1) {
        system_roots = store;
    }
}


static STACK_OF(X509) * read_chain(shop_str_t pem)
{
    STACK_OF(X509) *chain = sk_X509_new_null();
    BIO *bio = pem.len <= INT32_MAX ? BIO_new_mem_buf(pem.data, (int) pem.len) : NULL;
    X509 *certificate;

    while (chain != NULL && bio != NULL && sk_X509_num(chain) < CHAIN_MAX &&
           (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (sk_X509_push(chain, certificate) == 0) {
            X509_free(certificate);
            break;
        }
    }
    BIO_free(bio);

    return chain;
}


/* A new reference. */
static X509_STORE *take_roots(shop_str_t pem)
{
    if (pem.len == 0) {
        bool ready = CRYPTO_THREAD_run_once(&prepared, prepare) == 1 && system_roots != NULL;
        return ready && X509_STORE_up_ref(system_roots) == 1 ? system_roots : NULL;
    }

    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509) *roots = read_chain(pem);

    for (int i = 0; store != NULL && i < sk_X509_num(roots); i++) {
        (void) X509_STORE_add_cert(store, sk_X509_value(roots, i));
    }
    sk_X509_pop_free(roots, X509_free);

    return store;
}


static bool is_trusted(X509 *leaf, STACK_OF(X509) * chain, shop_str_t roots, int64_t now)
{
    X509_STORE *store = take_roots(roots);
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    bool trusted = false;

    if (store != NULL && ctx != NULL && X509_STORE_CTX_init(ctx, store, leaf, chain) == 1) {
        X509_STORE_CTX_set_time(ctx, 0, (time_t) now);
        trusted = X509_verify_cert(ctx) == 1;
    }
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(store);

    return trusted;
}


static shop_status_t take_name(shop_arena_t *arena, X509 *leaf, shop_str_t *name)
{
    X509_NAME *subject = X509_get_subject_name(leaf);
    int i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    *name = SHOP_STR_NULL;
    if (i < 0) {
        return SHOP_OK;
    }

    const ASN1_STRING *text = X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i));
    const shop_str_t view = {(size_t) ASN1_STRING_length(text),
                             (unsigned char *) ASN1_STRING_get0_data(text)};

    return shop_arena_copy(arena, view, name);
}


static shop_status_t take_key(shop_arena_t *arena, X509 *leaf, shop_str_t *key)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(X509_get0_pubkey(leaf), &der);
    shop_status_t status = SHOP_MALFORMED;

    if (len > 0) {
        status = shop_arena_copy(arena, (shop_str_t){(size_t) len, der}, key);
    }
    OPENSSL_free(der);

    return status;
}


shop_status_t shop_x509_read(shop_arena_t *arena, shop_str_t pem, shop_str_t roots, int64_t now,
                             shop_x509_t *out)
{
    STACK_OF(X509) *chain = read_chain(pem);
    X509 *leaf = chain != NULL ? sk_X509_value(chain, 0) : NULL;

    shop_status_t status = leaf != NULL ? SHOP_OK : SHOP_MALFORMED;
    if (status == SHOP_OK && !is_trusted(leaf, chain, roots, now)) {
        status = SHOP_REFUSED;
    }
    if (status == SHOP_OK) {
        status = take_name(arena, leaf, &out->common_name);
    }
    if (status == SHOP_OK) {
        status = take_key(arena, leaf, &out->public_key);
    }
    sk_X509_pop_free(chain, X509_free);

    return status;
}


shop_status_t shop_rsa_sha256_verify(shop_str_t public_key, shop_str_t message,
                                     shop_str_t signature)
{
    const unsigned char *der = public_key.data;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &der, (long) public_key.len);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();

    bool right =
        key != NULL && ctx != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
        EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
        EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);

    return right ? SHOP_OK : SHOP_REFUSED;
}
