/*
 * The payment step: what the chosen interface shows, and what the buyer does on our own page.
 *
 * shop.attempt_start (the same attempt while it can still be paid) -> interface.start -> page.
 * A POST confirms an offline promise, has a page opened at the provider (pay_open.c) or plays a
 * test message; the bank's page is left to the bank.
 */

#include "web/front/order.h"
#include "web/notify.h"


static ngx_int_t start(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt next);
static ngx_int_t show_on_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t show(ngx_http_shop_ctx_t *ctx, ngx_uint_t http);
static ngx_int_t submit_on_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static json_t *valid_days(const shop_pay_config_t *config);
static ngx_int_t read_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static json_t *payment_page(ngx_http_shop_ctx_t *ctx, const shop_pay_page_t *page);
static ngx_int_t add_offline(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_pay_page_t *page);
static ngx_int_t promise(ngx_http_shop_ctx_t *ctx);
static ngx_int_t play(ngx_http_shop_ctx_t *ctx);
static ngx_int_t apply(ngx_http_shop_ctx_t *ctx, shop_str_t event, ngx_http_shop_next_pt next);
static ngx_int_t take_verdict(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_promised(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_played(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t not_payable(ngx_http_shop_ctx_t *ctx);
static bool same_amount(ngx_http_shop_ctx_t *ctx, const json_t *row);
static ngx_int_t order_again(ngx_http_shop_ctx_t *ctx, const json_t *row);
static void add_amounts(ngx_http_shop_ctx_t *ctx, json_t *data);


ngx_int_t ngx_http_shop_step_payment(ngx_http_shop_ctx_t *ctx)
{
    return start(ctx, show_on_attempt);
}


ngx_int_t ngx_http_shop_step_payment_submit(ngx_http_shop_ctx_t *ctx)
{
    return start(ctx, submit_on_attempt);
}


static ngx_int_t start(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt next)
{
    ngx_http_shop_payment_t *block;
    ngx_http_shop_paying_t *payment = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_paying_t));

    if (payment == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = payment;
    block = ngx_http_shop_payment_find(ctx->main, ctx->cart->paymode);

    /* No order yet, or its payment block has left the configuration: choose again. */
    if (!ctx->cart->launched || block == NULL) {
        return ngx_http_shop_redirect(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_ORDER));
    }

    payment->config = block->pay;
    ctx->transid = ctx->cart->transid;

    return ngx_http_shop_call(
        ctx, SHOP_PG_CHANGES, SHOP_SQL_ATTEMPT_START,
        json_pack("{s:o, s:o, s:o, s:s, s:s, s:s, s:b, s:b, s:o}", "transid",
                  shop_json_str(ctx->transid), "shop", shop_json_str(ctx->shop->alias), "config",
                  shop_json_str(block->pay->name), "interface", block->pay->interface->name, "mode",
                  block->pay->mode == SHOP_PAY_LIVE ? "live" : "test", "lang", ctx->lang->code,
                  "ask", shop_pay_talks(block->pay, SHOP_PAY_ASK), "opens",
                  shop_pay_talks(block->pay, SHOP_PAY_OPEN), "valid_days", valid_days(block->pay)),
        next);
}


/* How long a promise holds; null: as long as the database says. */
static json_t *valid_days(const shop_pay_config_t *config)
{
    int64_t days;

    return shop_str_to_int(shop_pay_value(config, "validity_days"), &days) == SHOP_OK
               ? json_integer(days)
               : json_null();
}


/* NGX_OK: there is an attempt to be paid; else the request has been answered with the value. */
static ngx_int_t read_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    json_t *row = ngx_http_shop_answer(ctx, op);

    if (row == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    /* Paid, promised or closed already: its own page says which. */
    if (json_object_get(row, "attempt") == NULL) {
        return ngx_http_shop_payment_done(ctx);
    }

    if (!same_amount(ctx, row)) {
        return order_again(ctx, row);
    }

    payment->row = row;

    if (ngx_http_shop_attempt(ctx, row, payment->config, &payment->attempt) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return NGX_OK;
}


/* Prices may have moved since the order was placed; the page beside would show the new ones. */
static bool same_amount(ngx_http_shop_ctx_t *ctx, const json_t *row)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_totals_t totals;

    ngx_memzero(&totals, sizeof(totals));

    return shop_cart_totals(&ctx->arena, ctx->cart, &where, &totals) == SHOP_OK &&
           totals.amount.e4 == shop_json_money(row, "amount").e4;
}


static ngx_int_t order_again(ngx_http_shop_ctx_t *ctx, const json_t *row)
{
    shop_refusal_t refusal = {.key = "price_changed",
                              .name = ngx_http_shop_money(ctx, shop_json_money(row, "amount"))};

    ngx_http_shop_flash(ctx, "warning", ngx_http_shop_refusal(ctx, &refusal));
    ngx_http_shop_cart_touch(ctx);

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_ORDER));
}


static ngx_int_t show_on_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_int_t rc = read_attempt(ctx, op);

    return rc != NGX_OK ? rc : show(ctx, NGX_HTTP_OK);
}


static ngx_int_t show(ngx_http_shop_ctx_t *ctx, ngx_uint_t http)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    shop_pay_page_t page;
    shop_status_t status;
    json_t *data;

    status =
        payment->config->interface->start(&ctx->arena, payment->config, &payment->attempt, &page);
    if (status == SHOP_REFUSED) {
        return not_payable(ctx);
    }

    if (status != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    data = payment_page(ctx, &page);
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (http != NGX_HTTP_OK) {
        shop_json_set_text(data, "trouble", ngx_http_shop_text(ctx, "payment.trouble"));
    }

    return ngx_http_shop_render(ctx, http, "payment", data);
}


ngx_int_t ngx_http_shop_payment_trouble(ngx_http_shop_ctx_t *ctx, ngx_uint_t status)
{
    return show(ctx, status);
}


static ngx_int_t not_payable(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_flash(ctx, "warning", ngx_http_shop_text(ctx, "refusal.paymode_refused"));

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_ORDER));
}


static json_t *payment_page(ngx_http_shop_ctx_t *ctx, const shop_pay_page_t *page)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    json_t *data = ngx_http_shop_step_page(ctx, SHOP_STEP_PAYMENT);
    json_t *list = json_array();
    shop_paymode_t mode = {.name = payment->config->name,
                           .interface = shop_str(payment->config->interface->name)};
    size_t i;

    if (data == NULL) {
        return NULL;
    }

    shop_json_set_text(data, "label", ngx_http_shop_paymode_text(ctx, &mode, ""));
    shop_json_set_text(data, "text", ngx_http_shop_paymode_text(ctx, &mode, "_text"));
    shop_json_set_text(data, "transid", ctx->transid);
    shop_json_set_text(data, "order_number", payment->attempt.order_number);
    add_amounts(ctx, data);
    shop_json_set_text(data, "other_url", ngx_http_shop_url(ctx, "step/", SHOP_STR("order")));

    switch (page->kind) {
    case SHOP_PAY_PAGE_FORM:
        for (i = 0; i < page->count; i++) {
            json_array_append_new(list, json_pack("{s:o, s:o}", "name",
                                                  shop_json_str(page->fields[i].name), "value",
                                                  shop_json_str(page->fields[i].value)));
        }

        json_object_set_new(
            data, "form", json_pack("{s:o, s:o}", "url", shop_json_str(page->url), "fields", list));
        break;

    case SHOP_PAY_PAGE_BUTTONS:
        for (i = 0; i < page->count; i++) {
            json_array_append_new(
                list,
                json_pack("{s:o, s:o}", "action", shop_json_str(page->fields[i].name), "label",
                          shop_json_str(shop_lang_text(ctx->main->strings, ctx->lang,
                                                       page->fields[i].value))));
        }

        json_object_set_new(data, "buttons", list);
        break;

    case SHOP_PAY_PAGE_INSTRUCTIONS:
        json_decref(list);
        return add_offline(ctx, data, page) == NGX_OK ? data : NULL;

    case SHOP_PAY_PAGE_OPEN:
        json_decref(list);
        json_object_set_new(data, "opens", json_true());
        break;

    case SHOP_PAY_PAGE_CONFIRM:
        json_decref(list);
        json_object_set_new(data, "confirm", json_true());
        break;
    }

    return data;
}


static void add_amounts(ngx_http_shop_ctx_t *ctx, json_t *data)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    shop_money_t taxes = shop_json_money(payment->row, "taxes");

    shop_json_set_text(data, "amount",
                       ngx_http_shop_money(ctx, shop_json_money(payment->row, "amount")));

    if (taxes.e4 != 0) {
        shop_json_set_text(data, "untaxed",
                           ngx_http_shop_money(ctx, shop_json_money(payment->row, "untaxed")));
        shop_json_set_text(data, "tax", ngx_http_shop_money(ctx, taxes));
    }
}


static ngx_int_t add_offline(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_pay_page_t *page)
{
    json_t *rows = json_array();
    shop_str_t key, qr;
    size_t i;

    for (i = 0; i < page->count; i++) {
        if (shop_str_eq(page->fields[i].name, SHOP_STR("epc"))) {
            if (shop_qr_svg(&ctx->arena, page->fields[i].value, &qr) == SHOP_OK) {
                shop_json_set_text(data, "qr", qr);
            }
            continue;
        }

        if (shop_arena_printf(&ctx->arena, &key, "document.pay.%.*s",
                              (int) page->fields[i].name.len,
                              page->fields[i].name.data) != SHOP_OK) {
            return NGX_ERROR;
        }

        json_array_append_new(
            rows, json_pack("{s:o, s:o}", "label",
                            shop_json_str(shop_lang_text(ctx->main->strings, ctx->lang, key)),
                            "value", shop_json_str(page->fields[i].value)));
    }

    json_object_set_new(data, "instructions", rows);

    return NGX_OK;
}


static ngx_int_t submit_on_attempt(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    ngx_int_t rc = read_attempt(ctx, op);

    if (rc != NGX_OK) {
        return rc;
    }

    if (shop_pay_talks(payment->config, SHOP_PAY_OPEN)) {
        return ngx_http_shop_pay_open(ctx);
    }

    if (payment->config->interface->simulate != NULL) {
        return play(ctx);
    }

    if (payment->config->interface->confirm != NULL) {
        return promise(ctx);
    }

    return ngx_http_shop_redirect(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_PAYMENT));
}


/* "I shall pay by cheque": an event of this page, applied like any other. */
static ngx_int_t promise(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    shop_pay_event_t event;
    shop_status_t status;
    shop_str_t json;

    status = payment->config->interface->confirm(&ctx->arena, payment->config, &payment->attempt,
                                                 &event);
    if (status == SHOP_REFUSED) {
        return not_payable(ctx);
    }

    if (status != SHOP_OK ||
        shop_pay_event_json(&ctx->arena, payment->config, &event, ngx_time(), &json) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return apply(ctx, json, on_promised);
}


static ngx_int_t on_promised(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_int_t rc = take_verdict(ctx, op);

    if (rc != NGX_OK) {
        return rc;
    }

    /* The order stands: the cart has done its work. */
    ngx_http_shop_cart_forget(ctx);

    return ngx_http_shop_payment_done(ctx);
}


/* The test interface sends through the real pipeline what a provider would send. */
static ngx_int_t play(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    shop_pay_request_t request;
    shop_pay_result_t result;

    ngx_memzero(&request, sizeof(request));

    if (payment->config->interface->simulate(&ctx->arena, payment->config, &payment->attempt,
                                             shop_form_text(&ctx->form, "action"),
                                             &payment->simulation) != SHOP_OK) {
        return ngx_http_shop_error(ctx, NGX_HTTP_BAD_REQUEST);
    }

    request.content_type = payment->simulation.content_type;
    request.body = payment->simulation.body;
    request.headers = &payment->simulation.header;
    request.header_count = 1;
    request.now = ngx_time();

    if (shop_pay_receive(&ctx->arena, payment->config, &request, &result) != SHOP_OK ||
        !result.store) {
        return ngx_http_shop_bug(ctx, "a test message was not understood");
    }

    return apply(ctx, result.json, on_played);
}


static ngx_int_t on_played(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_paying_t *payment = ctx->state;
    ngx_int_t rc = take_verdict(ctx, op);

    if (rc != NGX_OK) {
        return rc;
    }

    if (++payment->played < payment->simulation.times) {
        return play(ctx);
    }

    return ngx_http_shop_payment_done(ctx);
}


static ngx_int_t apply(ngx_http_shop_ctx_t *ctx, shop_str_t event, ngx_http_shop_next_pt next)
{
    shop_op_t *op = ngx_http_shop_await(ctx, ctx->main->change_timeout, next);

    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_pg_batch(ngx_http_shop_worker->pg, SHOP_PG_CHANGES, SHOP_SQL_PAYMENTS_APPLY, op, event);

    return NGX_DONE;
}


/* NGX_OK: the event was applied; else the request has been answered with the value. */
static ngx_int_t take_verdict(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    ctx->verdict = shop_json_text(answer, "verdict");
    shop_work_wake(ngx_http_shop_worker->work);

    return NGX_OK;
}


ngx_int_t ngx_http_shop_payment_done(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t path;

    if (shop_arena_printf(&ctx->arena, &path, "order/%.*s/done", (int) ctx->transid.len,
                          ctx->transid.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_order_remember(ctx, ctx->transid);

    return ngx_http_shop_save_and_go(ctx, path);
}
