/*
 * The cheque: the page says to whom it is written and where it is sent; a person marks it cashed.
 */

#include "pay/pay_internal.h"


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    static const char *const shown[] = {"payee",   "address",       "zip", "city",
                                        "country", "validity_days", NULL};

    if (!shop_pay_offline_payable(config, attempt)) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_INSTRUCTIONS);
    if (status == SHOP_OK) {
        status = shop_pay_page_add_params(page, config, shown);
    }

    return status == SHOP_OK ? shop_pay_page_add(page, "order_number", attempt->order_number)
                             : status;
}


static const shop_pay_param_t params[] = {
    {"payee", SHOP_PAY_PARAM_REQUIRED, NULL, "a name of at most 70 characters", shop_pay_is_name70},
    {"address", SHOP_PAY_PARAM_REQUIRED, NULL, "a street address", shop_pay_is_line},
    {"zip", SHOP_PAY_PARAM_REQUIRED, NULL, "a postal code", shop_pay_is_line},
    {"city", SHOP_PAY_PARAM_REQUIRED, NULL, "a town", shop_pay_is_line},
    {"country", 0, NULL, "a country", shop_pay_is_line},
    {"validity_days", 0, "30", "a number of days, 1 to 365", shop_pay_is_days},
    {"allowed_currencies", 0, NULL, "currency codes such as EUR", shop_pay_is_currencies},
    {.name = NULL},
};

const shop_pay_interface_t shop_pay_check = {
    .name = "check",
    .kind = SHOP_PAY_OFFLINE,
    .title_key = "paymode_check",
    .params = params,
    .start = start,
    .confirm = shop_pay_offline_confirm,
};
