/*
 * Verdicts: their names, and the answer that the provider gets for each.
 */

#include "pay_unit.h"


int main(void)
{
    static const struct {
        const char *name;
        unsigned status;
    } cases[] = {
        {"apply", 200},         {"ignore-duplicate", 200},
        {"ignore-stale", 200},  {"ignore-type", 200},
        {"defer", 200},         {"duplicate-payment", 200},
        {"mismatch", 200},      {"quarantine", 200},
        {"unknown-order", 200}, {"malformed", 400},
        {"unauthentic", 403},   {"retry-later", 503},
    };
    shop_heap_t *heap = shop_heap_create(-1);
    const shop_pay_config_t *config = unit_systempay(shop_heap_arena(heap));

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_verdict_t verdict = shop_pay_verdict_parse(shop_str(cases[i].name));
        shop_pay_answer_t answer = shop_pay_answer(config, verdict);

        is_str(shop_str(shop_pay_verdict_name(verdict)), cases[i].name, cases[i].name);
        is_int(answer.status, cases[i].status, "status");
        is_int((long long) answer.body.len, 0, "no body");
    }

    ok(shop_pay_verdict_parse(SHOP_STR("paid")) == SHOP_PAY_RETRY_LATER,
       "an unknown word of the database is trouble");
    ok(shop_pay_verdict_parse(SHOP_STR("decide")) == SHOP_PAY_RETRY_LATER, "so is no decision");
    ok(shop_pay_repeats(config), "the platform repeats");
    shop_heap_destroy(heap);

    return done_testing();
}
