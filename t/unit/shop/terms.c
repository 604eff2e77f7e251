/*
 * Terms of sale: what is put together, when it has to be accepted again (front-office.md 4.2).
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 11, 'alias': 'law', 'name': 'L', 'currency': 'EUR', 'catalogid': 2, "
        "'eula': '<p>Shop</p>', 'translations': {'fr': {'eula': '<p>Boutique</p>'}}},"
    "{'kind': 'shop', 'id': 12, 'alias': 'loose', 'name': 'L', 'currency': 'EUR', 'catalogid': 2},"
    "{'kind': 'catalog', 'id': 2, 'groupid': 0, 'name': 'N', 'salesconditions': '<p>Sales</p>'},"
    "{'kind': 'item', 'id': 1, 'catalogid': 2, 'code': 'a', 'shortname': 'a', "
        "'name': 'A & <b>', 'status': 'AVAILABLE', 'price1': '1', 'eula': '<p>Of A</p>'},"
    "{'kind': 'item', 'id': 2, 'catalogid': 2, 'code': 'b', 'shortname': 'b', "
        "'name': 'B', 'status': 'AVAILABLE', 'price1': '1', 'eula': '  '},"
    "{'kind': 'item', 'id': 3, 'catalogid': 2, 'code': 'c', 'shortname': 'c', "
        "'name': 'C', 'status': 'AVAILABLE', 'price1': '1', 'eula': '<p>Of C</p>'},"
    WORLD_ITEM(9, "plain") ", 'price1': '1'},"
    WORLD_ITEM(10, "own") ", 'price1': '1', 'eula': 'Own'},";
/* clang-format on */


static shop_terms_t assemble(world_t *world)
{
    shop_terms_t terms = {0};

    ok(shop_terms_assemble(world->arena, world->cart, &world->where, &terms) == SHOP_OK,
       "put together");

    return terms;
}


static void check_texts(world_t *world)
{
    static const struct {
        const char *shop;
        const char *cart;
        size_t parts;
        const char *text;
    } cases[] = {
        {"main", "", 0, ""},
        {"main", "plain=1", 0, ""},
        {"main", "own=1", 1, "<h2>The own</h2>\nOwn\n"},
        {"loose", "", 1, "<p>Sales</p>\n"},
        {"law", "", 2, "<p>Shop</p>\n<p>Sales</p>\n"},
        {"law", "b=1", 2, "<p>Shop</p>\n<p>Sales</p>\n"},
        {"law", "c=2 b=1 a=1", 4,
         "<p>Shop</p>\n<p>Sales</p>\n<h2>C</h2>\n<p>Of C</p>\n"
         "<h2>A &amp; &lt;b&gt;</h2>\n<p>Of A</p>\n"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_terms_t terms;

        world_choose(world, cases[i].shop);
        ok(world_fill(world, cases[i].cart), "%s: %s", cases[i].shop, cases[i].cart);
        terms = assemble(world);
        is_int((long long) terms.count, (long long) cases[i].parts, "its parts");
        is_str(terms.text, cases[i].text, "the text");
        is_int((long long) terms.hash.len, cases[i].parts > 0 ? 64 : 0, "its digest");
    }
}


static void check_parts(world_t *world)
{
    shop_terms_t terms;

    world_choose(world, "law");
    ok(world_fill(world, "a=1"), "a product with terms");
    terms = assemble(world);
    is_str(terms.parts[0].name, "", "the shop's have no name");
    is_str(terms.parts[2].name, "A & <b>", "a product's have its name");
    is_str(terms.parts[2].html, "<p>Of A</p>", "and its text");
    is_str(terms.hash, "a88a612d26a8a2c0a97b2b4f1969520d559bd5b26b3b1297ea8eb6db585ee374",
           "the digest is that of the text");
}


/* Acceptance scenario 6. */
static void check_accepted(world_t *world)
{
    shop_terms_t terms;

    world_choose(world, "law");
    ok(world_fill(world, "a=1"), "a product with terms");
    terms = assemble(world);
    ok(!shop_terms_accepted(world->cart, &terms), "not accepted yet");

    world->cart->terms_hash = terms.hash;
    ok(shop_terms_accepted(world->cart, &terms), "accepted");

    (void) world_put(world, "a", 5);
    terms = assemble(world);
    ok(shop_terms_accepted(world->cart, &terms), "another quantity: still");

    (void) world_put(world, "b", 1);
    terms = assemble(world);
    ok(shop_terms_accepted(world->cart, &terms), "a product without terms: still");

    (void) world_put(world, "c", 1);
    terms = assemble(world);
    ok(!shop_terms_accepted(world->cart, &terms), "one with its own: once more");

    (void) world_put(world, "c", 0);
    terms = assemble(world);
    ok(shop_terms_accepted(world->cart, &terms), "without it: as before");

    world->where.lang = FR;
    terms = assemble(world);
    ok(!shop_terms_accepted(world->cart, &terms), "in French it is another text");
    world->where.lang = EN;
}


static void check_nothing_to_accept(world_t *world)
{
    shop_terms_t terms;

    world_choose(world, "main");
    ok(world_fill(world, "plain=1"), "nothing has terms");
    terms = assemble(world);
    ok(shop_terms_accepted(world->cart, &terms), "nothing has to be accepted");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_texts(&world);
    check_parts(&world);
    check_accepted(&world);
    check_nothing_to_accept(&world);
    world_close(&world);

    return done_testing();
}
