/*
 * Axepta BNP Paribas Online (Computop Paygate), the successor of Mercanet: one encrypted form to
 * the bank's page, one encrypted notification back, and an inquiry that decides. This file is the
 * configuration; axepta_*.c do the work.
 */

#include "pay/axepta.h"

#include <string.h>

#define PAGE "https://paymentpage.axepta.bnpparibas/paymentPage.aspx"
#define MERCHANT_MAX 30
#define HMAC_KEY 32


static bool is_printable(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] <= 0x20 || value.data[i] >= 0x7f) {
            return false;
        }
    }

    return true;
}


static bool is_merchant(shop_str_t value)
{
    return value.len > 0 && value.len <= MERCHANT_MAX && is_printable(value) &&
           memchr(value.data, '&', value.len) == NULL;
}


static bool is_blowfish_key(shop_str_t value)
{
    return value.len == SHOP_BLOWFISH_KEY && is_printable(value);
}


static bool is_hmac_key(shop_str_t value)
{
    return value.len == HMAC_KEY && is_printable(value);
}


static const shop_pay_param_t params[] = {
    {"merchant_id", SHOP_PAY_PARAM_REQUIRED, NULL, "the merchant's name, at most 30 characters",
     is_merchant},
    {"blowfish_key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET,
     NULL, "the encryption key, 16 characters", is_blowfish_key},
    {"hmac_key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the HMAC key, 32 characters", is_hmac_key},
    {"page_url", 0, PAGE, "an address", shop_pay_is_url},
    {"inquire_url", 0, NULL, "an address", shop_pay_is_url},
    {"refund_url", 0, NULL, "an address", shop_pay_is_url},
    {"template", 0, NULL, "the name of a template", shop_pay_is_line},
    {.name = NULL},
};


/* The page's neighbour, unless the block names another address. */
static shop_status_t neighbour(shop_arena_t *arena, const shop_pay_config_t *config,
                               const char *name, const char *file, shop_str_t *url)
{
    shop_str_t given = shop_pay_value(config, name);
    shop_str_t page = shop_pay_value(config, "page_url");

    if (given.len > 0) {
        *url = given;
        return SHOP_OK;
    }

    size_t folder = shop_pay_origin(page).len;
    for (size_t i = folder; i < page.len && page.data[i] != '?'; i++) {
        if (page.data[i] == '/') {
            folder = i;
        }
    }

    return shop_arena_printf(arena, url, "%.*s/%s", (int) folder, (const char *) page.data, file);
}


/* What everybody can read in manuals, or reach without encryption, must not guard real money. */
static shop_status_t check_live(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_axepta_t *axepta, shop_str_t *error)
{
    static const char *const addresses[] = {"page_url", "inquire_url", "refund_url", NULL};

    if (config->mode != SHOP_PAY_LIVE) {
        return SHOP_OK;
    }

    if (shop_str_starts(axepta->merchant_id, SHOP_STR("BNP_DEMO_AXEPTA"))) {
        return shop_pay_refuse(arena, error,
                               "\"merchant_id %.*s\" is the public demo account: write your own, "
                               "or write \"mode test\"",
                               (int) axepta->merchant_id.len,
                               (const char *) axepta->merchant_id.data);
    }

    if (shop_str_eq(axepta->blowfish_key, SHOP_STR("Tc5*2D_xs7B[6E?w")) ||
        shop_str_eq(axepta->hmac_key, SHOP_STR("4n!BmF3_?9oJ2Q*z(iD7q6[RSb5)a]A8"))) {
        return shop_pay_refuse(arena, error,
                               "a key file holds a key of the public demo account: put the "
                               "production key there, or write \"mode test\"");
    }

    return shop_pay_check_https(arena, config, addresses, error);
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_axepta_t *axepta = shop_arena_calloc(arena, sizeof(*axepta));

    if (axepta == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (!shop_blowfish_available()) {
        return shop_pay_refuse(arena, error,
                               "the OpenSSL of this machine has no Blowfish: install its legacy "
                               "provider (legacy.so), which this interface needs");
    }

    axepta->merchant_id = shop_pay_value(config, "merchant_id");
    axepta->blowfish_key = shop_pay_value(config, "blowfish_key_file");
    axepta->hmac_key = shop_pay_value(config, "hmac_key_file");
    axepta->page_url = shop_pay_value(config, "page_url");

    shop_status_t status = check_live(arena, config, axepta, error);
    if (status == SHOP_OK) {
        status = neighbour(arena, config, "refund_url", "credit.aspx", &axepta->refund_url);
    }
    if (status == SHOP_OK) {
        status = neighbour(arena, config, "inquire_url", "inquire.aspx", &config->api_url);
    }

    config->data = axepta;
    config->form_origin = shop_pay_origin(axepta->page_url);

    return status;
}


const shop_pay_interface_t shop_pay_axepta = {
    .name = "axepta",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_axepta",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_KEYED,
    .plain_urls = true,
    .prepare = prepare,
    .start = shop_axepta_form,
    .parse = shop_axepta_parse,
    .authenticate = shop_axepta_authenticate,
    .describe = shop_axepta_describe,
    .ask = shop_axepta_ask,
    .hear = shop_axepta_hear,
};
