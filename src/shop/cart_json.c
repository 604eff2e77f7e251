/*
 * A cart as it is kept: compact JSON with its revision first. Reading is tolerant, what is not
 * understood is left out, and everything has its bound.
 */

#include "shop/shop_internal.h"

#include <string.h>


#define CART_MAX (512 * 1024)
#define GIVEN_MAX (SHOP_MAX_UNITS * 40)


typedef struct {
    const char *name;
    size_t offset;
} member_t;

#define PERSON(member) {#member, offsetof(shop_participant_t, member)}
#define CUSTOMER(member) {#member, offsetof(shop_customer_t, member)}
#define INVOICE(member) {#member, offsetof(shop_invoice_t, member)}
#define CART(member) {#member, offsetof(shop_cart_t, member)}

static const member_t person_members[] = {PERSON(lastname), PERSON(firstname), PERSON(email),
                                          PERSON(city), PERSON(phone), PERSON(institution),
                                          {NULL, 0}};
static const member_t customer_members[] = {CUSTOMER(lastname), CUSTOMER(firstname),
                                            CUSTOMER(organisation), CUSTOMER(address),
                                            CUSTOMER(zip), CUSTOMER(city), CUSTOMER(country),
                                            CUSTOMER(email), CUSTOMER(phone), {NULL, 0}};
static const member_t invoice_members[] = {INVOICE(organisation), INVOICE(department),
                                           INVOICE(lastname), INVOICE(firstname), INVOICE(email),
                                           INVOICE(address), INVOICE(zip), INVOICE(city),
                                           INVOICE(country), INVOICE(vatcode), INVOICE(plantcode),
                                           {NULL, 0}};
static const member_t cart_members[] = {CART(terms_hash), CART(paymode), CART(transid),
                                        CART(shown_total), {NULL, 0}};


typedef struct {
    shop_arena_t *arena;
    shop_cart_t *cart;
    bool failed; /* no memory */
} reader_t;


static shop_str_t copy(reader_t *reader, shop_str_t text);
static void read_members(reader_t *reader, const json_t *object, const member_t *members,
                         void *values);
static void read_lines(reader_t *reader, const json_t *list);
static void read_given(reader_t *reader, const json_t *list, shop_cart_line_t *line);
static void read_passed(reader_t *reader, const json_t *list);
static void read_people(reader_t *reader, const json_t *list);
static void read_seats(reader_t *reader, const json_t *list);
static json_t *dump_members(const member_t *members, const void *values);
static json_t *dump_lines(const shop_cart_t *cart);
static json_t *dump_people(const shop_cart_t *cart);
static json_t *dump_seats(const shop_cart_t *cart);
static shop_str_t item_text(const json_t *list, size_t at);


/* --- reading --- */

shop_status_t shop_cart_parse(shop_arena_t *arena, shop_str_t text, shop_cart_t **out)
{
    reader_t reader = {arena, shop_cart_create(arena), false};
    shop_cart_t *cart = reader.cart;
    json_t *json;
    shop_status_t status;

    if (cart == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_parse(text, CART_MAX, &json);
    if (status != SHOP_OK) {
        return status == SHOP_NO_MEMORY ? status : SHOP_MALFORMED;
    }

    if (!json_is_object(json)) {
        json_decref(json);
        return SHOP_MALFORMED;
    }

    cart->rev = shop_json_int(json, "rev");
    read_lines(&reader, json_object_get(json, "order"));
    read_passed(&reader, json_object_get(json, "passed"));
    read_people(&reader, json_object_get(json, "people"));
    read_seats(&reader, json_object_get(json, "seats"));
    read_members(&reader, json_object_get(json, "customer"), customer_members, &cart->customer);
    read_members(&reader, json_object_get(json, "invoice"), invoice_members, &cart->invoice);
    read_members(&reader, json, cart_members, cart);
    cart->customer.id = shop_json_int(json_object_get(json, "customer"), "id");
    cart->customer_valid = shop_json_bool(json, "valid");
    cart->distinct_invoice = shop_json_bool(json, "distinct");
    cart->launched = shop_json_bool(json, "launched");
    cart->terms_at = shop_json_int(json, "terms_at");

    json_decref(json);
    *out = cart;

    return reader.failed ? SHOP_NO_MEMORY : SHOP_OK;
}


static shop_str_t copy(reader_t *reader, shop_str_t text)
{
    shop_str_t own;

    if (text.len == 0) {
        return SHOP_STR("");
    }

    if (shop_arena_copy(reader->arena, text, &own) != SHOP_OK) {
        reader->failed = true;
        return SHOP_STR("");
    }

    return own;
}


static void read_members(reader_t *reader, const json_t *object, const member_t *members,
                         void *values)
{
    for (; members->name != NULL; members++) {
        *(shop_str_t *) ((char *) values + members->offset) =
            copy(reader, shop_json_text(object, members->name));
    }
}


static void read_lines(reader_t *reader, const json_t *list)
{
    const json_t *entry;
    size_t i;

    json_array_foreach (list, i, entry) {
        shop_cart_line_t *line = &reader->cart->lines[reader->cart->line_count];
        int64_t quantity = shop_json_int(entry, "q");

        if (reader->cart->line_count == SHOP_MAX_LINES) {
            return;
        }

        line->shortname = copy(reader, shop_json_text(entry, "p"));

        if (line->shortname.len == 0 || quantity < 1 || quantity > SHOP_MAX_QUANTITY ||
            shop_cart_line(reader->cart, line->shortname) != NULL) {
            continue;
        }

        line->quantity = quantity;
        reader->cart->line_count++;
        read_given(reader, json_object_get(entry, "d"), line);
    }
}


/* [element, unit, field, value] */
static void read_given(reader_t *reader, const json_t *list, shop_cart_line_t *line)
{
    const json_t *entry;
    size_t i, size = json_array_size(list);

    if (size == 0 || size > GIVEN_MAX) {
        return;
    }

    line->given = shop_arena_calloc(reader->arena, size * sizeof(shop_given_t));
    if (line->given == NULL) {
        reader->failed = true;
        return;
    }

    line->given_room = size;

    json_array_foreach (list, i, entry) {
        json_int_t unit = json_integer_value(json_array_get(entry, 1));

        if (unit >= 0 && unit < line->quantity && json_is_string(json_array_get(entry, 3))) {
            line->given[line->given_count++] = (shop_given_t){
                copy(reader, item_text(entry, 0)), (size_t) unit,
                copy(reader, item_text(entry, 2)), copy(reader, item_text(entry, 3))};
        }
    }
}


static shop_str_t item_text(const json_t *list, size_t at)
{
    const json_t *text = json_array_get(list, at);

    return (shop_str_t){json_string_length(text), (unsigned char *) json_string_value(text)};
}


static void read_passed(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;

    for (size_t i = 0; i < json_array_size(list) && cart->passed_count < SHOP_MAX_LINES; i++) {
        cart->passed[cart->passed_count++] = copy(reader, item_text(list, i));
    }
}


static void read_people(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;
    size_t size = json_array_size(list);

    if (size == 0 || size > SHOP_MAX_PARTICIPANTS) {
        return;
    }

    cart->participants = shop_arena_calloc(reader->arena, size * sizeof(*cart->participants));
    if (cart->participants == NULL) {
        reader->failed = true;
        return;
    }

    cart->participant_room = size;

    for (size_t i = 0; i < size; i++) {
        read_members(reader, json_array_get(list, i), person_members,
                     &cart->participants[cart->participant_count++]);
    }
}


/* [product, role, e-mail] */
static void read_seats(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;
    size_t size = json_array_size(list);

    if (size == 0 || size > SHOP_MAX_PARTICIPANTS * SHOP_ROLES_MAX) {
        return;
    }

    cart->assignments = shop_arena_calloc(reader->arena, size * sizeof(*cart->assignments));
    if (cart->assignments == NULL) {
        reader->failed = true;
        return;
    }

    cart->assignment_room = size;

    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i);

        cart->assignments[cart->assignment_count++] =
            (shop_assignment_t){copy(reader, item_text(entry, 0)),
                                copy(reader, item_text(entry, 1)),
                                copy(reader, item_text(entry, 2))};
    }
}


/* --- writing --- */

shop_status_t shop_cart_dump(shop_arena_t *arena, const shop_cart_t *cart, shop_str_t *text)
{
    json_t *json, *passed = json_array(), *own, *value;
    const char *name;
    shop_status_t status;

    for (size_t i = 0; i < cart->passed_count; i++) {
        json_array_append_new(passed, shop_json_str(cart->passed[i]));
    }

    json = json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:I}", "rev",
                     (json_int_t) cart->rev, "order", dump_lines(cart), "passed", passed, "people",
                     dump_people(cart), "seats", dump_seats(cart), "customer",
                     dump_members(customer_members, &cart->customer), "invoice",
                     dump_members(invoice_members, &cart->invoice), "valid", cart->customer_valid,
                     "distinct", cart->distinct_invoice, "launched", cart->launched, "terms_at",
                     (json_int_t) cart->terms_at);
    own = dump_members(cart_members, cart);

    if (json == NULL || own == NULL) {
        json_decref(json);
        json_decref(own);
        return SHOP_NO_MEMORY;
    }

    json_object_set_new(json_object_get(json, "customer"), "id",
                        json_integer((json_int_t) cart->customer.id));

    json_object_foreach (own, name, value) {
        json_object_set(json, name, value);
    }

    status = shop_json_dump(arena, json, text);
    json_decref(own);
    json_decref(json);

    return status;
}


/* Empty members are left out. */
static json_t *dump_members(const member_t *members, const void *values)
{
    json_t *object = json_object();

    for (; members->name != NULL; members++) {
        shop_str_t value = *(const shop_str_t *) ((const char *) values + members->offset);

        if (value.len > 0) {
            shop_json_set_text(object, members->name, value);
        }
    }

    return object;
}


static json_t *dump_lines(const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_cart_line_t *line = &cart->lines[i];
        json_t *entry = json_pack("{s:o, s:I}", "p", shop_json_str(line->shortname), "q",
                                  (json_int_t) line->quantity);

        if (line->given_count > 0) {
            json_t *given = json_array();

            for (size_t n = 0; n < line->given_count; n++) {
                json_array_append_new(given,
                                      json_pack("[o, I, o, o]", shop_json_str(line->given[n].element),
                                                (json_int_t) line->given[n].unit,
                                                shop_json_str(line->given[n].field),
                                                shop_json_str(line->given[n].value)));
            }

            json_object_set_new(entry, "d", given);
        }

        json_array_append_new(list, entry);
    }

    return list;
}


static json_t *dump_people(const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->participant_count; i++) {
        json_array_append_new(list, dump_members(person_members, &cart->participants[i]));
    }

    return list;
}


static json_t *dump_seats(const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->assignment_count; i++) {
        json_array_append_new(list, json_pack("[o, o, o]",
                                              shop_json_str(cart->assignments[i].shortname),
                                              shop_json_str(cart->assignments[i].role),
                                              shop_json_str(cart->assignments[i].email)));
    }

    return list;
}
