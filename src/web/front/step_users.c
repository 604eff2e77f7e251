/*
 * Beneficiaries: who gets the seats (front-office.md 7).
 */

#include "web/front.h"


static ngx_int_t page(ngx_http_shop_ctx_t *ctx);
static void add_form(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_refusal_t *errors,
                     size_t count);
static json_t *participants_view(ngx_http_shop_ctx_t *ctx);
static json_t *products_view(ngx_http_shop_ctx_t *ctx);
static json_t *product_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, int64_t quantity);
static json_t *role_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, shop_str_t role,
                         bool full);
static bool holds(const shop_cart_t *cart, shop_str_t shortname, shop_str_t role, shop_str_t email);
static shop_str_t name_of(ngx_http_shop_ctx_t *ctx, const shop_participant_t *participant);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);


static const ngx_http_shop_input_t inputs[] = {
    {"lastname", "field.lastname", "off", NULL, 40, true},
    {"firstname", "field.firstname", "off", NULL, 40, true},
    {"email", "field.email", "off", "email", 100, true},
    {"city", "field.city", "off", NULL, 120, false},
    {"phone", "field.phone", "off", "tel", 30, true},
    {"institution", "field.institution", "off", NULL, 255, true},
};


ngx_int_t ngx_http_shop_step_users(ngx_http_shop_ctx_t *ctx)
{
    ctx->state = NULL;

    return page(ctx);
}


ngx_int_t ngx_http_shop_step_users_submit(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);

    if (ctx->shop->allow_late_assignment || shop_seats_complete(ctx->cart, &where)) {
        return ngx_http_shop_step_forward(ctx, SHOP_STEP_USERS);
    }

    ngx_http_shop_flash(ctx, "danger", ngx_http_shop_text(ctx, "refusal.seats_incomplete"));

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_USERS));
}


/* POST participants/add, /remove, /assign, /unassign. */
ngx_int_t ngx_http_shop_participant(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_str_t action = ctx->captures[0];
    shop_str_t product = shop_form_text(&ctx->form, "p");
    shop_str_t role = shop_form_text(&ctx->form, "role");
    shop_str_t email = shop_form_text(&ctx->form, "email");
    shop_refusal_t *refusal;

    ctx->step = SHOP_STR("users");

    if (shop_str_eq(action, SHOP_STR("remove"))) {
        return finish(ctx, shop_participant_remove(ctx->cart, email));
    }

    if (shop_str_eq(action, SHOP_STR("assign"))) {
        return finish(ctx, shop_seat_assign(ctx->cart, &where, product, role, email));
    }

    if (shop_str_eq(action, SHOP_STR("unassign"))) {
        return finish(ctx, shop_seat_unassign(ctx->cart, product, role, email));
    }

    if (!shop_str_eq(action, SHOP_STR("add"))) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    refusal = ngx_palloc(ctx->r->pool, sizeof(*refusal));
    if (refusal == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    *refusal = shop_participant_add(&ctx->arena, ctx->cart, &where, &ctx->form);

    if (refusal->key == NULL) {
        return finish(ctx, *refusal);
    }

    ngx_http_shop_count(SHOP_COUNT_REFUSED);
    ctx->state = refusal;

    return page(ctx);
}


static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    if (refusal.key != NULL) {
        ngx_http_shop_count(SHOP_COUNT_REFUSED);
        ngx_http_shop_flash(ctx, "danger", ngx_http_shop_refusal(ctx, &refusal));

    } else {
        ngx_http_shop_cart_touch(ctx);
    }

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_USERS));
}


static ngx_int_t page(ngx_http_shop_ctx_t *ctx)
{
    const shop_refusal_t *error = ctx->state;
    shop_where_t where = ngx_http_shop_where(ctx);
    int64_t total = shop_seats_total(ctx->cart, &where);
    int64_t assigned = (int64_t) ctx->cart->assignment_count;
    bool complete = shop_seats_complete(ctx->cart, &where);
    json_t *data = ngx_http_shop_step_page(ctx, SHOP_STEP_USERS);

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    json_object_set_new(data, "total", json_integer((json_int_t) total));
    json_object_set_new(data, "assigned", json_integer((json_int_t) assigned));
    json_object_set_new(data, "left", json_integer((json_int_t) (total - assigned)));
    json_object_set_new(data, "can_add",
                        json_boolean((int64_t) ctx->cart->participant_count < total));
    json_object_set_new(data, "complete", json_boolean(complete));
    json_object_set_new(data, "may_continue",
                        json_boolean(complete || ctx->shop->allow_late_assignment));
    json_object_set_new(data, "participants", participants_view(ctx));
    json_object_set_new(data, "products", products_view(ctx));
    json_object_set_new(data, "errors",
                        ngx_http_shop_error_list(ctx, error, error != NULL ? 1 : 0));
    add_form(ctx, data, error, error != NULL ? 1 : 0);

    return ngx_http_shop_render(ctx, error != NULL ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "users",
                                data);
}


/* Town and organisation stay from one person to the next. */
static void add_form(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_refusal_t *errors,
                     size_t count)
{
    const shop_cart_t *cart = ctx->cart;
    const shop_participant_t *last = NULL;
    json_t *form = json_object();
    shop_str_t value;
    size_t i;

    if (cart->participant_count > 0) {
        last = &cart->participants[cart->participant_count - 1];
    }

    for (i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        value = shop_form_text(&ctx->form, inputs[i].name);

        if (value.len == 0 && last != NULL && ngx_strcmp(inputs[i].name, "city") == 0) {
            value = last->city;
        }

        if (value.len == 0 && last != NULL && ngx_strcmp(inputs[i].name, "institution") == 0) {
            value = last->institution;
        }

        if ((ngx_strcmp(inputs[i].name, "phone") == 0 && !ctx->shop->user_phone_required) ||
            (ngx_strcmp(inputs[i].name, "institution") == 0 &&
             !ctx->shop->user_organisation_required)) {
            continue;
        }

        json_object_set_new(form, inputs[i].name,
                            ngx_http_shop_field(ctx, &inputs[i], value, errors, count));
    }

    json_object_set_new(data, "form", form);
}


static shop_str_t name_of(ngx_http_shop_ctx_t *ctx, const shop_participant_t *participant)
{
    shop_str_t name;

    if (shop_arena_printf(&ctx->arena, &name, "%.*s %.*s", (int) participant->firstname.len,
                          participant->firstname.data, (int) participant->lastname.len,
                          participant->lastname.data) != SHOP_OK) {
        return participant->email;
    }

    return name;
}


static json_t *participants_view(ngx_http_shop_ctx_t *ctx)
{
    const shop_participant_t *participant;
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < ctx->cart->participant_count; i++) {
        participant = &ctx->cart->participants[i];
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "name",
                                              shop_json_str(name_of(ctx, participant)), "email",
                                              shop_json_str(participant->email), "city",
                                              shop_json_str(participant->city), "institution",
                                              shop_json_str(participant->institution)));
    }

    return list;
}


static json_t *products_view(ngx_http_shop_ctx_t *ctx)
{
    const shop_item_t *item;
    shop_where_t where = ngx_http_shop_where(ctx);
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < ctx->cart->line_count; i++) {
        item = shop_find_item(where.snapshot, ctx->shop, ctx->cart->lines[i].shortname);

        if (item != NULL && shop_item_seats(item, ctx->cart->lines[i].quantity) > 0) {
            json_array_append_new(list, product_view(ctx, item, ctx->cart->lines[i].quantity));
        }
    }

    return list;
}


static json_t *product_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, int64_t quantity)
{
    int64_t seats = shop_item_seats(item, quantity);
    int64_t assigned = shop_seats_assigned(ctx->cart, item->shortname);
    json_t *roles = json_array();
    size_t i;

    for (i = 0; i < item->role_count; i++) {
        json_array_append_new(roles, role_view(ctx, item, item->roles[i], assigned >= seats));
    }

    return json_pack("{s:o, s:o, s:I, s:I, s:b, s:o}", "shortname", shop_json_str(item->shortname),
                     "name", shop_json_str(item->text[ctx->lang->index].name), "seats",
                     (json_int_t) seats, "assigned", (json_int_t) assigned, "full",
                     assigned >= seats, "roles", roles);
}


static json_t *role_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, shop_str_t role,
                         bool full)
{
    const shop_participant_t *participant;
    json_t *assigned = json_array(), *candidates = json_array(), *entry;
    shop_str_t key, label = role;
    size_t i, free_count;

    for (i = 0; i < ctx->cart->participant_count; i++) {
        participant = &ctx->cart->participants[i];
        entry = json_pack("{s:o, s:o}", "name", shop_json_str(name_of(ctx, participant)), "email",
                          shop_json_str(participant->email));
        json_array_append_new(
            holds(ctx->cart, item->shortname, role, participant->email) ? assigned : candidates,
            entry);
    }

    free_count = json_array_size(candidates);

    if (shop_arena_printf(&ctx->arena, &key, "role.%.*s", (int) role.len, role.data) == SHOP_OK &&
        shop_lang_find_text(ctx->main->strings, ctx->lang, key).data != NULL) {
        label = ngx_http_shop_text(ctx, (char *) key.data);
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:b}", "role", shop_json_str(role), "label",
                     shop_json_str(label), "assigned", assigned, "candidates", candidates,
                     "can_assign", !full && free_count > 0);
}


static bool holds(const shop_cart_t *cart, shop_str_t shortname, shop_str_t role, shop_str_t email)
{
    const shop_assignment_t *assignment;
    size_t i;

    for (i = 0; i < cart->assignment_count; i++) {
        assignment = &cart->assignments[i];

        if (shop_str_eq(assignment->shortname, shortname) && shop_str_eq(assignment->role, role) &&
            shop_str_eq_nocase(assignment->email, email)) {
            return true;
        }
    }

    return false;
}
