/*
 * Every rule with the first, the second, … allocation failing, in our memory and in that of the
 * JSON library: an error each time, never half a result, nothing lost.
 */

#include "order.h"


typedef enum { DONE, FAILED, WRONG } outcome_e;

/* What is tried: `arena` may fail, and so may the JSON library. */
typedef outcome_e (*attempt_pt)(order_t *order, shop_arena_t *arena);

static long json_left = -1; /* allocations of the JSON library that still succeed; negative: all */
static long json_live;


static void *json_malloc(size_t size)
{
    if (json_left == 0) {
        return NULL;
    }

    json_left -= json_left > 0;
    json_live++;

    return malloc(size);
}


static void json_free(void *p)
{
    json_live -= p != NULL;
    free(p);
}


static outcome_e by_status(shop_status_t status)
{
    return status == SHOP_OK ? DONE : status == SHOP_NO_MEMORY ? FAILED : WRONG;
}


static outcome_e by_key(shop_refusal_t refusal)
{
    return refusal.key == NULL ? DONE : strcmp(refusal.key, "trouble") == 0 ? FAILED : WRONG;
}


/* A slave with a local copy, and questions that are texts: what a snapshot allocates most for. */
/* clang-format off */
static const char more[] =
    "{'kind': 'shop', 'id': 21, 'alias': 'swiss', 'currency': 'CHF', 'catalogid': 2},"
    "{'kind': 'catalog', 'id': 2, 'groupid': 1, 'name': 'Slave'},"
    WORLD_ITEM(30, "copied") ", 'requireddata': '[]', 'price1': '1'},"
    "{'kind': 'item', 'id': 31, 'catalogid': 2, 'code': 'copied', 'shortname': 'copied', "
        "'name': 'C', 'image': 'c.svg', 'status': 'AVAILABLE', 'requireddata': "
        "'[{\\\"field\\\":\\\"f\\\",\\\"label\\\":\\\"L\\\",\\\"type\\\":\\\"text\\\","
        "\\\"attrs\\\":{\\\"size\\\":9}}]'},";
/* clang-format on */


/* --- what is tried --- */

static json_t *all_rows;


static outcome_e try_snapshot(order_t *order, shop_arena_t *arena)
{
    shop_snapshot_builder_t *builder = shop_snapshot_builder_create(arena);
    const shop_shop_t *shop;
    outcome_e outcome;

    (void) order;

    if (builder == NULL) {
        return FAILED;
    }

    outcome = by_status(world_build(builder, all_rows, 2));

    if (outcome == DONE) {
        shop = shop_find_shop(shop_snapshot_of(builder), SHOP_STR("swiss"));

        if (shop == NULL ||
            shop_find_item(shop_snapshot_of(builder), shop, SHOP_STR("copied")) == NULL) {
            outcome = WRONG;
        }
    }

    shop_snapshot_release(builder);

    return outcome;
}


static shop_str_t stored; /* the cart of the order as text */


static outcome_e try_parse(order_t *order, shop_arena_t *arena)
{
    shop_cart_t *cart = NULL;
    shop_status_t status = shop_cart_parse(arena, stored, &cart);
    outcome_e outcome = by_status(status);

    (void) order;

    /* The library has no word of its own for want of memory. */
    if (outcome == FAILED || (status == SHOP_MALFORMED && json_left == 0)) {
        return cart == NULL ? FAILED : WRONG;
    }

    return cart != NULL && cart->line_count == 2 && cart->participant_count == 2 &&
                   cart->assignment_count == 2 && cart->lines[0].given_count == 4 &&
                   cart->transid.len == 30
               ? outcome
               : WRONG;
}


static outcome_e try_dump(order_t *order, shop_arena_t *arena)
{
    shop_str_t text = SHOP_STR("");
    outcome_e outcome = by_status(shop_cart_dump(arena, order->world.cart, &text));

    return outcome == DONE && !shop_str_eq(text, stored) ? WRONG : outcome;
}


static outcome_e try_price(order_t *order, shop_arena_t *arena)
{
    shop_totals_t totals = {0};
    outcome_e outcome =
        by_status(shop_cart_price(arena, order->world.cart, &order->world.where, &totals));

    return outcome == DONE && totals.amount.e4 != 2932800 ? WRONG : outcome;
}


static outcome_e try_terms(order_t *order, shop_arena_t *arena)
{
    shop_terms_t terms;
    outcome_e outcome =
        by_status(shop_terms_assemble(arena, order->world.cart, &order->world.where, &terms));

    return outcome == DONE && !shop_terms_accepted(order->world.cart, &terms) ? WRONG : outcome;
}


static shop_str_t fingerprint; /* of the order when nothing fails */


static outcome_e try_request(order_t *order, shop_arena_t *arena)
{
    json_t *json = shop_order_request(arena, &order->in);
    outcome_e outcome;

    if (json == NULL) {
        return FAILED;
    }

    outcome = shop_str_eq(shop_json_text(json, "fingerprint"), fingerprint) &&
                      json_object_size(json) == 23
                  ? DONE
                  : WRONG;
    json_decref(json);

    return outcome;
}


/* The cart is a copy: what was stored before must not disturb what is tried next. */
static shop_cart_t *copy_cart(order_t *order, shop_arena_t *arena)
{
    shop_cart_t *cart = shop_arena_alloc(order->world.arena, sizeof(*cart));

    *cart = *order->world.cart;
    cart->arena = arena;

    return cart;
}


static outcome_e try_answers(order_t *order, shop_arena_t *arena)
{
    shop_form_t form =
        world_form(&order->world, "course/goal0=A&course/goal1=B&part1/x0=1&more=less");
    shop_cart_t *cart = copy_cart(order, arena);
    shop_refusal_t errors[8];
    size_t count;

    for (size_t i = 0; i < cart->line_count; i++) {
        cart->lines[i].given = NULL;
        cart->lines[i].given_count = cart->lines[i].given_room = 0;
    }

    count = shop_required_collect(arena, cart, &order->world.where, &form, errors, 8);

    for (size_t i = 0; i < count; i++) {
        if (by_key(errors[i]) != FAILED) {
            return WRONG;
        }
    }

    if (count == 0) {
        cart->arena = order->world.arena;
        return shop_required_complete(cart, &order->world.where) ? DONE : WRONG;
    }

    return FAILED;
}


static outcome_e try_complete(order_t *order, shop_arena_t *arena)
{
    shop_cart_t *cart = copy_cart(order, arena);

    return shop_required_complete(cart, &order->world.where) ? DONE : FAILED;
}


static outcome_e try_people(order_t *order, shop_arena_t *arena)
{
    shop_form_t form = world_form(&order->world, "lastname=New&firstname=One&email=new@x.org");
    shop_cart_t *cart = copy_cart(order, arena);
    outcome_e outcome;

    cart->participants = NULL;
    cart->participant_count = cart->participant_room = 0;
    outcome = by_key(shop_participant_add(arena, cart, &order->world.where, &form));

    return cart->participant_count == (outcome == DONE) ? outcome : WRONG;
}


static outcome_e try_seat(order_t *order, shop_arena_t *arena)
{
    shop_cart_t *cart = copy_cart(order, arena);
    outcome_e outcome;

    cart->assignments = NULL;
    cart->assignment_count = cart->assignment_room = 0;
    outcome = by_key(shop_seat_assign(cart, &order->world.where, SHOP_STR("course"),
                                      SHOP_STR("student"), SHOP_STR("bob@x.org")));

    return cart->assignment_count == (outcome == DONE) ? outcome : WRONG;
}


static outcome_e try_customer(order_t *order, shop_arena_t *arena)
{
    shop_form_t form = world_form(&order->world, "lastname=Doe&firstname=Jane&email=j@x.org"
                                                 "&city=Lyon&country=FR&address=1&zip=2");
    shop_cart_t *cart = copy_cart(order, arena);
    shop_refusal_t errors[8];
    size_t count = shop_customer_collect(arena, cart, &order->world.where, &form, errors, 8);

    return count == 0 ? DONE : count == 1 ? by_key(errors[0]) : WRONG;
}


static outcome_e try_check(order_t *order, shop_arena_t *arena)
{
    shop_cart_t *cart = copy_cart(order, arena);
    shop_order_in_t in = order->in;
    shop_step_e step;

    in.cart = cart;

    /* Without memory it cannot be seen that all questions are answered. */
    return shop_order_check(&in, &step).key == NULL ? DONE
           : step == SHOP_STEP_PURCHASEREQU         ? FAILED
                                                    : WRONG;
}


static const struct {
    const char *name;
    attempt_pt attempt;
    bool json; /* has the JSON library allocate */
} attempts[] = {
    {"a snapshot is built", try_snapshot, true},  {"a cart is read", try_parse, true},
    {"a cart is written", try_dump, false},       {"a cart is priced", try_price, false},
    {"terms are assembled", try_terms, false},    {"an order is made", try_request, true},
    {"answers are taken", try_answers, false},    {"answers are looked at", try_complete, false},
    {"a person is added", try_people, false},     {"a seat is given", try_seat, false},
    {"a customer is taken", try_customer, false}, {"an order is checked", try_check, false},
};


/* Until nothing fails any more. */
static void torture(order_t *order, size_t which, bool json)
{
    outcome_e outcome = FAILED;
    long n = 0, lost = 0;

    for (; outcome == FAILED && n < 5000; n++) {
        shop_heap_t *heap = shop_heap_create(json ? -1 : n);
        long live = json_live;

        json_left = json ? n : -1;
        outcome = attempts[which].attempt(order, shop_heap_arena(heap));
        json_left = -1;
        lost += json_live != live;
        shop_heap_destroy(heap);
    }

    ok(outcome == DONE && n > 1, "%s: whole after %ld clean failures of %s", attempts[which].name,
       n - 1, json ? "JSON" : "memory");
    is_int(lost, 0, "nothing was lost");
}


static void prepare(order_t *order)
{
    char text[sizeof(order_rows) + sizeof(more) + 32];
    json_t *json;

    order_open(order);
    (void) snprintf(text, sizeof(text), "[%s%s{'kind': 'none'}]", order_rows, more);
    all_rows = world_json(text);

    json = shop_order_request(order->world.arena, &order->in);

    if (json == NULL || shop_cart_dump(order->world.arena, order->world.cart, &stored) != SHOP_OK ||
        shop_arena_copy(order->world.arena, shop_json_text(json, "fingerprint"), &fingerprint) !=
            SHOP_OK) {
        printf("Bail out! nothing to torture\n");
        exit(EXIT_FAILURE);
    }

    json_decref(json);
}


int main(void)
{
    order_t order;

    json_set_alloc_funcs(json_malloc, json_free);
    prepare(&order);

    for (size_t i = 0; i < COUNT(attempts); i++) {
        torture(&order, i, false);

        if (attempts[i].json) {
            torture(&order, i, true);
        }
    }

    json_decref(all_rows);
    order_close(&order);
    is_int(json_live, 0, "nothing is left");

    return done_testing();
}
