/*
 * Fuzz target: tokens of platforms. What is read lies inside the token, and nothing that was not
 * signed is believed.
 */

#include "fuzz.h"

#include "shop/lti13.h"


static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"k\",\"e\":\"AQAB\",\"n\":\"4kMJPsIPbhDrbqArac6L_"
    "zAbcIpJEaa0jV8GBSxyvwCmBnXvQjDJ1mFwyuSpmioakzmFXkrrKn0mpdvLH6-aZIxS-"
    "g37n3bGKQKXrZihY5UaKpaFNZ5St152Zeotg3PL84zv30DOyCRylyItU951U8J05ftWpHE80X_skXFKtbTfxwm_WpjcKb_"
    "XiLF-xr4WIvKvZMGuio75cG1ES_5-Vj0Cc2YKENjU850d6SLJWElTKrwUh6BH_aLn8u3sVNQPCaN6-"
    "qDR7p3RZmhNJQrUSYKwFnucwQ3O0llfetLP_cDwy2Gnx9V3bEkjgYS4mWPcNMMxxOR7qEk5yK0gqWgdvw\"}]}";


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const shop_lti_platform_t platform = {SHOP_STR("https://p"), SHOP_STR("c"),
                                                 SHOP_STR("1,2")};
    const shop_str_t token = {size, (unsigned char *) data};
    shop_heap_t *heap = shop_heap_create(-1);
    shop_lti13_person_t person;
    json_t *keys;
    shop_jwt_t jwt;

    must(shop_json_parse(shop_str(keys_text), sizeof(keys_text), &keys) == SHOP_OK);

    if (shop_jwt_read(shop_heap_arena(heap), token, &jwt) == SHOP_OK) {
        must(jwt.signed_part.len < size);
        must(json_is_object(jwt.header) && json_is_object(jwt.claims));
        must(shop_lti13_check(shop_heap_arena(heap), &jwt, &platform, keys, SHOP_STR("n"), 1000,
                              &person) != SHOP_LTI13_OK);
        shop_jwt_free(&jwt);
    }

    json_decref(keys);
    shop_heap_destroy(heap);

    return 0;
}
