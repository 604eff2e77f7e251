/*
 * The questions that products ask before they are ordered: their definition, one small form per
 * unit, the answers in the cart (front-office.md 6, objects.md 5.9).
 */

#include "shop/required.h"
#include "shop/shop_internal.h"

#include <regex.h>
#include <string.h>


#define ANSWER_MAX 1000 /* characters, when the field gives no bound */
#define OPTIONS_MAX 200


static shop_status_t read_field(shop_arena_t *arena, const json_t *definition,
                                shop_field_t *field);
static bool name_valid(shop_str_t name);
static bool type_of(shop_str_t name, shop_field_type_e *type);
static shop_status_t read_options(shop_arena_t *arena, json_t *options, shop_field_t *field);
static size_t line_units(const shop_item_t *item, int64_t quantity, shop_form_unit_t *units);
static const char *check_answer(shop_arena_t *arena, const shop_field_t *field, shop_str_t value);
static bool fits_pattern(shop_arena_t *arena, shop_str_t pattern, shop_str_t value);
static shop_given_t *find_answer(shop_cart_line_t *line, const shop_form_unit_t *unit,
                                 shop_str_t field);
static shop_status_t store_answer(shop_cart_t *cart, const shop_form_unit_t *unit,
                                  const shop_field_t *field, shop_str_t value);
static shop_str_t element_of(const shop_form_unit_t *unit);


/* --- definition --- */

shop_status_t shop_required_parse(shop_arena_t *arena, json_t *definition, shop_field_t **fields,
                                  size_t *count, json_t **kept)
{
    json_t *one;
    const char *key;
    size_t i;
    shop_status_t status = SHOP_OK;

    *fields = NULL;
    *count = 0;
    *kept = NULL;

    if (json_is_string(definition)) {
        shop_str_t text = {json_string_length(definition),
                           (unsigned char *) json_string_value(definition)};

        if (shop_str_trim(text).len == 0) {
            return SHOP_OK;
        }

        status = shop_json_parse(text, 65536, kept);
        definition = *kept;
    }

    if (status != SHOP_OK || definition == NULL || json_is_null(definition)) {
        return status;
    }

    *fields = shop_arena_calloc(arena, SHOP_FIELDS_MAX * sizeof(shop_field_t));
    if (*fields == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (!json_is_array(definition) && !json_is_object(definition)) {
        return SHOP_MALFORMED;
    }

    json_array_foreach (definition, i, one) {
        if (*count == SHOP_FIELDS_MAX) {
            return SHOP_LIMIT;
        }

        status = read_field(arena, one, &(*fields)[(*count)++]);
        if (status != SHOP_OK) {
            return status;
        }
    }

    json_object_foreach (definition, key, one) {
        if (*count == SHOP_FIELDS_MAX) {
            return SHOP_LIMIT;
        }

        status = read_field(arena, one, &(*fields)[(*count)++]);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return SHOP_OK;
}


static shop_status_t read_field(shop_arena_t *arena, const json_t *definition, shop_field_t *field)
{
    const json_t *attrs = json_object_get(definition, "attrs");
    const json_t *required = json_object_get(definition, "required");
    int64_t max = shop_json_int(definition, "maxlength");

    field->field = shop_json_text(definition, "field");
    field->label = shop_json_text(definition, "label");
    field->desc = shop_json_text(definition, "desc");
    field->pattern = shop_json_text(definition, "pattern");
    field->initial = shop_json_text(definition, "default");
    field->required = required == NULL || json_is_true(required);
    field->attrs = attrs;

    if (!name_valid(field->field) || field->label.len == 0 ||
        !type_of(shop_json_text(definition, "type"), &field->type)) {
        return SHOP_MALFORMED;
    }

    if (max <= 0) {
        max = shop_json_int(attrs, "maxlength");
    }

    field->max_length = max > 0 && max < ANSWER_MAX ? (size_t) max : ANSWER_MAX;

    return field->type == SHOP_FIELD_SELECT
               ? read_options(arena, json_object_get(definition, "options"), field)
               : SHOP_OK;
}


static bool name_valid(shop_str_t name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = name.data[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '_')) {
            return false;
        }
    }

    return name.len > 0 && name.len <= 64;
}


static bool type_of(shop_str_t name, shop_field_type_e *type)
{
    static const struct {
        const char *name;
        shop_field_type_e type;
    } types[] = {{"text", SHOP_FIELD_TEXT},
                 {"textfield", SHOP_FIELD_TEXT},
                 {"textarea", SHOP_FIELD_TEXTAREA},
                 {"checkbox", SHOP_FIELD_CHECKBOX},
                 {"select", SHOP_FIELD_SELECT}};

    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        if (shop_str_eq(name, shop_str(types[i].name))) {
            *type = types[i].type;
            return true;
        }
    }

    return false;
}


static shop_status_t read_options(shop_arena_t *arena, json_t *options, shop_field_t *field)
{
    const char *value;
    json_t *label;

    if (json_object_size(options) == 0 || json_object_size(options) > OPTIONS_MAX) {
        return SHOP_MALFORMED;
    }

    field->options = shop_arena_calloc(arena, json_object_size(options) * sizeof(shop_option_t));
    if (field->options == NULL) {
        return SHOP_NO_MEMORY;
    }

    json_object_foreach (options, value, label) {
        field->options[field->option_count++] =
            (shop_option_t){shop_str(value), shop_str(json_string_value(label))};
    }

    return SHOP_OK;
}


/* --- the small forms --- */

shop_status_t shop_required_units(shop_arena_t *arena, const shop_cart_t *cart,
                                  const shop_where_t *where, shop_form_unit_t **units,
                                  size_t *count)
{
    *units = NULL;
    *count = 0;

    /* Counted first, then filled in. */
    for (size_t pass = 0; pass < 2; pass++) {
        size_t at = 0;

        for (size_t i = 0; i < cart->line_count; i++) {
            const shop_item_t *item =
                shop_find_item(where->snapshot, where->shop, cart->lines[i].shortname);

            if (item != NULL) {
                at += line_units(item, cart->lines[i].quantity,
                                 *units != NULL ? *units + at : NULL);
            }
        }

        if (pass == 0) {
            *units = shop_arena_calloc(arena, (at + 1) * sizeof(shop_form_unit_t));
            if (*units == NULL) {
                return SHOP_NO_MEMORY;
            }
        }

        *count = at;
    }

    return SHOP_OK;
}


/* The number of forms of a line; written to `units` unless that is NULL. */
static size_t line_units(const shop_item_t *item, int64_t quantity, shop_form_unit_t *units)
{
    size_t owners = item->kind == SHOP_ITEM_BUNDLE ? item->element_count : 1, at = 0;

    for (size_t i = 0; i < owners; i++) {
        const shop_item_t *owner = item->kind == SHOP_ITEM_BUNDLE ? item->elements[i] : item;

        for (size_t unit = 0; owner->field_count > 0 && unit < (size_t) quantity; unit++, at++) {
            if (units != NULL) {
                units[at] = (shop_form_unit_t){item, owner, unit};
            }
        }
    }

    return at;
}


static shop_str_t element_of(const shop_form_unit_t *unit)
{
    return unit->owner == unit->line ? SHOP_STR("") : unit->owner->shortname;
}


shop_status_t shop_required_name(shop_arena_t *arena, const shop_form_unit_t *unit,
                                 const shop_field_t *field, shop_str_t *name)
{
    return shop_arena_printf(arena, name, "%.*s/%.*s%zu", (int) unit->owner->shortname.len,
                             unit->owner->shortname.data, (int) field->field.len,
                             field->field.data, unit->unit);
}


shop_str_t shop_required_value(const shop_cart_t *cart, const shop_form_unit_t *unit,
                               const shop_field_t *field)
{
    shop_cart_line_t *line = shop_cart_line(cart, unit->line->shortname);
    const shop_given_t *given = line != NULL ? find_answer(line, unit, field->field) : NULL;

    return given != NULL ? given->value : field->initial;
}


static shop_given_t *find_answer(shop_cart_line_t *line, const shop_form_unit_t *unit,
                                 shop_str_t field)
{
    for (size_t i = 0; i < line->given_count; i++) {
        shop_given_t *given = &line->given[i];

        if (given->unit == unit->unit && shop_str_eq(given->field, field) &&
            shop_str_eq(given->element, element_of(unit))) {
            return given;
        }
    }

    return NULL;
}


size_t shop_required_collect(shop_arena_t *arena, shop_cart_t *cart, const shop_where_t *where,
                             const shop_form_t *form, shop_refusal_t *errors, size_t room)
{
    shop_refusals_t refusals = {errors, room, 0};
    shop_form_unit_t *units;
    size_t count;

    if (shop_required_units(arena, cart, where, &units, &count) != SHOP_OK) {
        shop_refusals_add(&refusals, "trouble", "");
        return refusals.count;
    }

    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < units[i].owner->field_count; n++) {
            const shop_field_t *field = &units[i].owner->fields[where->lang][n];
            shop_str_t name, value;
            const char *error = "trouble";

            if (shop_required_name(arena, &units[i], field, &name) == SHOP_OK) {
                value = shop_form_text(form, (const char *) name.data);

                if (field->type == SHOP_FIELD_CHECKBOX) {
                    value = value.len > 0 ? SHOP_STR("1") : SHOP_STR("0");
                }

                error = check_answer(arena, field, value);

                if (error == NULL &&
                    store_answer(cart, &units[i], field, value) != SHOP_OK) {
                    error = "trouble";
                }
            }

            if (error != NULL) {
                shop_refusals_add(&refusals, error, (const char *) name.data);
            }
        }
    }

    return refusals.count;
}


static shop_status_t store_answer(shop_cart_t *cart, const shop_form_unit_t *unit,
                                  const shop_field_t *field, shop_str_t value)
{
    shop_cart_line_t *line = shop_cart_line(cart, unit->line->shortname);
    shop_given_t *given = find_answer(line, unit, field->field);

    if (given != NULL) {
        return shop_arena_copy(cart->arena, value, &given->value);
    }

    if (line->given_count == line->given_room) {
        size_t room = line->given_room > 0 ? line->given_room * 2 : 8;
        shop_given_t *larger = shop_arena_calloc(cart->arena, room * sizeof(*larger));

        if (larger == NULL) {
            return SHOP_NO_MEMORY;
        }

        if (line->given_count > 0) {
            memcpy(larger, line->given, line->given_count * sizeof(*larger));
        }

        line->given = larger;
        line->given_room = room;
    }

    given = &line->given[line->given_count];
    *given = (shop_given_t){element_of(unit), unit->unit, field->field, SHOP_STR("")};

    if (shop_arena_copy(cart->arena, value, &given->value) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    line->given_count++;

    return SHOP_OK;
}


bool shop_required_complete(const shop_cart_t *cart, const shop_where_t *where)
{
    shop_form_unit_t *units;
    size_t count;

    if (shop_required_units(cart->arena, cart, where, &units, &count) != SHOP_OK) {
        return false;
    }

    for (size_t i = 0; i < count; i++) {
        shop_cart_line_t *line = shop_cart_line(cart, units[i].line->shortname);

        for (size_t n = 0; n < units[i].owner->field_count; n++) {
            const shop_field_t *field = &units[i].owner->fields[where->lang][n];
            const shop_given_t *given = find_answer(line, &units[i], field->field);

            if (given == NULL || check_answer(cart->arena, field, given->value) != NULL) {
                return false;
            }
        }
    }

    return true;
}


/* --- answers --- */

static const char *check_answer(shop_arena_t *arena, const shop_field_t *field, shop_str_t value)
{
    if (field->type == SHOP_FIELD_CHECKBOX) {
        return NULL;
    }

    if (value.len == 0) {
        return field->required ? "field_required" : NULL;
    }

    if (shop_utf8_length(value) > field->max_length) {
        return "field_long";
    }

    if (field->type == SHOP_FIELD_SELECT) {
        for (size_t i = 0; i < field->option_count; i++) {
            if (shop_str_eq(field->options[i].value, value)) {
                return NULL;
            }
        }

        return "field_option";
    }

    return fits_pattern(arena, field->pattern, value) ? NULL : "field_pattern";
}


/* A pattern that does not compile hinders nobody. */
static bool fits_pattern(shop_arena_t *arena, shop_str_t pattern, shop_str_t value)
{
    shop_str_t anchored;
    regex_t regex;
    char *text = shop_arena_cstring(arena, value);
    bool fits;

    if (pattern.len == 0) {
        return true;
    }

    if (text == NULL || shop_arena_printf(arena, &anchored, "^(%.*s)$", (int) pattern.len,
                                          pattern.data) != SHOP_OK) {
        return false;
    }

    if (regcomp(&regex, (const char *) anchored.data, REG_EXTENDED | REG_NOSUB) != 0) {
        return true;
    }

    fits = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);

    return fits;
}
