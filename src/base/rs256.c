/*
 * RSASSA-PKCS1-v1_5 with SHA-256 (RS256 of RFC 7518): signatures of others are checked, by OpenSSL.
 */

#include "base/base.h"

#include <openssl/evp.h>

#include <string.h>


#define MODULUS_MIN 256 /* 2048 bits */
#define MODULUS_MAX 1024
#define EXPONENT_MAX 8
#define DER_MAX (MODULUS_MAX + 64)


static size_t put_length(unsigned char *out, size_t len);
static size_t put_integer(unsigned char *out, shop_str_t value);
static EVP_PKEY *read_key(shop_str_t n, shop_str_t e);
static shop_str_t without_zeros(shop_str_t value);


bool shop_rs256_valid(shop_str_t n, shop_str_t e, shop_str_t message, shop_str_t signature)
{
    EVP_PKEY *key;
    EVP_MD_CTX *ctx;
    bool valid;

    n = without_zeros(n);
    e = without_zeros(e);

    if (n.len < MODULUS_MIN || n.len > MODULUS_MAX || e.len == 0 || e.len > EXPONENT_MAX ||
        signature.len != n.len) {
        return false;
    }

    key = read_key(n, e);
    ctx = EVP_MD_CTX_new();

    valid = key != NULL && ctx != NULL &&
            EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, key) == 1 &&
            EVP_DigestVerify(ctx, signature.data, signature.len, message.data, message.len) == 1;

    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(key);

    return valid;
}


static shop_str_t without_zeros(shop_str_t value)
{
    while (value.len > 0 && value.data[0] == 0) {
        value.data++;
        value.len--;
    }

    return value;
}


/* RSAPublicKey of RFC 8017, A.1.1, in DER. */
static EVP_PKEY *read_key(shop_str_t n, shop_str_t e)
{
    unsigned char body[DER_MAX], der[DER_MAX + 8];
    const unsigned char *p = der;
    size_t len = put_integer(body, n), head;

    len += put_integer(body + len, e);
    der[0] = 0x30;
    head = 1 + put_length(der + 1, len);
    memcpy(der + head, body, len);

    return d2i_PublicKey(EVP_PKEY_RSA, NULL, &p, (long) (head + len));
}


static size_t put_length(unsigned char *out, size_t len)
{
    if (len < 0x80) {
        out[0] = (unsigned char) len;
        return 1;
    }

    if (len < 0x100) {
        out[0] = 0x81;
        out[1] = (unsigned char) len;
        return 2;
    }

    out[0] = 0x82;
    out[1] = (unsigned char) (len >> 8);
    out[2] = (unsigned char) len;

    return 3;
}


/* A zero byte in front of what would be negative. */
static size_t put_integer(unsigned char *out, shop_str_t value)
{
    size_t pad = value.data[0] & 0x80 ? 1 : 0;
    size_t at = 1;

    out[0] = 0x02;
    at += put_length(out + 1, value.len + pad);

    if (pad > 0) {
        out[at++] = 0;
    }

    memcpy(out + at, value.data, value.len);

    return at + value.len;
}
