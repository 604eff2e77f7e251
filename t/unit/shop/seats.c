/*
 * Beneficiaries: people, their roles and their seats.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 11, 'alias': 'strict', 'currency': 'EUR', 'catalogid': 1, "
        "'enduserorganisationrequired': true, 'endusermobilephonerequired': true},"
    WORLD_ITEM(1, "quiet") ", 'price1': '1'},"
    WORLD_ITEM(2, "each") ", 'quantaddressesusers': 2},"
    WORLD_ITEM(3, "once") ", 'quantaddressesusers': 1},"
    WORLD_ITEM(4, "session") ", 'quantaddressesusers': 2, "
        "'handlerparams': {'requiredroles': 'student,teacher,supervisor'}},"
    WORLD_ITEM(5, "staff") ", 'quantaddressesusers': 2, "
        "'handlerparams': {'requiredroles': 'teacher'}},"
    WORLD_ITEM(6, "pack") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(7, "part1") ", 'setid': 6, 'quantaddressesusers': 2},"
    WORLD_ITEM(8, "part2") ", 'setid': 6, 'quantaddressesusers': 1, "
        "'handlerparams': {'requiredroles': 'teacher'}},"
    /* only trainers: nobody learns */
    WORLD_ITEM(9, "crew") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(10, "crew1") ", 'setid': 9, 'quantaddressesusers': 1, "
        "'handlerparams': {'requiredroles': 'teacher'}},"
    WORLD_ITEM(11, "crew2") ", 'setid': 9},";
/* clang-format on */


static shop_refusal_t add(world_t *world, const char *body)
{
    shop_form_t form = world_form(world, body);

    return shop_participant_add(world->arena, world->cart, &world->where, &form);
}


static shop_refusal_t assign(world_t *world, const char *item, const char *role, const char *email)
{
    return shop_seat_assign(world->cart, &world->where, shop_str(item), shop_str(role),
                            shop_str(email));
}


/* "a@x.org", "b@x.org", … */
static void people(world_t *world, int count)
{
    for (int i = 0; i < count; i++) {
        char body[80];

        (void) snprintf(body, sizeof(body), "lastname=Doe&firstname=Jane&email=%c@x.org", 'a' + i);
        (void) add(world, body);
    }
}


static void check_totals(world_t *world)
{
    static const struct {
        const char *cart;
        int64_t seats;
    } cases[] = {
        {"quiet=5", 0},          {"each=3", 3}, {"once=3", 1}, {"each=2 once=4 quiet=1", 3},
        {"session=4 each=1", 5}, {"pack=1", 2}, {"pack=3", 4}, {"crew=2", 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(world_fill(world, cases[i].cart), "%s", cases[i].cart);
        is_int(shop_seats_total(world->cart, &world->where), cases[i].seats, "its seats");
    }
}


static const struct {
    const char *shop;
    const char *body;
    const char *key;
    const char *field;
} forms[] = {
    {"main", "", "participant_missing", "lastname"},
    {"main", "lastname=Doe&email=a@x.org", "participant_missing", "firstname"},
    {"main", "lastname=+&firstname=J&email=a@x.org", "participant_missing", "lastname"},
    {"main", "lastname=Doe&firstname=J", "email_invalid", "email"},
    {"main", "lastname=Doe&firstname=J&email=a", "email_invalid", "email"},
    {"main", "lastname=4970100000000055&firstname=J&email=a@x.org", "card_number", "lastname"},
    {"main", "lastname=Doe&firstname=J&email=a@x.org", NULL, NULL},
    {"strict", "lastname=Doe&firstname=J&email=a@x.org", "participant_missing", "phone"},
    {"strict", "lastname=Doe&firstname=J&email=a@x.org&phone=1", "participant_missing",
     "institution"},
    {"strict", "lastname=Doe&firstname=J&email=a@x.org&phone=1&institution=Inc", NULL, NULL},
};


static void check_forms(world_t *world)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        shop_refusal_t refusal;

        world_choose(world, forms[i].shop);
        ok(world_fill(world, "each=2"), "two seats");
        refusal = add(world, forms[i].body);
        is_key(refusal, forms[i].key, forms[i].body);
        is_str(shop_str(refusal.field), forms[i].field != NULL ? forms[i].field : "", "its field");
        is_int((long long) world->cart->participant_count, forms[i].key == NULL, "added or not");
    }

    world_choose(world, "main");
}


/* Names in capitals, an address of Moodle's length, nothing cut in the middle of an address. */
static void check_what_is_kept(world_t *world)
{
    const shop_participant_t *p;
    char body[512];

    ok(world_fill(world, "each=3"), "three seats");
    is_key(add(world, "lastname=+du+pont&firstname=jean-LUC&email=J@X.org&city=saint-%C3%A9tienne"
                      "&phone=%2B33%0D1&institution=Inc"),
           NULL, "a person");
    p = &world->cart->participants[0];
    is_str(p->lastname, "DU PONT", "last name");
    is_str(p->firstname, "Jean-Luc", "first name");
    is_str(p->email, "J@X.org", "address as it was typed");
    is_str(p->city, "SAINT-ÉTIENNE", "town");
    is_str(p->phone, "+33 1", "phone without control characters");
    is_str(p->institution, "Inc", "organisation");

    (void) snprintf(body, sizeof(body), "lastname=A&firstname=B&email=a@%050d.%043d.org", 0, 0);
    is_key(add(world, body), NULL, "an address of 100 characters");
    (void) snprintf(body, sizeof(body), "lastname=A&firstname=B&email=a@%050d.%044d.org", 0, 0);
    is_key(add(world, body), "email_invalid", "one of 101 is not cut but refused");
    (void) snprintf(body, sizeof(body), "lastname=%060d&firstname=B&email=b@x.org", 7);
    is_key(add(world, body), NULL, "a long name");
    is_int((long long) world->cart->participants[2].lastname.len, 40, "is cut");
}


static void check_replaced(world_t *world)
{
    ok(world_fill(world, "each=1"), "one seat");
    people(world, 1);
    is_key(assign(world, "each", "student", "a@x.org"), NULL, "given");
    is_key(add(world, "lastname=Roe&firstname=Jo&email=A@x.ORG"), NULL, "the same address again");
    is_int((long long) world->cart->participant_count, 1, "is the same person");
    is_str(world->cart->participants[0].lastname, "ROE", "with another name");
    is_int(shop_seats_assigned(world->cart, SHOP_STR("each")), 1, "who keeps the seat");
    ok(shop_seats_complete(world->cart, &world->where), "complete");
}


static void check_no_more_people_than_seats(world_t *world)
{
    shop_refusal_t refusal;

    ok(world_fill(world, "each=1 once=5"), "two seats");
    people(world, 2);
    refusal = add(world, "lastname=Doe&firstname=Jane&email=c@x.org");
    is_key(refusal, "participants_full", "no third person");
    is_int(refusal.n, 2, "two at most");
    is_key(add(world, "lastname=Doe&firstname=Jane&email=b@x.org"), NULL, "a known one may change");

    ok(world_fill(world, "quiet=1"), "no seat");
    is_key(add(world, "lastname=Doe&firstname=Jane&email=c@x.org"), "participants_full", "nobody");
}


static void check_assignments(world_t *world)
{
    static const struct {
        const char *item, *role, *email;
        const char *key;
    } steps[] = {
        {"session", "student", "z@x.org", "participant_unknown"},
        {"gone", "student", "a@x.org", "product_unknown"},
        {"each", "student", "a@x.org", "product_unknown"},
        {"quiet", "student", "a@x.org", "product_unknown"},
        {"session", "cook", "a@x.org", "role_invalid"},
        {"session", "supervisor", "a@x.org", "role_invalid"},
        {"session", "", "a@x.org", "role_invalid"},
        {"session", "student", "a@x.org", NULL},
        {"session", "student", "A@x.org", "already_assigned"},
        {"SESSION", "_supervisor", "a@x.org", NULL},
        {"session", "teacher", "B@X.org", NULL},
        {"session", "teacher", "B@X.org", "already_assigned"},
        {"session", "student", "c@x.org", "seats_full"},
        {"once", "student", "c@x.org", NULL},
        {"once", "student", "a@x.org", "seats_full"},
        {"once", "teacher", "a@x.org", "role_invalid"},
    };

    ok(world_fill(world, "session=3 once=2 quiet=1"), "four seats");
    people(world, 3);

    for (size_t i = 0; i < COUNT(steps); i++) {
        shop_refusal_t refusal = assign(world, steps[i].item, steps[i].role, steps[i].email);

        is_key(refusal, steps[i].key, steps[i].role);
        ok(refusal.key == NULL || strcmp(refusal.key, "participant_unknown") == 0 ||
               strcmp(refusal.key, "product_unknown") == 0 || refusal.name.len > 0,
           "the product is named");
    }

    ok(shop_seats_complete(world->cart, &world->where), "complete");
    is_str(world->cart->assignments[2].shortname, "session", "the product's own spelling");
    is_str(world->cart->assignments[2].email, "b@x.org", "the person's too");
}


static void check_unassign(world_t *world)
{
    ok(world_fill(world, "session=2"), "two seats");
    people(world, 2);
    (void) assign(world, "session", "student", "a@x.org");
    (void) assign(world, "session", "teacher", "b@x.org");

    is_key(shop_seat_unassign(world->cart, SHOP_STR("session"), SHOP_STR("teacher"),
                              SHOP_STR("a@x.org")),
           "participant_unknown", "not with this role");
    is_key(
        shop_seat_unassign(world->cart, SHOP_STR("each"), SHOP_STR("student"), SHOP_STR("a@x.org")),
        "participant_unknown", "not of this product");
    is_key(shop_seat_unassign(world->cart, SHOP_STR("Session"), SHOP_STR("student"),
                              SHOP_STR("A@X.ORG")),
           NULL, "this one");
    is_int((long long) world->cart->assignment_count, 1, "one is left");
    is_str(world->cart->assignments[0].email, "b@x.org", "the other one");
    ok(!shop_seats_complete(world->cart, &world->where), "no longer complete");
}


static void check_leave(world_t *world)
{
    ok(world_fill(world, "session=3 once=1"), "four seats");
    people(world, 3);
    (void) assign(world, "session", "student", "a@x.org");
    (void) assign(world, "session", "student", "b@x.org");
    (void) assign(world, "session", "teacher", "a@x.org");
    (void) assign(world, "once", "student", "a@x.org");

    is_key(shop_participant_remove(world->cart, SHOP_STR("z@x.org")), "participant_unknown",
           "nobody of this address");
    is_key(shop_participant_remove(world->cart, SHOP_STR("A@x.org")), NULL, "a person leaves");
    is_int((long long) world->cart->participant_count, 2, "two are left");
    is_str(world->cart->participants[0].email, "b@x.org", "the second");
    is_str(world->cart->participants[1].email, "c@x.org", "and the third");
    is_int((long long) world->cart->assignment_count, 1, "all seats of that person are free");
    is_str(world->cart->assignments[0].email, "b@x.org", "the others keep theirs");
}


/* Lines "item role email" that make a cart complete, or not. */
static const struct {
    const char *cart;
    const char *seats[5]; /* "item role a" */
    bool complete;
} carts[] = {
    {"quiet=1", {NULL}, true},
    {"each=2", {"each student a", "each student b"}, true},
    {"each=2", {"each student a"}, false},
    {"each=1", {NULL}, false},
    {"once=4", {"once student a"}, true},
    {"session=2", {"session student a", "session teacher b"}, true},
    {"session=2", {"session teacher a", "session _supervisor a"}, false},
    {"staff=2", {"staff teacher a", "staff teacher b"}, true},
    {"staff=2", {"staff student a", "staff student b"}, true},
    {"each=2 once=1", {"each student a", "each student b", "once student a"}, true},
    {"each=2 once=1", {"each student a", "each student b"}, false},
    {"pack=1", {"pack student a", "pack teacher a"}, true},
    {"pack=1", {"pack teacher a", "pack teacher b"}, false},
    {"crew=3", {"crew teacher a"}, true},
};


static void check_complete(world_t *world)
{
    for (size_t i = 0; i < COUNT(carts); i++) {
        ok(world_fill(world, carts[i].cart), "%s", carts[i].cart);
        people(world, 3);

        for (size_t n = 0; n < 5 && carts[i].seats[n] != NULL; n++) {
            char item[20], role[20], email[20];

            (void) sscanf(carts[i].seats[n], "%19s %19s %10s", item, role, email);
            (void) strncat(email, "@x.org", 8);
            is_key(assign(world, item, role, email), NULL, carts[i].seats[n]);
        }

        ok(shop_seats_complete(world->cart, &world->where) == carts[i].complete, "it is %scomplete",
           carts[i].complete ? "" : "not ");
    }
}


/* Acceptance scenario 4 of front-office.md. */
static void check_scenario(world_t *world)
{
    ok(world_fill(world, "session=3"), "a session of three");
    people(world, 3);
    is_key(assign(world, "session", "student", "a@x.org"), NULL, "a learner");
    is_key(assign(world, "session", "student", "b@x.org"), NULL, "another");
    is_key(assign(world, "session", "teacher", "c@x.org"), NULL, "a trainer");
    is_key(assign(world, "session", "student", "c@x.org"), "seats_full", "no fourth");
    ok(shop_seats_complete(world->cart, &world->where), "complete");
    is_key(shop_cart_remove(world->cart, &world->where, SHOP_STR("session")), NULL, "one less");
    is_int(shop_seats_assigned(world->cart, SHOP_STR("session")), 2, "two seats");
    ok(shop_seats_complete(world->cart, &world->where), "the last one went: complete");
}


/* The catalogue changed meanwhile: what no longer fits would be counted and shown nowhere. */
static void check_tidy(world_t *world)
{
    static const shop_assignment_t seats[] = {
        {SHOP_STR("session"), SHOP_STR("cook"), SHOP_STR("a@x.org")},
        {SHOP_STR("session"), SHOP_STR("student"), SHOP_STR("a@x.org")},
        {SHOP_STR("session"), SHOP_STR("student"), SHOP_STR("A@x.org")},
        {SHOP_STR("session"), SHOP_STR("student"), SHOP_STR("z@x.org")},
        {SHOP_STR("each"), SHOP_STR("student"), SHOP_STR("a@x.org")},
        {SHOP_STR("quiet"), SHOP_STR("student"), SHOP_STR("a@x.org")},
        {SHOP_STR("session"), SHOP_STR("teacher"), SHOP_STR("b@x.org")},
        {SHOP_STR("session"), SHOP_STR("teacher"), SHOP_STR("a@x.org")},
        {SHOP_STR("once"), SHOP_STR("student"), SHOP_STR("b@x.org")},
    };
    shop_cart_t *cart;

    ok(world_fill(world, "session=2 once=1 quiet=1"), "three seats");
    people(world, 2);
    cart = world->cart;
    cart->assignments = shop_arena_calloc(world->arena, sizeof(seats));
    memcpy(cart->assignments, seats, sizeof(seats));
    cart->assignment_count = cart->assignment_room = COUNT(seats);

    is_int((long long) shop_cart_revalidate(cart, &world->where, NULL, 0), 0, "no line changes");
    is_int((long long) cart->assignment_count, 3, "three assignments are right");
    is_str(cart->assignments[0].email, "a@x.org", "the first that fits");
    is_str(cart->assignments[1].role, "teacher", "the first trainer");
    is_str(cart->assignments[2].shortname, "once", "of the other product");
    ok(shop_seats_complete(cart, &world->where), "complete");
}


/* Five hundred people, each with a seat. */
static void check_many(world_t *world)
{
    int wrong = 0;

    ok(world_fill(world, "each=500"), "five hundred seats");

    for (int i = 0; i < 500; i++) {
        char body[80], email[20];

        (void) snprintf(body, sizeof(body), "lastname=Doe&firstname=Jane&email=p%d@x.org", i);
        (void) snprintf(email, sizeof(email), "P%d@x.org", i);
        wrong += add(world, body).key != NULL;
        wrong += assign(world, "each", "student", email).key != NULL;
    }

    is_int(wrong, 0, "all are given");
    ok(shop_seats_complete(world->cart, &world->where), "complete");
    is_key(add(world, "lastname=Doe&firstname=Jane&email=q@x.org"), "participants_full", "no more");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_totals(&world);
    check_forms(&world);
    check_what_is_kept(&world);
    check_replaced(&world);
    check_no_more_people_than_seats(&world);
    check_assignments(&world);
    check_unassign(&world);
    check_leave(&world);
    check_complete(&world);
    check_scenario(&world);
    check_tidy(&world);
    check_many(&world);
    world_close(&world);

    return done_testing();
}
