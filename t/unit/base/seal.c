/*
 * Sealing: against what OpenSSL's own program gives for the same key and initial value.
 */

#include "tap.h"

#define KEY                                                                                        \
    "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"                             \
    "\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f"
#define IV "\x20\x21\x22\x23\x24\x25\x26\x27\x28\x29\x2a\x2b\x2c\x2d\x2e\x2f"

/* openssl enc -aes-256-ctr -K … -iv …; openssl dgst -sha256 -mac HMAC -macopt hexkey:… */
#define SEALED                                                                                     \
    "202122232425262728292a2b2c2d2e2f"                                                             \
    "11c7ea4e7fa1202c3c84acc1"                                                                     \
    "0612de6c75d4637f7cc2ec7a82149c6c08af8b93d5a5f5a3309e654667b1fb91"


static void check_sealed(shop_str_t plain, const char *wanted, const char *name)
{
    shop_status_t status = SHOP_NO_MEMORY;

    for (int allocations = 0; status == SHOP_NO_MEMORY && allocations < 10; allocations++) {
        shop_heap_t *heap = shop_heap_create(allocations);
        shop_str_t sealed, hex;

        status = shop_seal(shop_heap_arena(heap), SHOP_STR(KEY), SHOP_STR(IV), plain, &sealed);
        if (status == SHOP_OK) {
            status = shop_hex_encode(shop_heap_arena(heap), sealed, &hex);
        }
        if (status == SHOP_OK) {
            is_str(hex, wanted, name);
        }
        shop_heap_destroy(heap);
    }
    is_int(status, SHOP_OK, name);
}


static void check_refused(shop_str_t key, shop_str_t iv, size_t len, const char *name)
{
    static unsigned char zeros[SHOP_SEAL_MAX + 1];
    shop_heap_t *heap = shop_heap_create(-1);
    shop_str_t sealed;

    is_int(shop_seal(shop_heap_arena(heap), key, iv, (shop_str_t){len, zeros}, &sealed),
           SHOP_MALFORMED, name);
    shop_heap_destroy(heap);
}


int main(void)
{
    check_sealed(SHOP_STR("pay 1.00 EUR"), SEALED, "as OpenSSL does it");
    check_refused(SHOP_STR("short"), SHOP_STR(IV), 1, "no key");
    check_refused(SHOP_STR(KEY), SHOP_STR("short"), 1, "no initial value");
    check_refused(SHOP_STR(KEY), SHOP_STR(IV), SHOP_SEAL_MAX + 1, "too long");

    return done_testing();
}
