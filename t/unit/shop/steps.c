/*
 * The steps of a purchase: their lists, and where every request leads in every state of a cart.
 */

#include "world.h"


#define SHOP(id, alias, steps, more)                                                               \
    "{'kind': 'shop', 'id': " #id ", 'alias': '" alias "', 'currency': 'EUR', 'catalogid': 1, "    \
    "'navsteps': '" steps "'" more "},"
#define END "order,payment,produce,invoice"

/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    SHOP(11, "turned", "shop,customer,users,purchaserequ," END, "")
    SHOP(12, "short", "shop,customer," END, "")
    SHOP(13, "known", "shop,purchaserequ,users," END, "")
    SHOP(14, "late", STEPS_ALL, ", 'allow_late_assignment': true")
    SHOP(15, "wrong", "order,shop", "")
    SHOP(16, "none", "", "")
    WORLD_ITEM(1, "quiet") ", 'price1': '1'},"
    WORLD_ITEM(2, "asks") ", 'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(3, "seats") ", 'quantaddressesusers': 2},"
    WORLD_ITEM(4, "both") ", 'quantaddressesusers': 1, "
        "'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},";
/* clang-format on */

static const char *const shops[] = {"main", "turned", "short", "known", "late", "wrong", "none"};


/* --- lists (objects.md 2.3, front-office.md 3.1) --- */

static void check_lists(void)
{
    static const struct {
        const char *list;
        bool valid;
    } cases[] = {
        {STEPS_ALL, true},
        {"shop," END, true},
        {"shop,customer," END, true},
        {"shop,users,customer," END, true},
        {"shop,customer,users,purchaserequ," END, true},
        {" shop , customer , order,payment ,produce, invoice ", true},
        {"", false},
        {"shop", false},
        {END, false},
        {"customer,shop," END, false},
        {"shop,shop," END, false},
        {"shop,customer,customer," END, false},
        {"shop,delivery," END, false},
        {"shop,," END, false},
        {"shop,Customer," END, false},
        {"shop,order,customer,payment,produce,invoice", false},
        {"shop,customer,order,payment,invoice,produce", false},
        {"shop,customer,payment,order,produce,invoice", false},
        {"shop,customer,order,payment,produce", false},
        {"shop," END ",customer", false},
        {STEPS_ALL ",shop", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *problem = shop_steps_check(shop_str(cases[i].list));

        ok((problem == NULL) == cases[i].valid, "\"%s\" is%s a list: %s", cases[i].list,
           cases[i].valid ? "" : " not", problem != NULL ? problem : "good");
    }
}


static void check_names(void)
{
    shop_step_e step;

    for (shop_step_e s = SHOP_STEP_SHOP; s < SHOP_STEP_COUNT; s++) {
        ok(shop_step_parse(shop_str(shop_step_name(s)), &step) && step == s, "%s",
           shop_step_name(s));
    }

    ok(!shop_step_parse(SHOP_STR("bill"), &step), "another is none");
    ok(!shop_step_parse(SHOP_STR(""), &step), "nor is nothing");
}


/* --- states: what the cart holds, and how far it is --- */

typedef struct {
    const char *item; /* NULL: the cart is empty */
    bool answered;
    bool seated;
    bool customer;
    bool launched;
} state_t;

#define STATES (5 * 16)


static state_t state_of(int number)
{
    static const char *const items[] = {NULL, "quiet", "asks", "seats", "both"};

    return (state_t){items[number / 16], (number & 1) != 0, (number & 2) != 0, (number & 4) != 0,
                     (number & 8) != 0};
}


static bool asks(const state_t *s)
{
    return s->item != NULL && (strcmp(s->item, "asks") == 0 || strcmp(s->item, "both") == 0);
}


static bool seats(const state_t *s)
{
    return s->item != NULL && (strcmp(s->item, "seats") == 0 || strcmp(s->item, "both") == 0);
}


static void enter(world_t *world, const state_t *state)
{
    static shop_given_t given = {
        .element = SHOP_STR(""), .field = SHOP_STR("f"), .value = SHOP_STR("v")};
    static shop_participant_t person = {.email = SHOP_STR("a@x.org")};
    static shop_assignment_t seat;
    shop_cart_t *cart = shop_cart_create(world->arena);

    world->cart = cart;
    cart->customer_valid = state->customer;
    cart->launched = state->launched;

    if (state->item == NULL) {
        return;
    }

    cart->lines[0] = (shop_cart_line_t){.shortname = shop_str(state->item), .quantity = 1};
    cart->line_count = 1;

    if (state->answered) {
        cart->lines[0].given = &given;
        cart->lines[0].given_count = 1;
    }

    if (state->seated) {
        seat = (shop_assignment_t){shop_str(state->item), SHOP_STR("student"), SHOP_STR("a@x.org")};
        cart->participants = &person;
        cart->assignments = &seat;
        cart->participant_count = cart->assignment_count = 1;
    }
}


/* --- what must come out, written down once more from the specification --- */

static bool listed(const char *shop, shop_step_e step)
{
    if (strcmp(shop, "short") == 0) {
        return step != SHOP_STEP_PURCHASEREQU && step != SHOP_STEP_USERS;
    }

    return strcmp(shop, "known") != 0 || step != SHOP_STEP_CUSTOMER;
}


/* The place of a step in the list of a shop. */
static int place(const char *shop, shop_step_e step)
{
    static const int turned[] = {0, 3, 2, 1, 4, 5, 6, 7};

    return strcmp(shop, "turned") == 0 ? turned[step] : (int) step;
}


static bool needed(const char *shop, const state_t *s, shop_step_e step)
{
    return listed(shop, step) && (step != SHOP_STEP_PURCHASEREQU || asks(s)) &&
           (step != SHOP_STEP_USERS || seats(s));
}


static bool done(const char *shop, const state_t *s, shop_step_e step)
{
    switch (step) {
    case SHOP_STEP_SHOP:
        return s->item != NULL && (listed(shop, SHOP_STEP_CUSTOMER) || s->customer);

    case SHOP_STEP_PURCHASEREQU:
        return s->answered;

    case SHOP_STEP_USERS:
        return s->seated || strcmp(shop, "late") == 0;

    case SHOP_STEP_CUSTOMER:
        return s->customer;

    case SHOP_STEP_ORDER:
    case SHOP_STEP_PAYMENT:
        return s->launched;

    default:
        return true;
    }
}


static shop_step_e step_at(const char *shop, int at)
{
    for (shop_step_e step = SHOP_STEP_SHOP; step < SHOP_STEP_COUNT; step++) {
        if (place(shop, step) == at) {
            return step;
        }
    }

    return SHOP_STEP_COUNT;
}


static shop_step_e neighbour(const char *shop, const state_t *s, shop_step_e step, int direction)
{
    for (int at = place(shop, step) + direction; at >= 0 && at < SHOP_STEP_COUNT; at += direction) {
        if (needed(shop, s, step_at(shop, at))) {
            return step_at(shop, at);
        }
    }

    return SHOP_STEP_SHOP;
}


static shop_step_e guarded(const char *shop, const state_t *s, shop_step_e wanted)
{
    for (int at = 0; at < SHOP_STEP_COUNT; at++) {
        shop_step_e step = step_at(shop, at);

        if (step == wanted && listed(shop, wanted)) {
            break;
        }

        if (needed(shop, s, step) && !done(shop, s, step)) {
            return step;
        }
    }

    return needed(shop, s, wanted) ? wanted
           : listed(shop, wanted)  ? neighbour(shop, s, wanted, 1)
                                   : SHOP_STEP_SHOP;
}


/* Every request in every state of every shop. */
static void check_all(world_t *world)
{
    for (size_t i = 0; i < COUNT(shops); i++) {
        for (shop_step_e step = SHOP_STEP_SHOP; step < SHOP_STEP_COUNT; step++) {
            int wrong_guard = 0, wrong_next = 0, wrong_previous = 0, wrong_skip = 0;

            world_choose(world, shops[i]);

            for (int number = 0; number < STATES; number++) {
                state_t state = state_of(number);

                enter(world, &state);
                wrong_guard += shop_step_guard(world->cart, &world->where, step) !=
                               guarded(shops[i], &state, step);

                if (!listed(shops[i], step)) {
                    wrong_next +=
                        shop_step_next(world->cart, &world->where, step) != SHOP_STEP_SHOP;
                    wrong_previous +=
                        shop_step_previous(world->cart, &world->where, step) != SHOP_STEP_SHOP;
                    continue;
                }

                wrong_next += shop_step_next(world->cart, &world->where, step) !=
                              neighbour(shops[i], &state, step, 1);
                wrong_previous += shop_step_previous(world->cart, &world->where, step) !=
                                  neighbour(shops[i], &state, step, -1);
                wrong_skip += shop_step_skipped(world->cart, &world->where, step) ==
                              needed(shops[i], &state, step);
            }

            ok(wrong_guard + wrong_next + wrong_previous + wrong_skip == 0,
               "%s, %s: guard, next, previous, skipped in %d states (wrong: %d %d %d %d)", shops[i],
               shop_step_name(step), STATES, wrong_guard, wrong_next, wrong_previous, wrong_skip);
        }
    }
}


/* Where the guard leads one may stay: no request turns in circles. */
static void check_no_circles(world_t *world)
{
    int circles = 0, skipped = 0;

    for (size_t i = 0; i < COUNT(shops); i++) {
        world_choose(world, shops[i]);

        for (int n = 0; n < STATES * SHOP_STEP_COUNT; n++) {
            state_t state = state_of(n / SHOP_STEP_COUNT);
            shop_step_e first;

            enter(world, &state);
            first =
                shop_step_guard(world->cart, &world->where, (shop_step_e) (n % SHOP_STEP_COUNT));
            circles += shop_step_guard(world->cart, &world->where, first) != first;
            skipped += shop_step_skipped(world->cart, &world->where, first);
        }
    }

    is_int(circles, 0, "the guard leads to where it lets in");
    is_int(skipped, 0, "never to a step that has nothing to ask");
}


/* Some of them by hand, as a visitor meets them. */
static void check_by_hand(world_t *world)
{
    static const struct {
        const char *shop;
        state_t state;
        shop_step_e wanted;
        shop_step_e led;
    } cases[] = {
        {"main", {NULL, 0, 0, 0, 0}, SHOP_STEP_CUSTOMER, SHOP_STEP_SHOP},
        {"main", {NULL, 0, 0, 1, 1}, SHOP_STEP_PAYMENT, SHOP_STEP_SHOP},
        {"main", {"quiet", 0, 0, 0, 0}, SHOP_STEP_CUSTOMER, SHOP_STEP_CUSTOMER},
        {"main", {"quiet", 0, 0, 0, 0}, SHOP_STEP_ORDER, SHOP_STEP_CUSTOMER},
        {"main", {"quiet", 0, 0, 0, 0}, SHOP_STEP_PURCHASEREQU, SHOP_STEP_CUSTOMER},
        {"main", {"quiet", 0, 0, 1, 0}, SHOP_STEP_ORDER, SHOP_STEP_ORDER},
        {"main", {"quiet", 0, 0, 1, 0}, SHOP_STEP_PAYMENT, SHOP_STEP_ORDER},
        {"main", {"quiet", 0, 0, 1, 1}, SHOP_STEP_PAYMENT, SHOP_STEP_PAYMENT},
        {"main", {"seats", 0, 0, 1, 0}, SHOP_STEP_ORDER, SHOP_STEP_USERS},
        {"main", {"both", 0, 1, 1, 0}, SHOP_STEP_ORDER, SHOP_STEP_PURCHASEREQU},
        {"main", {"both", 1, 0, 1, 0}, SHOP_STEP_CUSTOMER, SHOP_STEP_USERS},
        {"main", {"both", 1, 1, 1, 0}, SHOP_STEP_SHOP, SHOP_STEP_SHOP},
        {"turned", {"seats", 0, 0, 0, 0}, SHOP_STEP_USERS, SHOP_STEP_CUSTOMER},
        {"late", {"seats", 0, 0, 1, 0}, SHOP_STEP_ORDER, SHOP_STEP_ORDER},
        {"known", {"quiet", 0, 0, 0, 0}, SHOP_STEP_ORDER, SHOP_STEP_SHOP},
        {"known", {"quiet", 0, 0, 1, 0}, SHOP_STEP_ORDER, SHOP_STEP_ORDER},
        {"known", {"quiet", 0, 0, 1, 0}, SHOP_STEP_CUSTOMER, SHOP_STEP_ORDER},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        world_choose(world, cases[i].shop);
        enter(world, &cases[i].state);
        is_str(
            shop_str(shop_step_name(shop_step_guard(world->cart, &world->where, cases[i].wanted))),
            shop_step_name(cases[i].led), shop_step_name(cases[i].wanted));
    }
}


static void check_identity(world_t *world)
{
    const state_t unknown = {"quiet", 0, 0, 0, 0}, known = {"quiet", 0, 0, 1, 0};

    world_choose(world, "known");
    enter(world, &unknown);
    ok(shop_step_asks_identity(world->cart, &world->where), "nothing asks who buys: log in first");
    enter(world, &known);
    ok(!shop_step_asks_identity(world->cart, &world->where), "who is known goes on");
    world_choose(world, "main");
    enter(world, &unknown);
    ok(!shop_step_asks_identity(world->cart, &world->where), "elsewhere a step asks");
}


static void check_progress(world_t *world)
{
    static const struct {
        const char *shop;
        state_t state;
        shop_step_e current;
        const char *progress; /* done, Current, todo, x: nothing to ask */
    } cases[] = {
        {"main", {"quiet", 0, 0, 0, 0}, SHOP_STEP_SHOP, "Cxxttttt"},
        {"main", {"quiet", 0, 0, 0, 0}, SHOP_STEP_CUSTOMER, "dxxCtttt"},
        {"main", {"both", 0, 0, 0, 0}, SHOP_STEP_USERS, "ddCttttt"},
        {"main", {"asks", 1, 0, 1, 1}, SHOP_STEP_PRODUCE, "ddxdddCt"},
        {"short", {"quiet", 0, 0, 0, 0}, SHOP_STEP_ORDER, "ddCttt"},
        {"turned", {"seats", 0, 0, 0, 0}, SHOP_STEP_USERS, "ddCxtttt"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_progress_t progress[SHOP_STEP_COUNT];
        char text[SHOP_STEP_COUNT + 1] = "";
        size_t count;

        world_choose(world, cases[i].shop);
        enter(world, &cases[i].state);
        count = shop_steps_progress(world->cart, &world->where, cases[i].current, progress);

        for (size_t n = 0; n < count; n++) {
            text[n] = "dCtx"[progress[n].state];
        }

        is_str(shop_str(text), cases[i].progress, cases[i].shop);
    }
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_lists();
    check_names();
    check_all(&world);
    check_no_circles(&world);
    check_by_hand(&world);
    check_identity(&world);
    check_progress(&world);
    world_close(&world);

    return done_testing();
}
