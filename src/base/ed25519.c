/*
 * Ed25519 signatures (RFC 8032), by OpenSSL's EVP.
 */

#include "base/base.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>


static int no_passphrase(char *buf, int size, int rwflag, void *data);


shop_status_t shop_ed25519_read(shop_str_t pem, shop_ed25519_t *key)
{
    size_t private_len = sizeof(key->private), public_len = sizeof(key->public);
    shop_status_t status = SHOP_MALFORMED;
    EVP_PKEY *pkey;
    BIO *bio;

    if (pem.len > INT32_MAX) {
        return SHOP_MALFORMED;
    }

    bio = BIO_new_mem_buf(pem.data, (int) pem.len);
    if (bio == NULL) {
        return SHOP_NO_MEMORY;
    }

    pkey = PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);

    if (pkey != NULL && EVP_PKEY_get_id(pkey) == EVP_PKEY_ED25519 &&
        EVP_PKEY_get_raw_private_key(pkey, key->private, &private_len) == 1 &&
        EVP_PKEY_get_raw_public_key(pkey, key->public, &public_len) == 1) {
        status = SHOP_OK;
    }

    EVP_PKEY_free(pkey);
    BIO_free(bio);

    return status;
}


/* Without this, OpenSSL would ask the terminal for the passphrase of an encrypted key. */
static int no_passphrase(char *buf, int size, int rwflag, void *data)
{
    (void) buf;
    (void) size;
    (void) rwflag;
    (void) data;

    return 0;
}


shop_status_t shop_ed25519_sign(const shop_ed25519_t *key, shop_str_t message,
                                unsigned char out[SHOP_ED25519_SIGNATURE_SIZE])
{
    EVP_PKEY *pkey =
        EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, key->private, sizeof(key->private));
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    size_t len = SHOP_ED25519_SIGNATURE_SIZE;
    bool done;

    done = pkey != NULL && md != NULL && EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
           EVP_DigestSign(md, out, &len, message.data, message.len) == 1;

    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pkey);

    return done ? SHOP_OK : SHOP_NO_MEMORY;
}
