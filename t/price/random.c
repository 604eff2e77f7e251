/*
 * price-random SEED COUNT: a random world as JSON on the first line, then one line for each random
 * cart with its price, and what holds for it (README.md, "Random carts"). t/price/random.t computes
 * the same in exact rationals.
 */

#include "price.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define ITEMS 40
#define SHOPS 12
#define STACK 8
#define LINES 6
#define CODES 3


static uint64_t state;


/* xorshift64*: the same everywhere. */
static unsigned pick(unsigned below)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;

    return (unsigned) (((state * 2685821657736338717u) >> 33) % below);
}


static json_t *decimal(unsigned whole, unsigned decimals)
{
    char text[32];
    unsigned scale = 1;

    for (unsigned i = 0; i < decimals; i++) {
        scale *= 10;
    }

    (void) snprintf(text, sizeof(text), "%u.%0*u", pick(whole), (int) decimals, pick(scale));

    return json_string(text);
}


/* --- the world --- */

static json_t *taxes(void)
{
    return json_pack("{s:{}, s:{}, s:{}, s:{s:s, s:s}, s:{s:s, s:s}}", "20", "5.5", "8.875", "eco",
                     "ratio", "0", "formula", "$ttc = $ht * 1.1 + 0.05", "step", "ratio", "10",
                     "formula", "$ttc = $ht > 50 ? $ht * (1 + $tr / 100) : $ht");
}


static const char *const tax_names[] = {"20", "5.5", "8.875", "eco", "step", ""};


static json_t *items(void)
{
    static const char *const prices[] = {"price1", "price2", "price3", "price4", "price5"};
    static const char *const ranges[] = {"range1", "range2", "range3", "range4"};
    json_t *list = json_object();

    for (unsigned i = 0; i < ITEMS; i++) {
        json_t *item = json_pack("{s:s}", "tax", tax_names[pick(6)]);
        unsigned tiers = 1 + pick(5), bound = 0;
        char name[16];

        for (unsigned n = 0; n < tiers; n++) {
            json_object_set_new(item, prices[n], decimal(i % 5 == 0 ? 2000 : 120, 1 + pick(3)));

            if (n + 1 < tiers) {
                bound += 1 + pick(12);
                json_object_set_new(item, ranges[n], json_integer(bound));
            }
        }

        (void) snprintf(name, sizeof(name), "ITEM%02u", i);
        json_object_set_new(list, name, item);
    }

    return list;
}


static json_t *item_list(void)
{
    char text[64];

    (void) snprintf(text, sizeof(text), "ITEM%02u,ITEM%02u\nITEM%02u", pick(ITEMS), pick(ITEMS),
                    pick(ITEMS));

    return json_string(text);
}


static json_t *rate(void)
{
    static const char *const rates[] = {"10", "5",  "2",   "12.5",    "33.3333", "100",
                                        "50", "60", "0.5", "66.6667", "17.25",   "1"};

    return json_string(rates[pick(sizeof(rates) / sizeof(rates[0]))]);
}


static json_t *discount(const char *shop)
{
    static const char *const operators[] = {"accumulate", "accumulate",
                                            "accumulate", "stopchainifapplies",
                                            "takeover",   "stopchainifnotapplies"};
    json_t *row =
        json_pack("{s:s, s:s, s:o}", "shop", shop, "operator", operators[pick(6)], "rate", rate());
    char code[8];

    switch (pick(4)) {
    case 0:
        json_object_set_new(row, "type", json_string("orderamount"));
        json_object_set_new(row, "rule", decimal(1500, 2));
        break;

    case 1:
        (void) snprintf(code, sizeof(code), "CODE%u", pick(CODES));
        json_object_set_new(row, "type", json_string("offercode"));
        json_object_set_new(row, "rule", json_string(code));
        break;

    default:
        json_object_set_new(row, "type", json_string("unconditional"));
    }

    if (pick(3) == 0) {
        json_object_set_new(row, "items", item_list());
    }

    return row;
}


static json_t *describe(void)
{
    static const char *const currencies[] = {"EUR", "JPY", "TND"};
    json_t *shops = json_object(), *discounts = json_object();
    char shop[16], name[32];

    for (unsigned i = 0; i < SHOPS; i++) {
        (void) snprintf(shop, sizeof(shop), "shop%02u", i);
        json_object_set_new(shops, shop,
                            json_pack("{s:s, s:b, s:b}", "currency", currencies[i % 3],
                                      "useshipping", i % 2, "allowtax", i != 7));

        for (unsigned n = 0; n < STACK; n++) {
            (void) snprintf(name, sizeof(name), "%s-%u", shop, n);
            json_object_set_new(discounts, name, discount(shop));
        }
    }

    return json_pack("{s:o, s:{s:{}}, s:o, s:o, s:o, s:{s:{s:s, s:s}, s:{s:s, s:s, s:s, s:s},"
                     " s:{s:s, s:s, s:{s:{s:s}, s:{s:s, s:s, s:s}}}}}",
                     "shops", shops, "catalogs", "main", "taxes", taxes(), "items", items(),
                     "discounts", discounts, "zones", "00", "rule", "([*][*])", "flat", "12.345",
                     "FR", "rule", "([FR][*])", "flat", "7.5", "tax", "20", "freeabove", "900",
                     "BE", "rule", "([BE][*])", "tax", "5.5", "items", "ITEM01", "value", "3.25",
                     "ITEM02", "formula", "$shp = $a * $q + $b", "a", "1.5", "b", "4");
}


/* --- the carts --- */

static json_t *random_cart(void)
{
    static const unsigned quantities[] = {1, 2, 3, 4, 5, 7, 9, 10, 12, 17, 25, 40};
    static const char *const countries[] = {"FR", "BE", "US"};
    json_t *cart = json_object(), *codes = json_array();
    char text[16];
    unsigned lines = 1 + pick(LINES);

    for (unsigned i = 0; i < lines; i++) {
        (void) snprintf(text, sizeof(text), "ITEM%02u", pick(ITEMS));
        json_object_set_new(cart, text, json_integer(quantities[pick(12)]));
    }

    (void) snprintf(text, sizeof(text), "CODE%u", pick(CODES + 2));
    json_array_append_new(codes, json_string(text));
    (void) snprintf(text, sizeof(text), "shop%02u", pick(SHOPS));

    return json_pack("{s:s, s:o, s:o, s:{s:s}}", "shop", text, "cart", cart, "entered", codes,
                     "customer", "country", countries[pick(3)]);
}


static bool same(const shop_totals_t *a, const shop_totals_t *b)
{
    return a->untaxed.e4 == b->untaxed.e4 && a->tax.e4 == b->tax.e4 && a->amount.e4 == b->amount.e4;
}


static void turn(shop_cart_t *cart)
{
    for (size_t i = 0, n = cart->line_count; i + 1 < n; i++, n--) {
        shop_cart_line_t line = cart->lines[i];

        cart->lines[i] = cart->lines[n - 1];
        cart->lines[n - 1] = line;
    }
}


/* A letter for each law that does not hold. */
static void check_laws(scene_t *scene, char out[8])
{
    shop_totals_t again = {0}, turned = {0}, less = {0};
    shop_arena_t *arena = scene->world->arena;
    size_t n = 0;
    bool priced;

    priced = shop_cart_totals(arena, scene->cart, &scene->where, &again) == SHOP_OK;
    turn(scene->cart);
    priced = priced && shop_cart_totals(arena, scene->cart, &scene->where, &turned) == SHOP_OK;
    turn(scene->cart);
    scene->cart->line_count--;
    priced = priced && shop_cart_totals(arena, scene->cart, &scene->where, &less) == SHOP_OK;
    scene->cart->line_count++;

    if (!priced || !same(&again, &scene->totals)) {
        out[n++] = 'd'; /* not the same twice */
    }

    if (!same(&turned, &scene->totals)) {
        out[n++] = 'o'; /* the order of the lines matters */
    }

    if (less.order_untaxed.e4 > scene->totals.order_untaxed.e4 ||
        less.order_taxed.e4 > scene->totals.order_taxed.e4) {
        out[n++] = 'l'; /* a line more has lowered the total */
    }

    if (result_wrong(scene) != NULL) {
        out[n++] = 's'; /* the sums do not hold */
    }

    out[n] = '\0';
}


static void print_scene(const scene_t *scene, const json_t *play, const char *laws)
{
    const shop_totals_t *t = &scene->totals;
    const char *code = json_string_value(json_array_get(json_object_get(play, "entered"), 0));

    printf("%s %s %s %s", json_string_value(json_object_get(play, "shop")),
           json_string_value(json_object_get(json_object_get(play, "customer"), "country")), code,
           laws[0] != '\0' ? laws : "-");

    for (size_t i = 0; i < t->line_count; i++) {
        printf(" l:%.*s:%" PRId64 ":%" PRId64 ":%" PRId64, (int) t->lines[i].item->code.len,
               t->lines[i].item->code.data, t->lines[i].quantity, t->lines[i].untaxed.e4,
               t->lines[i].taxed.e4);
    }

    for (size_t i = 0; i < t->discount_count; i++) {
        printf(" d:%" PRId64 ":%zu:%" PRId64 ":%" PRId64, t->discounts[i].discount,
               t->discounts[i].line, t->discounts[i].untaxed.e4, t->discounts[i].taxed.e4);
    }

    if (t->shipping.code.len > 0) {
        printf(" s:%" PRId64 ":%" PRId64, t->shipping.untaxed.e4, t->shipping.taxed.e4);
    }

    printf(" t:%" PRId64 ":%" PRId64 ":%" PRId64 "\n", t->untaxed.e4, t->tax.e4, t->amount.e4);
}


int main(int argc, char **argv)
{
    unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    json_t *description;
    world_t world = {0};

    state = argc > 1 ? strtoull(argv[1], NULL, 10) * 2 + 1 : 1;
    description = describe();
    (void) json_dumpf(description, stdout, JSON_COMPACT);
    putchar('\n');

    for (unsigned long i = 0; i < count; i++) {
        json_t *play = random_cart();
        char laws[8];
        scene_t scene;

        /* The arena only grows: a fresh one now and then. */
        if (i % 2000 == 0) {
            if (i > 0) {
                world_free(&world);
            }

            world_make(&world, description);
        }

        scene_play(&scene, &world, play);

        if (scene.status != SHOP_OK || scene.refusal.key != NULL) {
            (void) fprintf(stderr, "price-random: a cart was refused: %s\n",
                           scene.refusal.key != NULL ? scene.refusal.key : "status");
            return 1;
        }

        check_laws(&scene, laws);
        print_scene(&scene, play, laws);
        scene_free(&scene);
        json_decref(play);
    }

    if (count > 0) {
        world_free(&world);
    }

    json_decref(description);

    return 0;
}
