/*
 * Figures on past orders: what is asked of shop.figures for a cart, and its answer.
 */

#include "shop/discount/discount.h"


static unsigned needs_of(const shop_shop_t *shop);
static json_t *uses_asked(const shop_cart_t *cart, const shop_where_t *where, shop_str_t typed);
static json_t *partners_asked(const shop_cart_t *cart, const shop_where_t *where, shop_str_t typed);
static void ask_partner(json_t *list, const shop_partner_t *partner);
static bool entered(const shop_cart_t *cart, const shop_discount_t *discount, shop_str_t typed,
                    shop_str_t *code);
static shop_status_t read_rights(shop_arena_t *arena, const json_t *list, shop_figures_t *figures);
static shop_status_t read_partners(shop_arena_t *arena, const json_t *list,
                                   shop_figures_t *figures);
static shop_status_t read_products(shop_arena_t *arena, const json_t *list,
                                   shop_partner_figures_t *partner);
static shop_status_t read_uses(shop_arena_t *arena, const json_t *list, shop_figures_t *figures);


/* --- asking --- */

shop_status_t shop_figures_ask(const shop_cart_t *cart, const shop_where_t *where, shop_str_t typed,
                               json_t **ask)
{
    const shop_visitor_t *visitor = where->visitor;
    unsigned needs = needs_of(where->shop);
    bool own = visitor->logged_in &&
               (needs & (SHOP_NEEDS_ORDERS | SHOP_NEEDS_RIGHTS | SHOP_NEEDS_CUSTOMER));
    json_t *uses, *partners;

    *ask = NULL;

    /* The usual shop: nothing is asked of anybody. */
    if (where->shop->discount_count == 0) {
        return SHOP_OK;
    }

    uses = uses_asked(cart, where, typed);
    partners = needs & SHOP_NEEDS_PARTNER ? partners_asked(cart, where, typed) : json_array();

    if (!own && json_array_size(uses) == 0 && json_array_size(partners) == 0) {
        json_decref(uses);
        json_decref(partners);
        return SHOP_OK;
    }

    *ask =
        json_pack("{s:I, s:I, s:I, s:o, s:o, s:o, s:[o, o]}", "shop", (json_int_t) where->shop->id,
                  "customer", (json_int_t) (visitor->logged_in ? visitor->customer : 0), "user",
                  (json_int_t) (visitor->logged_in ? visitor->user : 0), "email",
                  shop_json_str(visitor->logged_in ? visitor->email : cart->customer.email), "uses",
                  uses, "partners", partners, "except", shop_json_str(cart->transid),
                  shop_json_str(cart->replaces));

    return *ask != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


static unsigned needs_of(const shop_shop_t *shop)
{
    unsigned needs = 0;

    for (size_t i = 0; i < shop->discount_count; i++) {
        needs |= shop->discounts[i]->type->needs;
    }

    return needs;
}


/* The discounts whose uses are counted, as far as their code is here. */
static json_t *uses_asked(const shop_cart_t *cart, const shop_where_t *where, shop_str_t typed)
{
    json_t *list = json_array();
    shop_str_t code;

    for (size_t i = 0; i < where->shop->discount_count; i++) {
        const shop_discount_t *discount = where->shop->discounts[i];

        if ((discount->max > 0 || discount->per_customer > 0) &&
            entered(cart, discount, typed, &code)) {
            json_array_append_new(list, json_integer((json_int_t) discount->id));
        }
    }

    return list;
}


/* The cart's own partner, and those that a code would bring. */
static json_t *partners_asked(const shop_cart_t *cart, const shop_where_t *where, shop_str_t typed)
{
    const shop_partner_t *own = shop_cart_partner(cart, where);
    json_t *list = json_array();
    shop_str_t code;

    if (own != NULL) {
        ask_partner(list, own);
        return list;
    }

    for (size_t i = 0; i < where->shop->discount_count; i++) {
        const shop_discount_t *discount = where->shop->discounts[i];

        if (discount->type->takes_code && entered(cart, discount, typed, &code)) {
            ask_partner(list,
                        shop_partner_find(where->shop, shop_discount_code(discount, code)->tag));
        }
    }

    return list;
}


static void ask_partner(json_t *list, const shop_partner_t *partner)
{
    if (partner != NULL) {
        json_array_append_new(list, json_integer((json_int_t) partner->id));
    }
}


static bool entered(const shop_cart_t *cart, const shop_discount_t *discount, shop_str_t typed,
                    shop_str_t *code)
{
    *code = typed;

    if (typed.len > 0 && shop_discount_code(discount, typed) != NULL) {
        return true;
    }

    for (size_t i = 0; i < cart->promo_count; i++) {
        *code = cart->promos[i].code;

        if (cart->promos[i].discount == discount->id &&
            shop_discount_code(discount, *code) != NULL) {
            return true;
        }
    }

    return false;
}


/* --- the answer --- */

shop_status_t shop_figures_read(shop_arena_t *arena, const json_t *answer, shop_figures_t **out)
{
    shop_figures_t *figures = shop_arena_calloc(arena, sizeof(*figures));
    shop_status_t status;

    if (figures == NULL) {
        return SHOP_NO_MEMORY;
    }

    *out = figures;
    figures->orders = shop_json_int(answer, "orders");
    figures->email = shop_json_text(answer, "email");
    status = read_rights(arena, json_object_get(answer, "rights"), figures);

    if (status == SHOP_OK) {
        status = read_partners(arena, json_object_get(answer, "partners"), figures);
    }

    return status == SHOP_OK ? read_uses(arena, json_object_get(answer, "uses"), figures) : status;
}


static shop_status_t read_rights(shop_arena_t *arena, const json_t *list, shop_figures_t *figures)
{
    size_t size = json_array_size(list);

    figures->rights = shop_arena_calloc(arena, (size + 1) * sizeof(shop_str_t));

    for (size_t i = 0; figures->rights != NULL && i < size; i++) {
        const json_t *text = json_array_get(list, i);

        figures->rights[figures->right_count++] = shop_str(json_string_value(text));
    }

    return figures->rights != NULL ? SHOP_OK : SHOP_NO_MEMORY;
}


static shop_status_t read_partners(shop_arena_t *arena, const json_t *list, shop_figures_t *figures)
{
    size_t size = json_array_size(list);
    shop_status_t status = SHOP_OK;

    figures->partners = shop_arena_calloc(arena, (size + 1) * sizeof(*figures->partners));
    if (figures->partners == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; status == SHOP_OK && i < size; i++) {
        const json_t *entry = json_array_get(list, i);
        shop_partner_figures_t *partner = &figures->partners[figures->partner_count++];

        partner->partner = shop_json_int(entry, "id");
        partner->orders = shop_json_int(entry, "orders");
        partner->turnover = shop_json_money(entry, "turnover");
        status = read_products(arena, json_object_get(entry, "products"), partner);
    }

    return status;
}


static shop_status_t read_products(shop_arena_t *arena, const json_t *list,
                                   shop_partner_figures_t *partner)
{
    size_t size = json_array_size(list);

    partner->products = shop_arena_calloc(arena, (size + 1) * sizeof(*partner->products));
    if (partner->products == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);

        partner->products[partner->product_count++] =
            (shop_product_figures_t){shop_json_text(entry, "code"), shop_json_money(entry, "units"),
                                     shop_json_money(entry, "turnover")};
    }

    return SHOP_OK;
}


static shop_status_t read_uses(shop_arena_t *arena, const json_t *list, shop_figures_t *figures)
{
    size_t size = json_array_size(list);

    figures->uses = shop_arena_calloc(arena, (size + 1) * sizeof(*figures->uses));
    if (figures->uses == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);

        figures->uses[figures->use_count++] =
            (shop_use_figures_t){shop_json_int(entry, "discount"), shop_json_int(entry, "used"),
                                 shop_json_int(entry, "mine")};
    }

    return SHOP_OK;
}


const shop_partner_figures_t *shop_figures_of(const shop_figures_t *figures,
                                              const shop_partner_t *partner)
{
    for (size_t i = 0; figures != NULL && partner != NULL && i < figures->partner_count; i++) {
        if (figures->partners[i].partner == partner->id) {
            return &figures->partners[i];
        }
    }

    return NULL;
}
