/*
 * A cart that may be ordered as it stands, with all that an order takes. Included after world.h.
 */

#ifndef SHOP_T_ORDER_H
#define SHOP_T_ORDER_H

#include "world.h"

/* clang-format off */
static const char order_rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 11, 'alias': 'law', 'currency': 'EUR', 'catalogid': 1, "
        "'allowtax': true, 'eula': '<p>Terms</p>', 'paymodes': {'card': true, 'bank': true}},"
    "{'kind': 'shop', 'id': 12, 'alias': 'late', 'currency': 'EUR', 'catalogid': 1, "
        "'allowtax': true, 'eula': '<p>Terms</p>', 'paymodes': {'card': true}, "
        "'allow_late_assignment': true},"
    WORLD_ITEM(1, "course") ", 'price1': '100', 'taxcode': 1, 'stock': 9, "
        "'description': '<p>D</p>', 'quantaddressesusers': 2, "
        "'enablehandler': 'std_enrolonecourse', 'handlerparams': {'coursename': 'C1'}, "
        "'requireddata': [{'field': 'goal', 'label': 'G', 'type': 'text'}, "
        "{'field': 'note', 'label': 'N', 'type': 'text', 'required': false}]},"
    WORLD_ITEM(2, "pack") ", 'price1': '50.5', 'isset': 2, 'taxcode': 2},"
    WORLD_ITEM(3, "part1") ", 'setid': 2, 'enablehandler': 'std_x', "
        "'handlerparams': {'a': 'b'}, "
        "'requireddata': [{'field': 'x', 'label': 'X', 'type': 'checkbox'}]},"
    WORLD_ITEM(4, "part2") ", 'setid': 2},"
    WORLD_ITEM(5, "gift") ", 'price1': '0'},"
    WORLD_ITEM(6, "plain") ", 'price1': '10', 'taxcode': 1},";
/* clang-format on */

typedef struct {
    world_t world;
    shop_totals_t totals;
    shop_terms_t terms;
    shop_paymode_t mode;
    shop_order_in_t in;
} order_t;


static bool order_answer(order_t *order, const char *body)
{
    world_t *world = &order->world;
    shop_form_t form = world_form(world, body);
    shop_refusal_t error;

    return shop_required_collect(world->arena, world->cart, &world->where, &form, &error, 1) == 0;
}


static bool order_seat(order_t *order, const char *body, const char *email)
{
    world_t *world = &order->world;
    shop_form_t form = world_form(world, body);

    return shop_participant_add(world->arena, world->cart, &world->where, &form).key == NULL &&
           shop_seat_assign(world->cart, &world->where, SHOP_STR("course"), SHOP_STR("student"),
                            shop_str(email))
                   .key == NULL;
}


static bool order_customer(order_t *order, const char *body)
{
    world_t *world = &order->world;
    shop_form_t form = world_form(world, body);
    shop_refusal_t error;

    world->cart->customer_valid =
        shop_customer_collect(world->arena, world->cart, &world->where, &form, &error, 1) == 0;

    return world->cart->customer_valid;
}


/* As the page of the order would price it and show it. */
static bool order_price(order_t *order)
{
    world_t *world = &order->world;

    order->totals = (shop_totals_t){0};

    return shop_cart_price(world->arena, world->cart, &world->where, &order->totals) == SHOP_OK &&
           shop_terms_assemble(world->arena, world->cart, &world->where, &order->terms) ==
               SHOP_OK &&
           shop_money_print(world->arena, order->totals.amount, 4, &world->cart->shown_total) ==
               SHOP_OK;
}


static void order_accept(order_t *order)
{
    order->world.cart->terms_hash = order->terms.hash;
    order->world.cart->terms_at = 1700000000;
}


/* Two courses with their people and answers and a pack, in the shop "law". */
static void order_open(order_t *order)
{
    world_t *world = &order->world;

    memset(order, 0, sizeof(*order));
    world_open(world, order_rows);
    world_choose(world, "law");
    order->mode = (shop_paymode_t){
        .name = SHOP_STR("card"), .interface = SHOP_STR("systempay"), .instant = true};
    order->in = (shop_order_in_t){.cart = world->cart,
                                  .where = &world->where,
                                  .totals = &order->totals,
                                  .terms = &order->terms,
                                  .mode = &order->mode,
                                  .lang = "en",
                                  .address = SHOP_STR("192.0.2.1"),
                                  .now = 1700000100};

    if (world_put(world, "course", 2).key != NULL || world_put(world, "pack", 1).key != NULL ||
        !order_answer(order, "course/goal0=One&course/goal1=Two&course/note1=N&part1/x0=1") ||
        !order_seat(order, "lastname=Doe&firstname=Jane&email=jane@x.org&city=Lyon",
                    "jane@x.org") ||
        !order_seat(order, "lastname=Roe&firstname=Bob&email=bob@x.org", "bob@x.org") ||
        !order_customer(order, "lastname=Doe&firstname=Jane&email=j@x.org&city=Lyon&country=FR"
                               "&address=1+rue&zip=69001&phone=1") ||
        !order_price(order)) {
        printf("Bail out! the cart cannot be ordered\n");
        exit(EXIT_FAILURE);
    }

    order_accept(order);
    world->cart->transid = SHOP_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ2345");
}


static void order_close(order_t *order)
{
    world_close(&order->world);
}

#endif
