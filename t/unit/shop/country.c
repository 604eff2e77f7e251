/*
 * Countries: the list is whole and in order; restrictions of a catalogue.
 */

#include "shop/shop.h"
#include "tap.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_list(void)
{
    size_t count = 0, twice = 0, wrong = 0, unsorted = 0;

    for (; shop_country_at(count) != NULL; count++) {
        const shop_country_t *country = shop_country_at(count);

        wrong += strlen(country->code) != 2 || country->name[0][0] == '\0' ||
                 country->name[1][0] == '\0' || !shop_utf8_valid(shop_str(country->name[0])) ||
                 !shop_utf8_valid(shop_str(country->name[1])) ||
                 shop_country_find(shop_str(country->code)) != country;

        for (size_t i = 0; i < count; i++) {
            twice += strcmp(shop_country_at(i)->code, country->code) == 0;
        }

        /* Letters with accents have their place among those without. */
        if (count > 0 && (unsigned char) country->name[0][0] < 0x80 &&
            (unsigned char) shop_country_at(count - 1)->name[0][0] < 0x80) {
            unsorted += shop_country_at(count - 1)->name[0][0] > country->name[0][0];
        }
    }

    is_int((long long) count, 249, "the countries of ISO 3166-1");
    is_int((long long) twice, 0, "each once");
    is_int((long long) wrong, 0, "each with its code and names");
    is_int((long long) unsorted, 0, "in the order of the English names");
    ok(shop_country_at(100000) == NULL, "none after the last");
}


static void check_find(void)
{
    static const struct {
        const char *code;
        const char *name; /* NULL: not found */
    } cases[] = {
        {"FR", "France"}, {"CI", "Côte d’Ivoire"},
        {"fr", NULL},     {"FRA", NULL},
        {"", NULL},       {"XX", NULL},
        {"F", NULL},      {"EL", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_country_t *country = shop_country_find(shop_str(cases[i].code));

        is_str(shop_str(country != NULL ? country->name[0] : ""),
               cases[i].name != NULL ? cases[i].name : "", cases[i].code);
    }
}


static void check_restrictions(void)
{
    static const struct {
        const char *list;
        const char *code;
        bool allowed;
    } cases[] = {
        {"", "FR", true},         {"   ", "FR", true},       {"FR", "FR", true},
        {"FR", "BE", false},      {"fr", "FR", true},        {" fr , be ", "BE", true},
        {"FR,BE,CH", "CH", true}, {"FR,BE,CH", "LU", false}, {"ZZ", "FR", true},
        {",", "FR", true},        {"ZZ,FR", "FR", true},     {"ZZ,FR", "BE", false},
        {"", "XX", false},        {"XX", "XX", false},       {"FR", "fr", false},
        {"", "", false},          {"France", "FR", true},    {"FRBE", "FR", true},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_catalog_t catalog = {.countries = shop_str(cases[i].list)};

        ok(shop_country_allowed(&catalog, shop_str(cases[i].code)) == cases[i].allowed,
           "\"%s\" may%s buy from \"%s\"", cases[i].code, cases[i].allowed ? "" : " not",
           cases[i].list);
    }
}


int main(void)
{
    check_list();
    check_find();
    check_restrictions();

    return done_testing();
}
