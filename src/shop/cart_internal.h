/*
 * What reading and writing a stored cart share: its bound, and which members of a document are
 * which texts of a cart.
 */

#ifndef SHOP_CART_INTERNAL_H
#define SHOP_CART_INTERNAL_H

#include "shop/shop_internal.h"

#define SHOP_CART_TEXT_MAX (1024 * 1024)

typedef struct {
    const char *name;
    size_t offset; /* of a shop_str_t */
} shop_member_t;

/* Each ends with a row without a name. */
extern const shop_member_t shop_person_members[];
extern const shop_member_t shop_customer_members[];
extern const shop_member_t shop_invoice_members[];
extern const shop_member_t shop_cart_members[];

#endif
