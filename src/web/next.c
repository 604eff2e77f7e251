/*
 * Where to go after a form: only ever to a page of the same shop (SE-3).
 */

#include "web/front.h"


#define SHOP_NEXT_MAX 512


static shop_str_t referer_path(ngx_http_request_t *r);


shop_str_t ngx_http_shop_safe_next(ngx_http_shop_ctx_t *ctx, shop_str_t next)
{
    shop_str_t prefix = {ctx->loc->prefix.len, ctx->loc->prefix.data};
    size_t i;

    if (!shop_str_starts(next, prefix) || next.len > SHOP_NEXT_MAX) {
        return prefix;
    }

    for (i = 0; i < next.len; i++) {
        if (next.data[i] <= ' ' || next.data[i] == '\\' || next.data[i] >= 0x7f) {
            return prefix;
        }
    }

    return next;
}


shop_str_t ngx_http_shop_back_to(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t next = shop_form_text(&ctx->form, "next");

    if (next.len == 0) {
        next = referer_path(ctx->r);
    }

    return ngx_http_shop_safe_next(ctx, next);
}


/* "https://host/path" -> "/path"; whose host it is does not matter, the path is checked. */
static shop_str_t referer_path(ngx_http_request_t *r)
{
    ngx_table_elt_t *referer = r->headers_in.referer;
    u_char *slashes, *path, *end;

    if (referer == NULL) {
        return SHOP_STR("");
    }

    end = referer->value.data + referer->value.len;
    slashes = ngx_strlchr(referer->value.data, end, ':');

    if (slashes == NULL || end - slashes < 4) {
        return SHOP_STR("");
    }

    path = ngx_strlchr(slashes + 3, end, '/');

    return path != NULL ? (shop_str_t){(size_t) (end - path), path} : SHOP_STR("");
}


static ngx_int_t go(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_redirect(ctx, ctx->target);
}


ngx_int_t ngx_http_shop_save_and_go(ngx_http_shop_ctx_t *ctx, shop_str_t path)
{
    ctx->target = path;

    return ngx_http_shop_session_save(ctx, go);
}


void ngx_http_shop_cart_touch(ngx_http_shop_ctx_t *ctx)
{
    ctx->session.cart_changed = true;
    ctx->cart->launched = false;
}
