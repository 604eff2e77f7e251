/*
 * Slave catalogues: the master's tree and products, with what local copies say otherwise
 * (objects.md 3.2).
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    "{'kind': 'shop', 'id': 10, 'alias': 'swiss', 'name': 'Swiss', 'currency': 'CHF', "
        "'catalogid': 2, 'navsteps': '" STEPS_ALL "', 'allowtax': true},"
    "{'kind': 'shop', 'id': 11, 'alias': 'orphan', 'name': 'Orphan', 'currency': 'CHF', "
        "'catalogid': 3},"
    "{'kind': 'shop', 'id': 12, 'alias': 'grandchild', 'name': 'Grandchild', 'currency': 'CHF', "
        "'catalogid': 4},"
    "{'kind': 'catalog', 'id': 2, 'groupid': 1, 'name': 'Slave', 'salesconditions': 'Swiss law'},"
    "{'kind': 'shop', 'id': 13, 'alias': 'twin', 'name': 'Twin', 'currency': 'CHF', "
        "'catalogid': 5},"
    "{'kind': 'catalog', 'id': 5, 'groupid': 1, 'name': 'Another slave'},"
    "{'kind': 'catalog', 'id': 3, 'groupid': 99, 'name': 'Of nobody'},"
    "{'kind': 'catalog', 'id': 4, 'groupid': 2, 'name': 'Of a slave'},"
    "{'kind': 'category', 'id': 2, 'catalogid': 1, 'parentid': 1, 'name': 'Below', "
        "'sortorder': 1, 'visible': true, 'seoalias': 'below'},"
    /* a slave has no categories of its own */
    "{'kind': 'category', 'id': 3, 'catalogid': 2, 'parentid': 0, 'name': 'Own', 'sortorder': 1, "
        "'visible': true, 'seoalias': 'own'},"
    WORLD_ITEM(1, "same") ", 'price1': '10', 'taxcode': 1, 'seoalias': 'same-page'},"
    WORLD_ITEM(2, "full") ", 'price1': '10', 'range1': 5, 'price2': '8', 'taxcode': 1, "
        "'seoalias': 'full-page', 'description': 'Master', 'notes': 'Master', 'eula': 'Master', "
        "'image': 'master.svg', 'leaflet': 'master.pdf', 'stock': 7, 'sold': 3, "
        "'maxdeliveryquant': 4, 'quantaddressesusers': 2, 'renewable': true, 'idnumber': 'M', "
        "'enablehandler': 'std_enrolonecourse', 'handlerparams': {'coursename': 'MASTER'}, "
        "'password': 'MASTER', 'onlyforloggedin': 0, 'productiondata': {'of': 'master'}, "
        "'requireddata': [{'field': 'f', 'label': 'Master', 'type': 'text'}]},"
    "{'kind': 'item', 'id': 102, 'catalogid': 2, 'categoryid': 3, 'code': 'full', "
        "'shortname': 'other', 'name': 'Local', 'status': 'AVAILABLE', 'price1': '30', "
        "'range1': 2, 'price2': '20', 'taxcode': 2, 'seoalias': 'local-page', "
        "'description': 'Local', 'notes': 'Local', 'eula': 'Local', 'seotitle': 'Local', "
        "'seodescription': 'Local', 'image': 'local.svg', 'leaflet': 'local.pdf', 'stock': 99, "
        "'sold': 98, 'maxdeliveryquant': 50, 'quantaddressesusers': 1, 'renewable': false, "
        "'idnumber': 'L', 'enablehandler': '', 'handlerparams': {'coursename': 'LOCAL'}, "
        "'password': 'LOCAL', 'onlyforloggedin': 2, 'productiondata': {'of': 'local'}, "
        "'translations': {'fr': {'name': 'Local fr'}}, 'requireddata': [{'field': 'g', "
        "'label': 'Local', 'type': 'text'}, {'field': 'h', 'label': 'Local', 'type': 'text'}]},"
    WORLD_ITEM(3, "bare") ", 'price1': '10', 'image': 'master.svg', 'leaflet': 'master.pdf', "
        "'seoalias': 'bare-page'},"
    "{'kind': 'item', 'id': 103, 'catalogid': 2, 'categoryid': 1, 'code': 'bare', "
        "'shortname': 'bare', 'name': 'Bare', 'status': 'AVAILABLE', 'price1': '11'},"
    WORLD_ITEM(4, "withdrawn") ", 'price1': '10'},"
    "{'kind': 'item', 'id': 104, 'catalogid': 2, 'categoryid': 1, 'code': 'withdrawn', "
        "'shortname': 'withdrawn', 'name': 'W', 'status': 'SUSPENDED', 'price1': '11'},"
    WORLD_ITEM(5, "set") ", 'isset': 1},"
    WORLD_ITEM(6, "member") ", 'setid': 5, 'price1': '10'},"
    /* a clone says that it stands in the master's set */
    "{'kind': 'item', 'id': 106, 'catalogid': 2, 'categoryid': 1, 'code': 'member', 'setid': 5, "
        "'shortname': 'member', 'name': 'Member', 'status': 'AVAILABLE', 'price1': '12'},"
    WORLD_ITEM(7, "pack") ", 'isset': 2, 'price1': '50'},"
    WORLD_ITEM(8, "part") ", 'setid': 7},"
    "{'kind': 'item', 'id': 107, 'catalogid': 2, 'categoryid': 1, 'code': 'pack', 'isset': 0, "
        "'shortname': 'pack', 'name': 'Pack', 'status': 'AVAILABLE', 'price1': '60'},"
    WORLD_ITEM(9, "badtax") ", 'price1': '10', 'taxcode': 99},"
    "{'kind': 'item', 'id': 109, 'catalogid': 2, 'categoryid': 1, 'code': 'badtax', "
        "'shortname': 'badtax', 'name': 'B', 'status': 'AVAILABLE', 'price1': '9', 'taxcode': 2},"
    WORLD_ITEM(10, "goodtax") ", 'price1': '10', 'taxcode': 1},"
    "{'kind': 'item', 'id': 110, 'catalogid': 2, 'categoryid': 1, 'code': 'goodtax', "
        "'shortname': 'goodtax', 'name': 'G', 'status': 'AVAILABLE', 'price1': '9', "
        "'taxcode': 99},"
    WORLD_ITEM(11, "stray") ", 'price1': '10', 'setid': 999},"
    "{'kind': 'item', 'id': 111, 'catalogid': 2, 'categoryid': 1, 'code': 'stray', "
        "'shortname': 'stray', 'name': 'S', 'status': 'AVAILABLE', 'price1': '9'},"
    "{'kind': 'item', 'id': 12, 'catalogid': 1, 'categoryid': 2, 'code': 'deep', "
        "'shortname': 'deep', 'name': 'Deep', 'status': 'AVAILABLE', 'price1': '1'},"
    /* what the master does not have, a slave does not sell */
    "{'kind': 'item', 'id': 120, 'catalogid': 2, 'categoryid': 1, 'code': 'own', "
        "'shortname': 'own', 'name': 'Own', 'status': 'AVAILABLE', 'price1': '1'},"
    "{'kind': 'item', 'id': 121, 'catalogid': 3, 'categoryid': 1, 'code': 'orphan', "
        "'shortname': 'orphan', 'name': 'Orphan', 'status': 'AVAILABLE', 'price1': '1'},";
/* clang-format on */


static void check_without_copy(world_t *world)
{
    const shop_item_t *item = world_item(world, "same");

    is_int(item->id, 1, "without a copy: the master's number");
    is_str(item->text[EN].name, "The same", "its name");
    is_money(item->price[0], "10", "its price");
    ok(item->catalog == world->where.shop->catalog, "in the slave's catalogue");
    ok(item->category->catalog == item->catalog, "in a category of it");
}


static void check_overridden(const shop_item_t *item)
{
    is_str(item->text[EN].name, "Local", "name");
    is_str(item->text[FR].name, "Local fr", "name in French");
    is_str(item->text[EN].description, "Local", "description");
    is_str(item->text[EN].notes, "Local", "notes");
    is_str(item->text[EN].eula, "Local", "terms");
    is_str(item->text[EN].seo_title, "Local", "title for search engines");
    is_str(item->text[EN].seo_description, "Local", "description for search engines");
    is_str(item->alias, "local-page", "address");
    is_str(item->image, "local.svg", "picture");
    is_money(item->price[0], "30", "price");
    is_int(item->range[0], 2, "range");
    is_money(item->price[1], "20", "second price");
    is_str(item->tax->title[EN], "VAT 5.5%", "tax");
    is_int((long long) item->field_count, 2, "questions");
    is_str(item->fields[FR][1].field, "h", "of the copy");
}


static void check_locked(const shop_item_t *item)
{
    is_int(item->id, 2, "number: stock is the master's");
    is_str(item->shortname, "full", "shortname");
    is_int(item->stock, 7, "stock");
    is_int(item->max_quantity, 4, "maximum of an order");
    is_int(item->seat_mode, 2, "seats");
    ok(item->renewable, "renewable");
    is_str(item->handler, "std_enrolonecourse", "handler");
    is_str(shop_json_text(item->params, "coursename"), "MASTER", "parameters of the handler");
    is_str(item->passcode, "MASTER", "code to buy it");
    is_int(item->audience, SHOP_AUDIENCE_ALL, "audience");
    is_int(item->kind, SHOP_ITEM_PLAIN, "kind");
}


/* The row that is frozen on bills tells the same. */
static void check_document(const shop_item_t *item)
{
    static const struct {
        const char *name;
        const char *text;
    } cases[] = {
        {"name", "Local"},          {"description", "Local"},
        {"notes", "Local"},         {"eula", "Local"},
        {"seotitle", "Local"},      {"seodescription", "Local"},
        {"seoalias", "local-page"}, {"image", "local.svg"},
        {"leaflet", "local.pdf"},   {"price1", "30"},
        {"price2", "20"},           {"idnumber", "M"},
        {"password", "MASTER"},     {"enablehandler", "std_enrolonecourse"},
        {"shortname", "full"},      {"status", "AVAILABLE"},
    };
    const json_t *row = item->document;

    for (size_t i = 0; i < COUNT(cases); i++) {
        is_str(shop_json_text(row, cases[i].name), cases[i].text, cases[i].name);
    }

    is_int(shop_json_int(row, "id"), 2, "id");
    is_int(shop_json_int(row, "stock"), 7, "stock");
    is_int(shop_json_int(row, "taxcode"), 2, "taxcode");
    is_int(shop_json_int(row, "range1"), 2, "range1");
    is_int(shop_json_int(row, "maxdeliveryquant"), 4, "maxdeliveryquant");
    is_str(shop_json_text(json_object_get(row, "productiondata"), "of"), "local", "productiondata");
    is_int((long long) json_array_size(json_object_get(row, "requireddata")), 2, "requireddata");
    is_str(shop_json_text(json_object_get(json_object_get(row, "translations"), "fr"), "name"),
           "Local fr", "translations");
}


static void check_master_untouched(world_t *world)
{
    const shop_item_t *item;

    world_choose(world, "main");
    item = world_item(world, "full");
    is_str(item->text[EN].name, "The full", "the master keeps its name");
    is_money(item->price[0], "10", "its price");
    is_str(shop_json_text(item->document, "name"), "The full", "its row");
    is_str(item->alias, "full-page", "its address");
    world_choose(world, "swiss");
}


static void check_fallbacks(world_t *world)
{
    const shop_item_t *item = world_item(world, "bare");

    is_money(item->price[0], "11", "a copy without pictures has its own price");
    is_str(item->image, "master.svg", "the master's picture");
    is_str(shop_json_text(item->document, "image"), "master.svg", "in its row too");
    is_str(shop_json_text(item->document, "leaflet"), "master.pdf", "the master's leaflet");
    is_str(item->alias, "bare-page", "the master's address");
}


static void check_status(world_t *world)
{
    ok(!shop_item_visible(world_item(world, "withdrawn"), &world->visitor),
       "a copy that is not sold hides the product");
    is_key(world_put(world, "withdrawn", 1), "product_unavailable", "and nobody can order it");
    world_choose(world, "main");
    is_key(world_put(world, "withdrawn", 1), NULL, "in the master's shop it can be ordered");
    world_choose(world, "swiss");
}


static void check_containers(world_t *world)
{
    const shop_item_t *member = world_item(world, "member"), *set = world_item(world, "set");
    const shop_item_t *pack = world_item(world, "pack");

    ok(member->container == set, "an element with a copy stands in the slave's set");
    is_str(shop_str(member->defect), "", "and nothing is wrong with it");
    is_money(member->price[0], "12", "at its own price");
    ok(set->element_count == 1 && set->elements[0] == member, "the set knows it");
    is_key(world_put(world, "member", 1), NULL, "it can be ordered");
    is_int(pack->kind, SHOP_ITEM_BUNDLE, "the kind is the master's");
    is_money(pack->price[0], "60", "a bundle has its own price too");
    ok(pack->element_count == 1 && pack->elements[0]->catalog == pack->catalog,
       "its elements are those of the slave");
    is_key(world_put(world, "pack", 1), NULL, "it can be ordered");
}


static void check_defects(world_t *world)
{
    is_str(shop_str(world_item(world, "badtax")->defect), "", "a copy mends the master's tax");
    is_str(shop_str(world_item(world, "goodtax")->defect),
           "its tax does not exist, or cannot be computed", "or has a wrong one of its own");
    is_str(shop_str(world_item(world, "stray")->defect), "its set does not exist, or is none",
           "where it stands it cannot mend");
}


static void check_tree(world_t *world)
{
    const shop_catalog_t *catalog = world->where.shop->catalog;

    is_int((long long) catalog->root_count, 1, "the master's categories and none of its own");
    is_str(catalog->roots[0]->text[EN].name, "Courses", "with their names");
    is_int((long long) catalog->roots[0]->child_count, 1, "and what is below");
    ok(shop_find_category(world->where.snapshot, world->where.shop, SHOP_STR("own")) == NULL,
       "its own one is not found");
    ok(shop_find_category(world->where.snapshot, world->where.shop, SHOP_STR("below")) ==
           catalog->roots[0]->children[0],
       "the master's is");
    is_str(world_item(world, "deep")->category->text[EN].name, "Below", "products hang there");
    ok(world_item(world, "deep")->category->catalog == catalog, "in the slave's own tree");
    is_str(catalog->text[EN].eula, "Swiss law", "the conditions of sale are its own");
}


static void check_what_is_not_there(world_t *world)
{
    static const char *const names[] = {"own", "other", "orphan"};
    static const char *const shops[] = {"swiss", "orphan", "grandchild"};

    for (size_t i = 0; i < COUNT(names); i++) {
        ok(shop_find_item(world->where.snapshot, world->where.shop, shop_str(names[i])) == NULL,
           "%s is not sold", names[i]);
    }

    ok(shop_find_item_page(world->where.snapshot, world->where.shop, SHOP_STR("102")) == NULL,
       "a copy has no number of its own");

    for (size_t i = 1; i < COUNT(shops); i++) {
        world_choose(world, shops[i]);
        ok(world->where.shop->catalog->root_count == 0 &&
               shop_find_item(world->where.snapshot, world->where.shop, SHOP_STR("same")) == NULL,
           "%s has no master: it shows nothing", shops[i]);
    }

    world_choose(world, "swiss");
}


/* An order through a slave takes from the master's stock. */
static void check_stock(world_t *world)
{
    shop_refusal_t refusal;

    ok(shop_cart_passcode(world->cart, &world->where, SHOP_STR("full"), SHOP_STR("LOCAL")).key !=
           NULL,
       "the copy's code opens nothing");
    is_key(shop_cart_passcode(world->cart, &world->where, SHOP_STR("full"), SHOP_STR("MASTER")),
           NULL, "the master's does");
    refusal = world_put(world, "full", 5);
    is_key(refusal, "max_reached", "the master's maximum");
    is_int(refusal.n, 4, "is told");
}


/* Two slaves of one master, whatever the size of the slices: each has a tree of its own. */
static void check_slices(void)
{
    static const char *const shops[] = {"main", "swiss", "twin"};
    static const size_t slices[] = {1, 2, 7, 1000};
    char text[sizeof(rows) + 32];
    json_t *all;

    (void) snprintf(text, sizeof(text), "[%s{'kind': 'none'}]", rows);
    all = world_json(text);

    for (size_t i = 0; i < COUNT(slices) * COUNT(shops); i++) {
        shop_heap_t *heap = shop_heap_create(-1);
        shop_snapshot_builder_t *builder = shop_snapshot_builder_create(shop_heap_arena(heap));
        bool built = world_build(builder, all, slices[i / COUNT(shops)]) == SHOP_OK;
        const shop_snapshot_t *snapshot = shop_snapshot_of(builder);
        const shop_shop_t *shop = shop_find_shop(snapshot, shop_str(shops[i % COUNT(shops)]));
        const shop_item_t *set = shop_find_item(snapshot, shop, SHOP_STR("set"));
        const shop_item_t *deep = shop_find_item(snapshot, shop, SHOP_STR("deep"));

        ok(built && set->catalog == shop->catalog && set->element_count == 1 &&
               set->elements[0]->catalog == shop->catalog && set->elements[0]->container == set &&
               deep->category->catalog == shop->catalog &&
               deep->category->parent == shop->catalog->roots[0],
           "%s, %zu at a time", shops[i % COUNT(shops)], slices[i / COUNT(shops)]);
        is_money(set->elements[0]->price[0], i % COUNT(shops) == 1 ? "12" : "10",
                 "at the price of its catalogue");
        shop_snapshot_release(builder);
        shop_heap_destroy(heap);
    }

    json_decref(all);
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    world_choose(&world, "swiss");
    check_without_copy(&world);
    check_overridden(world_item(&world, "full"));
    check_locked(world_item(&world, "full"));
    check_document(world_item(&world, "full"));
    check_master_untouched(&world);
    check_fallbacks(&world);
    check_status(&world);
    check_containers(&world);
    check_defects(&world);
    check_tree(&world);
    check_what_is_not_there(&world);
    check_stock(&world);
    world_close(&world);
    check_slices();

    return done_testing();
}
