/*
 * Builds the sealed form that sends a customer to the bank's page (payments.md 5.3).
 *
 * Data holds what is mandatory, and the identity that 3-D Secure 2 asks for. It goes in base64 as
 * soon as one of its bytes is not ASCII.
 */

#include "pay/sips.h"

#include <string.h>

#define REFERENCE_MAX 35
#define ORDER_MAX 32
#define URL_MAX 512


typedef struct {
    shop_arena_t *arena;
    shop_pair_t pairs[32];
    size_t count;
} data_t;


static void add(data_t *data, const char *name, shop_str_t value)
{
    if (value.len > 0) {
        data->pairs[data->count++] = (shop_pair_t){shop_str(name), value};
    }
}


static bool is_alphanumeric(shop_str_t text, size_t most)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!letter && (c < '0' || c > '9')) {
            return false;
        }
    }

    return text.len > 0 && text.len <= most;
}


/* The platform adds parameters of its own to no address that has some already. */
static bool url_valid(shop_str_t url)
{
    return shop_pay_is_url(url) && url.len <= URL_MAX && memchr(url.data, '?', url.len) == NULL &&
           memchr(url.data, '|', url.len) == NULL;
}


static shop_str_t language(shop_str_t language)
{
    static const char spoken[] = "en fr de it es nl";

    return shop_pay_list_has(SHOP_STR(spoken), language) ? language : SHOP_STR("en");
}


static shop_status_t add_order(const shop_pay_config_t *config, const shop_pay_attempt_t *attempt,
                               data_t *data)
{
    const shop_sips_t *sips = config->data;
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;
    shop_str_t context;

    if (currency == NULL || attempt->amount_minor <= 0 ||
        !is_alphanumeric(attempt->provider_ref, REFERENCE_MAX) ||
        !is_alphanumeric(attempt->transid, ORDER_MAX) || !url_valid(attempt->return_url) ||
        !url_valid(attempt->notify_url)) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_amount_print(data->arena, SHOP_STR("mercanet"),
                                                 attempt->amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = shop_arena_printf(data->arena, &context, "%lld", (long long) attempt->id);
    }
    if (status != SHOP_OK) {
        return status;
    }

    add(data, "amount", amount.amount);
    add(data, "currencyCode", amount.currency);
    add(data, "merchantId", sips->merchant_id);
    add(data, "keyVersion", sips->key_version);
    add(data, "normalReturnUrl", attempt->return_url);
    add(data, "automaticResponseUrl", attempt->notify_url);
    add(data, "transactionReference", attempt->provider_ref);
    add(data, "orderId", attempt->transid);
    add(data, "orderChannel", SHOP_STR("INTERNET"));
    add(data, "captureMode", sips->capture_mode);
    add(data, "captureDay", shop_pay_value(config, "capture_day"));
    add(data, "customerLanguage", language(attempt->language));
    add(data, "returnContext", context);
    add(data, "paymentMeanBrandList", shop_pay_value(config, "payment_brands"));
    if (shop_str_eq(shop_pay_value(config, "bypass_receipt"), SHOP_STR("on"))) {
        add(data, "paypageData.bypassReceiptPage", SHOP_STR("true"));
    }

    return SHOP_OK;
}


static shop_status_t add_customer(const shop_pay_customer_t *customer, data_t *data)
{
    const shop_pay_text_t texts[] = {
        {"customerContact.email", customer->email, 128},
        {"customerContact.firstname", customer->first_name, 50},
        {"customerContact.lastname", customer->last_name, 50},
        {"billingAddress.street", customer->address, 50},
        {"billingAddress.zipCode", customer->zip, 10},
        {"billingAddress.city", customer->city, 50},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        shop_str_t clean;
        shop_status_t status =
            shop_pay_clean(data->arena, texts[i].value, "|", texts[i].characters, &clean);

        if (status != SHOP_OK) {
            return status;
        }
        add(data, texts[i].name, clean);
    }

    return SHOP_OK;
}


static bool is_ascii(shop_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= 0x80) {
            return false;
        }
    }

    return true;
}


static shop_status_t add_sealed(const shop_pay_config_t *config, const data_t *data,
                                shop_pay_page_t *page)
{
    const shop_sips_t *sips = config->data;
    shop_str_t encode = SHOP_STR_NULL;
    shop_str_t text;
    shop_str_t seal;

    shop_status_t status = shop_sips_join(data->arena, data->pairs, data->count, &text);
    if (status == SHOP_OK && !is_ascii(text)) {
        encode = SHOP_STR("base64");
        status = shop_base64_encode(data->arena, text, &text);
    }
    if (status == SHOP_OK) {
        status = shop_sips_seal(data->arena, sips->algorithm, sips->key, text, &seal);
    }
    if (status != SHOP_OK) {
        return status == SHOP_MALFORMED ? SHOP_BUG : status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("Data"), text},
        {SHOP_STR("Encode"), encode},
        {SHOP_STR("InterfaceVersion"), shop_pay_value(config, "interface_version")},
        {SHOP_STR("Seal"), seal},
        {SHOP_STR("SealAlgorithm"), shop_pay_value(config, "seal_algorithm")},
    };
    for (size_t i = 0; status == SHOP_OK && i < sizeof(fields) / sizeof(fields[0]); i++) {
        status = shop_pay_page_add_if(page, (const char *) fields[i].name.data, fields[i].value);
    }

    return status;
}


shop_status_t shop_sips_form(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_sips_t *sips = config->data;
    data_t data = {.arena = arena};

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_FORM);
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &page->url, "%.*s/paymentInit", (int) sips->pay_url.len,
                                   (const char *) sips->pay_url.data);
    }
    if (status == SHOP_OK) {
        status = add_order(config, attempt, &data);
    }
    if (status == SHOP_OK) {
        status = add_customer(&attempt->customer, &data);
    }

    return status == SHOP_OK ? add_sealed(config, &data, page) : status;
}
