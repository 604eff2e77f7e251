/*
 * Mercanet and Sogenactif: the sentences of nginx -t, the sealed form, what a response means, what
 * the Office service answers.
 */

#include "pay/sips.h"
#include "pay_unit.h"

#define KEY "002001000000001_KEY1"


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    static const char *const lines[] = {"merchant_id=002001000000001", "key_file=" KEY,
                                        "office_url=https://office.example.org/", NULL};

    return unit_made(arena, "mercanet", "test", lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {"merchant_id=1", "key_file=" KEY},
         "\"merchant_id 1\" is not right: write 15 digits"},
        {"test",
         {"merchant_id=002001000000001"},
         "\"key_file\" is missing: add \"key_file <the secret key of this mode>;\""},
        {"live",
         {"merchant_id=002001000000001", "key_file=secret"},
         "\"merchant_id 002001000000001\" is the public simulation account: write your own, or "
         "write "
         "\"mode test\""},
        {"live",
         {"merchant_id=211000021310001", "key_file=" KEY},
         "\"key_file\" holds the key of the public simulation account: put the production key "
         "there, or write \"mode test\""},
        {"live",
         {"merchant_id=211000021310001", "key_file=secret",
          "pay_url=https://payment-webinit.simu.sogenactif.com"},
         "\"pay_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {"merchant_id=211000021310001", "key_file=secret",
          "office_url=https://office-server-mercanet.test.sips-services.com"},
         "\"office_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {"merchant_id=211000021310001", "key_file=secret", "pay_url=http://bank.example.org"},
         "\"pay_url\" is not encrypted: write an https address, or write \"mode test\""},
        {"test",
         {"merchant_id=002001000000001", "key_file=" KEY, "other_key_file=old"},
         "\"other_key_file\" and \"other_key_version\" need each other: write both or none"},
        {"test",
         {"merchant_id=002001000000001", "key_file=" KEY, "other_key_file=old",
          "other_key_version=1"},
         "\"other_key_version\" is the number of the key in \"key_file\": write that of the other "
         "key"},
        {"live",
         {"merchant_id=211000021310001", "key_file=secret", "other_key_file=" KEY,
          "other_key_version=2"},
         "\"other_key_file\" holds the key of the public simulation account: put the production "
         "key "
         "there, or write \"mode test\""},
        {"test",
         {"merchant_id=002001000000001", "key_file=" KEY, "brand=custom"},
         "\"brand custom\" needs the bank's address: add \"pay_url <address>;\""},
        {"test",
         {"merchant_id=002001000000001", "key_file=" KEY, "capture_mode=NEVER"},
         "\"capture_mode NEVER\" is not right: write AUTHOR_CAPTURE, VALIDATION or IMMEDIATE"},
        {"test",
         {"merchant_id=002001000000001", "key_file=" KEY, "payment_brands=CB,"},
         "\"payment_brands CB,\" is not right: write brands such as CB,VISA,MASTERCARD"},
    };

    unit_refused(arena, "mercanet", cases, sizeof(cases) / sizeof(cases[0]));
}


static void check_addresses(shop_arena_t *arena)
{
    static const char *const lines[] = {"merchant_id=211000021310001", "key_file=secret",
                                        "brand=sogenactif", NULL};

    is_str(unit_made(arena, "mercanet", "live", lines)->form_origin,
           "https://payment-webinit.sogenactif.com", "the brand's page");
    is_str(usual(arena)->form_origin, "https://payment-webinit.simu.mercanet.bnpparibas.net",
           "the page of the simulation");
    is_str(usual(arena)->api_url, "https://office.example.org/", "who can be asked");
    is_int((long long) unit_made(arena, "mercanet", "live", lines)->api_url.len, 0,
           "nobody to ask");
}


static shop_pay_attempt_t attempt_of(void)
{
    shop_pay_attempt_t attempt = unit_attempt();

    attempt.provider_ref = SHOP_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ2345A1");
    attempt.return_url = SHOP_STR("https://shop.example.org/shop/pay/card/return/abc");
    attempt.notify_url = SHOP_STR("https://shop.example.org/shop/pay/card/notify");

    return attempt;
}


/* A value inside Data. */
static shop_str_t inside(shop_arena_t *arena, const shop_pay_page_t *page, const char *name)
{
    shop_str_t encode = unit_field(page, "Encode");
    shop_form_t fields;

    if (shop_str_eq(encode, SHOP_STR("(absent)"))) {
        encode = SHOP_STR_NULL;
    }
    if (shop_sips_split(arena, encode, unit_field(page, "Data"), &fields) != SHOP_OK) {
        return SHOP_STR("(unreadable)");
    }

    const shop_str_t *value = shop_form_find(&fields, shop_str(name));
    return value != NULL ? *value : SHOP_STR("(absent)");
}


static void check_form(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_attempt_t attempt = attempt_of();
    shop_pay_page_t page;
    shop_str_t seal;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "a form");
    is_str(page.url, "https://payment-webinit.simu.mercanet.bnpparibas.net/paymentInit",
           "where to");
    is_str(unit_field(&page, "Encode"), "base64", "not ASCII: encoded");
    is_str(unit_field(&page, "SealAlgorithm"), "HMAC-SHA-256", "algorithm");
    is_str(inside(arena, &page, "amount"), "4990", "amount");
    is_str(inside(arena, &page, "currencyCode"), "978", "currency");
    is_str(inside(arena, &page, "transactionReference"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345A1", "try");
    is_str(inside(arena, &page, "customerContact.lastname"), "Lefèvre", "name");
    is_str(inside(arena, &page, "customerLanguage"), "fr", "language");
    is_str(inside(arena, &page, "returnContext"), "42", "attempt");
    is_str(inside(arena, &page, "paymentMeanBrandList"), "(absent)", "not configured");

    is_int(shop_sips_seal(arena, SHOP_SIPS_HMAC_SHA256, SHOP_STR(KEY), unit_field(&page, "Data"),
                          &seal),
           SHOP_OK, "seal again");
    ok(shop_str_eq(unit_field(&page, "Seal"), seal), "the seal covers Data as it is sent");

    attempt.customer.last_name = SHOP_STR("X|amount=1");
    attempt.language = SHOP_STR("xx");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "a hostile name");
    is_str(unit_field(&page, "Encode"), "(absent)", "ASCII: as it is");
    is_str(inside(arena, &page, "customerContact.lastname"), "Xamount=1", "no pair of its own");
    is_str(inside(arena, &page, "customerLanguage"), "en", "a language that is not spoken there");
}


static void check_not_payable(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_page_t page;

    for (int i = 0; i < 5; i++) {
        shop_pay_attempt_t attempt = attempt_of();

        switch (i) {
        case 0:
            attempt.amount_minor = 0;
            break;
        case 1:
            attempt.currency = SHOP_STR("ZZZ");
            break;
        case 2:
            attempt.return_url = SHOP_STR("https://shop.example.org/return?t=abc");
            break;
        case 3:
            attempt.provider_ref = SHOP_STR("A-1");
            break;
        default:
            attempt.provider_ref = SHOP_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ2345A12345");
        }
        is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED,
               "not payable this way");
    }
}


static void check_data(shop_arena_t *arena)
{
    static const struct {
        const char *encode;
        const char *data;
        shop_status_t status;
    } cases[] = {
        {"", "a=1|b=|c=null", SHOP_OK},     {"", "a=1|a=2", SHOP_MALFORMED},
        {"", "a=1||b=2", SHOP_MALFORMED},   {"", "a=1|b", SHOP_MALFORMED},
        {"", "=1", SHOP_MALFORMED},         {"", "a=\xff", SHOP_MALFORMED},
        {"base64", "YT0x", SHOP_OK},        {"base64", "YT0", SHOP_MALFORMED},
        {"base64url", "YT0xMg==", SHOP_OK}, {"base64url", "YT0xMg", SHOP_OK},
        {"rot13", "a=1", SHOP_MALFORMED},
    };
    shop_form_t fields;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(shop_sips_split(arena, shop_str(cases[i].encode), shop_str(cases[i].data), &fields),
               cases[i].status, cases[i].data);
    }
    is_int(shop_sips_split(arena, SHOP_STR_NULL, SHOP_STR("a=null"), &fields), SHOP_OK, "null");
    is_int((long long) shop_form_find(&fields, SHOP_STR("a"))->len, 0, "says nothing");
}


static shop_status_t hear(shop_arena_t *arena, unsigned status, const char *body,
                          shop_pay_events_t *events)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ORDERABC"),
                                  .asked.provider_ref = SHOP_STR("ORDERABCA1")};

    return unit_hear(arena, config, talk, status, shop_str(body), events);
}


static void check_office(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.asked.provider_ref = SHOP_STR("ORDERABCA1")};
    const shop_pay_talk_t nothing = {.asked.transid = SHOP_STR("ORDERABC")};
    shop_pay_events_t events;
    shop_pay_call_t call;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "question");
    is_str(call.url, "https://office.example.org/rs-services/v2/diagnostic/getTransactionData",
           "address");
    is_int(config->interface->ask(arena, config, &nothing, &call), SHOP_NOT_FOUND,
           "nothing to ask about");

    is_int(hear(arena, 200,
                "{\"responseCode\":\"00\",\"transactionStatus\":\"CAPTURED\","
                "\"transactionAmount\":\"4990\",\"currencyCode\":\"978\"}",
                &events),
           SHOP_OK, "an answer");
    is_int((long long) events.count, 1, "one event");
    is_int(events.list[0].state, SHOP_PAY_STATE_PAID, "paid");
    is_int(events.list[0].amount_minor, 4990, "amount");
    is_str(events.list[0].currency, "EUR", "currency");
    is_str(events.list[0].key, "poll:mercanet:ORDERABCA1:CAPTURED", "key");
    is_str(events.list[0].transid, "ORDERABC", "order");

    is_int(hear(arena, 200, "{\"responseCode\":\"25\"}", &events), SHOP_OK, "not known there");
    is_int((long long) events.count, 0, "no event");
    is_int(hear(arena, 200, "{\"responseCode\":\"34\"}", &events), SHOP_REFUSED, "wrong key");
    is_int(hear(arena, 200, "{\"responseCode\":\"99\"}", &events), SHOP_MALFORMED, "later");
    is_int(hear(arena, 200, "[]", &events), SHOP_MALFORMED, "no object");
    is_int(hear(arena, 200, "<html>", &events), SHOP_MALFORMED, "no JSON");
    is_int(hear(arena, 500, "{}", &events), SHOP_MALFORMED, "trouble there");
    is_int(hear(arena, 401, "{}", &events), SHOP_REFUSED, "credentials");

    is_int(hear(arena, 200,
                "{\"responseCode\":\"00\",\"transactionStatus\":\"DREAMT\","
                "\"merchantId\":\"211000021310001\"}",
                &events),
           SHOP_OK, "a strange answer");
    is_str(events.list[0].doubt, "transaction status not known", "is doubted");
    is_str(events.list[0].foreign, "merchant", "and not ours");
    ok(!events.list[0].has_amount, "without amount");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_addresses(arena);
    check_form(arena);
    check_not_payable(arena);
    check_data(arena);
    check_office(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
