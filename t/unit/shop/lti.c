/*
 * Launches: the signature beside one made by another implementation, and each reason to refuse one.
 */

#include "tap.h"
#include "shop/lti.h"

#include <string.h>

#define ADDRESS "https://shop.test/shop/ac/lti"
#define SECRET "se cret&1"
#define NOW 1777802400
#define SIGNATURE "Jf1HXi46M4r4RB2+ZCh7A4YqJxE="

/* Everything that may be encoded in two ways: blanks, plus, tilde, line ends, letters, quotes. */
static const char body[] =
    "lti_message_type=basic-lti-launch-request&lti_version=LTI-1p0&oauth_version=1.0"
    "&oauth_signature_method=HMAC-SHA1&oauth_consumer_key=campus&oauth_timestamp=1777802400"
    "&oauth_nonce=n1&user_id=42&lis_person_contact_email_primary=ada%40example.org"
    "&lis_person_name_full=Ada+M%C3%A9ly&custom_target=%2Fshop%2Fac%2Fp%2Fx"
    "&resource_link_title=a+%2B+b%7E%2A%21%27%28%29&text=one%0D%0Atwo&a=2&a-b=1&aB=3";

static const shop_lti_consumer_t consumers[] = {
    {SHOP_STR("elsewhere"), SHOP_STR("other")},
    {SHOP_STR("campus"), SHOP_STR(SECRET)},
};

static shop_heap_t *heap;
static shop_lti_launch_t launch;


/* The body with `from` replaced by `to` (and signed anew, when wanted), checked at `now`. */
static shop_lti_verdict_t check(const char *from, const char *to, bool sign, int64_t now)
{
    shop_arena_t *arena = shop_heap_arena(heap);
    const char *found = strstr(body, from);
    shop_form_t form, query;
    shop_str_t text, signature = SHOP_STR(SIGNATURE), encoded;

    if (found == NULL ||
        shop_arena_printf(arena, &text, "%.*s%s%s", (int) (found - body), body, to,
                          found + strlen(from)) != SHOP_OK ||
        shop_form_parse(arena, SHOP_STR("q=%2520%3D"), 4, &query) != SHOP_OK ||
        shop_form_parse(arena, text, 100, &form) != SHOP_OK ||
        (sign && shop_lti_sign(arena, &form, &query, SHOP_STR(ADDRESS), SHOP_STR(SECRET),
                               &signature) != SHOP_OK) ||
        shop_percent_encode(arena, signature, &encoded) != SHOP_OK ||
        shop_arena_printf(arena, &text, "%.*s&oauth_signature=%.*s", (int) text.len, text.data,
                          (int) encoded.len, encoded.data) != SHOP_OK ||
        shop_form_parse(arena, text, 100, &form) != SHOP_OK) {
        return SHOP_LTI_NO_MEMORY;
    }

    return shop_lti_check(arena, &form, &query, SHOP_STR(ADDRESS), consumers, 2, now, &launch);
}


static void check_refusals(void)
{
    static const struct {
        const char *from;
        const char *to;
        shop_lti_verdict_t verdict;
        bool sign;
    } cases[] = {
        {"basic-lti-launch-request", "ContentItemSelectionRequest", SHOP_LTI_MALFORMED, true},
        {"LTI-1p0", "LTI-2p0", SHOP_LTI_MALFORMED, true},
        {"oauth_version=1.0", "oauth_version=2.0", SHOP_LTI_MALFORMED, true},
        {"HMAC-SHA1", "PLAINTEXT", SHOP_LTI_MALFORMED, true},
        {"oauth_nonce=n1", "oauth_nonce=", SHOP_LTI_MALFORMED, true},
        {"&a=2", "&a=2&user_id=1", SHOP_LTI_MALFORMED, true},
        {"key=campus", "key=nowhere", SHOP_LTI_FORGED, true},
        {"key=campus", "key=elsewhere", SHOP_LTI_FORGED, true},
        {"user_id=42", "user_id=2", SHOP_LTI_FORGED, false},
        {"oauth_nonce=n1", "oauth_nonce=n2", SHOP_LTI_FORGED, false},
        {"one%0D%0Atwo", "one%0Atwo", SHOP_LTI_FORGED, false},
        {"timestamp=1777802400", "timestamp=soon", SHOP_LTI_STALE, true},
        {"timestamp=1777802400", "timestamp=1777802099", SHOP_LTI_STALE, true},
        {"timestamp=1777802400", "timestamp=1777802701", SHOP_LTI_STALE, true},
        {"timestamp=1777802400", "timestamp=1777802100", SHOP_LTI_OK, true},
        {"timestamp=1777802400", "timestamp=1777802700", SHOP_LTI_OK, true},
        {"user_id=42", "user_id=", SHOP_LTI_NOBODY, true},
        {"user_id=42", "user_id=0", SHOP_LTI_NOBODY, true},
        {"&user_id=42", "", SHOP_LTI_NOBODY, true},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(check(cases[i].from, cases[i].to, cases[i].sign, NOW), cases[i].verdict,
               cases[i].to);
    }
}


int main(void)
{
    heap = shop_heap_create(-1);

    is_int(check("&a=2", "&a=2", false, NOW), SHOP_LTI_OK, "the signature of another program");
    is_int(launch.user, 42, "who it is");
    is_str(launch.email, "ada@example.org", "his address");
    is_str(launch.fullname, "Ada Mély", "his name");
    is_str(launch.target, "/shop/ac/p/x", "where he wants to go");
    is_str(launch.nonce, "n1", "what may be seen once");
    is_str(launch.consumer->key, "campus", "who says so");

    check_refusals();

    is_int(check("ada%40example.org", "ada", true, NOW), SHOP_LTI_OK, "an address that is none");
    is_str(launch.email, "", "is not taken");
    is_int(check("&a=2", "&a=2", false, NOW + 301), SHOP_LTI_STALE, "later it is stale");

    shop_heap_destroy(heap);

    return done_testing();
}
