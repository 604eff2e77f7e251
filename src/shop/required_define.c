/*
 * The questions that products ask before they are ordered, read from their definition
 * (front-office.md 6.1, objects.md 5.9).
 */

#include "shop/required.h"

#include <ctype.h>


#define ANSWER_MAX 1000 /* characters, when the field gives no bound */
#define OPTIONS_MAX 200
#define DEFINITION_MAX 65536


typedef struct {
    shop_arena_t *arena;
    shop_field_t *fields;
    size_t count;
    json_t *kept;
} reader_t;


static shop_status_t keep(reader_t *reader, json_t *json);
static shop_status_t read_text(reader_t *reader, json_t **definition);
static shop_status_t read_fields(reader_t *reader, json_t *definition);
static shop_status_t add_field(reader_t *reader, const json_t *definition);
static bool name_valid(shop_str_t name);
static bool name_taken(const reader_t *reader, shop_str_t name);
static bool type_of(shop_str_t name, shop_field_type_e *type);
static size_t length_of(const json_t *definition, const json_t *attrs);
static shop_status_t read_attributes(reader_t *reader, const json_t *attrs, shop_field_t *field);
static shop_status_t read_options(shop_arena_t *arena, json_t *options, shop_field_t *field);
static bool same_field(const shop_field_t *a, const shop_field_t *b);


shop_status_t shop_required_parse(shop_arena_t *arena, json_t *definition, shop_field_t **fields,
                                  size_t *count, json_t **kept)
{
    reader_t reader = {.arena = arena};
    shop_status_t status = read_text(&reader, &definition);

    if (status == SHOP_OK && definition != NULL && !json_is_null(definition)) {
        status = read_fields(&reader, definition);
    }

    *fields = reader.fields;
    *count = reader.count;
    *kept = reader.kept;

    return status;
}


/* Whoever calls releases it, whatever became of the rest. */
static shop_status_t keep(reader_t *reader, json_t *json)
{
    if (reader->kept == NULL) {
        reader->kept = json_array();
    }

    /* Takes the reference in any case. */
    return json_array_append_new(reader->kept, json) == 0 ? SHOP_OK : SHOP_NO_MEMORY;
}


/* A definition given as text becomes what the text says; an empty one is none. */
static shop_status_t read_text(reader_t *reader, json_t **definition)
{
    shop_str_t text;
    shop_status_t status;

    if (!json_is_string(*definition)) {
        return SHOP_OK;
    }

    text = (shop_str_t){json_string_length(*definition),
                        (unsigned char *) json_string_value(*definition)};
    *definition = NULL;

    if (shop_str_trim(text).len == 0) {
        return SHOP_OK;
    }

    status = shop_json_parse(text, DEFINITION_MAX, definition);

    return status == SHOP_OK ? keep(reader, *definition) : status;
}


/* An array of descriptors, or an object whose values are descriptors. */
static shop_status_t read_fields(reader_t *reader, json_t *definition)
{
    json_t *one;
    const char *key;
    size_t i;
    shop_status_t status = SHOP_OK;

    if (!json_is_array(definition) && !json_is_object(definition)) {
        return SHOP_MALFORMED;
    }

    reader->fields = shop_arena_calloc(reader->arena, SHOP_FIELDS_MAX * sizeof(shop_field_t));
    if (reader->fields == NULL) {
        return SHOP_NO_MEMORY;
    }

    json_array_foreach(definition, i, one)
    {
        status = add_field(reader, one);
        if (status != SHOP_OK) {
            return status;
        }
    }

    json_object_foreach(definition, key, one)
    {
        status = add_field(reader, one);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return SHOP_OK;
}


static shop_status_t add_field(reader_t *reader, const json_t *definition)
{
    const json_t *attrs = json_object_get(definition, "attrs");
    const json_t *required = json_object_get(definition, "required");
    shop_field_t *field;
    shop_status_t status;

    if (reader->count == SHOP_FIELDS_MAX) {
        return SHOP_LIMIT;
    }

    field = &reader->fields[reader->count];
    field->field = shop_json_text(definition, "field");
    field->label = shop_json_text(definition, "label");
    field->desc = shop_json_text(definition, "desc");
    field->pattern = shop_json_text(definition, "pattern");
    field->initial = shop_json_text(definition, "default");
    field->required = required == NULL || json_is_true(required);
    field->max_length = length_of(definition, attrs);

    if (!name_valid(field->field) || name_taken(reader, field->field) || field->label.len == 0 ||
        !type_of(shop_json_text(definition, "type"), &field->type)) {
        return SHOP_MALFORMED;
    }

    reader->count++;
    status = read_attributes(reader, attrs, field);

    return status == SHOP_OK && field->type == SHOP_FIELD_SELECT
               ? read_options(reader->arena, json_object_get(definition, "options"), field)
               : status;
}


static bool name_valid(shop_str_t name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] >= 0x80 || (!isalnum(name.data[i]) && name.data[i] != '_')) {
            return false;
        }
    }

    return name.len > 0 && name.len <= SHOP_FIELD_NAME_MAX;
}


static bool name_taken(const reader_t *reader, shop_str_t name)
{
    for (size_t i = 0; i < reader->count; i++) {
        if (shop_str_eq(reader->fields[i].field, name)) {
            return true;
        }
    }

    return false;
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


/* HTML's attribute serves too, as a number or as text. */
static size_t length_of(const json_t *definition, const json_t *attrs)
{
    int64_t max = shop_json_int(definition, "maxlength");

    if (max <= 0) {
        max = shop_json_int(attrs, "maxlength");
    }

    if (max <= 0 && shop_str_to_int(shop_json_text(attrs, "maxlength"), &max) != SHOP_OK) {
        return ANSWER_MAX;
    }

    return max > 0 && max < ANSWER_MAX ? (size_t) max : ANSWER_MAX;
}


/* Only what cannot do anything but look; the length is a rule of its own (`max_length`). */
static shop_status_t read_attributes(reader_t *reader, const json_t *attrs, shop_field_t *field)
{
    static const char *const allowed[] = {"size", "rows", "cols", "placeholder",
                                          "min",  "max",  "step", "autocomplete"};
    json_t *filtered = json_object();

    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        json_t *value = json_object_get(attrs, allowed[i]);

        if ((json_is_string(value) || json_is_number(value)) &&
            json_object_set(filtered, allowed[i], value) != 0) {
            json_decref(filtered);
            return SHOP_NO_MEMORY;
        }
    }

    if (filtered != NULL && json_object_size(filtered) == 0) {
        json_decref(filtered);
        return SHOP_OK;
    }

    field->attrs = filtered;

    return keep(reader, filtered);
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

    json_object_foreach(options, value, label)
    {
        field->options[field->option_count++] =
            (shop_option_t){shop_str(value), shop_str(json_string_value(label))};
    }

    return SHOP_OK;
}


bool shop_required_same(const shop_field_t *a, size_t a_count, const shop_field_t *b,
                        size_t b_count)
{
    for (size_t i = 0; a_count == b_count && i < a_count; i++) {
        if (!same_field(&a[i], &b[i])) {
            return false;
        }
    }

    return a_count == b_count;
}


static bool same_field(const shop_field_t *a, const shop_field_t *b)
{
    if (!shop_str_eq(a->field, b->field) || a->type != b->type ||
        a->option_count != b->option_count) {
        return false;
    }

    for (size_t i = 0; i < a->option_count; i++) {
        size_t n = 0;

        while (n < b->option_count && !shop_str_eq(a->options[i].value, b->options[n].value)) {
            n++;
        }

        if (n == b->option_count) {
            return false;
        }
    }

    return true;
}
