/*
 * The questions that products ask before they are ordered: one small form per unit, the answers in
 * the cart (front-office.md 6.2).
 */

#include "shop/host.h"
#include "shop/shop_internal.h"

#include <ctype.h>
#include <regex.h>
#include <string.h>


static size_t line_units(const shop_item_t *item, int64_t quantity, shop_form_unit_t *units);
static void collect_answer(shop_arena_t *arena, shop_cart_t *cart, const shop_form_t *form,
                           const shop_form_unit_t *unit, const shop_field_t *field,
                           shop_refusals_t *refusals);
static shop_refusal_t check_answer(shop_arena_t *arena, const shop_field_t *field,
                                   shop_str_t value);
static bool is_option(const shop_field_t *field, shop_str_t value);
static const char *check_pattern(shop_arena_t *arena, shop_str_t pattern, shop_str_t value);
static shop_given_t *find_answer(shop_cart_line_t *line, const shop_form_unit_t *unit,
                                 shop_str_t field);
static shop_status_t store_answer(shop_cart_t *cart, const shop_form_unit_t *unit,
                                  const shop_field_t *field, shop_str_t value);
static shop_str_t element_of(const shop_form_unit_t *unit);


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
                at +=
                    line_units(item, cart->lines[i].quantity, *units != NULL ? *units + at : NULL);
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


/* A dash keeps unit 0 of "line1" and unit 10 of "line" apart. */
shop_status_t shop_required_name(shop_arena_t *arena, const shop_form_unit_t *unit,
                                 const shop_field_t *field, shop_str_t *name)
{
    bool digit = isdigit(field->field.data[field->field.len - 1]) != 0;

    return shop_arena_printf(arena, name, "%.*s/%.*s%s%zu", (int) unit->owner->shortname.len,
                             unit->owner->shortname.data, (int) field->field.len, field->field.data,
                             digit ? "-" : "", unit->unit);
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
            collect_answer(arena, cart, form, &units[i], &units[i].owner->fields[where->lang][n],
                           &refusals);
        }
    }

    return refusals.count;
}


/* A refused answer takes the place of the one before: what was good is no longer what is meant. */
static void collect_answer(shop_arena_t *arena, shop_cart_t *cart, const shop_form_t *form,
                           const shop_form_unit_t *unit, const shop_field_t *field,
                           shop_refusals_t *refusals)
{
    shop_refusal_t refusal;
    shop_str_t name, value;

    if (shop_required_name(arena, unit, field, &name) != SHOP_OK) {
        shop_refusals_add(refusals, "trouble", "");
        return;
    }

    value = shop_form_text(form, (const char *) name.data);

    if (field->type == SHOP_FIELD_CHECKBOX) {
        value = value.len == 0 || shop_str_eq(value, SHOP_STR("0")) ? SHOP_STR("0") : SHOP_STR("1");
    }

    refusal = check_answer(arena, field, value);

    if (refusal.key != NULL) {
        shop_required_drop(cart, unit, field);

    } else if (store_answer(cart, unit, field, value) != SHOP_OK) {
        refusal.key = "trouble";
    }

    if (refusal.key != NULL) {
        refusal.field = (const char *) name.data;
        shop_refusals_put(refusals, refusal);
    }
}


void shop_required_drop(shop_cart_t *cart, const shop_form_unit_t *unit, const shop_field_t *field)
{
    shop_cart_line_t *line = shop_cart_line(cart, unit->line->shortname);
    shop_given_t *given = find_answer(line, unit, field->field);

    if (given != NULL) {
        *given = line->given[--line->given_count];
    }
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

            if (given == NULL || check_answer(cart->arena, field, given->value).key != NULL) {
                return false;
            }
        }
    }

    return true;
}


/* --- answers --- */

static shop_refusal_t check_answer(shop_arena_t *arena, const shop_field_t *field, shop_str_t value)
{
    shop_refusal_t refusal = {0};

    if (field->type == SHOP_FIELD_CHECKBOX) {
        return refusal;
    }

    if (value.len == 0) {
        refusal.key = field->required ? "field_required" : NULL;
        return refusal;
    }

    if (shop_utf8_length(value) > field->max_length) {
        return (shop_refusal_t){.key = "field_long", .n = (int64_t) field->max_length};
    }

    if (shop_has_card_number(value)) {
        return (shop_refusal_t){.key = "card_number"};
    }

    if (field->type == SHOP_FIELD_SELECT) {
        refusal.key = is_option(field, value) ? NULL : "field_option";

    } else if (shop_str_eq(field->pattern, SHOP_STR("@reference"))) {
        refusal.key = shop_reference_valid(value) ? NULL : "ref_malformed";

    } else if (shop_str_eq(field->pattern, SHOP_STR("@host"))) {
        refusal.key = shop_host_check(value);

    } else if (field->pattern.len > 0) {
        refusal.key = check_pattern(arena, field->pattern, value);
    }

    return refusal;
}


static bool is_option(const shop_field_t *field, shop_str_t value)
{
    for (size_t i = 0; i < field->option_count; i++) {
        if (shop_str_eq(field->options[i].value, value)) {
            return true;
        }
    }

    return false;
}


/* A pattern that does not compile hinders nobody. */
static const char *check_pattern(shop_arena_t *arena, shop_str_t pattern, shop_str_t value)
{
    char *text = shop_arena_cstring(arena, value);
    shop_str_t anchored;
    regex_t regex;
    int error;

    if (text == NULL || shop_arena_printf(arena, &anchored, "^(%.*s)$", (int) pattern.len,
                                          pattern.data) != SHOP_OK) {
        return "trouble";
    }

    error = regcomp(&regex, (const char *) anchored.data, REG_EXTENDED | REG_NOSUB);
    if (error != 0) {
        return error == REG_ESPACE ? "trouble" : NULL;
    }

    error = regexec(&regex, text, 0, NULL, 0);
    regfree(&regex);

    return error == 0 ? NULL : error == REG_NOMATCH ? "field_pattern" : "trouble";
}
