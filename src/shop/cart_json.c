/*
 * A cart as it is kept: compact JSON with its revision first. Reading is tolerant, what is not
 * understood is left out, and everything has its bound.
 */

#include "shop/shop_internal.h"


#define CART_MAX (1024 * 1024)
#define REVISION_START "{\"rev\":"


typedef struct {
    const char *name;
    size_t offset;
} member_t;

#define PERSON(member)                                                                             \
    {                                                                                              \
#member, offsetof(shop_participant_t, member)                                              \
    }
#define CUSTOMER(member)                                                                           \
    {                                                                                              \
#member, offsetof(shop_customer_t, member)                                                 \
    }
#define INVOICE(member)                                                                            \
    {                                                                                              \
#member, offsetof(shop_invoice_t, member)                                                  \
    }
#define CART(member)                                                                               \
    {                                                                                              \
#member, offsetof(shop_cart_t, member)                                                     \
    }

static const member_t person_members[] = {PERSON(lastname), PERSON(firstname), PERSON(email),
                                          PERSON(city),     PERSON(phone),     PERSON(institution),
                                          {NULL, 0}};
static const member_t customer_members[] = {CUSTOMER(lastname),     CUSTOMER(firstname),
                                            CUSTOMER(organisation), CUSTOMER(address),
                                            CUSTOMER(zip),          CUSTOMER(city),
                                            CUSTOMER(country),      CUSTOMER(email),
                                            CUSTOMER(phone),        {NULL, 0}};
static const member_t invoice_members[] = {
    INVOICE(organisation), INVOICE(department), INVOICE(lastname),  INVOICE(firstname),
    INVOICE(email),        INVOICE(address),    INVOICE(zip),       INVOICE(city),
    INVOICE(country),      INVOICE(vatcode),    INVOICE(plantcode), {NULL, 0}};
static const member_t cart_members[] = {CART(terms_hash),    CART(paymode),     CART(transid),
                                        CART(shown_total),   CART(partner_key), CART(partner_tag),
                                        CART(partner_email), CART(replaces),    {NULL, 0}};


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
static void read_promos(reader_t *reader, const json_t *list);
static void read_people(reader_t *reader, const json_t *list);
static void read_seats(reader_t *reader, const json_t *list);
static size_t bounded(const json_t *list, size_t max);
static shop_str_t item_text(const json_t *list, size_t at);
static void put_filled(shop_put_t *put, json_t *object, const char *name, json_t *value);
static void put_flag(shop_put_t *put, json_t *object, const char *name, bool set);
static json_t *dump_members(shop_put_t *put, const member_t *members, const void *values);
static void put_members(shop_put_t *put, json_t *object, const member_t *members,
                        const void *values);
static json_t *dump_lines(shop_put_t *put, const shop_cart_t *cart);
static json_t *dump_given(shop_put_t *put, const shop_cart_line_t *line);
static json_t *dump_passed(shop_put_t *put, const shop_cart_t *cart);
static json_t *dump_promos(shop_put_t *put, const shop_cart_t *cart);
static json_t *dump_people(shop_put_t *put, const shop_cart_t *cart);
static json_t *dump_seats(shop_put_t *put, const shop_cart_t *cart);


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

    cart->rev = shop_cart_revision(text);
    read_lines(&reader, json_object_get(json, "order"));
    read_passed(&reader, json_object_get(json, "passed"));
    read_promos(&reader, json_object_get(json, "promos"));
    read_people(&reader, json_object_get(json, "people"));
    read_seats(&reader, json_object_get(json, "seats"));
    read_members(&reader, json_object_get(json, "customer"), customer_members, &cart->customer);
    read_members(&reader, json_object_get(json, "invoice"), invoice_members, &cart->invoice);
    read_members(&reader, json, cart_members, cart);
    cart->customer.id = shop_json_int(json_object_get(json, "customer"), "id");
    cart->customer_valid = shop_json_bool(json, "valid");
    cart->distinct_invoice = shop_json_bool(json, "distinct");
    cart->autodrive = shop_json_bool(json, "autodrive");
    cart->launched = shop_json_bool(json, "launched");
    cart->terms_at = shop_json_int(json, "terms_at");

    json_decref(json);

    if (reader.failed) {
        return SHOP_NO_MEMORY;
    }

    *out = cart;

    return SHOP_OK;
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

    json_array_foreach(list, i, entry)
    {
        shop_str_t shortname = shop_json_text(entry, "p");
        int64_t quantity = shop_json_int(entry, "q");
        shop_cart_line_t *line;

        if (reader->cart->line_count == SHOP_MAX_LINES) {
            return;
        }

        if (shortname.len == 0 || quantity < 1 || quantity > SHOP_MAX_QUANTITY ||
            shop_cart_line(reader->cart, shortname) != NULL) {
            continue;
        }

        line = &reader->cart->lines[reader->cart->line_count++];
        line->shortname = copy(reader, shortname);
        line->quantity = quantity;
        line->imported = shop_json_bool(entry, "i");
        read_given(reader, json_object_get(entry, "d"), line);
    }
}


/* [element, unit, field, value] */
static void read_given(reader_t *reader, const json_t *list, shop_cart_line_t *line)
{
    size_t size = bounded(list, SHOP_MAX_ANSWERS);

    if (size == 0) {
        return;
    }

    line->given = shop_arena_calloc(reader->arena, size * sizeof(shop_given_t));
    if (line->given == NULL) {
        reader->failed = true;
        return;
    }

    line->given_room = size;

    for (size_t i = 0; i < size; i++) {
        const json_t *entry = json_array_get(list, i), *unit = json_array_get(entry, 1);
        json_int_t n = json_integer_value(unit);

        if (json_is_integer(unit) && n >= 0 && n < line->quantity &&
            json_is_string(json_array_get(entry, 0)) && item_text(entry, 2).len > 0 &&
            json_is_string(json_array_get(entry, 3))) {
            line->given[line->given_count++] = (shop_given_t){
                copy(reader, item_text(entry, 0)), (size_t) n, copy(reader, item_text(entry, 2)),
                copy(reader, item_text(entry, 3))};
        }
    }
}


static size_t bounded(const json_t *list, size_t max)
{
    size_t size = json_array_size(list);

    return size < max ? size : max;
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
        shop_str_t shortname = item_text(list, i);

        if (shortname.len > 0) {
            cart->passed[cart->passed_count++] = copy(reader, shortname);
        }
    }
}


/* [discount, code] */
static void read_promos(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;

    for (size_t i = 0; i < json_array_size(list) && cart->promo_count < SHOP_MAX_PROMOS; i++) {
        const json_t *entry = json_array_get(list, i);
        shop_str_t code = item_text(entry, 1);

        if (code.len > 0) {
            cart->promos[cart->promo_count++] = (shop_promo_t){
                (int64_t) json_integer_value(json_array_get(entry, 0)), copy(reader, code)};
        }
    }
}


static void read_people(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;
    size_t size = bounded(list, SHOP_MAX_PARTICIPANTS);

    if (size == 0) {
        return;
    }

    cart->participants = shop_arena_calloc(reader->arena, size * sizeof(*cart->participants));
    if (cart->participants == NULL) {
        reader->failed = true;
        return;
    }

    cart->participant_room = size;

    for (size_t i = 0; i < size; i++) {
        const json_t *person = json_array_get(list, i);
        shop_str_t email = shop_json_text(person, "email");

        if (email.len > 0 && shop_participant_find(cart, email) == NULL) {
            read_members(reader, person, person_members,
                         &cart->participants[cart->participant_count++]);
        }
    }
}


/* [product, role, e-mail] */
static void read_seats(reader_t *reader, const json_t *list)
{
    shop_cart_t *cart = reader->cart;
    size_t size = bounded(list, SHOP_MAX_PARTICIPANTS * SHOP_ROLES_MAX);

    if (size == 0) {
        return;
    }

    cart->assignments = shop_arena_calloc(reader->arena, size * sizeof(*cart->assignments));
    if (cart->assignments == NULL) {
        reader->failed = true;
        return;
    }

    cart->assignment_room = size;

    for (size_t i = 0; i < size; i++) {
        const json_t *seat = json_array_get(list, i);

        if (item_text(seat, 0).len > 0 && item_text(seat, 1).len > 0 &&
            item_text(seat, 2).len > 0) {
            cart->assignments[cart->assignment_count++] = (shop_assignment_t){
                copy(reader, item_text(seat, 0)), copy(reader, item_text(seat, 1)),
                copy(reader, item_text(seat, 2))};
        }
    }
}


/* As the script that compares revisions reads it: of a document that is damaged behind it too. */
int64_t shop_cart_revision(shop_str_t json)
{
    shop_str_t start = SHOP_STR(REVISION_START);
    int64_t revision = 0;

    if (!shop_str_starts(json, start)) {
        return 0;
    }

    for (size_t i = start.len; i < json.len; i++) {
        unsigned char c = json.data[i];

        if (c < '0' || c > '9' || revision > INT64_MAX / 10 - 1) {
            break;
        }

        revision = revision * 10 + (c - '0');
    }

    return revision;
}


/* --- writing --- */

shop_status_t shop_cart_dump(shop_arena_t *arena, const shop_cart_t *cart, shop_str_t *text)
{
    shop_put_t put = {false};
    json_t *json = json_object(), *customer = dump_members(&put, customer_members, &cart->customer);
    shop_status_t status;

    if (cart->customer.id != 0) {
        shop_put_number(&put, customer, "id", cart->customer.id);
    }

    shop_put_number(&put, json, "rev", cart->rev);
    put_filled(&put, json, "order", dump_lines(&put, cart));
    put_filled(&put, json, "passed", dump_passed(&put, cart));
    put_filled(&put, json, "promos", dump_promos(&put, cart));
    put_filled(&put, json, "people", dump_people(&put, cart));
    put_filled(&put, json, "seats", dump_seats(&put, cart));
    put_filled(&put, json, "customer", customer);
    put_filled(&put, json, "invoice", dump_members(&put, invoice_members, &cart->invoice));
    put_flag(&put, json, "valid", cart->customer_valid);
    put_flag(&put, json, "distinct", cart->distinct_invoice);
    put_flag(&put, json, "launched", cart->launched);
    put_flag(&put, json, "autodrive", cart->autodrive);

    if (cart->terms_at != 0) {
        shop_put_number(&put, json, "terms_at", cart->terms_at);
    }

    put_members(&put, json, cart_members, cart);

    json = shop_put_end(&put, json);
    if (json == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_dump(arena, json, text);
    json_decref(json);

    /* What could not be read again is not written. */
    return status == SHOP_OK && text->len > CART_MAX ? SHOP_LIMIT : status;
}


static json_t *dump_members(shop_put_t *put, const member_t *members, const void *values)
{
    json_t *object = json_object();

    put_members(put, object, members, values);

    return object;
}


/* What is empty is left out: most carts hold little more than their lines, and every change of one
 * is written and read again. */
static void put_filled(shop_put_t *put, json_t *object, const char *name, json_t *value)
{
    if (value != NULL && json_array_size(value) == 0 && json_object_size(value) == 0) {
        json_decref(value);
        return;
    }

    shop_put_member(put, object, name, value);
}


static void put_flag(shop_put_t *put, json_t *object, const char *name, bool set)
{
    if (set) {
        shop_put_member(put, object, name, json_true());
    }
}


static void put_members(shop_put_t *put, json_t *object, const member_t *members,
                        const void *values)
{
    for (; members->name != NULL; members++) {
        shop_str_t value = *(const shop_str_t *) ((const char *) values + members->offset);

        if (value.len > 0) {
            shop_put_text(put, object, members->name, value);
        }
    }
}


static json_t *dump_lines(shop_put_t *put, const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_cart_line_t *line = &cart->lines[i];
        json_t *entry = json_object();

        shop_put_text(put, entry, "p", line->shortname);
        shop_put_number(put, entry, "q", line->quantity);

        if (line->imported) {
            shop_put_member(put, entry, "i", json_true());
        }

        if (line->given_count > 0) {
            shop_put_member(put, entry, "d", dump_given(put, line));
        }

        shop_put_entry(put, list, entry);
    }

    return list;
}


static json_t *dump_given(shop_put_t *put, const shop_cart_line_t *line)
{
    json_t *list = json_array();

    for (size_t i = 0; i < line->given_count; i++) {
        const shop_given_t *given = &line->given[i];
        json_t *entry = json_array();

        shop_put_entry(put, entry, shop_json_str(given->element));
        shop_put_entry(put, entry, json_integer((json_int_t) given->unit));
        shop_put_entry(put, entry, shop_json_str(given->field));
        shop_put_entry(put, entry, shop_json_str(given->value));
        shop_put_entry(put, list, entry);
    }

    return list;
}


static json_t *dump_passed(shop_put_t *put, const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->passed_count; i++) {
        shop_put_entry(put, list, shop_json_str(cart->passed[i]));
    }

    return list;
}


static json_t *dump_promos(shop_put_t *put, const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->promo_count; i++) {
        json_t *entry = json_array();

        shop_put_entry(put, entry, json_integer((json_int_t) cart->promos[i].discount));
        shop_put_entry(put, entry, shop_json_str(cart->promos[i].code));
        shop_put_entry(put, list, entry);
    }

    return list;
}


static json_t *dump_people(shop_put_t *put, const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->participant_count; i++) {
        shop_put_entry(put, list, dump_members(put, person_members, &cart->participants[i]));
    }

    return list;
}


static json_t *dump_seats(shop_put_t *put, const shop_cart_t *cart)
{
    json_t *list = json_array();

    for (size_t i = 0; i < cart->assignment_count; i++) {
        const shop_assignment_t *seat = &cart->assignments[i];
        json_t *entry = json_array();

        shop_put_entry(put, entry, shop_json_str(seat->shortname));
        shop_put_entry(put, entry, shop_json_str(seat->role));
        shop_put_entry(put, entry, shop_json_str(seat->email));
        shop_put_entry(put, list, entry);
    }

    return list;
}
