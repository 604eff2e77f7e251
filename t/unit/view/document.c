/*
 * Documents: names by status, dates, parties, amounts, taxes, payment; and the mails' variables.
 */

#include "views.h"

#include <string.h>

#define ORDER "t/data/documents/order.json"

static const shop_pair_t instructions[] = {
    {SHOP_STR("iban"), SHOP_STR("FR14 2004 1010 0505 0001 3M02 606")},
    {SHOP_STR("unnamed"), SHOP_STR("x")},
    {SHOP_STR("epc"), SHOP_STR("BCD\n002\n1\nSCT\n\nShop\nFR1420041010050500013M02606\nEUR1")},
};


static json_t *read_file(const char *path)
{
    json_error_t error;
    json_t *json = json_load_file(path, 0, &error);

    if (json == NULL) {
        printf("Bail out! %s:%d: %s\n", path, error.line, error.text);
        exit(1);
    }
    return json;
}


static shop_document_t document_of(const json_t *order, const char *lang)
{
    return (shop_document_t){.order = order,
                             .strings = strings,
                             .lang = shop_lang_find(shop_str(lang)),
                             .utc_offset = 3600,
                             .instructions = instructions,
                             .instruction_count = 3};
}


static json_t *view_of(const json_t *order, const char *lang)
{
    shop_document_t document = document_of(order, lang);
    json_t *view;

    is_int(shop_document_view(arena, &document, &view), SHOP_OK, lang);
    return view;
}


static void is_member(const json_t *view, const char *path, const char *expected)
{
    json_t *value = NULL;
    char part[32];

    for (const char *c = path; *c != '\0'; c += *c == '.') {
        size_t len = 0;
        while (*c != '\0' && *c != '.' && len < sizeof(part) - 1) {
            part[len++] = *c++;
        }
        part[len] = '\0';
        value = json_is_array(view) ? json_array_get(view, strtoul(part, NULL, 10))
                                    : json_object_get(view, part);
        view = value;
    }

    shop_str_t got = {json_string_length(value), (unsigned char *) json_string_value(value)};
    is_str(got, expected, path);
}


static void test_states(const json_t *order)
{
    static const struct {
        const char *status, *invoice, *title, *number, *total;
        bool temporary, preparing, paid;
    } cases[] = {
        {"PLACED", NULL, "Online order", "O-20261101-41", "Total to pay", true, false, false},
        {"CANCELLED", NULL, "Online order", "O-20261101-41", "Total to pay", true, false, false},
        {"PREPROD", NULL, "Pro forma invoice", "O-20261101-41", "Total to pay", false, false,
         false},
        {"SOLDOUT", NULL, "Pro forma invoice", "O-20261101-41", "Total paid", false, true, true},
        {"SOLDOUT", "2026-7", "Invoice", "2026-7", "Total paid", false, false, true},
        {"COMPLETE", "2026-7", "Invoice", "2026-7", "Total paid", false, false, true},
        {"RECOVERING", "2026-7", "Invoice", "2026-7", "Total to pay", false, false, false},
        {"PAYBACK", "A-1", "Credit note", "A-1", "Total refunded", false, false, false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        json_t *copy = json_copy((json_t *) order);
        json_object_set_new(copy, "status", json_string(cases[i].status));
        if (cases[i].invoice != NULL) {
            json_object_set_new(copy, "invoice_number", json_string(cases[i].invoice));
        }

        json_t *view = view_of(copy, "en");
        is_member(view, "title", cases[i].title);
        is_member(view, "number", cases[i].number);
        is_member(view, "total_label", cases[i].total);
        ok(shop_json_bool(view, "temporary") == cases[i].temporary, "temporary");
        ok(shop_json_bool(view, "preparing") == cases[i].preparing, "preparing");
        ok(shop_json_bool(view, "paid") == cases[i].paid, "paid");
        bool closed = cases[i].paid || strcmp(cases[i].status, "PAYBACK") == 0;
        ok((json_object_get(view, "payment") == NULL) == closed, "how to pay unless paid");
        json_decref(view);
        json_decref(copy);
    }
}


static void test_credits(const json_t *order)
{
    json_t *copy = json_copy((json_t *) order);
    json_t *first = json_pack("{s:s, s:s, s:s}", "number", "A-1", "amount", "10.00", "issued_at",
                              "2026-11-10T09:00:00Z");
    json_t *second = json_pack("{s:s, s:s, s:s}", "number", "A-2", "amount", "1159.70", "issued_at",
                               "2026-11-11T09:00:00Z");

    json_object_set_new(copy, "status", json_string("SOLDOUT"));
    json_object_set_new(copy, "invoice_number", json_string("B-1"));
    json_object_set_new(copy, "credits", json_pack("[O]", first));
    json_t *view = view_of(copy, "en");
    is_member(view, "number", "B-1");
    is_member(view, "credits.0.number", "A-1");
    is_member(view, "credits.0.amount", "€10.00");
    is_member(view, "credits.0.date", "10 November 2026");
    json_decref(view);

    json_object_set_new(copy, "status", json_string("PAYBACK"));
    view = view_of(copy, "en");
    is_member(view, "title", "Credit note");
    is_member(view, "number", "A-1");
    is_member(view, "date", "10 November 2026");
    json_decref(view);

    json_object_set_new(copy, "credits", json_pack("[o, o]", first, second));
    json_object_set(copy, "credit", second);
    view = view_of(copy, "en");
    is_member(view, "title", "Invoice");
    is_member(view, "number", "B-1");
    is_member(view, "credits.1.number", "A-2");
    is_member(view, "credit.amount", "€1,159.70");
    json_decref(view);
    json_decref(copy);
}


static void test_english(const json_t *order)
{
    json_t *view = view_of(order, "en");

    is_member(view, "date", "2 November 2026");
    is_member(view, "paid_date", "");
    is_member(view, "status_label", "Waiting for payment");
    is_member(view, "seller.lines.1", "75001 Paris");
    is_member(view, "customer.lines.0", "ACME & Sons");
    is_member(view, "customer.lines.2", "Ann Bell");
    is_member(view, "customer.lines.6", "VAT number: BE0123456789");
    is_member(view, "delivery.lines.0", "Zoé O'Neil");
    is_member(view, "lines.0.quantity", "12");
    is_member(view, "lines.0.unit", "€90.00");
    is_member(view, "lines.0.taxed", "€1,296.00");
    is_member(view, "lines.0.tax_label", "VAT\u00a020%");
    is_member(view, "lines.1.unit", "€14.218");
    is_member(view, "lines.1.quantity", "3");
    is_member(view, "lines.2.quantity", "1.5");
    is_member(view, "lines.2.tax_label", "");
    is_member(view, "discounts.0.taxed", "−€129.60");
    is_member(view, "shipping.untaxed", "€8.00");
    is_member(view, "subtotal", "€1,142.65");
    is_member(view, "taxes.0.amount", "€196.00");
    is_member(view, "taxes.1.label", "VAT\u00a05.5%");
    is_member(view, "taxes.1.amount", "€2.35");
    is_member(view, "total", "€1,169.70");
    is_member(view, "payment.rows.0.label", "IBAN");
    is_member(view, "payment.rows.1.label", "unnamed");
    ok(json_array_size(json_object_get(json_object_get(view, "payment"), "rows")) == 2,
       "the QR payload is no row");
    ok(shop_str_starts(shop_json_text(json_object_get(view, "payment"), "qr"), SHOP_STR("<svg ")),
       "it is a symbol");
    json_decref(view);
}


static void test_french(const json_t *order)
{
    json_t *copy = json_copy((json_t *) order);

    json_object_set_new(copy, "placed_at", json_string("2026-11-01T10:00:00Z"));
    json_object_del(copy, "invoiceinfo");

    json_t *view = view_of(copy, "fr");
    is_member(view, "date", "1er novembre 2026");
    is_member(view, "title", "Commande en ligne");
    is_member(view, "lines.2.quantity", "1,5");
    is_member(view, "taxes.1.label", "VAT\u00a05,5\u00a0%");
    is_member(view, "customer.lines.0", "Zoé O'Neil");
    ok(json_object_get(view, "delivery") == NULL, "no second party without billing identity");
    json_decref(view);
    json_decref(copy);
}


static void test_mail(const json_t *order)
{
    json_t *production = json_pack("[{s:s, s:s}]", "product", "P", "message", "M");
    shop_document_t document = document_of(order, "en");
    shop_document_mail_t mail = {.server = SHOP_STR("Site"),
                                 .server_url = SHOP_STR("https://example.org"),
                                 .ticket = SHOP_STR(""),
                                 .production = production};
    json_t *data;

    is_int(shop_document_mail_view(arena, &document, &mail, &data), SHOP_OK, "variables of a mail");
    is_member(data, "seller", "Academy <Shop>");
    is_member(data, "firstname", "Zoé");
    is_member(data, "mail", "zoe@example.org");
    is_member(data, "amount", "€982.38");
    is_member(data, "ttc", "€1,169.70");
    is_member(data, "document.title", "Online order");
    is_member(data, "production_data.0.message", "M");
    is_int(shop_json_int(data, "items"), 16, "whole articles are counted");
    json_decref(data);
    json_decref(production);
}


static void test_memory(const json_t *order)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long allowed = 0;

    for (; status == SHOP_NO_MEMORY && allowed < 2000; allowed++) {
        shop_heap_t *poor = shop_heap_create(allowed);
        shop_document_t document = document_of(order, "fr");
        json_t *view;

        status = shop_document_view(shop_heap_arena(poor), &document, &view);
        if ((status == SHOP_OK) != (view != NULL)) {
            ok(false, "a view with status %d", (int) status);
        }
        json_decref(view);
        shop_heap_destroy(poor);
    }
    is_int(status, SHOP_OK, "every lack of memory is told");
    ok(allowed > 50, "many allocations were tried (%ld)", allowed);
}


static void test_strange(void)
{
    json_t *empty = json_pack("{s:s}", "currency", "EUR");
    json_t *foreign = json_pack("{s:s}", "currency", "XXX");
    shop_document_t document = document_of(empty, "en");
    json_t *view;

    is_int(shop_document_view(arena, &document, &view), SHOP_OK, "an order without anything");
    json_decref(view);
    document.order = foreign;
    is_int(shop_document_view(arena, &document, &view), SHOP_NOT_FOUND, "an unknown currency");
    ok(view == NULL, "gives no view");
    json_decref(empty);
    json_decref(foreign);
}


int main(void)
{
    json_t *order = read_file(ORDER);

    views_begin();
    for (size_t i = 0; i < 2; i++) {
        const char *lang = i == 0 ? "en" : "fr";
        char path[64];
        snprintf(path, sizeof(path), "src/view/theme/lang/%s.json", lang);
        json_t *file = read_file(path);
        char *text = json_dumps(file, 0);
        load_texts(lang, text);
        free(text);
        json_decref(file);
    }

    test_states(order);
    test_credits(order);
    test_english(order);
    test_french(order);
    test_mail(order);
    test_memory(order);
    test_strange();

    views_end();
    json_decref(order);
    return done_testing();
}
