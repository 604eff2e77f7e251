/*
 * From rows to a snapshot: what is read, what is wrong with a product, trees, and finding things.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 5, 'alias': 'money', 'currency': 'XXX', 'catalogid': 1},"
    "{'kind': 'shop', 'id': 6, 'alias': 'nothing', 'currency': 'EUR', 'catalogid': 99},"
    "{'kind': 'shop', 'id': 7, 'alias': 'other', 'name': 'Other', 'currency': 'CHF', "
        "'catalogid': 2, 'translations': {'fr': {'name': 'Autre', 'eula': 'Conditions'}}, "
        "'description': 'All', 'eula': 'Terms', 'tabbed': false, 'printtabbedcategories': true},"
    "{'kind': 'catalog', 'id': 2, 'groupid': 0, 'name': 'Alone', 'salesconditions': 'Sales', "
        "'billfooter': 'Foot', 'countryrestrictions': 'FR'},"
    "{'kind': 'tax', 'id': 4, 'title': 'Wrong', 'ratio': '20', 'formula': '$ttc = ('},"
    "{'kind': 'tax', 'id': 5, 'title': 'No number', 'ratio': 'x', 'formula': '$ttc = $ht'},"
    "{'kind': 'tax', 'id': 6, 'title': 'Zero', 'ratio': '20', 'formula': '$ttc = $ht/($tr-20)'},"
    "{'kind': 'tax', 'id': 7, 'title': 'Big', 'ratio': '20', "
        "'formula': '$ttc = $ht > 50 ? $ht / 0 : $ht'},"
    /* a tree: 10 > 11 > 12 with an invisible branch 13 > 14; 15 before 10; 16 and 17 turn in
     * circles; 18 hangs on another catalogue's */
    "{'kind': 'category', 'id': 10, 'catalogid': 2, 'parentid': 0, 'name': 'Root', "
        "'sortorder': 2, 'visible': true, 'seoalias': 'root', "
        "'translations': {'fr': {'name': 'Racine'}}},"
    "{'kind': 'category', 'id': 12, 'catalogid': 2, 'parentid': 11, 'name': 'Deep', "
        "'sortorder': 1, 'visible': true, 'seoalias': 'deep'},"
    "{'kind': 'category', 'id': 11, 'catalogid': 2, 'parentid': 10, 'name': 'Middle', "
        "'sortorder': 1, 'visible': true},"
    "{'kind': 'category', 'id': 13, 'catalogid': 2, 'parentid': 10, 'name': 'Hidden', "
        "'sortorder': 2, 'visible': false, 'seoalias': 'hidden'},"
    "{'kind': 'category', 'id': 14, 'catalogid': 2, 'parentid': 13, 'name': 'Below', "
        "'sortorder': 1, 'visible': true, 'seoalias': 'below'},"
    "{'kind': 'category', 'id': 15, 'catalogid': 2, 'parentid': 0, 'name': 'First', "
        "'sortorder': 1, 'visible': true, 'seoalias': 'first'},"
    "{'kind': 'category', 'id': 16, 'catalogid': 2, 'parentid': 17, 'name': 'A', 'sortorder': 1, "
        "'visible': true, 'seoalias': 'ring-a'},"
    "{'kind': 'category', 'id': 17, 'catalogid': 2, 'parentid': 16, 'name': 'B', 'sortorder': 1, "
        "'visible': true, 'seoalias': 'ring-b'},"
    "{'kind': 'category', 'id': 18, 'catalogid': 2, 'parentid': 1, 'name': 'Stranger', "
        "'sortorder': 9, 'visible': true, 'seoalias': 'stranger'},"
    "{'kind': 'item', 'id': 100, 'catalogid': 2, 'categoryid': 12, 'code': 'DEEP', "
        "'shortname': 'deep', 'name': 'Deep', 'status': 'AVAILABLE', 'seoalias': 'a-deep-course', "
        "'description': 'D', 'notes': 'N', 'eula': 'E', 'seotitle': 'T', 'seodescription': 'S', "
        "'translations': {'fr': {'name': 'Profond', 'eula': 'Cond.'}}, 'price1': '5', "
        "'password': 'SESAME', 'renewable': true, 'enablehandler': 'std_enrolonecourse', "
        "'handlerparams': {'coursename': 'C'}, 'image': 'deep.svg', 'showsnameinset': true},"
    "{'kind': 'item', 'id': 101, 'catalogid': 2, 'categoryid': 15, 'code': 'GONE', "
        "'shortname': 'gone', 'name': 'Gone', 'status': 'SUSPENDED'},"
    "{'kind': 'item', 'id': 102, 'catalogid': 2, 'categoryid': 10, 'code': 'B', 'shortname': 'b', "
        "'name': 'B', 'status': 'AVAILABLE', 'onlyforloggedin': 1},"
    "{'kind': 'item', 'id': 103, 'catalogid': 2, 'categoryid': 10, 'code': 'A', 'shortname': 'a', "
        "'name': 'A', 'status': 'SUSPENDED'},"
    /* of a category of another catalogue: in none */
    "{'kind': 'item', 'id': 104, 'catalogid': 2, 'categoryid': 1, 'code': 'lost', "
        "'shortname': 'lost', 'name': 'Lost', 'status': 'AVAILABLE'},"
    /* of no catalogue: nowhere */
    "{'kind': 'item', 'id': 105, 'catalogid': 77, 'categoryid': 1, 'code': 'nowhere', "
        "'shortname': 'nowhere', 'name': 'Nowhere', 'status': 'AVAILABLE'},"
    WORLD_ITEM(1, "good") ", 'price1': '1', 'taxcode': 1},"
    WORLD_ITEM(2, "wrongtax") ", 'price1': '1', 'taxcode': 4},"
    WORLD_ITEM(3, "nonumber") ", 'price1': '1', 'taxcode': 5},"
    WORLD_ITEM(4, "zerotax") ", 'price1': '1', 'taxcode': 6},"
    WORLD_ITEM(5, "bigtax") ", 'price1': '49', 'range1': 5, 'price2': '51', 'taxcode': 7},"
    WORLD_ITEM(6, "smalltax") ", 'price1': '49', 'range1': 0, 'price2': '51', 'taxcode': 7},"
    WORLD_ITEM(7, "notax") ", 'price1': '1', 'taxcode': 99},"
    WORLD_ITEM(8, "negative") ", 'price1': '-1'},"
    WORLD_ITEM(9, "afterfree") ", 'price1': '0', 'range1': 2, 'price2': '5'},"
    WORLD_ITEM(10, "unreached") ", 'price1': '0', 'range1': 0, 'price2': '5'},"
    WORLD_ITEM(11, "noset") ", 'price1': '1', 'setid': 999},"
    WORLD_ITEM(12, "plainset") ", 'price1': '1', 'setid': 1},"
    WORLD_ITEM(13, "otherset") ", 'price1': '1', 'setid': 100},"
    WORLD_ITEM(14, "box") ", 'isset': 1},"
    WORLD_ITEM(15, "boxinbox") ", 'isset': 1, 'setid': 14},"
    WORLD_ITEM(16, "inbox") ", 'price1': '1', 'setid': 14},"
    WORLD_ITEM(17, "roles") ", 'handlerparams': {'requiredroles': 'teacher, "
        "student,supervisor,,teacher'}},"
    WORLD_ITEM(18, "crowd") ", "
        "'handlerparams': {'requiredroles': 'a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q'}},"
    WORLD_ITEM(19, "aninbox") ", 'price1': '1', 'setid': 14},"
    WORLD_ITEM(20, "club") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(21, "ones") ", 'setid': 20, "
        "'handlerparams': {'requiredroles': 'a,b,c,d,e,f,g,h,i'}},"
    WORLD_ITEM(22, "others") ", 'setid': 20, "
        "'handlerparams': {'requiredroles': 'j,k,l,m,n,o,p,q'}},"
    WORLD_ITEM(23, "hugetax") ", 'price1': '900000000000000', 'taxcode': 1},";
/* clang-format on */


static void check_defects(world_t *world)
{
    static const struct {
        const char *item;
        const char *defect; /* NULL: none */
    } cases[] = {
        {"good", NULL},
        {"wrongtax", "its tax does not exist, or cannot be computed"},
        {"nonumber", "its tax does not exist, or cannot be computed"},
        {"zerotax", "its tax does not exist, or cannot be computed"},
        {"bigtax", "its tax does not exist, or cannot be computed"},
        {"smalltax", NULL},
        {"notax", "its tax does not exist, or cannot be computed"},
        {"hugetax", "its tax does not exist, or cannot be computed"},
        {"negative", "a price is negative"},
        {"afterfree", "a price follows a free one"},
        {"unreached", NULL},
        {"noset", "its set does not exist, or is none"},
        {"plainset", "its set does not exist, or is none"},
        {"otherset", "its set does not exist, or is none"},
        {"boxinbox", "its set does not exist, or is none"},
        {"inbox", NULL},
        {"roles", NULL},
        {"crowd", "too many roles in requiredroles"},
        {"club", "too many roles in requiredroles of its elements"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_item_t *item = world_item(world, cases[i].item);

        is_str(shop_str(item->defect), cases[i].defect != NULL ? cases[i].defect : "",
               cases[i].item);
        ok((shop_item_orderable(item, &world->where).key == NULL) == (cases[i].defect == NULL),
           "%s can%s be ordered", cases[i].item, cases[i].defect == NULL ? "" : "not");
    }
}


static void check_shops(world_t *world)
{
    const shop_snapshot_t *snapshot = world->where.snapshot;
    const shop_shop_t *shop = shop_find_shop(snapshot, SHOP_STR("other"));

    ok(shop_find_shop(snapshot, SHOP_STR("money")) == NULL,
       "a currency that is not known: no shop");
    ok(shop_find_shop(snapshot, SHOP_STR("nothing")) == NULL, "no catalogue: no shop");
    ok(shop_find_shop(snapshot, SHOP_STR("7")) == shop, "a shop is found by its number");
    ok(shop_find_shop(snapshot, SHOP_STR("007x")) == NULL, "not by something like it");
    ok(shop_find_shop(snapshot, SHOP_STR("")) == NULL, "nor by nothing");
    is_str(shop->text[EN].name, "Other", "its name");
    is_str(shop->text[FR].name, "Autre", "its translated name");
    is_str(shop->text[FR].description, "All", "what is not translated stays");
    is_str(shop->text[FR].eula, "Conditions", "translated terms");
    is_str(shop->catalog->text[EN].eula, "Sales", "conditions of the catalogue");
    is_str(shop->catalog->text[EN].notes, "Foot", "footer of bills");
    is_str(shop->catalog->countries, "FR", "its countries");
    ok(shop->tabbed && !shop->allow_tax, "flags");
}


static void check_item(world_t *world)
{
    const shop_item_t *item;

    world_choose(world, "other");
    item = world_item(world, "deep");
    is_int(item->id, 100, "id");
    is_str(item->code, "DEEP", "code");
    is_str(item->alias, "a-deep-course", "alias");
    is_str(item->text[EN].name, "Deep", "name");
    is_str(item->text[FR].name, "Profond", "name, translated");
    is_str(item->text[EN].eula, "E", "terms");
    is_str(item->text[FR].eula, "Cond.", "terms, translated");
    is_str(item->text[FR].notes, "N", "notes, not translated");
    is_str(item->text[EN].seo_title, "T", "title for search engines");
    is_str(item->text[EN].seo_description, "S", "description for search engines");
    is_str(item->passcode, "SESAME", "code to buy it");
    is_str(item->handler, "std_enrolonecourse", "handler");
    is_str(shop_json_text(item->params, "coursename"), "C", "its parameters");
    is_str(item->image, "deep.svg", "picture");
    ok(item->renewable && item->shows_name && !item->shows_description, "flags");
    is_int(item->stock, -1, "stock is not managed");
    is_str(world_item(world, "gone")->alias, "gone", "without an alias: the shortname");
    world_choose(world, "main");
}


static void check_roles(world_t *world)
{
    const shop_item_t *item = world_item(world, "roles");

    is_int((long long) item->role_count, 3, "each role once");
    is_str(item->roles[0], "student", "learners first");
    is_str(item->roles[1], "teacher", "in their order");
    is_str(item->roles[2], "_supervisor", "the supervisor is a role of its own");
    is_int((long long) world_item(world, "good")->role_count, 1, "learners always");
}


static void check_set(world_t *world)
{
    const shop_item_t *box = world_item(world, "box");

    is_int((long long) box->element_count, 2, "the elements of a set");
    is_str(box->elements[0]->shortname, "aninbox", "by shortname");
    ok(box->elements[1]->container == box, "they know where they are");
}


/* Categories by sortorder, products by shortname, hidden branches nowhere. */
static void check_tree(world_t *world)
{
    const shop_catalog_t *catalog;
    const shop_category_t *root;

    world_choose(world, "other");
    catalog = world->where.shop->catalog;
    root = catalog->roots[1];
    is_int((long long) catalog->root_count, 3, "three roots");
    is_str(catalog->roots[0]->text[EN].name, "First", "the first by sortorder");
    is_str(root->text[FR].name, "Racine", "the second, translated");
    is_str(catalog->roots[2]->text[EN].name, "Stranger", "a foreign parent is none");
    is_int((long long) root->child_count, 1, "an invisible child is not there");
    is_str(root->children[0]->children[0]->text[EN].name, "Deep", "two levels below");
    is_int((long long) root->item_count, 2, "its products");
    is_str(root->items[0]->shortname, "a", "by shortname");
    world_choose(world, "main");
    is_int((long long) world->where.shop->catalog->roots[0]->item_count, 19,
           "no elements and no strangers among the products of a category");
}


static void check_find_category(world_t *world)
{
    static const struct {
        const char *key;
        int64_t id; /* 0: not found */
    } cases[] = {
        {"root", 10}, {"10", 10}, {"11", 11},    {"deep", 12},  {"hidden", 0},
        {"below", 0}, {"14", 0},  {"first", 15}, {"ring-a", 0}, {"17", 0},
        {"1", 0},     {"", 0},    {"DEEP", 0},   {"-10", 0},
    };

    world_choose(world, "other");

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_category_t *category =
            shop_find_category(world->where.snapshot, world->where.shop, shop_str(cases[i].key));

        is_int(category != NULL ? category->id : 0, cases[i].id, cases[i].key);
    }

    world_choose(world, "main");
}


/* Where a visit begins depends on who comes: nobody is led to an empty page. */
static void check_first_category(world_t *world)
{
    const shop_category_t *root, *first;

    world_choose(world, "other");
    root = world->where.shop->catalog->roots[1];
    first = world->where.shop->catalog->roots[0];

    world_visitor(world, 0);
    is_int(shop_first_category(world->where.shop, &world->visitor)->id, 12,
           "visitors begin below, where something is sold to them");
    is_int(shop_category_to_open(root, &world->visitor)->id, 12, "and are led there");

    world_visitor(world, 1);
    is_int(shop_first_category(world->where.shop, &world->visitor)->id, 10,
           "who is logged in begins with the members' product");
    is_int(shop_category_to_open(root, &world->visitor)->id, 10, "and stays there");
    is_int(shop_category_to_open(first, &world->visitor)->id, 15, "nothing below: it stays empty");
    world_visitor(world, 0);
    world_choose(world, "main");
    ok(shop_first_category(world->where.shop, &world->visitor) != NULL, "one with products");
}


static void check_find_item(world_t *world)
{
    static const struct {
        const char *shop;
        const char *key;
        int64_t by_name;
        int64_t by_page;
    } cases[] = {
        {"other", "deep", 100, 100},
        {"other", "DEEP", 100, 100},
        {"other", "a-deep-course", 0, 100},
        {"other", "100", 0, 100},
        {"other", "good", 0, 0},
        {"other", "1", 0, 0},
        {"other", "", 0, 0},
        {"other", "dee", 0, 0},
        {"main", "deep", 0, 0},
        {"main", "Good", 1, 1},
        {"main", "nowhere", 0, 0},
        {"other", "lost", 104, 104},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        const shop_item_t *item;

        world_choose(world, cases[i].shop);
        item = shop_find_item(world->where.snapshot, world->where.shop, shop_str(cases[i].key));
        is_int(item != NULL ? item->id : 0, cases[i].by_name, cases[i].key);
        item =
            shop_find_item_page(world->where.snapshot, world->where.shop, shop_str(cases[i].key));
        is_int(item != NULL ? item->id : 0, cases[i].by_page, cases[i].key);
    }

    world_choose(world, "main");
}


/* Nothing depends on the order of the rows nor on the size of the slices. */
static void check_orders(void)
{
    char text[sizeof(rows) + 32];
    json_t *all;

    (void) snprintf(text, sizeof(text), "[%s{'kind': 'none'}]", rows);
    all = world_json(text);

    for (size_t slice = 1; slice <= 64; slice *= 4) {
        shop_heap_t *heap = shop_heap_create(-1);
        shop_snapshot_builder_t *builder = shop_snapshot_builder_create(shop_heap_arena(heap));
        json_t *reversed = json_array();
        const shop_snapshot_t *snapshot;
        const shop_shop_t *shop;

        for (size_t i = json_array_size(all); i > 0; i--) {
            json_array_append(reversed, json_array_get(all, i - 1));
        }

        ok(world_build(builder, reversed, slice) == SHOP_OK, "built backwards, %zu at a time",
           slice);
        snapshot = shop_snapshot_of(builder);
        shop = shop_find_shop(snapshot, SHOP_STR("other"));
        is_int((long long) shop_item_count(snapshot), 29, "all products");
        is_int((long long) shop->catalog->root_count, 3, "all roots");
        is_str(shop->catalog->roots[1]->items[0]->shortname, "a", "all in their places");
        is_int(shop_find_item(snapshot, shop, SHOP_STR("deep"))->id, 100, "all found");

        ok(shop_snapshot_release_some(builder, 1), "given back in slices, there is more");
        while (shop_snapshot_release_some(builder, slice)) {
        }
        ok(!shop_snapshot_release_some(builder, slice), "until nothing is left");

        json_decref(reversed);
        shop_snapshot_release(builder);
        shop_heap_destroy(heap);
    }

    json_decref(all);
}


static void check_rows_that_are_none(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_snapshot_builder_t *builder = shop_snapshot_builder_create(shop_heap_arena(heap));
    json_t *text = json_string("x");
    bool more = true;

    ok(shop_snapshot_builder_add(builder, SHOP_STR("item"), text) == SHOP_MALFORMED,
       "a row that is no object");
    ok(shop_snapshot_builder_add(builder, SHOP_STR("news"), text) == SHOP_OK,
       "a kind that is not known is passed over");

    while (more) {
        ok(shop_snapshot_builder_finish(builder, 1, &more) == SHOP_OK, "an empty catalogue");
    }

    ok(shop_find_shop(shop_snapshot_of(builder), SHOP_STR("main")) == NULL, "has no shop");
    json_decref(text);
    shop_snapshot_release(builder);
    shop_heap_destroy(heap);
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_defects(&world);
    check_shops(&world);
    check_item(&world);
    check_roles(&world);
    check_set(&world);
    check_tree(&world);
    check_find_category(&world);
    check_first_category(&world);
    check_find_item(&world);
    world_close(&world);
    check_orders();
    check_rows_that_are_none();

    return done_testing();
}
