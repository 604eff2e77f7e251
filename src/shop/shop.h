/*
 * The rules of commerce: catalogue, cart, prices, steps, seats, customers, terms, orders.
 *
 * Pure: the snapshot of the catalogue, the cart, the visitor and the time are arguments; nothing
 * here reads a clock, a socket or a configuration. A refusal is a message key (objects.md,
 * front-office.md) with its variables, never a sentence. Results live in the arena that was given.
 */

#ifndef SHOP_SHOP_H
#define SHOP_SHOP_H

#include "shop/cart.h"
#include "shop/catalog.h"
#include "shop/checkout.h"

#endif
