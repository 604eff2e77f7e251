/*
 * What cheque and transfer share: which attempts can be promised, the event of the promise.
 */

#include "pay/pay_internal.h"


bool shop_pay_offline_payable(const shop_pay_config_t *config, const shop_pay_attempt_t *attempt)
{
    shop_str_t allowed = shop_pay_value(config, "allowed_currencies");

    if (allowed.len > 0 && !shop_pay_list_has(allowed, attempt->currency)) {
        return false;
    }

    return shop_currency_find(attempt->currency) != NULL && attempt->amount_minor > 0;
}


shop_status_t shop_pay_offline_confirm(shop_arena_t *arena, const shop_pay_config_t *config,
                                       const shop_pay_attempt_t *attempt, shop_pay_event_t *event)
{
    if (!shop_pay_offline_payable(config, attempt)) {
        return SHOP_REFUSED;
    }

    return shop_pay_page_event(arena, config->interface->name, attempt, SHOP_PAY_STATE_PENDING,
                               event);
}
