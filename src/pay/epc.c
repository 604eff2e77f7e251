/*
 * The text of the QR code that fills in a SEPA credit transfer (EPC069-12).
 *
 * Lines are separated by one LF and none follows the last line that has content, so no value may
 * hold a line end: that would move every field after it.
 */

#include "pay/pay_internal.h"

#define PAYLOAD_MAX 331


static bool text_fits(shop_str_t text, size_t characters)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < 0x20 || text.data[i] == 0x7f) {
            return false;
        }
    }

    return shop_utf8_valid(text) && shop_utf8_length(text) <= characters;
}


/* Inside the EEA the IBAN is enough since version 002. */
static bool bic_optional(shop_str_t version, shop_str_t iban)
{
    static const char eea[] =
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL "
        "NO PL PT RO SE SI SK";

    return shop_str_eq(version, SHOP_STR("002")) &&
           shop_pay_list_has(SHOP_STR(eea), (shop_str_t){2, iban.data});
}


static bool bic_fits(const shop_epc_t *epc, shop_str_t version, shop_str_t iban)
{
    return epc->bic.len > 0 ? shop_bic_valid(epc->bic) : bic_optional(version, iban);
}


static bool texts_fit(const shop_epc_t *epc)
{
    if (epc->name.len == 0 || !text_fits(epc->name, 70) || !text_fits(epc->purpose, 4) ||
        !text_fits(epc->text, 140) || !text_fits(epc->info, 70)) {
        return false;
    }

    if (epc->reference.len == 0) {
        return true;
    }

    return epc->text.len == 0 && shop_rf_valid(epc->reference);
}


static shop_status_t join(shop_arena_t *arena, const shop_str_t *lines, size_t count,
                          shop_str_t *payload)
{
    shop_buf_t buf;

    while (lines[count - 1].len == 0) {
        count--;
    }

    shop_buf_init(&buf, arena, 0);
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            shop_buf_add_char(&buf, '\n');
        }
        shop_buf_add(&buf, lines[i]);
    }

    *payload = shop_buf_str(&buf);
    if (buf.status != SHOP_OK) {
        return buf.status;
    }

    return payload->len <= PAYLOAD_MAX ? SHOP_OK : SHOP_REFUSED;
}


shop_status_t shop_epc_payload(shop_arena_t *arena, const shop_epc_t *epc, shop_str_t *payload)
{
    shop_str_t version = epc->version.len > 0 ? epc->version : SHOP_STR("002");
    shop_str_t code = epc->currency.len > 0 ? epc->currency : SHOP_STR("EUR");
    const shop_currency_t *currency = shop_currency_find(code);
    shop_pay_amount_t amount;
    shop_str_t iban;
    shop_str_t reference = SHOP_STR_NULL;

    bool version_known =
        shop_str_eq(version, SHOP_STR("001")) || shop_str_eq(version, SHOP_STR("002"));
    if (!version_known || currency == NULL || !shop_iban_valid(epc->iban) || !texts_fit(epc)) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_iban_normalise(arena, epc->iban, &iban);
    if (status == SHOP_OK && !bic_fits(epc, version, iban)) {
        return SHOP_REFUSED;
    }
    if (status == SHOP_OK && epc->reference.len > 0) {
        status = shop_iban_normalise(arena, epc->reference, &reference);
    }
    if (status == SHOP_OK) {
        status =
            shop_pay_amount_print(arena, SHOP_STR("epc-qr"), epc->amount_minor, currency, &amount);
    }
    if (status != SHOP_OK) {
        return status;
    }

    const shop_str_t lines[] = {
        SHOP_STR("BCD"), version,      SHOP_STR("1"), SHOP_STR("SCT"), epc->bic,  epc->name, iban,
        amount.amount,   epc->purpose, reference,     epc->text,       epc->info,
    };

    return join(arena, lines, sizeof(lines) / sizeof(lines[0]), payload);
}
