/*
 * What came out of a scene, as the cases write it.
 */

#include "price.h"

#include <string.h>


typedef struct {
    const scene_t *scene;
    unsigned decimals;
} print_t;


static json_t *text(shop_str_t s)
{
    return shop_json_str(s);
}


static json_t *money(const print_t *p, shop_money_t amount)
{
    shop_str_t out;

    return shop_money_print(p->scene->world->arena, amount, p->decimals, &out) == SHOP_OK
               ? text(out)
               : json_null();
}


/* "90", "14.218": without useless zeros. */
static json_t *unit(const print_t *p, shop_money_t amount)
{
    shop_str_t out;

    if (shop_money_print(p->scene->world->arena, amount, 4, &out) != SHOP_OK) {
        return json_null();
    }

    while (out.data[out.len - 1] == '0') {
        out.len--;
    }

    if (out.data[out.len - 1] == '.') {
        out.len--;
    }

    return text(out);
}


static json_t *lines(const print_t *p)
{
    const shop_totals_t *totals = &p->scene->totals;
    json_t *list = json_array();

    for (size_t i = 0; i < totals->line_count; i++) {
        const shop_priced_line_t *line = &totals->lines[i];

        json_array_append_new(list, json_pack("[o, I, o, o, o]", text(line->item->code),
                                              (json_int_t) line->quantity, unit(p, line->unit),
                                              money(p, line->untaxed), money(p, line->taxed)));
    }

    return list;
}


static json_t *discounts(const print_t *p)
{
    const shop_totals_t *totals = &p->scene->totals;
    json_t *list = json_array();

    for (size_t i = 0; i < totals->discount_count; i++) {
        const shop_discount_line_t *line = &totals->discounts[i];

        json_array_append_new(
            list, json_pack("[s, o, o, o, o]",
                            world_name(p->scene->world->names, "discounts", line->discount),
                            text(totals->lines[line->line].item->code), text(line->rate),
                            money(p, line->untaxed), money(p, line->taxed)));
    }

    return list;
}


static json_t *agreed(const print_t *p)
{
    const shop_totals_t *totals = &p->scene->totals;
    json_t *list = json_array();

    for (size_t i = 0; i < totals->agreed_count; i++) {
        json_array_append_new(list, json_pack("[o, o, o]", text(totals->agreed[i].reason),
                                              text(totals->agreed[i].rate),
                                              money(p, totals->agreed[i].taxed)));
    }

    return list;
}


static json_t *shipping(const print_t *p)
{
    const shop_totals_t *totals = &p->scene->totals;

    if (totals->shipping_free) {
        return json_string("free");
    }

    return totals->shipping.code.len == 0
               ? json_null()
               : json_pack("[o, o, o]", text(totals->shipping.code),
                           money(p, totals->shipping.untaxed), money(p, totals->shipping.taxed));
}


static json_t *taxes(const print_t *p)
{
    const shop_totals_t *totals = &p->scene->totals;
    json_t *object = json_object();

    for (size_t i = 0; i < totals->tax_count; i++) {
        json_object_set_new(object,
                            world_name(p->scene->world->names, "taxes", totals->taxes[i].tax->id),
                            money(p, totals->taxes[i].amount));
    }

    return object;
}


/* Ladders of prices and names as the shop shows them, of everything in the world. */
static void add_catalog(const print_t *p, json_t *result)
{
    json_t *ladders = json_object(), *shown = json_object(), *given;
    const shop_where_t *where = &p->scene->where;
    const char *name;

    json_object_foreach(json_object_get(p->scene->world->names, "items"), name, given)
    {
        const shop_item_t *item = strchr(name, '@') == NULL
                                      ? shop_find_item(where->snapshot, where->shop, shop_str(name))
                                      : NULL;
        shop_tier_t tiers[SHOP_TIERS];
        size_t count = item != NULL ? shop_item_tiers(where->shop, item, tiers) : 0;
        json_t *list = json_array();

        for (size_t i = 0; i < count; i++) {
            json_array_append_new(list,
                                  json_pack("[I, I, o, o]", (json_int_t) tiers[i].from,
                                            (json_int_t) tiers[i].to, unit(p, tiers[i].untaxed),
                                            unit(p, tiers[i].taxed)));
        }

        json_object_set_new(ladders, name, list);

        if (item != NULL && shop_item_visible(item, where->visitor)) {
            json_object_set_new(shown, name, text(item->text[0].name));
        }
    }

    json_object_set_new(result, "ladders", ladders);
    json_object_set_new(result, "shown", shown);
}


json_t *result_of(const scene_t *scene)
{
    const shop_totals_t *totals = &scene->totals;
    print_t p = {scene, scene->where.shop->currency->exponent};
    json_t *result = json_object();
    int64_t minor;

    json_object_set_new(result, "refusal",
                        scene->refusal.key != NULL ? json_string(scene->refusal.key) : json_null());
    json_object_set_new(result, "limit", json_integer((json_int_t) scene->refusal.n));
    json_object_set(result, "codes", scene->codes);
    json_object_set_new(result, "status", json_integer(scene->status));
    add_catalog(&p, result);

    if (scene->status != SHOP_OK) {
        return result;
    }

    json_object_set_new(result, "lines", lines(&p));
    json_object_set_new(result, "discounts", discounts(&p));
    json_object_set_new(result, "agreed", agreed(&p));
    json_object_set_new(result, "shipping", shipping(&p));
    json_object_set_new(result, "taxes", taxes(&p));
    json_object_set_new(result, "items", json_integer((json_int_t) totals->items));
    json_object_set_new(
        result, "order",
        json_pack("[o, o]", money(&p, totals->order_untaxed), money(&p, totals->order_taxed)));
    json_object_set_new(result, "untaxed", money(&p, totals->untaxed));
    json_object_set_new(result, "tax", money(&p, totals->tax));
    json_object_set_new(result, "amount", money(&p, totals->amount));
    json_object_set_new(result, "partner",
                        totals->partner != NULL ? text(totals->partner->key) : json_null());
    json_object_set_new(result, "tag", text(totals->partner_tag));

    if (shop_money_to_minor(totals->amount, p.decimals, &minor) == SHOP_OK) {
        json_object_set_new(result, "minor", json_integer((json_int_t) minor));
    }

    return result;
}


/* --- what holds for every cart --- */

static const char *lines_wrong(const shop_totals_t *totals)
{
    for (size_t i = 0; i < totals->line_count; i++) {
        int64_t untaxed = totals->lines[i].untaxed.e4, taxed = totals->lines[i].taxed.e4;

        if (untaxed + totals->lines[i].tax.e4 != taxed) {
            return "a line: untaxed + tax is not taxed";
        }

        for (size_t n = 0; n < totals->discount_count; n++) {
            if (totals->discounts[n].line == i) {
                untaxed += totals->discounts[n].untaxed.e4;
                taxed += totals->discounts[n].taxed.e4;
            }
        }

        if (untaxed < 0 || taxed < 0) {
            return "a line is below zero after its discounts";
        }
    }

    return NULL;
}


const char *result_wrong(const scene_t *scene)
{
    const shop_totals_t *totals = &scene->totals;
    int64_t untaxed = totals->shipping.untaxed.e4, taxed = totals->shipping.taxed.e4, taxes = 0;

    for (size_t i = 0; i < totals->line_count; i++) {
        untaxed += totals->lines[i].untaxed.e4;
        taxed += totals->lines[i].taxed.e4;
    }

    for (size_t i = 0; i < totals->discount_count; i++) {
        untaxed += totals->discounts[i].untaxed.e4;
        taxed += totals->discounts[i].taxed.e4;
    }

    for (size_t i = 0; i < totals->tax_count; i++) {
        taxes += totals->taxes[i].amount.e4;
    }

    if (untaxed != totals->untaxed.e4 || taxed != totals->amount.e4) {
        return "the totals are not the sums of the lines";
    }

    if (totals->untaxed.e4 + totals->tax.e4 != totals->amount.e4) {
        return "untaxed + taxes is not taxed";
    }

    if (taxes != totals->tax.e4) {
        return "the tax lines do not add up to the tax";
    }

    return lines_wrong(totals);
}
