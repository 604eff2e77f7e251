/*
 * The lines of an order, with all that their production will need.
 */

#include "shop/order_internal.h"


#define MONEY_DECIMALS 4


static json_t *line_create(shop_put_t *put, const char *type, shop_str_t code,
                           shop_str_t designation);
static json_t *tax_of(shop_put_t *put, const shop_order_in_t *in, const shop_tax_t *tax);
static json_t *answers(shop_put_t *put, const shop_order_in_t *in, const shop_item_t *line,
                       const shop_item_t *owner, int64_t quantity);
static json_t *people(shop_put_t *put, const shop_cart_t *cart, shop_str_t shortname);
static json_t *person(shop_put_t *put, const shop_participant_t *p);
static json_t *elements(shop_put_t *put, const shop_order_in_t *in, const shop_item_t *item,
                        int64_t quantity);
static json_t *params_of(const shop_item_t *item);
static shop_str_t reason_with_rate(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                                   const shop_discount_line_t *discount);
static json_t *discount_facts(shop_put_t *put, const shop_discount_line_t *discount,
                              const shop_item_t *item);


json_t *shop_order_billing(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                           const shop_priced_line_t *priced)
{
    const shop_item_t *item = priced->item;
    const shop_texts_t *text = &item->text[in->where->lang];
    json_t *line = line_create(put, "BILLING", item->code, text->name);

    shop_put_number(put, line, "itemid", item->id);
    shop_put_text(put, line, "description", text->description);
    shop_put_number(put, line, "quantity", priced->quantity);
    shop_order_money(put, arena, line, "unitcost", priced->unit);
    shop_order_money(put, arena, line, "untaxed", priced->untaxed);
    shop_order_money(put, arena, line, "taxed", priced->taxed);
    shop_put_member(put, line, "tax", tax_of(put, in, item->tax));
    shop_put_number(put, line, "seats", shop_item_seats(item, priced->quantity));
    shop_put_member(put, line, "stock", json_boolean(item->stock >= 0));
    shop_put_member(put, line, "catalogitem", json_incref((json_t *) item->document));
    shop_put_text(put, line, "handler", item->handler);
    shop_put_member(put, line, "params", params_of(item));
    shop_put_member(put, line, "customerdata", answers(put, in, item, item, priced->quantity));
    shop_put_member(put, line, "users", people(put, in->cart, item->shortname));
    shop_put_member(put, line, "elements", elements(put, in, item, priced->quantity));

    return line;
}


static json_t *line_create(shop_put_t *put, const char *type, shop_str_t code,
                           shop_str_t designation)
{
    json_t *line = json_object();

    shop_put_text(put, line, "type", shop_str(type));
    shop_put_text(put, line, "code", code);
    shop_put_text(put, line, "abstract", designation);

    return line;
}


void shop_order_money(shop_put_t *put, shop_arena_t *arena, json_t *object, const char *name,
                      shop_money_t amount)
{
    shop_str_t text;

    if (shop_money_print(arena, amount, MONEY_DECIMALS, &text) != SHOP_OK) {
        put->failed = true;
        return;
    }

    shop_put_text(put, object, name, text);
}


/* As charged: a shop without taxes charges none, whatever the product says. */
static json_t *tax_of(shop_put_t *put, const shop_order_in_t *in, const shop_tax_t *tax)
{
    json_t *object;

    if (tax == NULL || !in->where->shop->allow_tax) {
        return json_null();
    }

    object = json_object();
    shop_put_number(put, object, "id", tax->id);
    shop_put_text(put, object, "title", tax->title[in->where->lang]);
    shop_put_text(put, object, "ratio", tax->ratio);
    shop_put_text(put, object, "formula", tax->formula_text);

    return object;
}


static json_t *params_of(const shop_item_t *item)
{
    return json_is_object(item->params) ? json_incref(item->params) : json_object();
}


/* {field: [value of each unit]}, of the questions that are asked today. */
static json_t *answers(shop_put_t *put, const shop_order_in_t *in, const shop_item_t *line,
                       const shop_item_t *owner, int64_t quantity)
{
    json_t *object = json_object();
    size_t questions = owner->kind == SHOP_ITEM_BUNDLE ? 0 : owner->field_count;

    for (size_t i = 0; i < questions; i++) {
        const shop_field_t *field = &owner->fields[in->where->lang][i];
        json_t *values = shop_put_list(put, object, field->field);

        for (int64_t n = 0; n < quantity; n++) {
            shop_form_unit_t unit = {line, owner, (size_t) n};

            shop_put_entry(put, values, shop_json_str(shop_required_value(in->cart, &unit, field)));
        }
    }

    return object;
}


/* {role: [person]} */
static json_t *people(shop_put_t *put, const shop_cart_t *cart, shop_str_t shortname)
{
    json_t *object = json_object();

    for (size_t i = 0; i < cart->assignment_count; i++) {
        const shop_assignment_t *seat = &cart->assignments[i];
        const shop_participant_t *p = shop_participant_find(cart, seat->email);

        if (p != NULL && shop_str_eq(seat->shortname, shortname)) {
            shop_put_entry(put, shop_put_list(put, object, seat->role), person(put, p));
        }
    }

    return object;
}


static json_t *person(shop_put_t *put, const shop_participant_t *p)
{
    json_t *object = json_object();

    shop_put_text(put, object, "lastname", p->lastname);
    shop_put_text(put, object, "firstname", p->firstname);
    shop_put_text(put, object, "email", p->email);
    shop_put_text(put, object, "city", p->city);
    shop_put_text(put, object, "phone", p->phone);
    shop_put_text(put, object, "institution", p->institution);

    return object;
}


/* Of a bundle: what is produced for each of its units. */
static json_t *elements(shop_put_t *put, const shop_order_in_t *in, const shop_item_t *item,
                        int64_t quantity)
{
    json_t *list = json_array();

    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        const shop_item_t *element = item->elements[i];
        json_t *entry = json_object();

        shop_put_text(put, entry, "code", element->code);
        shop_put_number(put, entry, "itemid", element->id);
        shop_put_text(put, entry, "name", element->text[in->where->lang].name);
        shop_put_text(put, entry, "handler", element->handler);
        shop_put_member(put, entry, "params", params_of(element));
        shop_put_member(put, entry, "customerdata", answers(put, in, item, element, quantity));
        shop_put_entry(put, list, entry);
    }

    return list;
}


/* "Welcome −12.5 %", for one line of the order. */
json_t *shop_order_discount(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                            const shop_discount_line_t *discount)
{
    const shop_item_t *item = in->totals->lines[discount->line].item;
    shop_str_t code = SHOP_STR(""), about = SHOP_STR("");
    json_t *line;

    if (shop_arena_printf(arena, &code, "DISCOUNT_%lld", (long long) discount->discount) !=
            SHOP_OK ||
        shop_arena_printf(arena, &about, "%.*s %.*s", (int) item->code.len, item->code.data,
                          (int) item->text[in->where->lang].name.len,
                          item->text[in->where->lang].name.data) != SHOP_OK) {
        put->failed = true;
    }

    line = line_create(put, "DISCOUNT", code, reason_with_rate(put, arena, in, discount));
    shop_put_text(put, line, "description", about);
    shop_put_number(put, line, "quantity", 1);
    shop_order_money(put, arena, line, "unitcost", discount->untaxed);
    shop_order_money(put, arena, line, "untaxed", discount->untaxed);
    shop_order_money(put, arena, line, "taxed", discount->taxed);
    shop_put_member(put, line, "tax", tax_of(put, in, item->tax));
    shop_put_member(put, line, "productiondata", discount_facts(put, discount, item));

    return line;
}


static shop_str_t reason_with_rate(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in,
                                   const shop_discount_line_t *discount)
{
    bool comma = shop_str_eq(shop_str(in->lang), SHOP_STR("fr"));
    shop_str_t rate, text = SHOP_STR("");

    if (shop_arena_copy(arena, discount->rate, &rate) != SHOP_OK) {
        put->failed = true;
        return text;
    }

    for (size_t i = 0; comma && i < rate.len; i++) {
        rate.data[i] = rate.data[i] == '.' ? ',' : rate.data[i];
    }

    if (shop_arena_printf(arena, &text, "%.*s \u2212%.*s\u00a0%%", (int) discount->reason.len,
                          discount->reason.data, (int) rate.len, rate.data) != SHOP_OK) {
        put->failed = true;
    }

    return text;
}


/* What a later look at the bill needs: which discount, of which line, by which code. */
static json_t *discount_facts(shop_put_t *put, const shop_discount_line_t *discount,
                              const shop_item_t *item)
{
    json_t *facts = json_object();

    shop_put_number(put, facts, "discountid", discount->discount);
    shop_put_text(put, facts, "rate", discount->rate);
    shop_put_text(put, facts, "itemcode", item->code);
    shop_put_number(put, facts, "line", (int64_t) discount->line + 1);

    if (discount->code.len > 0) {
        shop_put_text(put, facts, "code", discount->code);
    }

    return facts;
}


json_t *shop_order_shipping(shop_put_t *put, shop_arena_t *arena, const shop_order_in_t *in)
{
    const shop_shipping_line_t *shipping = &in->totals->shipping;
    json_t *line = line_create(put, "SHIPPING", shipping->code, shipping->title);

    shop_put_number(put, line, "quantity", 1);
    shop_order_money(put, arena, line, "unitcost", shipping->untaxed);
    shop_order_money(put, arena, line, "untaxed", shipping->untaxed);
    shop_order_money(put, arena, line, "taxed", shipping->taxed);
    shop_put_member(put, line, "tax", tax_of(put, in, shipping->tax));

    return line;
}
