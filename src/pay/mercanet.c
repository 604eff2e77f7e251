/*
 * Worldline Sips 2.0, sold as Mercanet and Sogenactif: one sealed form to the bank's page, one
 * sealed automatic response back. This file is the configuration; sips_*.c do the work.
 */

#include "pay/sips.h"


static const struct {
    const char *name;
    const char *live;
    const char *test;
} brands[] = {
    {"mercanet", "https://payment-webinit.mercanet.bnpparibas.net",
     "https://payment-webinit.simu.mercanet.bnpparibas.net"},
    {"sogenactif", "https://payment-webinit.sogenactif.com",
     "https://payment-webinit.simu.sogenactif.com"},
    {"sips", "https://payment-webinit.sips-services.com",
     "https://payment-webinit.simu.sips-services.com"},
};

#define BRANDS (sizeof(brands) / sizeof(brands[0]))


static bool is_merchant(shop_str_t value)
{
    return value.len == 15 && shop_pay_is_digits(value);
}


static bool is_key_version(shop_str_t value)
{
    return value.len <= 10 && shop_pay_is_digits(value);
}


static bool is_brand(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("mercanet sogenactif sips custom"), value);
}


static bool is_algorithm(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("HMAC-SHA-256 SHA-256"), value);
}


static bool is_capture_mode(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("AUTHOR_CAPTURE VALIDATION IMMEDIATE"), value);
}


static bool is_capture_day(shop_str_t value)
{
    return value.len <= 2 && shop_pay_is_digits(value);
}


static bool is_switch(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("on off"), value);
}


/* "HP_2.18", "DR_WS_2.58" */
static bool is_version(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if ((c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '.') {
            return false;
        }
    }

    return value.len >= 4 && value.len <= 16;
}


/* "CB,VISA,MASTERCARD" */
static bool is_brands(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!word && (c != ',' || i == 0 || i + 1 == value.len)) {
            return false;
        }
    }

    return value.len <= 127;
}


static const shop_pay_param_t params[] = {
    {"merchant_id", SHOP_PAY_PARAM_REQUIRED, NULL, "15 digits", is_merchant},
    {"key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the secret key of this mode", shop_pay_is_line},
    {"key_version", 0, "1", "a number", is_key_version},
    {"other_key_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL, "the other secret key",
     shop_pay_is_line},
    {"other_key_version", 0, NULL, "a number", is_key_version},
    {"brand", 0, "mercanet", "mercanet, sogenactif, sips or custom", is_brand},
    {"pay_url", 0, NULL, "an address", shop_pay_is_url},
    {"office_url", 0, NULL, "an address", shop_pay_is_url},
    {"interface_version", 0, "HP_2.18", "a version such as HP_2.18", is_version},
    {"office_version", 0, "DR_WS_2.58", "a version such as DR_WS_2.58", is_version},
    {"cash_version", 0, "CR_WS_2.58", "a version such as CR_WS_2.58", is_version},
    {"seal_algorithm", 0, "HMAC-SHA-256", "HMAC-SHA-256 or SHA-256", is_algorithm},
    {"capture_mode", 0, "AUTHOR_CAPTURE", "AUTHOR_CAPTURE, VALIDATION or IMMEDIATE",
     is_capture_mode},
    {"capture_day", 0, "0", "a number of days, 0 to 99", is_capture_day},
    {"payment_brands", 0, NULL, "brands such as CB,VISA,MASTERCARD", is_brands},
    {"bypass_receipt", 0, "off", "on or off", is_switch},
    {.name = NULL},
};


static shop_status_t take_keys(shop_arena_t *arena, const shop_pay_config_t *config,
                               shop_sips_t *sips, shop_str_t *error)
{
    sips->key = shop_pay_value(config, "key_file");
    sips->key_version = shop_pay_value(config, "key_version");
    sips->other_key = shop_pay_value(config, "other_key_file");
    sips->other_version = shop_pay_value(config, "other_key_version");

    if (shop_str_eq(sips->other_version, sips->key_version)) {
        return shop_pay_refuse(arena, error,
                               "\"other_key_version\" is the number of the key in \"key_file\": "
                               "write that of the other key");
    }

    return shop_pay_check_both(arena, config, "other_key_file", "other_key_version", error);
}


static shop_status_t take_pay_url(shop_arena_t *arena, const shop_pay_config_t *config,
                                  shop_sips_t *sips, shop_str_t *error)
{
    shop_str_t given = shop_pay_value(config, "pay_url");

    if (given.len > 0) {
        sips->pay_url = shop_pay_origin(given);
        return SHOP_OK;
    }

    for (size_t i = 0; i < BRANDS; i++) {
        if (shop_str_eq(shop_pay_value(config, "brand"), shop_str(brands[i].name))) {
            sips->pay_url =
                shop_str(config->mode == SHOP_PAY_LIVE ? brands[i].live : brands[i].test);
            return SHOP_OK;
        }
    }

    return shop_pay_refuse(arena, error,
                           "\"brand custom\" needs the bank's address: add \"pay_url <address>;\"");
}


/* What everybody can read in manuals, or reach without encryption, must not guard real money. */
static shop_status_t check_live(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_sips_t *sips, shop_str_t *error)
{
    static const char *const addresses[] = {"pay_url", "office_url", NULL};
    static const char *const keys[] = {"key_file", "other_key_file", NULL};

    if (config->mode != SHOP_PAY_LIVE) {
        return SHOP_OK;
    }

    if (shop_str_starts(sips->merchant_id, SHOP_STR("00200100000000"))) {
        return shop_pay_refuse(arena, error,
                               "\"merchant_id %.*s\" is the public simulation account: write your "
                               "own, or write \"mode test\"",
                               (int) sips->merchant_id.len, (const char *) sips->merchant_id.data);
    }

    for (size_t i = 0; keys[i] != NULL; i++) {
        if (shop_str_starts(shop_pay_value(config, keys[i]), SHOP_STR("00200100000000"))) {
            return shop_pay_refuse(arena, error,
                                   "\"%s\" holds the key of the public simulation account: put "
                                   "the production key there, or write \"mode test\"",
                                   keys[i]);
        }
    }

    shop_status_t status = shop_pay_check_no_test(arena, config, addresses, ".simu.", error);
    if (status == SHOP_OK) {
        status = shop_pay_check_no_test(arena, config, addresses, ".test.", error);
    }

    return status == SHOP_OK ? shop_pay_check_https(arena, config, addresses, error) : status;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_sips_t *sips = shop_arena_calloc(arena, sizeof(*sips));
    if (sips == NULL) {
        return SHOP_NO_MEMORY;
    }

    sips->algorithm = shop_str_eq(shop_pay_value(config, "seal_algorithm"), SHOP_STR("SHA-256"))
                          ? SHOP_SIPS_SHA256
                          : SHOP_SIPS_HMAC_SHA256;
    sips->merchant_id = shop_pay_value(config, "merchant_id");
    sips->capture_mode = shop_pay_value(config, "capture_mode");

    shop_status_t status = take_keys(arena, config, sips, error);
    if (status == SHOP_OK) {
        status = take_pay_url(arena, config, sips, error);
    }
    if (status == SHOP_OK) {
        status = check_live(arena, config, sips, error);
    }
    if (status != SHOP_OK) {
        return status;
    }

    config->data = sips;
    config->form_origin = sips->pay_url;
    config->api_url = shop_pay_value(config, "office_url");

    return SHOP_OK;
}


const shop_pay_interface_t shop_pay_mercanet = {
    .name = "mercanet",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_mercanet",
    .params = params,
    .talks = SHOP_PAY_ASK | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_BLIND,
    .plain_urls = true,
    .prepare = prepare,
    .start = shop_sips_form,
    .parse = shop_sips_parse,
    .authenticate = shop_sips_authenticate,
    .describe = shop_sips_describe,
    .ask = shop_sips_ask,
    .hear = shop_sips_hear,
};
