/*
 * The steps of a purchase: one table, one guard, one frame for all pages.
 *
 * A step is reached only when everything before it is complete; whoever asks for more is led to the
 * first step that is not (front-office.md 3).
 */

#include "web/front.h"


typedef struct {
    ngx_http_shop_handler_pt show;
    ngx_http_shop_handler_pt submit;        /* button "go" */
    void (*keep)(ngx_http_shop_ctx_t *ctx); /* button "back": what was typed stays; may be NULL */
} step_t;


static ngx_int_t find_step(ngx_http_shop_ctx_t *ctx, shop_step_e *step, ngx_int_t *rc);
static ngx_int_t go_to_order(ngx_http_shop_ctx_t *ctx);


static const step_t steps[SHOP_STEP_COUNT] = {
    [SHOP_STEP_PURCHASEREQU] = {ngx_http_shop_step_purchaserequ,
                                ngx_http_shop_step_purchaserequ_submit, NULL},
    [SHOP_STEP_USERS] = {ngx_http_shop_step_users, ngx_http_shop_step_users_submit, NULL},
    [SHOP_STEP_CUSTOMER] = {ngx_http_shop_step_customer, ngx_http_shop_step_customer_submit,
                            ngx_http_shop_step_customer_keep},
    [SHOP_STEP_ORDER] = {ngx_http_shop_step_order, ngx_http_shop_step_order_submit, NULL},
    [SHOP_STEP_PAYMENT] = {ngx_http_shop_step_payment, ngx_http_shop_step_payment_submit, NULL},
};

static const char *const state_names[] = {
    [SHOP_PROGRESS_DONE] = "done",
    [SHOP_PROGRESS_CURRENT] = "current",
    [SHOP_PROGRESS_TODO] = "todo",
    [SHOP_PROGRESS_DISABLED] = "disabled",
};

static const char *const state_flags[] = {
    [SHOP_PROGRESS_DONE] = "is_done",
    [SHOP_PROGRESS_CURRENT] = "is_current",
    [SHOP_PROGRESS_TODO] = "is_todo",
    [SHOP_PROGRESS_DISABLED] = "is_disabled",
};


ngx_int_t ngx_http_shop_step_show(ngx_http_shop_ctx_t *ctx)
{
    shop_step_e step;
    ngx_int_t rc;

    if (find_step(ctx, &step, &rc) != NGX_OK) {
        return rc;
    }

    return steps[step].show(ctx);
}


ngx_int_t ngx_http_shop_step_submit(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_step_e step;
    ngx_int_t rc;

    if (find_step(ctx, &step, &rc) != NGX_OK) {
        return rc;
    }

    if (shop_form_find(&ctx->form, SHOP_STR("back")) == NULL) {
        return steps[step].submit(ctx);
    }

    if (steps[step].keep != NULL) {
        steps[step].keep(ctx);
    }

    return ngx_http_shop_save_and_go(
        ctx, ngx_http_shop_step_path(ctx, shop_step_previous(ctx->cart, &where, step)));
}


/* NGX_OK: this step may be shown; else *rc is the answer. */
static ngx_int_t find_step(ngx_http_shop_ctx_t *ctx, shop_step_e *step, ngx_int_t *rc)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_step_e allowed;

    if (!shop_step_parse(ctx->captures[0], step)) {
        *rc = ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
        return NGX_DECLINED;
    }

    ctx->step = shop_str(shop_step_name(*step));

    if (*step == SHOP_STEP_PRODUCE || *step == SHOP_STEP_INVOICE) {
        *rc = go_to_order(ctx);
        return NGX_DECLINED;
    }

    if (shop_step_asks_identity(ctx->cart, &where)) {
        *rc = ngx_http_shop_identify(ctx, *step);
        return NGX_DECLINED;
    }

    allowed = shop_step_guard(ctx->cart, &where, *step);

    if (allowed == *step && steps[*step].show != NULL) {
        return NGX_OK;
    }

    *rc = ngx_http_shop_redirect(ctx, ngx_http_shop_step_path(ctx, allowed));

    return NGX_DECLINED;
}


/* The last two steps are pages of the order. */
static ngx_int_t go_to_order(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t path;

    if (!ctx->cart->launched) {
        return ngx_http_shop_redirect(ctx, SHOP_STR(""));
    }

    if (shop_arena_printf(&ctx->arena, &path, "order/%.*s/done", (int) ctx->cart->transid.len,
                          ctx->cart->transid.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect(ctx, path);
}


shop_str_t ngx_http_shop_step_path(ngx_http_shop_ctx_t *ctx, shop_step_e step)
{
    shop_str_t path;

    if (step == SHOP_STEP_SHOP ||
        shop_arena_printf(&ctx->arena, &path, "step/%s", shop_step_name(step)) != SHOP_OK) {
        return SHOP_STR("");
    }

    return path;
}


ngx_int_t ngx_http_shop_step_forward(ngx_http_shop_ctx_t *ctx, shop_step_e step)
{
    shop_where_t where = ngx_http_shop_where(ctx);

    return ngx_http_shop_save_and_go(
        ctx, ngx_http_shop_step_path(ctx, shop_step_next(ctx->cart, &where, step)));
}


json_t *ngx_http_shop_step_page(ngx_http_shop_ctx_t *ctx, shop_step_e step)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    const char *name = shop_step_name(step);
    shop_str_t title;
    json_t *data;

    if (shop_arena_printf(&ctx->arena, &title, "%s.title", name) != SHOP_OK) {
        return NULL;
    }

    data = ngx_http_shop_page(ctx, (char *) title.data);
    if (data == NULL) {
        return NULL;
    }

    shop_json_set_text(data, "step", shop_str(name));
    shop_json_set_text(data, "action", ngx_http_shop_url(ctx, "step/", shop_str(name)));
    shop_json_set_text(
        data, "back_url",
        ngx_http_shop_url(
            ctx, "", ngx_http_shop_step_path(ctx, shop_step_previous(ctx->cart, &where, step))));
    json_object_set_new(data, "progress", ngx_http_shop_step_progress(ctx, step));

    return data;
}


/* Once there is an order, nothing leads back. */
json_t *ngx_http_shop_step_progress(ngx_http_shop_ctx_t *ctx, shop_step_e step)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_progress_t progress[SHOP_STEP_COUNT];
    size_t count = shop_steps_progress(ctx->cart, &where, step, progress), i;
    json_t *list = json_array(), *entry;
    shop_str_t label, url;

    for (i = 0; i < count; i++) {
        if (shop_arena_printf(&ctx->arena, &label, "step.%s", shop_step_name(progress[i].step)) !=
            SHOP_OK) {
            break;
        }

        url = progress[i].state == SHOP_PROGRESS_DONE && step < SHOP_STEP_PRODUCE
                  ? ngx_http_shop_url(ctx, "", ngx_http_shop_step_path(ctx, progress[i].step))
                  : SHOP_STR("");

        entry = json_pack("{s:s, s:o, s:s, s:o, s:b}", "name", shop_step_name(progress[i].step),
                          "label", shop_json_str(ngx_http_shop_text(ctx, (char *) label.data)),
                          "state", state_names[progress[i].state], "url", shop_json_str(url),
                          state_flags[progress[i].state], 1);
        json_array_append_new(list, entry);
    }

    return list;
}
