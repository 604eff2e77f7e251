/*
 * Prices of one product: tiers, taxes, the ladder.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    /* the example of objects.md 5.3 */
    WORLD_ITEM(1, "ladder") ", 'price1': '100', 'range1': 10, 'price2': '90', 'range2': 50, "
        "'price3': '80', 'range3': 0, 'taxcode': 1},"
    WORLD_ITEM(2, "single") ", 'price1': '14.218', 'taxcode': 2},"
    WORLD_ITEM(3, "five") ", 'price1': '50', 'range1': 1, 'price2': '40', 'range2': 2, "
        "'price3': '30', 'range3': 3, 'price4': '20', 'range4': 4, 'price5': '10', 'taxcode': 1},"
    /* a price that was forgotten is that of the tier before */
    WORLD_ITEM(4, "forgotten") ", 'price1': '9', 'range1': 5, 'price2': '0', 'range2': 9, "
        "'price3': '7', 'range3': 0, 'price4': '99'},"
    /* nothing after the first open range, nor after one that does not grow */
    WORLD_ITEM(5, "open") ", 'price1': '9', 'range1': 0, 'price2': '8', 'range2': 4},"
    WORLD_ITEM(6, "falling") ", 'price1': '9', 'range1': 5, 'price2': '8', 'range2': 5, "
        "'price3': '7', 'range3': 20},"
    WORLD_ITEM(7, "gift") ", 'price1': '0'},"
    WORLD_ITEM(8, "set") ", 'isset': 1},"
    WORLD_ITEM(9, "reals") ", 'price1': 12.345, 'range1': 3, 'price2': 10},";
/* clang-format on */


static void check_tiers(world_t *world)
{
    static const struct {
        const char *item;
        int64_t quantity;
        const char *price;
    } cases[] = {
        {"ladder", 1, "100"},    {"ladder", 10, "100"},     {"ladder", 11, "90"},
        {"ladder", 50, "90"},    {"ladder", 51, "80"},      {"ladder", 9999, "80"},
        {"single", 1, "14.218"}, {"single", 500, "14.218"}, {"five", 1, "50"},
        {"five", 2, "40"},       {"five", 3, "30"},         {"five", 4, "20"},
        {"five", 5, "10"},       {"five", 9999, "10"},      {"forgotten", 5, "9"},
        {"forgotten", 6, "9"},   {"forgotten", 9, "9"},     {"forgotten", 10, "7"},
        {"forgotten", 99, "7"},  {"open", 1, "9"},          {"open", 5, "9"},
        {"falling", 5, "9"},     {"falling", 6, "8"},       {"falling", 21, "8"},
        {"gift", 3, "0"},        {"reals", 3, "12.345"},    {"reals", 4, "10"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_money(shop_tier_price(world_item(world, cases[i].item), cases[i].quantity),
                 cases[i].price, cases[i].item);
    }
}


/* The unit price with tax is not rounded: 14.218 and 5.5 % are exactly 14.99999. */
static void check_taxes(world_t *world)
{
    static const struct {
        const char *ratio;
        const char *formula; /* NULL: does not compile */
        const char *untaxed;
        const char *taxed; /* NULL: refused */
    } cases[] = {
        {"20", "$ttc = $ht + ($ht * $tr / 100)", "100", "120"},
        {"5.5", "$ttc = $ht * (1 + $tr / 100)", "14.218", "14.99999"},
        {"20", "$TTC = $HT * (1 + $TR / 100)", "1", "1.2"},
        {"0", "$ttc = $ht", "7.7", "7.7"},
        {"20", "$ttc = round($ht * 1.2, 2)", "14.218", "17.06"},
        {"20", "$ttc = $ht > 50 ? $ht * 1.2 : $ht", "50", "50"},
        {"20", "$ttc = $ht > 50 ? $ht * 1.2 : $ht", "51", "61.2"},
        {"20", "$x = $ht * 2; $ttc = $x / 2 + $tr", "5", "25"},
        {"20", "$ttc = $ht / ($tr - 20)", "100", NULL},
        {"20", "$ttc = $VAT", "100", NULL},
        {"20", "$ttc = -$ht", "100", NULL},
        {"20", "$tva = $ht", "100", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_tax_t tax = {.ratio = shop_str(cases[i].ratio)};
        shop_dec_t taxed, expected;
        shop_money_t untaxed = SHOP_MONEY_ZERO;
        const char *error;
        bool good = shop_dec_parse(tax.ratio, &tax.ratio_value) == SHOP_OK &&
                    shop_money_parse(shop_str(cases[i].untaxed), &untaxed) == SHOP_OK &&
                    shop_formula_compile(world->arena, shop_str(cases[i].formula), &tax.formula,
                                         &error) == SHOP_OK;

        if (!ok(good, "%s compiles", cases[i].formula)) {
            continue;
        }

        if (cases[i].taxed == NULL) {
            ok(shop_tax_apply(&tax, untaxed, &taxed) != SHOP_OK, "%s fails", cases[i].formula);
            continue;
        }

        good = shop_tax_apply(&tax, untaxed, &taxed) == SHOP_OK &&
               shop_dec_parse(shop_str(cases[i].taxed), &expected) == SHOP_OK;
        ok(good && shop_dec_cmp(taxed, expected) == 0, "%s of %s", cases[i].formula,
           cases[i].untaxed);
    }
}


static void check_no_tax(void)
{
    const shop_tax_t broken = {.formula = NULL};
    shop_dec_t taxed;

    ok(shop_tax_apply(NULL, (shop_money_t){70000}, &taxed) == SHOP_OK &&
           shop_dec_cmp(taxed, shop_dec_from_int(7)) == 0,
       "no tax: the price itself");
    ok(shop_tax_apply(&broken, (shop_money_t){70000}, &taxed) == SHOP_REFUSED,
       "a formula that did not compile never gives a price");
}


static void check_ladder(world_t *world)
{
    static const struct {
        const char *shop;
        const char *item;
        const char *ladder; /* from-to untaxed taxed; */
    } cases[] = {
        {"main", "ladder", "1-10 100.000 120.000; 11-50 90.000 108.000; 51- 80.000 96.000; "},
        {"free", "ladder", "1-10 100.000 100.000; 11-50 90.000 90.000; 51- 80.000 80.000; "},
        {"main", "single", "1- 14.218 15.000; "},
        {"main", "five",
         "1-1 50.000 60.000; 2-2 40.000 48.000; 3-3 30.000 36.000; 4-4 20.000 24.000; "
         "5- 10.000 12.000; "},
        {"main", "open", "1- 9.000 9.000; "},
        {"main", "falling", "1-5 9.000 9.000; 6- 8.000 8.000; "},
        {"main", "gift", "1- 0.000 0.000; "},
        {"main", "set", ""},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_tier_t tiers[SHOP_TIERS];
        shop_buf_t buf;
        size_t count;

        world_choose(world, cases[i].shop);
        count = shop_item_tiers(world->where.shop, world_item(world, cases[i].item), tiers);
        shop_buf_init(&buf, world->arena, 0);

        for (size_t n = 0; n < count; n++) {
            shop_buf_add_int(&buf, tiers[n].from);
            shop_buf_add_char(&buf, '-');

            if (tiers[n].to > 0) {
                shop_buf_add_int(&buf, tiers[n].to);
            }

            shop_buf_add_char(&buf, ' ');
            shop_buf_add(&buf, world_money(world, tiers[n].untaxed, 3));
            shop_buf_add_char(&buf, ' ');
            shop_buf_add(&buf, world_money(world, tiers[n].taxed, 3));
            shop_buf_add(&buf, SHOP_STR("; "));
        }

        is_str(shop_buf_str(&buf), cases[i].ladder, cases[i].item);
    }

    world_choose(world, "main");
}


/* Every quantity is in exactly one step of the ladder, at the price that a cart takes. */
static void check_ladder_and_cart_agree(world_t *world)
{
    static const char *const items[] = {"ladder", "single", "five", "forgotten", "falling", "gift"};

    for (size_t i = 0; i < COUNT(items); i++) {
        const shop_item_t *item = world_item(world, items[i]);
        shop_tier_t tiers[SHOP_TIERS];
        size_t count = shop_item_tiers(world->where.shop, item, tiers);
        int64_t wrong = 0;

        for (int64_t quantity = 1; quantity <= 120; quantity++) {
            size_t hits = 0;

            for (size_t n = 0; n < count; n++) {
                hits += quantity >= tiers[n].from &&
                        (tiers[n].to == 0 || quantity <= tiers[n].to) &&
                        tiers[n].untaxed.e4 == shop_tier_price(item, quantity).e4;
            }

            wrong += hits != 1;
        }

        is_int(wrong, 0, items[i]);
    }
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_tiers(&world);
    check_taxes(&world);
    check_no_tax();
    check_ladder(&world);
    check_ladder_and_cart_agree(&world);
    world_close(&world);

    return done_testing();
}
