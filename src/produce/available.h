/*
 * May this visitor have a product, as its handler sees it (front-office.md 5.2, handlers.md 9): a
 * small conversation of reading steps, in the shapes of those that produce. Nothing is stored, and
 * nothing is tried again: what Moodle does not say is not known.
 *
 *   shop_available_begin -> while (not over): carry out the act -> shop_available_read
 *
 * Moodle knows the visitor by output `user` {id}; without it nobody in particular asks.
 */

#ifndef SHOP_PRODUCE_AVAILABLE_H
#define SHOP_PRODUCE_AVAILABLE_H

#include "produce/produce.h"

/* What is known: this, or the place of a reason (shop_available_reason). */
typedef enum {
    SHOP_AVAILABLE_UNKNOWN = 0,
    SHOP_AVAILABLE_YES,
    SHOP_AVAILABLE_NO /* for the first of the reasons; 8 bits hold them all */
} shop_available_e;

typedef struct {
    const shop_handler_t *handler;
    const json_t *params; /* {name: text} of the product */
    int64_t item;         /* for what the database knows */
    int64_t user;         /* in Moodle; 0: nobody in particular */
} shop_product_asked_t;

typedef struct {
    const shop_handler_t *handler;
    const shop_step_t *step;
    json_t *inputs, *outputs, *progress;
    const shop_site_t *site;
    int64_t now;
    unsigned acts;
    shop_act_t act;   /* SHOP_ACT_CALL or SHOP_ACT_ASK, to be carried out */
    unsigned verdict; /* when it is over */
} shop_available_t;

/* Does its answer depend on anything? */
bool shop_available_asks(const shop_handler_t *handler);
/* The key of why not, for texts "unavailable.<key>"; NULL: it is available, or not known. */
const char *shop_available_reason(unsigned verdict);

/* True: `act` is to be carried out and its answer read; false: it is over. */
bool shop_available_begin(shop_available_t *asked, const shop_product_asked_t *product,
                          const shop_site_t *site, int64_t now);
bool shop_available_read(shop_available_t *asked, const shop_answer_t *answer);
void shop_available_end(shop_available_t *asked); /* frees what it holds */

#endif
