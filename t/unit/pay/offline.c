/*
 * Transfer, cheque and free order: what the page shows, what its confirmation says.
 */

#include "pay_unit.h"


static shop_pay_config_t *configure(shop_arena_t *arena, const char *interface,
                                    const char *const *lines)
{
    return unit_made(arena, interface, "", lines);
}


static void check_transfer(shop_arena_t *arena)
{
    static const char *const lines[] = {"beneficiary=MOOC Certificats SARL",
                                        "iban=fr7630006000011234567890189",
                                        "allowed_currencies=EUR CHF", NULL};
    const shop_pay_config_t *config = configure(arena, "transfer", lines);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;
    shop_pay_event_t event;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "instructions");
    is_str(unit_field(&page, "iban"), "FR76 3000 6000 0112 3456 7890 189", "in groups of four");
    is_str(unit_field(&page, "bic"), "(absent)", "no BIC");
    is_str(unit_field(&page, "validity_days"), "14", "time limit");
    is_str(unit_field(&page, "order_number"), "O-20261123-41", "plain number beside it");

    shop_str_t reference = unit_field(&page, "reference");
    ok(shop_rf_valid(reference) && reference.len == 18, "reference %.*s", (int) reference.len,
       (const char *) reference.data);
    shop_str_t epc = unit_field(&page, "epc");
    ok(shop_str_starts(epc, SHOP_STR("BCD\n002\n1\nSCT\n\nMOOC Certificats SARL\n"
                                     "FR7630006000011234567890189\nEUR49.90\n\nRF")),
       "text of the code");

    is_int(config->interface->confirm(arena, config, &attempt, &event), SHOP_OK, "confirmed");
    is_str(event.key, "transfer:42", "key");
    ok(event.state == SHOP_PAY_STATE_PENDING, "a promise, not money");
    is_str(shop_str(event.channel), "page", "from the page");

    attempt.currency = SHOP_STR("CHF");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "another currency");
    is_str(unit_field(&page, "epc"), "(absent)", "has no code");
    attempt.currency = SHOP_STR("USD");
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED, "not allowed");
    is_int(config->interface->confirm(arena, config, &attempt, &event), SHOP_REFUSED,
           "nor confirmed");
}


static void check_cheque(shop_arena_t *arena)
{
    static const char *const lines[] = {"payee=MOOC SARL", "address=1 rue de l'École", "zip=75000",
                                        "city=Paris", NULL};
    const shop_pay_config_t *config = configure(arena, "check", lines);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;
    shop_pay_event_t event;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "instructions");
    is_str(unit_field(&page, "payee"), "MOOC SARL", "payee");
    is_str(unit_field(&page, "validity_days"), "30", "time limit");
    is_int(config->interface->confirm(arena, config, &attempt, &event), SHOP_OK, "confirmed");
    is_str(event.key, "check:42", "key");
    attempt.amount_minor = 0;
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED,
           "nothing to pay");
}


static void check_free(shop_arena_t *arena)
{
    static const char *const lines[] = {NULL};
    const shop_pay_config_t *config = configure(arena, "freeorder", lines);
    const shop_pay_request_t request = {.peer = SHOP_STR("194.50.38.7")};
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;
    shop_pay_event_t event;
    shop_pay_result_t result;

    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_REFUSED, "not for money");
    is_int(config->interface->confirm(arena, config, &attempt, &event), SHOP_REFUSED, "never");
    attempt.amount_minor = 0;
    is_int(config->interface->start(arena, config, &attempt, &page), SHOP_OK, "nothing to pay");
    ok(page.kind == SHOP_PAY_PAGE_CONFIRM, "confirming is all");
    is_int(config->interface->confirm(arena, config, &attempt, &event), SHOP_OK, "confirmed");
    is_str(event.key, "free:42", "key");
    ok(event.state == SHOP_PAY_STATE_PAID && event.amount_minor == 0, "paid with nothing");

    is_int(shop_pay_receive(arena, config, &request, &result), SHOP_OK, "a notification");
    ok(result.verdict == SHOP_PAY_MALFORMED && !result.store, "means nothing here");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_transfer(arena);
    check_cheque(arena);
    check_free(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
