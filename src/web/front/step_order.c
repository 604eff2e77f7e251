/*
 * The order step: accept the terms, choose how to pay, launch.
 *
 * all checks again (pure) -> shop.place_orders (one batched call) -> save -> the payment page; a
 * free order is settled in the same call. The transaction code, which the cart has since this page
 * was shown, makes a repeated launch the same order.
 */

#include "web/front/order.h"


#define SHOP_CHOICE_MAX 64
#define SHOP_SHOWN_MAX 16384

/* Orders of another content that were launched from this cart before. */
#define SHOP_PLACE_TRIES 3


static ngx_int_t launch(ngx_http_shop_ctx_t *ctx);
static ngx_int_t show_order(ngx_http_shop_ctx_t *ctx);
static ngx_http_shop_order_t *prepare(ngx_http_shop_ctx_t *ctx);
static ngx_int_t price(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order);
static ngx_int_t collect_modes(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order);
static void take_choices(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order);
static const shop_paymode_t *chosen_mode(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order);
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, shop_step_e step);
static ngx_int_t place(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_placed(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t placed(ngx_http_shop_ctx_t *ctx, json_t *answer);
static ngx_int_t place_anew(ngx_http_shop_ctx_t *ctx);
static bool closed(const json_t *answer);
static ngx_int_t stock_gone(ngx_http_shop_ctx_t *ctx, json_t *answer);
static ngx_int_t code_gone(ngx_http_shop_ctx_t *ctx, json_t *answer);
static ngx_int_t moved(ngx_http_shop_ctx_t *ctx, json_t *answer);
static ngx_int_t figures_moved(ngx_http_shop_ctx_t *ctx, json_t *figures);


static const shop_paymode_t free_mode = {
    .name = {sizeof("freeorder") - 1, (u_char *) "freeorder"},
    .interface = {sizeof("freeorder") - 1, (u_char *) "freeorder"},
    .instant = true,
    .internal = true,
};


ngx_int_t ngx_http_shop_step_order(ngx_http_shop_ctx_t *ctx)
{
    if (ctx->cart->transid.len == 0 && ngx_http_shop_transid_assign(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_figures_load(ctx, SHOP_STR(""), 0, show_order);
}


static ngx_int_t show_order(ngx_http_shop_ctx_t *ctx)
{
    if (prepare(ctx) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* What this page is made of must be there when it comes back. */
    return ctx->session.changed || ctx->session.cart_changed
               ? ngx_http_shop_session_save(ctx, ngx_http_shop_order_page)
               : ngx_http_shop_order_page(ctx);
}


static ngx_http_shop_order_t *prepare(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_order_t *order = ngx_pcalloc(ctx->r->pool, sizeof(ngx_http_shop_order_t));

    if (order == NULL || price(ctx, order) != NGX_OK ||
        shop_terms_assemble(&ctx->arena, ctx->cart, &order->where, &order->terms) != SHOP_OK) {
        return NULL;
    }

    ctx->state = order;

    return order;
}


/* With the figures of now; the ways to pay depend on the amount. */
static ngx_int_t price(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order)
{
    order->where = ngx_http_shop_where(ctx);
    order->mode_count = 0;
    ngx_memzero(&order->totals, sizeof(order->totals));

    if (shop_cart_totals(&ctx->arena, ctx->cart, &order->where, &order->totals) != SHOP_OK) {
        return NGX_ERROR;
    }

    return collect_modes(ctx, order);
}


shop_paymode_t ngx_http_shop_paymode(const ngx_http_shop_payment_t *payment)
{
    const shop_pay_interface_t *interface = payment->pay->interface;

    /* The buttons of the test interface stand for a provider's page. */
    bool instant = interface->kind == SHOP_PAY_INSTANT || interface->simulate != NULL;

    return (shop_paymode_t){.name = payment->pay->name,
                            .interface = shop_str(interface->name),
                            .instant = instant,
                            .internal = interface->kind == SHOP_PAY_INTERNAL && !instant,
                            .test = payment->pay->mode == SHOP_PAY_TEST};
}


static ngx_int_t collect_modes(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order)
{
    ngx_http_shop_payment_t *payment = ctx->main->payments.elts;
    shop_paymode_t mode;
    ngx_uint_t i;

    if (order->totals.amount.e4 == 0) {
        return NGX_OK;
    }

    for (i = 0; i < ctx->main->payments.nelts && order->mode_count < SHOP_PAYMODES_MAX; i++) {
        mode = ngx_http_shop_paymode(&payment[i]);

        if (shop_paymode_offered(ctx->shop, &ctx->visitor, &mode, order->totals.amount)) {
            order->modes[order->mode_count++] = mode;
        }
    }

    return NGX_OK;
}


/* What was placed and is launched again has been asked about. */
ngx_int_t ngx_http_shop_step_order_submit(ngx_http_shop_ctx_t *ctx)
{
    return ctx->cart->launched ? launch(ctx) : ngx_http_shop_offer_ask_cart(ctx, launch);
}


static ngx_int_t launch(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_order_t *order = prepare(ctx);
    shop_refusal_t refusal;
    shop_step_e step = SHOP_STEP_ORDER;

    if (order == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    take_choices(ctx, order);

    order->in = (shop_order_in_t){
        .cart = ctx->cart,
        .where = &order->where,
        .totals = &order->totals,
        .terms = &order->terms,
        .mode = chosen_mode(ctx, order),
        .lang = ctx->lang->code,
        .address = {ctx->r->connection->addr_text.len, ctx->r->connection->addr_text.data},
        .figures = ctx->figures_kept,
        .now = ngx_time(),
        .test = ctx->shop->test};

    refusal = shop_order_check(&order->in, &step);

    if (refusal.key != NULL) {
        return refuse(ctx, refusal, step);
    }

    if (ctx->cart->transid.len == 0 && ngx_http_shop_transid_assign(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return place(ctx);
}


/* The box carries the digest of the text beside it: only what was shown can be accepted. */
static void take_choices(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order)
{
    shop_str_t agree = shop_form_text(&ctx->form, "agree");

    ctx->session.cart_changed = true;
    ctx->cart->paymode = shop_utf8_cut(shop_form_text(&ctx->form, "paymode"), SHOP_CHOICE_MAX);
    ctx->cart->shown_total =
        shop_utf8_cut(shop_form_text(&ctx->form, "shown_total"), SHOP_CHOICE_MAX);
    ctx->cart->shown = shop_utf8_cut(shop_form_text(&ctx->form, "shown"), SHOP_SHOWN_MAX);

    if (!shop_terms_accepted(ctx->cart, &order->terms)) {
        ctx->cart->terms_at = ngx_time();
    }

    ctx->cart->terms_hash = shop_utf8_cut(agree, 2 * SHOP_SHA256_SIZE);
}


static ngx_int_t place(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_order_t *order = ctx->state;
    json_t *request = shop_order_request(&ctx->arena, &order->in);

    ctx->transid = ctx->cart->transid;
    order->fingerprint = shop_json_text(request, "fingerprint");

    return ngx_http_shop_call_batched(ctx, SHOP_SQL_PLACE_ORDERS, request, on_placed);
}


static const shop_paymode_t *chosen_mode(ngx_http_shop_ctx_t *ctx, ngx_http_shop_order_t *order)
{
    size_t i;

    if (order->totals.amount.e4 == 0) {
        return &free_mode;
    }

    for (i = 0; i < order->mode_count; i++) {
        if (shop_str_eq(order->modes[i].name, ctx->cart->paymode)) {
            return &order->modes[i];
        }
    }

    return NULL;
}


/* A mistake on this page is told on it; one of an earlier step leads there. */
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, shop_step_e step)
{
    ngx_http_shop_order_t *order = ctx->state;
    shop_money_t shown;

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    if (ngx_strcmp(refusal.key, "price_changed") == 0 &&
        shop_money_parse(ctx->cart->shown_total, &shown) == SHOP_OK) {
        refusal.name = ngx_http_shop_money(ctx, shown);
    }

    if (step == SHOP_STEP_ORDER) {
        order->refusal = refusal;
        return ngx_http_shop_session_save(ctx, ngx_http_shop_order_page);
    }

    ngx_http_shop_flash(ctx, "danger", ngx_http_shop_refusal(ctx, &refusal));

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, step));
}


static ngx_int_t on_placed(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);
    shop_str_t verdict;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    verdict = shop_json_text(answer, "verdict");

    if (shop_str_eq(verdict, SHOP_STR("changed")) || closed(answer)) {
        return place_anew(ctx);
    }

    if (shop_str_eq(verdict, SHOP_STR("placed")) || shop_str_eq(verdict, SHOP_STR("exists"))) {
        return placed(ctx, answer);
    }

    if (shop_str_eq(verdict, SHOP_STR("stock"))) {
        return stock_gone(ctx, answer);
    }

    if (shop_str_eq(verdict, SHOP_STR("code"))) {
        return code_gone(ctx, answer);
    }

    if (shop_str_eq(verdict, SHOP_STR("moved"))) {
        return moved(ctx, answer);
    }

    if (shop_str_eq(shop_json_text(answer, "reason"), SHOP_STR("owned"))) {
        return refuse(ctx, (shop_refusal_t){.key = "already_owned"}, SHOP_STEP_ORDER);
    }

    ngx_log_error(NGX_LOG_ERR, ctx->r->connection->log, 0, "shop: order refused: %*s %*s",
                  verdict.len, verdict.data, shop_json_text(answer, "reason").len,
                  shop_json_text(answer, "reason").data);

    return refuse(ctx, (shop_refusal_t){.key = "order_refused"}, SHOP_STEP_ORDER);
}


/* Nothing can be paid there any more. */
static bool closed(const json_t *answer)
{
    shop_str_t state = shop_json_text(answer, "state");

    return shop_str_eq(state, SHOP_STR("CANCELLED")) || shop_str_eq(state, SHOP_STR("PAYBACK"));
}


static ngx_int_t placed(ngx_http_shop_ctx_t *ctx, json_t *answer)
{
    ngx_http_shop_order_t *order = ctx->state;
    shop_str_t path;

    if (shop_str_eq(shop_json_text(answer, "verdict"), SHOP_STR("placed"))) {
        ngx_http_shop_count(SHOP_COUNT_ORDERS);
    }

    ctx->cart->launched = true;
    ngx_http_shop_order_remember(ctx, ctx->cart->transid);
    shop_work_wake(ngx_http_shop_worker->work);

    if (order->totals.amount.e4 != 0) {
        return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_PAYMENT));
    }

    if (shop_arena_printf(&ctx->arena, &path, "order/%.*s/done", (int) ctx->transid.len,
                          ctx->transid.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_cart_forget(ctx);

    return ngx_http_shop_save_and_go(ctx, path);
}


/* This cart was launched before: that order had another content, or its time is over. */
static ngx_int_t place_anew(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_order_t *order = ctx->state;

    if (++order->tries == SHOP_PLACE_TRIES) {
        return ngx_http_shop_error(ctx, NGX_HTTP_CONFLICT);
    }

    ctx->cart->replaces = ctx->cart->transid;

    if (ngx_http_shop_transid_next(ctx, order->fingerprint) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return place(ctx);
}


/* Somebody was quicker: the catalogue here does not know it yet. */
static ngx_int_t stock_gone(ngx_http_shop_ctx_t *ctx, json_t *answer)
{
    ngx_http_shop_order_t *order = ctx->state;
    shop_str_t code = shop_json_text(answer, "code");
    const shop_item_t *item;
    shop_refusal_t refusal = {.key = "providing"};
    size_t i;

    for (i = 0; i < order->totals.line_count; i++) {
        item = order->totals.lines[i].item;

        if (shop_str_eq(item->code, code)) {
            refusal.name = item->text[ctx->lang->index].name;
        }
    }

    ngx_http_shop_generation_refresh();

    return refuse(ctx, refusal, SHOP_STEP_SHOP);
}


/* Somebody else had the last use of a code: the order is shown again without it. */
static ngx_int_t code_gone(ngx_http_shop_ctx_t *ctx, json_t *answer)
{
    shop_refusal_t refusal = {.key = "promo_exhausted"};
    int64_t discount = shop_json_int(answer, "discount");
    size_t i;

    for (i = 0; i < ctx->cart->promo_count; i++) {
        if (ctx->cart->promos[i].discount == discount) {
            refusal.name = ctx->cart->promos[i].code;
        }
    }

    shop_promo_forget(ctx->cart, discount);

    if (price(ctx, ctx->state) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return refuse(ctx, refusal, SHOP_STEP_ORDER);
}


/* What the discounts stand on is not what it was when the page was shown. */
static ngx_int_t moved(ngx_http_shop_ctx_t *ctx, json_t *answer)
{
    ngx_http_shop_order_t *order = ctx->state;
    json_t *figures = json_object_get(answer, "figures");

    if (++order->tries < SHOP_PLACE_TRIES && json_is_object(figures) &&
        shop_str_eq(shop_json_text(answer, "reason"), SHOP_STR("figures"))) {
        return figures_moved(ctx, figures);
    }

    /* A discount was changed a moment ago: this worker fetches it now. */
    ngx_http_shop_generation_refresh();
    ngx_http_shop_count(SHOP_COUNT_REFUSED);
    ngx_http_shop_flash(ctx, "warning", ngx_http_shop_text(ctx, "refusal.price_unseen"));

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_ORDER));
}


/* The same price with the figures of now is placed at once; another one is shown first. */
static ngx_int_t figures_moved(ngx_http_shop_ctx_t *ctx, json_t *figures)
{
    ngx_http_shop_order_t *order = ctx->state;
    shop_step_e step = SHOP_STEP_ORDER;
    shop_refusal_t refusal;

    if (ngx_http_shop_figures_replace(ctx, figures) != NGX_OK || price(ctx, order) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    order->in.figures = ctx->figures_kept;
    order->in.mode = chosen_mode(ctx, order);
    refusal = shop_order_check(&order->in, &step);

    return refusal.key != NULL ? refuse(ctx, refusal, step) : place(ctx);
}
