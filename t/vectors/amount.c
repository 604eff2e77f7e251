/*
 * Vectors of amounts: a provider's decimal text to minor units, and back to each provider.
 */

#include "vectors.h"

#include "pay/pay.h"


static bool check_parse(vector_t *v)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(v->input, "currency"));
    int64_t minor;

    if (currency == NULL ||
        shop_pay_amount_parse(shop_json_text(v->input, "text"), currency, &minor) != SHOP_OK) {
        return vector_verdict(v, "malformed");
    }

    if (!json_is_integer(json_object_get(v->expected, "minor")) ||
        minor != shop_json_int(v->expected, "minor")) {
        return vector_fails(v, "got %lld minor units", (long long) minor);
    }

    return true;
}


static bool check_build(vector_t *v)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(v->input, "currency"));
    shop_str_t provider = shop_json_text(v->input, "provider");
    shop_pay_amount_t amount;

    if (currency == NULL || !json_is_integer(json_object_get(v->input, "minor"))) {
        return vector_verdict(v, "malformed");
    }

    shop_status_t status = shop_pay_amount_print(
        v->arena, provider, shop_json_int(v->input, "minor"), currency, &amount);
    if (status == SHOP_NOT_FOUND) {
        return vector_fails(v, "provider \"%.*s\" is not known", (int) provider.len,
                            (const char *) provider.data);
    }
    if (status != SHOP_OK) {
        return vector_verdict(v, "malformed");
    }

    return vector_same(v, "amount", amount.amount, shop_json_text(v->expected, "amount")) &&
           vector_same(v, "currency", amount.currency, shop_json_text(v->expected, "currency"));
}


const vector_check_t vectors_amount[] = {
    {"amount", "parse", "decimal-to-minor", check_parse},
    {"amount", "build", "minor-to-provider", check_build},
    {NULL, NULL, NULL, NULL},
};
