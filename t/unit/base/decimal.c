/*
 * Decimals of twelve digits: exact products and quotients, rounding, the ends of the range.
 */

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

typedef shop_status_t (*operation_pt)(shop_dec_t a, shop_dec_t b, shop_dec_t *result);


static void check_operations(void)
{
    static const struct {
        operation_pt operation;
        const char *a;
        const char *b;
        const char *result; /* NULL: overflow */
    } cases[] = {
        {shop_dec_mul, "1.5", "-2", "-3"},
        {shop_dec_mul, "0.000001", "0.0000005", "0.000000000001"},
        {shop_dec_mul, "-0.000001", "0.0000005", "-0.000000000001"},
        {shop_dec_mul, "0.000001", "0.0000004", "0"},
        {shop_dec_mul, "1234567890123", "9876543210.5", "12193263113095625659891.5"},
        {shop_dec_mul, "9999999999999", "9999999999999", "99999999999980000000000001"},
        {shop_dec_mul, "99999999999999", "99999999999999", NULL},
        {shop_dec_div, "1", "3", "0.333333333333"},
        {shop_dec_div, "2", "3", "0.666666666667"},
        {shop_dec_div, "-2", "3", "-0.666666666667"},
        {shop_dec_div, "1", "0", NULL},
        /* on both sides of what the machine divides by itself */
        {shop_dec_div, "340282366920938.463463374607", "1", "340282366920938.463463374607"},
        {shop_dec_div, "340282366920938.463463374608", "1", "340282366920938.463463374608"},
        {shop_dec_div, "-340282366920938.463463374607", "3", "-113427455640312.821154458202"},
        {shop_dec_div, "-340282366920938.463463374608", "3", "-113427455640312.821154458203"},
        {shop_dec_div, "99999999999999999999999999", "0.000000000001", NULL},
        {shop_dec_div, "99999999999999999999999999", "99999999999999999999999999", "1"},
        {shop_dec_pow, "1.1", "3", "1.331"},
        {shop_dec_pow, "2", "-2", "0.25"},
        {shop_dec_pow, "10", "30", NULL},
        {shop_dec_pow, "-8", "0.5", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_dec_t a = {0}, b = {0}, wanted = {0}, result = {0};

        if (!ok(shop_dec_parse(shop_str(cases[i].a), &a) == SHOP_OK &&
                    shop_dec_parse(shop_str(cases[i].b), &b) == SHOP_OK &&
                    (cases[i].result == NULL ||
                     shop_dec_parse(shop_str(cases[i].result), &wanted) == SHOP_OK),
                "case %zu is readable", i)) {
            continue;
        }

        const shop_status_t status = cases[i].operation(a, b, &result);

        ok(cases[i].result == NULL ? status == SHOP_OVERFLOW
                                   : status == SHOP_OK && shop_dec_cmp(result, wanted) == 0,
           "%s with %s", cases[i].a, cases[i].b);
    }
}


static void check_rounding(void)
{
    static const struct {
        const char *text;
        unsigned decimals;
        int64_t e4;
    } cases[] = {
        {"1.005", 2, 10100},   {"1.004999999999", 2, 10000}, {"-1.005", 2, -10100},
        {"0.5", 0, 10000},     {"-0.5", 0, -10000},          {"0.499999999999", 0, 0},
        {"1.23455", 4, 12346}, {"99.995", 2, 1000000},
    };
    shop_money_t money;

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_dec_t d = {0};

        ok(shop_dec_parse(shop_str(cases[i].text), &d) == SHOP_OK &&
               shop_dec_round(d, cases[i].decimals, &money) == SHOP_OK && money.e4 == cases[i].e4,
           "%s to %u decimals", cases[i].text, cases[i].decimals);
    }

    ok(shop_dec_round((shop_dec_t){(__int128) 1 << 126}, 2, &money) == SHOP_OVERFLOW,
       "no amount is that large");
    ok(shop_dec_round((shop_dec_t){0}, 5, &money) == SHOP_BUG, "five decimals are a bug");
}


/* (a * b) / b = a while everything is exact, and the root of a square is the number. */
static void check_laws(void)
{
    uint64_t seed = 1;
    bool back = true, roots = true;

    for (int i = 0; i < 500; i++) {
        shop_dec_t a, b, product, quotient, root;

        seed = seed * 6364136223846793005U + 1442695040888963407U;
        a = shop_dec_from_money((shop_money_t){(int64_t) (seed >> 24)});
        b = shop_dec_from_int((int64_t) (seed & 0xFFFF) + 1);
        back = back && shop_dec_mul(a, b, &product) == SHOP_OK &&
               shop_dec_div(product, b, &quotient) == SHOP_OK && shop_dec_cmp(quotient, a) == 0;
        roots = roots && shop_dec_mul(b, b, &product) == SHOP_OK &&
                shop_dec_sqrt(product, &root) == SHOP_OK && shop_dec_cmp(root, b) == 0;
    }

    ok(back, "a product divided by its factor");
    ok(roots, "the root of a square");
}


int main(void)
{
    check_operations();
    check_rounding();
    check_laws();

    return done_testing();
}
