/*
 * bench-price PRODUCTS COUNT: prices a cart of 50 lines under a stack of 20 discounts COUNT times,
 * in a catalogue of so many products; prints microseconds for one, and what that has allocated.
 */

#include "../price/price.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>


#define LINES 50
#define STACK 20
#define ROOM (1024 * 1024)


/* An arena as the module's are: blocks are there, what is given out is counted. */
typedef struct {
    unsigned char *block;
    size_t used;
    size_t calls;
} counted_t;


static void *counted_alloc(void *owner, size_t size)
{
    counted_t *counted = owner;
    size_t at = (counted->used + 15) & ~(size_t) 15;

    if (at + size > ROOM) {
        return NULL;
    }

    counted->used = at + size;
    counted->calls++;

    return counted->block + at;
}


static void add(json_t *list, unsigned n, json_t *entry)
{
    char name[16];

    (void) snprintf(name, sizeof(name), "ITEM%05u", n);
    json_object_set_new(list, name, entry);
}


static json_t *items(unsigned products)
{
    static const char *const taxes[] = {"20", "5.5", "8.875"};
    json_t *list = json_object();

    for (unsigned i = 0; i < products; i++) {
        char price[16];

        (void) snprintf(price, sizeof(price), "%u.%03u", 10 + i % 90, i % 1000);
        add(list, i,
            json_pack("{s:s, s:i, s:s, s:s}", "price1", price, "range1", 5, "price2", "9.5", "tax",
                      taxes[i % 3]));
    }

    return list;
}


/* A quarter each: always, for listed products, from an amount on, by a code. */
static json_t *discounts(void)
{
    json_t *list = json_object();
    char name[16];

    for (unsigned i = 0; i < STACK; i++) {
        json_t *row = json_pack("{s:s}", "rate", i % 2 == 0 ? "1.5" : "2");

        if (i % 4 == 1) {
            json_object_set_new(row, "items",
                                json_string("ITEM00001, ITEM00007, ITEM00013, ITEM00021"));
        } else if (i % 4 == 2) {
            json_object_set_new(row, "type", json_string("orderamount"));
            json_object_set_new(row, "rule", json_string("500"));
        } else if (i % 4 == 3) {
            json_object_set_new(row, "type", json_string("offercode"));
            json_object_set_new(row, "rule", json_string("SPRING"));
        }

        (void) snprintf(name, sizeof(name), "D%02u", i);
        json_object_set_new(list, name, row);
    }

    return list;
}


static json_t *cart(void)
{
    json_t *lines = json_object();

    for (unsigned i = 0; i < LINES; i++) {
        add(lines, i, json_integer(1 + i % 9));
    }

    return json_pack("{s:o, s:[s], s:{s:s}}", "cart", lines, "entered", "SPRING", "customer",
                     "country", "FR");
}


static json_t *world_of(unsigned products)
{
    return json_pack(
        "{s:{s:{s:b}}, s:{s:{}}, s:{s:{}, s:{}, s:{}}, s:o, s:o, s:{s:{s:s, s:s, s:s}}}", "shops",
        "main", "useshipping", 1, "catalogs", "main", "taxes", "20", "5.5", "8.875", "items",
        items(products), "discounts", discounts(), "zones", "FR", "rule", "([FR][*])", "flat",
        "7.5", "tax", "20");
}


static double seconds(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);

    return (double) ts.tv_sec + (double) ts.tv_nsec / 1e9;
}


static void measure(scene_t *scene, unsigned long count)
{
    counted_t counted = {.block = malloc(ROOM)};
    shop_arena_t arena = {counted_alloc, &counted};
    shop_totals_t totals = {0};
    double begin = seconds();

    for (unsigned long i = 0; i < count; i++) {
        counted.used = counted.calls = 0;

        if (shop_cart_totals(&arena, scene->cart, &scene->where, &totals) != SHOP_OK) {
            (void) fprintf(stderr, "bench-price: the cart has no price\n");
            exit(1);
        }
    }

    printf("%.2f us, %zu allocations, %zu bytes, %zu lines, %zu discounts agreed, amount %" PRId64
           "\n",
           (seconds() - begin) * 1e6 / (double) count, counted.calls, counted.used,
           totals.line_count, totals.agreed_count, totals.amount.e4);
    free(counted.block);
}


int main(int argc, char **argv)
{
    unsigned products = argc > 1 ? (unsigned) strtoul(argv[1], NULL, 10) : 100;
    json_t *description = world_of(products), *play = cart();
    world_t world = {0};
    scene_t scene;

    world_make(&world, description);
    scene_play(&scene, &world, play);
    measure(&scene, argc > 2 ? strtoul(argv[2], NULL, 10) : 10000);
    scene_free(&scene);
    json_decref(play);
    json_decref(description);
    world_free(&world);

    return 0;
}
