/*
 * Recognises the number of a payment card in something typed, so that it is neither taken nor kept
 * (payments.md 11.9): card numbers belong on the bank's page only.
 */

#include "base/base.h"

#define DIGITS_MAX 19


/* The sum of Luhn: from the right, every second digit counts double. */
static bool checks(const unsigned char *digits, size_t count)
{
    unsigned sum = 0;

    for (size_t i = 0; i < count; i++) {
        unsigned digit = digits[count - 1 - i];

        if (i % 2 == 1) {
            digit = digit > 4 ? digit * 2 - 9 : digit * 2;
        }
        sum += digit;
    }

    return sum % 10 == 0;
}


/* Lengths and first digits of the brands in use. Those of 13 and 14 digits are rare, and look like
 * the number of a French establishment. */
static bool is_brand(const unsigned char *digits, size_t count)
{
    switch (count) {
    case 15:
        return digits[0] == 3 && (digits[1] == 4 || digits[1] == 7);

    case 16:
        return digits[0] == 2 || (digits[0] >= 4 && digits[0] <= 6);

    case 18:
    case 19:
        return digits[0] >= 4 && digits[0] <= 6;
    }

    return false;
}


bool shop_has_card_number(shop_str_t text)
{
    unsigned char digits[DIGITS_MAX + 1];
    size_t count = 0;

    for (size_t i = 0; i <= text.len; i++) {
        unsigned char c = i < text.len ? text.data[i] : 0;

        if (c >= '0' && c <= '9') {
            digits[count < DIGITS_MAX ? count : DIGITS_MAX] = (unsigned char) (c - '0');
            count++;
            continue;
        }
        if (count > 0 && (c == ' ' || c == '-')) {
            continue;
        }
        if (count <= DIGITS_MAX && is_brand(digits, count) && checks(digits, count)) {
            return true;
        }
        count = 0;
    }

    return false;
}
