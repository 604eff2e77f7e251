/*
 * Formulas of taxes and shipping: their grammar, their results, their refusals (objects.md 6.2).
 */

#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


/* $ttc for $ht = 100 and $tr = 20, as text of four decimals. */
static shop_status_t taxed(shop_arena_t *arena, shop_str_t formula, shop_str_t *text)
{
    const shop_formula_var_t vars[] = {{"ht", shop_dec_from_int(100)},
                                       {"tr", shop_dec_from_int(20)}};
    shop_formula_t *compiled;
    shop_money_t money;
    shop_dec_t result;
    const char *error;
    shop_status_t status = shop_formula_compile(arena, formula, &compiled, &error);

    if (status == SHOP_OK) {
        status = shop_formula_eval(compiled, vars, COUNT(vars), "ttc", &result);
    }

    if (status == SHOP_OK) {
        status = shop_dec_round(result, 4, &money);
    }

    return status == SHOP_OK ? shop_money_print(arena, money, 4, text) : status;
}


static void check_results(shop_arena_t *arena)
{
    static const struct {
        const char *formula;
        const char *result;
    } cases[] = {
        {"", "100.0000"},
        {"$ttc = $ht + ($ht * $tr / 100)", "120.0000"},
        {"$TTC = $HT * (1 + $Tr / 100);", "120.0000"},
        {"$ttc=$ht", "100.0000"},
        {"$a = 2; $ttc = $a * $a + 1", "5.0000"},
        {"$ttc = 2 + 3 * 4 - 10 / 4", "11.5000"},
        {"$ttc = 10 - 3 - 2", "5.0000"},
        {"$ttc = 7 % 4 * 2", "6.0000"},
        {"$ttc = -(-3)", "3.0000"},
        {"$ttc = 1 / 3 * 3", "1.0000"},
        {"$ttc = $ht > 50 ? 1 : 2", "1.0000"},
        {"$ttc = $ht < 50 ? 1 : $tr == 20 ? 3 : 2", "3.0000"},
        {"$ttc = ($ht <= 100) + ($ht >= 101) + ($ht != 7)", "2.0000"},
        {"$ttc = $ht == 0 ? 1 / 0 : 5", "5.0000"},
        {"$ttc = round(2.5) + round(0-2.5) + round(1.005, 2)", "1.0100"},
        {"$ttc = floor(2.7) + ceil(2.1) + abs(-4) + floor(0-0.5)", "8.0000"},
        {"$ttc = MIN(3, 1, 2) + max(3, 1, 2)", "4.0000"},
        {"$ttc = sqrt(2)", "1.4142"},
        {"$ttc = log(1) + pow(2, 10) + pow(4, -1) + pow(4, 0.5)", "1026.2500"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_str_t text = SHOP_STR_NULL;

        if (ok(taxed(arena, shop_str(cases[i].formula), &text) == SHOP_OK, "accepted: %s",
               cases[i].formula)) {
            is_str(text, cases[i].result, "its result");
        }
    }
}


static void check_refusals(shop_arena_t *arena)
{
    static const struct {
        const char *formula;
        shop_status_t status;
    } cases[] = {
        {"$ttc", SHOP_MALFORMED},
        {"$ttc =", SHOP_MALFORMED},
        {"ttc = 1", SHOP_MALFORMED},
        {"$ttc = 1 2", SHOP_MALFORMED},
        {"$ttc = (1", SHOP_MALFORMED},
        {"$ttc = 1 ? 2", SHOP_MALFORMED},
        {"$ttc = system(1)", SHOP_MALFORMED},
        {"$ttc = pow(1)", SHOP_MALFORMED},
        {"$ttc = abs(1, 2)", SHOP_MALFORMED},
        {"$ttc = 1.", SHOP_MALFORMED},
        {"$ttc = 1 < 2 < 3", SHOP_MALFORMED},
        {"$ttc = --1", SHOP_MALFORMED},
        {";", SHOP_MALFORMED},
        {"$ttc = $VAT", SHOP_REFUSED},
        {"$other = 1", SHOP_REFUSED},
        {"$ttc = -1", SHOP_REFUSED},
        {"$ttc = 1 / 0", SHOP_OVERFLOW},
        {"$ttc = 1 % 0", SHOP_OVERFLOW},
        {"$ttc = sqrt(-1)", SHOP_OVERFLOW},
        {"$ttc = log(0)", SHOP_OVERFLOW},
        {"$ttc = pow(0, -1)", SHOP_OVERFLOW},
        {"$ttc = pow(10, 100)", SHOP_OVERFLOW},
        {"$ttc = pow(1, 99999999999999999999)", SHOP_OVERFLOW},
        {"$ttc = round(1, 18446744073709551618)", SHOP_OVERFLOW},
        {"$ttc = ceil(170141183460469231731687303.7)", SHOP_OVERFLOW},
        {"$ttc = 99999999999999999999999999 * 99", SHOP_OVERFLOW},
    };
    shop_str_t text;

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_int(taxed(arena, shop_str(cases[i].formula), &text), cases[i].status, cases[i].formula);
    }
}


static shop_str_t nested(shop_arena_t *arena, size_t depth)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, SHOP_STR("$ttc = "));
    for (size_t i = 0; i < depth; i++) {
        shop_buf_add_char(&buf, '(');
    }
    shop_buf_add_char(&buf, '1');
    for (size_t i = 0; i < depth; i++) {
        shop_buf_add_char(&buf, ')');
    }

    return shop_buf_str(&buf);
}


/* Sums of ones: twice as many operations as terms, less one. */
static shop_str_t long_formula(shop_arena_t *arena, size_t statements, size_t terms)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    for (size_t s = 0; s < statements; s++) {
        shop_buf_add(&buf, SHOP_STR("$ttc = 1"));
        for (size_t i = 1; i < terms; i++) {
            shop_buf_add(&buf, SHOP_STR("+1"));
        }
        shop_buf_add_char(&buf, ';');
    }

    return shop_buf_str(&buf);
}


static void check_limits(shop_arena_t *arena)
{
    shop_str_t text;

    ok(taxed(arena, nested(arena, 63), &text) == SHOP_OK, "63 parentheses are read");
    ok(taxed(arena, nested(arena, 64), &text) == SHOP_MALFORMED, "64 are too many");
    ok(taxed(arena, nested(arena, 5000), &text) == SHOP_MALFORMED, "5,000 do no harm");
    ok(taxed(arena, long_formula(arena, 1, 150), &text) == SHOP_OK, "a long sum is computed");
    ok(taxed(arena, long_formula(arena, 1, 500), &text) == SHOP_OK, "999 operations are allowed");
    ok(taxed(arena, long_formula(arena, 1, 501), &text) == SHOP_MALFORMED, "1,001 are not");
    ok(taxed(arena, long_formula(arena, 1, 2000), &text) == SHOP_MALFORMED,
       "an endless sum is refused");
    ok(taxed(arena, long_formula(arena, 100, 1), &text) == SHOP_MALFORMED,
       "endless statements are refused");
}


static void check_torture(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long n;

    for (n = 0; n < 50 && status == SHOP_NO_MEMORY; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_str_t text;

        status = taxed(shop_heap_arena(heap), SHOP_STR("$x = $ht; $ttc = $x + $tr"), &text);
        shop_heap_destroy(heap);
    }

    ok(status == SHOP_OK && n > 5, "each failing allocation is told");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_results(arena);
    check_refusals(arena);
    check_limits(arena);
    check_torture();
    shop_heap_destroy(heap);

    return done_testing();
}
