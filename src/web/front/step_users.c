/*
 * Beneficiaries: who gets the seats (front-office.md 7).
 */

#include "web/front.h"


typedef struct {
    shop_refusal_t error; /* key NULL: none */
    json_t *me;           /* who is logged in, to fill the form with; or NULL */
} users_t;


static ngx_int_t on_me(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t page(ngx_http_shop_ctx_t *ctx, const users_t *users);
static json_t *known_of(ngx_http_shop_ctx_t *ctx, const json_t *me);
static json_t *participants_view(ngx_http_shop_ctx_t *ctx);
static json_t *products_view(ngx_http_shop_ctx_t *ctx);
static json_t *product_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, int64_t quantity);
static json_t *role_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, shop_str_t role,
                         bool full);
static bool holds(const shop_cart_t *cart, shop_str_t shortname, shop_str_t role, shop_str_t email);
static shop_str_t name_of(ngx_http_shop_ctx_t *ctx, const shop_participant_t *participant);
static ngx_int_t ask_account(ngx_http_shop_ctx_t *ctx, shop_str_t email); /* 1 */
static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op);     /* 2 */
static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx,
                            const ngx_http_shop_account_t *account); /* 3 */
static bool has_account(ngx_http_shop_ctx_t *ctx, shop_str_t email);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);


#define SHOP_PEOPLE_PER_HOUR 200


/* "?me=1": the form is filled in with who is logged in (front-office.md 7.3). */
ngx_int_t ngx_http_shop_step_users(ngx_http_shop_ctx_t *ctx)
{
    users_t users = {{.key = NULL}, NULL};

    if (!ctx->visitor.logged_in || shop_form_find(&ctx->query, SHOP_STR("me")) == NULL) {
        return page(ctx, &users);
    }

    return ngx_http_shop_own_record(ctx, on_me);
}


static ngx_int_t on_me(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    users_t users = {{.key = NULL}, ngx_http_shop_answer(ctx, op)};

    if (users.me == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    shop_json_set_text(users.me, "email", ctx->visitor.email);
    shop_json_set_text(users.me, "institution", shop_json_text(users.me, "organisation"));

    return page(ctx, &users);
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
    users_t users = {{.key = NULL}, NULL};

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

    users.error = shop_participant_add(&ctx->arena, ctx->cart, &where, &ctx->form);

    if (users.error.key == NULL) {
        return ctx->visitor.logged_in ? ask_account(ctx, email) : finish(ctx, users.error);
    }

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    return page(ctx, &users);
}


/* Only who is identified learns who has an account, and not of everybody: anybody else could test
 * addresses here (front-office.md 7.2). Without an answer nothing is said. */
static ngx_int_t ask_account(ngx_http_shop_ctx_t *ctx, shop_str_t email)
{
    const shop_participant_t *participant = shop_participant_find(ctx->cart, email);

    if (participant == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = (void *) participant;

    return ngx_http_shop_address_count(ctx, "people", participant->email, on_counted);
}


static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    const shop_participant_t *participant = ctx->state;

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK || op->reply.redis->integer > SHOP_PEOPLE_PER_HOUR) {
        return finish(ctx, (shop_refusal_t){.key = NULL});
    }

    return ngx_http_shop_account_find(ctx, participant->email, on_account);
}


/* Kept in the session: it is no part of what is ordered. */
static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_account_t *account)
{
    const shop_participant_t *participant = ctx->state;
    json_t *known = json_object_get(ctx->session.data, "accounts");

    if (account->found && !has_account(ctx, participant->email)) {
        if (known == NULL || json_array_size(known) >= SHOP_PEOPLE_PER_HOUR) {
            known = json_array();
            json_object_set_new(ctx->session.data, "accounts", known);
        }

        json_array_append_new(known, shop_json_str(participant->email));
        ctx->session.changed = true;
    }

    return finish(ctx, (shop_refusal_t){.key = NULL});
}


static bool has_account(ngx_http_shop_ctx_t *ctx, shop_str_t email)
{
    json_t *known = json_object_get(ctx->session.data, "accounts"), *address;
    size_t i;

    json_array_foreach(known, i, address)
    {
        if (shop_str_eq_nocase(shop_json_string(address), email)) {
            return ctx->visitor.logged_in;
        }
    }

    return false;
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


static ngx_int_t page(ngx_http_shop_ctx_t *ctx, const users_t *users)
{
    bool wrong = users->error.key != NULL;
    shop_where_t where = ngx_http_shop_where(ctx);
    int64_t total = shop_seats_total(ctx->cart, &where);
    int64_t assigned = (int64_t) ctx->cart->assignment_count;
    bool complete = shop_seats_complete(ctx->cart, &where);
    json_t *data = ngx_http_shop_step_page(ctx, SHOP_STEP_USERS), *known;

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    known = known_of(ctx, users->me);
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
                        ngx_http_shop_error_list(ctx, &users->error, wrong ? 1 : 0));
    json_object_set_new(data, "form", ngx_http_shop_person_form(ctx, known, &users->error));
    json_decref(known);

    if (ctx->visitor.logged_in) {
        shop_json_set_text(data, "me_url", ngx_http_shop_url(ctx, "step/users?me=1", SHOP_STR("")));
    }

    return ngx_http_shop_render(ctx, wrong ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "users", data);
}


/* Town and organisation stay from one person to the next. */
static json_t *known_of(ngx_http_shop_ctx_t *ctx, const json_t *me)
{
    static const char *const kept[] = {"city", "institution"};
    const shop_cart_t *cart = ctx->cart;
    const shop_participant_t *last;
    json_t *known = me != NULL ? json_copy((json_t *) me) : json_object();
    size_t i;

    if (cart->participant_count == 0) {
        return known;
    }

    last = &cart->participants[cart->participant_count - 1];

    for (i = 0; i < 2; i++) {
        if (shop_json_text(known, kept[i]).len == 0) {
            shop_json_set_text(known, kept[i], i == 0 ? last->city : last->institution);
        }
    }

    return known;
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
        json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o, s:b}", "name",
                                              shop_json_str(name_of(ctx, participant)), "email",
                                              shop_json_str(participant->email), "city",
                                              shop_json_str(participant->city), "institution",
                                              shop_json_str(participant->institution), "account",
                                              has_account(ctx, participant->email)));
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
