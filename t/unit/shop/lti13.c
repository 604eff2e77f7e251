/* RS256 and the reading of tokens; launches as a whole: t/flow/comes_by_lti13.t. */

#include "shop/lti13.h"

#include <string.h>

#include "tap.h"

/* openssl genpkey -algorithm rsa; openssl dgst -sha256 -sign, of "signed" */
static const char modulus[] =
    "4kMJPsIPbhDrbqArac6L_zAbcIpJEaa0jV8GBSxyvwCmBnXvQjDJ1mFwyuSpmioakzmFXkrrKn0mpdvLH6-aZIxS-"
    "g37n3bGKQKXrZihY5UaKpaFNZ5St152Zeotg3PL84zv30DOyCRylyItU951U8J05ftWpHE80X_skXFKtbTfxwm_WpjcKb_"
    "XiLF-xr4WIvKvZMGuio75cG1ES_5-Vj0Cc2YKENjU850d6SLJWElTKrwUh6BH_aLn8u3sVNQPCaN6-"
    "qDR7p3RZmhNJQrUSYKwFnucwQ3O0llfetLP_cDwy2Gnx9V3bEkjgYS4mWPcNMMxxOR7qEk5yK0gqWgdvw";
static const char signature[] =
    "BcPM4qEMRu2KPi-vRULYGwvEO9gyRsq1n3jVFbqYUmBrGXos7terflvETfgwrX-5-OzoN7qa4-"
    "1yRthp7oGndTz7ZUNtFqGSESBWNOp8AUpB2LBeJfG98DVo_M57dMwax5kgr-DDt83D5fWyhg3f1U_"
    "Dk6n95T7W844THFQBnxg08z3C28bYLhr_CfL7zm0pjTlhXY8jw5bI7K7VfsuFXx8W_"
    "J8fIvofi1rviLE9YEyoTKHDXcWcLdS1EgbKHFQeZOis00Yj6j31116wijOOjiEC0Ky5vvDXNulVnlg_"
    "V1olGexKOHlaL4Gp6N6_FLibGyYMnvAapFzvwZR1QRZnPA";


static bool valid(shop_arena_t *arena, const char *n, const char *e, const char *message,
                  const char *text)
{
    shop_str_t key, exponent, sign;

    return shop_base64url_decode(arena, shop_str(n), &key) == SHOP_OK &&
           shop_base64url_decode(arena, shop_str(e), &exponent) == SHOP_OK &&
           shop_base64url_decode(arena, shop_str(text), &sign) == SHOP_OK &&
           shop_rs256_valid(key, exponent, shop_str(message), sign);
}


static void test_rs256(shop_arena_t *arena)
{
    char changed[sizeof(signature)];

    memcpy(changed, signature, sizeof(signature));
    changed[10] = changed[10] == 'A' ? 'B' : 'A';

    ok(valid(arena, modulus, "AQAB", "signed", signature), "a signature");
    ok(valid(arena, modulus, "AAEAAQ", "signed", signature), "zeros before the exponent");
    ok(!valid(arena, modulus, "AQAB", "signeD", signature), "of another message");
    ok(!valid(arena, modulus, "AQAB", "signed", changed), "changed");
    ok(!valid(arena, modulus, "Aw", "signed", signature), "another exponent");
    ok(!valid(arena, modulus, "", "signed", signature), "none");
    ok(!valid(arena, "AQAB", "AQAB", "signed", "AQAB"), "a tiny key");
    ok(!valid(arena, "", "AQAB", "signed", ""), "no key");
}


static void test_read(shop_arena_t *arena)
{
    static const struct {
        const char *token;
        bool good;
    } cases[] = {
        {"e30.e30.AA", true},
        {"e30.e30.", false},
        {"e30.e30", false},
        {"e30.e30.AA.AA", false},
        {"e30.e30.AA.", false},
        {".e30.AA", false},
        {"", false},
        {"...", false},
        {"W10.e30.AA", false},
        {"e30.W10.AA", false},
        {"e30.e30.A+", false},
        {"e30=.e30.AA", false},
        {"eyJhIjoxLCJhIjoyfQ.e30.AA", false}, /* a member twice */
    };
    shop_jwt_t jwt;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_status_t status = shop_jwt_read(arena, shop_str(cases[i].token), &jwt);

        ok((status == SHOP_OK) == cases[i].good, "\"%s\"", cases[i].token);
        if (status == SHOP_OK) {
            is_int(jwt.signed_part.len, 7, "what was signed");
            shop_jwt_free(&jwt);
        }
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);

    test_rs256(shop_heap_arena(heap));
    test_read(shop_heap_arena(heap));
    shop_heap_destroy(heap);

    return done_testing();
}
