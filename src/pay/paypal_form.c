/*
 * The form of PayPal's standard dialect (payments.md 3.4).
 *
 * It carries no signature: the customer may change every field. What he paid is compared with the
 * order when the message about it comes.
 */

#include "pay/paypal.h"

#define NOTIFY_URL_MAX 255
#define URL_MAX 1024


shop_status_t shop_paypal_locale(shop_arena_t *arena, shop_str_t language, char separator,
                                 shop_str_t *locale)
{
    static const char *const spoken[][2] = {
        {"fr", "FR"}, {"de", "DE"}, {"es", "ES"}, {"it", "IT"}, {"nl", "NL"}, {"pt", "PT"},
        {"pl", "PL"}, {"sv", "SE"}, {"da", "DK"}, {"no", "NO"}, {"en", "US"},
    };
    const size_t last = sizeof(spoken) / sizeof(spoken[0]) - 1;
    size_t i = 0;

    while (i < last && !shop_str_eq(language, shop_str(spoken[i][0]))) {
        i++;
    }

    return shop_arena_printf(arena, locale, "%s%c%s", spoken[i][0], separator, spoken[i][1]);
}


static shop_status_t add_order(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_str_t item, locale;
    shop_pay_amount_t amount;

    if (currency == NULL || attempt->amount_minor <= 0 ||
        attempt->notify_url.len > NOTIFY_URL_MAX || attempt->return_url.len > URL_MAX ||
        attempt->cancel_url.len > URL_MAX) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("paypal"), attempt->amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = shop_paypal_locale(arena, attempt->language, '_', &locale);
    }
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &item, "%.*s %.*s", (int) attempt->shop_name.len,
                                   (const char *) attempt->shop_name.data,
                                   (int) attempt->order_number.len,
                                   (const char *) attempt->order_number.data);
    }
    if (status == SHOP_OK) {
        status = shop_pay_clean(arena, item, "", 127, &item);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("cmd"), SHOP_STR("_xclick")},
        {SHOP_STR("business"), shop_pay_value(config, "business")},
        {SHOP_STR("item_name"), item},
        {SHOP_STR("item_number"), attempt->transid},
        {SHOP_STR("amount"), amount.amount},
        {SHOP_STR("currency_code"), amount.currency},
        {SHOP_STR("quantity"), SHOP_STR("1")},
        {SHOP_STR("invoice"), attempt->transid},
        {SHOP_STR("custom"), attempt->provider_ref},
        {SHOP_STR("charset"), SHOP_STR("utf-8")},
        {SHOP_STR("notify_url"), attempt->notify_url},
        {SHOP_STR("return"), attempt->return_url},
        {SHOP_STR("cancel_return"), attempt->cancel_url},
        {SHOP_STR("rm"), SHOP_STR("1")},
        {SHOP_STR("no_shipping"), SHOP_STR("1")},
        {SHOP_STR("no_note"), SHOP_STR("1")},
        {SHOP_STR("lc"), locale},
        {SHOP_STR("page_style"), shop_pay_value(config, "page_style")},
    };

    for (size_t i = 0; status == SHOP_OK && i < sizeof(fields) / sizeof(fields[0]); i++) {
        status = shop_pay_page_add_if(page, (const char *) fields[i].name.data, fields[i].value);
    }

    return status;
}


/* Only so that a guest need not type it again. */
static shop_status_t add_customer(shop_arena_t *arena, const shop_pay_customer_t *customer,
                                  shop_pay_page_t *page)
{
    const shop_pay_text_t texts[] = {
        {"first_name", customer->first_name, 32},
        {"last_name", customer->last_name, 32},
        {"address1", customer->address, 100},
        {"zip", customer->zip, 32},
        {"city", customer->city, 40},
        {"country", customer->country, 2},
        {"email", customer->email, 127},
    };

    return shop_pay_page_add_texts(arena, page, texts, sizeof(texts) / sizeof(texts[0]));
}


shop_status_t shop_paypal_form(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_paypal_t *paypal = config->data;

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_FORM);
    if (status == SHOP_OK) {
        page->url = paypal->form_url;
        status = add_order(arena, config, attempt, page);
    }

    return status == SHOP_OK ? add_customer(arena, &attempt->customer, page) : status;
}
