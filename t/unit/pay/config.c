/*
 * Blocks of configuration: what is taken, and the sentence for what is not.
 */

#include "pay_unit.h"


typedef struct {
    const char *name;
    const char *interface;
    const char *mode;
    const char *lines[8];
    const char *error; /* NULL: taken */
} case_t;

#define SITE "site_id=70168983"
#define KEY "key_file=9Kz8TestKeyA1b2C3"
#define IBAN "iban=FR76 3000 6000 0112 3456 7890 189"

static const case_t cases[] = {
    {"complete", "systempay", "live", {SITE, KEY}, NULL},
    {"unknown interface",
     "paypall",
     "test",
     {SITE},
     "interface \"paypall\" is not known: use one of test freeorder check transfer systempay "
     "mercanet ogone axepta stripe worldline paypal"},
    {"no interface",
     "",
     "test",
     {NULL},
     "\"interface\" is missing: add \"interface systempay;\" or another"},
    {"no mode",
     "systempay",
     "",
     {SITE, KEY},
     "\"mode\" is missing: add \"mode test;\" or \"mode live;\""},
    {"wrong mode",
     "systempay",
     "production",
     {SITE, KEY},
     "\"mode production\" is not right: write test or live"},
    {"missing", "systempay", "test", {KEY}, "\"site_id\" is missing: add \"site_id <8 digits>;\""},
    {"wrong value",
     "systempay",
     "test",
     {"site_id=123", KEY},
     "\"site_id 123\" is not right: write 8 digits"},
    {"empty value",
     "systempay",
     "test",
     {"site_id=", KEY},
     "\"site_id \" is not right: write 8 digits"},
    {"twice", "systempay", "test", {SITE, KEY, SITE}, "\"site_id\" stands twice: remove one"},
    {"secret is not printed",
     "systempay",
     "test",
     {SITE, "key_file=no key"},
     "the file of \"key_file\" is not right: it must hold the key of this mode, 8 to 64 letters "
     "and "
     "digits"},
    {"unknown parameter",
     "freeorder",
     "",
     {"fee=1"},
     "interface \"freeorder\" takes no parameters: remove \"fee\""},
    {"public key in live",
     "systempay",
     "live",
     {SITE, "key_file=1122334455667788"},
     "\"key_file\" holds the public test key: put the production key of the bank's back office "
     "there, or write \"mode test\""},
    {"public key in test", "systempay", "test", {SITE, "key_file=1122334455667788"}, NULL},
    {"example site in live",
     "systempay",
     "live",
     {"site_id=12345678", KEY},
     "\"site_id 12345678\" is the example of the manuals: write your own, or write \"mode test\""},
    {"open networks in live",
     "systempay",
     "live",
     {SITE, KEY, "ipn_networks=any"},
     "\"ipn_networks any\" is for tests: write the bank's networks, or write \"mode test\""},
    {"plain address in live",
     "systempay",
     "live",
     {SITE, KEY, "form_url=http://127.0.0.1:8090/vads-payment/"},
     "\"form_url\" is not encrypted: write an https address, or write \"mode test\""},
    {"plain address in test",
     "systempay",
     "test",
     {SITE, KEY, "form_url=http://127.0.0.1:8090/vads-payment/"},
     NULL},
    {"host bits in a network",
     "systempay",
     "test",
     {SITE, KEY, "ipn_networks=194.50.38.1/24"},
     "\"ipn_networks 194.50.38.1/24\" is not right: write CIDR blocks such as 194.50.38.0/24, or "
     "any"},
    {"confirmation without an API",
     "systempay",
     "test",
     {SITE, KEY, "confirm_above=500"},
     "\"confirm_above\" needs the bank's API: add \"rest_password_file <file>;\""},
    {"confirmation above nothing",
     "systempay",
     "test",
     {SITE, KEY, "rest_password_file=testpassword_DEMO", "confirm_above=0"},
     "\"confirm_above 0\" is not right: write an amount such as 500 or 499.90"},
    {"all cards",
     "systempay",
     "test",
     {SITE, KEY, "payment_cards=ALL"},
     "\"payment_cards ALL\" is not right: write card names such as CB;VISA"},
    {"other algorithm",
     "systempay",
     "test",
     {SITE, KEY, "signature=MD5"},
     "\"signature MD5\" is not right: write HMAC-SHA-256 or SHA-1"},
    {"transfer", "transfer", "", {"beneficiary=MOOC SARL", IBAN}, NULL},
    {"wrong iban",
     "transfer",
     "",
     {"beneficiary=MOOC SARL", "iban=FR7630006000011234567890188"},
     "\"iban FR7630006000011234567890188\" is not right: write an IBAN whose check digits are "
     "right"},
    {"rib of another account",
     "transfer",
     "",
     {"beneficiary=MOOC SARL", IBAN, "bank_code=20041", "bank_office=01005",
      "bank_account=0500013M026", "bank_key=06"},
     "\"iban\" and \"bank_code\" ... \"bank_key\" name two accounts: write those of one account"},
    {"half a rib",
     "transfer",
     "",
     {"beneficiary=MOOC SARL", IBAN, "bank_code=30006"},
     "\"bank_code\", \"bank_office\", \"bank_account\" and \"bank_key\" do not agree: copy all "
     "four "
     "from the RIB, or remove them"},
    {"matching rib",
     "transfer",
     "",
     {"beneficiary=MOOC SARL", IBAN, "bank_code=30006", "bank_office=00001",
      "bank_account=12345678901", "bank_key=89"},
     NULL},
    {"test that sells",
     "test",
     "live",
     {"key_file=a secret for the tests"},
     "interface \"test\" moves no money: write \"mode test\", or remove the block from a shop that "
     "sells"},
    {"unknown currency",
     "check",
     "",
     {"payee=MOOC", "address=1 rue X", "zip=75000", "city=Paris", "allowed_currencies=EUR XXX"},
     "\"allowed_currencies EUR XXX\" is not right: write currency codes such as EUR"},
};


static void check_values(shop_arena_t *arena)
{
    const shop_pay_config_t *config = unit_systempay(arena);

    is_str(config->form_origin, "https://paiement.systempay.fr", "origin for the page's policy");
    is_str(shop_pay_value(config, "signature"), "HMAC-SHA-256", "default value");
    is_str(shop_pay_value(config, "capture_delay"), "", "value that was not given");
    is_str(shop_pay_value(config, "nothing"), "", "value that does not exist");
    is_int((long long) config->network_count, 1, "the bank's network");
    ok(config->mode == SHOP_PAY_TEST, "mode");
    ok(shop_pay_param_find(config->interface, SHOP_STR("key_file"))->flags & SHOP_PAY_PARAM_FILE,
       "the key is read from a file");
    ok(shop_pay_param_find(config->interface, SHOP_STR("key")) == NULL, "no such parameter");
}


/* Tables of parameters fit the arrays that hold their values. */
static void check_registry(void)
{
    for (size_t i = 0; shop_pay_at(i) != NULL; i++) {
        const shop_pay_interface_t *interface = shop_pay_at(i);
        size_t count = 0;

        while (interface->params[count].name != NULL) {
            count++;
        }
        ok(count <= SHOP_PAY_PARAMS_MAX, "%s: parameters fit", interface->name);
        ok(shop_pay_find(shop_str(interface->name)) == interface, "%s: found", interface->name);
        ok((interface->parse == NULL) == (interface->describe == NULL),
           "%s: notified wholly or not at all", interface->name);
    }
}


/* Every allocation that fails is a clean end. */
static void check_memory(void)
{
    static const char *const lines[] = {SITE, KEY, NULL};
    shop_status_t status = SHOP_NO_MEMORY;
    long n = 0;

    for (; status == SHOP_NO_MEMORY && n < 200; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_pay_config_t *config;
        shop_str_t error;

        if (heap == NULL) {
            continue;
        }
        status = unit_configure(shop_heap_arena(heap), "systempay", "test", lines, &config, &error);
        shop_heap_destroy(heap);
    }

    is_int(status, SHOP_OK, "succeeds once there is memory");
    ok(n > 3, "after %ld allocations", n);
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_config_t *config;
        shop_str_t error;
        shop_status_t status = unit_configure(arena, cases[i].interface, cases[i].mode,
                                              cases[i].lines, &config, &error);

        if (cases[i].error == NULL) {
            is_str(error, "", cases[i].name);
            ok(status == SHOP_OK && config != NULL, "%s: taken", cases[i].name);
        } else {
            is_str(error, cases[i].error, cases[i].name);
            is_int(status, SHOP_REFUSED, cases[i].name);
        }
    }

    check_values(arena);
    check_registry();
    check_memory();
    shop_heap_destroy(heap);

    return done_testing();
}
