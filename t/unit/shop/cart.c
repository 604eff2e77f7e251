/*
 * The commands on a cart: what each rule refuses, what goes with what is taken out, what a changed
 * catalogue takes out by itself.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    WORLD_ITEM(1, "plain") ", 'price1': '10', 'taxcode': 1},"
    WORLD_ITEM(2, "max3") ", 'price1': '1', 'maxdeliveryquant': 3},"
    WORLD_ITEM(3, "stock4") ", 'price1': '1', 'stock': 4},"
    WORLD_ITEM(4, "stock2max3") ", 'price1': '1', 'stock': 2, "
        "'maxdeliveryquant': 3},"
    WORLD_ITEM(5, "stock3max3") ", 'price1': '1', 'stock': 3, 'maxdeliveryquant': 3},"
    WORLD_ITEM(6, "handler1") ", 'price1': '1', 'handler_max': 1},"
    WORLD_ITEM(7, "secret") ", 'price1': '1', 'password': 'SeSame'},"
    WORLD_ITEM(8, "members") ", 'price1': '1', 'onlyforloggedin': 1},"
    WORLD_ITEM(9, "customers") ", 'price1': '1', 'onlyforloggedin': 2},"
    WORLD_ITEM(10, "visitors") ", 'price1': '1', 'onlyforloggedin': -1},"
    WORLD_ITEM(11, "providing") ", 'price1': '1', 'status': 'PROVIDING'},"
    WORLD_ITEM(12, "suspended") ", 'price1': '1', 'status': 'SUSPENDED'},"
    WORLD_ITEM(13, "set") ", 'isset': 1},"
    WORLD_ITEM(14, "member") ", 'price1': '1', 'setid': 13},"
    WORLD_ITEM(15, "bundle") ", 'price1': '1', 'isset': 2},"
    WORLD_ITEM(16, "element") ", 'price1': '1', 'setid': 15, 'quantaddressesusers': 2},"
    WORLD_ITEM(17, "element2") ", 'price1': '1', 'setid': 15, 'quantaddressesusers': 2},"
    WORLD_ITEM(18, "element3") ", 'price1': '1', 'setid': 15, 'quantaddressesusers': 1},"
    WORLD_ITEM(19, "soldout") ", 'price1': '1', 'stock': 0},"
    WORLD_ITEM(20, "seats") ", 'price1': '1', 'quantaddressesusers': 2},"
    WORLD_ITEM(21, "asks") ", 'price1': '1', 'requireddata': [{'field': 'f', 'label': 'F', "
        "'type': 'text'}]},"
    WORLD_ITEM(22, "asksmuch") ", 'price1': '1', 'maxdeliveryquant': 90, "
        "'requireddata': [{'field': 'a', 'label': 'F', 'type': 'text'}, {'field': 'b', "
        "'label': 'F', 'type': 'text'},{'field': 'c', 'label': 'F', 'type': 'text'}, "
        "{'field': 'd', 'label': 'F', 'type': 'text'},{'field': 'e', 'label': 'F', "
        "'type': 'text'}, {'field': 'f', 'label': 'F', 'type': 'text'},{'field': 'g', "
        "'label': 'F', 'type': 'text'}, {'field': 'h', 'label': 'F', "
        "'type': 'text'},{'field': 'i', 'label': 'F', 'type': 'text'}, {'field': 'j', "
        "'label': 'F', 'type': 'text'},{'field': 'k', 'label': 'F', 'type': 'text'}, "
        "{'field': 'l', 'label': 'F', 'type': 'text'},{'field': 'm', 'label': 'F', "
        "'type': 'text'}, {'field': 'n', 'label': 'F', 'type': 'text'},{'field': 'o', "
        "'label': 'F', 'type': 'text'}, {'field': 'p', 'label': 'F', "
        "'type': 'text'},{'field': 'q', 'label': 'F', 'type': 'text'}, {'field': 'r', "
        "'label': 'F', 'type': 'text'},{'field': 's', 'label': 'F', 'type': 'text'}, "
        "{'field': 't', 'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(23, "dear") ", 'price1': '300000000', 'taxcode': 1},"
    WORLD_ITEM(24, "dearest") ", 'price1': '99999999999.999', 'taxcode': 1},"
    WORLD_ITEM(25, "tiny") ", 'price1': '0.0001'},"
    WORLD_ITEM(26, "max200asks") ", 'price1': '1', 'maxdeliveryquant': 200, "
        "'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},";
/* clang-format on */


typedef struct {
    const char *item;
    int64_t quantity;
    unsigned visitor; /* its class */
    const char *key;  /* NULL: done */
    int64_t n;
} command_t;

static const command_t sets[] = {
    {"plain", 1, 0, NULL, 0},
    {"PLAIN", 2, 0, NULL, 0},
    {"plain", 9999, 0, NULL, 0},
    {"plain", 10000, 0, "max_reached", 9999},
    {"plain", INT64_MAX, 0, "max_reached", 9999},
    {"plain", -1, 0, "quantity_invalid", 0},
    {"plain", INT64_MIN, 0, "quantity_invalid", 0},
    {"nothing", 1, 0, "product_unknown", 0},
    {"nothing", 0, 0, "product_unknown", 0},
    {"", 1, 0, "product_unknown", 0},
    {"max3", 3, 0, NULL, 0},
    {"max3", 4, 0, "max_reached", 3},
    {"stock4", 4, 0, NULL, 0},
    {"stock4", 5, 0, "out_of_stock", 4},
    {"stock2max3", 2, 0, NULL, 0},
    {"stock2max3", 3, 0, "out_of_stock", 2},
    {"stock2max3", 4, 0, "out_of_stock", 2},
    {"stock3max3", 4, 0, "max_reached", 3},
    {"handler1", 1, 0, NULL, 0},
    {"handler1", 2, 0, "max_reached", 1},
    {"secret", 1, 0, "passcode_required", 0},
    {"secret", 0, 0, NULL, 0},
    {"members", 1, 0, "login_required", 0},
    {"members", 1, 1, NULL, 0},
    {"members", 1, 2, NULL, 0},
    {"customers", 1, 0, "customers_only", 0},
    {"customers", 1, 1, "customers_only", 0},
    {"customers", 1, 2, NULL, 0},
    {"visitors", 1, 0, NULL, 0},
    {"visitors", 1, 1, "visitors_only", 0},
    {"visitors", 1, 2, "visitors_only", 0},
    {"visitors", 1, 3, NULL, 0},
    {"providing", 1, 0, "providing", 0},
    {"suspended", 1, 0, "product_unavailable", 0},
    {"suspended", 1, 3, "product_unavailable", 0},
    {"set", 1, 0, "element_not_orderable", 0},
    {"member", 5, 0, NULL, 0},
    {"element", 1, 0, "element_not_orderable", 0},
    {"soldout", 1, 0, "providing", 0},
    {"bundle", 249, 0, NULL, 0},
    {"bundle", 250, 0, "max_reached", 249},
    {"seats", 500, 0, NULL, 0},
    {"seats", 501, 0, "max_reached", 500},
    {"asks", 100, 0, NULL, 0},
    {"asks", 101, 0, "max_reached", 100},
    {"max200asks", 150, 0, "max_reached", 100},
    {"asksmuch", 75, 0, NULL, 0},
    {"asksmuch", 76, 0, "max_reached", 75},
    {"dear", 2, 0, NULL, 0},
    {"dear", 3, 0, "max_reached", 2},
    {"dearest", 1, 0, "product_unavailable", 0},
    {"tiny", 9999, 0, NULL, 0},
};


static void check_sets(world_t *world)
{
    for (size_t i = 0; i < COUNT(sets); i++) {
        const command_t *c = &sets[i];
        shop_refusal_t refusal;
        bool kept;

        world->cart = shop_cart_create(world->arena);
        world_visitor(world, c->visitor);
        refusal = world_put(world, c->item, c->quantity);
        kept = shop_cart_quantity(world->cart, shop_str(c->item)) ==
               (c->key == NULL ? c->quantity : 0);

        is_key(refusal, c->key, c->item);
        is_int(refusal.n, c->n, "with the number that can be had");
        ok(kept, "all of it, or nothing");
    }

    world_visitor(world, 0);
}


static void check_add(world_t *world)
{
    static const struct {
        int64_t add;
        const char *key;
        int64_t total;
    } steps[] = {
        {1, NULL, 1},
        {1, NULL, 2},
        {0, "quantity_invalid", 2},
        {-3, "quantity_invalid", 2},
        {INT64_MIN, "quantity_invalid", 2},
        {2, "max_reached", 2},
        {INT64_MAX, "max_reached", 2},
        {10000, "max_reached", 2},
        {1, NULL, 3},
        {1, "max_reached", 3},
    };

    world->cart = shop_cart_create(world->arena);

    for (size_t i = 0; i < COUNT(steps); i++) {
        is_key(shop_cart_add(world->cart, &world->where, SHOP_STR("max3"), steps[i].add),
               steps[i].key, "adding");
        is_int(shop_cart_quantity(world->cart, SHOP_STR("max3")), steps[i].total, "the total");
    }

    is_int((long long) world->cart->line_count, 1, "one line");
}


static void check_remove(world_t *world)
{
    ok(world_fill(world, "plain=2 max3=1 seats=1"), "three lines");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("plain")), NULL, "one unit less");
    is_str(world_lines(world), "plain=1 max3=1 seats=1", "the line stays");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("plain")), NULL, "the last one");
    is_str(world_lines(world), "max3=1 seats=1", "the line goes, the others keep their order");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("plain")), NULL,
           "once more does no harm");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("nothing")), "product_unknown",
           "what is not sold");
    is_key(world_put(world, "seats", 0), NULL, "zero takes out");
    is_key(world_put(world, "max3", 0), NULL, "all of it");
    ok(shop_cart_empty(world->cart), "the cart is empty");
}


/* Taking out is never refused for what the product has become. */
static void check_remove_unorderable(world_t *world)
{
    ok(world_fill(world, "plain=3"), "a line");
    world->cart->lines[0].shortname = SHOP_STR("suspended");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("suspended")), NULL, "one less");
    is_str(world_lines(world), "suspended=2", "of a product that is suspended");
    is_key(world_put(world, "suspended", 0), NULL, "all of it");
    is_str(world_lines(world), "", "goes");

    ok(world_fill(world, "plain=3"), "a line");
    world->cart->lines[0].shortname = SHOP_STR("gone");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("gone")), NULL,
           "of a product that left the catalogue");
    is_str(world_lines(world), "", "the line goes whole");
}


static void check_passcode(world_t *world)
{
    static const struct {
        const char *item;
        const char *code;
        const char *key;
    } cases[] = {
        {"nothing", "SeSame", "product_unknown"},
        {"secret", "", "passcode_wrong"},
        {"secret", "sesame", "passcode_wrong"},
        {"secret", "SeSame ", "passcode_wrong"},
        {"secret", "SeSam", "passcode_wrong"},
        {"plain", "anything", NULL},
        {"secret", "SeSame", NULL},
        {"secret", "wrong afterwards", NULL},
    };

    world->cart = shop_cart_create(world->arena);
    is_key(world_put(world, "secret", 1), "passcode_required", "before the code");

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_key(shop_cart_passcode(world->cart, &world->where, shop_str(cases[i].item),
                                  shop_str(cases[i].code)),
               cases[i].key, cases[i].code);
    }

    is_int((long long) world->cart->passed_count, 1, "remembered once");
    is_key(world_put(world, "SECRET", 2), NULL, "after the code");

    while (world->cart->passed_count < SHOP_MAX_LINES) {
        world->cart->passed[world->cart->passed_count++] = SHOP_STR("other");
    }

    world->cart->passed[0] = SHOP_STR("other");
    is_key(shop_cart_passcode(world->cart, &world->where, SHOP_STR("secret"), SHOP_STR("SeSame")),
           "cart_full", "no room to remember more");
}


static void check_size_cap(world_t *world)
{
    ok(world_fill(world, "plain=1"), "a line");

    while (world->cart->line_count < SHOP_MAX_LINES) {
        world->cart->lines[world->cart->line_count++] =
            (shop_cart_line_t){.shortname = SHOP_STR("max3"), .quantity = 1};
    }

    is_key(world_put(world, "stock4", 1), "cart_full", "no line more");
    is_int((long long) world->cart->line_count, SHOP_MAX_LINES, "none was added");
    is_key(world_put(world, "plain", 7), NULL, "what is there may still change");
}


/* All questions of a cart come in one form: their number is bounded, not only that of one line. */
static void check_questions_cap(world_t *world)
{
    shop_refusal_t refusal;

    ok(world_fill(world, "asksmuch=74"), "1,480 questions");
    refusal = world_put(world, "asks", 21);
    is_key(refusal, "max_reached", "twenty more fit");
    is_int(refusal.n, 20, "and no more");
    is_key(world_put(world, "asks", 20), NULL, "twenty");
    refusal = world_put(world, "max200asks", 1);
    is_key(refusal, "questions_full", "then none");
    is_str(refusal.name, "The max200asks", "of this product");
    is_key(world_put(world, "plain", 50), NULL, "what asks nothing is not concerned");
    is_key(world_put(world, "asksmuch", 74), NULL, "nor what is there already");
}


static void give(world_t *world, const char *shortname, size_t units)
{
    shop_cart_line_t *line = shop_cart_line(world->cart, shop_str(shortname));

    line->given = shop_arena_calloc(world->arena, units * sizeof(shop_given_t));
    line->given_room = line->given_count = units;

    for (size_t i = 0; i < units; i++) {
        line->given[i] = (shop_given_t){SHOP_STR(""), units - 1 - i, SHOP_STR("f"), SHOP_STR("v")};
    }
}


static void seat(world_t *world, const char *shortname, const char *email)
{
    shop_cart_t *cart = world->cart;

    if (cart->assignments == NULL) {
        cart->assignments = shop_arena_calloc(world->arena, 20 * sizeof(*cart->assignments));
        cart->participants = shop_arena_calloc(world->arena, 20 * sizeof(*cart->participants));
        cart->assignment_room = cart->participant_room = 20;
    }

    if (shop_participant_find(cart, shop_str(email)) == NULL) {
        cart->participants[cart->participant_count++] =
            (shop_participant_t){.email = shop_str(email)};
    }

    cart->assignments[cart->assignment_count++] =
        (shop_assignment_t){shop_str(shortname), SHOP_STR("student"), shop_str(email)};
}


/* front-office.md 5.4: with a unit go its data and, from the end, the seats that are too many. */
static void check_what_goes_with_units(world_t *world)
{
    const shop_cart_t *cart;

    ok(world_fill(world, "asks=3 seats=3 bundle=2"), "lines with data and seats");
    cart = world->cart;
    give(world, "asks", 3);
    seat(world, "seats", "a@example.org");
    seat(world, "bundle", "a@example.org");
    seat(world, "seats", "b@example.org");
    seat(world, "seats", "c@example.org");
    seat(world, "bundle", "c@example.org");

    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("asks")), NULL, "a unit goes");
    is_int((long long) cart->lines[0].given_count, 2, "with its answer");
    ok(cart->lines[0].given[0].unit == 1 && cart->lines[0].given[1].unit == 0, "the others stay");

    is_key(world_put(world, "seats", 1), NULL, "two units go");
    is_int(shop_seats_assigned(cart, SHOP_STR("seats")), 1, "with two seats");
    is_str(cart->assignments[0].email, "a@example.org", "the last ones");
    is_int(shop_seats_assigned(cart, SHOP_STR("bundle")), 2, "others keep theirs");
    is_str(cart->assignments[1].email, "a@example.org", "in their order");
    is_str(cart->assignments[2].email, "c@example.org", "also those behind");

    is_key(world_put(world, "seats", 4), NULL, "growing");
    is_int(shop_seats_assigned(cart, SHOP_STR("seats")), 1, "changes nothing");
    is_key(world_put(world, "bundle", 0), NULL, "a line goes");
    is_int(shop_seats_assigned(cart, SHOP_STR("bundle")), 0, "with all its seats");
    is_int((long long) cart->participant_count, 3, "people stay");
}


static void check_clear(world_t *world)
{
    shop_cart_t *cart;

    ok(world_fill(world, "plain=1"), "a cart");
    cart = world->cart;
    seat(world, "plain", "a@example.org");
    cart->customer.lastname = SHOP_STR("Doe");
    cart->transid = cart->terms_hash = cart->shown_total = SHOP_STR("x");
    cart->terms_at = 5;
    cart->passed_count = 1;
    shop_cart_clear(cart);

    ok(shop_cart_empty(cart) && cart->passed_count == 0 && cart->participant_count == 0 &&
           cart->assignment_count == 0 && cart->terms_hash.len == 0 && cart->terms_at == 0 &&
           cart->transid.len == 0 && cart->shown_total.len == 0,
       "nothing of the order is left");
    is_str(cart->customer.lastname, "Doe", "who buys is still known");
}


typedef struct {
    const char *shortname;
    int64_t quantity;
    const char *told; /* NULL: nothing */
    int64_t left;     /* 0: taken out */
} changed_t;

/* As if the catalogue or the visitor had changed since. */
static const changed_t changes[] = {
    {"plain", 5, NULL, 5},
    {"PLAIN", 5, NULL, 5},
    {"gone", 1, "product_unknown", 0},
    {"suspended", 1, "product_unavailable", 0},
    {"providing", 1, "providing", 0},
    {"members", 1, "login_required", 0},
    {"secret", 1, "passcode_required", 0},
    {"element", 1, "element_not_orderable", 0},
    {"max3", 9, "max_reached", 3},
    {"stock2max3", 9, "out_of_stock", 2},
    {"soldout", 2, "providing", 0},
    {"bundle", 400, "max_reached", 249},
    {"max200asks", 180, "max_reached", 100},
    {"dear", 9, "max_reached", 2},
    {"dearest", 1, "product_unavailable", 0},
};


static void check_revalidate(world_t *world)
{
    for (size_t i = 0; i < COUNT(changes); i++) {
        const changed_t *c = &changes[i];
        shop_refusal_t told[2] = {{0}, {0}};
        size_t count;

        ok(world_fill(world, "stock4=1"), "a line that is right");
        world->cart->lines[1] =
            (shop_cart_line_t){.shortname = shop_str(c->shortname), .quantity = c->quantity};
        world->cart->line_count = 2;
        count = shop_cart_revalidate(world->cart, &world->where, told, 2);

        is_int((long long) count, c->told != NULL, "changes told");
        is_key(told[0], c->told, c->shortname);
        ok(c->told == NULL || told[0].name.len > 0, "with the name of the product");
        is_int(shop_cart_quantity(world->cart, shop_str(c->shortname)), c->left, "what is left");
        is_int(shop_cart_quantity(world->cart, SHOP_STR("stock4")), 1, "the other line stays");
        is_int((long long) shop_cart_revalidate(world->cart, &world->where, told, 2), 0,
               "a second look finds nothing");
    }
}


static void check_revalidate_many(world_t *world)
{
    shop_refusal_t told[2];
    shop_cart_t *cart = shop_cart_create(world->arena);

    for (size_t i = 0; i < 5; i++) {
        cart->lines[i] = (shop_cart_line_t){
            .shortname = i % 2 == 0 ? SHOP_STR("gone") : SHOP_STR("plain"), .quantity = 1};
    }

    cart->line_count = 5;
    world->cart = cart;
    is_int((long long) shop_cart_revalidate(cart, &world->where, told, 2), 3,
           "all changes are counted, also those that have no room");
    is_str(world_lines(world), "plain=1 plain=1", "the right lines stay in their order");

    ok(world_fill(world, "plain=1 max3=1 stock4=1"), "three right lines");
    world->cart->lines[0].quantity = 20000;
    world->cart->lines[1].quantity = 7;
    world->cart->lines[2].shortname = SHOP_STR("gone");
    is_int((long long) shop_cart_revalidate(world->cart, &world->where, told, 2), 3,
           "after a line that falls the others are looked at");
    is_str(world_lines(world), "plain=9999 max3=3", "each in its own way");
}


/* Who logs in loses what is for visitors only (front-office.md 5.1). */
static void check_login(world_t *world)
{
    shop_refusal_t told;

    ok(world_fill(world, "visitors=1 plain=1"), "a visitor's cart");
    world_visitor(world, 1);
    is_int((long long) shop_cart_revalidate(world->cart, &world->where, &told, 1), 1,
           "after the log-in");
    is_key(told, "visitors_only", "one product is not for this person");
    is_str(world_lines(world), "plain=1", "and is gone");
    world_visitor(world, 0);
}


/* The shortname of the catalogue is put in the place of what a stored cart says. */
static void check_spelling(world_t *world)
{
    shop_refusal_t told;

    ok(world_fill(world, "plain=1"), "a line");
    world->cart->lines[0].shortname = SHOP_STR("PlAiN");
    is_int((long long) shop_cart_revalidate(world->cart, &world->where, &told, 1), 0, "no change");
    is_str(world->cart->lines[0].shortname, "plain", "but the right letters");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_sets(&world);
    check_add(&world);
    check_remove(&world);
    check_remove_unorderable(&world);
    check_passcode(&world);
    check_size_cap(&world);
    check_questions_cap(&world);
    check_what_goes_with_units(&world);
    check_clear(&world);
    check_revalidate(&world);
    check_revalidate_many(&world);
    check_login(&world);
    check_spelling(&world);
    world_close(&world);

    return done_testing();
}
