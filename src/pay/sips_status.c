/*
 * The platform's words for the state of a payment, in the shop's own (payments.md 5.6, 5.8).
 */

#include "pay/sips.h"


typedef struct {
    const char *word;
    shop_pay_state_t state;
} word_t;

static const word_t responses[] = {
    {"00", SHOP_PAY_STATE_PAID},      {"02", SHOP_PAY_STATE_REFUSED},
    {"03", SHOP_PAY_STATE_ERROR},     {"05", SHOP_PAY_STATE_REFUSED},
    {"11", SHOP_PAY_STATE_REFUSED},   {"12", SHOP_PAY_STATE_ERROR},
    {"14", SHOP_PAY_STATE_REFUSED},   {"17", SHOP_PAY_STATE_CANCELLED},
    {"24", SHOP_PAY_STATE_ERROR},     {"25", SHOP_PAY_STATE_ERROR},
    {"30", SHOP_PAY_STATE_ERROR},     {"34", SHOP_PAY_STATE_REFUSED},
    {"40", SHOP_PAY_STATE_ERROR},     {"51", SHOP_PAY_STATE_REFUSED},
    {"54", SHOP_PAY_STATE_REFUSED},   {"60", SHOP_PAY_STATE_PENDING},
    {"63", SHOP_PAY_STATE_REFUSED},   {"75", SHOP_PAY_STATE_REFUSED},
    {"90", SHOP_PAY_STATE_ERROR},     {"94", SHOP_PAY_STATE_ERROR},
    {"97", SHOP_PAY_STATE_CANCELLED}, {"99", SHOP_PAY_STATE_ERROR},
};

static const word_t transactions[] = {
    {"TO_CAPTURE", SHOP_PAY_STATE_PAID},
    {"CAPTURED", SHOP_PAY_STATE_PAID},
    {"ENDED", SHOP_PAY_STATE_PAID},
    {"TO_AUTHORIZE", SHOP_PAY_STATE_PENDING},
    {"WAITING_AUTHOR", SHOP_PAY_STATE_PENDING},
    {"PENDING", SHOP_PAY_STATE_PENDING},
    {"TO_REPLAY", SHOP_PAY_STATE_PENDING},
    {"TO_VALIDATE", SHOP_PAY_STATE_PENDING},
    {"REFERRAL", SHOP_PAY_STATE_PENDING},
    {"REFUSED", SHOP_PAY_STATE_REFUSED},
    {"EXPIRED", SHOP_PAY_STATE_CANCELLED},
    {"CANCELLED", SHOP_PAY_STATE_CANCELLED},
    {"TO_CREDIT", SHOP_PAY_STATE_REFUNDED},
    {"CREDITED", SHOP_PAY_STATE_REFUNDED},
};


static shop_pay_state_t find(const word_t *words, size_t count, shop_str_t word)
{
    for (size_t i = 0; i < count; i++) {
        if (shop_str_eq(word, shop_str(words[i].word))) {
            return words[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


shop_pay_state_t shop_sips_response_state(shop_str_t code)
{
    return find(responses, sizeof(responses) / sizeof(responses[0]), code);
}


shop_pay_state_t shop_sips_transaction_state(shop_str_t status)
{
    return find(transactions, sizeof(transactions) / sizeof(transactions[0]), status);
}
