/*
 * The test of a product before it is sold: its handler, its parameters, and with reading calls what
 * they name in Moodle (handlers.md 11, objects.md 16.6). Pure: questions out, answers in; nothing
 * in Moodle changes.
 *
 *   shop_test_begin -> while (shop_test_question): ask Moodle -> shop_test_answer -> shop_test_end
 */

#ifndef SHOP_PRODUCE_TEST_H
#define SHOP_PRODUCE_TEST_H

#include "produce/produce.h"
#include "shop/catalog.h"

/* A product as it would be sold. */
struct shop_test_s {
    shop_str_t handler;        /* its name; empty: none */
    const json_t *params;      /* {name: text} */
    const json_t *fields;      /* [name] of what is asked of the buyer */
    shop_str_t support_course; /* the shop's */
    bool renewable;
    bool anonymous;                   /* people who are not logged in may buy it */
    const shop_item_t *item;          /* as goods; NULL: only its production is tested */
    const shop_item_t *const *others; /* what else is sold beside it */
    size_t other_count;
    const json_t *trouble; /* [word] of what the check of the site found; NULL: nothing */
    const shop_site_t *site;
    int64_t now;
};

/* The run: {"messages": [{level, check, param, value}], …}. NULL: no memory. New reference. */
json_t *shop_test_begin(const shop_test_t *test);
/* The next call: false: none is left. What is given lives in `run`. */
bool shop_test_question(const json_t *run, const char **function, const json_t **arguments);
/* Its answer, of any class. */
void shop_test_answer(const shop_test_t *test, json_t *run, const shop_answer_t *answer);
const json_t *shop_test_messages(const json_t *run);

#endif
