/*
 * The form to the bank: its fields, what is left out of them, its signature.
 */

#include "pay/vads.h"
#include "pay_unit.h"


static shop_status_t start(shop_arena_t *arena, const shop_pay_attempt_t *attempt,
                           shop_pay_page_t *page)
{
    const shop_pay_config_t *config = unit_systempay(arena);

    return config->interface->start(arena, config, attempt, page);
}


static void check_fields(shop_arena_t *arena)
{
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_page_t page;
    shop_str_t signature;

    is_int(start(arena, &attempt, &page), SHOP_OK, "a form");
    ok(page.kind == SHOP_PAY_PAGE_FORM, "to be posted");
    is_str(page.url, "https://paiement.systempay.fr/vads-payment/", "to the bank");
    is_str(unit_field(&page, "vads_amount"), "4990", "amount");
    is_str(unit_field(&page, "vads_currency"), "978", "currency");
    is_str(unit_field(&page, "vads_trans_id"), "000042", "number");
    is_str(unit_field(&page, "vads_trans_date"), "20261123074734", "time");
    is_str(unit_field(&page, "vads_return_mode"), "NONE", "nothing signed through the browser");
    is_str(unit_field(&page, "vads_ctx_mode"), "TEST", "mode");
    is_str(unit_field(&page, "vads_cust_status"), "PRIVATE", "a person");
    is_str(unit_field(&page, "vads_capture_delay"), "(absent)", "option that is not configured");
    is_str(unit_field(&page, "vads_order_info"), "(absent)", "free text");

    const shop_str_t key = SHOP_STR("1122334455667788");
    is_int(shop_vads_sign(arena, SHOP_VADS_HMAC_SHA256, key, page.fields, page.count, &signature),
           SHOP_OK, "sign again");
    ok(shop_str_eq(unit_field(&page, "signature"), signature), "the signature covers all fields");
}


static void check_refused(shop_arena_t *arena)
{
    const struct {
        const char *name;
        shop_pay_attempt_t attempt;
    } cases[] = {
        {"nothing to pay", {.amount_minor = 0}},
        {"negative", {.amount_minor = -1}},
        {"currency of no table", {.amount_minor = 1, .currency = SHOP_STR("XXX")}},
        {"currency the platform lacks", {.amount_minor = 1, .currency = SHOP_STR("BHD")}},
        {"reference of yesterday",
         {.amount_minor = 1, .provider_ref = SHOP_STR("20261122-000042")}},
        {"number of the back office",
         {.amount_minor = 1, .provider_ref = SHOP_STR("20261123-900000")}},
        {"no number", {.amount_minor = 1, .provider_ref = SHOP_STR("20261123-00004x")}},
        {"order id", {.amount_minor = 1, .transid = SHOP_STR("AB_C")}},
        {"plus in an address", {.amount_minor = 1, .return_url = SHOP_STR("https://x.org/?t=a+b")}},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_attempt_t attempt = unit_attempt();
        const shop_pay_attempt_t *change = &cases[i].attempt;
        shop_pay_page_t page;

        attempt.amount_minor = change->amount_minor;
        attempt.currency = change->currency.len > 0 ? change->currency : attempt.currency;
        attempt.transid = change->transid.len > 0 ? change->transid : attempt.transid;
        attempt.provider_ref =
            change->provider_ref.len > 0 ? change->provider_ref : attempt.provider_ref;
        attempt.return_url = change->return_url.len > 0 ? change->return_url : attempt.return_url;
        is_int(start(arena, &attempt, &page), SHOP_REFUSED, cases[i].name);
    }
}


static void check_texts(shop_arena_t *arena)
{
    static const struct {
        const char *in;
        size_t characters;
        const char *out;
    } cases[] = {
        {"Élodie", 63, "Élodie"},
        {"a+b", 63, "ab"},
        {"<b>\"x\"</b>", 63, "bx/b"},
        {"a\r\nb", 63, "ab"},
        {"  a  ", 63, "a"},
        {"éééé", 3, "ééé"},
        {"ab cd", 3, "ab"},
        {"\xff\xfe", 63, ""},
        {"4970 1000 0000 0000", 63, ""},
        {"4970100000000000", 63, ""},
        {"2970100000000000", 63, "2970100000000000"},
        {"", 63, ""},
    };
    static const struct {
        const char *in;
        const char *out;
    } emails[] = {
        {"a@example.org", "a@example.org"},
        {"a+shop@example.org", "a@example.org"},
        {"a+b+c@example.org", "a@example.org"},
        {"+b@example.org", ""},
        {"a@exam+ple.org", ""},
        {"a\"b@example.org", ""},
        {"", ""},
    };
    shop_str_t out;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        is_int(shop_vads_clean(arena, shop_str(cases[i].in), cases[i].characters, &out), SHOP_OK,
               "clean");
        ok(shop_str_eq(out, shop_str(cases[i].out)), "text %zu becomes \"%s\"", i, cases[i].out);
    }
    for (size_t i = 0; i < sizeof(emails) / sizeof(emails[0]); i++) {
        is_int(shop_vads_clean_email(arena, shop_str(emails[i].in), &out), SHOP_OK, "e-mail");
        is_str(out, emails[i].out, emails[i].in);
    }
    is_int(shop_vads_clean_phone(arena, SHOP_STR("+33 1 02"), &out), SHOP_OK, "phone");
    is_str(out, "0033 1 02", "phone without its plus");
    is_str(shop_vads_language(SHOP_STR("fr")), "fr", "a language of the platform");
    is_str(shop_vads_language(SHOP_STR("ar")), "en", "another language");
}


/* No value of a form holds what moves boundaries, whatever the customer typed. */
static void check_hostile(shop_arena_t *arena)
{
    shop_pay_attempt_t attempt = unit_attempt();
    const shop_str_t hostile = SHOP_STR("x+4990+\"<script>\r\n+978");
    shop_pay_page_t page;
    size_t bad = 0;

    attempt.customer = (shop_pay_customer_t){
        .email = SHOP_STR("x+4990+TEST+978@example.org"),
        .first_name = hostile,
        .last_name = hostile,
        .address = hostile,
        .zip = hostile,
        .city = hostile,
        .country = SHOP_STR("++"),
        .phone = hostile,
        .company = hostile,
    };
    attempt.shop_name = hostile;

    is_int(start(arena, &attempt, &page), SHOP_OK, "hostile texts");
    for (size_t i = 0; i + 1 < page.count; i++) {
        for (size_t j = 0; j < page.fields[i].value.len; j++) {
            bad += strchr("+\"<>\r\n", page.fields[i].value.data[j]) != NULL;
        }
    }
    is_int((long long) bad, 0, "no character that must not be sent");
    is_str(unit_field(&page, "vads_cust_country"), "(absent)", "an empty value is left out");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_fields(arena);
    check_refused(arena);
    check_texts(arena);
    check_hostile(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
