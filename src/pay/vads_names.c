/*
 * Recognises messages that may have been cut anew: only values are signed, joined by "+", in the
 * order of names that are not signed themselves (payments.md 7.9).
 *
 * Whoever holds one genuine message can rename fields while the order of the values stays, and move
 * the boundary between two values where one holds a "+". Both leave a trace: a name that the
 * platform never uses, or a "+" where a customer could have typed it. Such a message is not
 * refused (a new field of the platform looks the same), it waits for the platform's API.
 *
 * What guards the amount: only two names are let through before "vads_amount", the network without
 * a "+" and the action mode with the one value that we send. No other value of a genuine message
 * can then stand where the amount stands (t/fuzz/notification.c tries).
 */

#include "pay/vads.h"

#include <string.h>


/* Names are written without "vads_", in byte order. */
static const char *const names[] = {
    "acquirer_network",  "action_mode",     "amount",      "brand_management",
    "capture_delay",     "change_rate",     "contrib",     "ctx_mode",
    "currency",          "extra_result",    "hash",        "language",
    "nb_products",       "operation_type",  "order_id",    "page_action",
    "presentation_date", "result",          "return_mode", "sequence_number",
    "shop_name",         "shop_url",        "site_id",     "validation_mode",
    "version",           "warranty_result",
};

static const char *const prefixes[] = {
    "auth_",
    "authent_",
    "avs_",
    "bank_",
    "birth_",
    "card_",
    "contract",
    "cust_",
    "effective_",
    "expiry_",
    "ext_info_",
    "ext_trans_id",
    "first_installment_delay",
    "identifier",
    "insurance_",
    "order_info",
    "payment_",
    "product_",
    "proof_of_id_",
    "recurrence_",
    "redirect_",
    "risk_",
    "ship_to_",
    "shipping_",
    "sub",
    "tax_",
    "theme_config",
    "threeds_",
    "tid",
    "token_id",
    "trans_",
    "url_",
    "user_info",
    "wallet",
};

/* Where a customer's typing can end up. The network stands before the amount, where a "+" could
 * swallow the genuine one. */
static const char *const typed[] = {
    "acquirer_network", "card_holder_name", "cust_", "ext_info_", "order_info", "ship_to_",
};

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static bool has_prefix(const char *const *table, size_t count, shop_str_t name)
{
    for (size_t i = 0; i < count; i++) {
        if (shop_str_starts(name, shop_str(table[i]))) {
            return true;
        }
    }

    return false;
}


static bool name_documented(shop_str_t name)
{
    for (size_t i = 0; i < COUNT(names); i++) {
        if (shop_str_eq(name, shop_str(names[i]))) {
            return true;
        }
    }

    return has_prefix(prefixes, COUNT(prefixes), name);
}


const char *shop_vads_suspicion(const shop_form_t *form)
{
    static const size_t stem = sizeof("vads_") - 1;

    for (size_t i = 0; i < form->count; i++) {
        const shop_pair_t *pair = &form->pairs[i];

        if (!shop_str_starts(pair->name, SHOP_STR("vads_"))) {
            continue;
        }

        shop_str_t name = {pair->name.len - stem, pair->name.data + stem};
        if (!name_documented(name)) {
            return "field name not documented";
        }
        if (shop_str_eq(name, SHOP_STR("action_mode")) &&
            !shop_str_eq(pair->value, SHOP_STR("INTERACTIVE"))) {
            return "action mode that was not sent";
        }
        if (has_prefix(typed, COUNT(typed), name) && pair->value.len > 0 &&
            memchr(pair->value.data, '+', pair->value.len) != NULL) {
            return "plus sign in a typed value";
        }
    }

    return NULL;
}
