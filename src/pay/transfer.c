/*
 * The bank transfer: the page gives account, reference and the code to scan; a person (or an
 * imported statement) marks the money received.
 *
 * The account is checked while nginx reads its configuration: a wrong IBAN would lose payments
 * silently for days.
 */

#include "pay/pay_internal.h"

#include <string.h>


/* --- configuration --- */

static bool is_bic(shop_str_t value)
{
    return shop_bic_valid(value);
}


static bool is_style(shop_str_t value)
{
    return shop_str_eq(value, SHOP_STR("rf")) || shop_str_eq(value, SHOP_STR("plain"));
}


static const shop_pay_param_t params[] = {
    {"beneficiary", SHOP_PAY_PARAM_REQUIRED, NULL, "a name of at most 70 characters",
     shop_pay_is_name70},
    {"iban", SHOP_PAY_PARAM_REQUIRED, NULL, "an IBAN whose check digits are right",
     shop_iban_valid},
    {"bic", 0, NULL, "8 or 11 capital letters and digits", is_bic},
    {"bank_name", 0, NULL, "a name", shop_pay_is_line},
    {"bank_code", 0, NULL, "5 digits", shop_pay_is_digits},
    {"bank_office", 0, NULL, "5 digits", shop_pay_is_digits},
    {"bank_account", 0, NULL, "11 letters and digits", shop_pay_is_line},
    {"bank_key", 0, NULL, "2 digits", shop_pay_is_digits},
    {"vat_number", 0, NULL, "a VAT number", shop_pay_is_line},
    {"validity_days", 0, "14", "a number of days, 1 to 365", shop_pay_is_days},
    {"reference_style", 0, "rf", "rf or plain", is_style},
    {"allowed_currencies", 0, NULL, "currency codes such as EUR", shop_pay_is_currencies},
    {.name = NULL},
};


/* Four parts or none; they must be the account that the IBAN names, if that is a French one. */
static shop_status_t check_rib(shop_arena_t *arena, const shop_pay_config_t *config,
                               shop_str_t iban, shop_str_t *error)
{
    shop_str_t bank = shop_pay_value(config, "bank_code");
    shop_str_t office = shop_pay_value(config, "bank_office");
    shop_str_t account = shop_pay_value(config, "bank_account");
    shop_str_t key = shop_pay_value(config, "bank_key");
    shop_buf_t joined;

    if (bank.len + office.len + account.len + key.len == 0) {
        return SHOP_OK;
    }

    if (!shop_rib_valid(bank, office, account, key)) {
        return shop_pay_refuse(arena, error,
                               "\"bank_code\", \"bank_office\", \"bank_account\" and \"bank_key\" "
                               "do not agree: copy all four from the RIB, or remove them");
    }

    shop_buf_init(&joined, arena, 0);
    shop_buf_add(&joined, bank);
    shop_buf_add(&joined, office);
    shop_buf_add(&joined, account);
    shop_buf_add(&joined, key);
    if (joined.status != SHOP_OK) {
        return joined.status;
    }

    shop_str_t national = {iban.len - 4, iban.data + 4};
    if (shop_str_starts(iban, SHOP_STR("FR")) &&
        !shop_str_eq_nocase(shop_buf_str(&joined), national)) {
        return shop_pay_refuse(arena, error,
                               "\"iban\" and \"bank_code\" ... \"bank_key\" name two accounts: "
                               "write those of one account");
    }

    return SHOP_OK;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_str_t *iban = shop_arena_calloc(arena, sizeof(*iban));

    if (iban == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop_status_t status = shop_iban_normalise(arena, shop_pay_value(config, "iban"), iban);
    config->data = iban;

    return status == SHOP_OK ? check_rib(arena, config, *iban, error) : status;
}


/* --- the page --- */

/* The order number without its separators: short enough for ISO 11649, and typed without fault. */
static shop_status_t make_reference(shop_arena_t *arena, shop_str_t order_number, shop_str_t *rf)
{
    shop_buf_t plain;

    shop_buf_init(&plain, arena, 0);
    for (size_t i = 0; i < order_number.len; i++) {
        if (order_number.data[i] != '-' && order_number.data[i] != ' ') {
            shop_buf_add_char(&plain, order_number.data[i]);
        }
    }
    if (plain.status != SHOP_OK) {
        return plain.status;
    }

    return shop_rf_create(arena, shop_buf_str(&plain), rf);
}


/* The code is a comfort: an order that it cannot express is shown without it. */
static shop_status_t add_code(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_attempt_t *attempt, shop_str_t rf,
                              shop_pay_page_t *page)
{
    const shop_epc_t epc = {
        .bic = shop_pay_value(config, "bic"),
        .name = shop_pay_value(config, "beneficiary"),
        .iban = *(const shop_str_t *) config->data,
        .currency = attempt->currency,
        .amount_minor = attempt->amount_minor,
        .reference = rf,
        .text = rf.len > 0 ? SHOP_STR_NULL : attempt->order_number,
    };
    shop_str_t payload;

    shop_status_t status = shop_epc_payload(arena, &epc, &payload);
    if (status == SHOP_REFUSED) {
        return SHOP_OK;
    }

    return status == SHOP_OK ? shop_pay_page_add(page, "epc", payload) : status;
}


static shop_status_t add_reference(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    shop_str_t rf = SHOP_STR_NULL;
    shop_str_t shown = attempt->order_number;
    shop_status_t status = SHOP_OK;

    if (shop_str_eq(shop_pay_value(config, "reference_style"), SHOP_STR("rf"))) {
        status = make_reference(arena, attempt->order_number, &rf);
        if (status == SHOP_OK) {
            status = shop_iban_group(arena, rf, &shown);
        }
    }
    if (status == SHOP_OK) {
        status = shop_pay_page_add(page, "reference", shown);
    }
    if (status == SHOP_OK) {
        status = shop_pay_page_add(page, "order_number", attempt->order_number);
    }

    return status == SHOP_OK ? add_code(arena, config, attempt, rf, page) : status;
}


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    static const char *const shown[] = {
        "beneficiary",  "bic",      "bank_name",  "bank_code",     "bank_office",
        "bank_account", "bank_key", "vat_number", "validity_days", NULL};
    shop_str_t grouped;

    if (!shop_pay_offline_payable(config, attempt)) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_INSTRUCTIONS);
    if (status == SHOP_OK) {
        status = shop_pay_page_add_params(page, config, shown);
    }
    if (status == SHOP_OK) {
        status = shop_iban_group(arena, *(const shop_str_t *) config->data, &grouped);
    }
    if (status == SHOP_OK) {
        status = shop_pay_page_add(page, "iban", grouped);
    }

    return status == SHOP_OK ? add_reference(arena, config, attempt, page) : status;
}


const shop_pay_interface_t shop_pay_transfer = {
    .name = "transfer",
    .kind = SHOP_PAY_OFFLINE,
    .title_key = "paymode_transfer",
    .params = params,
    .prepare = prepare,
    .start = start,
    .confirm = shop_pay_offline_confirm,
};
