/*
 * What a payment page shows, and the event that its local confirmation makes.
 */

#include "pay/pay_internal.h"


shop_status_t shop_pay_page_init(shop_arena_t *arena, shop_pay_page_t *page,
                                 shop_pay_page_kind_t kind)
{
    *page = (shop_pay_page_t){.kind = kind};
    page->fields = shop_arena_calloc(arena, SHOP_PAY_FIELDS_MAX * sizeof(*page->fields));

    return page->fields != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


shop_status_t shop_pay_page_add(shop_pay_page_t *page, const char *name, shop_str_t value)
{
    if (page->count == SHOP_PAY_FIELDS_MAX) {
        return SHOP_LIMIT;
    }

    page->fields[page->count++] = (shop_pair_t){shop_str(name), value};
    return SHOP_OK;
}


shop_status_t shop_pay_page_add_if(shop_pay_page_t *page, const char *name, shop_str_t value)
{
    return value.len > 0 ? shop_pay_page_add(page, name, value) : SHOP_OK;
}


shop_status_t shop_pay_page_add_texts(shop_arena_t *arena, shop_pay_page_t *page,
                                      const shop_pay_text_t *texts, size_t count)
{
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < count; i++) {
        shop_str_t clean;

        status = shop_pay_clean(arena, texts[i].value, "", texts[i].characters, &clean);
        if (status == SHOP_OK) {
            status = shop_pay_page_add_if(page, texts[i].name, clean);
        }
    }

    return status;
}


shop_status_t shop_pay_page_event(shop_arena_t *arena, const char *prefix,
                                  const shop_pay_attempt_t *attempt, shop_pay_state_t state,
                                  shop_pay_event_t *event)
{
    *event = (shop_pay_event_t){
        .channel = "page",
        .state = state,
        .has_amount = true,
        .amount_minor = attempt->amount_minor,
        .currency = attempt->currency,
        .attempt = attempt->id,
        .transid = attempt->transid,
        .provider_ref = attempt->provider_ref,
        .provider_status = shop_str(shop_pay_state_name(state)),
    };

    return shop_arena_printf(arena, &event->key, "%s:%lld", prefix, (long long) attempt->id);
}


shop_status_t shop_pay_page_add_params(shop_pay_page_t *page, const shop_pay_config_t *config,
                                       const char *const *names)
{
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && names[i] != NULL; i++) {
        status = shop_pay_page_add_if(page, names[i], shop_pay_value(config, names[i]));
    }

    return status;
}
