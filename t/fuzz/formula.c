/*
 * Fuzz target: formulas. An accepted formula gives the same result twice, never a negative one.
 */

#include "fuzz.h"


int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const shop_formula_var_t vars[] = {{"ht", shop_dec_from_int(100)},
                                       {"tr", shop_dec_from_int(20)}};
    shop_heap_t *heap = shop_heap_create(-1);
    shop_formula_t *formula;
    shop_dec_t first = {0}, second = {0};
    const char *error = NULL;
    shop_status_t status;

    if (shop_formula_compile(shop_heap_arena(heap), (shop_str_t){size, (unsigned char *) data},
                             &formula, &error) == SHOP_OK) {
        status = shop_formula_eval(formula, vars, 2, "ttc", &first);
        must(status == shop_formula_eval(formula, vars, 2, "ttc", &second));

        if (status == SHOP_OK) {
            must(first.e12 >= 0 && shop_dec_cmp(first, second) == 0);
        }

    } else {
        must(error != NULL && error[0] != '\0');
    }

    shop_heap_destroy(heap);

    return 0;
}
