/*
 * Fuzz target: notifications of systempay.
 *
 * Two properties. A body that was not signed with our key is never handed to the database. And a
 * genuine message that is cut anew at its plus signs, under any names, never pays another amount;
 * one without a readable amount equals no attempt's, which the database refuses (mismatch).
 */

#include "fuzz_pay.h"
#include "pay/vads.h"

#define PASSWORD "testpasswordOfTheFuzzer"
#define PARTS_MAX 200
#define GENUINE_AMOUNT 100


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    const shop_pay_setting_t settings[] = {
        {SHOP_STR("site_id"), SHOP_STR("12345678")},
        {SHOP_STR("key_file"), SHOP_STR("Zk31TheKeyThatNobodyKnows9")},
        {SHOP_STR("ipn_networks"), SHOP_STR("any")},
        {SHOP_STR("rest_password_file"), SHOP_STR(PASSWORD)},
    };

    return configure(arena, "systempay", settings, sizeof(settings) / sizeof(settings[0]));
}


static void receive(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t body,
                    shop_pay_result_t *result)
{
    const shop_pay_request_t request = {
        .content_type = SHOP_STR("application/x-www-form-urlencoded"),
        .body = body,
        .now = 1795420054,
    };

    must(shop_pay_receive(arena, config, &request, result) == SHOP_OK);
}


static void check_unsigned(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t body)
{
    shop_pay_result_t result;

    receive(arena, config, body, &result);
    must(!result.store);
}


/* A genuine payment of 1.00 whose e-mail is chosen by the attacker; the text that is signed. */
static shop_str_t genuine(shop_arena_t *arena, const shop_vads_t *vads, shop_str_t email,
                          shop_str_t *signature)
{
    const shop_pair_t pairs[] = {
        {SHOP_STR("vads_action_mode"), SHOP_STR("INTERACTIVE")},
        {SHOP_STR("vads_amount"), SHOP_STR("100")},
        {SHOP_STR("vads_auth_mode"), SHOP_STR("FULL")},
        {SHOP_STR("vads_auth_number"), SHOP_STR("123456")},
        {SHOP_STR("vads_ctx_mode"), SHOP_STR("TEST")},
        {SHOP_STR("vads_currency"), SHOP_STR("978")},
        {SHOP_STR("vads_cust_email"), email},
        {SHOP_STR("vads_operation_type"), SHOP_STR("DEBIT")},
        {SHOP_STR("vads_order_id"), SHOP_STR("ORDERABCDEF")},
        {SHOP_STR("vads_site_id"), SHOP_STR("12345678")},
        {SHOP_STR("vads_trans_status"), SHOP_STR("AUTHORISED")},
        {SHOP_STR("vads_trans_uuid"), SHOP_STR("5b158f084502428499b2d34ad074df05")},
    };
    const size_t count = sizeof(pairs) / sizeof(pairs[0]);
    shop_buf_t text;

    must(shop_vads_sign(arena, vads->algorithm, vads->key, pairs, count, signature) == SHOP_OK);

    shop_buf_init(&text, arena, 0);
    for (size_t i = 0; i < count; i++) {
        shop_buf_add(&text, i > 0 ? SHOP_STR("+") : SHOP_STR_NULL);
        shop_buf_add(&text, pairs[i].value);
    }

    return shop_buf_str(&text);
}


/* The parts of the signed text under names that the input picks, always in byte order. */
static shop_str_t cut_anew(shop_arena_t *arena, shop_str_t text, shop_str_t signature,
                           const uint8_t *picks, size_t pick_count)
{
    static const char *const names[] = {
        "vads_aa",          "vads_ab",         "vads_acquirer_network", "vads_acquirer_x",
        "vads_action_mode", "vads_amount",     "vads_auth_mode",        "vads_auth_number",
        "vads_card_brand",  "vads_ctx_mode",   "vads_currency",         "vads_cust_a",
        "vads_cust_b",      "vads_cust_c",     "vads_cust_email",       "vads_operation_type",
        "vads_order_id",    "vads_order_info", "vads_payment_a",        "vads_payment_b",
        "vads_site_id",     "vads_threeds_a",  "vads_threeds_b",        "vads_trans_status",
        "vads_trans_uuid",  "vads_url_a",      "vads_wallet",
    };
    const size_t last = sizeof(names) / sizeof(names[0]) - 1;
    shop_buf_t body;
    shop_str_t part;
    size_t name = 0;
    bool open = false;

    shop_buf_init(&body, arena, 0);
    for (size_t i = 0; i < PARTS_MAX && shop_str_split(&text, '+', &part); i++) {
        unsigned step = i < pick_count ? picks[i] % 8 : 1;

        name += step;
        if (open && (step == 0 || name > last)) {
            shop_buf_add(&body, SHOP_STR("%2B"));
        } else {
            shop_buf_add(&body, open ? SHOP_STR("&") : SHOP_STR_NULL);
            shop_buf_add(&body, shop_str(names[name <= last ? name : last]));
            shop_buf_add(&body, SHOP_STR("="));
        }
        shop_buf_add_percent(&body, part);
        open = true;
    }
    shop_buf_add(&body, SHOP_STR("&signature="));
    shop_buf_add_percent(&body, signature);

    return shop_buf_str(&body);
}


static void check_cut(shop_arena_t *arena, const shop_pay_config_t *config, const uint8_t *data,
                      size_t size)
{
    const size_t pick_count = size < 40 ? size / 2 : 20;
    shop_str_t email = {size - pick_count, (unsigned char *) data + pick_count};
    shop_str_t signature;
    shop_pay_result_t result;

    shop_str_t text = genuine(arena, config->data, email, &signature);
    receive(arena, config, cut_anew(arena, text, signature, data, pick_count), &result);

    bool paid = result.verdict == SHOP_PAY_DECIDE && result.event.state == SHOP_PAY_STATE_PAID;
    must(!paid || !result.event.has_amount || result.event.amount_minor == GENUINE_AMOUNT);
}


/* Whatever the platform signs as its JSON text is refused for its form, or kept. */
static void check_told(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t text)
{
    unsigned char mac[SHOP_SHA256_SIZE];
    shop_pay_result_t result;
    shop_buf_t body;
    shop_str_t hex;

    must(shop_hmac_sha256(SHOP_STR(PASSWORD), text, mac) == SHOP_OK);
    must(shop_hex_encode(arena, (shop_str_t){sizeof(mac), mac}, &hex) == SHOP_OK);
    shop_buf_init(&body, arena, 0);
    shop_buf_add(&body, SHOP_STR("kr-hash-key=password&kr-hash-algorithm=sha256_hmac&kr-hash="));
    shop_buf_add(&body, hex);
    shop_buf_add(&body, SHOP_STR("&kr-answer="));
    shop_buf_add_percent(&body, text);

    receive(arena, config, shop_buf_str(&body), &result);
    must(result.store || result.verdict == SHOP_PAY_MALFORMED);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    const shop_pay_config_t *config = usual(arena);

    check_unsigned(arena, config, (shop_str_t){size, (unsigned char *) data});
    check_cut(arena, config, data, size);
    check_told(arena, config, (shop_str_t){size, (unsigned char *) data});
    shop_heap_destroy(heap);

    return 0;
}
