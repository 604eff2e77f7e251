/*
 * What the shop says to PayPal's API: make an order, look at it, capture it, give money back
 * (payments.md 4.2 to 4.6).
 *
 * Every call that changes something carries a PayPal-Request-Id that is the same for its
 * repetitions.
 */

#include "pay/paypal.h"

#define DESCRIPTION_MAX 127


static shop_status_t set_url(shop_arena_t *arena, const shop_pay_config_t *config,
                             shop_pay_call_t *call, const char *path, shop_str_t id,
                             const char *rest)
{
    return shop_arena_printf(arena, &call->url, "%.*s%s%.*s%s", (int) config->api_url.len,
                             (const char *) config->api_url.data, path, (int) id.len,
                             (const char *) id.data, rest);
}


/* --- the access token --- */

shop_status_t shop_paypal_grant(shop_arena_t *arena, const shop_pay_config_t *config, int64_t now,
                                shop_pay_call_t *call)
{
    shop_str_t id = shop_pay_value(config, "client_id");
    shop_str_t secret = shop_pay_value(config, "client_secret_file");
    shop_str_t pair, basic;

    (void) now;
    *call = (shop_pay_call_t){.method = "POST", .body = SHOP_STR("grant_type=client_credentials")};

    shop_status_t status =
        shop_arena_printf(arena, &pair, "%.*s:%.*s", (int) id.len, (const char *) id.data,
                          (int) secret.len, (const char *) secret.data);
    if (status == SHOP_OK) {
        status = shop_base64_encode(arena, pair, &pair);
    }
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &basic, "Basic %.*s", (int) pair.len,
                                   (const char *) pair.data);
    }
    if (status != SHOP_OK) {
        return status;
    }
    shop_pay_call_header(call, "Authorization", basic);
    shop_pay_call_header(call, "Content-Type", SHOP_STR("application/x-www-form-urlencoded"));

    return set_url(arena, config, call, "/v1/oauth2/token", SHOP_STR(""), "");
}


shop_status_t shop_paypal_granted(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_reply_t *reply, shop_pay_access_t *access)
{
    json_t *json;

    (void) config;
    shop_status_t status = shop_pay_reply_json(reply, &json);
    if (status != SHOP_OK) {
        return status;
    }

    access->seconds = shop_json_int(json, "expires_in");
    status = shop_arena_copy(arena, shop_json_text(json, "access_token"), &access->token);
    json_decref(json);

    return status == SHOP_OK && access->token.len == 0 ? SHOP_MALFORMED : status;
}


/* --- an order --- */

static json_t *money(const shop_pay_amount_t *amount)
{
    return json_pack("{s:o, s:o}", "currency_code", shop_json_str(amount->currency), "value",
                     shop_json_str(amount->amount));
}


static json_t *experience(const shop_pay_attempt_t *attempt, shop_str_t brand, shop_str_t locale)
{
    return json_pack("{s:{s:{s:o, s:o, s:s, s:s, s:s, s:s, s:o, s:o}}}", "paypal",
                     "experience_context", "brand_name", shop_json_str(brand), "locale",
                     shop_json_str(locale), "shipping_preference", "NO_SHIPPING", "user_action",
                     "PAY_NOW", "landing_page", "NO_PREFERENCE", "payment_method_preference",
                     "IMMEDIATE_PAYMENT_REQUIRED", "return_url", shop_json_str(attempt->return_url),
                     "cancel_url", shop_json_str(attempt->cancel_url));
}


static json_t *unit(const shop_pay_attempt_t *attempt, const shop_pay_amount_t *amount,
                    shop_str_t description)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o}", "reference_id", "default", "custom_id",
                     shop_json_str(attempt->transid), "invoice_id",
                     shop_json_str(attempt->provider_ref), "description",
                     shop_json_str(description), "amount", money(amount));
}


static shop_status_t order_texts(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_attempt_t *attempt, shop_str_t *brand,
                                 shop_str_t *description)
{
    shop_str_t given = shop_pay_value(config, "brand_name");
    shop_str_t number = attempt->order_number.len > 0 ? attempt->order_number : attempt->transid;

    shop_status_t status = shop_pay_clean(arena, given.len > 0 ? given : attempt->shop_name, "",
                                          DESCRIPTION_MAX, brand);
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, description, "%.*s %.*s", (int) brand->len,
                                   (const char *) brand->data, (int) number.len,
                                   (const char *) number.data);
    }

    return status == SHOP_OK ? shop_pay_clean(arena, *description, "", DESCRIPTION_MAX, description)
                             : status;
}


static shop_status_t order_body(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_pay_attempt_t *attempt, shop_str_t *body)
{
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_str_t locale, brand, description;
    shop_pay_amount_t amount;

    if (currency == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("paypal"), attempt->amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = shop_paypal_locale(arena, attempt->language, '-', &locale);
    }
    if (status == SHOP_OK) {
        status = order_texts(arena, config, attempt, &brand, &description);
    }
    if (status != SHOP_OK) {
        return status;
    }

    json_t *json = json_pack("{s:s, s:[o], s:o}", "intent", "CAPTURE", "purchase_units",
                             unit(attempt, &amount, description), "payment_source",
                             experience(attempt, brand, locale));
    status = json != NULL ? shop_json_dump(arena, json, body) : SHOP_NO_MEMORY;
    json_decref(json);

    return status;
}


static shop_status_t ask_open(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_pay_attempt_t *attempt = talk->attempt;
    shop_str_t key;

    call->method = "POST";
    shop_status_t status = order_body(arena, config, attempt, &call->body);
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &key, "open-%.*s-%lld", (int) attempt->provider_ref.len,
                                   (const char *) attempt->provider_ref.data,
                                   (long long) attempt->page_until);
    }
    if (status != SHOP_OK) {
        return status;
    }
    shop_pay_call_header(call, "PayPal-Request-Id", key);
    shop_pay_call_header(call, "Prefer", SHOP_STR("return=representation"));

    return set_url(arena, config, call, "/v2/checkout/orders", SHOP_STR(""), "");
}


/* --- what became of it --- */

/* Before a page was opened the try has the shop's own reference, which begins with the order's. */
static bool is_opened(const shop_pay_question_t *asked)
{
    return asked->provider_ref.len > 0 && !shop_str_starts(asked->provider_ref, asked->transid);
}


static shop_status_t ask_order(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_str_t key;

    if (!is_opened(&talk->asked)) {
        return SHOP_NOT_FOUND;
    }

    if (!shop_str_eq(talk->memo, SHOP_STR("capture"))) {
        call->method = "GET";
        return set_url(arena, config, call, "/v2/checkout/orders/", talk->asked.provider_ref, "");
    }

    shop_status_t status =
        shop_arena_printf(arena, &key, "%.*s-capture", (int) talk->asked.provider_ref.len,
                          (const char *) talk->asked.provider_ref.data);
    if (status != SHOP_OK) {
        return status;
    }
    call->method = "POST";
    call->body = SHOP_STR("{}");
    shop_pay_call_header(call, "PayPal-Request-Id", key);
    shop_pay_call_header(call, "Prefer", SHOP_STR("return=representation"));

    return set_url(arena, config, call, "/v2/checkout/orders/", talk->asked.provider_ref,
                   "/capture");
}


static shop_status_t ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_currency_t *currency = shop_currency_find(talk->refund.currency);
    shop_pay_amount_t amount;

    if (talk->asked.provider_txn.len == 0) {
        return SHOP_NOT_FOUND;
    }
    if (currency == NULL || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_amount_print(arena, SHOP_STR("paypal"),
                                                 talk->refund.amount_minor, currency, &amount);
    if (status != SHOP_OK) {
        return status;
    }

    json_t *json = json_pack("{s:o}", "amount", money(&amount));
    status = json != NULL ? shop_json_dump(arena, json, &call->body) : SHOP_NO_MEMORY;
    json_decref(json);
    if (status != SHOP_OK) {
        return status;
    }
    call->method = "POST";
    shop_pay_call_header(call, "PayPal-Request-Id", talk->refund.key);
    shop_pay_call_header(call, "Prefer", SHOP_STR("return=representation"));

    return set_url(arena, config, call, "/v2/payments/captures/", talk->asked.provider_txn,
                   "/refund");
}


shop_status_t shop_paypal_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_str_t bearer;

    *call = (shop_pay_call_t){0};
    shop_status_t status = shop_arena_printf(arena, &bearer, "Bearer %.*s", (int) talk->access.len,
                                             (const char *) talk->access.data);
    if (status != SHOP_OK) {
        return status;
    }
    shop_pay_call_header(call, "Authorization", bearer);
    shop_pay_call_header(call, "Content-Type", SHOP_STR("application/json"));

    switch (talk->purpose) {
    case SHOP_PAY_OPEN:
        return ask_open(arena, config, talk, call);
    case SHOP_PAY_REFUND:
        return ask_refund(arena, config, talk, call);
    default:
        return ask_order(arena, config, talk, call);
    }
}
