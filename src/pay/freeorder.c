/*
 * The free order: the way an order with nothing to pay is settled. Never offered, never notified;
 * confirming the order is the payment.
 */

#include "pay/pay_internal.h"


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    (void) arena;
    (void) config;
    *page = (shop_pay_page_t){.kind = SHOP_PAY_PAGE_CONFIRM};

    return attempt->amount_minor == 0 ? SHOP_OK : SHOP_REFUSED;
}


static shop_status_t confirm(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_attempt_t *attempt, shop_pay_event_t *event)
{
    (void) config;
    if (attempt->amount_minor != 0) {
        return SHOP_REFUSED;
    }

    return shop_pay_page_event(arena, "free", attempt, SHOP_PAY_STATE_PAID, event);
}


static const shop_pay_param_t params[] = {{.name = NULL}};

const shop_pay_interface_t shop_pay_freeorder = {
    .name = "freeorder",
    .kind = SHOP_PAY_INTERNAL,
    .title_key = "paymode_freeorder",
    .params = params,
    .start = start,
    .confirm = confirm,
};
