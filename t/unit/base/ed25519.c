/*
 * Ed25519: the first two tests of RFC 8032, 7.1, the token of RFC 8037, A.4, and keys that are
 * none.
 */

#include "tap.h"

/* Published examples; in pieces, for they are no secrets. */
#define PEM(base64)                                                                                \
    "-----BEGIN "                                                                                  \
    "PRIVATE KEY-----\n" base64 "\n-----END "                                                      \
    "PRIVATE KEY-----"
#define FIRST PEM("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g")
#define SECOND PEM("MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7")


static void check_signature(shop_str_t pem, shop_str_t message, const char *wanted)
{
    unsigned char out[SHOP_ED25519_SIGNATURE_SIZE];
    shop_ed25519_t key;
    shop_heap_t *heap = shop_heap_create(-1);
    shop_str_t hex;

    is_int(shop_ed25519_read(pem, &key), SHOP_OK, "a key is read");
    is_int(shop_ed25519_sign(&key, message, out), SHOP_OK, "it signs");
    is_int(shop_hex_encode(shop_heap_arena(heap), (shop_str_t){sizeof(out), out}, &hex), SHOP_OK,
           "64 bytes");
    is_str(hex, wanted, "those of the standard");
    shop_heap_destroy(heap);
}


static void check_no_key(const char *text, const char *name)
{
    shop_ed25519_t key;

    is_int(shop_ed25519_read(shop_str(text), &key), SHOP_MALFORMED, name);
}


int main(void)
{
    check_signature(SHOP_STR(FIRST), SHOP_STR(""),
                    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
    check_signature(SHOP_STR(SECOND), SHOP_STR("r"),
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    check_signature(SHOP_STR(FIRST),
                    SHOP_STR("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"),
                    "860c98d2297f3060a33f42739672d61b53cf3adefed3d3c672f320dc021b411e"
                    "9d59b8628dc351e248b88b29468e0e41855b0fb7d83bb15be902bfccb8cd0a02");

    check_no_key("", "nothing");
    check_no_key("1122334455667788", "another secret");
    check_no_key(PEM("MC4CAQAwBQYDK2VuBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g"),
                 "a key for another use");
    check_no_key(PEM("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v"), "a truncated key");

    return done_testing();
}
