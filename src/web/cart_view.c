/*
 * The cart as every page shows it. Prices are computed here and now, from the catalogue.
 */

#include "web/front.h"


#define SHOP_NOTICES 20


static json_t *line_view(ngx_http_shop_ctx_t *ctx, const shop_priced_line_t *line);
static shop_str_t notice_text(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *notice);
static json_t *notices_view(ngx_http_shop_ctx_t *ctx);
static shop_str_t next_url(ngx_http_shop_ctx_t *ctx);


ngx_int_t ngx_http_shop_cart_prepare(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where;
    size_t i;

    if (shop_cart_empty(ctx->cart)) {
        return NGX_OK;
    }

    ctx->notices = ngx_pcalloc(ctx->r->pool, SHOP_NOTICES * sizeof(shop_refusal_t));
    if (ctx->notices == NULL) {
        return NGX_ERROR;
    }

    ngx_http_shop_offer_look_cart(ctx);

    where = ngx_http_shop_where(ctx);
    ctx->notice_count = shop_cart_revalidate(ctx->cart, &where, ctx->notices, SHOP_NOTICES);

    if (ctx->notice_count > 0) {
        ctx->session.cart_changed = true;
    }

    ctx->notice_count = ngx_min(ctx->notice_count, SHOP_NOTICES);

    /* A form leads to another page, which finds the cart as it is now. */
    if (ctx->r->method == NGX_HTTP_POST && !ctx->json) {
        for (i = 0; i < ctx->notice_count; i++) {
            ngx_http_shop_flash(ctx, "warning", notice_text(ctx, &ctx->notices[i]));
        }

        ctx->notice_count = 0;
    }

    return NGX_OK;
}


json_t *ngx_http_shop_cart_view(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_totals_t totals;
    json_t *view, *lines = json_array();
    size_t i;

    ngx_memzero(&totals, sizeof(totals));

    if (shop_cart_totals(&ctx->arena, ctx->cart, &where, &totals) != SHOP_OK) {
        json_decref(lines);
        return NULL;
    }

    for (i = 0; i < totals.line_count; i++) {
        json_array_append_new(lines, line_view(ctx, &totals.lines[i]));
    }

    view = json_pack("{s:b, s:I, s:o, s:o, s:o}", "empty", totals.line_count == 0, "count",
                     (json_int_t) totals.items, "lines", lines, "notices", notices_view(ctx), "url",
                     shop_json_str(ngx_http_shop_url(ctx, "cart", SHOP_STR(""))));

    if (view == NULL) {
        return NULL;
    }

    ngx_http_shop_totals_view(ctx, &totals, view);
    shop_json_set_text(view, "next_url", next_url(ctx));

    return view;
}


static json_t *line_view(ngx_http_shop_ctx_t *ctx, const shop_priced_line_t *line)
{
    const shop_item_t *item = line->item;
    int64_t max = shop_item_max(item);
    json_t *elements = json_array();
    size_t i;

    for (i = 0; item->kind == SHOP_ITEM_BUNDLE && i < item->element_count; i++) {
        json_array_append_new(
            elements, json_pack("{s:o}", "name",
                                shop_json_str(item->elements[i]->text[ctx->lang->index].name)));
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:b, s:b, s:o}", "shortname",
                     shop_json_str(item->shortname), "code", shop_json_str(item->code), "name",
                     shop_json_str(item->text[ctx->lang->index].name), "url",
                     shop_json_str(ngx_http_shop_item_url(
                         ctx, item->container != NULL ? item->container : item)),
                     "image", shop_json_str(ngx_http_shop_image_url(ctx, item)), "quantity",
                     (json_int_t) line->quantity, "unit",
                     shop_json_str(ngx_http_shop_unit_price(ctx, line->unit_taxed)), "total",
                     shop_json_str(ngx_http_shop_money(ctx, line->taxed)), "max", (json_int_t) max,
                     "single", max == 1, "at_max", max > 0 && line->quantity >= max, "elements",
                     elements);
}


static shop_str_t notice_text(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *notice)
{
    return ngx_http_shop_text_with(ctx, "cart.changed",
                                   json_pack("{s:o, s:o}", "name", shop_json_str(notice->name),
                                             "why",
                                             shop_json_str(ngx_http_shop_refusal(ctx, notice))));
}


static json_t *notices_view(ngx_http_shop_ctx_t *ctx)
{
    json_t *notices = json_array();
    size_t i;

    for (i = 0; i < ctx->notice_count; i++) {
        json_array_append_new(notices, shop_json_str(notice_text(ctx, &ctx->notices[i])));
    }

    return notices;
}


static shop_str_t next_url(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_step_e step;

    if (shop_cart_empty(ctx->cart)) {
        return SHOP_STR("");
    }

    step = shop_step_next(ctx->cart, &where, SHOP_STEP_SHOP);

    return ngx_http_shop_url(ctx, "step/", shop_str(shop_step_name(step)));
}
