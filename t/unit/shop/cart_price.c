/*
 * Totals of carts: rounding line by line in each currency, taxes, discounts, shipping.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    /* the worked example of objects.md 8.4 */
    WORLD_ITEM(1, "train01") ", 'price1': '100', 'range1': 10, 'price2': '90', 'taxcode': 1},"
    WORLD_ITEM(2, "book") ", 'price1': '14.218', 'taxcode': 2},"
    WORLD_ITEM(3, "gift") ", 'price1': '20'},"
    /* that of front-office.md 5.6 */
    WORLD_ITEM(4, "a") ", 'price1': '10.00', 'taxcode': 1},"
    WORLD_ITEM(5, "b") ", 'price1': '40.00', 'range1': 5, 'price2': '35.00', 'taxcode': 1},"
    /* halves and thousandths */
    WORLD_ITEM(6, "half") ", 'price1': '0.005'},"
    WORLD_ITEM(7, "under") ", 'price1': '0.0049'},"
    WORLD_ITEM(8, "third") ", 'price1': '0.333', 'taxcode': 1},"
    WORLD_ITEM(9, "mill") ", 'price1': '0.1235', 'taxcode': 2},"
    WORLD_ITEM(10, "yen") ", 'price1': '99.5', 'taxcode': 1},"
    WORLD_ITEM(11, "nothing") ", 'price1': '0', 'taxcode': 1},"
    WORLD_ITEM(12, "exempt") ", 'price1': '33.33', 'taxcode': 3},";
/* clang-format on */


typedef struct {
    const char *shop;
    const char *cart;
    const char *untaxed;
    const char *tax;
    const char *amount;
    int64_t items;
} total_t;

static const total_t totals_table[] = {
    {"main", "", "0", "0", "0", 0},
    {"main", "train01=12 book=3 gift=1", "1142.65", "218.35", "1361.00", 16},
    {"main", "a=3 b=6", "240.00", "48.00", "288.00", 9},
    {"main", "b=5 a=1", "210.00", "42.00", "252.00", 6},
    {"main", "half=1", "0.01", "0", "0.01", 1},
    {"main", "half=3", "0.02", "0", "0.02", 3},
    {"main", "under=1", "0", "0", "0", 1},
    {"main", "third=1", "0.33", "0.07", "0.40", 1},
    {"main", "third=2", "0.67", "0.13", "0.80", 2},
    {"main", "third=3", "1.00", "0.20", "1.20", 3},
    {"main", "nothing=2", "0", "0", "0", 2},
    {"main", "nothing=1 exempt=3", "99.99", "0", "99.99", 4},
    {"yen", "yen=1", "100", "19", "119", 1},
    {"yen", "yen=3", "299", "59", "358", 3},
    {"yen", "half=99", "0", "0", "0", 99},
    {"yen", "half=100", "1", "0", "1", 100},
    {"dinar", "third=1", "0.333", "0.067", "0.400", 1},
    {"dinar", "mill=1", "0.124", "0.006", "0.130", 1},
    {"dinar", "mill=7", "0.865", "0.047", "0.912", 7},
    {"dinar", "half=1", "0.005", "0", "0.005", 1},
    {"free", "train01=12 book=3 gift=1", "1142.65", "0", "1142.65", 16},
};


static bool price(world_t *world, shop_totals_t *totals)
{
    return shop_cart_price(world->arena, world->cart, &world->where, totals) == SHOP_OK;
}


static void check_totals(world_t *world)
{
    for (size_t i = 0; i < COUNT(totals_table); i++) {
        const total_t *c = &totals_table[i];
        shop_totals_t totals = {0};

        world_choose(world, c->shop);
        ok(world_fill(world, c->cart) && price(world, &totals), "%s: %s", c->shop, c->cart);
        is_money(totals.untaxed, c->untaxed, "untaxed");
        is_money(totals.tax, c->tax, "tax");
        is_money(totals.amount, c->amount, "to pay");
        is_money(totals.order_untaxed, c->untaxed, "order untaxed");
        is_money(totals.order_taxed, c->amount, "order taxed");
        is_int(totals.items, c->items, "items");
    }

    world_choose(world, "main");
}


static void check_lines(world_t *world)
{
    static const struct {
        const char *unit, *unit_taxed, *untaxed, *taxed, *tax;
    } cases[] = {
        {"90", "108", "1080", "1296", "216"},
        {"14.218", "15.000", "42.65", "45.00", "2.35"},
        {"20", "20", "20", "20", "0"},
    };
    shop_totals_t totals = {0};

    ok(world_fill(world, "train01=12 book=3 gift=1") && price(world, &totals), "priced");
    is_int((long long) totals.line_count, 3, "three lines");

    for (size_t i = 0; i < COUNT(cases) && i < totals.line_count; i++) {
        is_money(totals.lines[i].unit, cases[i].unit, "unit");
        is_money(totals.lines[i].unit_taxed, cases[i].unit_taxed, "unit with tax");
        is_money(totals.lines[i].untaxed, cases[i].untaxed, "line untaxed");
        is_money(totals.lines[i].taxed, cases[i].taxed, "line taxed");
        is_money(totals.lines[i].tax, cases[i].tax, "tax of the line");
    }
}


/* The whole example of objects.md 8.4, discounts and shipping included. */
static void check_worked_example(world_t *world)
{
    static const shop_discount_line_t discounts[] = {
        {.line = 0, .untaxed = {-1080000}, .taxed = {-1296000}},
        {.line = 1, .untaxed = {-42700}, .taxed = {-45000}},
        {.line = 2, .untaxed = {-20000}, .taxed = {-20000}},
        {.line = 0, .untaxed = {-540000}, .taxed = {-648000}},
    };
    shop_totals_t totals = {.discounts = (shop_discount_line_t *) discounts,
                            .discount_count = COUNT(discounts)};

    ok(world_fill(world, "train01=12 book=3 gift=1"), "the example is in the cart");
    totals.shipping = (shop_shipping_line_t){.code = SHOP_STR("SHIP_FR"),
                                             .tax = world_item(world, "train01")->tax,
                                             .untaxed = {80000},
                                             .taxed = {96000}};

    ok(price(world, &totals), "it is priced");
    is_money(totals.order_untaxed, "1142.65", "order untaxed");
    is_money(totals.order_taxed, "1361.00", "order taxed");
    is_money(totals.untaxed, "982.38", "final untaxed");
    is_money(totals.tax, "187.32", "final tax");
    is_money(totals.amount, "1169.70", "final amount");
    is_int((long long) totals.tax_count, 2, "one line for each tax that occurs");
    is_str(totals.taxes[0].tax->title[EN], "VAT 20%", "in the order of the cart");
    is_money(totals.taxes[0].amount, "185.20", "20 %");
    is_money(totals.taxes[1].amount, "2.12", "5.5 %");
}


static void check_untaxed_shop(world_t *world)
{
    static const shop_discount_line_t discount = {.untaxed = {-10000}, .taxed = {-10000}};
    shop_totals_t totals = {.discounts = (shop_discount_line_t *) &discount, .discount_count = 1};

    world_choose(world, "free");
    ok(world_fill(world, "train01=1"), "a taxed product in a shop without taxes");
    totals.shipping = (shop_shipping_line_t){.code = SHOP_STR("SHIP_FR"),
                                             .tax = world_item(world, "train01")->tax,
                                             .untaxed = {80000},
                                             .taxed = {80000}};
    ok(price(world, &totals), "it is priced");
    is_money(totals.amount, "107", "without tax");
    is_int((long long) totals.tax_count, 0, "no tax is shown, not even at zero");
    world_choose(world, "main");
}


static void check_what_left_the_catalogue(world_t *world)
{
    shop_totals_t totals = {0};

    ok(world_fill(world, "a=1 b=1"), "two products");
    world->cart->lines[0].shortname = SHOP_STR("gone");
    ok(price(world, &totals), "one of them is gone: the rest is priced");
    is_int((long long) totals.line_count, 1, "one line is left");
    is_money(totals.amount, "48.00", "of its price");
}


static void shuffle(shop_cart_t *cart, unsigned *seed)
{
    for (size_t i = cart->line_count; i > 1; i--) {
        size_t other;
        shop_cart_line_t line;

        *seed = *seed * 1103515245u + 12345u;
        other = (*seed >> 16) % i;
        line = cart->lines[i - 1];
        cart->lines[i - 1] = cart->lines[other];
        cart->lines[other] = line;
    }
}


/* Of two hundred carts in four currencies and orders: the laws that bills are checked by. */
static void check_laws(world_t *world)
{
    static const char *const shops[] = {"main", "yen", "dinar", "free"};
    static const char *const items[] = {"train01", "book",  "gift", "a",   "b",     "half",
                                        "under",   "third", "mill", "yen", "exempt"};
    unsigned seed = 1;
    int wrong_sum = 0, wrong_lines = 0, wrong_taxes = 0, wrong_order = 0;

    for (int n = 0; n < 200; n++) {
        shop_totals_t first = {0}, second = {0};
        int64_t untaxed = 0, taxed = 0, taxes = 0;

        world_choose(world, shops[n % 4]);
        world->cart = shop_cart_create(world->arena);

        for (size_t i = 0; i < COUNT(items); i++) {
            seed = seed * 1103515245u + 12345u;

            if ((seed >> 16) % 3 > 0) {
                (void) world_put(world, items[i], (seed >> 18) % 400 + 1);
            }
        }

        if (!price(world, &first)) {
            wrong_sum++;
            continue;
        }

        for (size_t i = 0; i < first.line_count; i++) {
            const shop_priced_line_t *line = &first.lines[i];

            untaxed += line->untaxed.e4;
            taxed += line->taxed.e4;
            wrong_lines += line->untaxed.e4 + line->tax.e4 != line->taxed.e4;
        }

        for (size_t i = 0; i < first.tax_count; i++) {
            taxes += first.taxes[i].amount.e4;
        }

        wrong_sum += untaxed != first.untaxed.e4 || taxed != first.amount.e4 ||
                     first.untaxed.e4 + first.tax.e4 != first.amount.e4;
        wrong_taxes += taxes != first.tax.e4;

        shuffle(world->cart, &seed);
        wrong_order += !price(world, &second) || second.amount.e4 != first.amount.e4 ||
                       second.untaxed.e4 != first.untaxed.e4 || second.items != first.items ||
                       second.tax_count != first.tax_count;
    }

    is_int(wrong_sum, 0, "totals are the sums of their lines, untaxed and tax make taxed");
    is_int(wrong_lines, 0, "so does each line");
    is_int(wrong_taxes, 0, "the taxes of the summary make the tax of the whole");
    is_int(wrong_order, 0, "the order of lines changes no total");
    world_choose(world, "main");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_totals(&world);
    check_lines(&world);
    check_worked_example(&world);
    check_untaxed_shop(&world);
    check_what_left_the_catalogue(&world);
    check_laws(&world);
    world_close(&world);

    return done_testing();
}
