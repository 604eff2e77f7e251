/*
 * Which ways to pay are offered: by shop, amount and visitor (objects.md 2.2, front-office.md 9.5).
 */

#include "shop/shop.h"


static bool is_test(const shop_paymode_t *mode);
static bool amount_fits(const json_t *settings, shop_money_t amount);
static bool visitor_fits(const shop_shop_t *shop, const shop_visitor_t *visitor,
                         const shop_paymode_t *mode, const json_t *settings);


bool shop_paymode_offered(const shop_shop_t *shop, const shop_visitor_t *visitor,
                          const shop_paymode_t *mode, shop_money_t amount)
{
    char name[33];
    json_t *settings;

    if ((mode->internal && !is_test(mode)) || mode->name.len >= sizeof(name) || amount.e4 <= 0) {
        return false;
    }

    for (size_t i = 0; i < mode->name.len; i++) {
        name[i] = (char) mode->name.data[i];
    }

    name[mode->name.len] = '\0';
    settings = json_object_get(shop->paymodes, name);

    if (settings == NULL || json_is_false(settings) || json_is_null(settings) ||
        json_is_false(json_object_get(settings, "enabled"))) {
        return false;
    }

    return amount_fits(settings, amount) && visitor_fits(shop, visitor, mode, settings);
}


/* The one internal mode that is chosen by a person. */
static bool is_test(const shop_paymode_t *mode)
{
    return shop_str_eq(mode->interface, SHOP_STR("test"));
}


static bool amount_fits(const json_t *settings, shop_money_t amount)
{
    shop_money_t min = shop_json_money(settings, "min");
    shop_money_t max = shop_json_money(settings, "max");

    return amount.e4 >= min.e4 && (max.e4 == 0 || amount.e4 <= max.e4);
}


/* The override of the test mode opens what that mode closes, and offline modes to everybody. */
static bool visitor_fits(const shop_shop_t *shop, const shop_visitor_t *visitor,
                         const shop_paymode_t *mode, const json_t *settings)
{
    const json_t *identified = json_object_get(settings, "identified_only");

    if (is_test(mode)) {
        return shop->test && (shop->test_override || visitor->test_payments);
    }

    if (!mode->instant) {
        return shop->test_override || visitor->non_instant || visitor->pay_override ||
               visitor->logged_in || json_is_false(identified);
    }

    if (shop->test && !shop->test_override && !visitor->logged_in) {
        return false;
    }

    return !json_is_true(identified) || visitor->logged_in;
}
