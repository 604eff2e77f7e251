/*
 * Fields of a message, and which of them are kept for staff.
 */

#include "pay/pay_internal.h"

#include <string.h>

#define DETAIL_MAX 64
#define PACKED_MAX 200


shop_str_t shop_pay_field(const shop_form_t *form, const char *name)
{
    const shop_str_t *value = shop_form_find(form, shop_str(name));

    return value != NULL ? *value : SHOP_STR_NULL;
}


shop_str_t shop_pay_field_nocase(const shop_form_t *form, const char *name)
{
    for (size_t i = 0; i < form->count; i++) {
        if (shop_str_eq_nocase(form->pairs[i].name, shop_str(name))) {
            return form->pairs[i].value;
        }
    }

    return SHOP_STR_NULL;
}


bool shop_pay_repeats_a_name(const shop_form_t *form)
{
    for (size_t i = 0; i < form->count; i++) {
        for (size_t j = i + 1; j < form->count; j++) {
            if (shop_str_eq_nocase(form->pairs[i].name, form->pairs[j].name)) {
                return true;
            }
        }
    }

    return false;
}


static shop_status_t add_pair(shop_form_t *fields, shop_str_t pair)
{
    shop_str_t name;

    if (memchr(pair.data, '=', pair.len) == NULL || !shop_str_split(&pair, '=', &name) ||
        name.len == 0 || shop_form_find(fields, name) != NULL || fields->count == PACKED_MAX) {
        return SHOP_MALFORMED;
    }

    if (pair.len == 0) {
        pair = SHOP_STR("");
    }
    fields->pairs[fields->count++] = (shop_pair_t){name, pair};

    return SHOP_OK;
}


shop_status_t shop_pay_split_pairs(shop_arena_t *arena, shop_str_t text, char separator,
                                   shop_form_t *fields)
{
    shop_status_t status = SHOP_OK;
    shop_str_t pair;

    *fields = (shop_form_t){0};
    fields->pairs = shop_arena_calloc(arena, PACKED_MAX * sizeof(*fields->pairs));
    if (fields->pairs == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (status == SHOP_OK && shop_str_split(&text, separator, &pair)) {
        status = pair.len > 0 ? add_pair(fields, pair) : SHOP_MALFORMED;
    }

    return status;
}


shop_status_t shop_pay_keep_details(shop_arena_t *arena, const shop_form_t *form,
                                    shop_pay_field_pt find, const char *const *names,
                                    shop_pay_event_t *event)
{
    size_t most = 0;

    while (names[most] != NULL) {
        most++;
    }

    event->details = shop_arena_calloc(arena, most * sizeof(*event->details));
    if (event->details == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < most; i++) {
        shop_str_t value = find(form, names[i]);
        if (value.len > 0 && value.len <= DETAIL_MAX && !shop_has_card_number(value)) {
            event->details[event->detail_count++] = (shop_pair_t){shop_str(names[i]), value};
        }
    }

    return SHOP_OK;
}
