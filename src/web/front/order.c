/*
 * An order after it was placed: the document (order sheet, pro forma, invoice), the page that shows
 * how production goes on, and the small JSON that this page asks for.
 */

#include "web/front.h"


typedef ngx_int_t (*order_page_pt)(ngx_http_shop_ctx_t *ctx, json_t *order);


static ngx_int_t read_order(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement, order_page_pt page);
static ngx_int_t on_order(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t show_document(ngx_http_shop_ctx_t *ctx, json_t *order);
static ngx_int_t show_progress(ngx_http_shop_ctx_t *ctx, json_t *order);
static ngx_int_t forget_cart(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_forgotten(ngx_http_shop_ctx_t *ctx);
static ngx_int_t show_status(ngx_http_shop_ctx_t *ctx, json_t *order);
static ngx_int_t show_terms(ngx_http_shop_ctx_t *ctx, json_t *order);
static json_t *document_data(ngx_http_shop_ctx_t *ctx, json_t *order, const char *title);
static bool transid_well_formed(shop_str_t transid);


typedef struct {
    order_page_pt page;
    json_t *order;
} order_state_t;


ngx_int_t ngx_http_shop_order_show(ngx_http_shop_ctx_t *ctx)
{
    ctx->step = SHOP_STR("invoice");

    return read_order(ctx, SHOP_SQL_ORDER_READ, show_document);
}


ngx_int_t ngx_http_shop_order_done(ngx_http_shop_ctx_t *ctx)
{
    ctx->step = SHOP_STR("produce");

    return read_order(ctx, SHOP_SQL_ORDER_READ, show_progress);
}


ngx_int_t ngx_http_shop_order_status(ngx_http_shop_ctx_t *ctx)
{
    ctx->json = true;

    return read_order(ctx, SHOP_SQL_ORDER_READ, show_status);
}


ngx_int_t ngx_http_shop_order_certificate(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_certificate_show);
}


ngx_int_t ngx_http_shop_order_open(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_open_course);
}


ngx_int_t ngx_http_shop_order_seats(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_seats_show);
}


ngx_int_t ngx_http_shop_order_seat(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_seat_change);
}


ngx_int_t ngx_http_shop_order_tool(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_tool_show);
}


ngx_int_t ngx_http_shop_order_tool_renew(ngx_http_shop_ctx_t *ctx)
{
    return read_order(ctx, SHOP_SQL_ORDER_READ, ngx_http_shop_order_tool_renewed);
}


ngx_int_t ngx_http_shop_order_terms(ngx_http_shop_ctx_t *ctx)
{
    ctx->step = SHOP_STR("invoice");

    return read_order(ctx, SHOP_SQL_ORDER_TERMS, show_terms);
}


static ngx_int_t read_order(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement, order_page_pt page)
{
    order_state_t *state = ngx_palloc(ctx->r->pool, sizeof(order_state_t));
    shop_str_t transid = ctx->captures[0];

    if (state == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (!transid_well_formed(transid)) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    state->page = page;
    ctx->state = state;
    ctx->transid = transid;

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, statement,
                              json_pack("{s:o, s:o}", "transid", shop_json_str(transid), "shop",
                                        shop_json_str(ctx->shop->alias)),
                              on_order);
}


static bool transid_well_formed(shop_str_t transid)
{
    size_t i;

    for (i = 0; i < transid.len; i++) {
        if (!((transid.data[i] >= 'A' && transid.data[i] <= 'Z') ||
              (transid.data[i] >= '0' && transid.data[i] <= '9'))) {
            return false;
        }
    }

    return transid.len > 0 && transid.len <= 40;
}


/* Not there and not yours look the same. */
static ngx_int_t on_order(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    order_state_t *state = ctx->state;
    json_t *order = ngx_http_shop_answer(ctx, op);

    if (order == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (json_object_get(order, "error") != NULL ||
        !ngx_http_shop_order_readable(ctx, ctx->transid, order)) {
        /* Whose order it is cannot be told while sessions are away. */
        return ctx->session.away ? ngx_http_shop_unavailable(ctx)
                                 : ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    state->order = order;

    if (ngx_http_shop_order_paid(order) && ctx->session.present && ctx->cart->launched &&
        shop_str_eq(ctx->cart->transid, ctx->transid)) {
        return forget_cart(ctx);
    }

    return state->page(ctx, order);
}


/* The bank told the shop, not this browser: the cart ends when its buyer sees the order paid. */
static ngx_int_t forget_cart(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_cart_forget(ctx);

    return ngx_http_shop_session_save(ctx, on_forgotten);
}


static ngx_int_t on_forgotten(ngx_http_shop_ctx_t *ctx)
{
    order_state_t *state = ctx->state;

    return state->page(ctx, state->order);
}


static json_t *document_data(ngx_http_shop_ctx_t *ctx, json_t *order, const char *title)
{
    json_t *data = ngx_http_shop_page(ctx, title);
    json_t *document_json;
    shop_document_t document = {.order = order,
                                .strings = ctx->main->strings,
                                .lang = ctx->lang,
                                .utc_offset = ngx_http_shop_utc_offset(ctx)};

    if (data == NULL ||
        ngx_http_shop_instructions(ctx->main, &ctx->arena, order, ctx->lang, &document.instructions,
                                   &document.instruction_count) != SHOP_OK ||
        shop_document_view(&ctx->arena, &document, &document_json) != SHOP_OK ||
        json_object_set_new(data, "document", document_json) != 0) {
        return NULL;
    }

    return data;
}


static ngx_int_t show_document(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    json_t *data = document_data(ctx, order, "invoice.title");

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (shop_json_bool(order, "seats")) {
        shop_json_set_text(data, "seats_url", ngx_http_shop_order_url(ctx, "/seats"));
    }

    if (shop_json_text(order, "terms_accepted_at").len > 0) {
        shop_json_set_text(data, "terms_url", ngx_http_shop_order_url(ctx, "/terms"));
    }

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "invoice", data);
}


static ngx_int_t show_progress(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    json_t *data = document_data(ctx, order, "produce.title");
    shop_step_e step;

    if (data == NULL || ngx_http_shop_progress_view(ctx, order, data) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    /* Who can pay again is still at the payment; who paid with credits took none of these steps. */
    if (ctx->cart != NULL && !json_is_integer(json_object_get(order, "spent_credits"))) {
        step = json_object_get(data, "pay_url") != NULL ? SHOP_STEP_PAYMENT : SHOP_STEP_PRODUCE;
        json_object_set_new(data, "progress", ngx_http_shop_step_progress(ctx, step));
    }

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "produce", data);
}


static ngx_int_t show_status(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    return ngx_http_shop_send_json(ctx, NGX_HTTP_OK, ngx_http_shop_progress_json(ctx, order));
}


/* The very text that was accepted, whatever the shop's terms are today. */
static ngx_int_t show_terms(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    json_t *data = ngx_http_shop_page(ctx, "document.terms");
    shop_str_t accepted;
    int64_t seconds;

    if (data == NULL ||
        shop_time_parse(shop_json_text(order, "terms_accepted_at"), &seconds) != SHOP_OK ||
        shop_time_date(&ctx->arena, seconds, ngx_http_shop_utc_offset(ctx), ctx->lang->code,
                       &accepted) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "accepted", accepted);
    json_object_set_new(data, "parts",
                        json_pack("[{s:s, s:o}]", "name", "", "html",
                                  shop_json_str(shop_json_text(order, "terms"))));

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "terms", data);
}
