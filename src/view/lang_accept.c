/*
 * Accept-Language: which of our languages a browser likes best (RFC 9110 12.5.4).
 *
 * A range matches by its first subtag: "fr-CA" asks for "fr". Of equal weights the first one wins.
 * What cannot be read is skipped; the header is the visitor's and never an error.
 */

#include "view/view.h"

#define RANGES_MAX 64


/* "0", "0.5", "1.000": thousandths; -1 when it is none. */
static int read_weight(shop_str_t s)
{
    static const int units[] = {1000, 0, 100, 10, 1};
    int weight = 0;

    if (s.len == 0 || s.len > 5 || (s.data[0] != '0' && s.data[0] != '1')) {
        return -1;
    }

    for (size_t i = 0; i < s.len; i++) {
        if (i == 1 && s.data[i] == '.') {
            continue;
        }
        if (i == 1 || s.data[i] < '0' || s.data[i] > '9') {
            return -1;
        }
        weight += units[i] * (s.data[i] - '0');
    }

    return weight <= 1000 ? weight : -1;
}


/* The weight of the parameters behind a range: ";q=0.8". */
static int find_weight(shop_str_t parameters)
{
    shop_str_t parameter;

    while (shop_str_split(&parameters, ';', &parameter)) {
        parameter = shop_str_trim(parameter);
        if (shop_str_starts(parameter, SHOP_STR("q=")) ||
            shop_str_starts(parameter, SHOP_STR("Q="))) {
            return read_weight((shop_str_t){parameter.len - 2, parameter.data + 2});
        }
    }

    return 1000;
}


static const shop_lang_t *match(shop_str_t range)
{
    shop_str_t first;

    if (shop_str_eq(range, SHOP_STR("*"))) {
        return shop_lang_default();
    }

    return shop_str_split(&range, '-', &first) ? shop_lang_find(first) : NULL;
}


const shop_lang_t *shop_lang_accept(shop_str_t header)
{
    const shop_lang_t *best = NULL;
    int best_weight = 0;
    shop_str_t item;

    for (size_t i = 0; i < RANGES_MAX && shop_str_split(&header, ',', &item); i++) {
        shop_str_t range;
        if (!shop_str_split(&item, ';', &range)) {
            continue;
        }

        const shop_lang_t *lang = match(shop_str_trim(range));
        int weight = lang == NULL ? -1 : find_weight(item);

        if (weight > best_weight) {
            best = lang;
            best_weight = weight;
        }
    }

    return best == NULL ? shop_lang_default() : best;
}
