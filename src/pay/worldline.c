/*
 * Worldline Direct: a hosted checkout made by its API, a page of Worldline's, signed webhooks back.
 * This file is the configuration; worldline_*.c do the work.
 */

#include "pay/worldline.h"

#define CHALLENGE_MAX 256


bool shop_worldline_is_id(shop_str_t id)
{
    for (size_t i = 0; i < id.len; i++) {
        unsigned char c = id.data[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' &&
            c != '-') {
            return false;
        }
    }

    return id.len > 0 && id.len <= 100;
}


static bool is_secret(shop_str_t value)
{
    return value.len >= 8 && shop_pay_is_line(value);
}


static const shop_pay_param_t params[] = {
    {"merchant_id", SHOP_PAY_PARAM_REQUIRED, NULL, "the account's name (PSPID)",
     shop_worldline_is_id},
    {"api_key_id", SHOP_PAY_PARAM_REQUIRED, NULL, "the number of the API key",
     shop_worldline_is_id},
    {"api_secret_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the secret of the API key", is_secret},
    {"webhook_key_id", SHOP_PAY_PARAM_REQUIRED, NULL, "the number of the webhooks key",
     shop_worldline_is_id},
    {"webhook_secret_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET,
     NULL, "the secret of the webhooks key", is_secret},
    {"webhook_other_key_id", 0, NULL, "the number of the other webhooks key", shop_worldline_is_id},
    {"webhook_other_secret_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the secret of the other webhooks key", is_secret},
    {"variant", 0, NULL, "the name of a template", shop_pay_is_line},
    {"api_url", 0, NULL, "an address", shop_pay_is_url},
    {"page_url", 0, NULL, "an address", shop_pay_is_url},
    {.name = NULL},
};


static shop_status_t check(shop_arena_t *arena, const shop_pay_config_t *config, shop_str_t *error)
{
    static const char *const addresses[] = {"api_url", "page_url", NULL};

    shop_status_t status = shop_pay_check_both(arena, config, "webhook_other_key_id",
                                               "webhook_other_secret_file", error);
    if (status == SHOP_OK) {
        status = shop_pay_check_no_test(arena, config, addresses, "preprod", error);
    }

    return status == SHOP_OK ? shop_pay_check_https(arena, config, addresses, error) : status;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_str_t page = shop_pay_value(config, "page_url");

    shop_status_t status = check(arena, config, error);
    if (status != SHOP_OK) {
        return status;
    }

    config->api_url = shop_pay_origin(
        shop_pay_address(config, "api_url", "https://payment.direct.worldline-solutions.com",
                         "https://payment.preprod.direct.worldline-solutions.com"));
    config->form_origin = page.len > 0 ? shop_pay_origin(page) : config->api_url;

    return SHOP_OK;
}


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    (void) config;
    if (shop_currency_find(attempt->currency) == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    return shop_pay_page_init(arena, page, SHOP_PAY_PAGE_OPEN);
}


/* The number of the checkout may be guessed; the RETURNMAC was given to us alone. */
static bool returned(shop_arena_t *arena, const shop_form_t *query, shop_str_t provider_ref,
                     shop_str_t secret)
{
    (void) arena;

    return secret.len > 0 && shop_secret_eq(shop_form_text(query, "RETURNMAC"), secret) &&
           shop_str_eq(shop_form_text(query, "hostedCheckoutId"), provider_ref);
}


/* The back office asks whether the address is ours: it is told its own word. */
static bool greet(const shop_pay_request_t *request, shop_str_t *answer)
{
    const shop_str_t *word = shop_pay_header(request, "x-gcs-webhooks-endpoint-verification");

    if (word == NULL || word->len == 0 || word->len > CHALLENGE_MAX) {
        return false;
    }

    for (size_t i = 0; i < word->len; i++) {
        unsigned char c = word->data[i];
        if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-') {
            return false;
        }
    }
    *answer = *word;

    return true;
}


const shop_pay_interface_t shop_pay_worldline = {
    .name = "worldline",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_worldline",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_OPEN | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_KEYED,
    .prepare = prepare,
    .start = start,
    .parse = shop_worldline_parse,
    .authenticate = shop_worldline_authenticate,
    .describe = shop_worldline_describe,
    .ask = shop_worldline_ask,
    .hear = shop_worldline_hear,
    .returned = returned,
    .greet = greet,
};
