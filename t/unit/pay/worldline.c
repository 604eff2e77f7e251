/*
 * Worldline Direct: the sentences of nginx -t, what the API is asked, what its replies mean.
 */

#include "pay/worldline.h"
#include "pay_unit.h"

#define KEYS                                                                                       \
    "merchant_id=ATELIER", "api_key_id=key1", "api_secret_file=api-secret", "webhook_key_id=hook1"
#define HOOK "webhook_secret_file=hook-secret"
#define PAYMENT_THAT_IS(word)                                                                      \
    "{\"id\":\"33_0\",\"status\":\"" word "\",\"paymentOutput\":{\"amountOfMoney\":{\"amount\":"   \
    "4990,\"currencyCode\":\"EUR\"},\"references\":{\"merchantReference\":\"ABC\"}}}"
#define PAYMENT PAYMENT_THAT_IS("CAPTURED")
#define REFUNDED_PAYMENT PAYMENT_THAT_IS("REFUNDED")


static shop_pay_config_t *usual(shop_arena_t *arena)
{
    static const char *const lines[] = {KEYS, HOOK, "variant=shop.htm", NULL};

    return unit_made(arena, "worldline", "test", lines);
}


static void check_sentences(shop_arena_t *arena)
{
    static const unit_refusal_t cases[] = {
        {"test",
         {KEYS},
         "\"webhook_secret_file\" is missing: add \"webhook_secret_file <the secret of the "
         "webhooks "
         "key>;\""},
        {"test",
         {KEYS, HOOK, "webhook_other_key_id=hook2"},
         "\"webhook_other_key_id\" and \"webhook_other_secret_file\" need each other: write both "
         "or none"},
        {"live",
         {KEYS, HOOK, "api_url=https://payment.preprod.direct.worldline-solutions.com"},
         "\"api_url\" is an address for tests: write the address of production, or write \"mode "
         "test\""},
        {"live",
         {KEYS, HOOK, "api_url=http://payment.direct.worldline-solutions.com"},
         "\"api_url\" is not encrypted: write an https address, or write \"mode test\""},
    };

    unit_refused(arena, "worldline", cases, sizeof(cases) / sizeof(cases[0]));
}


static void check_open(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_OPEN, .attempt = &attempt, .now = UNIT_NOW};
    shop_pay_call_t call, again;

    attempt.customer.country = SHOP_STR("FR");
    attempt.notify_url = SHOP_STR("https://shop.example.org/notify");
    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "a checkout");
    is_str(call.url,
           "https://payment.preprod.direct.worldline-solutions.com/v2/ATELIER/hostedcheckouts",
           "address");
    is_int((long long) call.headers[0].value.len, 32, "a short idempotence key");
    is_str(call.headers[2].value, "Mon, 23 Nov 2026 07:47:34 GMT", "date");
    is_str(
        call.body,
        "{\"order\":{\"amountOfMoney\":{\"amount\":4990,\"currencyCode\":\"EUR\"},"
        "\"references\":{\"merchantReference\":\"ABCDEFGHIJKLMNOPQRSTUVWXYZ2345\"},"
        "\"customer\":{\"locale\":\"fr_FR\",\"contactDetails\":{\"emailAddress\":"
        "\"elodie@example.org\"},\"billingAddress\":{\"countryCode\":\"FR\"}}},"
        "\"hostedCheckoutSpecificInput\":{\"returnUrl\":\"https://shop.example.org/shop/pay/card/"
        "return?t=abc\",\"locale\":\"fr_FR\",\"showResultPage\":false,\"variant\":\"shop.htm\"},"
        "\"cardPaymentMethodSpecificInput\":{\"authorizationMode\":\"SALE\"},"
        "\"feedbacks\":{\"webhookUrls\":[\"https://shop.example.org/notify\"]}}",
        "body");

    talk.now += 20;
    is_int(config->interface->ask(arena, config, &talk, &again), SHOP_OK, "a repetition");
    ok(shop_str_eq(call.body, again.body), "is the same text");
    ok(shop_str_eq(call.headers[0].value, again.headers[0].value), "under the same key");
    attempt.amount_minor = 0;
    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_REFUSED, "nothing to pay");
}


static shop_status_t hear(shop_arena_t *arena, shop_pay_talk_t *talk, unsigned status,
                          const char *body, shop_pay_heard_t *heard)
{
    const shop_pay_config_t *config = usual(arena);
    const shop_pay_reply_t reply = {status, shop_str(body)};

    return config->interface->hear(arena, config, talk, &reply, heard);
}


static void check_opened(shop_arena_t *arena)
{
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_OPEN};
    shop_pay_heard_t heard;

    is_int(hear(arena, &talk, 201,
                "{\"hostedCheckoutId\":\"33\",\"RETURNMAC\":\"m\",\"redirectUrl\":\"https://p/\"}",
                &heard),
           SHOP_OK, "opened");
    is_str(heard.opened.provider_ref, "33", "checkout");
    is_str(heard.opened.secret, "m", "secret");
    is_int(hear(arena, &talk, 201, "{\"hostedCheckoutId\":\"33\"}", &heard), SHOP_MALFORMED,
           "no secret");
    is_int(hear(arena, &talk, 403, "{}", &heard), SHOP_REFUSED, "credentials");
    is_int(hear(arena, &talk, 409, "{}", &heard), SHOP_MALFORMED, "under way");
    is_int(hear(arena, &talk, 201, "[]", &heard), SHOP_MALFORMED, "no object");
}


/* Its status speaks of the last operation: the refunds are a list of their own. */
static void check_given_back(shop_arena_t *arena, shop_pay_talk_t talk)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_heard_t heard;
    shop_pay_call_t call;

    is_int(hear(arena, &talk, 200,
                "{\"status\":\"PAYMENT_CREATED\",\"createdPaymentOutput\":{"
                "\"payment\":" REFUNDED_PAYMENT "}}",
                &heard),
           SHOP_OK, "given back");
    ok(heard.again && heard.events.count == 0, "how much is asked");
    talk.step = 1;
    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "asked");
    is_str(
        call.url,
        "https://payment.preprod.direct.worldline-solutions.com/v2/ATELIER/payments/33_0/refunds",
        "where");
    is_int(hear(arena, &talk, 200,
                "{\"refunds\":[{\"id\":\"33_1\",\"status\":\"REFUNDED\",\"refundOutput\":"
                "{\"amountOfMoney\":{\"amount\":1000,\"currencyCode\":\"EUR\"}}},"
                "{\"id\":\"33_2\",\"status\":\"REFUND_REQUESTED\"}]}",
                &heard),
           SHOP_OK, "told");
    is_int((long long) heard.events.count, 2, "the payment, one refund, none that is asked for");
    is_int(heard.events.list[0].state, SHOP_PAY_STATE_PAID, "it was paid");
    is_int(heard.events.list[0].amount_minor, 4990, "as a whole");
    is_str(heard.events.list[0].provider_txn, "33", "under its number");
    is_int(heard.events.list[1].state, SHOP_PAY_STATE_REFUNDED, "and given back");
    is_int(heard.events.list[1].amount_minor, 1000, "in part");
    is_str(heard.events.list[1].provider_txn, "33_1", "under a number of its own");
    is_int(hear(arena, &talk, 404, "{}", &heard), SHOP_OK, "no list");
    is_int((long long) heard.events.count, 1, "it was paid all the same");
}


static void check_checkout(shop_arena_t *arena)
{
    shop_pay_talk_t talk = {.purpose = SHOP_PAY_ASK,
                            .asked = {.transid = SHOP_STR("ABC"),
                                      .provider_ref = SHOP_STR("33"),
                                      .amount_minor = 4990,
                                      .currency = SHOP_STR("EUR")}};
    shop_pay_heard_t heard;

    is_int(hear(arena, &talk, 200, "{\"status\":\"IN_PROGRESS\"}", &heard), SHOP_OK, "under way");
    is_int((long long) heard.events.count, 0, "no event");
    is_int(hear(arena, &talk, 200,
                "{\"status\":\"PAYMENT_CREATED\",\"createdPaymentOutput\":{\"payment\":" PAYMENT
                "}}",
                &heard),
           SHOP_OK, "a payment");
    is_int(heard.events.list[0].state, SHOP_PAY_STATE_PAID, "paid");
    is_str(heard.events.list[0].provider_txn, "33", "its number");
    is_str(heard.events.list[0].key, "poll:worldline:33:33:CAPTURED", "key");
    check_given_back(arena, talk);
    is_int(hear(arena, &talk, 200, "{\"status\":\"CANCELLED_BY_CONSUMER\"}", &heard), SHOP_OK,
           "given up");
    is_int(heard.events.list[0].state, SHOP_PAY_STATE_CANCELLED, "cancelled");
    is_int(heard.events.list[0].amount_minor, 4990, "of the amount that was asked");
    is_int(hear(arena, &talk, 200, "{\"status\":\"DREAMT\"}", &heard), SHOP_MALFORMED, "nonsense");

    is_int(hear(arena, &talk, 404, "{}", &heard), SHOP_OK, "forgotten there");
    ok(!heard.again && heard.events.count == 0, "and nothing was paid");
    talk.asked.provider_txn = SHOP_STR("33");
    is_int(hear(arena, &talk, 404, "{}", &heard), SHOP_OK, "forgotten, but with a payment");
    ok(heard.again, "that is looked at");
    talk.step = 1;
    talk.asked.transid = SHOP_STR("XYZ");
    is_int(hear(arena, &talk, 200, PAYMENT, &heard), SHOP_OK, "of another order");
    is_str(heard.events.list[0].foreign, "order", "is not ours");
}


static void check_refund(shop_arena_t *arena)
{
    const shop_pay_config_t *config = usual(arena);
    shop_pay_talk_t talk = {
        .purpose = SHOP_PAY_REFUND,
        .asked.provider_txn = SHOP_STR("33"),
        .refund = {.key = SHOP_STR("refund-7"), .amount_minor = 1000, .currency = SHOP_STR("EUR")}};
    shop_pay_heard_t heard;
    shop_pay_call_t call;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "a refund");
    is_str(call.url,
           "https://payment.preprod.direct.worldline-solutions.com/v2/ATELIER/payments/33_0/refund",
           "address");
    is_str(call.body, "{\"amountOfMoney\":{\"amount\":1000,\"currencyCode\":\"EUR\"}}", "body");

    is_int(hear(arena, &talk, 201, "{\"id\":\"33_1\",\"status\":\"REFUND_REQUESTED\"}", &heard),
           SHOP_OK, "promised");
    is_int(heard.refunded.state, SHOP_PAY_STATE_PENDING, "not yet");
    is_str(heard.refunded.provider_txn, "33_1", "as its webhook will say");
    is_int(hear(arena, &talk, 201, "{\"id\":\"33_1\",\"status\":\"REFUNDED\"}", &heard), SHOP_OK,
           "done");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUNDED, "given back");
    is_int(hear(arena, &talk, 400, "{\"errors\":[{\"errorCode\":\"300620\"}]}", &heard), SHOP_OK,
           "not possible");
    is_int(heard.refunded.state, SHOP_PAY_STATE_REFUSED, "is an outcome");
    is_str(heard.refunded.reason, "300620", "with its reason");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_sentences(arena);
    check_open(arena);
    check_opened(arena);
    check_checkout(arena);
    check_refund(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
