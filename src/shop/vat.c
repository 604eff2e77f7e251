/*
 * Format of VAT numbers per country (European Commission, VIES: structure of VAT identification
 * numbers). What stands behind a number is not asked here.
 */

#include "shop/shop.h"

#include <ctype.h>
#include <string.h>


#define VAT_MIN 4 /* with the letters of the country */
#define VAT_MAX 16


/* 9: a digit, A: a letter, *: either, +: either or one of the two signs that old Irish numbers
 * have,
 * ?: a digit or the end; others stand for themselves. The country's code comes before. */
static const struct {
    const char *country;
    const char *forms[4];
} structures[] = {
    {"AT", {"U99999999"}},
    {"BE", {"0999999999", "1999999999"}},
    {"BG", {"999999999?"}},
    {"CY", {"99999999A"}},
    {"CZ", {"99999999??"}},
    {"DE", {"999999999"}},
    {"DK", {"99999999"}},
    {"EE", {"999999999"}},
    {"EL", {"999999999"}},
    {"ES", {"A9999999*", "99999999A"}},
    {"FI", {"99999999"}},
    {"FR", {"**999999999"}},
    {"GB", {"999999999", "999999999999", "AA999"}},
    {"GR", {"999999999"}},
    {"HR", {"99999999999"}},
    {"HU", {"99999999"}},
    {"IE", {"9+99999A", "9999999AA"}},
    {"IT", {"99999999999"}},
    {"LT", {"999999999", "999999999999"}},
    {"LU", {"99999999"}},
    {"LV", {"99999999999"}},
    {"MT", {"99999999"}},
    {"NL", {"*********B99"}},
    {"PL", {"9999999999"}},
    {"PT", {"999999999"}},
    {"RO", {"99????????"}},
    {"SE", {"999999999999"}},
    {"SI", {"99999999"}},
    {"SK", {"9999999999"}},
    {"XI", {"999999999", "999999999999", "AA999"}},
};


static bool compact(shop_str_t text, char number[VAT_MAX + 1]);
static bool fits(const char *number, const char *form);
static bool fits_one(char c, char form);


bool shop_vat_valid(shop_str_t text)
{
    char number[VAT_MAX + 1];

    if (!compact(text, number)) {
        return false;
    }

    for (size_t i = 0; i < sizeof(structures) / sizeof(structures[0]); i++) {
        if (strncmp(number, structures[i].country, 2) != 0) {
            continue;
        }

        for (size_t form = 0; form < 4 && structures[i].forms[form] != NULL; form++) {
            if (fits(number + 2, structures[i].forms[form])) {
                return true;
            }
        }

        return false;
    }

    /* A number of another country: letters for it, then something. */
    return isalpha((unsigned char) number[0]) && isalpha((unsigned char) number[1]) &&
           strpbrk(number, "+*") == NULL;
}


/* In capitals, without what people put between the groups. */
static bool compact(shop_str_t text, char number[VAT_MAX + 1])
{
    size_t length = 0;

    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = text.data[i];

        if (c == ' ' || c == '.' || c == '-') {
            continue;
        }

        if (length == VAT_MAX || c >= 0x80 || (!isalnum(c) && c != '+' && c != '*')) {
            return false;
        }

        number[length++] = (char) toupper(c);
    }

    number[length] = '\0';

    return length >= VAT_MIN;
}


static bool fits(const char *number, const char *form)
{
    for (; *form != '\0'; form++, number++) {
        if (*form == '?' && *number == '\0') {
            return true;
        }

        if (!fits_one(*number, *form)) {
            return false;
        }
    }

    return *number == '\0';
}


static bool fits_one(char c, char form)
{
    bool digit = isdigit((unsigned char) c) != 0;
    bool letter = isalpha((unsigned char) c) != 0;

    switch (form) {
    case '9':
    case '?':
        return digit;

    case 'A':
        return letter;

    case '*':
        return digit || letter;

    case '+':
        return digit || letter || c == '+' || c == '*';

    default:
        return c == form;
    }
}
