/*
 * The answer to a command on the cart: 303 with a message for the next page, or JSON with the cart
 * anew. What the rules refuse changes nothing.
 */

#include "web/front.h"


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx);
static ngx_int_t refused(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal);


ngx_int_t ngx_http_shop_cart_done(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal,
                                  const char *done)
{
    if (refusal.key != NULL) {
        return refused(ctx, &refusal);
    }

    ngx_http_shop_count(SHOP_COUNT_CART_CHANGES);
    ngx_http_shop_cart_touch(ctx);

    if (!ctx->json) {
        ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, done));
    }

    return ngx_http_shop_session_save(ctx, on_saved);
}


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx)
{
    return ctx->json ? ngx_http_shop_cart_json(ctx, NGX_HTTP_OK, NULL, SHOP_STR(""))
                     : ngx_http_shop_redirect_to(ctx, ngx_http_shop_back_to(ctx));
}


static ngx_int_t refused(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal)
{
    shop_str_t message = ngx_http_shop_refusal(ctx, refusal);

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    if (ctx->json) {
        return ngx_http_shop_cart_json(ctx, NGX_HTTP_UNPROCESSABLE, refusal->key, message);
    }

    ngx_http_shop_flash(ctx, "danger", message);

    return ngx_http_shop_session_save(ctx, on_saved);
}


ngx_int_t ngx_http_shop_cart_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *error,
                                  shop_str_t message)
{
    static const char *const members[] = {"lines",    "untaxed",   "taxes",    "notices",
                                          "next_url", "discounts", "shipping", NULL};

    json_t *view = ngx_http_shop_cart_view(ctx);
    json_t *data, *answer;
    shop_str_t html;
    size_t i;

    data = ngx_http_shop_own(ctx, json_pack("{s:o, s:{}, s:b}", "cart", view, "page", "buying", 1));
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(json_object_get(data, "page"), "base",
                       (shop_str_t){ctx->loc->prefix.len, ctx->loc->prefix.data});
    shop_json_set_text(json_object_get(data, "page"), "csrf", ngx_http_shop_csrf_token(ctx));

    if (ngx_http_shop_render_part(ctx, "cart_panel", data, &html) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer =
        json_pack("{s:I, s:O, s:O, s:o, s:o}", "rev", (json_int_t) ctx->session.cart_rev, "count",
                  json_object_get(view, "count"), "total", json_object_get(view, "total"), "html",
                  shop_json_str(html), "csrf", shop_json_str(ngx_http_shop_csrf_token(ctx)));

    if (answer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; members[i] != NULL; i++) {
        json_object_set(answer, members[i], json_object_get(view, members[i]));
    }

    if (error != NULL) {
        json_object_set_new(answer, "error", json_string(error));
        shop_json_set_text(answer, "message", message);
    }

    return ngx_http_shop_send_json(ctx, status, answer);
}
