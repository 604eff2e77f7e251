/*
 * The names of states and verdicts, and what a provider is told for each verdict.
 *
 * The table is the one of payments.md 1.8. A mismatch answers 200 since a repetition cannot help;
 * only what may succeed later answers 503.
 */

#include "pay/pay_internal.h"

#include <string.h>


static const char *const state_names[] = {
    [SHOP_PAY_STATE_UNKNOWN] = "",
    [SHOP_PAY_STATE_PENDING] = "pending",
    [SHOP_PAY_STATE_PAID] = "paid",
    [SHOP_PAY_STATE_REFUSED] = "refused",
    [SHOP_PAY_STATE_CANCELLED] = "cancelled",
    [SHOP_PAY_STATE_ERROR] = "error",
    [SHOP_PAY_STATE_PARTIALLY_REFUNDED] = "partially_refunded",
    [SHOP_PAY_STATE_REFUNDED] = "refunded",
    [SHOP_PAY_STATE_CHARGEBACK] = "chargeback",
};

static const struct {
    const char *name;
    unsigned status;
} verdicts[] = {
    /* a result that nobody decided is trouble of ours */
    [SHOP_PAY_DECIDE] = {"decide", 503},
    [SHOP_PAY_APPLY] = {"apply", 200},
    [SHOP_PAY_IGNORE_DUPLICATE] = {"ignore-duplicate", 200},
    [SHOP_PAY_IGNORE_STALE] = {"ignore-stale", 200},
    [SHOP_PAY_IGNORE_TYPE] = {"ignore-type", 200},
    [SHOP_PAY_DEFER] = {"defer", 200},
    [SHOP_PAY_DUPLICATE_PAYMENT] = {"duplicate-payment", 200},
    [SHOP_PAY_MISMATCH] = {"mismatch", 200},
    [SHOP_PAY_QUARANTINE] = {"quarantine", 200},
    [SHOP_PAY_UNKNOWN_ORDER] = {"unknown-order", 200},
    [SHOP_PAY_MALFORMED] = {"malformed", 400},
    [SHOP_PAY_UNAUTHENTIC] = {"unauthentic", 403},
    [SHOP_PAY_RETRY_LATER] = {"retry-later", 503},
    [SHOP_PAY_PROVE] = {"prove", 200},
};

#define VERDICTS (sizeof(verdicts) / sizeof(verdicts[0]))


const char *shop_pay_state_name(shop_pay_state_t state)
{
    return state_names[state];
}


const char *shop_pay_verdict_name(shop_pay_verdict_t verdict)
{
    return verdicts[verdict].name;
}


shop_pay_verdict_t shop_pay_verdict_parse(shop_str_t name)
{
    for (size_t i = SHOP_PAY_APPLY; i < VERDICTS; i++) {
        if (shop_str_eq(name, shop_str(verdicts[i].name))) {
            return (shop_pay_verdict_t) i;
        }
    }

    return SHOP_PAY_RETRY_LATER;
}


shop_pay_answer_t shop_pay_answer(const shop_pay_config_t *config, shop_pay_verdict_t verdict)
{
    unsigned status = 0;

    if (config->interface->status != NULL) {
        status = config->interface->status(config, verdict);
    }

    return (shop_pay_answer_t){.status = status != 0 ? status : verdicts[verdict].status};
}


bool shop_pay_repeats(const shop_pay_config_t *config)
{
    return config->interface->repeats;
}
