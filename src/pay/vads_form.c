/*
 * Builds the signed form that sends a customer to the platform's payment page (payments.md 7.3).
 *
 * Sent: what is mandatory, and the identity that 3-D Secure 2 asks for. Not sent: free text,
 * products, delivery. vads_return_mode is NONE, so no signed message ever passes the browser.
 */

#include "pay/vads.h"

#include <string.h>

#define REFERENCE_DAY 8
#define REFERENCE_LENGTH 15 /* "YYYYMMDD-NNNNNN" */


/* The platform wants the present time, and the counter is unique within that UTC day only. */
static shop_status_t take_reference(shop_arena_t *arena, const shop_pay_attempt_t *attempt,
                                    shop_str_t *date, shop_str_t *id)
{
    char now[15];
    shop_str_t ref = attempt->provider_ref;

    shop_time_compact(attempt->now, now);
    if (ref.len != REFERENCE_LENGTH || memcmp(ref.data, now, REFERENCE_DAY) != 0) {
        return SHOP_REFUSED;
    }

    *id = (shop_str_t){REFERENCE_LENGTH - REFERENCE_DAY - 1, ref.data + REFERENCE_DAY + 1};
    /* 900000 and above belong to the platform's back office */
    if (!shop_pay_is_digits(*id) || id->data[0] == '9') {
        return SHOP_REFUSED;
    }

    return shop_arena_copy(arena, shop_str(now), date);
}


static bool order_id_valid(shop_str_t transid)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

    for (size_t i = 0; i < transid.len; i++) {
        if (memchr(allowed, transid.data[i], sizeof(allowed) - 1) == NULL) {
            return false;
        }
    }

    return transid.len > 0 && transid.len <= 64;
}


/* Addresses of ours are sent whole or not at all. */
static bool url_valid(shop_str_t url)
{
    return shop_pay_is_url(url) && memchr(url.data, '+', url.len) == NULL;
}


static shop_status_t add_order(shop_arena_t *arena, const shop_vads_t *vads,
                               const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;
    shop_str_t date;
    shop_str_t id;

    if (currency == NULL || attempt->amount_minor <= 0 || !order_id_valid(attempt->transid) ||
        !url_valid(attempt->return_url) || !url_valid(attempt->cancel_url)) {
        return SHOP_REFUSED;
    }

    shop_status_t status = take_reference(arena, attempt, &date, &id);
    if (status == SHOP_OK) {
        status = shop_pay_amount_print(arena, SHOP_STR("systempay"), attempt->amount_minor,
                                       currency, &amount);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("vads_version"), SHOP_STR("V2")},
        {SHOP_STR("vads_page_action"), SHOP_STR("PAYMENT")},
        {SHOP_STR("vads_action_mode"), SHOP_STR("INTERACTIVE")},
        {SHOP_STR("vads_payment_config"), SHOP_STR("SINGLE")},
        {SHOP_STR("vads_return_mode"), SHOP_STR("NONE")},
        {SHOP_STR("vads_site_id"), vads->site_id},
        {SHOP_STR("vads_ctx_mode"), vads->ctx_mode},
        {SHOP_STR("vads_trans_id"), id},
        {SHOP_STR("vads_trans_date"), date},
        {SHOP_STR("vads_amount"), amount.amount},
        {SHOP_STR("vads_currency"), amount.currency},
        {SHOP_STR("vads_order_id"), attempt->transid},
        {SHOP_STR("vads_language"), shop_vads_language(attempt->language)},
        {SHOP_STR("vads_url_return"), attempt->return_url},
        {SHOP_STR("vads_url_cancel"), attempt->cancel_url},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        page->fields[page->count++] = fields[i];
    }

    return SHOP_OK;
}


static shop_status_t add_options(const shop_pay_config_t *config, shop_pay_page_t *page)
{
    static const struct {
        const char *field;
        const char *param;
    } options[] = {
        {"vads_capture_delay", "capture_delay"},
        {"vads_validation_mode", "validation_mode"},
        {"vads_payment_cards", "payment_cards"},
        {"vads_redirect_success_timeout", "redirect_delay"},
        {"vads_redirect_error_timeout", "redirect_delay"},
    };
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < sizeof(options) / sizeof(options[0]); i++) {
        status =
            shop_pay_page_add_if(page, options[i].field, shop_pay_value(config, options[i].param));
    }

    return status;
}


static shop_status_t add_clean(shop_arena_t *arena, shop_pay_page_t *page, const char *name,
                               shop_str_t value, size_t characters)
{
    shop_str_t clean;
    shop_status_t status = shop_vads_clean(arena, value, characters, &clean);

    return status == SHOP_OK ? shop_pay_page_add_if(page, name, clean) : status;
}


static shop_status_t add_contact(shop_arena_t *arena, const shop_pay_customer_t *customer,
                                 shop_pay_page_t *page)
{
    shop_str_t email;
    shop_str_t phone;

    shop_status_t status = shop_vads_clean_email(arena, customer->email, &email);
    if (status == SHOP_OK) {
        status = shop_pay_page_add_if(page, "vads_cust_email", email);
    }
    if (status == SHOP_OK) {
        status = shop_vads_clean_phone(arena, customer->phone, &phone);
    }

    return status == SHOP_OK ? shop_pay_page_add_if(page, "vads_cust_phone", phone) : status;
}


static shop_status_t add_identity(shop_arena_t *arena, const shop_pay_attempt_t *attempt,
                                  shop_pay_page_t *page)
{
    const shop_pay_customer_t *customer = &attempt->customer;
    const shop_pay_text_t texts[] = {
        {"vads_cust_first_name", customer->first_name, 63},
        {"vads_cust_last_name", customer->last_name, 63},
        {"vads_cust_address", customer->address, 255},
        {"vads_cust_zip", customer->zip, 64},
        {"vads_cust_city", customer->city, 128},
        {"vads_cust_legal_name", customer->company, 100},
        {"vads_shop_name", attempt->shop_name, 127},
        {"vads_contrib", attempt->contrib, 128},
    };
    shop_status_t status = add_contact(arena, customer, page);

    for (size_t i = 0; status == SHOP_OK && i < sizeof(texts) / sizeof(texts[0]); i++) {
        status = add_clean(arena, page, texts[i].name, texts[i].value, texts[i].characters);
    }
    if (status == SHOP_OK && customer->country.len == 2) {
        status = add_clean(arena, page, "vads_cust_country", customer->country, 2);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_pay_page_add(page, "vads_cust_status",
                             customer->company.len > 0 ? SHOP_STR("COMPANY") : SHOP_STR("PRIVATE"));
}


shop_status_t shop_vads_form(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    const shop_vads_t *vads = config->data;
    shop_str_t signature;

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_FORM);
    if (status == SHOP_OK) {
        page->url = shop_pay_value(config, "form_url");
        status = add_order(arena, vads, attempt, page);
    }
    if (status == SHOP_OK) {
        status = add_options(config, page);
    }
    if (status == SHOP_OK) {
        status = add_identity(arena, attempt, page);
    }
    if (status == SHOP_OK) {
        status = shop_vads_sign(arena, vads->algorithm, vads->key, page->fields, page->count,
                                &signature);
    }

    return status == SHOP_OK ? shop_pay_page_add(page, "signature", signature) : status;
}
