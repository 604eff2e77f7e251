/*
 * The form of a person who is to have a seat, in the cart (step_users.c) or later (order_seats.c):
 * front-office.md 7.2.
 */

#include "web/front.h"


static const ngx_http_shop_input_t inputs[] = {
    {"lastname", "field.lastname", "off", NULL, 40, true},
    {"firstname", "field.firstname", "off", NULL, 40, true},
    {"email", "field.email", "off", "email", 100, true},
    {"city", "field.city", "off", NULL, 120, false},
    {"phone", "field.phone", "off", "tel", 30, true},
    {"institution", "field.institution", "off", NULL, 255, true},
};


/* Asked for where the shop wants it. */
static bool is_wanted(ngx_http_shop_ctx_t *ctx, const char *name)
{
    if (ngx_strcmp(name, "phone") == 0) {
        return ctx->shop->user_phone_required;
    }

    return ngx_strcmp(name, "institution") != 0 || ctx->shop->user_organisation_required;
}


json_t *ngx_http_shop_person_form(ngx_http_shop_ctx_t *ctx, const json_t *known,
                                  const shop_refusal_t *refusal)
{
    json_t *form = json_object();
    shop_str_t value;
    size_t i;

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        if (!is_wanted(ctx, inputs[i].name)) {
            continue;
        }

        value = shop_form_text(&ctx->form, inputs[i].name);

        if (value.len == 0) {
            value = shop_json_text(known, inputs[i].name);
        }

        json_object_set_new(
            form, inputs[i].name,
            ngx_http_shop_field(ctx, &inputs[i], value, refusal, refusal->key != NULL ? 1 : 0));
    }

    return form;
}
