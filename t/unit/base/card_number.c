/*
 * What is, and what only looks like, the number of a payment card.
 */

#include "base/base.h"
#include "tap.h"


int main(void)
{
    static const struct {
        const char *text;
        bool expected;
    } cases[] = {
        {"4970100000000055", true},
        {"4970 1000 0000 0055", true},
        {"4970-1000-0000-0055", true},
        {"my card is 5555 5555 5555 4444, thank you", true},
        {"2223003122003222", true},
        {"378282246310005", true},
        {"6205500000000000004", true},
        {"x4970100000000055", true},
        {"4970100000000001", false},            /* the sum is wrong */
        {"497010XXXXXX0000", false},            /* masked */
        {"36252187900034", false},              /* an establishment */
        {"+33 6 12 34 56 78", false},           /* a telephone */
        {"FR7630006000011234567890189", false}, /* an account */
        {"49701000000000554970100000000055", false},
        {"3 rue des Lilas, 44000 Nantes", false},
        {"1970100000000085", false},
        {"", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(shop_has_card_number(shop_str(cases[i].text)) == cases[i].expected, "\"%s\"",
           cases[i].text);
    }

    return done_testing();
}
