/*
 * Builds the encrypted form that sends a customer to the bank's page (payments.md 6).
 */

#include "pay/axepta.h"

#include <string.h>

#define TRANSACTION_MAX 64
#define REFERENCE_DIGITS 12


static bool transaction_valid(shop_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];
        if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9')) {
            return false;
        }
    }

    return text.len > 0 && text.len <= TRANSACTION_MAX;
}


/* The platform adds its own query to the addresses. */
static bool url_valid(shop_str_t url)
{
    return shop_pay_is_url(url) && memchr(url.data, '?', url.len) == NULL &&
           memchr(url.data, '&', url.len) == NULL;
}


/* The number of the try in base 36: what the bank's statement of settlements names. */
static shop_status_t reference(shop_arena_t *arena, int64_t attempt, shop_str_t *out)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned char *text = shop_arena_calloc(arena, REFERENCE_DIGITS);

    if (text == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = REFERENCE_DIGITS; i > 0; i--) {
        text[i - 1] = (unsigned char) digits[attempt % 36];
        attempt /= 36;
    }
    *out = (shop_str_t){REFERENCE_DIGITS, text};

    return SHOP_OK;
}


static shop_str_t language(shop_str_t language)
{
    static const char spoken[] = "en fr de it es nl pt pl";

    return shop_pay_list_has(SHOP_STR(spoken), language) ? language : SHOP_STR("en");
}


/* With a test account this text makes the simulator accept the card. */
static shop_str_t description(const shop_pay_config_t *config, const shop_pay_attempt_t *attempt)
{
    return config->mode == SHOP_PAY_TEST ? SHOP_STR("Test:0000") : attempt->order_number;
}


static shop_status_t seal(shop_arena_t *arena, const shop_pay_config_t *config,
                          const shop_pay_attempt_t *attempt, const shop_pay_amount_t *amount,
                          shop_str_t *data, shop_str_t *len)
{
    static const shop_str_t nothing = {0, (unsigned char *) ""};
    const shop_axepta_t *axepta = config->data;
    const shop_str_t *const covered[] = {
        &nothing,        &attempt->provider_ref, &axepta->merchant_id,
        &amount->amount, &amount->currency,      NULL};
    shop_str_t number, mac;

    shop_status_t status = reference(arena, attempt->id, &number);
    if (status == SHOP_OK) {
        status = shop_axepta_mac(arena, axepta->hmac_key, covered, &mac);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t pairs[] = {
        {SHOP_STR("MerchantID"), axepta->merchant_id},
        {SHOP_STR("MsgVer"), SHOP_STR("2.0")},
        {SHOP_STR("TransID"), attempt->provider_ref},
        {SHOP_STR("RefNr"), number},
        {SHOP_STR("Amount"), amount->amount},
        {SHOP_STR("Currency"), amount->currency},
        {SHOP_STR("Capture"), SHOP_STR("AUTO")},
        {SHOP_STR("Response"), SHOP_STR("encrypt")},
        {SHOP_STR("URLNotify"), attempt->notify_url},
        {SHOP_STR("URLSuccess"), attempt->return_url},
        {SHOP_STR("URLFailure"), attempt->return_url},
        {SHOP_STR("URLBack"), attempt->cancel_url},
        {SHOP_STR("OrderDesc"), description(config, attempt)},
        {SHOP_STR("MAC"), mac},
    };

    return shop_axepta_seal(arena, axepta->blowfish_key, pairs, sizeof(pairs) / sizeof(pairs[0]),
                            data, len);
}


shop_status_t shop_axepta_form(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_axepta_t *axepta = config->data;
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;
    shop_str_t data, len;

    if (currency == NULL || attempt->amount_minor <= 0 ||
        !transaction_valid(attempt->provider_ref) || !url_valid(attempt->return_url) ||
        !url_valid(attempt->cancel_url) || !url_valid(attempt->notify_url)) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("axepta"), attempt->amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_FORM);
    }
    if (status == SHOP_OK) {
        status = seal(arena, config, attempt, &amount, &data, &len);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("MerchantID"), axepta->merchant_id},
        {SHOP_STR("Len"), len},
        {SHOP_STR("Data"), data},
        {SHOP_STR("Language"), language(attempt->language)},
        {SHOP_STR("Template"), shop_pay_value(config, "template")},
    };

    page->url = axepta->page_url;
    for (size_t i = 0; status == SHOP_OK && i < sizeof(fields) / sizeof(fields[0]); i++) {
        status = shop_pay_page_add_if(page, (const char *) fields[i].name.data, fields[i].value);
    }

    return status;
}
