/*
 * A small catalogue and somebody in front of it, for the tests of the rules of commerce. Rows are
 * JSON with single quotes, as the database would send them. Included once per program.
 */

#ifndef SHOP_T_WORLD_H
#define SHOP_T_WORLD_H

#include "shop/shop_internal.h"

#include <string.h>

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define WORLD_UNUSED __attribute__((unused))
#define EN 0
#define FR 1

#define STEPS_ALL "shop,purchaserequ,users,customer,order,payment,produce,invoice"

/* What most tests need around their products: shops of one catalogue that differ in one thing. */
#define WORLD_SHOPS                                                                                \
    "{'kind': 'shop', 'id': 1, 'alias': 'main', 'name': 'Main', 'currency': 'EUR',"                \
    " 'catalogid': 1, 'navsteps': '" STEPS_ALL "', 'allowtax': true, 'paymodes': {'card': true}}," \
    "{'kind': 'shop', 'id': 2, 'alias': 'yen', 'name': 'Yen', 'currency': 'JPY', 'catalogid': 1,"  \
    " 'navsteps': '" STEPS_ALL "', 'allowtax': true},"                                             \
    "{'kind': 'shop', 'id': 3, 'alias': 'dinar', 'name': 'Dinar', 'currency': 'TND',"              \
    " 'catalogid': 1, 'navsteps': '" STEPS_ALL "', 'allowtax': true},"                             \
    "{'kind': 'shop', 'id': 4, 'alias': 'free', 'name': 'Untaxed', 'currency': 'EUR',"             \
    " 'catalogid': 1, 'navsteps': '" STEPS_ALL "', 'allowtax': false},"                            \
    "{'kind': 'catalog', 'id': 1, 'groupid': 1, 'name': 'Catalogue'},"                             \
    "{'kind': 'tax', 'id': 1, 'title': 'VAT 20%', 'ratio': '20',"                                  \
    " 'formula': '$ttc = $ht + ($ht * $tr / 100)'},"                                               \
    "{'kind': 'tax', 'id': 2, 'title': 'VAT 5.5%', 'ratio': '5.5',"                                \
    " 'formula': '$ttc = $ht * (1 + $tr / 100)'},"                                                 \
    "{'kind': 'tax', 'id': 3, 'title': 'Exempt', 'ratio': '0', 'formula': ''},"                    \
    "{'kind': 'category', 'id': 1, 'catalogid': 1, 'parentid': 0, 'name': 'Courses',"              \
    " 'sortorder': 1, 'visible': true},"

/* The beginning of a product of that catalogue; the rest follows, then "},". */
#define WORLD_ITEM(id, shortname)                                                                  \
    "{'kind': 'item', 'id': " #id ", 'catalogid': 1, 'categoryid': 1, 'code': '" shortname "',"    \
    " 'shortname': '" shortname "', 'name': 'The " shortname "', 'status': 'AVAILABLE'"

typedef struct {
    shop_heap_t *heap;
    shop_arena_t *arena;
    shop_snapshot_builder_t *builder;
    shop_visitor_t visitor;
    shop_where_t where; /* in the shop "main", in English */
    shop_cart_t *cart;
} world_t;


static json_t *world_json(const char *text)
{
    json_error_t error;
    char *copy = strdup(text);
    json_t *json;

    for (char *c = copy; *c != '\0'; c++) {
        *c = *c == '\'' ? '"' : *c;
    }

    json = json_loads(copy, JSON_DECODE_ANY, &error);

    if (json == NULL) {
        printf("Bail out! the test's own JSON: %s near \"%.40s\"\n", error.text,
               copy + (error.position > 20 ? error.position - 20 : 0));
        exit(EXIT_FAILURE);
    }

    free(copy);

    return json;
}


/* Feeds the rows to the builder and ties them together, `slice` items at a time. */
WORLD_UNUSED static shop_status_t world_build(shop_snapshot_builder_t *builder, const json_t *rows,
                                              size_t slice)
{
    shop_status_t status = SHOP_OK;
    bool more = true;

    for (size_t i = 0; status == SHOP_OK && i < json_array_size(rows); i++) {
        json_t *row = json_array_get(rows, i);

        status = shop_snapshot_builder_add(builder, shop_json_text(row, "kind"), row);
    }

    while (status == SHOP_OK && more) {
        status = shop_snapshot_builder_finish(builder, slice, &more);
    }

    return status;
}


WORLD_UNUSED static void world_choose(world_t *world, const char *alias)
{
    world->where.shop = shop_find_shop(world->where.snapshot, shop_str(alias));

    if (world->where.shop == NULL) {
        printf("Bail out! no shop %s\n", alias);
        exit(EXIT_FAILURE);
    }
}


/* `rows`: entries of a JSON array, each with a comma behind it. */
WORLD_UNUSED static void world_open(world_t *world, const char *rows)
{
    char *text = malloc(strlen(rows) + 32);
    json_t *json;

    memset(world, 0, sizeof(*world));
    world->heap = shop_heap_create(-1);
    world->arena = shop_heap_arena(world->heap);
    world->builder = shop_snapshot_builder_create(world->arena);

    (void) snprintf(text, strlen(rows) + 32, "[%s{'kind': 'none'}]", rows);
    json = world_json(text);

    if (world_build(world->builder, json, 3) != SHOP_OK) {
        printf("Bail out! the catalogue is not built\n");
        exit(EXIT_FAILURE);
    }

    json_decref(json);
    free(text);

    world->where = (shop_where_t){
        .snapshot = shop_snapshot_of(world->builder), .visitor = &world->visitor, .lang = EN};
    world_choose(world, "main");
    world->cart = shop_cart_create(world->arena);
}


WORLD_UNUSED static void world_close(world_t *world)
{
    shop_snapshot_release(world->builder);
    shop_heap_destroy(world->heap);
}


WORLD_UNUSED static shop_item_t *world_item(world_t *world, const char *shortname)
{
    const shop_item_t *item =
        shop_find_item(world->where.snapshot, world->where.shop, shop_str(shortname));

    if (item == NULL) {
        printf("Bail out! no product %s\n", shortname);
        exit(EXIT_FAILURE);
    }

    return (shop_item_t *) item;
}


/* Anonymous, logged in, customer, everything: the four classes of visitors. */
WORLD_UNUSED static void world_visitor(world_t *world, unsigned visitor_class)
{
    world->visitor = (shop_visitor_t){.logged_in = visitor_class > 0,
                                      .user = visitor_class > 0 ? 7 : 0,
                                      .customer = visitor_class == 2 ? 12 : 0,
                                      .email = SHOP_STR("jane@example.org"),
                                      .see_all = visitor_class == 3};
}


WORLD_UNUSED static shop_refusal_t world_put(world_t *world, const char *shortname,
                                             int64_t quantity)
{
    return shop_cart_set(world->cart, &world->where, shop_str(shortname), quantity);
}


/* Lines "code=quantity code=quantity", as they stand in the order given. */
WORLD_UNUSED static bool world_fill(world_t *world, const char *lines)
{
    char shortname[33];
    int quantity, read;
    bool good = true;

    world->cart = shop_cart_create(world->arena);

    while (sscanf(lines, " %32[^= ]=%d%n", shortname, &quantity, &read) == 2) {
        char *own = shop_arena_cstring(world->arena, shop_str(shortname));

        good = world_put(world, own, quantity).key == NULL && good;
        lines += read;
    }

    return good;
}


/* The cart as "code=quantity code=quantity". */
WORLD_UNUSED static shop_str_t world_lines(const world_t *world)
{
    shop_buf_t buf;

    shop_buf_init(&buf, world->arena, 0);

    for (size_t i = 0; i < world->cart->line_count; i++) {
        shop_buf_add(&buf, i > 0 ? SHOP_STR(" ") : SHOP_STR(""));
        shop_buf_add(&buf, world->cart->lines[i].shortname);
        shop_buf_add_char(&buf, '=');
        shop_buf_add_int(&buf, world->cart->lines[i].quantity);
    }

    return shop_buf_str(&buf);
}


WORLD_UNUSED static shop_form_t world_form(world_t *world, const char *body)
{
    shop_form_t form;

    if (shop_form_parse(world->arena, shop_str(body), 5000, &form) != SHOP_OK) {
        printf("Bail out! the test's own form: %s\n", body);
        exit(EXIT_FAILURE);
    }

    return form;
}


WORLD_UNUSED static shop_str_t world_money(world_t *world, shop_money_t money, unsigned decimals)
{
    shop_str_t text = SHOP_STR("");

    if (shop_money_print(world->arena, money, decimals, &text) != SHOP_OK) {
        return SHOP_STR("(not printed)");
    }

    return text;
}


/* NULL as "" and a refusal by its key. */
WORLD_UNUSED static bool is_key(shop_refusal_t refusal, const char *expected, const char *name)
{
    return is_str(shop_str(refusal.key), expected != NULL ? expected : "", name);
}


WORLD_UNUSED static bool is_money(shop_money_t got, const char *expected, const char *name)
{
    shop_money_t money = SHOP_MONEY_ZERO;

    if (shop_money_parse(shop_str(expected), &money) != SHOP_OK) {
        printf("Bail out! the test's own amount: %s\n", expected);
        exit(EXIT_FAILURE);
    }

    if (!ok(got.e4 == money.e4, "%s", name)) {
        printf("#      got: %lld e-4\n# expected: %s\n", (long long) got.e4, expected);
        return false;
    }

    return true;
}

#endif
