/*
 * The platform's words for the state of a transaction, in the shop's own (payments.md 7.6).
 */

#include "pay/vads.h"


static const struct {
    const char *status;
    shop_pay_state_t state;
} debit[] = {
    {"AUTHORISED", SHOP_PAY_STATE_PAID},
    {"CAPTURED", SHOP_PAY_STATE_PAID},
    {"AUTHORISED_TO_VALIDATE", SHOP_PAY_STATE_PENDING},
    {"WAITING_AUTHORISATION_TO_VALIDATE", SHOP_PAY_STATE_PENDING},
    {"WAITING_AUTHORISATION", SHOP_PAY_STATE_PENDING},
    {"INITIAL", SHOP_PAY_STATE_PENDING},
    {"UNDER_VERIFICATION", SHOP_PAY_STATE_PENDING},
    {"WAITING_FOR_PAYMENT", SHOP_PAY_STATE_PENDING},
    {"PRE_AUTHORISED", SHOP_PAY_STATE_PENDING},
    {"SUSPENDED", SHOP_PAY_STATE_PENDING},
    {"REFUSED", SHOP_PAY_STATE_REFUSED},
    {"ABANDONED", SHOP_PAY_STATE_CANCELLED},
    {"CANCELLED", SHOP_PAY_STATE_CANCELLED},
    {"EXPIRED", SHOP_PAY_STATE_CANCELLED},
    {"CAPTURE_FAILED", SHOP_PAY_STATE_ERROR},
    {"NOT_CREATED", SHOP_PAY_STATE_ERROR},
};


static shop_pay_state_t debit_state(shop_str_t status)
{
    for (size_t i = 0; i < sizeof(debit) / sizeof(debit[0]); i++) {
        if (shop_str_eq(status, shop_str(debit[i].status))) {
            return debit[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


shop_pay_state_t shop_vads_state(shop_str_t operation, shop_str_t status)
{
    shop_pay_state_t state = debit_state(status);

    if (shop_str_eq(operation, SHOP_STR("DEBIT"))) {
        return state;
    }

    if (shop_str_eq(operation, SHOP_STR("CREDIT"))) {
        return state == SHOP_PAY_STATE_PAID ? SHOP_PAY_STATE_REFUNDED : SHOP_PAY_STATE_UNKNOWN;
    }

    /* an abandoned or cancelled payment has no operation; money always has one */
    return operation.len == 0 && state != SHOP_PAY_STATE_PAID ? state : SHOP_PAY_STATE_UNKNOWN;
}
