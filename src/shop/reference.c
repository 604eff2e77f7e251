/*
 * Codes that people copy by hand: transactions and references of product instances.
 */

#include "shop/shop.h"

#include <ctype.h>
#include <string.h>


#define PAYLOAD 14
#define REFERENCE_LENGTH 16

static const char digits36[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";


static void checksum(const char payload[PAYLOAD], char out[2]);


/* 150 of the 152 random bits, five for each character. */
void shop_transid_make(const unsigned char random[SHOP_TRANSID_RANDOM], char out[31])
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    for (size_t i = 0; i < 30; i++) {
        size_t bit = i * 5;
        unsigned pair = (unsigned) random[bit / 8] << 8;

        if (bit / 8 + 1 < SHOP_TRANSID_RANDOM) {
            pair |= random[bit / 8 + 1];
        }

        out[i] = alphabet[(pair >> (11 - bit % 8)) & 0x1f];
    }

    out[30] = '\0';
}


/* A byte gives a digit of base 36; that the first four come a little more often helps nobody. */
void shop_reference_make(const unsigned char random[14], char out[20])
{
    char payload[PAYLOAD], check[2], plain[REFERENCE_LENGTH];
    size_t at = 0;

    for (size_t i = 0; i < PAYLOAD; i++) {
        payload[i] = digits36[random[i] % 36];
    }

    checksum(payload, check);
    memcpy(plain, payload, PAYLOAD);
    memcpy(plain + PAYLOAD, check, 2);

    for (size_t i = 0; i < REFERENCE_LENGTH; i++) {
        if (i > 0 && i % 4 == 0) {
            out[at++] = '-';
        }

        out[at++] = plain[i];
    }

    out[at] = '\0';
}


/* objects.md 12.2 */
static void checksum(const char payload[PAYLOAD], char out[2])
{
    unsigned sum = 0;

    for (size_t i = 0; i < PAYLOAD; i++) {
        sum += (unsigned char) payload[i];
    }

    out[0] = digits36[sum % 36];
    out[1] = digits36[sum / 36 % 36];
}


bool shop_reference_valid(shop_str_t text)
{
    char plain[REFERENCE_LENGTH], check[2];
    size_t length = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char) toupper(text.data[i]);

        if (c == '-' || c == ' ') {
            continue;
        }

        if (length == REFERENCE_LENGTH || !(isdigit(c) || (c >= 'A' && c <= 'Z'))) {
            return false;
        }

        plain[length++] = (char) c;
    }

    if (length != REFERENCE_LENGTH) {
        return false;
    }

    checksum(plain, check);

    return plain[PAYLOAD] == check[0] && plain[PAYLOAD + 1] == check[1];
}
