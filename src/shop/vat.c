/*
 * Format of VAT numbers per country (European Commission, VIES: structure of VAT identification
 * numbers). What stands behind a number is not asked here.
 */

#include "shop/shop.h"

#include <ctype.h>
#include <string.h>


#define VAT_MIN 4 /* with the letters of the country */
#define VAT_MAX 16


/* 9: a digit, A: a letter, *: either; the country's code comes before. Several forms are allowed. */
static const struct {
    const char *country;
    const char *forms[4];
} structures[] = {
    {"AT", {"U99999999"}},
    {"BE", {"0999999999", "1999999999"}},
    {"BG", {"999999999", "9999999999"}},
    {"CY", {"99999999A"}},
    {"CZ", {"99999999", "999999999", "9999999999"}},
    {"DE", {"999999999"}},
    {"DK", {"99999999"}},
    {"EE", {"999999999"}},
    {"EL", {"999999999"}},
    {"ES", {"*9999999*"}},
    {"FI", {"99999999"}},
    {"FR", {"**999999999"}},
    {"GB", {"999999999", "999999999999", "AA999"}},
    {"HR", {"99999999999"}},
    {"HU", {"99999999"}},
    {"IE", {"9*99999A", "9999999AA"}},
    {"IT", {"99999999999"}},
    {"LT", {"999999999", "999999999999"}},
    {"LU", {"99999999"}},
    {"LV", {"99999999999"}},
    {"MT", {"99999999"}},
    {"NL", {"*********B99"}},
    {"PL", {"9999999999"}},
    {"PT", {"999999999"}},
    {"RO", {"999999", "9999999", "99999999", "9999999999"}},
    {"SE", {"999999999999"}},
    {"SI", {"99999999"}},
    {"SK", {"9999999999"}},
    {"XI", {"999999999", "999999999999", "AA999"}},
};


static bool fits(const char *number, const char *form);


bool shop_vat_valid(shop_str_t text)
{
    char number[VAT_MAX + 1];
    size_t length = 0;

    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == ' ' || text.data[i] == '.' || text.data[i] == '-') {
            continue;
        }

        if (length == VAT_MAX || text.data[i] >= 0x80 || !isalnum(text.data[i])) {
            return false;
        }

        number[length++] = (char) toupper(text.data[i]);
    }

    if (length < VAT_MIN) {
        return false;
    }

    number[length] = '\0';

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
    return isalpha((unsigned char) number[0]) && isalpha((unsigned char) number[1]);
}


static bool fits(const char *number, const char *form)
{
    for (; *form != '\0'; form++, number++) {
        bool digit = isdigit((unsigned char) *number) != 0;
        bool letter = isalpha((unsigned char) *number) != 0;

        if (*form == '9' ? !digit
            : *form == 'A' ? !letter
            : *form == '*' ? !digit && !letter
                           : *form != *number) {
            return false;
        }
    }

    return *number == '\0';
}
