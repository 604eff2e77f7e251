/*
 * A cart as one element of shop.place_orders (sql/README.md): everything is frozen here, so that
 * nothing that changes later changes the order.
 */

#include "shop/shop_internal.h"

#include <string.h>


#define MONEY_DECIMALS 4


static json_t *money(shop_arena_t *arena, shop_money_t amount);
static json_t *customer(const shop_customer_t *c);
static json_t *invoice(const shop_invoice_t *i);
static json_t *terms(const shop_order_in_t *in);
static json_t *lines(shop_arena_t *arena, const shop_order_in_t *in);
static json_t *billing_line(shop_arena_t *arena, const shop_order_in_t *in, size_t at);
static json_t *discount_line(shop_arena_t *arena, const shop_order_in_t *in, size_t at);
static json_t *shipping_line(shop_arena_t *arena, const shop_order_in_t *in);
static json_t *tax_of(const shop_order_in_t *in, const shop_tax_t *tax);
static json_t *answers(const shop_cart_line_t *line, shop_str_t element);
static json_t *people(const shop_cart_t *cart, shop_str_t shortname);
static json_t *elements(const shop_order_in_t *in, const shop_item_t *item,
                        const shop_cart_line_t *line);


json_t *shop_order_request(shop_arena_t *arena, const shop_order_in_t *in)
{
    const shop_shop_t *shop = in->where->shop;
    const shop_visitor_t *visitor = in->where->visitor;
    shop_str_t fingerprint;
    json_t *request;

    request = json_pack(
        "{s:o, s:I, s:s, s:b, s:o, s:o, s:o, s:s, s:b}", "transid",
        shop_json_str(in->cart->transid), "shop", (json_int_t) shop->id, "lang", in->lang, "test",
        in->test, "address", shop_json_str(in->address), "paymode",
        shop_json_str(in->mode->name), "interface", shop_json_str(in->mode->interface), "currency",
        shop->currency->code, "ignoretax", !shop->allow_tax);

    if (request == NULL) {
        return NULL;
    }

    json_object_set_new(request, "customer", customer(&in->cart->customer));
    json_object_set_new(request, "invoice",
                        in->cart->distinct_invoice ? invoice(&in->cart->invoice) : json_null());
    json_object_set_new(request, "user", json_integer((json_int_t) visitor->user));
    json_object_set_new(request, "customer_id", json_integer((json_int_t) visitor->customer));
    json_object_set_new(request, "proven", json_boolean(visitor->logged_in));
    json_object_set_new(request, "override", json_boolean(visitor->pay_override));
    json_object_set_new(request, "eula", terms(in));
    json_object_set_new(request, "lines", lines(arena, in));
    json_object_set_new(request, "totals",
                        json_pack("{s:o, s:o, s:o}", "untaxed", money(arena, in->totals->untaxed),
                                  "taxes", money(arena, in->totals->tax), "amount",
                                  money(arena, in->totals->amount)));

    if (shop_order_fingerprint(arena, request, &fingerprint) != SHOP_OK ||
        !shop_json_set_text(request, "fingerprint", fingerprint)) {
        json_decref(request);
        return NULL;
    }

    return request;
}


static json_t *money(shop_arena_t *arena, shop_money_t amount)
{
    shop_str_t text;

    return shop_money_print(arena, amount, MONEY_DECIMALS, &text) == SHOP_OK ? shop_json_str(text)
                                                                             : json_null();
}


static json_t *customer(const shop_customer_t *c)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "lastname",
                     shop_json_str(c->lastname), "firstname", shop_json_str(c->firstname),
                     "organisation", shop_json_str(c->organisation), "address",
                     shop_json_str(c->address), "zip", shop_json_str(c->zip), "city",
                     shop_json_str(c->city), "country", shop_json_str(c->country), "email",
                     shop_json_str(c->email), "phone", shop_json_str(c->phone));
}


static json_t *invoice(const shop_invoice_t *i)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "organisation",
                     shop_json_str(i->organisation), "department", shop_json_str(i->department),
                     "lastname", shop_json_str(i->lastname), "firstname",
                     shop_json_str(i->firstname), "email", shop_json_str(i->email), "address",
                     shop_json_str(i->address), "zip", shop_json_str(i->zip), "city",
                     shop_json_str(i->city), "country", shop_json_str(i->country), "vatcode",
                     shop_json_str(i->vatcode), "plantcode", shop_json_str(i->plantcode));
}


static json_t *terms(const shop_order_in_t *in)
{
    char moment[21];

    if (in->terms->count == 0) {
        return json_null();
    }

    shop_time_iso(in->cart->terms_at, moment);

    return json_pack("{s:o, s:o, s:s}", "hash", shop_json_str(in->terms->hash), "text",
                     shop_json_str(in->terms->text), "acceptedat", moment);
}


static json_t *lines(shop_arena_t *arena, const shop_order_in_t *in)
{
    json_t *list = json_array();

    for (size_t i = 0; i < in->totals->line_count; i++) {
        json_array_append_new(list, billing_line(arena, in, i));
    }

    for (size_t i = 0; i < in->totals->discount_count; i++) {
        json_array_append_new(list, discount_line(arena, in, i));
    }

    if (in->totals->shipping.code.len > 0) {
        json_array_append_new(list, shipping_line(arena, in));
    }

    return list;
}


static json_t *billing_line(shop_arena_t *arena, const shop_order_in_t *in, size_t at)
{
    const shop_priced_line_t *priced = &in->totals->lines[at];
    const shop_item_t *item = priced->item;
    const shop_texts_t *text = &item->text[in->where->lang];
    const shop_cart_line_t *cart_line = shop_cart_line(in->cart, item->shortname);
    json_t *line;

    line = json_pack("{s:s, s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:I, s:b}", "type",
                     "BILLING", "code", shop_json_str(item->code), "itemid", (json_int_t) item->id,
                     "abstract", shop_json_str(text->name), "description",
                     shop_json_str(text->description), "quantity", (json_int_t) priced->quantity,
                     "unitcost", money(arena, priced->unit), "untaxed",
                     money(arena, priced->untaxed), "taxed", money(arena, priced->taxed), "tax",
                     tax_of(in, item->tax), "seats",
                     (json_int_t) shop_item_seats(item, priced->quantity), "stock",
                     item->stock >= 0);

    if (line == NULL) {
        return NULL;
    }

    json_object_set(line, "catalogitem", (json_t *) item->document);
    json_object_set_new(line, "handler", shop_json_str(item->handler));
    json_object_set_new(line, "params",
                        item->params != NULL ? json_incref(item->params) : json_object());
    json_object_set_new(line, "customerdata", answers(cart_line, SHOP_STR("")));
    json_object_set_new(line, "users", people(in->cart, item->shortname));
    json_object_set_new(line, "elements", elements(in, item, cart_line));

    return line;
}


/* As charged: a shop without taxes charges none, whatever the product says. */
static json_t *tax_of(const shop_order_in_t *in, const shop_tax_t *tax)
{
    if (tax == NULL || !in->where->shop->allow_tax) {
        return json_null();
    }

    return json_pack("{s:I, s:o, s:o, s:o}", "id", (json_int_t) tax->id, "title",
                     shop_json_str(tax->title[in->where->lang]), "ratio",
                     shop_json_str(tax->ratio), "formula", shop_json_str(tax->formula_text));
}


/* {field: [value of each unit]} */
static json_t *answers(const shop_cart_line_t *line, shop_str_t element)
{
    json_t *object = json_object();

    for (size_t i = 0; i < line->given_count; i++) {
        const shop_given_t *given = &line->given[i];
        char name[65];
        json_t *list;

        if (!shop_str_eq(given->element, element) || given->field.len >= sizeof(name)) {
            continue;
        }

        memcpy(name, given->field.data, given->field.len);
        name[given->field.len] = '\0';
        list = json_object_get(object, name);

        if (list == NULL) {
            list = json_array();
            json_object_set_new(object, name, list);
        }

        while (json_array_size(list) <= given->unit) {
            json_array_append_new(list, json_string(""));
        }

        json_array_set_new(list, given->unit, shop_json_str(given->value));
    }

    return object;
}


/* {role: [person]} */
static json_t *people(const shop_cart_t *cart, shop_str_t shortname)
{
    json_t *object = json_object();

    for (size_t i = 0; i < cart->assignment_count; i++) {
        const shop_assignment_t *seat = &cart->assignments[i];
        char role[65];
        json_t *list;

        if (!shop_str_eq(seat->shortname, shortname) || seat->role.len >= sizeof(role)) {
            continue;
        }

        memcpy(role, seat->role.data, seat->role.len);
        role[seat->role.len] = '\0';
        list = json_object_get(object, role);

        if (list == NULL) {
            list = json_array();
            json_object_set_new(object, role, list);
        }

        for (size_t n = 0; n < cart->participant_count; n++) {
            const shop_participant_t *p = &cart->participants[n];

            if (shop_str_eq_nocase(p->email, seat->email)) {
                json_array_append_new(
                    list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "lastname",
                                    shop_json_str(p->lastname), "firstname",
                                    shop_json_str(p->firstname), "email", shop_json_str(p->email),
                                    "city", shop_json_str(p->city), "phone",
                                    shop_json_str(p->phone), "institution",
                                    shop_json_str(p->institution)));
                break;
            }
        }
    }

    return object;
}


/* Of a bundle: what is produced for each of its units. */
static json_t *elements(const shop_order_in_t *in, const shop_item_t *item,
                        const shop_cart_line_t *line)
{
    json_t *list = json_array();

    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        const shop_item_t *element = item->elements[i];

        json_array_append_new(
            list, json_pack("{s:o, s:I, s:o, s:o, s:o, s:o}", "code", shop_json_str(element->code),
                            "itemid", (json_int_t) element->id, "name",
                            shop_json_str(element->text[in->where->lang].name), "handler",
                            shop_json_str(element->handler), "params",
                            element->params != NULL ? json_incref(element->params) : json_object(),
                            "customerdata", answers(line, element->shortname)));
    }

    return list;
}


static json_t *discount_line(shop_arena_t *arena, const shop_order_in_t *in, size_t at)
{
    const shop_discount_line_t *discount = &in->totals->discounts[at];
    const shop_item_t *item = in->totals->lines[discount->line].item;

    return json_pack("{s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o, s:I}", "type", "DISCOUNT", "code",
                     shop_json_str(item->code), "abstract", shop_json_str(discount->reason),
                     "quantity", 1, "unitcost", money(arena, discount->untaxed), "untaxed",
                     money(arena, discount->untaxed), "taxed", money(arena, discount->taxed),
                     "tax", tax_of(in, item->tax), "discount", (json_int_t) discount->discount);
}


static json_t *shipping_line(shop_arena_t *arena, const shop_order_in_t *in)
{
    const shop_shipping_line_t *shipping = &in->totals->shipping;

    return json_pack("{s:s, s:o, s:o, s:i, s:o, s:o, s:o, s:o}", "type", "SHIPPING", "code",
                     shop_json_str(shipping->code), "abstract", shop_json_str(shipping->title),
                     "quantity", 1, "unitcost", money(arena, shipping->untaxed), "untaxed",
                     money(arena, shipping->untaxed), "taxed", money(arena, shipping->taxed),
                     "tax", tax_of(in, shipping->tax));
}
