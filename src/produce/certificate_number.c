/*
 * Product references: sixteen characters in groups of four, the last two a checksum; and the
 * numbers of the certificates that the shop issues itself: "C-", the year, then the same
 * (handlers.md 3.4).
 */

#include "produce/produce.h"

#include <string.h>

#define YEAR_AT 2
#define GROUPS_AT 7
#define PAYLOAD 14
#define GROUP 4

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";


static void checksum(const char payload[PAYLOAD], char out[2])
{
    unsigned sum = 0;

    for (size_t i = 0; i < PAYLOAD; i++) {
        sum += (unsigned char) payload[i];
    }
    out[0] = alphabet[sum % 36];
    out[1] = alphabet[sum / 36 % 36];
}


void shop_certificate_number(int64_t now, const unsigned char random[SHOP_JOB_RANDOM],
                             char out[SHOP_CERTIFICATE_NUMBER_SIZE])
{
    char compact[15];

    shop_time_compact(now, compact);
    out[0] = 'C';
    out[1] = '-';
    memcpy(out + YEAR_AT, compact, 4);
    out[YEAR_AT + 4] = '-';
    shop_reference_draw(random, out + GROUPS_AT);
}


void shop_reference_draw(const unsigned char random[SHOP_JOB_RANDOM], char out[SHOP_REFERENCE_SIZE])
{
    char text[PAYLOAD + 2];
    size_t at = 0;

    for (size_t i = 0; i < PAYLOAD; i++) {
        /* two bytes for one of 36: the bias is below one in a thousand */
        text[i] = alphabet[(random[2 * i] << 8 | random[2 * i + 1]) % 36];
    }
    checksum(text, text + PAYLOAD);

    for (size_t i = 0; i < sizeof(text); i++) {
        if (i != 0 && i % GROUP == 0) {
            out[at++] = '-';
        }
        out[at++] = text[i];
    }
    out[at] = '\0';
}


bool shop_certificate_number_valid(shop_str_t number)
{
    char text[PAYLOAD + 2];
    char sum[2];
    size_t count = 0;

    if (number.len != SHOP_CERTIFICATE_NUMBER_SIZE - 1 || memcmp(number.data, "C-", 2) != 0) {
        return false;
    }
    for (size_t i = YEAR_AT; i < number.len; i++) {
        unsigned char c = number.data[i];
        bool dash = i == GROUPS_AT - 1 || (i > GROUPS_AT && (i - GROUPS_AT) % (GROUP + 1) == GROUP);

        if (dash ? c != '-' : c == '\0' || strchr(alphabet, c) == NULL) {
            return false;
        }
        if (!dash && i >= GROUPS_AT) {
            text[count++] = (char) c;
        }
    }
    checksum(text, sum);
    return memcmp(sum, text + PAYLOAD, sizeof(sum)) == 0;
}
