/*
 * What the programs of this folder share: a world described by names, made into a snapshot; a cart
 * and its surroundings; the result of pricing it, as JSON.
 */

#ifndef SHOP_T_PRICE_H
#define SHOP_T_PRICE_H

#include "shop/selling.h"


/* --- world.c --- */

typedef struct {
    shop_heap_t *heap;
    shop_arena_t *arena;
    shop_snapshot_builder_t *builder;
    const shop_snapshot_t *snapshot;
    const json_t *names; /* the world it was made of; not owned */
} world_t;

/* Ends the program with a message when the world cannot be built. */
void world_make(world_t *world, const json_t *description);
void world_free(world_t *world);
/* The number of something in the snapshot: its place in its list, from 1; 0: it is not there. */
int64_t world_id(const json_t *description, const char *list, const char *name);
const char *world_name(const json_t *description, const char *list, int64_t id);
/* `change` over `base`, member by member; null takes a member away. A new reference. */
json_t *world_merge(const json_t *base, const json_t *change);


/* --- scene.c --- */

typedef struct {
    world_t *world;
    shop_visitor_t visitor;
    shop_figures_t *figures;
    json_t *answer; /* that the figures point into */
    shop_where_t where;
    shop_cart_t *cart;
    shop_totals_t totals;
    shop_status_t status;
    shop_refusal_t refusal; /* the first that the cart met */
    json_t *codes;          /* {code: "ok" or the key of the refusal} */
} scene_t;

void scene_play(scene_t *scene, world_t *world, const json_t *play);
void scene_free(scene_t *scene);


/* --- result.c --- */

/* A new reference. */
json_t *result_of(const scene_t *scene);
/* NULL: the sums hold; else what does not. */
const char *result_wrong(const scene_t *scene);

#endif
