/*
 * Codes that people copy by hand: transactions, references of product instances.
 */

#include "shop/shop.h"
#include "tap.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_transids(void)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char random[SHOP_TRANSID_RANDOM];
    char transid[31];

    memset(random, 0, sizeof(random));
    shop_transid_make(random, transid);
    is_str(shop_str(transid), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "all zero");
    memset(random, 0xff, sizeof(random));
    shop_transid_make(random, transid);
    is_str(shop_str(transid), "777777777777777777777777777777", "all ones");

    /* The letters of base 32: RFC 4648 gives "foobarfoobarfoobar!" the same beginning. */
    memcpy(random, "foobarfoobarfoobar!", sizeof(random));
    shop_transid_make(random, transid);
    is_str(shop_str(transid), "MZXW6YTBOJTG633CMFZGM33PMJQXEI", "base 32");

    for (size_t bit = 0; bit < 150; bit++) {
        char other[31];

        memset(random, 0, sizeof(random));
        random[bit / 8] = (unsigned char) (0x80 >> (bit % 8));
        shop_transid_make(random, other);

        if (strlen(other) != 30 || strspn(other, alphabet) != 30 ||
            strchr(alphabet, other[bit / 5]) == alphabet) {
            ok(false, "bit %zu has its letter", bit);
        }
    }

    ok(true, "each of 150 bits has its letter");
}


/* objects.md 12.2 */
static void check_validity(void)
{
    static const struct {
        const char *text;
        bool valid;
    } cases[] = {
        {"NJVJ-N2E1-MDGZ-YWWS", true},   {"NJVJN2E1MDGZYWWS", true},
        {"ABCD-EFGH-IJKL-MNTR", true},   {"ABCDEFGHIJKLMNTR", true},
        {"A-B-C-D-EFGHIJKLMNTR-", true}, {"ABCD-EFGH-IJKL-MNTS", false},
        {"ABCD-EFGH-IJKL-MNRT", false},  {"BACD-EFGH-IJKL-MNTS", false},
        {"abcd-efgh-ijkl-mntr", true},   {"abcd-efgh-ijkl-mn94", false},
        {"ABCD-EFGH-IJKL-MNT", false},   {"ABCD-EFGH-IJKL-MNTRA", false},
        {"ABCD EFGH IJKL MNTR", true},   {"", false},
        {"----------------", false},     {"ABCD-EFGH-IJKL-MN\303\211R", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(shop_reference_valid(shop_str(cases[i].text)) == cases[i].valid, "\"%s\" is%s one",
           cases[i].text, cases[i].valid ? "" : " none");
    }
}


static void check_references(void)
{
    unsigned char random[14];
    char reference[20];
    unsigned seed = 7;
    int wrong = 0, unnoticed = 0;

    for (size_t i = 0; i < sizeof(random); i++) {
        random[i] = (unsigned char) (10 + i); /* the digits A to N of base 36 */
    }

    shop_reference_make(random, reference);
    is_str(shop_str(reference), "ABCD-EFGH-IJKL-MNTR", "payload, checksum, dashes");

    for (int n = 0; n < 1000; n++) {
        size_t at;

        for (size_t i = 0; i < sizeof(random); i++) {
            seed = seed * 1103515245u + 12345u;
            random[i] = (unsigned char) (seed >> 16);
        }

        shop_reference_make(random, reference);
        wrong += strlen(reference) != 19 || !shop_reference_valid(shop_str(reference));

        at = (seed >> 20) % 14;
        at += at / 4;
        reference[at] = reference[at] == 'A' ? 'B' : 'A';
        unnoticed += shop_reference_valid(shop_str(reference));
    }

    is_int(wrong, 0, "what is made is valid");
    is_int(unnoticed, 0, "one wrong character is noticed");
}


int main(void)
{
    check_transids();
    check_validity();
    check_references();

    return done_testing();
}
