/*
 * Vectors of transfers: structured references, IBAN, RIB, the text of the QR code.
 */

#include "vectors.h"

#include "pay/pay_internal.h"


static bool same_validity(vector_t *v, bool valid)
{
    const json_t *expected = json_object_get(v->expected, "valid");

    if (!json_is_boolean(expected) || json_is_true(expected) != valid) {
        return vector_fails(v, "found %s", valid ? "valid" : "not valid");
    }

    return true;
}


static bool check_rf_create(vector_t *v)
{
    shop_str_t rf;

    if (shop_rf_create(v->arena, shop_json_text(v->input, "reference"), &rf) != SHOP_OK) {
        return vector_verdict(v, "malformed");
    }

    const char *expected = json_string_value(v->expected);
    return vector_same(v, "reference", rf, shop_str(expected));
}


static bool check_rf_valid(vector_t *v)
{
    return same_validity(v, shop_rf_valid(shop_json_text(v->input, "reference")));
}


static bool check_iban(vector_t *v)
{
    return same_validity(v, shop_iban_valid(shop_json_text(v->input, "iban")));
}


static bool check_rib(vector_t *v)
{
    return same_validity(
        v, shop_rib_valid(shop_json_text(v->input, "bank"), shop_json_text(v->input, "office"),
                          shop_json_text(v->input, "account"), shop_json_text(v->input, "key")));
}


static bool check_epc(vector_t *v)
{
    const shop_epc_t epc = {
        .version = shop_json_text(v->input, "version"),
        .bic = shop_json_text(v->input, "bic"),
        .name = shop_json_text(v->input, "name"),
        .iban = shop_json_text(v->input, "iban"),
        .currency = shop_json_text(v->input, "currency"),
        .amount_minor = shop_json_int(v->input, "amount_minor"),
        .purpose = shop_json_text(v->input, "purpose"),
        .reference = shop_json_text(v->input, "reference"),
        .text = shop_json_text(v->input, "text"),
        .info = shop_json_text(v->input, "info"),
    };
    shop_str_t payload;

    if (shop_epc_payload(v->arena, &epc, &payload) != SHOP_OK) {
        return vector_verdict(v, "malformed");
    }

    const json_t *bytes = json_object_get(v->expected, "bytes");
    if (bytes != NULL && (size_t) json_integer_value(bytes) != payload.len) {
        return vector_fails(v, "got %zu bytes", payload.len);
    }

    return vector_same(v, "payload", payload, shop_json_text(v->expected, "payload"));
}


const vector_check_t vectors_transfer[] = {
    {"transfer", "sign", "iso11649-create", check_rf_create},
    {"transfer", "validate", "iso11649-check", check_rf_valid},
    {"transfer", "validate", "iban-mod97", check_iban},
    {"transfer", "validate", "rib-key", check_rib},
    {"transfer", "build", "epc-qr-payload", check_epc},
    {NULL, NULL, NULL, NULL},
};
