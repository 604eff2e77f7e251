/*
 * What is listed for training credits, and that an order of it costs no money.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'category', 'id': 2, 'catalogid': 1, 'parentid': 1, 'name': 'Below', "
        "'sortorder': 1, 'visible': true},"
    "{'kind': 'category', 'id': 3, 'catalogid': 1, 'parentid': 0, 'name': 'Hidden', "
        "'sortorder': 2, 'visible': false},"
    WORLD_ITEM(1, "a_course") ", 'price1': '99.99', 'taxcode': 1, 'credit_price': 4},"
    WORLD_ITEM(2, "b_money") ", 'price1': '10', 'credit_price': null},"
    WORLD_ITEM(3, "c_members") ", 'onlyforloggedin': 1, 'credit_price': 2},"
    WORLD_ITEM(4, "d_asks") ", 'credit_price': 2, "
        "'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(5, "e_code") ", 'credit_price': 2, 'password': 'sesame'},"
    WORLD_ITEM(6, "f_seats") ", 'credit_price': 2, 'quantaddressesusers': 2},"
    WORLD_ITEM(7, "g_set") ", 'isset': 1},"
    WORLD_ITEM(8, "h_element") ", 'setid': 7, 'credit_price': 7},"
    WORLD_ITEM(9, "i_gone") ", 'status': 'SUSPENDED', 'credit_price': 7},"
    "{'kind': 'item', 'id': 10, 'catalogid': 1, 'categoryid': 2, 'code': 'low', "
        "'shortname': 'low', 'name': 'Low', 'status': 'AVAILABLE', 'credit_price': 1},"
    "{'kind': 'item', 'id': 11, 'catalogid': 1, 'categoryid': 3, 'code': 'dark', "
        "'shortname': 'dark', 'name': 'Dark', 'status': 'AVAILABLE', 'credit_price': 1},";
/* clang-format on */


static void is_listed(world_t *world, const char *expected, const char *who)
{
    shop_credits_t credits;
    shop_buf_t names;

    shop_buf_init(&names, world->arena, 0);
    is_int(shop_credits_list(world->arena, &world->where, &credits), SHOP_OK, "a list");

    for (size_t i = 0; i < credits.count; i++) {
        shop_buf_add(&names, SHOP_STR(" "));
        shop_buf_add(&names, credits.items[i]->shortname);
    }

    is_str(shop_buf_str(&names), expected, who);
}


static void check_totals(world_t *world)
{
    shop_totals_t totals;

    ok(shop_cart_set(world->cart, &world->where, SHOP_STR("a_course"), 2).key == NULL,
       "two units are ordered");
    is_int(shop_credits_totals(world->arena, world->cart, &world->where, &totals), SHOP_OK,
           "and priced");
    is_int((int64_t) totals.line_count, 1, "one line");
    is_int(totals.lines[0].quantity, 2, "of two");
    is_int(totals.lines[0].unit.e4 + totals.lines[0].untaxed.e4 + totals.lines[0].taxed.e4, 0,
           "that costs nothing");
    is_int(totals.amount.e4 + totals.untaxed.e4 + totals.tax.e4, 0, "as does all of it");
    is_int((int64_t) totals.tax_count, 0, "without a tax");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    is_listed(&world, " a_course h_element low", "what a stranger could have, by the catalogue");
    world.visitor.logged_in = true;
    is_listed(&world, " a_course c_members h_element low", "and who is logged in");
    check_totals(&world);
    world_close(&world);

    return done_testing();
}
