/*
 * The questions that a product asks (objects.md 5.9), read from their JSON.
 */

#ifndef SHOP_REQUIRED_H
#define SHOP_REQUIRED_H

#include "shop/shop.h"


#define SHOP_FIELDS_MAX 40
#define SHOP_FIELD_NAME_MAX 64

/* `definition`: an array of descriptors, an object whose values are descriptors, or a text of
 * either. SHOP_MALFORMED: it is none of these, or a descriptor is wrong; SHOP_LIMIT: too many. The
 * fields point into `definition` and into *kept, a new reference that the caller releases in any
 * case (NULL: nothing to keep). */
SHOP_MUST_USE shop_status_t shop_required_parse(shop_arena_t *arena, json_t *definition,
                                                shop_field_t **fields, size_t *count,
                                                json_t **kept);
/* The same questions in the same order, whatever their words: an answer to one serves the other. */
bool shop_required_same(const shop_field_t *a, size_t a_count, const shop_field_t *b,
                        size_t b_count);

#endif
