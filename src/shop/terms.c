/*
 * The terms of sale of a cart: the shop's, the catalogue's, those of each product once, in the
 * order of the cart (objects.md 2.5). Their hash changes when one word does, not when a quantity
 * does.
 */

#include "shop/shop_internal.h"


static void add_part(shop_terms_t *terms, shop_buf_t *text, shop_str_t name, shop_str_t html);


shop_status_t shop_terms_assemble(shop_arena_t *arena, const shop_cart_t *cart,
                                  const shop_where_t *where, shop_terms_t *terms)
{
    unsigned char digest[SHOP_SHA256_SIZE];
    shop_buf_t text;
    shop_status_t status;

    *terms = (shop_terms_t){0};
    terms->parts = shop_arena_calloc(arena, (SHOP_MAX_LINES + 2) * sizeof(shop_terms_part_t));

    if (terms->parts == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_buf_init(&text, arena, 0);
    add_part(terms, &text, SHOP_STR(""), where->shop->text[where->lang].eula);
    add_part(terms, &text, SHOP_STR(""), where->shop->catalog->text[where->lang].eula);

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_item_t *item =
            shop_find_item(where->snapshot, where->shop, cart->lines[i].shortname);

        if (item != NULL) {
            add_part(terms, &text, item->text[where->lang].name, item->text[where->lang].eula);
        }
    }

    if (text.status != SHOP_OK) {
        return text.status;
    }

    terms->text = shop_buf_str(&text);
    status = shop_sha256(terms->text, digest);

    if (status != SHOP_OK || terms->count == 0) {
        return status;
    }

    return shop_hex_encode(arena, (shop_str_t){sizeof(digest), digest}, &terms->hash);
}


static void add_part(shop_terms_t *terms, shop_buf_t *text, shop_str_t name, shop_str_t html)
{
    if (shop_str_trim(html).len == 0) {
        return;
    }

    terms->parts[terms->count++] = (shop_terms_part_t){name, html};

    if (name.len > 0) {
        shop_buf_add(text, SHOP_STR("<h2>"));
        shop_buf_add_html(text, name);
        shop_buf_add(text, SHOP_STR("</h2>\n"));
    }

    shop_buf_add(text, html);
    shop_buf_add_char(text, '\n');
}


bool shop_terms_accepted(const shop_cart_t *cart, const shop_terms_t *terms)
{
    return terms->count == 0 || shop_str_eq(cart->terms_hash, terms->hash);
}
