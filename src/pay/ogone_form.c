/*
 * Builds the signed form that sends a customer to the platform's page (payments.md 8.3).
 */

#include "pay/ogone.h"

#include <string.h>

#define ORDER_MAX 40
#define URL_MAX 200


static bool order_valid(shop_str_t order)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

    for (size_t i = 0; i < order.len; i++) {
        if (memchr(allowed, order.data[i], sizeof(allowed) - 1) == NULL) {
            return false;
        }
    }

    return order.len > 0 && order.len <= ORDER_MAX;
}


static bool url_valid(shop_str_t url)
{
    return shop_pay_is_url(url) && url.len <= URL_MAX;
}


/* The platform names languages with a country. */
static shop_str_t language(shop_str_t language)
{
    static const struct {
        const char *ours;
        const char *theirs;
    } spoken[] = {
        {"fr", "fr_FR"}, {"de", "de_DE"}, {"es", "es_ES"}, {"it", "it_IT"}, {"nl", "nl_NL"},
        {"pt", "pt_PT"}, {"pl", "pl_PL"}, {"sv", "sv_SE"}, {"da", "dk_DK"}, {"no", "no_NO"},
    };

    for (size_t i = 0; i < sizeof(spoken) / sizeof(spoken[0]); i++) {
        if (shop_str_eq(language, shop_str(spoken[i].ours))) {
            return shop_str(spoken[i].theirs);
        }
    }

    return SHOP_STR("en_US");
}


static shop_status_t add_order(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_ogone_t *ogone = config->data;
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;

    if (currency == NULL || attempt->amount_minor <= 0 || !order_valid(attempt->transid) ||
        !url_valid(attempt->return_url) || !url_valid(attempt->cancel_url)) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("ogone"), attempt->amount_minor, currency, &amount);
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("PSPID"), ogone->pspid},
        {SHOP_STR("ORDERID"), attempt->transid},
        {SHOP_STR("AMOUNT"), amount.amount},
        {SHOP_STR("CURRENCY"), amount.currency},
        {SHOP_STR("LANGUAGE"), language(attempt->language)},
        {SHOP_STR("OPERATION"), shop_pay_value(config, "operation")},
        {SHOP_STR("ACCEPTURL"), attempt->return_url},
        {SHOP_STR("DECLINEURL"), attempt->return_url},
        {SHOP_STR("EXCEPTIONURL"), attempt->return_url},
        {SHOP_STR("CANCELURL"), attempt->cancel_url},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        page->fields[page->count++] = fields[i];
    }

    return shop_pay_page_add_if(page, "PMLIST", shop_pay_value(config, "payment_methods"));
}


static shop_status_t add_customer(shop_arena_t *arena, const shop_pay_attempt_t *attempt,
                                  shop_pay_page_t *page)
{
    const shop_pay_customer_t *customer = &attempt->customer;
    shop_str_t name;

    shop_status_t status =
        shop_arena_printf(arena, &name, "%.*s %.*s", (int) customer->first_name.len,
                          (const char *) customer->first_name.data, (int) customer->last_name.len,
                          (const char *) customer->last_name.data);
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pay_text_t texts[] = {
        {"CN", name, 35},
        {"EMAIL", customer->email, 50},
        {"OWNERADDRESS", customer->address, 35},
        {"OWNERZIP", customer->zip, 10},
        {"OWNERTOWN", customer->city, 40},
        {"OWNERCTY", customer->country, 2},
        {"OWNERTELNO", customer->phone, 30},
        {"COM", attempt->order_number, 100},
    };

    return shop_pay_page_add_texts(arena, page, texts, sizeof(texts) / sizeof(texts[0]));
}


shop_status_t shop_ogone_form(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_ogone_t *ogone = config->data;
    shop_str_t signature;

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_FORM);
    if (status == SHOP_OK) {
        page->url = ogone->page_url;
        status = add_order(arena, config, attempt, page);
    }
    if (status == SHOP_OK) {
        status = add_customer(arena, attempt, page);
    }
    if (status == SHOP_OK) {
        status = shop_ogone_sign_in(arena, ogone->hash, ogone->sha_in, page->fields, page->count,
                                    &signature);
    }

    return status == SHOP_OK ? shop_pay_page_add(page, "SHASIGN", signature) : status;
}
