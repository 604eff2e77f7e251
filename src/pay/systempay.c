/*
 * Systempay and the other platforms of Lyra: one signed form to the bank's page, one signed
 * notification back. This file is the configuration; vads_*.c do the work.
 */

#include "pay/vads.h"

#include <string.h>


static bool is_site(shop_str_t value)
{
    return value.len == 8 && shop_pay_is_digits(value);
}


static bool is_key(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && (c < '0' || c > '9')) {
            return false;
        }
    }

    return value.len >= 8 && value.len <= 64;
}


static bool is_algorithm(shop_str_t value)
{
    return shop_str_eq(value, SHOP_STR("HMAC-SHA-256")) || shop_str_eq(value, SHOP_STR("SHA-1"));
}


static bool is_number(shop_str_t value, int64_t most)
{
    int64_t n;

    return shop_str_to_int(value, &n) == SHOP_OK && n <= most;
}


static bool is_capture_delay(shop_str_t value)
{
    return is_number(value, 365);
}


static bool is_redirect_delay(shop_str_t value)
{
    return is_number(value, 300);
}


static bool is_amount(shop_str_t value)
{
    shop_money_t amount;

    return shop_money_parse(value, &amount) == SHOP_OK && amount.e4 > 0;
}


static bool is_validation(shop_str_t value)
{
    return shop_str_eq(value, SHOP_STR("0")) || shop_str_eq(value, SHOP_STR("1"));
}


/* "CB;VISA;MASTERCARD"; the platform refuses ALL */
static bool is_cards(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        bool word = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!word && (c != ';' || i == 0 || i + 1 == value.len)) {
            return false;
        }
    }

    return value.len <= 127 && !shop_str_eq(value, SHOP_STR("ALL"));
}


static const shop_pay_param_t params[] = {
    {"site_id", SHOP_PAY_PARAM_REQUIRED, NULL, "8 digits", is_site},
    {"key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the key of this mode, 8 to 64 letters and digits", is_key},
    {"signature", 0, "HMAC-SHA-256", "HMAC-SHA-256 or SHA-1", is_algorithm},
    {"form_url", 0, "https://paiement.systempay.fr/vads-payment/", "an address", shop_pay_is_url},
    {"ipn_networks", 0, "194.50.38.0/24", "CIDR blocks such as 194.50.38.0/24, or any",
     shop_pay_is_networks},
    {"capture_delay", 0, NULL, "a number of days, 0 to 365", is_capture_delay},
    {"validation_mode", 0, NULL, "0 or 1", is_validation},
    {"payment_cards", 0, NULL, "card names such as CB;VISA", is_cards},
    {"redirect_delay", 0, NULL, "a number of seconds, 0 to 300", is_redirect_delay},
    {"rest_url", 0, "https://api.systempay.fr", "an address", shop_pay_is_url},
    {"rest_password_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the REST password of this mode", shop_pay_is_line},
    {"confirm_above", 0, NULL, "an amount such as 500 or 499.90", is_amount},
    {.name = NULL},
};


/* Confirmation needs somebody to ask. */
static shop_status_t take_api(shop_arena_t *arena, shop_pay_config_t *config, shop_vads_t *vads,
                              shop_str_t *error)
{
    shop_str_t limit = shop_pay_value(config, "confirm_above");

    if (shop_pay_value(config, "rest_password_file").len > 0) {
        config->api_url = shop_pay_value(config, "rest_url");
    }
    if (limit.len == 0) {
        return SHOP_OK;
    }

    if (config->api_url.len == 0) {
        return shop_pay_refuse(arena, error,
                               "\"confirm_above\" needs the bank's API: add "
                               "\"rest_password_file <file>;\"");
    }

    return shop_money_parse(limit, &vads->confirm_above);
}


/* What everybody can read in manuals, or reach without encryption, must not guard real money. */
static shop_status_t check_live(shop_arena_t *arena, const shop_pay_config_t *config,
                                shop_str_t *error)
{
    if (config->mode != SHOP_PAY_LIVE) {
        return SHOP_OK;
    }

    if (shop_str_eq(shop_pay_value(config, "key_file"), SHOP_STR("1122334455667788"))) {
        return shop_pay_refuse(arena, error,
                               "\"key_file\" holds the public test key: put the production key of "
                               "the bank's back office there, or write \"mode test\"");
    }

    if (shop_str_eq(shop_pay_value(config, "site_id"), SHOP_STR("12345678"))) {
        return shop_pay_refuse(arena, error,
                               "\"site_id 12345678\" is the example of the manuals: write your "
                               "own, or write \"mode test\"");
    }

    if (shop_str_eq(shop_pay_value(config, "ipn_networks"), SHOP_STR("any"))) {
        return shop_pay_refuse(arena, error,
                               "\"ipn_networks any\" is for tests: write the bank's networks, or "
                               "write \"mode test\"");
    }

    static const char *const addresses[] = {"form_url", "rest_url", NULL};
    return shop_pay_check_https(arena, config, addresses, error);
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_status_t status = check_live(arena, config, error);
    if (status != SHOP_OK) {
        return status;
    }

    shop_vads_t *vads = shop_arena_calloc(arena, sizeof(*vads));
    if (vads == NULL) {
        return SHOP_NO_MEMORY;
    }

    vads->algorithm = shop_str_eq(shop_pay_value(config, "signature"), SHOP_STR("SHA-1"))
                          ? SHOP_VADS_SHA1
                          : SHOP_VADS_HMAC_SHA256;
    vads->key = shop_pay_value(config, "key_file");
    vads->site_id = shop_pay_value(config, "site_id");
    vads->ctx_mode = config->mode == SHOP_PAY_LIVE ? SHOP_STR("PRODUCTION") : SHOP_STR("TEST");

    config->data = vads;
    status = take_api(arena, config, vads, error);
    if (status != SHOP_OK) {
        return status;
    }

    config->form_origin = shop_pay_origin(shop_pay_value(config, "form_url"));

    return shop_pay_networks_parse(arena, shop_pay_value(config, "ipn_networks"), &config->networks,
                                   &config->network_count);
}


const shop_pay_interface_t shop_pay_systempay = {
    .name = "systempay",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_systempay",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_LISTED,
    .prepare = prepare,
    .start = shop_vads_form,
    .parse = shop_vads_parse,
    .authenticate = shop_vads_authenticate,
    .describe = shop_vads_describe,
    .ask = shop_lyra_ask,
    .hear = shop_lyra_hear,
};
