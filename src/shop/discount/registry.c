/*
 * The types of discounts: one line each.
 */

#include "shop/discount/discount.h"


static const shop_discount_type_t *const types[] = {
    &shop_discount_unconditional,
    &shop_discount_offer_code,
    &shop_discount_multiple_codes,
    &shop_discount_partner_codes,
    &shop_discount_order_amount,
    &shop_discount_user_capability,
    &shop_discount_institution,
    &shop_discount_order_count,
    &shop_discount_partner,
    &shop_discount_long_time,
    &shop_discount_customer,
    &shop_discount_partner_orders,
    &shop_discount_partner_product_orders,
    &shop_discount_partner_turnover,
    &shop_discount_partner_product_turnover,
};

#define TYPES (sizeof(types) / sizeof(types[0]))


const shop_discount_type_t *shop_discount_type_at(size_t n)
{
    return n < TYPES ? types[n] : NULL;
}


const shop_discount_type_t *shop_discount_type_find(shop_str_t name)
{
    for (size_t i = 0; i < TYPES; i++) {
        if (shop_str_eq(shop_str(types[i]->name), name)) {
            return types[i];
        }
    }

    return NULL;
}
