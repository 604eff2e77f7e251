/*
 * The browser comes back from a provider's page, or gives up there. Neither says anything about
 * money: the attempt's token finds the order, and the order's own page tells what the database
 * knows.
 */

#include "web/front.h"
#include "web/notify.h"


#define SHOP_RETURN_LINK 86400 /* the signed address of the order's page lives a day */


static ngx_int_t show_as_shop(ngx_http_shop_ctx_t *ctx);
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status);
static ngx_int_t find_attempt(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement,
                              ngx_http_shop_next_pt next);
static ngx_int_t on_return(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, json_t *attempt);
static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t send_back(ngx_http_shop_ctx_t *ctx, json_t *attempt);
static ngx_int_t on_cancel(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t send_to(ngx_http_shop_ctx_t *ctx, json_t *attempt, const char *flag);
static bool is_genuine(ngx_http_shop_ctx_t *ctx, const json_t *attempt);


ngx_int_t ngx_http_shop_pay_return(ngx_http_shop_ctx_t *ctx)
{
    return find_attempt(ctx, SHOP_SQL_ATTEMPT_RETURNED, on_return);
}


ngx_int_t ngx_http_shop_pay_cancel(ngx_http_shop_ctx_t *ctx)
{
    return find_attempt(ctx, SHOP_SQL_ATTEMPT_CANCEL, on_cancel);
}


/* Other than the provider's calls this is a person's browser: what goes wrong is said by a page.
 * The database alone knows of which shop, so it is the first one's. */
static ngx_int_t show_as_shop(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_mount_t *mount = ctx->main->mounts.elts;
    ngx_http_shop_loc_conf_t *loc;

    if (ctx->main->mounts.nelts == 0) {
        return NGX_OK;
    }

    loc = ngx_palloc(ctx->r->pool, sizeof(ngx_http_shop_loc_conf_t));
    if (loc == NULL) {
        return NGX_ERROR;
    }

    *loc = *ctx->loc;
    loc->alias = mount[0].alias;
    loc->prefix = mount[0].prefix;
    ctx->loc = loc;

    (void) ngx_http_shop_generation_take(ctx); /* without one the page has no name of a shop */

    return NGX_OK;
}


static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, ngx_uint_t status)
{
    return show_as_shop(ctx) == NGX_OK ? ngx_http_shop_error(ctx, status)
                                       : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


static ngx_int_t find_attempt(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement,
                              ngx_http_shop_next_pt next)
{
    ngx_http_shop_payment_t *payment = ngx_http_shop_payment_find(ctx->main, ctx->captures[0]);
    shop_str_t token =
        ctx->captures[1].len > 0 ? ctx->captures[1] : shop_form_text(&ctx->query, "t");

    if (payment == NULL || token.len < 20 || token.len > 64) {
        return refuse(ctx, NGX_HTTP_NOT_FOUND);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, statement,
                              json_pack("{s:o, s:o, s:b}", "token", shop_json_str(token), "config",
                                        shop_json_str(ctx->captures[0]), "ask",
                                        shop_pay_talks(payment->pay, SHOP_PAY_ASK)),
                              next);
}


static ngx_int_t on_return(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *attempt = ngx_http_shop_answer(ctx, op);

    if (attempt == NULL) {
        return show_as_shop(ctx) != NGX_OK ? NGX_HTTP_INTERNAL_SERVER_ERROR
                                           : ngx_http_shop_trouble(ctx, op);
    }

    if (!is_genuine(ctx, attempt)) {
        return refuse(ctx, NGX_HTTP_NOT_FOUND);
    }

    /* Where an API has opened the page it is asked at once: "being confirmed" is short. */
    shop_work_wake_reconcile(ngx_http_shop_worker->work);

    return keep(ctx, attempt) == NGX_DONE ? NGX_DONE : send_back(ctx, attempt);
}


/* What the browser brings may name a payment, which the provider is asked about like about a
 * notification without proof. Nothing is lost where that is not possible: a notification follows.
 */
static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, json_t *attempt)
{
    const shop_pay_config_t *pay = ngx_http_shop_payment_find(ctx->main, ctx->captures[0])->pay;
    shop_pay_request_t message;
    shop_str_t argument;
    shop_op_t *op;

    ngx_memzero(&message, sizeof(message));
    message.now = ngx_time();

    if (pay->interface->brought == NULL || json_is_string(json_object_get(attempt, "error")) ||
        pay->interface->brought(&ctx->arena, pay, &ctx->query, &message) != SHOP_OK ||
        shop_pay_keep(&ctx->arena, pay->name, &message, SHOP_STR(""), &argument) != SHOP_OK) {
        return NGX_DECLINED;
    }

    op = ngx_http_shop_await(ctx, ctx->main->change_timeout, on_kept);
    if (op == NULL) {
        return NGX_DECLINED;
    }

    ctx->state = attempt;
    shop_pg_call(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_MESSAGE_KEEP, op, &argument);

    return NGX_DONE;
}


static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    (void) ngx_http_shop_answer(ctx, op);
    shop_work_wake_proofs(ngx_http_shop_worker->work);

    return send_back(ctx, ctx->state);
}


static ngx_int_t send_back(ngx_http_shop_ctx_t *ctx, json_t *attempt)
{
    /* Some providers have one address for all outcomes, and have told of this one already. */
    return send_to(
        ctx, attempt,
        shop_str_eq(shop_json_text(attempt, "state"), SHOP_STR("cancelled")) ? "cancelled=1&" : "");
}


/* The page that the provider has opened for this try, not one that somebody guesses. */
static bool is_genuine(ngx_http_shop_ctx_t *ctx, const json_t *attempt)
{
    const ngx_http_shop_payment_t *payment =
        ngx_http_shop_payment_find(ctx->main, ctx->captures[0]);
    const shop_pay_interface_t *interface = payment->pay->interface;

    return interface->returned == NULL || !shop_pay_talks(payment->pay, SHOP_PAY_OPEN) ||
           json_is_string(json_object_get(attempt, "error")) ||
           interface->returned(&ctx->arena, &ctx->query, shop_json_text(attempt, "provider_ref"),
                               shop_json_text(attempt, "page_secret"));
}


static ngx_int_t on_cancel(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *attempt = ngx_http_shop_answer(ctx, op);

    if (attempt == NULL) {
        return show_as_shop(ctx) != NGX_OK ? NGX_HTTP_INTERNAL_SERVER_ERROR
                                           : ngx_http_shop_trouble(ctx, op);
    }

    shop_work_wake_reconcile(ngx_http_shop_worker->work); /* closes a page that is still open */

    return send_to(ctx, attempt, "cancelled=1&");
}


static ngx_int_t send_to(ngx_http_shop_ctx_t *ctx, json_t *attempt, const char *flag)
{
    shop_str_t transid = shop_json_text(attempt, "transid"), query, address;
    ngx_http_shop_mount_t *mount =
        ngx_http_shop_mount_find(ctx->main, shop_json_text(attempt, "shop"));

    if (transid.len == 0 || mount == NULL) {
        return refuse(ctx, NGX_HTTP_NOT_FOUND);
    }

    ctx->transid = transid;

    if (ngx_http_shop_link_sign(ctx->main, &ctx->arena, transid, ngx_time() + SHOP_RETURN_LINK,
                                &query) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (shop_arena_printf(&ctx->arena, &address, "%.*sorder/%.*s/done?%s%.*s",
                          (int) mount->prefix.len, mount->prefix.data, (int) transid.len,
                          transid.data, flag, (int) query.len, query.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect_to(ctx, address);
}
