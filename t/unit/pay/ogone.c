/*
 * Ogone: the sentences of nginx -t, the signed form, what a feedback means, what the query answers.
 */

#include "pay/ogone.h"
#include "pay_unit.h"

#define PAIR "sha_in_file=Tr4nsit-In_Pass!2026", "sha_out_file=Ret0ur-Out_Pass!2026"


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    static const char *const lines[] = {"pspid=MOOCSHOP", PAIR, "api_user=api",
                                        "api_password_file=p&ss word", NULL};

    return unit_made(arena, "ogone", "test", lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {"pspid=MOOCSHOP", "sha_in_file=Tr4nsit-In_Pass!2026"},
         "\"sha_out_file\" is missing: add \"sha_out_file <the SHA-OUT passphrase, 16 to 32 ASCII "
         "characters>;\""},
        {"test",
         {"pspid=MOOCSHOP", "sha_in_file=short", "sha_out_file=Ret0ur-Out_Pass!2026"},
         "the file of \"sha_in_file\" is not right: it must hold the SHA-IN passphrase, 16 to 32 "
         "ASCII characters"},
        {"test",
         {"pspid=MOOCSHOP",
          "sha_in_file=s\xc3\xa9"
          "cret-not-in-ascii",
          "sha_out_file=Ret0ur-Out_Pass!2026"},
         "the file of \"sha_in_file\" is not right: it must hold the SHA-IN passphrase, 16 to 32 "
         "ASCII characters"},
        {"test",
         {"pspid=MOOCSHOP", "sha_in_file=Ret0ur-Out_Pass!2026",
          "sha_out_file=Ret0ur-Out_Pass!2026"},
         "\"sha_in_file\" and \"sha_out_file\" hold the same passphrase: choose two in the back "
         "office"},
        {"test",
         {"pspid=MOOCSHOP", PAIR, "hash=md5"},
         "\"hash md5\" is not right: write sha512, sha256 or sha1"},
        {"test",
         {"pspid=MOOCSHOP", PAIR, "api_user=api"},
         "\"api_user\" and \"api_password_file\" need each other: write both or none"},
        {"live",
         {"pspid=MOOCSHOP", PAIR,
          "page_url=https://secure.ogone.com/ncol/test/orderstandard_utf8.asp"},
         "\"page_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {"pspid=MOOCSHOP", PAIR, "query_url=https://secure.ogone.com/ncol/test/querydirect.asp"},
         "\"query_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {"pspid=MOOCSHOP", PAIR, "query_url=http://bank.example.org/query"},
         "\"query_url\" is not encrypted: write an https address, or write \"mode test\""},
    };

    unit_refused(arena, "ogone", cases, sizeof(cases) / sizeof(cases[0]));
}


static void check_form(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;
    shop_str_t signature;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "a form");
    is_str(page.url, "https://secure.ogone.com/ncol/test/orderstandard_utf8.asp", "where to");
    is_str(config->form_origin, "https://secure.ogone.com", "where a form may go");
    is_str(unit_field(&page, "AMOUNT"), "4990", "amount");
    is_str(unit_field(&page, "CURRENCY"), "EUR", "currency");
    is_str(unit_field(&page, "LANGUAGE"), "fr_FR", "language");
    is_str(unit_field(&page, "CN"), "Lefèvre", "name");
    is_str(unit_field(&page, "COM"), "O-20261123-41", "order");
    is_str(unit_field(&page, "CANCELURL"), "https://shop.example.org/shop/pay/card/cancel?t=abc",
           "cancel address");
    is_str(unit_field(&page, "PMLIST"), "(absent)", "not configured");
    is_int(shop_ogone_sign_in(arena, SHOP_OGONE_SHA512, SHOP_STR("Tr4nsit-In_Pass!2026"),
                              page.fields, page.count - 1, &signature),
           SHOP_OK, "sign again");
    ok(shop_str_eq(unit_field(&page, "SHASIGN"), signature), "the signature covers all fields");

    attempt.language = SHOP_STR("xx");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "another language");
    is_str(unit_field(&page, "LANGUAGE"), "en_US", "English");

    attempt.currency = SHOP_STR("JPY");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED, "no yen");
    attempt = unit_attempt();
    attempt.amount_minor = 0;
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED,
           "nothing to pay");
}


/* A feedback that is signed with the right passphrase. */
static shop_pay_result_t told(shop_arena_t *arena, const char *body)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_ogone_t *ogone = config->data;
    shop_pay_request_t request = {.content_type = SHOP_STR("application/x-www-form-urlencoded")};
    shop_pay_result_t result;
    shop_str_t signature;
    shop_form_t form;

    if (shop_form_parse(arena, shop_str(body), 100, &form) != SHOP_OK ||
        shop_ogone_sign_out(arena, ogone->hash, ogone->sha_out, ogone->extra, form.pairs,
                            form.count, &signature) != SHOP_OK ||
        shop_arena_printf(arena, &request.body, "%s&shasign=%.*s", body, (int) signature.len,
                          (const char *) signature.data) != SHOP_OK ||
        shop_pay_receive(arena, config, &request, &result) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return result;
}


static void check_feedback(shop_arena_t *arena)
{
    shop_pay_result_t result = told(arena, "orderid=ABC&Amount=49.9&CURRENCY=EUR&STATUS=9&PAYID=33"
                                           "&CARDNO=XXXXXXXXXXXX1111&CN=Miha%EF&EMAIL=a%40b.org");

    is_int(result.verdict, SHOP_PAY_DECIDE, "names in any case");
    is_int(result.event.amount_minor, 4990, "amount without its zero");
    is_str(result.event.key, "ogone:33:9", "key");
    is_str(result.event.provider_txn, "33", "transaction");
    is_int((long long) result.event.detail_count, 1, "nothing of the person");

    result = told(arena, "ORDERID=ABC&AMOUNT=10&CURRENCY=EUR&STATUS=8&PAYID=33&PAYIDSUB=2");
    is_str(result.event.key, "ogone:33:8:2", "key of a refund");
    is_str(result.event.provider_txn, "33/2", "a refund has a number of its own");
    is_int(result.event.state, SHOP_PAY_STATE_REFUNDED, "refund");

    result = told(arena, "ORDERID=ABC&AMOUNT=10&CURRENCY=EUR&STATUS=1&PAYID=0");
    is_str(result.event.key, "ogone:ABC:1", "key without a transaction");
    is_int((long long) result.event.provider_txn.len, 0, "no transaction");

    result = told(arena, "ORDERID=ABC&AMOUNT=10&CURRENCY=EUR&STATUS=94&PAYID=33");
    is_int(result.verdict, SHOP_PAY_QUARANTINE, "a status that two lists explain differently");

    result = told(arena, "ORDERID=ABC&AMOUNT=1e3&CURRENCY=EUR&STATUS=9&PAYID=33");
    ok(!result.event.has_amount, "an amount that is none");
    result = told(arena, "ORDERID=ABC&AMOUNT=1000&CURRENCY=JPY&STATUS=9&PAYID=33");
    ok(!result.event.has_amount, "a currency whose scale is not known");

    result = told(arena,
                  "ORDERID=ABC&AMOUNT=10&CURRENCY=EUR&STATUS=9&PAYID=33&SCO_CATEGORY=G&SCORING=7");
    is_int(result.verdict, SHOP_PAY_DECIDE, "score in the order of the alphabet");
}


static shop_status_t hear(shop_arena_t *arena, unsigned status, const char *body,
                          shop_pay_events_t *events)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ABC")};

    return unit_hear(arena, config, talk, status, shop_str(body), events);
}


static void check_query(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ABC")};
    static const char *const broken[] = {
        "",
        "<html></html>",
        "<ncresponse",
        "<ncresponse STATUS=9>",
        "<ncresponse STATUS=\"9>",
        "<ncresponse STATUS=\"9\"",
        "<ncresponse STATUS=\"0\" NCERROR=\"50001111\" PAYID=\"\">",
    };
    shop_pay_events_t events;
    shop_pay_call_t call;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "question");
    is_str(call.url, "https://secure.ogone.com/ncol/test/querydirect.asp", "address");
    is_str(call.body, "PSPID=MOOCSHOP&USERID=api&PSWD=p%26ss%20word&ORDERID=ABC", "body");

    is_int(hear(arena, 200,
                "<?xml version=\"1.0\"?>\n<ncresponse\n orderID=\"ABC\" PAYID=\"33\" STATUS=\"9\" "
                "CN=\"A &amp; B\" amount=\"49.9\" currency=\"EUR\"/>",
                &events),
           SHOP_OK, "an answer");
    is_int((long long) events.count, 1, "one event");
    is_int(events.list[0].state, SHOP_PAY_STATE_PAID, "paid");
    is_int(events.list[0].amount_minor, 4990, "amount");
    is_str(events.list[0].key, "poll:ogone:33:9", "key");
    is_int((long long) events.list[0].foreign.len, 0, "our order");

    is_int(hear(arena, 200, "<ncresponse orderID=\"X\" PAYID=\"33\" STATUS=\"9\" >", &events),
           SHOP_OK, "another order");
    is_str(events.list[0].foreign, "order", "is not ours");
    is_int(hear(arena, 200, "<ncresponse STATUS=\"0\" NCERROR=\"50001130\" PAYID=\"\">", &events),
           SHOP_OK, "not known there");
    is_int((long long) events.count, 0, "no event");

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        is_int(hear(arena, 200, broken[i], &events), SHOP_MALFORMED, "no answer");
    }
    is_int(hear(arena, 503, "", &events), SHOP_MALFORMED, "trouble there");
    is_int(hear(arena, 403, "", &events), SHOP_REFUSED, "credentials");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_form(arena);
    check_feedback(arena);
    check_query(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
