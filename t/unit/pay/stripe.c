/*
 * Stripe: the sentences of nginx -t, what the API is asked, what its replies mean, amounts.
 */

#include "pay/stripe.h"
#include "pay_unit.h"

#define KEYS "secret_key_file=sk_test_abc", "webhook_secret_file=whsec_of_the_endpoint"
#define SESSION                                                                                    \
    "{\"id\":\"cs_test_1\",\"livemode\":false,\"status\":\"%s\",\"payment_status\":\"%s\","        \
    "\"amount_total\":4990,\"currency\":\"eur\",\"client_reference_id\":\"ABC\","                  \
    "\"metadata\":{\"attempt\":\"42\"},\"url\":\"https://checkout.stripe.com/c/pay/1\","           \
    "\"payment_intent\":{\"id\":\"pi_1\",\"status\":\"%s\"}}"


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    static const char *const lines[] = {KEYS, "payment_methods=card sepa_debit", NULL};

    return unit_made(arena, "stripe", "test", lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {"secret_key_file=pk_test_abc", "webhook_secret_file=whsec_of_the_endpoint"},
         "the file of \"secret_key_file\" is not right: it must hold the secret or restricted key, "
         "sk_… or rk_…"},
        {"test",
         {"secret_key_file=sk_test_abc", "webhook_secret_file=sk_test_abc"},
         "the file of \"webhook_secret_file\" is not right: it must hold the signing secret of the "
         "endpoint, whsec_…"},
        {"live",
         {KEYS},
         "the file of \"secret_key_file\" holds a test key: take the live one, or write \"mode "
         "test\""},
        {"test",
         {"secret_key_file=rk_live_abc", "webhook_secret_file=whsec_of_the_endpoint"},
         "the file of \"secret_key_file\" holds a live key: take the test one, or write \"mode "
         "live\""},
        {"live",
         {"secret_key_file=sk_live_abc", "webhook_secret_file=whsec_test_secret"},
         "the file of \"webhook_secret_file\" holds a secret for tests: take the one of the live "
         "endpoint"},
        {"live",
         {"secret_key_file=sk_live_abc", "webhook_secret_file=whsec_of_the_endpoint",
          "api_url=http://api.stripe.com"},
         "\"api_url\" is not encrypted: write an https address, or write \"mode test\""},
        {"test",
         {KEYS, "payment_methods=Card"},
         "\"payment_methods Card\" is not right: write methods such as card"},
    };

    unit_refused(arena, "stripe", cases, sizeof(cases) / sizeof(cases[0]));
}


static bool holds(shop_str_t text, const char *part)
{
    size_t len = strlen(part);

    for (size_t i = 0; i + len <= text.len; i++) {
        if (memcmp(text.data + i, part, len) == 0) {
            return true;
        }
    }

    return false;
}


static shop_status_t ask_open(shop_arena_t *arena, shop_pay_attempt_t *attempt,
                              shop_pay_call_t *call)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_talk_t talk = {.purpose = SHOP_PAY_OPEN, .attempt = attempt};

    attempt->page_until = UNIT_NOW + 3600;
    return config->interface->ask(arena, config, &talk, call);
}


static void check_open(shop_arena_t *arena)
{
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_call_t call, again;

    is_int(ask_open(arena, &attempt, &call), SHOP_OK, "a session");
    is_str(call.url, "https://api.stripe.com/v1/checkout/sessions", "address");
    is_str(call.headers[0].value, "open-20261123-000042-1795423654", "idempotency key");
    is_str(call.headers[1].value, "Bearer sk_test_abc", "credentials");
    ok(holds(call.body, "&line_items%5B0%5D%5Bprice_data%5D%5Bcurrency%5D=eur"), "currency");
    ok(holds(call.body, "&line_items%5B0%5D%5Bprice_data%5D%5Bunit_amount%5D=4990"), "amount");
    ok(holds(call.body, "%3Ft%3Dabc%26cs%3D%7BCHECKOUT_SESSION_ID%7D&"), "return address");
    ok(holds(call.body, "&metadata%5Battempt%5D=42&"), "the try");
    ok(holds(call.body, "&locale=fr&"), "language");
    ok(holds(call.body, "&payment_method_types%5B1%5D=sepa_debit"), "methods");

    attempt.now += 20;
    is_int(ask_open(arena, &attempt, &again), SHOP_OK, "a repetition");
    ok(shop_str_eq(call.body, again.body), "is the same text");

    attempt.currency = SHOP_STR("TND");
    attempt.amount_minor = 12345;
    is_int(ask_open(arena, &attempt, &call), SHOP_REFUSED, "an amount that cannot be said");
    attempt.amount_minor = 0;
    is_int(ask_open(arena, &attempt, &call), SHOP_REFUSED, "nothing to pay");
}


static shop_status_t hear(shop_arena_t *arena, shop_pay_talk_t *talk, unsigned status,
                          const char *body, shop_pay_heard_t *heard)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_reply_t reply = {status, shop_str(body)};

    return config->interface->hear(arena, config, talk, &reply, heard);
}


static const char *session(shop_arena_t *arena, const char *status, const char *paid,
                           const char *intent)
{
    shop_str_t text;

    if (shop_arena_printf(arena, &text, SESSION, status, paid, intent) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return (const char *) text.data;
}


static void check_opened(shop_arena_t *arena)
{
    static const char *const strange[] = {
        "https://checkout.stripe.com.evil.org/c",
        "https://checkout.stripe.com@evil.org/c",
        "https://checkout.stripe.com#@evil.org",
        "http://checkout.stripe.com/c",
        "https://checkout.stripe.com\\@evil.org",
        "https://checkout.stripe.com/\r\nA: b",
        "",
    };
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_OPEN};
    shop_pay_heard_t heard;

    is_int(hear(arena, &talk, 200, session(arena, "open", "unpaid", "x"), &heard), SHOP_OK,
           "opened");
    is_str(heard.opened.provider_ref, "cs_test_1", "session");
    is_str(heard.opened.url, "https://checkout.stripe.com/c/pay/1", "page");
    is_int(hear(arena, &talk, 200, "{\"id\":\"cs_live_1\",\"livemode\":true}", &heard),
           SHOP_MALFORMED, "a live session in mode test");
    is_int(hear(arena, &talk, 400, "{\"error\":{\"code\":\"amount_too_small\"}}", &heard),
           SHOP_MALFORMED, "refused");
    is_str(heard.code, "amount_too_small", "with its word");
    is_int(hear(arena, &talk, 401, "{}", &heard), SHOP_REFUSED, "credentials");
    is_int(hear(arena, &talk, 503, "<html>", &heard), SHOP_MALFORMED, "trouble there");
    ok(shop_pay_is_page(usual(arena), SHOP_STR("https://checkout.stripe.com/c")), "its page");
    ok(shop_pay_is_page(usual(arena), SHOP_STR("https://checkout.stripe.com/c/pay/cs_1#fid%2F")),
       "with a fragment");
    for (size_t i = 0; i < sizeof(strange) / sizeof(strange[0]); i++) {
        ok(!shop_pay_is_page(usual(arena), shop_str(strange[i])), "not another page");
    }
}


static void check_session(shop_arena_t *arena)
{
    static const struct {
        const char *status, *paid, *intent;
        size_t count;
        shop_pay_state_t state;
    } cases[] = {
        {"open", "unpaid", "x", 0, SHOP_PAY_STATE_UNKNOWN},
        {"complete", "paid", "succeeded", 1, SHOP_PAY_STATE_PAID},
        {"complete", "unpaid", "processing", 1, SHOP_PAY_STATE_PENDING},
        {"complete", "unpaid", "requires_payment_method", 1, SHOP_PAY_STATE_REFUSED},
        {"complete", "no_payment_required", "x", 1, SHOP_PAY_STATE_UNKNOWN},
        {"expired", "unpaid", "x", 1, SHOP_PAY_STATE_CANCELLED},
    };
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_ASK, .asked.provider_ref = SHOP_STR("cs_test_1")};
    shop_pay_heard_t heard;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(hear(arena, &talk, 200,
                    session(arena, cases[i].status, cases[i].paid, cases[i].intent), &heard),
               SHOP_OK, cases[i].status);
        is_int((long long) heard.events.count, (long long) cases[i].count, "events");
        if (heard.events.count > 0) {
            is_int(heard.events.list[0].state, cases[i].state, "state");
        }
    }
    is_int(heard.events.list[0].amount_minor, 4990, "amount");
    is_int(heard.events.list[0].attempt, 42, "try");
    is_str(heard.events.list[0].key, "poll:stripe:cs_test_1:cancelled:expired", "key");

    talk.asked.provider_ref = SHOP_STR("cs_test_2");
    is_int(hear(arena, &talk, 200, session(arena, "complete", "paid", "x"), &heard), SHOP_MALFORMED,
           "another session");
    talk.purpose = SHOP_PAY_CLOSE;
    is_int(hear(arena, &talk, 400, "{\"error\":{}}", &heard), SHOP_OK, "closed already");
    ok(heard.again, "is looked at");
    talk.step = 1;
    is_int(hear(arena, &talk, 404, "{\"error\":{}}", &heard), SHOP_MALFORMED, "once");
}


static void check_refund(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_REFUND,
                            .asked.provider_txn = SHOP_STR("pi_1"),
                            .asked.transid = SHOP_STR("ABC"),
                            .refund = {.key = SHOP_STR("refund-7"),
                                       .amount_minor = 1000,
                                       .paid_minor = 4990,
                                       .currency = SHOP_STR("EUR")}};
    shop_pay_heard_t heard;
    shop_pay_call_t call;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "a refund");
    is_str(call.url, "https://api.stripe.com/v1/refunds", "address");
    is_str(call.headers[0].value, "refund-7", "idempotency key");
    is_str(call.body,
           "payment_intent=pi_1&amount=1000&metadata%5Btransid%5D=ABC&expand%5B0%5D=charge",
           "body");

    is_int(hear(arena, &talk, 200,
                "{\"id\":\"re_1\",\"status\":\"succeeded\",\"payment_intent\":\"pi_1\","
                "\"charge\":{\"amount_refunded\":2500}}",
                &heard),
           SHOP_OK, "done");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUNDED, "given back");
    is_str(heard.refunded.id, "re_1", "number");
    is_str(heard.refunded.provider_txn, "pi_1:2500", "as its event will say");
    is_int(hear(arena, &talk, 200, "{\"id\":\"re_1\",\"status\":\"pending\"}", &heard), SHOP_OK,
           "promised");
    is_int(heard.refunded.state, SHOP_PAY_STATE_PENDING, "not yet");
    is_int(hear(arena, &talk, 400, "{\"error\":{\"code\":\"charge_already_refunded\"}}", &heard),
           SHOP_OK, "not possible");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUSED, "is an outcome");
    is_str(heard.refunded.reason, "charge_already_refunded", "with its reason");
    is_int(hear(arena, &talk, 429, "{\"error\":{}}", &heard), SHOP_MALFORMED, "another time");

    talk.asked.provider_txn = SHOP_STR("");
    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_NOT_FOUND, "nothing paid");
}


static void check_amounts(shop_arena_t *arena)
{
    static const struct {
        long long stripe;
        const char *currency;
        bool read;
        long long minor;
    } cases[] = {
        {4990, "eur", true, 4990},  {1500, "jpy", true, 1500}, {50000, "ugx", true, 500},
        {50050, "ugx", false, 500}, {500, "mga", true, 50000}, {12340, "tnd", true, 12340},
        {4990, "xyz", false, 0},    {-1, "eur", false, 0},     {4990, "euro", false, 0},
    };

    (void) arena;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_event_t event = {0};
        json_t *amount = json_integer(cases[i].stripe);

        shop_stripe_amount(amount, shop_str(cases[i].currency), &event);
        is_int(event.has_amount, cases[i].read, cases[i].currency);
        if (cases[i].read) {
            is_int(event.amount_minor, cases[i].minor, "minor units");
        }
        json_decref(amount);
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_open(arena);
    check_opened(arena);
    check_session(arena);
    check_refund(arena);
    check_amounts(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
