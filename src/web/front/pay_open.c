/*
 * A payment that begins with a call of the provider's API.
 *
 * conversation (work/talk.c) -> shop.attempt_opened -> 303 to the provider's page. What must last
 * is in the database before the browser leaves; of two clicks both lead to the same page.
 */

#include "web/front/order.h"


static ngx_int_t on_opened(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t go_to_page(ngx_http_shop_ctx_t *ctx, const json_t *row);
static ngx_uint_t trouble_status(const shop_op_t *op);


ngx_int_t ngx_http_shop_pay_open(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    shop_pay_talk_t talk;
    shop_op_t *op;

    if (shop_json_text(payment->row, "page_url").len > 0) {
        return go_to_page(ctx, payment->row);
    }

    ngx_memzero(&talk, sizeof(talk));
    talk.purpose = SHOP_PAY_OPEN;
    talk.asked.transid = payment->attempt.transid;
    talk.asked.provider_ref = payment->attempt.provider_ref;
    talk.attempt = &payment->attempt;

    op = ngx_http_shop_await(ctx, SHOP_TALK_DEADLINE, on_opened);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_talk(ngx_http_shop_worker->work, op, payment->config, &talk);

    return NGX_DONE;
}


static ngx_int_t on_opened(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    const shop_pay_heard_t *heard;

    if (op->status != SHOP_LINK_OK) {
        ngx_log_error(NGX_LOG_ERR, ctx->r->connection->log, 0,
                      "shop payment open config=%*s attempt=%L: %*s", payment->config->name.len,
                      payment->config->name.data, payment->attempt.id, op->error.len,
                      op->error.data);

        return ngx_http_shop_payment_trouble(ctx, trouble_status(op));
    }

    heard = op->reply.talk->heard;

    return ngx_http_shop_call(
        ctx, SHOP_PG_CHANGES, SHOP_SQL_ATTEMPT_OPENED,
        json_pack("{s:I, s:o, s:o, s:o}", "attempt", (json_int_t) payment->attempt.id,
                  "provider_ref", shop_json_str(heard->opened.provider_ref), "url",
                  shop_json_str(heard->opened.url), "secret", shop_json_str(heard->opened.secret)),
        on_kept);
}


/* It has answered something else than a page, or it has not answered. */
static ngx_uint_t trouble_status(const shop_op_t *op)
{
    return op->status == SHOP_LINK_ERROR ? NGX_HTTP_BAD_GATEWAY : NGX_HTTP_SERVICE_UNAVAILABLE;
}


static ngx_int_t on_kept(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *row = ngx_http_shop_answer(ctx, op);

    if (row == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    /* Paid or given up meanwhile, in another window. */
    if (shop_json_text(row, "page_url").len == 0) {
        return ngx_http_shop_payment_done(ctx);
    }

    return go_to_page(ctx, row);
}


static ngx_int_t go_to_page(ngx_http_shop_ctx_t *ctx, const json_t *row)
{
    ngx_http_shop_paying_t *payment = ctx->state;

    return ngx_http_shop_redirect_to_provider(ctx, payment->config,
                                              shop_json_text(row, "page_url"));
}
