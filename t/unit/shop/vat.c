/*
 * VAT numbers: the structure of each country, and what people type around it.
 */

#include "shop/shop.h"
#include "tap.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


/* One or more numbers of each country that must be taken, then some that must not. */
static const struct {
    const char *good;
    const char *bad;
} numbers[] = {
    {"ATU12345678", "AT12345678"},
    {"BE0123456789", "BE2123456789"},
    {"BE1123456789", "BE123456789"},
    {"BG123456789", "BG12345678"},
    {"BG1234567890", "BG12345678901"},
    {"CY12345678L", "CY123456789"},
    {"CZ12345678", "CZ1234567"},
    {"CZ1234567890", "CZ12345678901"},
    {"DE123456789", "DE12345678"},
    {"DK12345678", "DK123456789"},
    {"EE123456789", "EE12345678"},
    {"EL123456789", "EL12345678"},
    {"GR123456789", "GR12345678"},
    {"ESA1234567B", "ES123456789"},
    {"ESA12345678", "ESAA234567B"},
    {"ES12345678Z", "ES1234567"},
    {"FI12345678", "FI1234567A"},
    {"FR40303265045", "FR4030326504"},
    {"FRXX303265045", "FR403032650456"},
    {"GB123456789", "GB12345678"},
    {"GB123456789012", "GB1234567890"},
    {"GBGD123", "GBG1123"},
    {"HR12345678901", "HR1234567890"},
    {"HU12345678", "HU123456789"},
    {"IE1234567L", "IE12345678"},
    {"IE1A34567L", "IEA234567L"},
    {"IE1+34567L", "IE1?34567L"},
    {"IE1*34567L", "IE*234567L"},
    {"IE1234567WI", "IE1234567W1"},
    {"IT12345678901", "IT1234567890A"},
    {"LT123456789", "LT1234567890"},
    {"LT123456789012", "LT12345678"},
    {"LU12345678", "LU1234567"},
    {"LV12345678901", "LV1234567890"},
    {"MT12345678", "MT1234567"},
    {"NL123456789B01", "NL123456789A01"},
    {"NLABCDEFGHIB99", "NL123456789B0"},
    {"PL1234567890", "PL123456789"},
    {"PT123456789", "PT12345678"},
    {"RO12", "RO1"},
    {"RO1234567890", "RO12345678901"},
    {"RO12345", "RO12A"},
    {"SE123456789012", "SE12345678901"},
    {"SI12345678", "SI123456789"},
    {"SK1234567890", "SK123456789"},
    {"XI123456789", "XI12345678"},
    {"XIGD123", "XI123"},
    {"CHE123456789MWST", "CHE1234567890MWST"},
    {"NO123456789MVA", "N0123456789MVA"},
};

static const struct {
    const char *text;
    bool good;
} spellings[] = {
    {"FR 40 303 265 045", true},
    {"fr40303265045", true},
    {"FR-40.303.265.045", true},
    {"  FR40303265045  ", true},
    {"FR/40303265045", false},
    {"FR40303265045,", false},
    {"FR\t40303265045", false},
    {"FR4030326504\303\251", false},
    {"FR40303265045\200", false},
    {"NO123+456", false},
    {"303265045", false},
    {"1234567890123", false},
    {"FR", false},
    {"F", false},
    {"", false},
    {"   ", false},
    {"NO1", false},
    {"NO12", true},
    {"FR123456789012345678", false},
};


int main(void)
{
    for (size_t i = 0; i < COUNT(numbers); i++) {
        ok(shop_vat_valid(shop_str(numbers[i].good)), "%s is taken", numbers[i].good);
        ok(!shop_vat_valid(shop_str(numbers[i].bad)), "%s is not", numbers[i].bad);
    }

    for (size_t i = 0; i < COUNT(spellings); i++) {
        ok(shop_vat_valid(shop_str(spellings[i].text)) == spellings[i].good, "\"%s\" is%s taken",
           i != 6 ? spellings[i].text : "with a tab", spellings[i].good ? "" : " not");
    }

    ok(!shop_vat_valid((shop_str_t){6, (unsigned char *) "NO12\0"
                                                         "3"}),
       "no byte 0");

    return done_testing();
}
