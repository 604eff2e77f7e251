/*
 * Order/Get: the question, and what each answer means.
 */

#include "pay_unit.h"

#define TRANSACTION                                                                                \
    "{\"shopId\":\"12345678\",\"uuid\":\"5b158f08\",\"amount\":4990,\"currency\":\"EUR\","         \
    "\"detailedStatus\":\"%s\",\"operationType\":\"%s\",\"orderDetails\":{\"orderId\":"            \
    "\"ORDERABC\","                                                                                \
    "\"mode\":\"TEST\"},\"transactionDetails\":{\"cardDetails\":{\"legacyTransId\":\"000042\","    \
    "\"legacyTransDate\":\"2026-11-23T07:45:00+00:00\"}}}"


static shop_status_t hear(shop_arena_t *arena, unsigned status, shop_str_t body,
                          shop_pay_events_t *events)
{
    const shop_pay_config_t *config = unit_systempay(arena);
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ORDERABC")};

    return unit_hear(arena, config, talk, status, body, events);
}


static shop_str_t answer(shop_arena_t *arena, const char *transaction_status, const char *operation)
{
    shop_str_t body;

    if (shop_arena_printf(arena, &body,
                          "{\"status\":\"SUCCESS\",\"answer\":{\"transactions\":[" TRANSACTION
                          "]}}",
                          transaction_status, operation) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return body;
}


static void check_question(shop_arena_t *arena)
{
    static const char *const without[] = {"site_id=12345678", "key_file=1122334455667788", NULL};
    const shop_pay_config_t *config = unit_systempay(arena);
    shop_pay_config_t *mute;
    const shop_pay_talk_t talk = {.asked.transid = SHOP_STR("ORDERABC")};
    shop_pay_call_t call;
    shop_str_t error;

    is_int(config->interface->ask(arena, config, &talk, &call), SHOP_OK, "question");
    is_str(call.url, "https://api.systempay.fr/api-payment/V4/Order/Get", "address");
    is_str(call.body, "{\"orderId\":\"ORDERABC\"}", "body");
    is_str(call.headers[1].value, "Basic MTIzNDU2Nzg6dGVzdHBhc3N3b3JkX0RFTU8=", "credentials");

    is_int(unit_configure(arena, "systempay", "test", without, &mute, &error), SHOP_OK,
           "no password");
    is_int(config->interface->ask(arena, mute, &talk, &call), SHOP_NOT_FOUND, "no question");
}


static void check_answers(shop_arena_t *arena)
{
    shop_pay_events_t events;

    is_int(hear(arena, 200, answer(arena, "AUTHORISED", "DEBIT"), &events), SHOP_OK, "paid");
    is_int((long long) events.count, 1, "one event");
    const shop_pay_event_t *event = &events.list[0];
    is_str(event->key, "poll:systempay:5b158f08:AUTHORISED", "key");
    ok(event->state == SHOP_PAY_STATE_PAID && event->amount_minor == 4990, "state and amount");
    is_str(event->currency, "EUR", "currency");
    is_str(event->transid, "ORDERABC", "order");
    is_str(event->provider_ref, "20261123-000042", "reference");
    ok(event->doubt.len == 0 && event->foreign.len == 0, "beyond doubt");

    is_int(hear(arena, 200, answer(arena, "DREAMT", "DEBIT"), &events), SHOP_OK, "unknown status");
    ok(events.list[0].doubt.len > 0, "stays in doubt");

    static const struct {
        const char *name;
        unsigned http;
        const char *body;
        shop_status_t status;
    } cases[] = {
        {"nothing known", 200, "{\"status\":\"ERROR\",\"answer\":{\"errorCode\":\"PSP_010\"}}",
         SHOP_OK},
        {"wrong password", 200, "{\"status\":\"ERROR\",\"answer\":{\"errorCode\":\"INT_905\"}}",
         SHOP_REFUSED},
        {"forbidden", 401, "", SHOP_REFUSED},
        {"other error", 200, "{\"status\":\"ERROR\",\"answer\":{\"errorCode\":\"INT_999\"}}",
         SHOP_MALFORMED},
        {"trouble", 502, "<html>", SHOP_MALFORMED},
        {"not JSON", 200, "<html>", SHOP_MALFORMED},
        {"no list", 200, "{\"status\":\"SUCCESS\",\"answer\":{}}", SHOP_MALFORMED},
        {"no transaction id", 200, "{\"status\":\"SUCCESS\",\"answer\":{\"transactions\":[{}]}}",
         SHOP_MALFORMED},
        {"null", 200, "null", SHOP_MALFORMED},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(hear(arena, cases[i].http, shop_str(cases[i].body), &events), cases[i].status,
               cases[i].name);
        is_int((long long) events.count, 0, "no event");
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_question(arena);
    check_answers(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
