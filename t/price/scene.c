/*
 * One cart in its world: the visitor, his past, what he puts in and types; then the price.
 */

#include "price.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


#define NOW SHOP_STR("2025-06-15T12:00:00Z")


static int64_t moment(shop_str_t text)
{
    int64_t seconds;

    if (text.len == 0) {
        text = NOW;
    }

    if (shop_time_parse(text, &seconds) != SHOP_OK) {
        (void) fprintf(stderr, "price: not a moment: %.*s\n", (int) text.len, text.data);
        exit(2);
    }

    return seconds;
}


static void read_visitor(scene_t *scene, const json_t *given)
{
    shop_visitor_t *v = &scene->visitor;

    v->logged_in = json_is_object(given);
    v->customer = shop_json_int(given, "customer");
    v->user = shop_json_int(given, "user");
    v->email = shop_json_text(given, "email");
    v->institution = shop_json_text(given, "institution");

    if (shop_json_text(given, "since").len > 0) {
        v->since = moment(shop_json_text(given, "since"));
    }
}


/* {name: {…}} of a case into [{id, …}] of shop.figures. */
static json_t *with_ids(const scene_t *scene, const json_t *given, const char *list,
                        const char *member)
{
    json_t *array = json_array(), *value, *entry;
    const char *name;

    json_object_foreach((json_t *) given, name, value)
    {
        entry = json_deep_copy(value);

        if (list == NULL) {
            json_object_set_new(entry, member, json_string(name));
        } else {
            json_object_set_new(entry, member,
                                json_integer(world_id(scene->world->names, list, name)));
        }

        if (json_object_get(value, "products") != NULL) {
            json_object_set_new(entry, "products",
                                with_ids(scene, json_object_get(value, "products"), NULL, "code"));
        }

        json_array_append_new(array, entry);
    }

    return array;
}


static void read_figures(scene_t *scene, const json_t *given)
{
    scene->answer = given != NULL ? json_deep_copy(given) : json_object();
    json_object_set_new(scene->answer, "partners",
                        with_ids(scene, json_object_get(given, "partners"), "partners", "id"));
    json_object_set_new(scene->answer, "uses",
                        with_ids(scene, json_object_get(given, "uses"), "discounts", "discount"));

    if (shop_figures_read(scene->world->arena, scene->answer, &scene->figures) != SHOP_OK) {
        exit(2);
    }
}


static void note(scene_t *scene, shop_refusal_t refusal)
{
    if (scene->refusal.key == NULL) {
        scene->refusal = refusal;
    }
}


static void fill_cart(scene_t *scene, const json_t *given)
{
    const char *code;
    json_t *quantity;

    json_object_foreach((json_t *) given, code, quantity)
    {
        note(scene, shop_cart_set(scene->cart, &scene->where, shop_str(code),
                                  json_integer_value(quantity)));
    }
}


static void import(scene_t *scene, shop_str_t query)
{
    shop_refusal_t told[8];
    shop_form_t form;

    if (shop_form_parse(scene->world->arena, query, 100, &form) != SHOP_OK) {
        exit(2);
    }

    (void) shop_cart_set_partner(scene->cart, &scene->where, shop_form_text(&form, "partner"));

    if (shop_cart_import(scene->cart, &scene->where, &form, told, 8) > 0) {
        note(scene, told[0]);
    }
}


static void enter_codes(scene_t *scene, const json_t *given)
{
    const json_t *text;
    size_t i;

    scene->codes = json_object();

    json_array_foreach(given, i, text)
    {
        shop_str_t code;
        shop_refusal_t refusal = {.key = "promo_invalid"};

        if (shop_promo_token(shop_str(json_string_value(text)), &code)) {
            refusal = shop_promo_enter(scene->world->arena, scene->cart, &scene->where, code);
        }

        json_object_set_new(scene->codes, json_string_value(text),
                            json_string(refusal.key != NULL ? refusal.key : "ok"));
    }
}


/* As if they had been entered before, whatever they are worth now. */
static void put_codes(scene_t *scene, const json_t *given)
{
    const shop_shop_t *shop = scene->where.shop;
    const json_t *text;
    size_t i;

    json_array_foreach(given, i, text)
    {
        shop_str_t code = shop_str(json_string_value(text));

        for (size_t n = 0; n < shop->discount_count; n++) {
            if (shop_discount_code(shop->discounts[n], code) != NULL) {
                scene->cart->promos[scene->cart->promo_count++] =
                    (shop_promo_t){shop->discounts[n]->id, code};
            }
        }
    }
}


static void set_customer(scene_t *scene, const json_t *given)
{
    shop_customer_t *c = &scene->cart->customer;
    shop_refusal_t errors[8];

    if (given == NULL) {
        return;
    }

    *c = (shop_customer_t){.lastname = SHOP_STR("Martin"),
                           .firstname = SHOP_STR("Ada"),
                           .address = SHOP_STR("1 rue Haute"),
                           .city = SHOP_STR("Somewhere"),
                           .email = SHOP_STR("ada@example.org"),
                           .country = shop_json_text(given, "country"),
                           .zip = shop_json_text(given, "zip")};

    if (c->zip.len == 0) {
        c->zip = SHOP_STR("0");
    }

    if (shop_customer_check(scene->cart, &scene->where, errors, 8) > 0) {
        note(scene, errors[0]);
    }
}


void scene_play(scene_t *scene, world_t *world, const json_t *play)
{
    shop_str_t alias = shop_json_text(play, "shop");

    memset(scene, 0, sizeof(*scene));
    scene->world = world;
    read_visitor(scene, json_object_get(play, "visitor"));
    read_figures(scene, json_object_get(play, "figures"));

    scene->where = (shop_where_t){
        .snapshot = world->snapshot,
        .shop = shop_find_shop(world->snapshot, alias.len > 0 ? alias : SHOP_STR("main")),
        .visitor = &scene->visitor,
        .figures = scene->figures,
        .now = moment(shop_json_text(play, "now"))};
    scene->cart = shop_cart_create(world->arena);

    if (scene->where.shop == NULL || scene->cart == NULL) {
        (void) fprintf(stderr, "price: no such shop: %.*s\n", (int) alias.len, alias.data);
        exit(2);
    }

    if (shop_json_text(play, "partner").len > 0) {
        (void) shop_cart_set_partner(scene->cart, &scene->where, shop_json_text(play, "partner"));
    }

    fill_cart(scene, json_object_get(play, "cart"));

    if (shop_json_text(play, "import").len > 0) {
        import(scene, shop_json_text(play, "import"));
    }

    set_customer(scene, json_object_get(play, "customer"));
    put_codes(scene, json_object_get(play, "entered"));
    enter_codes(scene, json_object_get(play, "codes"));
    scene->status = shop_cart_totals(world->arena, scene->cart, &scene->where, &scene->totals);

    if (scene->totals.shipping_problem != NULL) {
        note(scene, (shop_refusal_t){.key = scene->totals.shipping_problem});
    }
}


void scene_free(scene_t *scene)
{
    json_decref(scene->answer);
    json_decref(scene->codes);
}
