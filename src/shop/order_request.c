/*
 * A cart as one element of shop.place_orders (sql/README.md): everything is frozen here, so that
 * nothing that changes later changes the order.
 */

#include "shop/order_internal.h"


static json_t *customer(shop_put_t *put, const shop_customer_t *c);
static json_t *invoice(shop_put_t *put, const shop_invoice_t *i);
static json_t *terms(shop_put_t *put, const shop_order_in_t *in);
static json_t *lines(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in);
static json_t *totals(shop_put_t *put, shop_arena_t *arena, const shop_totals_t *totals);


json_t *shop_order_request(shop_arena_t *arena, const shop_order_in_t *in)
{
    const shop_shop_t *shop = in->where->shop;
    const shop_visitor_t *visitor = in->where->visitor;
    const shop_cart_t *cart = in->cart;
    shop_put_t put = {false};
    json_t *request = json_object();
    shop_str_t fingerprint = SHOP_STR_NULL;

    shop_put_text(&put, request, "transid", cart->transid);
    shop_put_number(&put, request, "shop", shop->id);
    shop_put_text(&put, request, "lang", shop_str(in->lang));
    shop_put_member(&put, request, "test", json_boolean(in->test || in->mode->test));
    shop_put_text(&put, request, "address", in->address);
    shop_put_text(&put, request, "paymode", in->mode->name);
    shop_put_text(&put, request, "interface", in->mode->interface);
    shop_put_text(&put, request, "currency", shop_str(shop->currency->code));
    shop_put_member(&put, request, "ignoretax", json_boolean(!shop->allow_tax));
    shop_put_member(&put, request, "customer", customer(&put, &cart->customer));
    shop_put_member(&put, request, "invoice",
                    cart->distinct_invoice ? invoice(&put, &cart->invoice) : json_null());
    shop_put_number(&put, request, "user", visitor->user);
    shop_put_number(&put, request, "customer_id", visitor->customer);
    shop_put_member(&put, request, "proven", json_boolean(visitor->logged_in));
    shop_put_member(&put, request, "override", json_boolean(visitor->pay_override));
    shop_put_member(&put, request, "eula", terms(&put, in));
    shop_put_member(&put, request, "lines", lines(&put, arena, in));
    shop_put_member(&put, request, "totals", totals(&put, arena, in->totals));
    shop_order_selling(&put, request, in);

    if (!put.failed && shop_order_fingerprint(arena, request, &fingerprint) != SHOP_OK) {
        put.failed = true;
    }

    shop_put_text(&put, request, "fingerprint", fingerprint);

    return shop_put_end(&put, request);
}


static json_t *customer(shop_put_t *put, const shop_customer_t *c)
{
    json_t *object = json_object();

    shop_put_text(put, object, "lastname", c->lastname);
    shop_put_text(put, object, "firstname", c->firstname);
    shop_put_text(put, object, "organisation", c->organisation);
    shop_put_text(put, object, "address", c->address);
    shop_put_text(put, object, "zip", c->zip);
    shop_put_text(put, object, "city", c->city);
    shop_put_text(put, object, "country", c->country);
    shop_put_text(put, object, "email", c->email);
    shop_put_text(put, object, "phone", c->phone);

    return object;
}


static json_t *invoice(shop_put_t *put, const shop_invoice_t *i)
{
    json_t *object = json_object();

    shop_put_text(put, object, "organisation", i->organisation);
    shop_put_text(put, object, "department", i->department);
    shop_put_text(put, object, "lastname", i->lastname);
    shop_put_text(put, object, "firstname", i->firstname);
    shop_put_text(put, object, "email", i->email);
    shop_put_text(put, object, "address", i->address);
    shop_put_text(put, object, "zip", i->zip);
    shop_put_text(put, object, "city", i->city);
    shop_put_text(put, object, "country", i->country);
    shop_put_text(put, object, "vatcode", i->vatcode);
    shop_put_text(put, object, "plantcode", i->plantcode);

    return object;
}


static json_t *terms(shop_put_t *put, const shop_order_in_t *in)
{
    json_t *object;
    char moment[21];

    if (in->terms->count == 0) {
        return json_null();
    }

    object = json_object();
    shop_time_iso(in->cart->terms_at, moment);
    shop_put_text(put, object, "hash", in->terms->hash);
    shop_put_text(put, object, "text", in->terms->text);
    shop_put_text(put, object, "acceptedat", shop_str(moment));

    return object;
}


/* In the order of the document: products, discounts, shipping. */
static json_t *lines(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in)
{
    json_t *list = json_array();

    for (size_t i = 0; i < in->totals->line_count; i++) {
        shop_put_entry(put, list, shop_order_billing(put, arena, in, &in->totals->lines[i]));
    }

    for (size_t i = 0; i < in->totals->discount_count; i++) {
        shop_put_entry(put, list, shop_order_discount(put, arena, in, &in->totals->discounts[i]));
    }

    if (in->totals->shipping.code.len > 0) {
        shop_put_entry(put, list, shop_order_shipping(put, arena, in));
    }

    return list;
}


static json_t *totals(shop_put_t *put, shop_arena_t *arena, const shop_totals_t *totals)
{
    json_t *object = json_object();

    shop_order_money(put, arena, object, "untaxed", totals->untaxed);
    shop_order_money(put, arena, object, "taxes", totals->tax);
    shop_order_money(put, arena, object, "amount", totals->amount);

    return object;
}
