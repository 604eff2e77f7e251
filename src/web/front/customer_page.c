/*
 * The page of the customer step: who buys, and who gets the invoice (front-office.md 8.1, 8.2).
 */

#include "web/front/customer.h"


static void add_customer(ngx_http_shop_ctx_t *ctx, json_t *data,
                         const ngx_http_shop_customer_t *state);
static void add_invoice(ngx_http_shop_ctx_t *ctx, json_t *data,
                        const ngx_http_shop_customer_t *state);
static json_t *countries_view(ngx_http_shop_ctx_t *ctx, shop_str_t selected);
static void add_country_error(ngx_http_shop_ctx_t *ctx, json_t *data, const char *name,
                              const char *field, const ngx_http_shop_customer_t *state);


typedef struct {
    ngx_http_shop_input_t input;
    size_t offset; /* of the value in its structure */
} bound_input_t;


#define CUSTOMER(member) offsetof(shop_customer_t, member)
#define INVOICE(member) offsetof(shop_invoice_t, member)

static const bound_input_t customer_inputs[] = {
    {{"lastname", "field.lastname", "family-name", NULL, 40, true}, CUSTOMER(lastname)},
    {{"firstname", "field.firstname", "given-name", NULL, 40, true}, CUSTOMER(firstname)},
    {{"organisation", "field.organisation", "organization", NULL, 255, true},
     CUSTOMER(organisation)},
    {{"address", "field.address", "street-address", NULL, 255, true}, CUSTOMER(address)},
    {{"zip", "field.zip", "postal-code", NULL, 20, true}, CUSTOMER(zip)},
    {{"city", "field.city", "address-level2", NULL, 120, true}, CUSTOMER(city)},
    {{"email", "field.email", "email", "email", 100, true}, CUSTOMER(email)},
};

static const bound_input_t invoice_inputs[] = {
    {{"inv_organisation", "field.organisation", "off", NULL, 64, true}, INVOICE(organisation)},
    {{"inv_department", "field.department", "off", NULL, 64, false}, INVOICE(department)},
    {{"inv_lastname", "field.lastname", "off", NULL, 40, false}, INVOICE(lastname)},
    {{"inv_firstname", "field.firstname", "off", NULL, 40, false}, INVOICE(firstname)},
    {{"inv_email", "field.email", "off", "email", 254, false}, INVOICE(email)},
    {{"inv_address", "field.address", "off", NULL, 255, true}, INVOICE(address)},
    {{"inv_zip", "field.zip", "off", NULL, 20, true}, INVOICE(zip)},
    {{"inv_city", "field.city", "off", NULL, 120, true}, INVOICE(city)},
    {{"inv_vatcode", "field.vatcode", "off", NULL, 20, false}, INVOICE(vatcode)},
    {{"inv_plantcode", "field.plantcode", "off", NULL, 20, false}, INVOICE(plantcode)},
};


ngx_int_t ngx_http_shop_customer_page(ngx_http_shop_ctx_t *ctx)
{
    const ngx_http_shop_customer_t *state = ctx->state;
    json_t *data = ngx_http_shop_step_page(ctx, SHOP_STEP_CUSTOMER);

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json_object_set_new(data, "errors",
                        ngx_http_shop_error_list(ctx, state->errors, state->error_count));
    json_object_set_new(data, "email_locked", json_boolean(ctx->visitor.logged_in));
    json_object_set_new(data, "email_known", json_boolean(state->email_known));

    if (!ctx->visitor.logged_in) {
        shop_json_set_text(data, "login_url", ngx_http_shop_url(ctx, "login", SHOP_STR("")));
        shop_json_set_text(data, "next", ngx_http_shop_url(ctx, "step/", SHOP_STR("customer")));
    }

    add_customer(ctx, data, state);
    add_invoice(ctx, data, state);

    return ngx_http_shop_render(ctx, state->error_count > 0 ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK,
                                "customer", data);
}


static json_t *bound_field(ngx_http_shop_ctx_t *ctx, const bound_input_t *bound, const void *values,
                           const ngx_http_shop_customer_t *state)
{
    const shop_str_t *value = (const shop_str_t *) ((const u_char *) values + bound->offset);

    return ngx_http_shop_field(ctx, &bound->input, *value, state->errors, state->error_count);
}


static void add_customer(ngx_http_shop_ctx_t *ctx, json_t *data,
                         const ngx_http_shop_customer_t *state)
{
    json_t *c = json_object();
    size_t i;

    for (i = 0; i < sizeof(customer_inputs) / sizeof(customer_inputs[0]); i++) {
        if (customer_inputs[i].offset == CUSTOMER(organisation) &&
            !ctx->shop->organisation_required) {
            continue;
        }

        json_object_set_new(c, customer_inputs[i].input.name,
                            bound_field(ctx, &customer_inputs[i], &ctx->cart->customer, state));
    }

    json_object_set_new(data, "c", c);
    json_object_set_new(data, "countries", countries_view(ctx, ctx->cart->customer.country));
    add_country_error(ctx, data, "country_error", "country", state);
}


static void add_invoice(ngx_http_shop_ctx_t *ctx, json_t *data,
                        const ngx_http_shop_customer_t *state)
{
    json_t *invoice = json_object(), *field;
    size_t i;

    for (i = 0; i < sizeof(invoice_inputs) / sizeof(invoice_inputs[0]); i++) {
        field = bound_field(ctx, &invoice_inputs[i], &ctx->cart->invoice, state);
        json_object_set_new(invoice, invoice_inputs[i].input.name + sizeof("inv_") - 1, field);
    }

    json_object_set_new(data, "i", invoice);
    json_object_set_new(data, "distinct", json_boolean(ctx->cart->distinct_invoice));
    json_object_set_new(data, "invoice_countries", countries_view(ctx, ctx->cart->invoice.country));
    add_country_error(ctx, data, "invoice_country_error", "inv_country", state);
}


/* The catalogue's countries; the only one, or the seller's, is proposed. */
static json_t *countries_view(ngx_http_shop_ctx_t *ctx, shop_str_t selected)
{
    const shop_country_t *country;
    json_t *list = json_array();
    size_t i;

    if (selected.len == 0) {
        selected = shop_json_text(json_object_get(ctx->shop->document, "seller"), "country");
    }

    for (i = 0; (country = shop_country_at(i)) != NULL; i++) {
        if (shop_country_allowed(ctx->shop->catalog, shop_str(country->code))) {
            json_array_append_new(list, json_pack("{s:s, s:s, s:b}", "code", country->code, "name",
                                                  country->name[ctx->lang->index], "selected",
                                                  shop_str_eq(selected, shop_str(country->code))));
        }
    }

    return list;
}


static void add_country_error(ngx_http_shop_ctx_t *ctx, json_t *data, const char *name,
                              const char *field, const ngx_http_shop_customer_t *state)
{
    const shop_refusal_t *error = ngx_http_shop_error_of(state->errors, state->error_count, field);

    if (error != NULL) {
        shop_json_set_text(data, name, ngx_http_shop_refusal(ctx, error));
    }
}
