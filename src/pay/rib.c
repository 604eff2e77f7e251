/*
 * The key of a French account (RIB): bank 5, branch 5, account 11, key 2.
 */

#include "pay/pay_internal.h"

#define ACCOUNT_LENGTH 11


/* A,J=1 B,K,S=2 ... I,R,Z=9; -1: neither letter nor digit. */
static int account_digit(unsigned char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'z') {
        c = (unsigned char) (c - 'a' + 'A');
    }
    if (c >= 'A' && c <= 'I') {
        return c - 'A' + 1;
    }
    if (c >= 'J' && c <= 'R') {
        return c - 'J' + 1;
    }

    return c >= 'S' && c <= 'Z' ? c - 'S' + 2 : -1;
}


static bool digits_value(shop_str_t text, size_t length, int64_t *value)
{
    return text.len == length && shop_str_to_int(text, value) == SHOP_OK;
}


bool shop_rib_valid(shop_str_t bank, shop_str_t office, shop_str_t account, shop_str_t key)
{
    int64_t bank_value;
    int64_t office_value;
    int64_t key_value;
    int64_t account_value = 0;

    if (!digits_value(bank, 5, &bank_value) || !digits_value(office, 5, &office_value) ||
        !digits_value(key, 2, &key_value) || account.len != ACCOUNT_LENGTH) {
        return false;
    }

    for (size_t i = 0; i < account.len; i++) {
        int digit = account_digit(account.data[i]);
        if (digit < 0) {
            return false;
        }
        account_value = account_value * 10 + digit;
    }

    return key_value == 97 - (89 * bank_value + 15 * office_value + 3 * account_value) % 97;
}
