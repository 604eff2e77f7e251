/*
 * A document from an order: its name, numbers, dates, parties and totals.
 *
 * Order sheet, pro forma, invoice and credit note are one object seen at different times
 * (objects.md 9.3); what it is follows from the status and from the invoice number.
 */

#include "view/document_internal.h"


typedef struct {
    const char *status;
    bool realised;
    bool paid;
} state_t;

static const state_t states[] = {
    {"PREPROD", true, false}, {"SOLDOUT", true, true},     {"PARTIAL", true, false},
    {"COMPLETE", true, true}, {"RECOVERING", true, false},
};


static state_t state_of(shop_str_t status)
{
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_str_eq(status, shop_str(states[i].status))) {
            return states[i];
        }
    }

    return (state_t){NULL, false, false};
}


static bool is_returned(shop_making_t *d)
{
    return shop_str_eq(shop_json_text(d->order, "status"), SHOP_STR("PAYBACK"));
}


static void put_kind(shop_making_t *d, json_t *data, const char *kind)
{
    static const char *const flags[][2] = {{"is_order", "order"},
                                           {"is_proforma", "proforma"},
                                           {"is_invoice", "invoice"},
                                           {"is_credit", "credit"}};
    shop_str_t chosen = shop_str(kind);

    shop_document_put_text(d, data, "kind", chosen);
    shop_document_put_text(d, data, "title",
                           shop_document_named(d, "document.title.", chosen, chosen));

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        shop_document_put_flag(d, data, flags[i][0], shop_str_eq(chosen, shop_str(flags[i][1])));
    }
}


/* What was given back at once is a credit note; in parts, the invoice that lists them. */
static const json_t *only_credit(shop_making_t *d)
{
    const json_t *credits = json_object_get(d->order, "credits");

    return json_array_size(credits) == 1 ? json_array_get(credits, 0) : NULL;
}


static const char *kind_of(shop_making_t *d, const state_t *state, bool invoiced)
{
    if (is_returned(d)) {
        bool parts = json_array_size(json_object_get(d->order, "credits")) > 1;

        return parts ? "invoice" : "credit";
    }

    if (state->realised) {
        return invoiced ? "invoice" : "proforma";
    }

    return "order";
}


static void put_identity(shop_making_t *d, json_t *data, const state_t *state)
{
    shop_str_t order_number = shop_json_text(d->order, "order_number");
    shop_str_t invoice_number = shop_json_text(d->order, "invoice_number");
    shop_str_t status = shop_json_text(d->order, "status");
    bool invoiced = invoice_number.len > 0;
    const char *kind = kind_of(d, state, invoiced);
    shop_str_t number = invoiced ? invoice_number : order_number;

    if (is_returned(d) && only_credit(d) != NULL) {
        number = shop_json_text(only_credit(d), "number");
    }

    put_kind(d, data, kind);
    shop_document_put_text(d, data, "number", number);
    shop_document_put_text(d, data, "order_number", order_number);
    shop_document_put_text(d, data, "invoice_number", invoice_number);
    shop_document_put_text(d, data, "transid", shop_json_text(d->order, "transid"));
    shop_document_put_text(d, data, "status", status);
    shop_document_put_text(d, data, "status_label",
                           shop_document_named(d, "document.status.", status, status));
    shop_document_put_flag(d, data, "temporary", kind[0] == 'o');
    shop_document_put_flag(d, data, "preparing", state->paid && !invoiced);
    shop_document_put_flag(d, data, "paid", state->paid);
    shop_document_put_flag(d, data, "test", shop_json_bool(d->order, "test"));
}


/* A cheque or a transfer that is awaited; empty: nothing is. */
static shop_str_t promised_until(const shop_making_t *d)
{
    const json_t *attempt = json_object_get(d->order, "attempt");

    return shop_str_eq(shop_json_text(attempt, "state"), SHOP_STR("pending"))
               ? shop_json_text(attempt, "expires")
               : SHOP_STR_NULL;
}


static void put_dates(shop_making_t *d, json_t *data)
{
    shop_str_t date = shop_json_text(d->order, "invoiced_at");

    if (is_returned(d) && only_credit(d) != NULL) {
        date = shop_json_text(only_credit(d), "issued_at");
    }
    if (date.len == 0) {
        date = shop_json_text(d->order, "placed_at");
    }

    shop_document_put_text(d, data, "date_iso", date);
    shop_document_put_date(d, data, "date", date);
    shop_document_put_date(d, data, "paid_date", shop_json_text(d->order, "paid_at"));
    shop_document_put_date(d, data, "pay_until", promised_until(d));
}


static void add_line(shop_making_t *d, json_t *lines, shop_str_t text)
{
    text = shop_str_trim(text);
    if (text.len > 0) {
        shop_document_append(d, lines, shop_json_str(text));
    }
}


static shop_str_t two_words(shop_making_t *d, shop_str_t a, shop_str_t b)
{
    shop_str_t both = SHOP_STR("");
    shop_document_note(d, shop_arena_printf(d->arena, &both, "%.*s %.*s", (int) a.len,
                                            (const char *) a.data, (int) b.len,
                                            (const char *) b.data));
    return shop_str_trim(both);
}


static shop_str_t country_name(shop_making_t *d, const json_t *party)
{
    shop_str_t code = shop_json_text(party, "country");

    return shop_document_named(d, "country.", code, code);
}


/* The postal lines that every party has, below the lines of who it is. */
static void add_address(shop_making_t *d, json_t *lines, const json_t *party)
{
    add_line(d, lines, shop_json_text(party, "address"));
    add_line(d, lines, two_words(d, shop_json_text(party, "zip"), shop_json_text(party, "city")));
    add_line(d, lines, country_name(d, party));
}


static void put_texts(shop_making_t *d, json_t *view, const json_t *from, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        shop_document_put_text(d, view, names[i], shop_json_text(from, names[i]));
    }
}


static json_t *buyer_view(shop_making_t *d, const json_t *buyer)
{
    static const char *const names[] = {"organisation", "department", "email", NULL};
    json_t *view = shop_document_new(d, json_object());
    json_t *lines = shop_document_new(d, json_array());
    shop_str_t name =
        two_words(d, shop_json_text(buyer, "firstname"), shop_json_text(buyer, "lastname"));
    shop_str_t vat = shop_json_text(buyer, "vatcode");

    add_line(d, lines, shop_json_text(buyer, "organisation"));
    add_line(d, lines, shop_json_text(buyer, "department"));
    add_line(d, lines, name);
    add_address(d, lines, buyer);
    if (vat.len > 0) {
        add_line(d, lines, shop_document_fill(d, "document.vat_number", vat));
    }

    put_texts(d, view, buyer, names);
    shop_document_put_text(d, view, "name", name);
    shop_document_put_text(d, view, "vat_number", vat);
    shop_document_put(d, view, "lines", lines);
    return view;
}


static json_t *seller_view(shop_making_t *d)
{
    static const char *const names[] = {"name",  "address", "zip",        "city",
                                        "email", "phone",   "vat_number", "registration",
                                        "logo",  "legal",   NULL};
    const json_t *seller = json_object_get(d->order, "seller");
    json_t *view = shop_document_new(d, json_object());
    json_t *lines = shop_document_new(d, json_array());

    add_address(d, lines, seller);
    put_texts(d, view, seller, names);
    shop_document_put_text(d, view, "country", country_name(d, seller));
    shop_document_put(d, view, "lines", lines);
    return view;
}


static void put_parties(shop_making_t *d, json_t *data)
{
    const json_t *customer = json_object_get(d->order, "customer");
    const json_t *billing = json_object_get(d->order, "invoiceinfo");

    shop_document_put(d, data, "seller", seller_view(d));
    if (json_object_size(billing) > 0) {
        shop_document_put(d, data, "customer", buyer_view(d, billing));
        shop_document_put(d, data, "delivery", buyer_view(d, customer));
    } else {
        shop_document_put(d, data, "customer", buyer_view(d, customer));
    }
}


static void put_totals(shop_making_t *d, json_t *data, const state_t *state)
{
    const char *label = state->paid      ? "document.total.paid"
                        : is_returned(d) ? "document.total.returned"
                                         : "document.total.due";

    shop_document_put_text(d, data, "currency", shop_json_text(d->order, "currency"));
    shop_document_put_money(d, data, "untaxed", shop_json_money(d->order, "untaxed"));
    shop_document_put_money(d, data, "tax", shop_json_money(d->order, "taxes"));
    shop_document_put_money(d, data, "total", shop_json_money(d->order, "amount"));
    shop_document_put_text(d, data, "total_label", shop_document_text(d, label));
}


static json_t *credit_view(shop_making_t *d, const json_t *credit)
{
    json_t *view = shop_document_new(d, json_object());

    shop_document_put_text(d, view, "number", shop_json_text(credit, "number"));
    shop_document_put_date(d, view, "date", shop_json_text(credit, "issued_at"));
    shop_document_put_money(d, view, "amount", shop_json_money(credit, "amount"));
    return view;
}


/* What was given back: every credit note, and the one that a mail is about. */
static void put_credits(shop_making_t *d, json_t *data)
{
    const json_t *credits = json_object_get(d->order, "credits");
    const json_t *credit = json_object_get(d->order, "credit");
    json_t *list = shop_document_new(d, json_array());

    for (size_t i = 0; i < json_array_size(credits); i++) {
        shop_document_append(d, list, credit_view(d, json_array_get(credits, i)));
    }
    shop_document_put(d, data, "credits", list);
    if (json_is_object(credit)) {
        shop_document_put(d, data, "credit", credit_view(d, credit));
    }
}


static void put_paymode(shop_making_t *d, json_t *data, const shop_document_t *document)
{
    const json_t *credits = json_object_get(d->order, "spent_credits");
    shop_str_t mode = shop_json_text(d->order, "paymode");
    shop_str_t name =
        json_is_integer(credits)
            ? shop_document_fill(d, "document.credits_spent", shop_document_number(d, credits))
        : document->paymode.len > 0 ? shop_lang_text(d->strings, d->lang, document->paymode)
                                    : shop_document_named(d, "paymode_", mode, mode);

    shop_document_put_text(d, data, "paymode", name);
}


shop_status_t shop_document_view(shop_arena_t *arena, const shop_document_t *document,
                                 json_t **data)
{
    shop_making_t d = {.arena = arena,
                       .strings = document->strings,
                       .lang = document->lang,
                       .order = document->order,
                       .utc_offset = document->utc_offset,
                       .status = SHOP_OK};
    state_t state = state_of(shop_json_text(document->order, "status"));
    const json_t *feedback = json_object_get(document->order, "feedback");

    d.currency = shop_arena_cstring(arena, shop_json_text(document->order, "currency"));
    *data = json_object();
    if (d.currency == NULL || *data == NULL) {
        json_decref(*data);
        *data = NULL;
        return SHOP_NO_MEMORY;
    }

    put_identity(&d, *data, &state);
    put_dates(&d, *data);
    put_parties(&d, *data);
    shop_document_lines(&d, *data);
    put_totals(&d, *data, &state);
    put_paymode(&d, *data, document);
    put_credits(&d, *data);
    if (!state.paid && !is_returned(&d)) {
        shop_document_pay(&d, *data, document);
    }
    if (json_is_array(feedback)) {
        shop_document_put(&d, *data, "feedback", json_deep_copy(feedback));
    }

    if (d.status != SHOP_OK) {
        json_decref(*data);
        *data = NULL;
    }
    return d.status;
}
