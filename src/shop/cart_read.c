/*
 * A cart as it is kept, read: tolerantly, what is not understood is left out, and everything has
 * its bound.
 */

#include "shop/cart_internal.h"


#define REVISION_START "{\"rev\":"


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

const shop_member_t shop_person_members[] = {
    PERSON(lastname), PERSON(firstname),   PERSON(email), PERSON(city),
    PERSON(phone),    PERSON(institution), {NULL, 0}};
const shop_member_t shop_customer_members[] = {CUSTOMER(lastname),     CUSTOMER(firstname),
                                               CUSTOMER(organisation), CUSTOMER(address),
                                               CUSTOMER(zip),          CUSTOMER(city),
                                               CUSTOMER(country),      CUSTOMER(email),
                                               CUSTOMER(phone),        {NULL, 0}};
const shop_member_t shop_invoice_members[] = {
    INVOICE(organisation), INVOICE(department), INVOICE(lastname),  INVOICE(firstname),
    INVOICE(email),        INVOICE(address),    INVOICE(zip),       INVOICE(city),
    INVOICE(country),      INVOICE(vatcode),    INVOICE(plantcode), {NULL, 0}};
const shop_member_t shop_cart_members[] = {
    CART(terms_hash),  CART(paymode),       CART(transid),  CART(shown_total), CART(partner_key),
    CART(partner_tag), CART(partner_email), CART(replaces), {NULL, 0}};


typedef struct {
    shop_arena_t *arena;
    shop_cart_t *cart;
    bool failed; /* no memory */
} reader_t;


static shop_str_t copy(reader_t *reader, shop_str_t text);
static void read_members(reader_t *reader, const json_t *object, const shop_member_t *members,
                         void *values);
static void read_lines(reader_t *reader, const json_t *list);
static void read_given(reader_t *reader, const json_t *list, shop_cart_line_t *line);
static void read_passed(reader_t *reader, const json_t *list);
static void read_promos(reader_t *reader, const json_t *list);
static void read_people(reader_t *reader, const json_t *list);
static void read_seats(reader_t *reader, const json_t *list);
static size_t bounded(const json_t *list, size_t max);
static shop_str_t item_text(const json_t *list, size_t at);


shop_status_t shop_cart_parse(shop_arena_t *arena, shop_str_t text, shop_cart_t **out)
{
    reader_t reader = {arena, shop_cart_create(arena), false};
    shop_cart_t *cart = reader.cart;
    json_t *json;
    shop_status_t status;

    if (cart == NULL) {
        return SHOP_NO_MEMORY;
    }

    status = shop_json_parse(text, SHOP_CART_TEXT_MAX, &json);
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
    read_members(&reader, json_object_get(json, "customer"), shop_customer_members,
                 &cart->customer);
    read_members(&reader, json_object_get(json, "invoice"), shop_invoice_members, &cart->invoice);
    read_members(&reader, json, shop_cart_members, cart);
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


static void read_members(reader_t *reader, const json_t *object, const shop_member_t *members,
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
    return shop_json_string(json_array_get(list, at));
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
            read_members(reader, person, shop_person_members,
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
