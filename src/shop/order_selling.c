/*
 * What an order takes from the selling rules: its discounts as they were looked at, its codes with
 * limits, the figures, the partner. The transaction that places it looks at them again.
 */

#include "shop/order_internal.h"
#include "shop/selling.h"


static json_t *discounts(shop_put_t *put, const shop_totals_t *totals);
static json_t *codes(shop_put_t *put, const shop_totals_t *totals);


void shop_order_selling(shop_put_t *put, json_t *request, const shop_order_in_t *in)
{
    const shop_totals_t *totals = in->totals;

    shop_put_member(put, request, "discounts", discounts(put, totals));
    shop_put_member(put, request, "codes", codes(put, totals));
    shop_put_text(put, request, "partnertag", totals->partner_tag);
    shop_put_text(put, request, "replaces", in->cart->replaces);

    if (totals->partner != NULL) {
        shop_put_number(put, request, "partner", totals->partner->id);
    }

    if (in->figures != NULL) {
        shop_put_member(put, request, "figures", json_incref(in->figures));
    }
}


static json_t *discounts(shop_put_t *put, const shop_totals_t *totals)
{
    json_t *list = json_array();

    for (size_t i = 0; i < totals->agreed_count; i++) {
        json_t *entry = json_object();

        shop_put_number(put, entry, "id", totals->agreed[i].discount->id);
        shop_put_text(put, entry, "stamp", totals->agreed[i].discount->stamp);
        shop_put_entry(put, list, entry);
    }

    return list;
}


static json_t *codes(shop_put_t *put, const shop_totals_t *totals)
{
    json_t *list = json_array();

    for (size_t i = 0; i < totals->agreed_count; i++) {
        const shop_discount_t *discount = totals->agreed[i].discount;
        json_t *entry;

        if (discount->max == 0 && discount->per_customer == 0) {
            continue;
        }

        entry = json_object();
        shop_put_number(put, entry, "discount", discount->id);
        shop_put_text(put, entry, "code", totals->agreed[i].code);
        shop_put_number(put, entry, "max", discount->max);
        shop_put_number(put, entry, "percustomer", discount->per_customer);
        shop_put_entry(put, list, entry);
    }

    return list;
}
