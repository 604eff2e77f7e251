/*
 * Fuzz target: carts as Redis keeps them. What was accepted is written and read back the same;
 * after one look at the catalogue everything in it can be ordered, priced and led through the
 * steps.
 */

#include "fuzz.h"
#include "shop/shop_internal.h"


#define ITEM(id, name)                                                                             \
    "{\"id\":" #id ",\"catalogid\":1,\"code\":\"" name "\",\"shortname\":\"" name                  \
    "\",\"name\":\"N\",\"price1\":\"14.218\",\"status\":"
#define SOLD "\"AVAILABLE\""
#define ASKS ",\"requireddata\":[{\"field\":\"f\",\"label\":\"F\",\"type\":\"text\"}]"

static const struct {
    const char *kind;
    const char *row;
} rows[] = {
    {"shop", "{\"id\":1,\"alias\":\"s\",\"currency\":\"EUR\",\"catalogid\":1,\"allowtax\":true}"},
    {"catalog", "{\"id\":1,\"groupid\":1,\"name\":\"C\"}"},
    {"tax", "{\"id\":1,\"title\":\"T\",\"ratio\":\"5.5\",\"formula\":\"$ttc=$ht*(1+$tr/100)\"}"},
    {"item", ITEM(1, "plain") SOLD ",\"taxcode\":1,\"range1\":5,\"price2\":\"9.99\"}"},
    {"item", ITEM(2, "asks") SOLD ASKS ",\"maxdeliveryquant\":5}"},
    {"item", ITEM(3, "seats") SOLD ",\"quantaddressesusers\":2,\"stock\":7}"},
    {"item", ITEM(4, "vip") SOLD ",\"password\":\"code\"}"},
    {"item", ITEM(5, "pack") SOLD ",\"isset\":2}"},
    {"item", ITEM(6, "part") SOLD ",\"setid\":5,\"quantaddressesusers\":1" ASKS "}"},
    {"item", ITEM(7, "gone") "\"SUSPENDED\"}"},
};


/* Built once: nothing changes it. */
static const shop_where_t *place(void)
{
    static const shop_visitor_t visitor;
    static shop_where_t where = {.visitor = &visitor};
    shop_snapshot_builder_t *builder;
    bool more = true;
    json_t *row;

    if (where.shop != NULL) {
        return &where;
    }

    builder = shop_snapshot_builder_create(shop_heap_arena(shop_heap_create(-1)));

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        must(shop_json_parse(shop_str(rows[i].row), 4096, &row) == SHOP_OK);
        must(shop_snapshot_builder_add(builder, shop_str(rows[i].kind), row) == SHOP_OK);
        json_decref(row);
    }

    while (more) {
        must(shop_snapshot_builder_finish(builder, 100, &more) == SHOP_OK);
    }

    where.snapshot = shop_snapshot_of(builder);
    where.shop = shop_find_shop(where.snapshot, SHOP_STR("s"));
    must(where.shop != NULL);

    return &where;
}


static void check_text(shop_arena_t *arena, const shop_cart_t *cart)
{
    shop_cart_t *again;
    shop_str_t first, second;
    json_t *json;

    must(shop_cart_dump(arena, cart, &first) == SHOP_OK);
    must(shop_json_parse(first, SIZE_MAX, &json) == SHOP_OK);
    must(shop_json_dump(arena, json, &second) == SHOP_OK);
    must(shop_str_eq(first, second)); /* as the library would have written it */
    json_decref(json);
    must(shop_cart_parse(arena, first, &again) == SHOP_OK);
    must(shop_cart_dump(arena, again, &second) == SHOP_OK);
    must(shop_str_eq(first, second));
    must(again->rev == cart->rev && shop_cart_revision(first) == cart->rev);
}


static void check_rules(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where)
{
    shop_refusal_t told[3];
    shop_totals_t totals = {0};
    shop_step_e step;

    (void) shop_cart_revalidate(cart, where, told, 3);
    must(shop_cart_revalidate(cart, where, told, 3) == 0);
    must(shop_cart_price(arena, cart, where, &totals) == SHOP_OK);
    must(totals.line_count == cart->line_count);
    must(totals.untaxed.e4 + totals.tax.e4 == totals.amount.e4);

    for (size_t i = 0; i < cart->line_count; i++) {
        must(shop_cart_line_check(cart, where, &cart->lines[i]).key == NULL);
        must(shop_seats_assigned(cart, cart->lines[i].shortname) <=
             shop_item_seats(totals.lines[i].item, cart->lines[i].quantity));
    }

    (void) shop_required_complete(cart, where);
    step = shop_step_guard(cart, where, SHOP_STEP_ORDER);
    must(shop_step_guard(cart, where, step) == step);
}


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const shop_where_t *where = place();
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);
    shop_cart_t *cart;

    if (shop_cart_parse(arena, (shop_str_t){size, (unsigned char *) data}, &cart) == SHOP_OK) {
        must(cart->line_count <= SHOP_MAX_LINES && cart->passed_count <= SHOP_MAX_LINES &&
             cart->participant_count <= SHOP_MAX_PARTICIPANTS);
        check_text(arena, cart);
        check_rules(arena, cart, where);
        check_text(arena, cart);
    }

    shop_heap_destroy(heap);

    return 0;
}
