/*
 * The lines of a document, the discounts and shipping behind them, and its tax lines.
 *
 * Amounts come as they were frozen with the order; only tax lines and subtotal are sums made here,
 * of rounded lines (objects.md 8.2, 8.3).
 */

#include "view/document_internal.h"

#define TAXES_MAX 32

typedef struct {
    shop_str_t title;
    const json_t *ratio;
    shop_money_t amount;
} tax_line_t;

typedef struct {
    shop_making_t *d;
    json_t *lines;
    json_t *discounts;
    json_t *shipping; /* NULL: none */
    shop_money_t subtotal;
    tax_line_t taxes[TAXES_MAX];
    size_t tax_count;
} sorting_t;


static void add(shop_making_t *d, shop_money_t *sum, shop_money_t m)
{
    shop_document_note(d, shop_money_add(*sum, m, sum));
}


/* "VAT 20%"; a title that tells its rate is left alone. */
static shop_str_t tax_label(shop_making_t *d, shop_str_t title, const json_t *ratio)
{
    shop_str_t label = title;

    for (size_t i = 0; i < title.len; i++) {
        if (title.data[i] == '%') {
            return title;
        }
    }

    shop_str_t number = shop_document_number(d, ratio);
    if (number.len == 0) {
        return title;
    }

    shop_str_t rate = shop_document_fill(d, "document.rate", number);
    shop_document_note(d,
                       shop_arena_printf(d->arena, &label, "%.*s%s%.*s", (int) title.len,
                                         (const char *) title.data, title.len > 0 ? "\xc2\xa0" : "",
                                         (int) rate.len, (const char *) rate.data));
    return label;
}


static void count_tax(sorting_t *s, const json_t *line, shop_money_t amount)
{
    const json_t *tax = json_object_get(line, "tax");
    shop_str_t title = shop_json_text(tax, "title");
    const json_t *ratio = json_object_get(tax, "ratio");

    if (amount.e4 == 0) {
        return;
    }

    for (size_t i = 0; i < s->tax_count; i++) {
        if (shop_str_eq(s->taxes[i].title, title) &&
            (s->taxes[i].ratio == ratio || json_equal(s->taxes[i].ratio, ratio))) {
            add(s->d, &s->taxes[i].amount, amount);
            return;
        }
    }

    if (s->tax_count == TAXES_MAX) {
        shop_document_note(s->d, SHOP_LIMIT);
        return;
    }
    s->taxes[s->tax_count++] = (tax_line_t){title, ratio, amount};
}


static json_t *line_view(sorting_t *s, const json_t *line)
{
    shop_making_t *d = s->d;
    json_t *view = shop_document_new(d, json_object());
    shop_money_t untaxed = shop_json_money(line, "untaxed");
    shop_money_t taxed = shop_json_money(line, "taxed");
    shop_money_t tax = SHOP_MONEY_ZERO;
    shop_str_t unit = SHOP_STR("");

    shop_document_note(d, shop_money_sub(taxed, untaxed, &tax));
    shop_document_note(d, shop_money_format_unit(d->arena, shop_json_money(line, "unit"),
                                                 d->currency, d->lang->code, &unit));
    count_tax(s, line, tax);

    shop_document_put_text(d, view, "name", shop_json_text(line, "name"));
    shop_document_put_text(d, view, "code", shop_json_text(line, "code"));
    shop_document_put_text(d, view, "about", shop_json_text(line, "about"));
    shop_document_put_text(d, view, "quantity",
                           shop_document_number(d, json_object_get(line, "quantity")));
    shop_document_put_text(d, view, "unit", unit);
    shop_document_put_money(d, view, "untaxed", untaxed);
    shop_document_put_money(d, view, "taxed", taxed);

    const json_t *frozen = json_object_get(line, "tax");
    shop_document_put_text(
        d, view, "tax_label",
        tax_label(d, shop_json_text(frozen, "title"), json_object_get(frozen, "ratio")));
    return view;
}


static void sort_line(sorting_t *s, const json_t *line)
{
    shop_str_t type = shop_json_text(line, "type");
    json_t *view = line_view(s, line);

    if (shop_str_eq(type, SHOP_STR("DISCOUNT"))) {
        shop_document_append(s->d, s->discounts, view);
    } else if (shop_str_eq(type, SHOP_STR("SHIPPING"))) {
        json_decref(s->shipping);
        s->shipping = view;
    } else {
        add(s->d, &s->subtotal, shop_json_money(line, "untaxed"));
        shop_document_append(s->d, s->lines, view);
    }
}


static json_t *tax_views(sorting_t *s)
{
    json_t *views = shop_document_new(s->d, json_array());

    for (size_t i = 0; i < s->tax_count; i++) {
        json_t *view = shop_document_new(s->d, json_object());

        shop_document_put_text(s->d, view, "label",
                               tax_label(s->d, s->taxes[i].title, s->taxes[i].ratio));
        shop_document_put_money(s->d, view, "amount", s->taxes[i].amount);
        shop_document_append(s->d, views, view);
    }

    return views;
}


void shop_document_lines(shop_making_t *d, json_t *data)
{
    sorting_t s = {.d = d};
    const json_t *lines = json_object_get(d->order, "lines");

    s.lines = shop_document_new(d, json_array());
    s.discounts = shop_document_new(d, json_array());

    for (size_t i = 0; i < json_array_size(lines) && d->status == SHOP_OK; i++) {
        sort_line(&s, json_array_get(lines, i));
    }

    bool discounted = json_array_size(s.discounts) > 0;
    if (discounted || s.shipping != NULL) {
        shop_document_put_money(d, data, "subtotal", s.subtotal);
    }
    if (s.shipping != NULL) {
        shop_document_put(d, data, "shipping", s.shipping);
    }
    shop_document_put_flag(d, data, "has_discounts", discounted);
    shop_document_put(d, data, "taxes", tax_views(&s));
    shop_document_put(d, data, "lines", s.lines);
    shop_document_put(d, data, "discounts", s.discounts);
}
