/*
 * One product out of its row. What is wrong with it does not stop the catalogue: the product says
 * so itself (`defect`) and cannot be ordered.
 */

#include "shop/catalog_internal.h"
#include "shop/required.h"

#include <string.h>


static const char *const lang_codes[SHOP_LANGS] = {"en", "fr"};

static const struct {
    const char *name;
    shop_item_status_e status;
} statuses[] = {
    {"PREVIEW", SHOP_ITEM_PREVIEW},
    {"AVAILABLE", SHOP_ITEM_AVAILABLE},
    {"AVAILABLEINTERNAL", SHOP_ITEM_AVAILABLE_INTERNAL},
    {"ASCOMPLEMENT", SHOP_ITEM_AS_COMPLEMENT},
    {"SUSPENDED", SHOP_ITEM_SUSPENDED},
    {"PROVIDING", SHOP_ITEM_PROVIDING},
    {"ABANDONNED", SHOP_ITEM_ABANDONED},
    {"ABANDONED", SHOP_ITEM_ABANDONED},
};


static shop_str_t text_of(const json_t *row, size_t lang, const char *name);
static shop_item_status_e status_of(const json_t *row);
static void read_prices(const json_t *row, shop_item_t *item);
static void read_limits(const json_t *row, shop_item_t *item);
static shop_status_t read_roles(shop_arena_t *arena, shop_item_t *item);
static shop_status_t add_role(shop_item_t *item, shop_str_t role);
static shop_status_t read_fields(shop_arena_t *arena, json_t *row, shop_item_t *item);
static shop_status_t translate_fields(shop_arena_t *arena, json_t *row, shop_item_t *item,
                                      size_t lang);


/* The base texts are the fallback of every language. */
static shop_str_t text_of(const json_t *row, size_t lang, const char *name)
{
    const json_t *own = json_object_get(json_object_get(row, "translations"), lang_codes[lang]);
    shop_str_t text = shop_json_text(own, name);

    return text.len > 0 ? text : shop_json_text(row, name);
}


void shop_texts_read(const json_t *row, const char *eula, const char *notes,
                     shop_texts_t text[SHOP_LANGS])
{
    for (size_t lang = 0; lang < SHOP_LANGS; lang++) {
        text[lang] = (shop_texts_t){
            .name = text_of(row, lang, "name"),
            .description = text_of(row, lang, "description"),
            .notes = text_of(row, lang, notes),
            .eula = text_of(row, lang, eula),
            .seo_title = text_of(row, lang, "seotitle"),
            .seo_description = text_of(row, lang, "seodescription"),
        };
    }
}


void shop_titles_read(const json_t *row, shop_str_t title[SHOP_LANGS])
{
    for (size_t lang = 0; lang < SHOP_LANGS; lang++) {
        title[lang] = text_of(row, lang, "title");
    }
}


shop_status_t shop_item_build(shop_arena_t *arena, json_t *row, shop_item_t **out)
{
    shop_item_t *item = shop_arena_calloc(arena, sizeof(*item));
    shop_status_t status;

    *out = item;

    if (item == NULL) {
        return SHOP_NO_MEMORY;
    }

    item->id = shop_json_int(row, "id");
    item->code = shop_json_text(row, "code");
    item->shortname = shop_json_text(row, "shortname");
    item->alias = shop_json_text(row, "seoalias");
    item->image = shop_json_text(row, "image");
    item->leaflet = shop_json_text(row, "leaflet");
    item->kind = shop_json_int(row, "isset") == 1   ? SHOP_ITEM_SET
                 : shop_json_int(row, "isset") == 2 ? SHOP_ITEM_BUNDLE
                                                    : SHOP_ITEM_PLAIN;
    item->status = status_of(row);
    item->shows_name = shop_json_bool(row, "showsnameinset");
    item->shows_description = shop_json_bool(row, "showsdescriptioninset");
    item->passcode = shop_json_text(row, "password");
    item->seat_mode = (int) shop_json_int(row, "quantaddressesusers");
    item->renewable = shop_json_bool(row, "renewable");
    item->handler = shop_json_text(row, "enablehandler");
    item->params = json_object_get(row, "handlerparams");
    item->document = row;

    if (item->alias.len == 0) {
        item->alias = item->shortname;
    }

    shop_texts_read(row, "eula", "notes", item->text);
    read_prices(row, item);
    read_limits(row, item);

    status = read_roles(arena, item);

    return status == SHOP_OK ? read_fields(arena, row, item) : status;
}


static shop_item_status_e status_of(const json_t *row)
{
    shop_str_t name = shop_json_text(row, "status");

    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        if (shop_str_eq(name, shop_str(statuses[i].name))) {
            return statuses[i].status;
        }
    }

    return SHOP_ITEM_PREVIEW;
}


/* objects.md 5.3: nothing after the first open range; a missing price is that of the tier before.
 */
static void read_prices(const json_t *row, shop_item_t *item)
{
    static const char *const prices[] = {"price1", "price2", "price3", "price4", "price5"};
    static const char *const ranges[] = {"range1", "range2", "range3", "range4"};
    size_t tiers = 1;

    for (; tiers < SHOP_TIERS; tiers++) {
        int64_t range = shop_json_int(row, ranges[tiers - 1]);

        if (range <= 0 || (tiers > 1 && range <= item->range[tiers - 2])) {
            break;
        }

        item->range[tiers - 1] = range;
    }

    for (size_t i = 0; i < tiers; i++) {
        item->price[i] = shop_json_money(row, prices[i]);

        if (item->price[i].e4 < 0) {
            item->defect = "a price is negative";
        }

        if (i > 0 && item->price[i].e4 == 0) {
            item->price[i] = item->price[i - 1];
        }

        if (item->price[0].e4 == 0 && item->price[i].e4 > 0) {
            item->defect = "a price follows a free one";
        }
    }
}


static void read_limits(const json_t *row, shop_item_t *item)
{
    const json_t *stock = json_object_get(row, "stock");
    int64_t audience = shop_json_int(row, "onlyforloggedin");

    item->stock = json_is_integer(stock) ? json_integer_value(stock) : -1;
    item->handler_max = shop_json_int(row, "handler_max");
    item->credit_price = shop_json_int(row, "credit_price");
    item->max_quantity = shop_json_int(row, "maxdeliveryquant");
    shop_item_lower_max(item, item->handler_max);

    item->audience = audience < 0    ? SHOP_AUDIENCE_VISITORS
                     : audience == 0 ? SHOP_AUDIENCE_ALL
                     : audience == 1 ? SHOP_AUDIENCE_LOGGED_IN
                                     : SHOP_AUDIENCE_CUSTOMERS;
}


void shop_item_lower_max(shop_item_t *item, int64_t max)
{
    if (max > 0 && (item->max_quantity == 0 || max < item->max_quantity)) {
        item->max_quantity = max;
    }
}


/* "student", and those of the handler parameter `requiredroles` (front-office.md 7.1). */
static shop_status_t read_roles(shop_arena_t *arena, shop_item_t *item)
{
    shop_str_t list = shop_json_text(item->params, "requiredroles"), role;

    item->roles = shop_arena_calloc(arena, SHOP_ROLES_MAX * sizeof(shop_str_t));
    if (item->roles == NULL) {
        return SHOP_NO_MEMORY;
    }

    item->roles[item->role_count++] = SHOP_STR("student");

    while (shop_str_split(&list, ',', &role)) {
        role = shop_str_trim(role);

        if (shop_str_eq(role, SHOP_STR("supervisor"))) {
            role = SHOP_STR("_supervisor");
        }

        if (add_role(item, role) != SHOP_OK) {
            item->defect = "too many roles in requiredroles";
        }
    }

    return SHOP_OK;
}


static shop_status_t add_role(shop_item_t *item, shop_str_t role)
{
    for (size_t i = 0; i < item->role_count; i++) {
        if (shop_str_eq(item->roles[i], role)) {
            return SHOP_OK;
        }
    }

    if (role.len == 0) {
        return SHOP_OK;
    }

    if (item->role_count == SHOP_ROLES_MAX) {
        return SHOP_LIMIT;
    }

    item->roles[item->role_count++] = role;

    return SHOP_OK;
}


static shop_status_t read_fields(shop_arena_t *arena, json_t *row, shop_item_t *item)
{
    shop_field_t *base;
    shop_status_t status;

    status = shop_required_parse(arena, json_object_get(row, "requireddata"), &base,
                                 &item->field_count, &item->kept[SHOP_LANGS]);

    if (status == SHOP_MALFORMED || status == SHOP_LIMIT) {
        item->defect = "requireddata is not a list of questions";
        item->field_count = 0;
        return SHOP_OK;
    }

    for (size_t lang = 0; status == SHOP_OK && lang < SHOP_LANGS; lang++) {
        item->fields[lang] = base;
        status = translate_fields(arena, row, item, lang);
    }

    return status;
}


/* Translated questions must be the same ones; else the base ones serve in this language too. */
static shop_status_t translate_fields(shop_arena_t *arena, json_t *row, shop_item_t *item,
                                      size_t lang)
{
    json_t *translations = json_object_get(row, "translations");
    json_t *own = json_object_get(json_object_get(translations, lang_codes[lang]), "requireddata");
    shop_field_t *fields;
    shop_status_t status;
    size_t count;

    if (own == NULL) {
        return SHOP_OK;
    }

    status = shop_required_parse(arena, own, &fields, &count, &item->kept[lang]);

    if (status == SHOP_OK &&
        shop_required_same(fields, count, item->fields[lang], item->field_count)) {
        item->fields[lang] = fields;
    }

    return status == SHOP_NO_MEMORY ? status : SHOP_OK;
}
