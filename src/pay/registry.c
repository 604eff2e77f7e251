/*
 * The interfaces that this shop speaks: adding one is its own file, its declaration in
 * pay_internal.h, and one line here.
 */

#include "pay/pay_internal.h"


static const shop_pay_interface_t *const interfaces[] = {
    &shop_pay_test,      &shop_pay_freeorder, &shop_pay_check,  &shop_pay_transfer,
    &shop_pay_systempay, &shop_pay_mercanet,  &shop_pay_ogone,  &shop_pay_axepta,
    &shop_pay_stripe,    &shop_pay_worldline, &shop_pay_paypal,
};

#define INTERFACES (sizeof(interfaces) / sizeof(interfaces[0]))


const shop_pay_interface_t *shop_pay_at(size_t n)
{
    return n < INTERFACES ? interfaces[n] : NULL;
}


const shop_pay_interface_t *shop_pay_find(shop_str_t name)
{
    for (size_t i = 0; i < INTERFACES; i++) {
        if (shop_str_eq(name, shop_str(interfaces[i]->name))) {
            return interfaces[i];
        }
    }

    return NULL;
}
