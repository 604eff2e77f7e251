/*
 * Beneficiaries: who takes part, and in which seat of which product (front-office.md 7).
 */

#include "shop/shop_internal.h"

#include <string.h>


#define EMAIL_MAX 100 /* of a new account in Moodle */


static bool participant_read(shop_arena_t *arena, const shop_form_t *form,
                             shop_participant_t *person);
static shop_status_t participant_room(shop_arena_t *arena, shop_cart_t *cart);
static shop_status_t assignment_room(shop_cart_t *cart);
static shop_refusal_t participant_check(const shop_where_t *where, const shop_participant_t *p);
static int64_t line_seats(const shop_where_t *where, const shop_cart_line_t *line,
                          const shop_item_t **item);
static bool role_offered(const shop_item_t *item, shop_str_t role);
static bool holds(const shop_cart_t *cart, size_t count, shop_str_t shortname, shop_str_t role,
                  shop_str_t email);
static bool fits(const shop_cart_t *cart, const shop_where_t *where, size_t at);
static bool needs_student(const shop_item_t *item);
static bool has_student(const shop_cart_t *cart, shop_str_t shortname);
static void assignment_remove(shop_cart_t *cart, size_t at);


int64_t shop_seats_total(const shop_cart_t *cart, const shop_where_t *where)
{
    const shop_item_t *item;
    int64_t total = 0;

    for (size_t i = 0; i < cart->line_count; i++) {
        total += line_seats(where, &cart->lines[i], &item);
    }

    return total;
}


static int64_t line_seats(const shop_where_t *where, const shop_cart_line_t *line,
                          const shop_item_t **item)
{
    *item = shop_find_item(where->snapshot, where->shop, line->shortname);

    return *item != NULL ? shop_item_seats(*item, line->quantity) : 0;
}


int64_t shop_seats_assigned(const shop_cart_t *cart, shop_str_t shortname)
{
    int64_t assigned = 0;

    for (size_t i = 0; i < cart->assignment_count; i++) {
        if (shop_str_eq(cart->assignments[i].shortname, shortname)) {
            assigned++;
        }
    }

    return assigned;
}


bool shop_seats_complete(const shop_cart_t *cart, const shop_where_t *where)
{
    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_item_t *item;
        int64_t seats = line_seats(where, &cart->lines[i], &item);

        if (seats == 0) {
            continue;
        }

        if (shop_seats_assigned(cart, item->shortname) != seats ||
            (needs_student(item) && !has_student(cart, item->shortname))) {
            return false;
        }
    }

    return true;
}


/* A product that names other roles and not this one has no learner of its own; a bundle has one
 * when an element with seats has. */
static bool needs_student(const shop_item_t *item)
{
    shop_str_t listed = shop_json_text(item->params, "requiredroles"), role;
    bool named = shop_str_trim(listed).len > 0;

    for (size_t i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        if (item->elements[i]->seat_mode > 0 && needs_student(item->elements[i])) {
            return true;
        }
    }

    if (item->kind == SHOP_ITEM_BUNDLE) {
        return false;
    }

    while (shop_str_split(&listed, ',', &role)) {
        if (shop_str_eq(shop_str_trim(role), SHOP_STR("student"))) {
            return true;
        }
    }

    return !named;
}


static bool has_student(const shop_cart_t *cart, shop_str_t shortname)
{
    for (size_t i = 0; i < cart->assignment_count; i++) {
        if (shop_str_eq(cart->assignments[i].shortname, shortname) &&
            shop_str_eq(cart->assignments[i].role, SHOP_STR("student"))) {
            return true;
        }
    }

    return false;
}


shop_participant_t *shop_participant_find(const shop_cart_t *cart, shop_str_t email)
{
    for (size_t i = 0; i < cart->participant_count; i++) {
        if (shop_str_eq_nocase(cart->participants[i].email, email)) {
            return &cart->participants[i];
        }
    }

    return NULL;
}


shop_refusal_t shop_person_read(shop_arena_t *arena, const shop_where_t *where,
                                const shop_form_t *form, shop_participant_t *person)
{
    if (!participant_read(arena, form, person)) {
        return (shop_refusal_t){.key = "trouble"};
    }

    return participant_check(where, person);
}


/* The same address again replaces the person and keeps the seats. */
shop_refusal_t shop_participant_add(shop_arena_t *arena, shop_cart_t *cart,
                                    const shop_where_t *where, const shop_form_t *form)
{
    int64_t seats = shop_seats_total(cart, where);
    shop_participant_t person, *known;
    shop_refusal_t refusal = shop_person_read(arena, where, form, &person);

    if (refusal.key != NULL) {
        return refusal;
    }

    known = shop_participant_find(cart, person.email);

    if (known != NULL) {
        *known = person;
        return (shop_refusal_t){0};
    }

    if (seats > SHOP_MAX_PARTICIPANTS) {
        seats = SHOP_MAX_PARTICIPANTS;
    }

    if ((int64_t) cart->participant_count >= seats) {
        return (shop_refusal_t){.key = "participants_full", .n = seats};
    }

    if (participant_room(arena, cart) != SHOP_OK) {
        return (shop_refusal_t){.key = "trouble"};
    }

    cart->participants[cart->participant_count++] = person;

    return (shop_refusal_t){0};
}


/* False: no memory. */
static bool participant_read(shop_arena_t *arena, const shop_form_t *form,
                             shop_participant_t *person)
{
    shop_str_t lastname = shop_input(arena, form, "lastname", 40);
    shop_str_t firstname = shop_input(arena, form, "firstname", 40);
    shop_str_t city = shop_input(arena, form, "city", 120);

    person->email = shop_input(arena, form, "email", EMAIL_MAX + 1);
    person->phone = shop_input(arena, form, "phone", 30);
    person->institution = shop_input(arena, form, "institution", 255);

    return lastname.data != NULL && firstname.data != NULL && city.data != NULL &&
           person->email.data != NULL && person->phone.data != NULL &&
           person->institution.data != NULL &&
           shop_name_upper(arena, lastname, &person->lastname) == SHOP_OK &&
           shop_name_title(arena, firstname, &person->firstname) == SHOP_OK &&
           shop_name_upper(arena, city, &person->city) == SHOP_OK;
}


static shop_refusal_t participant_check(const shop_where_t *where, const shop_participant_t *p)
{
    const struct {
        const char *field;
        shop_str_t value;
    } typed[] = {{"lastname", p->lastname},
                 {"firstname", p->firstname},
                 {"city", p->city},
                 {"institution", p->institution}};

    for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
        if (shop_has_card_number(typed[i].value)) {
            return (shop_refusal_t){.key = "card_number", .field = typed[i].field};
        }
    }

    if (p->lastname.len == 0) {
        return (shop_refusal_t){.key = "participant_missing", .field = "lastname"};
    }

    if (p->firstname.len == 0) {
        return (shop_refusal_t){.key = "participant_missing", .field = "firstname"};
    }

    if (!shop_email_valid(p->email) || p->email.len > EMAIL_MAX) {
        return (shop_refusal_t){.key = "email_invalid", .field = "email"};
    }

    if (where->shop->user_phone_required && p->phone.len == 0) {
        return (shop_refusal_t){.key = "participant_missing", .field = "phone"};
    }

    if (where->shop->user_organisation_required && p->institution.len == 0) {
        return (shop_refusal_t){.key = "participant_missing", .field = "institution"};
    }

    return (shop_refusal_t){0};
}


static shop_status_t participant_room(shop_arena_t *arena, shop_cart_t *cart)
{
    size_t room = cart->participant_room > 0 ? cart->participant_room * 2 : 8;
    shop_participant_t *larger;

    if (cart->participant_count < cart->participant_room) {
        return SHOP_OK;
    }

    larger = shop_arena_calloc(arena, room * sizeof(*larger));
    if (larger == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (cart->participant_count > 0) {
        memcpy(larger, cart->participants, cart->participant_count * sizeof(*larger));
    }

    cart->participants = larger;
    cart->participant_room = room;

    return SHOP_OK;
}


shop_refusal_t shop_participant_remove(shop_cart_t *cart, shop_str_t email)
{
    shop_participant_t *person = shop_participant_find(cart, email);
    size_t at;

    if (person == NULL) {
        return (shop_refusal_t){.key = "participant_unknown"};
    }

    at = (size_t) (person - cart->participants);
    memmove(person, person + 1, (cart->participant_count - at - 1) * sizeof(*person));
    cart->participant_count--;

    for (size_t i = cart->assignment_count; i > 0; i--) {
        if (shop_str_eq_nocase(cart->assignments[i - 1].email, email)) {
            assignment_remove(cart, i - 1);
        }
    }

    return (shop_refusal_t){0};
}


static void assignment_remove(shop_cart_t *cart, size_t at)
{
    memmove(&cart->assignments[at], &cart->assignments[at + 1],
            (cart->assignment_count - at - 1) * sizeof(*cart->assignments));
    cart->assignment_count--;
}


shop_refusal_t shop_seat_assign(shop_cart_t *cart, const shop_where_t *where, shop_str_t shortname,
                                shop_str_t role, shop_str_t email)
{
    const shop_participant_t *person = shop_participant_find(cart, email);
    const shop_cart_line_t *line = shop_cart_line(cart, shortname);
    const shop_item_t *item = NULL;
    int64_t seats = line != NULL ? line_seats(where, line, &item) : 0;

    shop_refusal_t refusal = {0};

    if (person == NULL) {
        return (shop_refusal_t){.key = "participant_unknown"};
    }

    if (item == NULL || seats == 0) {
        return (shop_refusal_t){.key = "product_unknown"};
    }

    refusal.name = item->text[where->lang].name;

    if (!role_offered(item, role)) {
        refusal.key = "role_invalid";

    } else if (holds(cart, cart->assignment_count, item->shortname, role, email)) {
        refusal.key = "already_assigned";

    } else if (shop_seats_assigned(cart, item->shortname) >= seats) {
        refusal.key = "seats_full";

    } else if (assignment_room(cart) != SHOP_OK ||
               shop_arena_copy(cart->arena, role, &role) != SHOP_OK) {
        refusal.key = "trouble";
    }

    if (refusal.key == NULL) {
        cart->assignments[cart->assignment_count++] =
            (shop_assignment_t){item->shortname, role, person->email};
    }

    return refusal;
}


/* Among the first `count` assignments. */
static bool holds(const shop_cart_t *cart, size_t count, shop_str_t shortname, shop_str_t role,
                  shop_str_t email)
{
    for (size_t i = 0; i < count; i++) {
        if (shop_str_eq(cart->assignments[i].shortname, shortname) &&
            shop_str_eq(cart->assignments[i].role, role) &&
            shop_str_eq_nocase(cart->assignments[i].email, email)) {
            return true;
        }
    }

    return false;
}


static bool role_offered(const shop_item_t *item, shop_str_t role)
{
    for (size_t i = 0; i < item->role_count; i++) {
        if (shop_str_eq(item->roles[i], role)) {
            return true;
        }
    }

    return false;
}


static shop_status_t assignment_room(shop_cart_t *cart)
{
    size_t room = cart->assignment_room > 0 ? cart->assignment_room * 2 : 8;
    shop_assignment_t *larger;

    if (cart->assignment_count < cart->assignment_room) {
        return SHOP_OK;
    }

    larger = shop_arena_calloc(cart->arena, room * sizeof(*larger));
    if (larger == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (cart->assignment_count > 0) {
        memcpy(larger, cart->assignments, cart->assignment_count * sizeof(*larger));
    }

    cart->assignments = larger;
    cart->assignment_room = room;

    return SHOP_OK;
}


shop_refusal_t shop_seat_unassign(shop_cart_t *cart, shop_str_t shortname, shop_str_t role,
                                  shop_str_t email)
{
    for (size_t i = cart->assignment_count; i > 0; i--) {
        const shop_assignment_t *seat = &cart->assignments[i - 1];

        if (shop_str_eq_nocase(seat->shortname, shortname) && shop_str_eq(seat->role, role) &&
            shop_str_eq_nocase(seat->email, email)) {
            assignment_remove(cart, i - 1);
            return (shop_refusal_t){0};
        }
    }

    return (shop_refusal_t){.key = "participant_unknown"};
}


/* The catalogue may have changed since the seats were given: what no longer fits would be counted
 * and shown nowhere. The last ones go first. */
void shop_seats_tidy(shop_cart_t *cart, const shop_where_t *where)
{
    size_t kept = 0;

    for (size_t i = 0; i < cart->assignment_count; i++) {
        cart->assignments[kept] = cart->assignments[i];
        kept += fits(cart, where, kept);
    }

    cart->assignment_count = kept;
}


/* After the `at` that were kept. */
static bool fits(const shop_cart_t *cart, const shop_where_t *where, size_t at)
{
    const shop_assignment_t *seat = &cart->assignments[at];
    const shop_cart_line_t *line = shop_cart_line(cart, seat->shortname);
    const shop_item_t *item = NULL;
    int64_t seats = line != NULL ? line_seats(where, line, &item) : 0, taken = 0;

    for (size_t i = 0; i < at; i++) {
        taken += shop_str_eq(cart->assignments[i].shortname, seat->shortname);
    }

    return taken < seats && shop_str_eq(seat->shortname, item->shortname) &&
           role_offered(item, seat->role) && shop_participant_find(cart, seat->email) != NULL &&
           !holds(cart, at, seat->shortname, seat->role, seat->email);
}
