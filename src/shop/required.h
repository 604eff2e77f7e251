/*
 * The questions that a product asks (objects.md 5.9), read from their JSON.
 */

#ifndef SHOP_REQUIRED_H
#define SHOP_REQUIRED_H

#include "shop/shop.h"


#define SHOP_FIELDS_MAX 40

/* `definition`: an array of descriptors, an object whose values are descriptors, or a text of either.
 * SHOP_MALFORMED: it is none of these, or a descriptor is wrong. *kept is a new reference that the
 * fields point into (NULL: they point into `definition`). */
SHOP_MUST_USE shop_status_t shop_required_parse(shop_arena_t *arena, json_t *definition,
                                                shop_field_t **fields, size_t *count,
                                                json_t **kept);

#endif
