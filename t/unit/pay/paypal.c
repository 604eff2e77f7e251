/*
 * PayPal: the sentences of nginx -t, the button, the conversations of the API, certificates that
 * nobody trusts.
 */

#include "pay/paypal.h"
#include "pay_unit.h"

#define REST                                                                                       \
    "client_id=client", "client_secret_file=secret", "webhook_id=4JH86294D6297924G",               \
        "merchant_id=ABCDEFGHJKLMN"


static shop_pay_config_t *usual(shop_arena_t *arena, const char *const *lines)
{
    return unit_made(arena, "paypal", "live", lines);
}


static shop_pay_config_t *rest(shop_arena_t *arena)
{
    static const char *const lines[] = {REST, NULL};

    return usual(arena, lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {"client_id=client"},
         "\"client_secret_file\" is missing: \"dialect rest\" needs it"},
        {"test", {"dialect=classic"}, "\"dialect classic\" is not right: write rest or standard"},
        {"test", {"dialect=standard"}, "\"business\" is missing: \"dialect standard\" needs it"},
        {"test",
         {"dialect=standard", "business=seller@example.org"},
         "nothing says whose money it is: add \"receiver_id <the seller's number>;\" or "
         "\"receiver_email <address>;\""},
        {"live",
         {REST, "api_url=https://api-m.sandbox.paypal.com"},
         "\"api_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {REST, "page_url=http://www.paypal.com"},
         "\"page_url\" is not encrypted: write an https address, or write \"mode test\""},
    };

    unit_refused(arena, "paypal", cases, sizeof(cases) / sizeof(cases[0]));
}


static void check_button(shop_arena_t *arena)
{
    static const char *const lines[] = {"dialect=standard", "business=ABCDEFGHJKLMN",
                                        "receiver_id=ABCDEFGHJKLMN", NULL};
    const shop_pay_config_t *config = usual(arena, lines);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "a button");
    is_str(page.url, "https://www.paypal.com/cgi-bin/webscr", "where to");
    is_str(unit_field(&page, "amount"), "49.90", "amount");
    is_str(unit_field(&page, "lc"), "fr_FR", "language");
    is_str(unit_field(&page, "invoice"), "ABCDEFGHIJKLMNOPQRSTUVWXYZ2345", "order");
    is_str(unit_field(&page, "custom"), "20261123-000042", "try");
    is_str(unit_field(&page, "item_name"), "MOOC certificats O-20261123-41", "what it is");
    ok(!shop_pay_talks(config, SHOP_PAY_ASK), "nobody to ask");
    is_int(shop_pay_answer(config, SHOP_PAY_UNAUTHENTIC).status, 200, "no message is repeated");

    attempt.currency = SHOP_STR("TND");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED, "no dinar");
    attempt.currency = SHOP_STR("HUF");
    attempt.amount_minor = 4990;
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED, "no fillér");
}


static void check_open(shop_arena_t *arena)
{
    const shop_pay_config_t *config = rest(arena);
    const shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_talk_t talk = {
        .purpose = SHOP_PAY_OPEN, .attempt = &attempt, .access = SHOP_STR("token")};
    const shop_pay_reply_t reply = {
        201, SHOP_STR("{\"id\": \"5O190127TN364715T\", \"links\": [{\"rel\": \"self\", \"href\": "
                      "\"x\"}, {\"rel\": \"payer-action\", \"href\": "
                      "\"https://www.paypal.com/checkoutnow?token=5O190127TN364715T\"}]}")};
    shop_pay_heard_t heard = {0};
    shop_pay_call_t call;
    json_t *sent;

    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_OK, "an order is made");
    is_str(call.url, "https://api-m.paypal.com/v2/checkout/orders", "where");
    is_str(call.headers[0].value, "Bearer token", "token");
    is_int(shop_json_parse(call.body, 65536, &sent), SHOP_OK, "JSON");
    const json_t *unit = json_array_get(json_object_get(sent, "purchase_units"), 0);
    is_str(shop_json_text(json_object_get(unit, "amount"), "value"), "49.90", "amount");
    is_str(shop_json_text(unit, "invoice_id"), "20261123-000042", "try");
    json_decref(sent);

    is_int(shop_paypal_hear(arena, config, &talk, &reply, &heard), SHOP_OK, "its page");
    is_str(heard.opened.provider_ref, "5O190127TN364715T", "its number");
    ok(shop_pay_is_page(config, heard.opened.url), "at PayPal");
}


#define UNIT_OF(status, capture)                                                                   \
    "{\"id\": \"5O1\", \"status\": \"" status "\", \"purchase_units\": [{\"custom_id\": \"ABC\", " \
    "\"amount\": {\"currency_code\": \"EUR\", \"value\": \"49.90\"}, \"payee\": "                  \
    "{\"merchant_id\": \"ABCDEFGHJKLMN\"}" capture "}]}"
#define CAPTURE(status)                                                                            \
    ", \"payments\": {\"captures\": [{\"id\": \"3C6\", \"status\": \"" status                      \
    "\", \"amount\": {\"currency_code\": \"EUR\", \"value\": \"49.90\"}}]}"

static void check_order(shop_arena_t *arena)
{
    static const struct {
        unsigned status;
        const char *body;
        const char *memo;
        shop_status_t outcome;
        bool again;
        size_t events;
        shop_pay_state_t state;
    } cases[] = {
        {200, UNIT_OF("PAYER_ACTION_REQUIRED", ""), "", SHOP_OK, false, 0, 0},
        {200, UNIT_OF("APPROVED", ""), "", SHOP_OK, true, 0, 0},
        {201, UNIT_OF("APPROVED", ""), "capture", SHOP_OK, false, 0, 0},
        {201, UNIT_OF("COMPLETED", CAPTURE("COMPLETED")), "capture", SHOP_OK, false, 1,
         SHOP_PAY_STATE_PAID},
        {200, UNIT_OF("COMPLETED", CAPTURE("PENDING")), "", SHOP_OK, false, 1,
         SHOP_PAY_STATE_PENDING},
        {200, UNIT_OF("COMPLETED", CAPTURE("DECLINED")), "", SHOP_OK, false, 1,
         SHOP_PAY_STATE_REFUSED},
        {200, UNIT_OF("COMPLETED", CAPTURE("REFUNDED")), "", SHOP_OK, false, 1,
         SHOP_PAY_STATE_PAID},
        {200, UNIT_OF("COMPLETED", CAPTURE("DREAMT")), "", SHOP_OK, false, 1,
         SHOP_PAY_STATE_UNKNOWN},
        {200, UNIT_OF("VOIDED", ""), "", SHOP_OK, false, 1, SHOP_PAY_STATE_CANCELLED},
        {404, "{}", "", SHOP_OK, false, 0, 0},
        {422, "{\"details\": [{\"issue\": \"ORDER_ALREADY_CAPTURED\"}]}", "capture", SHOP_OK, true,
         0, 0},
        {422, "{\"details\": [{\"issue\": \"INSTRUMENT_DECLINED\"}]}", "capture", SHOP_OK, false, 0,
         0},
        {422, "{}", "capture", SHOP_MALFORMED, false, 0, 0},
        {200, "{\"id\": \"another\"}", "", SHOP_MALFORMED, false, 0, 0},
        {401, "{}", "", SHOP_REFUSED, false, 0, 0},
        {500, "<html>", "", SHOP_MALFORMED, false, 0, 0},
    };
    const shop_pay_config_t *config = rest(arena);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const shop_pay_reply_t reply = {cases[i].status, shop_str(cases[i].body)};
        shop_pay_talk_t talk = {
            .purpose = SHOP_PAY_ASK,
            .asked = {.transid = SHOP_STR("ABC"), .provider_ref = SHOP_STR("5O1")},
            .memo = shop_str(cases[i].memo)};
        shop_pay_heard_t heard = {0};

        is_int(shop_paypal_hear(arena, config, &talk, &reply, &heard), cases[i].outcome,
               cases[i].body);
        ok(heard.again == cases[i].again, "another call, or none");
        is_int((long long) heard.events.count, (long long) cases[i].events, "events");
        if (heard.events.count == 1) {
            is_int(heard.events.list->state, cases[i].state, "state");
            is_int(heard.events.list->amount_minor, 4990, "amount");
        }
    }
}


static void check_questions(shop_arena_t *arena)
{
    const shop_pay_config_t *config = rest(arena);
    shop_pay_talk_t talk = {
        .purpose = SHOP_PAY_ASK,
        .asked = {.transid = SHOP_STR("ABC"), .provider_ref = SHOP_STR("ABCA1")},
        .refund = {SHOP_STR("key"), 1000, 4990, SHOP_STR("EUR")},
    };
    shop_pay_heard_t heard = {0};
    shop_pay_call_t call;
    const shop_pay_reply_t done = {201, SHOP_STR("{\"id\": \"1JU\", \"status\": \"COMPLETED\"}")};
    const shop_pay_reply_t refused = {
        422, SHOP_STR("{\"details\": [{\"issue\": \"CAPTURE_FULLY_REFUNDED\"}]}")};

    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_NOT_FOUND, "no page was opened");
    talk.asked.provider_ref = SHOP_STR("5O1");
    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_OK, "asked");
    is_str(shop_str(call.method), "GET", "nothing is changed");
    talk.memo = SHOP_STR("capture");
    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_OK, "captured");
    is_str(call.url, "https://api-m.paypal.com/v2/checkout/orders/5O1/capture", "where");
    is_str(call.headers[2].value, "5O1-capture", "once");

    talk.purpose = SHOP_PAY_REFUND;
    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_NOT_FOUND, "nothing to refund");
    talk.asked.provider_txn = SHOP_STR("3C6");
    is_int(shop_paypal_ask(arena, config, &talk, &call), SHOP_OK, "refunded");
    is_str(call.body, "{\"amount\":{\"currency_code\":\"EUR\",\"value\":\"10.00\"}}", "a part");
    is_str(call.headers[2].value, "key", "once");
    is_int(shop_paypal_hear(arena, config, &talk, &done, &heard), SHOP_OK, "done");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUNDED, "state");
    is_str(heard.refunded.provider_txn, "1JU", "as the webhook will call it");
    is_int(shop_paypal_hear(arena, config, &talk, &refused, &heard), SHOP_OK, "refused");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUSED, "state");
    is_str(heard.refunded.reason, "CAPTURE_FULLY_REFUNDED", "why");
}


static void check_certificates(shop_arena_t *arena)
{
    shop_x509_t certificate;

    is_int(shop_x509_read(arena, SHOP_STR("<html>"), SHOP_STR_NULL, UNIT_NOW, &certificate),
           SHOP_MALFORMED, "no certificate");
    is_int(shop_x509_read(
               arena, SHOP_STR("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
               SHOP_STR_NULL, UNIT_NOW, &certificate),
           SHOP_MALFORMED, "none inside");
    is_int(shop_rsa_sha256_verify(SHOP_STR("no key"), SHOP_STR("a"), SHOP_STR("b")), SHOP_REFUSED,
           "no key");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_button(arena);
    check_open(arena);
    check_order(arena);
    check_questions(arena);
    check_certificates(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
