/*
 * The two signatures of Ogone: names in upper case and in alphabetical order, each "NAME=value"
 * followed by the passphrase, values as the bytes that they are.
 */

#include "pay/ogone.h"

#include <stdlib.h>
#include <string.h>

static const char out_list[] =
    "AAVADDRESS AAVCHECK AAVMAIL AAVNAME AAVPHONE AAVZIP ACCEPTANCE ALIAS AMOUNT BIC BIN BRAND "
    "CARDNO CCCTY CN COLLECTOR_BIC COLLECTOR_IBAN COMPLUS CREATION_STATUS CREDITDEBIT CURRENCY "
    "CVCCHECK DCC_COMMPERCENTAGE DCC_CONVAMOUNT DCC_CONVCCY DCC_EXCHRATE DCC_EXCHRATESOURCE "
    "DCC_EXCHRATETS DCC_INDICATOR DCC_MARGINPERCENTAGE DCC_VALIDHOURS DEVICEID DIGESTCARDNO ECI ED "
    "EMAIL ENCCARDNO FXAMOUNT FXCURRENCY IP IPCTY MANDATEID MOBILEMODE NBREMAILUSAGE NBRIPUSAGE "
    "NBRIPUSAGE_ALLTX NBRUSAGE NCERROR ORDERID PAYID PAYMENT_REFERENCE PM SCO_CATEGORY SCORING "
    "SEQUENCETYPE SIGNDATE STATUS SUBBRAND SUBSCRIPTION_ID TRXDATE";

/* How "_" sorts: the guide sorts by the alphabet, its list has SCO_CATEGORY before SCORING. */
typedef enum { BY_ASCII, BY_LIST } order_t;


static shop_status_t upper(shop_arena_t *arena, shop_str_t name, shop_str_t *out)
{
    shop_status_t status = shop_arena_copy(arena, name, out);

    for (size_t i = 0; status == SHOP_OK && i < out->len; i++) {
        if (out->data[i] >= 'a' && out->data[i] <= 'z') {
            out->data[i] -= 'a' - 'A';
        }
    }

    return status;
}


static int by_ascii(const void *a, const void *b)
{
    return shop_str_cmp(((const shop_pair_t *) a)->name, ((const shop_pair_t *) b)->name);
}


static int by_list(const void *a, const void *b)
{
    const shop_str_t *x = &((const shop_pair_t *) a)->name;
    const shop_str_t *y = &((const shop_pair_t *) b)->name;

    if (shop_str_eq(*x, SHOP_STR("SCO_CATEGORY")) && shop_str_eq(*y, SHOP_STR("SCORING"))) {
        return -1;
    }
    if (shop_str_eq(*x, SHOP_STR("SCORING")) && shop_str_eq(*y, SHOP_STR("SCO_CATEGORY"))) {
        return 1;
    }

    return shop_str_cmp(*x, *y);
}


static shop_status_t digest(shop_arena_t *arena, shop_ogone_hash_t hash, shop_str_t text,
                            shop_str_t *signature)
{
    unsigned char out[SHOP_SHA512_SIZE];
    size_t size = SHOP_SHA512_SIZE;
    shop_status_t status;
    shop_str_t hex;

    if (hash == SHOP_OGONE_SHA1) {
        size = SHOP_SHA1_SIZE;
        status = shop_sha1(text, out);
    } else if (hash == SHOP_OGONE_SHA256) {
        size = SHOP_SHA256_SIZE;
        status = shop_sha256(text, out);
    } else {
        status = shop_sha512(text, out);
    }

    if (status == SHOP_OK) {
        status = shop_hex_encode(arena, (shop_str_t){size, out}, &hex);
    }

    return status == SHOP_OK ? upper(arena, hex, signature) : status;
}


/* `lists`: names of which one must be listed, NULL at the end; NULL: all are signed. */
static shop_status_t sign(shop_arena_t *arena, shop_ogone_hash_t hash, shop_str_t passphrase,
                          const shop_str_t *lists, order_t order, const shop_pair_t *pairs,
                          size_t count, shop_str_t *signature)
{
    shop_pair_t *sorted = shop_arena_alloc(arena, (count + 1) * sizeof(*sorted));
    size_t kept = 0;
    shop_buf_t text;

    if (sorted == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < count; i++) {
        shop_status_t status = upper(arena, pairs[i].name, &sorted[kept].name);

        if (status != SHOP_OK) {
            return status;
        }

        bool wanted = lists == NULL || shop_pay_list_has(lists[0], sorted[kept].name) ||
                      shop_pay_list_has(lists[1], sorted[kept].name);
        if (wanted && pairs[i].value.len > 0) {
            sorted[kept++].value = pairs[i].value;
        }
    }
    qsort(sorted, kept, sizeof(*sorted), order == BY_ASCII ? by_ascii : by_list);

    shop_buf_init(&text, arena, 0);
    for (size_t i = 0; i < kept; i++) {
        shop_buf_add(&text, sorted[i].name);
        shop_buf_add_char(&text, '=');
        shop_buf_add(&text, sorted[i].value);
        shop_buf_add(&text, passphrase);
    }

    return text.status == SHOP_OK ? digest(arena, hash, shop_buf_str(&text), signature)
                                  : text.status;
}


shop_status_t shop_ogone_sign_in(shop_arena_t *arena, shop_ogone_hash_t hash, shop_str_t passphrase,
                                 const shop_pair_t *pairs, size_t count, shop_str_t *signature)
{
    return sign(arena, hash, passphrase, NULL, BY_ASCII, pairs, count, signature);
}


shop_status_t shop_ogone_sign_out(shop_arena_t *arena, shop_ogone_hash_t hash,
                                  shop_str_t passphrase, shop_str_t extra, const shop_pair_t *pairs,
                                  size_t count, shop_str_t *signature)
{
    const shop_str_t lists[] = {SHOP_STR(out_list), extra};

    return sign(arena, hash, passphrase, lists, BY_ASCII, pairs, count, signature);
}


static const shop_str_t *find_nocase(const shop_form_t *form, shop_str_t name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (shop_str_eq_nocase(form->pairs[i].name, name)) {
            return &form->pairs[i].value;
        }
    }

    return NULL;
}


shop_status_t shop_ogone_verify(shop_arena_t *arena, const shop_ogone_t *ogone,
                                const shop_form_t *form)
{
    const shop_str_t lists[] = {SHOP_STR(out_list), ogone->extra};
    const shop_str_t *received = find_nocase(form, SHOP_STR("SHASIGN"));
    bool both = find_nocase(form, SHOP_STR("SCORING")) != NULL &&
                find_nocase(form, SHOP_STR("SCO_CATEGORY")) != NULL;
    shop_str_t expected;
    shop_str_t told;

    if (received == NULL || received->len == 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status = upper(arena, *received, &told);
    for (int order = BY_ASCII; status == SHOP_OK && order <= (both ? BY_LIST : BY_ASCII); order++) {
        status = sign(arena, ogone->hash, ogone->sha_out, lists, (order_t) order, form->pairs,
                      form->count, &expected);
        if (status == SHOP_OK && shop_secret_eq(told, expected)) {
            return SHOP_OK;
        }
    }

    return status == SHOP_OK ? SHOP_REFUSED : status;
}
