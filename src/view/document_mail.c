/*
 * The variables of the order mails (objects.md 16.2), taken from the document.
 */

#include "view/view.h"


typedef struct {
    const char *variable;
    const char *part;   /* member of the document; "": the document itself */
    const char *member; /* what becomes the variable */
} variable_t;

static const variable_t variables[] = {
    {"seller", "seller", "name"}, {"number", "", "number"}, {"transaction", "", "transid"},
    {"amount", "", "untaxed"},    {"taxes", "", "tax"},     {"ttc", "", "total"},
    {"paymode", "", "paymode"},
};

static const variable_t persons[] = {
    {"firstname", "customer", "firstname"}, {"lastname", "customer", "lastname"},
    {"mail", "customer", "email"},          {"city", "customer", "city"},
    {"country", "customer", "country"},
};


static bool put_all(json_t *data, const json_t *from, const variable_t *list, size_t count)
{
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        const json_t *part = list[i].part[0] == '\0' ? from : json_object_get(from, list[i].part);

        good &= shop_json_set_text(data, list[i].variable, shop_json_text(part, list[i].member));
    }

    return good;
}


/* Articles, as on the bill: discounts and shipping do not count. */
static int64_t count_items(const json_t *order)
{
    const json_t *lines = json_object_get(order, "lines");
    int64_t items = 0;

    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *line = json_array_get(lines, i);
        shop_str_t type = shop_json_text(line, "type");

        if (!shop_str_eq(type, SHOP_STR("DISCOUNT")) && !shop_str_eq(type, SHOP_STR("SHIPPING"))) {
            items += shop_json_money(line, "quantity").e4 / 10000;
        }
    }

    return items;
}


static bool fill(json_t *data, const shop_document_t *document, const shop_document_mail_t *mail)
{
    const json_t *view = json_object_get(data, "document");
    bool produced = json_array_size(mail->production) > 0;
    shop_str_t credit = shop_json_text(json_object_get(view, "credit"), "number");
    bool good = put_all(data, view, variables, sizeof(variables) / sizeof(variables[0]));

    good &= put_all(data, document->order, persons, sizeof(persons) / sizeof(persons[0]));
    good &= shop_json_set_text(data, "server", mail->server);
    good &= shop_json_set_text(data, "server_url", mail->server_url);
    good &= shop_json_set_text(data, "ticket", mail->ticket);
    good &= shop_json_set_text(data, "credit_number", credit);
    good &= json_object_set_new(data, "items", json_integer(count_items(document->order))) == 0;
    good &= json_object_set_new(data, "has_production", json_boolean(produced)) == 0;
    if (produced) {
        good &= json_object_set_new(data, "production_data", json_deep_copy(mail->production)) == 0;
    }
    return good;
}


shop_status_t shop_document_mail_view(shop_arena_t *arena, const shop_document_t *document,
                                      const shop_document_mail_t *mail, json_t **data)
{
    json_t *view;

    *data = NULL;
    shop_status_t status = shop_document_view(arena, document, &view);
    if (status != SHOP_OK) {
        return status;
    }

    *data = json_object();
    if (json_object_set_new(*data, "document", view) != 0 || !fill(*data, document, mail)) {
        json_decref(*data);
        *data = NULL;
        return SHOP_NO_MEMORY;
    }

    return SHOP_OK;
}
