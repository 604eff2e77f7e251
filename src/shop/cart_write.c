/*
 * A cart as it is kept, written: compact JSON with its revision first. Without a tree of values,
 * for every change of a cart comes through here.
 */

#include "shop/cart_internal.h"


static bool any_member(const shop_member_t *members, const void *values);
static void put_flag(shop_json_out_t *out, const char *name, bool set);
static void put_members(shop_json_out_t *out, const shop_member_t *members, const void *values);
static void put_lines(shop_json_out_t *out, const shop_cart_t *cart);
static void put_given(shop_json_out_t *out, const shop_cart_line_t *line);
static void put_passed(shop_json_out_t *out, const shop_cart_t *cart);
static void put_promos(shop_json_out_t *out, const shop_cart_t *cart);
static void put_people(shop_json_out_t *out, const shop_cart_t *cart);
static void put_seats(shop_json_out_t *out, const shop_cart_t *cart);
static void put_customer(shop_json_out_t *out, const shop_cart_t *cart);
static void put_invoice(shop_json_out_t *out, const shop_cart_t *cart);


/* What is empty is left out: most carts hold little more than their lines, and every change of one
 * is written and read again. */
shop_status_t shop_cart_dump(shop_arena_t *arena, const shop_cart_t *cart, shop_str_t *text)
{
    shop_buf_t buf;
    shop_json_out_t out = {&buf, false};

    /* What could not be read again is not written. */
    shop_buf_init(&buf, arena, SHOP_CART_TEXT_MAX);

    shop_json_out_open(&out, '{');
    shop_json_out_name(&out, "rev");
    shop_json_out_int(&out, cart->rev);
    put_lines(&out, cart);
    put_passed(&out, cart);
    put_promos(&out, cart);
    put_people(&out, cart);
    put_seats(&out, cart);
    put_customer(&out, cart);
    put_invoice(&out, cart);
    put_flag(&out, "valid", cart->customer_valid);
    put_flag(&out, "distinct", cart->distinct_invoice);
    put_flag(&out, "launched", cart->launched);
    put_flag(&out, "autodrive", cart->autodrive);

    if (cart->terms_at != 0) {
        shop_json_out_name(&out, "terms_at");
        shop_json_out_int(&out, cart->terms_at);
    }

    put_members(&out, shop_cart_members, cart);
    shop_json_out_close(&out, '}');

    *text = shop_buf_str(&buf);

    return buf.status;
}


static bool any_member(const shop_member_t *members, const void *values)
{
    for (; members->name != NULL; members++) {
        if (((const shop_str_t *) ((const char *) values + members->offset))->len > 0) {
            return true;
        }
    }

    return false;
}


static void put_flag(shop_json_out_t *out, const char *name, bool set)
{
    if (set) {
        shop_json_out_name(out, name);
        shop_json_out_true(out);
    }
}


static void put_members(shop_json_out_t *out, const shop_member_t *members, const void *values)
{
    for (; members->name != NULL; members++) {
        shop_str_t value = *(const shop_str_t *) ((const char *) values + members->offset);

        if (value.len > 0) {
            shop_json_out_name(out, members->name);
            shop_json_out_text(out, value);
        }
    }
}


static void put_lines(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->line_count == 0) {
        return;
    }

    shop_json_out_name(out, "order");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < cart->line_count; i++) {
        const shop_cart_line_t *line = &cart->lines[i];

        shop_json_out_open(out, '{');
        shop_json_out_name(out, "p");
        shop_json_out_text(out, line->shortname);
        shop_json_out_name(out, "q");
        shop_json_out_int(out, line->quantity);
        put_flag(out, "i", line->imported);
        put_given(out, line);
        shop_json_out_close(out, '}');
    }

    shop_json_out_close(out, ']');
}


static void put_given(shop_json_out_t *out, const shop_cart_line_t *line)
{
    if (line->given_count == 0) {
        return;
    }

    shop_json_out_name(out, "d");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < line->given_count; i++) {
        const shop_given_t *given = &line->given[i];

        shop_json_out_open(out, '[');
        shop_json_out_text(out, given->element);
        shop_json_out_int(out, (int64_t) given->unit);
        shop_json_out_text(out, given->field);
        shop_json_out_text(out, given->value);
        shop_json_out_close(out, ']');
    }

    shop_json_out_close(out, ']');
}


static void put_passed(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->passed_count == 0) {
        return;
    }

    shop_json_out_name(out, "passed");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < cart->passed_count; i++) {
        shop_json_out_text(out, cart->passed[i]);
    }

    shop_json_out_close(out, ']');
}


static void put_promos(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->promo_count == 0) {
        return;
    }

    shop_json_out_name(out, "promos");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < cart->promo_count; i++) {
        shop_json_out_open(out, '[');
        shop_json_out_int(out, cart->promos[i].discount);
        shop_json_out_text(out, cart->promos[i].code);
        shop_json_out_close(out, ']');
    }

    shop_json_out_close(out, ']');
}


static void put_people(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->participant_count == 0) {
        return;
    }

    shop_json_out_name(out, "people");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < cart->participant_count; i++) {
        shop_json_out_open(out, '{');
        put_members(out, shop_person_members, &cart->participants[i]);
        shop_json_out_close(out, '}');
    }

    shop_json_out_close(out, ']');
}


static void put_seats(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->assignment_count == 0) {
        return;
    }

    shop_json_out_name(out, "seats");
    shop_json_out_open(out, '[');

    for (size_t i = 0; i < cart->assignment_count; i++) {
        const shop_assignment_t *seat = &cart->assignments[i];

        shop_json_out_open(out, '[');
        shop_json_out_text(out, seat->shortname);
        shop_json_out_text(out, seat->role);
        shop_json_out_text(out, seat->email);
        shop_json_out_close(out, ']');
    }

    shop_json_out_close(out, ']');
}


static void put_customer(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (cart->customer.id == 0 && !any_member(shop_customer_members, &cart->customer)) {
        return;
    }

    shop_json_out_name(out, "customer");
    shop_json_out_open(out, '{');
    put_members(out, shop_customer_members, &cart->customer);

    if (cart->customer.id != 0) {
        shop_json_out_name(out, "id");
        shop_json_out_int(out, cart->customer.id);
    }

    shop_json_out_close(out, '}');
}


static void put_invoice(shop_json_out_t *out, const shop_cart_t *cart)
{
    if (!any_member(shop_invoice_members, &cart->invoice)) {
        return;
    }

    shop_json_out_name(out, "invoice");
    shop_json_out_open(out, '{');
    put_members(out, shop_invoice_members, &cart->invoice);
    shop_json_out_close(out, '}');
}
