/*
 * Who sees and who may order what: every status for every class of visitors, sets and bundles.
 */

#include "world.h"


#define STATUS(id, shortname, status)                                                              \
    "{'kind': 'item', 'id': " #id ", 'catalogid': 1, 'categoryid': 1, 'code': '" shortname "',"    \
    " 'shortname': '" shortname "', 'name': 'N', 'price1': '1', 'status': '" status "'},"

/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 11, 'alias': 'noseats', 'currency': 'EUR', 'catalogid': 1, "
        "'navsteps': 'shop,purchaserequ,customer,order,payment,produce,invoice'},"
    "{'kind': 'shop', 'id': 12, 'alias': 'late', 'currency': 'EUR', 'catalogid': 1, "
        "'navsteps': 'shop,customer,order,payment,produce,invoice', "
        "'allow_late_assignment': true},"
    STATUS(1, "preview", "PREVIEW")
    STATUS(2, "available", "AVAILABLE")
    STATUS(3, "internal", "AVAILABLEINTERNAL")
    STATUS(4, "complement", "ASCOMPLEMENT")
    STATUS(5, "suspended", "SUSPENDED")
    STATUS(6, "providing", "PROVIDING")
    STATUS(7, "abandonned", "ABANDONNED")
    STATUS(8, "abandoned", "ABANDONED")
    STATUS(9, "unheard", "WHATEVER")
    WORLD_ITEM(10, "visitors") ", 'onlyforloggedin': -1},"
    WORLD_ITEM(11, "loggedin") ", 'onlyforloggedin': 1},"
    WORLD_ITEM(12, "customers") ", 'onlyforloggedin': 2},"
    WORLD_ITEM(13, "soldout") ", 'stock': 0},"
    WORLD_ITEM(14, "stock3") ", 'stock': 3, 'maxdeliveryquant': 5},"
    WORLD_ITEM(15, "max2") ", 'stock': 9, 'maxdeliveryquant': 2},"
    WORLD_ITEM(16, "handler1") ", 'maxdeliveryquant': 5, 'handler_max': 1},"
    WORLD_ITEM(17, "handler9") ", 'maxdeliveryquant': 5, 'handler_max': 9},"
    WORLD_ITEM(18, "handler0") ", 'maxdeliveryquant': 0, 'handler_max': 7},"
    WORLD_ITEM(20, "set") ", 'isset': 1},"
    WORLD_ITEM(21, "member") ", 'setid': 20},"
    WORLD_ITEM(22, "secret") ", 'setid': 20, 'onlyforloggedin': 1},"
    WORLD_ITEM(23, "hiddenset") ", 'isset': 1},"
    WORLD_ITEM(24, "hidden") ", 'setid': 23, 'onlyforloggedin': 1},"
    WORLD_ITEM(25, "emptyset") ", 'isset': 1},"
    WORLD_ITEM(26, "memberset") ", 'isset': 1, 'onlyforloggedin': 1},"
    WORLD_ITEM(27, "public") ", 'setid': 26},"
    WORLD_ITEM(30, "bundle") ", 'isset': 2, 'price1': '150', 'stock': 4, 'maxdeliveryquant': 10},"
    WORLD_ITEM(31, "course") ", 'setid': 30, 'quantaddressesusers': 2, 'stock': 0, "
        "'handler_max': 3},"
    WORLD_ITEM(32, "room") ", 'setid': 30, 'quantaddressesusers': 1, 'maxdeliveryquant': 1, "
        "'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(33, "partial") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(34, "restocked") ", 'setid': 33, 'status': 'PROVIDING'},"
    WORLD_ITEM(35, "elite") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(36, "forcustomers") ", 'setid': 35, 'onlyforloggedin': 2},"
    WORLD_ITEM(37, "emptybundle") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(40, "oneseat") ", 'quantaddressesusers': 1},"
    WORLD_ITEM(41, "seats") ", 'quantaddressesusers': 2},"
    WORLD_ITEM(42, "asks") ", 'requireddata': [{'field': 'f', 'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(43, "broken") ", 'requireddata': 'no list'},"
    /* a bundle's own questions are not asked: its elements' are */
    WORLD_ITEM(44, "silent") ", 'isset': 2, 'price1': '1', 'requireddata': [{'field': 'f', "
        "'label': 'F', 'type': 'text'}]},"
    WORLD_ITEM(45, "mute") ", 'setid': 44},";
/* clang-format on */


#define YES NULL

static const struct {
    const char *item;
    const char *seen;        /* by visitors of the classes 0 to 3: one letter each */
    const char *page;        /* whose page may be opened */
    const char *refusals[4]; /* NULL: orderable */
} matrix[] = {
    {"preview",
     "...s",
     "...p",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"available", "ssss", "pppp", {YES, YES, YES, YES}},
    {"internal",
     "....",
     "....",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"complement",
     "....",
     "....",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"suspended",
     "....",
     "....",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"providing", "ssss", "pppp", {"providing", "providing", "providing", "providing"}},
    {"abandonned",
     "....",
     "....",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"abandoned",
     "....",
     "....",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"unheard",
     "...s",
     "...p",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"visitors", "s..s", "p..p", {YES, "visitors_only", "visitors_only", YES}},
    {"loggedin", ".sss", "pppp", {"login_required", YES, YES, YES}},
    {"customers", "..ss", "..pp", {"customers_only", "customers_only", YES, YES}},
    {"soldout", "ssss", "pppp", {"providing", "providing", "providing", "providing"}},
    {"set",
     "ssss",
     "pppp",
     {"element_not_orderable", "element_not_orderable", "element_not_orderable",
      "element_not_orderable"}},
    {"member", "ssss", "pppp", {YES, YES, YES, YES}},
    {"secret", ".sss", "pppp", {"login_required", YES, YES, YES}},
    {"hiddenset",
     ".sss",
     "pppp",
     {"element_not_orderable", "element_not_orderable", "element_not_orderable",
      "element_not_orderable"}},
    {"emptyset",
     "....",
     "....",
     {"element_not_orderable", "element_not_orderable", "element_not_orderable",
      "element_not_orderable"}},
    {"memberset",
     ".sss",
     "pppp",
     {"element_not_orderable", "element_not_orderable", "element_not_orderable",
      "element_not_orderable"}},
    {"bundle", "ssss", "pppp", {YES, YES, YES, YES}},
    {"course",
     "ssss",
     "pppp",
     {"element_not_orderable", "element_not_orderable", "element_not_orderable",
      "element_not_orderable"}},
    {"partial",
     "ssss",
     "pppp",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"elite", "ssss", "pppp", {"product_unavailable", "product_unavailable", YES, YES}},
    {"emptybundle",
     "ssss",
     "pppp",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
    {"broken",
     "ssss",
     "pppp",
     {"product_unavailable", "product_unavailable", "product_unavailable", "product_unavailable"}},
};


static void check_matrix(world_t *world)
{
    static const char *const classes[] = {"anonymous", "logged in", "customer", "see all"};

    for (size_t i = 0; i < COUNT(matrix); i++) {
        const shop_item_t *item = world_item(world, matrix[i].item);

        for (unsigned c = 0; c < 4; c++) {
            shop_refusal_t refusal;

            world_visitor(world, c);
            refusal = shop_item_orderable(item, &world->where);

            ok(shop_item_visible(item, &world->visitor) == (matrix[i].seen[c] == 's'),
               "%s is %sseen: %s", matrix[i].item, matrix[i].seen[c] == 's' ? "" : "not ",
               classes[c]);
            ok(shop_item_has_page(item, &world->visitor) == (matrix[i].page[c] == 'p'),
               "%s has %spage: %s", matrix[i].item, matrix[i].page[c] == 'p' ? "a " : "no ",
               classes[c]);
            is_key(refusal, matrix[i].refusals[c], matrix[i].item);
            ok(refusal.key == NULL || refusal.name.len > 0, "a refusal names the product");
        }
    }

    world_visitor(world, 0);
}


static void check_classes(world_t *world)
{
    for (unsigned c = 0; c < SHOP_VISITOR_CLASSES; c++) {
        world_visitor(world, c);
        is_int(shop_visitor_class(&world->visitor), c, "the class of a visitor");
    }

    world->visitor = (shop_visitor_t){.customer = 5};
    is_int(shop_visitor_class(&world->visitor), 0, "who is not logged in is nobody's customer");
    world_visitor(world, 0);
}


static void check_container_is_named(world_t *world)
{
    shop_refusal_t refusal = shop_item_orderable(world_item(world, "course"), &world->where);

    is_str(refusal.name, "The bundle", "an element says in what it is sold");
}


static void check_max(world_t *world)
{
    static const struct {
        const char *item;
        int64_t max;
    } cases[] = {
        {"available", 0}, {"stock3", 3},   {"max2", 2},   {"handler1", 1},
        {"handler9", 5},  {"handler0", 7}, {"bundle", 3}, {"room", 1},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_int(shop_item_max(world_item(world, cases[i].item)), cases[i].max, cases[i].item);
    }
}


static void check_seats(world_t *world)
{
    static const struct {
        const char *item;
        int64_t quantity;
        int64_t seats;
    } cases[] = {
        {"available", 3, 0}, {"oneseat", 1, 1}, {"oneseat", 5, 1}, {"oneseat", 0, 0},
        {"seats", 1, 1},     {"seats", 7, 7},   {"seats", 0, 0},   {"bundle", 1, 2},
        {"bundle", 3, 4},    {"set", 3, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_int(shop_item_seats(world_item(world, cases[i].item), cases[i].quantity), cases[i].seats,
               cases[i].item);
    }
}


static void check_questions(world_t *world)
{
    static const struct {
        const char *item;
        bool asks;
    } cases[] = {
        {"available", false}, {"asks", true}, {"bundle", true}, {"silent", false}, {"set", false}};

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(shop_item_has_fields(world_item(world, cases[i].item)) == cases[i].asks, "%s asks%s",
           cases[i].item, cases[i].asks ? "" : " nothing");
    }
}


/* What has to be asked must be asked somewhere. */
static void check_steps(world_t *world)
{
    static const struct {
        const char *shop;
        const char *item;
        const char *refusal;
    } cases[] = {
        {"main", "seats", NULL},
        {"main", "asks", NULL},
        {"noseats", "available", NULL},
        {"noseats", "seats", "product_unavailable"},
        {"noseats", "oneseat", "product_unavailable"},
        {"noseats", "bundle", "product_unavailable"},
        {"noseats", "asks", NULL},
        {"late", "seats", NULL},
        {"late", "asks", "product_unavailable"},
        {"late", "bundle", "product_unavailable"},
        {"late", "silent", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        world_choose(world, cases[i].shop);
        is_key(shop_item_orderable(world_item(world, cases[i].item), &world->where),
               cases[i].refusal, cases[i].shop);
    }

    world_choose(world, "main");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_classes(&world);
    check_matrix(&world);
    check_container_is_named(&world);
    check_max(&world);
    check_seats(&world);
    check_questions(&world);
    check_steps(&world);
    world_close(&world);

    return done_testing();
}
