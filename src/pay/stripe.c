/*
 * Stripe Checkout: a session made by its API, a page of Stripe's, signed events back. This file is
 * the configuration; stripe_*.c do the work.
 */

#include "pay/stripe.h"


bool shop_stripe_is_id(shop_str_t id, const char *prefix)
{
    if (!shop_str_starts(id, shop_str(prefix)) || id.len > 128) {
        return false;
    }

    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = id.data[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_') {
            return false;
        }
    }

    return true;
}


static bool is_secret_key(shop_str_t value)
{
    return shop_stripe_is_id(value, "sk_test_") || shop_stripe_is_id(value, "sk_live_") ||
           shop_stripe_is_id(value, "rk_test_") || shop_stripe_is_id(value, "rk_live_");
}


static bool is_webhook_secret(shop_str_t value)
{
    return shop_str_starts(value, SHOP_STR("whsec_")) && value.len >= 16 && shop_pay_is_line(value);
}


/* "2024-06-20", "2025-03-31.basil" */
static bool is_version(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if ((c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '.') {
            return false;
        }
    }

    return value.len >= 10 && value.len <= 40;
}


/* "card sepa_debit" */
static bool is_methods(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != ' ') {
            return false;
        }
    }

    return value.len > 0 && value.len <= 200;
}


static const shop_pay_param_t params[] = {
    {"secret_key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the secret or restricted key, sk_… or rk_…", is_secret_key},
    {"webhook_secret_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET,
     NULL, "the signing secret of the endpoint, whsec_…", is_webhook_secret},
    {"api_version", 0, "2024-06-20", "a version such as 2024-06-20", is_version},
    {"payment_methods", 0, NULL, "methods such as card", is_methods},
    {"api_url", 0, "https://api.stripe.com", "an address", shop_pay_is_url},
    {"page_url", 0, "https://checkout.stripe.com", "an address", shop_pay_is_url},
    {.name = NULL},
};


/* A key of the other side moves no money, or money that nobody meant to move. */
static shop_status_t check_side(shop_arena_t *arena, const shop_pay_config_t *config,
                                shop_str_t *error)
{
    shop_str_t key = shop_pay_value(config, "secret_key_file");
    bool live = shop_str_starts((shop_str_t){key.len - 3, key.data + 3}, SHOP_STR("live_"));

    if (live != (config->mode == SHOP_PAY_LIVE)) {
        return shop_pay_refuse(
            arena, error,
            "the file of \"secret_key_file\" holds a %s key: take the %s one, or "
            "write \"mode %s\"",
            live ? "live" : "test", live ? "test" : "live", live ? "live" : "test");
    }

    if (live &&
        shop_str_starts(shop_pay_value(config, "webhook_secret_file"), SHOP_STR("whsec_test"))) {
        return shop_pay_refuse(arena, error,
                               "the file of \"webhook_secret_file\" holds a secret for tests: take "
                               "the one of the live endpoint");
    }

    return SHOP_OK;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    static const char *const addresses[] = {"api_url", "page_url", NULL};

    shop_status_t status = check_side(arena, config, error);
    if (status == SHOP_OK) {
        status = shop_pay_check_https(arena, config, addresses, error);
    }
    if (status != SHOP_OK) {
        return status;
    }

    config->api_url = shop_pay_origin(shop_pay_value(config, "api_url"));
    config->form_origin = shop_pay_origin(shop_pay_value(config, "page_url"));

    return SHOP_OK;
}


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;

    (void) config;
    if (currency == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("stripe"), attempt->amount_minor, currency, &amount);

    return status == SHOP_OK ? shop_pay_page_init(arena, page, SHOP_PAY_PAGE_OPEN) : status;
}


/* The session that comes back must be the one that this try has opened. */
static bool returned(shop_arena_t *arena, const shop_form_t *query, shop_str_t provider_ref,
                     shop_str_t secret)
{
    (void) arena;
    (void) secret;

    return shop_stripe_is_id(provider_ref, "cs_") &&
           shop_secret_eq(shop_form_text(query, "cs"), provider_ref);
}


static unsigned status(const shop_pay_config_t *config, shop_pay_verdict_t verdict)
{
    (void) config;
    return verdict == SHOP_PAY_UNAUTHENTIC ? 400 : 0;
}


const shop_pay_interface_t shop_pay_stripe = {
    .name = "stripe",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_stripe",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_OPEN | SHOP_PAY_CLOSE | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_KEYED,
    .prepare = prepare,
    .start = start,
    .parse = shop_stripe_parse,
    .authenticate = shop_stripe_authenticate,
    .describe = shop_stripe_describe,
    .ask = shop_stripe_ask,
    .hear = shop_stripe_hear,
    .returned = returned,
    .status = status,
};
