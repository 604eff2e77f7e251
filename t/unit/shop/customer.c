/*
 * Who buys and who gets the invoice: every field that is asked for, what is kept, what is wrong.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 11, 'alias': 'strict', 'currency': 'EUR', 'catalogid': 2, "
        "'customerorganisationrequired': true},"
    "{'kind': 'catalog', 'id': 2, 'groupid': 0, 'name': 'N', 'countryrestrictions': 'fr, BE'},";
/* clang-format on */

#define WHO "lastname=Doe&firstname=Jane&email=j@x.org&city=Lyon&country=FR"
#define WHERE "&address=1+rue&zip=69001"
#define INVOICE                                                                                    \
    "&usedistinctinvoiceinfo=1&inv_organisation=Inc&inv_address=2+rue&inv_zip=1000"                \
    "&inv_city=Bruxelles&inv_country=BE"


static const struct {
    const char *shop;
    unsigned visitor;
    const char *body;
    const char *errors; /* "key field; …" */
} forms[] = {
    {"main", 0, WHO WHERE, ""},
    {"main", 0, "",
     "firstname_empty firstname; lastname_empty lastname; email_invalid email; "
     "address_empty address; zip_empty zip; city_empty city; country_invalid country; "},
    {"main", 0, "lastname=+&firstname=%09" WHERE "&email=j@x.org&city=%0A&country=FR",
     "firstname_empty firstname; lastname_empty lastname; city_empty city; "},
    {"main", 0, WHO, "address_empty address; zip_empty zip; "},
    {"main", 0, WHO INVOICE, ""},
    {"main", 0, WHO "&usedistinctinvoiceinfo=1",
     "inv_organisation_empty inv_organisation; inv_address_empty inv_address; "
     "inv_zip_empty inv_zip; inv_country_empty inv_country; "},
    {"main", 0, "usedistinctinvoiceinfo=1",
     "firstname_empty firstname; lastname_empty lastname; email_invalid email; city_empty city; "
     "country_invalid country; inv_organisation_empty inv_organisation; "
     "inv_address_empty inv_address; inv_zip_empty inv_zip; inv_city_empty inv_city; "
     "inv_country_empty inv_country; "},
    {"main", 0, WHO WHERE "&organisation=4970+1000+0000+0055", "card_number organisation; "},
    {"main", 0, WHO INVOICE "&inv_department=4970100000000055", "card_number inv_department; "},
    {"main", 0, WHO INVOICE "&inv_plantcode=4970100000000055&phone=4970100000000055", ""},
    {"main", 0, WHO INVOICE "&inv_email=a", "email_invalid inv_email; "},
    {"main", 0, WHO INVOICE "&inv_email=a@b.org", ""},
    {"main", 0, WHO INVOICE "&inv_vatcode=BE0123456789", ""},
    {"main", 0, WHO INVOICE "&inv_vatcode=BE123", "vatcode_invalid inv_vatcode; "},
    {"main", 0, WHO INVOICE "&inv_country=FR", ""},
    {"main", 0, WHO WHERE "&inv_vatcode=BE123&inv_email=a", ""},
    {"main", 0, "lastname=Doe&firstname=J&email=j@x.org&city=L&country=XX" WHERE,
     "country_invalid country; "},
    {"main", 0, "lastname=Doe&firstname=J&email=j@x.org&city=L&country=fr" WHERE,
     "country_invalid country; "},
    {"main", 0, "lastname=Doe&firstname=J&email=j@x.org&city=L&country=GERMANY" WHERE,
     "country_invalid country; "},
    {"main", 0,
     WHO "&usedistinctinvoiceinfo=1&inv_organisation=I&inv_address=A&inv_zip=1"
         "&inv_city=C&inv_country=FRANCE",
     "country_invalid inv_country; "},
    {"strict", 0, WHO WHERE, "organisation_empty organisation; "},
    {"strict", 0, WHO WHERE "&organisation=Inc", ""},
    {"strict", 0, "lastname=Doe&firstname=J&email=j@x.org&city=L&country=DE&organisation=I" WHERE,
     "country_invalid country; "},
    {"strict", 0,
     WHO "&organisation=I&usedistinctinvoiceinfo=1&inv_address=A&inv_zip=1"
         "&inv_country=DE",
     "country_invalid inv_country; "},
    {"main", 1, "lastname=Doe&firstname=J&email=not+looked+at&city=L&country=FR" WHERE, ""},
};


static size_t collect(world_t *world, const char *body, shop_refusal_t errors[20])
{
    shop_form_t form = world_form(world, body);

    return shop_customer_collect(world->arena, world->cart, &world->where, &form, errors, 20);
}


static void check_forms(world_t *world)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        shop_refusal_t errors[20], again[20];
        shop_buf_t buf;
        size_t count;

        world->cart = shop_cart_create(world->arena);
        world_choose(world, forms[i].shop);
        world_visitor(world, forms[i].visitor);
        count = collect(world, forms[i].body, errors);
        shop_buf_init(&buf, world->arena, 0);

        for (size_t n = 0; n < count; n++) {
            shop_buf_add(&buf, shop_str(errors[n].key));
            shop_buf_add_char(&buf, ' ');
            shop_buf_add(&buf, shop_str(errors[n].field));
            shop_buf_add(&buf, SHOP_STR("; "));
        }

        is_str(shop_buf_str(&buf), forms[i].errors, forms[i].body);
        is_int((long long) shop_customer_check(world->cart, &world->where, again, 20),
               (long long) count, "a later look at the cart finds the same");
    }

    world_choose(world, "main");
    world_visitor(world, 0);
}


static void check_kept(world_t *world)
{
    const shop_customer_t *c = &world->cart->customer;
    shop_refusal_t errors[20];

    (void) collect(world,
                   "lastname=+Doe%0D%0A&firstname=Jane&organisation=Inc&address=1%0Arue&zip=69001"
                   "&city=Lyon&country=FR&phone=%2B33&email=+J@x.org+&inv_department=D"
                   "&inv_plantcode=P",
                   errors);
    is_str(c->lastname, "Doe", "trimmed");
    is_str(c->address, "1 rue", "without control characters");
    is_str(c->zip, "69001", "zip");
    is_str(c->phone, "+33", "phone");
    is_str(c->email, "J@x.org", "address");
    is_str(c->country, "FR", "country");
    is_str(c->organisation, "Inc", "organisation");
    is_str(world->cart->invoice.department, "D", "the invoice, though not wanted");
    is_str(world->cart->invoice.plantcode, "P", "establishment");
    ok(!world->cart->distinct_invoice, "is not used");
    is_str(world->cart->invoice.organisation, "", "nor completed");
}


static void check_identified(world_t *world)
{
    shop_refusal_t errors[20];

    world_visitor(world, 1);
    (void) collect(world, WHO WHERE, errors);
    is_str(world->cart->customer.email, "jane@example.org", "who is identified keeps the address");
    world_visitor(world, 0);
}


/* front-office.md 8.2: organisation and town are copied when they are empty. */
static void check_invoice_completed(world_t *world)
{
    shop_refusal_t errors[20];

    world->cart = shop_cart_create(world->arena);
    is_int((long long) collect(world,
                               WHO "&organisation=Inc&usedistinctinvoiceinfo=1&inv_address=A"
                                   "&inv_zip=1&inv_country=FR",
                               errors),
           0, "an invoice without organisation and town");
    is_str(world->cart->invoice.organisation, "Inc", "gets the customer's");
    is_str(world->cart->invoice.city, "Lyon", "both of them");
    is_int((long long) collect(world, WHO "&organisation=Inc" INVOICE, errors), 0,
           "one with its own");
    is_str(world->cart->invoice.city, "Bruxelles", "keeps them");
}


/* Letters are counted, not bytes; what is too long to be an address is refused, not cut. */
static void check_lengths(world_t *world)
{
    static const struct {
        size_t domain; /* of the address "a@<domain>" */
        unsigned visitor;
        bool good;
    } cases[] = {
        {98, 0, true}, {99, 0, false}, {252, 0, false},
        {98, 1, true}, {252, 1, true}, {253, 1, false},
    };
    shop_refusal_t errors[20];
    shop_str_t body;
    char domain[300];

    for (size_t i = 0; i < COUNT(cases); i++) {
        for (size_t n = 0; n < cases[i].domain; n++) {
            domain[n] = n % 50 == 49 && n + 2 < cases[i].domain ? '.' : 'a';
        }

        domain[cases[i].domain] = '\0';
        world->visitor = (shop_visitor_t){.user = cases[i].visitor > 0 ? 7 : 0};

        if (shop_arena_printf(world->arena, &body,
                              "lastname=D&firstname=J&city=L&country=FR&email=a@%s" WHERE,
                              domain) != SHOP_OK) {
            exit(EXIT_FAILURE);
        }

        ok((collect(world, (const char *) body.data, errors) == 0) == cases[i].good,
           "an address of %zu characters for %s account", cases[i].domain + 2,
           cases[i].visitor > 0 ? "a known" : "a new");
    }

    world_visitor(world, 0);
    (void) collect(world,
                   "firstname=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
                   "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
                   "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
                   "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9",
                   errors);
    is_int((long long) world->cart->customer.firstname.len, 80, "forty letters of two bytes");
}


static void check_room(world_t *world)
{
    shop_form_t form = world_form(world, "");
    shop_refusal_t error;

    is_int((long long) shop_customer_collect(world->arena, world->cart, &world->where, &form,
                                             &error, 1),
           7, "errors without room are counted");
    is_key(error, "firstname_empty", "the first is told");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_forms(&world);
    world.cart = shop_cart_create(world.arena);
    check_kept(&world);
    check_identified(&world);
    check_invoice_completed(&world);
    check_lengths(&world);
    check_room(&world);
    world_close(&world);

    return done_testing();
}
