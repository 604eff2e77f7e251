/*
 * Who buys and who gets the invoice: reading the form, checking it (front-office.md 8).
 */

#include "shop/shop_internal.h"
#include "shop/selling.h"

#include <string.h>


/* A bound on what is kept. An address or a country that is too long is refused, not cut: the rest
 * could be somebody else's. */
typedef struct {
    const char *name; /* of the input */
    size_t offset;
    size_t max;
} input_t;

#define EMAIL_MAX 254
#define EMAIL_MAX_MOODLE 100 /* of a new account there */
#define COUNTRY_LENGTH 2

#define CUSTOMER(member, size)                                                                     \
    {                                                                                              \
#member, offsetof(shop_customer_t, member), size                                           \
    }
#define INVOICE(member, size)                                                                      \
    {                                                                                              \
        "inv_" #member, offsetof(shop_invoice_t, member), size                                     \
    }

static const input_t customer_inputs[] = {
    CUSTOMER(lastname, 40),
    CUSTOMER(firstname, 40),
    CUSTOMER(organisation, 255),
    CUSTOMER(address, 255),
    CUSTOMER(zip, 20),
    CUSTOMER(city, 120),
    CUSTOMER(country, COUNTRY_LENGTH + 1),
    CUSTOMER(phone, 30),
};

static const input_t invoice_inputs[] = {
    INVOICE(organisation, 64),
    INVOICE(department, 64),
    INVOICE(lastname, 40),
    INVOICE(firstname, 40),
    INVOICE(email, EMAIL_MAX + 1),
    INVOICE(address, 255),
    INVOICE(zip, 20),
    INVOICE(city, 120),
    INVOICE(country, COUNTRY_LENGTH + 1),
    INVOICE(vatcode, 20),
    INVOICE(plantcode, 20),
};


static bool collect(shop_arena_t *arena, const shop_form_t *form, const input_t *inputs,
                    size_t count, void *values);
static void complete_invoice(shop_cart_t *cart);
static void refuse_cards(const input_t *inputs, size_t count, const void *values,
                         shop_refusals_t *errors);
static void require(shop_refusals_t *errors, shop_str_t value, const char *key, const char *field);
static void check_customer(const shop_cart_t *cart, const shop_where_t *where,
                           shop_refusals_t *errors);
static void check_invoice(const shop_cart_t *cart, const shop_where_t *where,
                          shop_refusals_t *errors);


size_t shop_customer_collect(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                             const shop_form_t *form, shop_refusal_t *errors, size_t room)
{
    shop_refusals_t refusals = {errors, room, 0};
    bool collected;

    collected = collect(arena, form, customer_inputs,
                        sizeof(customer_inputs) / sizeof(customer_inputs[0]), &cart->customer) &&
                collect(arena, form, invoice_inputs,
                        sizeof(invoice_inputs) / sizeof(invoice_inputs[0]), &cart->invoice);

    cart->distinct_invoice = shop_form_find(form, SHOP_STR("usedistinctinvoiceinfo")) != NULL;

    /* Who is identified cannot buy in another's name. */
    cart->customer.email = where->visitor->logged_in
                               ? where->visitor->email
                               : shop_input(arena, form, "email", EMAIL_MAX + 1);

    if (!collected || cart->customer.email.data == NULL) {
        shop_refusals_add(&refusals, "trouble", NULL);
        return refusals.count;
    }

    if (cart->distinct_invoice) {
        complete_invoice(cart);
    }

    return shop_customer_check(cart, where, errors, room);
}


static void complete_invoice(shop_cart_t *cart)
{
    if (cart->invoice.organisation.len == 0) {
        cart->invoice.organisation = cart->customer.organisation;
    }

    if (cart->invoice.city.len == 0) {
        cart->invoice.city = cart->customer.city;
    }
}


/* False: no memory; what could not be read is empty. */
static bool collect(shop_arena_t *arena, const shop_form_t *form, const input_t *inputs,
                    size_t count, void *values)
{
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        shop_str_t *value = (shop_str_t *) ((char *) values + inputs[i].offset);

        *value = shop_input(arena, form, inputs[i].name, inputs[i].max);
        good = good && value->data != NULL;
    }

    return good;
}


size_t shop_customer_check(const shop_cart_t *cart, const shop_where_t *where,
                           shop_refusal_t *errors, size_t room)
{
    shop_refusals_t refusals = {errors, room, 0};

    check_customer(cart, where, &refusals);

    if (cart->distinct_invoice) {
        check_invoice(cart, where, &refusals);
    }

    return refusals.count;
}


/* Numbers of other things, which could be taken for one, have fields of their own. */
static void refuse_cards(const input_t *inputs, size_t count, const void *values,
                         shop_refusals_t *errors)
{
    for (size_t i = 0; i < count; i++) {
        const shop_str_t *value = (const shop_str_t *) ((const char *) values + inputs[i].offset);
        shop_str_t name = shop_str(inputs[i].name);

        if (!shop_str_eq(name, SHOP_STR("phone")) &&
            !shop_str_eq(name, SHOP_STR("inv_plantcode")) && shop_has_card_number(*value)) {
            shop_refusals_add(errors, "card_number", inputs[i].name);
        }
    }
}


static void require(shop_refusals_t *errors, shop_str_t value, const char *key, const char *field)
{
    if (value.len == 0) {
        shop_refusals_add(errors, key, field);
    }
}


/* In the order of the page, so that the first message is the first field. */
static void check_customer(const shop_cart_t *cart, const shop_where_t *where,
                           shop_refusals_t *errors)
{
    const shop_customer_t *c = &cart->customer;
    size_t email_max = where->visitor->user > 0 ? EMAIL_MAX : EMAIL_MAX_MOODLE;

    refuse_cards(customer_inputs, sizeof(customer_inputs) / sizeof(customer_inputs[0]), c, errors);
    require(errors, c->firstname, "firstname_empty", "firstname");
    require(errors, c->lastname, "lastname_empty", "lastname");

    if (where->shop->organisation_required) {
        require(errors, c->organisation, "organisation_empty", "organisation");
    }

    if (!shop_email_valid(c->email) || c->email.len > email_max) {
        shop_refusals_add(errors, "email_invalid", "email");
    }

    if (!cart->distinct_invoice) {
        require(errors, c->address, "address_empty", "address");
        require(errors, c->zip, "zip_empty", "zip");
    }

    require(errors, c->city, "city_empty", "city");

    if (!shop_country_allowed(where->shop->catalog, c->country)) {
        shop_refusals_add(errors, "country_invalid", "country");
    } else if (!shop_shipping_served(cart, where)) {
        shop_refusals_add(errors, "not_delivered", "zip");
    }
}


static void check_invoice(const shop_cart_t *cart, const shop_where_t *where,
                          shop_refusals_t *errors)
{
    const shop_invoice_t *i = &cart->invoice;

    refuse_cards(invoice_inputs, sizeof(invoice_inputs) / sizeof(invoice_inputs[0]), i, errors);
    require(errors, i->organisation, "inv_organisation_empty", "inv_organisation");
    require(errors, i->address, "inv_address_empty", "inv_address");
    require(errors, i->zip, "inv_zip_empty", "inv_zip");
    require(errors, i->city, "inv_city_empty", "inv_city");

    if (i->email.len > 0 && !shop_email_valid(i->email)) {
        shop_refusals_add(errors, "email_invalid", "inv_email");
    }

    if (i->country.len == 0) {
        shop_refusals_add(errors, "inv_country_empty", "inv_country");

    } else if (!shop_country_allowed(where->shop->catalog, i->country)) {
        shop_refusals_add(errors, "country_invalid", "inv_country");
    }

    if (i->vatcode.len > 0 && !shop_vat_valid(i->vatcode)) {
        shop_refusals_add(errors, "vatcode_invalid", "inv_vatcode");
    }
}
