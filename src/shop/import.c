/*
 * Links that fill a cart: one product, or a list of codes and quantities (front-office.md 13).
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"


#define NAME_MAX_SHOWN 32


/* Parameters that are never codes. */
static const char *const reserved[] = {
    "view",     "what",    "origin",    "shopid", "id", "blockid", "category", "i",
    "shipping", "partner", "autodrive", "sig",    "ts", "back",    "csrf",
};


typedef struct {
    shop_cart_t *cart;
    const shop_where_t *where;
    shop_refusal_t *told;
    size_t room;
    size_t count;
} import_t;


static bool is_reserved(shop_str_t name);
static void take(import_t *import, shop_str_t code, shop_str_t quantity);
static shop_refusal_t put(const import_t *import, const shop_item_t *item, shop_str_t text);


shop_refusal_t shop_cart_direct_add(shop_cart_t *cart, const shop_where_t *where,
                                    shop_str_t shortname, int64_t quantity)
{
    int64_t present = shop_cart_quantity(cart, shortname);

    if (quantity <= 0) {
        return (shop_refusal_t){.key = "quantity_invalid"};
    }

    return quantity > present ? shop_cart_set(cart, where, shortname, quantity)
                              : (shop_refusal_t){0};
}


static bool is_reserved(shop_str_t name)
{
    for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
        if (shop_str_eq(name, shop_str(reserved[i]))) {
            return true;
        }
    }

    return false;
}


bool shop_import_named(const shop_form_t *query)
{
    for (size_t i = 0; i < query->count; i++) {
        if (!is_reserved(query->pairs[i].name) ||
            shop_str_eq(query->pairs[i].name, SHOP_STR("i"))) {
            return true;
        }
    }

    return false;
}


size_t shop_cart_import(shop_cart_t *cart, const shop_where_t *where, const shop_form_t *query,
                        shop_refusal_t *told, size_t room)
{
    import_t import = {cart, where, told, room, 0};
    shop_str_t list, one, code;

    for (size_t i = 0; i < query->count; i++) {
        if (!is_reserved(query->pairs[i].name)) {
            take(&import, query->pairs[i].name, query->pairs[i].value);
        }
    }

    list = shop_form_text(query, "i");

    while (shop_str_split(&list, ',', &one)) {
        if (one.len > 0 && shop_str_split(&one, ':', &code)) {
            take(&import, code, one.len > 0 ? one : SHOP_STR("1"));
        }
    }

    return import.count;
}


static void take(import_t *import, shop_str_t code, shop_str_t text)
{
    const shop_item_t *item = shop_find_item(import->where->snapshot, import->where->shop, code);
    shop_refusal_t refusal = {.key = "product_unknown"};

    if (item != NULL) {
        refusal = put(import, item, text);
    }

    if (refusal.key == NULL) {
        return;
    }

    if (refusal.name.len == 0) {
        refusal.name = item != NULL ? item->text[import->where->lang].name
                                    : shop_utf8_cut(code, NAME_MAX_SHOWN);
    }

    if (import->count < import->room) {
        import->told[import->count] = refusal;
    }

    import->count++;
}


/* As many as the rules allow: the rest is told. */
static shop_refusal_t put(const import_t *import, const shop_item_t *item, shop_str_t text)
{
    shop_refusal_t refusal = {.key = "quantity_invalid"};
    int64_t quantity;

    if (shop_str_to_int(shop_str_trim(text), &quantity) != SHOP_OK || quantity <= 0) {
        return refusal;
    }

    refusal = shop_cart_import_line(import->cart, import->where, item, quantity);

    if (refusal.key != NULL && refusal.n > 0 && refusal.n < quantity) {
        (void) shop_cart_import_line(import->cart, import->where, item, refusal.n);
    }

    return refusal;
}
