/*
 * How to pay an order that is not paid yet: the rows of the payment mode, and the QR symbol.
 */

#include "view/document_internal.h"


static json_t *row_view(shop_making_t *d, const shop_pair_t *row)
{
    json_t *view = shop_document_new(d, json_object());

    shop_document_put_text(d, view, "name", row->name);
    shop_document_put_text(d, view, "label",
                           shop_document_named(d, "document.pay.", row->name, row->name));
    shop_document_put_text(d, view, "value", row->value);
    return view;
}


static void put_qr(shop_making_t *d, json_t *payment, shop_str_t payload)
{
    shop_str_t svg;
    shop_status_t status = shop_qr_svg(d->arena, payload, &svg);

    shop_document_note(d, status);
    if (status == SHOP_OK) {
        shop_document_put_text(d, payment, "qr", svg);
    }
}


void shop_document_pay(shop_making_t *d, json_t *data, const shop_document_t *document)
{
    if (document->instruction_count == 0) {
        return;
    }

    json_t *payment = shop_document_new(d, json_object());
    json_t *rows = shop_document_new(d, json_array());

    for (size_t i = 0; i < document->instruction_count; i++) {
        const shop_pair_t *row = &document->instructions[i];

        if (shop_str_eq(row->name, SHOP_STR("epc"))) {
            put_qr(d, payment, row->value);
        } else {
            shop_document_append(d, rows, row_view(d, row));
        }
    }

    shop_document_put(d, payment, "rows", rows);
    shop_document_put(d, data, "payment", payment);
}
