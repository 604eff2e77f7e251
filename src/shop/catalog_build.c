/*
 * From the rows of the database to a snapshot: each row becomes one structure; the ties between
 * them are made at the end, in slices (catalog_link.c).
 */

#include "shop/catalog_internal.h"


typedef shop_status_t (*add_pt)(shop_snapshot_builder_t *builder, json_t *row);


static shop_status_t add_shop(shop_snapshot_builder_t *builder, json_t *row);
static shop_guest_known_e guest_known_of(shop_str_t name);
static shop_status_t add_catalog(shop_snapshot_builder_t *builder, json_t *row);
static shop_status_t add_tax(shop_snapshot_builder_t *builder, json_t *row);
static shop_status_t add_category(shop_snapshot_builder_t *builder, json_t *row);
static shop_status_t add_item(shop_snapshot_builder_t *builder, json_t *row);
static shop_status_t alias_of(shop_arena_t *arena, const json_t *row, shop_str_t *alias);


static const struct {
    const char *kind;
    add_pt add;
} kinds[] = {
    {"shop", add_shop},
    {"catalog", add_catalog},
    {"tax", add_tax},
    {"category", add_category},
    {"item", add_item},
    {"zone", shop_zone_add},
    {"shipping", shop_shipping_row_add},
    {"discount", shop_discount_add},
    {"partner", shop_partner_add},
};


shop_snapshot_builder_t *shop_snapshot_builder_create(shop_arena_t *arena)
{
    shop_snapshot_builder_t *builder = shop_arena_calloc(arena, sizeof(*builder));

    if (builder == NULL) {
        return NULL;
    }

    builder->arena = arena;
    builder->documents = json_array();

    return builder->documents != NULL ? builder : NULL;
}


/* The last ones first: what is left of the list stays where it is. */
bool shop_snapshot_release_some(shop_snapshot_builder_t *builder, size_t slice)
{
    size_t left = json_array_size(builder->documents);

    for (; slice > 0 && left > 0; slice--) {
        json_array_remove(builder->documents, --left);
    }

    return left > 0;
}


void shop_snapshot_release(shop_snapshot_builder_t *builder)
{
    shop_patterns_free(&builder->snapshot);
    json_decref(builder->documents);
    builder->documents = NULL;
}


shop_snapshot_t *shop_snapshot_of(shop_snapshot_builder_t *builder)
{
    return &builder->snapshot;
}


shop_status_t shop_snapshot_builder_add(shop_snapshot_builder_t *builder, shop_str_t kind,
                                        json_t *document)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (!shop_str_eq(kind, shop_str(kinds[i].kind))) {
            continue;
        }

        if (!json_is_object(document)) {
            return SHOP_MALFORMED;
        }

        if (json_array_append(builder->documents, document) != 0) {
            return SHOP_NO_MEMORY;
        }

        return kinds[i].add(builder, document);
    }

    return SHOP_OK;
}


shop_status_t shop_list_add(shop_arena_t *arena, shop_list_t *list, void *what)
{
    if (list->count == list->room) {
        size_t room = list->room > 0 ? list->room * 2 : 16;
        void **larger = shop_arena_alloc(arena, room * sizeof(void *));

        if (larger == NULL) {
            return SHOP_NO_MEMORY;
        }

        for (size_t i = 0; i < list->count; i++) {
            larger[i] = list->list[i];
        }

        list->list = larger;
        list->room = room;
    }

    list->list[list->count++] = what;

    return SHOP_OK;
}


/* A shop in a currency that we do not know cannot sell: it is left out. */
static shop_status_t add_shop(shop_snapshot_builder_t *builder, json_t *row)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(row, "currency"));
    shop_shop_t *shop;

    if (currency == NULL) {
        return SHOP_OK;
    }

    shop = shop_arena_calloc(builder->arena, sizeof(*shop));
    if (shop == NULL) {
        return SHOP_NO_MEMORY;
    }

    shop->id = shop_json_int(row, "id");
    shop->alias = shop_json_text(row, "alias");
    shop->currency = currency;
    shop->steps = shop_json_text(row, "navsteps");
    shop->allow_tax = shop_json_bool(row, "allowtax");
    shop->tabbed = shop_json_bool(row, "printtabbedcategories");
    shop->organisation_required = shop_json_bool(row, "customerorganisationrequired");
    shop->user_organisation_required = shop_json_bool(row, "enduserorganisationrequired");
    shop->user_phone_required = shop_json_bool(row, "endusermobilephonerequired");
    shop->hides_refused = shop_json_bool(row, "hideproductswhennotavailable");
    shop->allow_late_assignment = shop_json_bool(row, "allow_late_assignment");
    shop->leaflet_download = shop_json_bool(row, "forcedownloadleaflet");
    shop->guest_known = guest_known_of(shop_json_text(row, "guestknownemail"));
    shop->default_paymode = shop_json_text(row, "defaultpaymode");
    shop->paymodes = json_object_get(row, "paymodes");
    shop->document = row;
    shop->utc_offset = (int32_t) shop_json_int(row, "utc_offset");
    shop->test = shop_json_bool(row, "test");
    shop->test_override = shop_json_bool(row, "testoverride");
    shop->ships = shop_json_bool(row, "useshipping");
    shop_texts_read(row, "eula", "", shop->text);

    return shop_list_add(builder->arena, &builder->snapshot.shops, shop);
}


static shop_guest_known_e guest_known_of(shop_str_t name)
{
    if (shop_str_eq(name, SHOP_STR("send_link"))) {
        return SHOP_GUEST_SEND_LINK;
    }

    return shop_str_eq(name, SHOP_STR("allow")) ? SHOP_GUEST_ALLOW : SHOP_GUEST_ASK_LOGIN;
}


static shop_status_t add_catalog(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_catalog_t *catalog = shop_arena_calloc(builder->arena, sizeof(*catalog));

    if (catalog == NULL) {
        return SHOP_NO_MEMORY;
    }

    catalog->id = shop_json_int(row, "id");
    catalog->group = shop_json_int(row, "groupid");
    catalog->countries = shop_json_text(row, "countryrestrictions");
    shop_texts_read(row, "salesconditions", "billfooter", catalog->text);

    return shop_list_add(builder->arena, &builder->snapshot.catalogs, catalog);
}


/* A formula that does not compile stays NULL: what is taxed by it cannot be ordered. */
static shop_status_t add_tax(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_tax_t *tax = shop_arena_calloc(builder->arena, sizeof(*tax));
    const char *error;
    shop_status_t status;

    if (tax == NULL) {
        return SHOP_NO_MEMORY;
    }

    tax->id = shop_json_int(row, "id");
    shop_titles_read(row, tax->title);
    tax->ratio = shop_json_text(row, "ratio");
    tax->formula_text = shop_json_text(row, "formula");

    if (shop_dec_parse(tax->ratio, &tax->ratio_value) == SHOP_OK) {
        shop_str_t formula =
            shop_str_trim(tax->formula_text).len > 0 ? tax->formula_text : SHOP_STR("$ttc = $ht");

        status = shop_formula_compile(builder->arena, formula, &tax->formula, &error);

        if (status == SHOP_NO_MEMORY) {
            return status;
        }

        if (status != SHOP_OK) {
            tax->formula = NULL;
        }
    }

    return shop_list_add(builder->arena, &builder->snapshot.taxes, tax);
}


static shop_status_t add_category(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_category_t *category = shop_arena_calloc(builder->arena, sizeof(*category));
    shop_status_t status;

    if (category == NULL) {
        return SHOP_NO_MEMORY;
    }

    category->id = shop_json_int(row, "id");
    category->visible = shop_json_bool(row, "visible");
    category->sortorder = shop_json_int(row, "sortorder");
    category->row = row;
    shop_texts_read(row, "", "", category->text);
    status = alias_of(builder->arena, row, &category->alias);

    return status == SHOP_OK
               ? shop_list_add(builder->arena, &builder->snapshot.categories, category)
               : status;
}


static shop_status_t alias_of(shop_arena_t *arena, const json_t *row, shop_str_t *alias)
{
    *alias = shop_json_text(row, "seoalias");

    if (alias->len > 0) {
        return SHOP_OK;
    }

    return shop_arena_printf(arena, alias, "%lld", (long long) shop_json_int(row, "id"));
}


static shop_status_t add_item(shop_snapshot_builder_t *builder, json_t *row)
{
    shop_item_t *item;
    shop_status_t status = shop_item_build(builder->arena, row, &item);

    for (size_t i = 0; item != NULL && i <= SHOP_LANGS; i++) {
        if (item->kept[i] != NULL &&
            json_array_append_new(builder->documents, item->kept[i]) != 0) {
            status = SHOP_NO_MEMORY;
        }
    }

    return status == SHOP_OK ? shop_list_add(builder->arena, &builder->snapshot.items, item)
                             : status;
}
