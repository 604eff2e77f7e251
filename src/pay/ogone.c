/*
 * Ogone (Ingenico e-Commerce) and the instances that others run of it: one signed form to the
 * hosted page, one signed feedback back. This file is the configuration; ogone_*.c do the work.
 */

#include "pay/ogone.h"


static bool is_pspid(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] <= 0x20 || value.data[i] >= 0x7f) {
            return false;
        }
    }

    return value.len > 0 && value.len <= 30;
}


/* Of other characters the two sides would have to agree on the bytes. */
static bool is_passphrase(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] < 0x20 || value.data[i] >= 0x7f) {
            return false;
        }
    }

    return value.len >= 16 && value.len <= 32;
}


static bool is_hash(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("sha512 sha256 sha1"), value);
}


static bool is_operation(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("SAL RES"), value);
}


/* "PAYIDSUB TICKET VC" */
static bool is_names(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != ' ') {
            return false;
        }
    }

    return value.len <= 200;
}


static const shop_pay_param_t params[] = {
    {"pspid", SHOP_PAY_PARAM_REQUIRED, NULL, "the account's name, at most 30 characters", is_pspid},
    {"sha_in_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the SHA-IN passphrase, 16 to 32 ASCII characters", is_passphrase},
    {"sha_out_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the SHA-OUT passphrase, 16 to 32 ASCII characters", is_passphrase},
    {"hash", 0, "sha512", "sha512, sha256 or sha1", is_hash},
    {"sha_out_extra", 0, "PAYIDSUB TICKET VC", "names such as PAYIDSUB", is_names},
    {"operation", 0, "SAL", "SAL or RES", is_operation},
    {"payment_methods", 0, NULL, "methods such as VISA;MasterCard", shop_pay_is_line},
    {"page_url", 0, NULL, "an address", shop_pay_is_url},
    {"query_url", 0, NULL, "an address", shop_pay_is_url},
    {"api_user", 0, NULL, "the user of the API", shop_pay_is_line},
    {"api_password_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the password of the API's user", shop_pay_is_line},
    {.name = NULL},
};


static shop_status_t take_api(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    if (shop_pay_value(config, "api_user").len > 0) {
        config->api_url = shop_pay_address(config, "query_url",
                                           "https://secure.ogone.com/ncol/prod/querydirect.asp",
                                           "https://secure.ogone.com/ncol/test/querydirect.asp");
    }

    return shop_pay_check_both(arena, config, "api_user", "api_password_file", error);
}


/* A key that guards play money, or both ways, must not guard real money. */
static shop_status_t check(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_ogone_t *ogone, shop_str_t *error)
{
    static const char *const addresses[] = {"page_url", "query_url", NULL};

    if (shop_str_eq(ogone->sha_in, ogone->sha_out)) {
        return shop_pay_refuse(arena, error,
                               "\"sha_in_file\" and \"sha_out_file\" hold the same passphrase: "
                               "choose two in the back office");
    }

    shop_status_t status = shop_pay_check_no_test(arena, config, addresses, "/ncol/test/", error);

    return status == SHOP_OK ? shop_pay_check_https(arena, config, addresses, error) : status;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_str_t hash = shop_pay_value(config, "hash");
    shop_ogone_t *ogone = shop_arena_calloc(arena, sizeof(*ogone));

    if (ogone == NULL) {
        return SHOP_NO_MEMORY;
    }

    ogone->hash = SHOP_OGONE_SHA512;
    if (shop_str_eq(hash, SHOP_STR("sha256"))) {
        ogone->hash = SHOP_OGONE_SHA256;
    } else if (shop_str_eq(hash, SHOP_STR("sha1"))) {
        ogone->hash = SHOP_OGONE_SHA1;
    }
    ogone->pspid = shop_pay_value(config, "pspid");
    ogone->sha_in = shop_pay_value(config, "sha_in_file");
    ogone->sha_out = shop_pay_value(config, "sha_out_file");
    ogone->extra = shop_pay_value(config, "sha_out_extra");
    ogone->page_url = shop_pay_address(config, "page_url",
                                       "https://secure.ogone.com/ncol/prod/orderstandard_utf8.asp",
                                       "https://secure.ogone.com/ncol/test/orderstandard_utf8.asp");

    shop_status_t status = check(arena, config, ogone, error);
    if (status == SHOP_OK) {
        status = take_api(arena, config, error);
    }
    if (status != SHOP_OK) {
        return status;
    }

    config->data = ogone;
    config->form_origin = shop_pay_origin(ogone->page_url);

    return SHOP_OK;
}


const shop_pay_interface_t shop_pay_ogone = {
    .name = "ogone",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_ogone",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_BLIND,
    .prepare = prepare,
    .start = shop_ogone_form,
    .parse = shop_ogone_parse,
    .authenticate = shop_ogone_authenticate,
    .describe = shop_ogone_describe,
    .ask = shop_ogone_ask,
    .hear = shop_ogone_hear,
};
