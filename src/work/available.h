/*
 * May this visitor have these products? What is known is kept for all workers in the zone
 * (available_cache.c); what is not is asked of Moodle in the background, behind the gate and in a
 * part of the few calls at once (available.c). While nothing is known everything is available:
 * those who produce look again.
 */

#ifndef SHOP_WORK_AVAILABLE_H
#define SHOP_WORK_AVAILABLE_H

#include "work/work.h"
#include "produce/available.h"


/* --- the table in the zone: zeroed when it is made --- */

#define SHOP_AVAILABLE_SETS 4096
#define SHOP_AVAILABLE_WAYS 4
#define SHOP_AVAILABLE_ASKING                                                                      \
    30 /* seconds that a question may take, before somebody asks again                             \
        */

typedef struct {
    ngx_atomic_t key;   /* product and account; 0: free */
    ngx_atomic_t state; /* until when (Unix seconds), whether it is being asked, what is known */
} shop_available_slot_t;

struct shop_available_cache_s {
    shop_available_slot_t slots[SHOP_AVAILABLE_SETS][SHOP_AVAILABLE_WAYS];
};

typedef struct {
    unsigned verdict; /* shop_available_e */
    bool due;         /* to be asked, for the first time or anew */
    bool asked;       /* somebody is asking */
    int64_t until;    /* 0: never asked */
} shop_available_known_t;

ngx_atomic_uint_t shop_available_key(int64_t item, int64_t user); /* 0: cannot be kept */
shop_available_known_t shop_available_look(shop_available_cache_t *cache, ngx_atomic_uint_t key,
                                           int64_t now);
/* It is being asked; `verdict` stays until there is an answer. */
void shop_available_claim(shop_available_cache_t *cache, ngx_atomic_uint_t key, unsigned verdict,
                          int64_t now);
void shop_available_store(shop_available_cache_t *cache, ngx_atomic_uint_t key, unsigned verdict,
                          int64_t until);


/* --- questions (available.c) --- */

/* What is known, shop_available_e; what is due is asked in the background. Never waits. */
unsigned shop_available(shop_work_t *work, const shop_product_asked_t *product);

#define SHOP_AVAILABLE_AS_KEPT (-1) /* as old as an answer may be */

/* Would it have to be asked, to know it as of at most `age` seconds ago? False also when nobody can
 * be asked now. */
bool shop_available_wanted(shop_work_t *work, const shop_product_asked_t *product, int64_t age);
/* Asks about those that are wanted. The operation ends when all of them have been answered, or
 * could not be; what is known then says shop_available(). */
void shop_available_wait(shop_work_t *work, shop_op_t *op, const shop_product_asked_t *products,
                         size_t count, int64_t age);

#endif
