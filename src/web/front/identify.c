/*
 * Shops without the customer step: who buys must be known before (front-office.md 3.1).
 *
 * A stranger is led to the log-in, which leads back. Who is identified and has a complete record
 * goes on with it; who has none stays in the catalogue and is told why.
 */

#include "web/front/customer.h"


static ngx_int_t on_known(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


ngx_int_t ngx_http_shop_identify(ngx_http_shop_ctx_t *ctx, shop_step_e step)
{
    shop_str_t path;

    if (ctx->visitor.logged_in) {
        return ngx_http_shop_own_record(ctx, on_known);
    }

    if (shop_arena_printf(&ctx->arena, &path, "login?next=%.*sstep/%s", (int) ctx->loc->prefix.len,
                          ctx->loc->prefix.data, shop_step_name(step)) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect(ctx, path);
}


ngx_int_t ngx_http_shop_own_record(ngx_http_shop_ctx_t *ctx, ngx_http_shop_next_pt next)
{
    json_t *who = json_pack("{s:o}", "email", shop_json_str(ctx->visitor.email));

    if (ctx->visitor.user > 0) {
        json_object_set_new(who, "account", json_integer((json_int_t) ctx->visitor.user));
        json_object_set_new(who, "vouched", json_true());
        shop_json_set_text(who, "shop", ctx->shop->alias);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_CUSTOMER_FIND, who, next);
}


static ngx_int_t on_known(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    json_t *known = ngx_http_shop_answer(ctx, op);
    shop_refusal_t refusal = {.key = "customer_incomplete"};

    if (known == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    ngx_http_shop_customer_prefill(ctx, known);

    if (shop_customer_check(ctx->cart, &where, &refusal, 1) > 0) {
        refusal.key = "customer_incomplete";
        ngx_http_shop_flash(ctx, "danger", ngx_http_shop_refusal(ctx, &refusal));
        return ngx_http_shop_save_and_go(ctx, SHOP_STR(""));
    }

    ctx->cart->customer.id = shop_json_int(known, "id");
    ctx->cart->customer_valid = true;
    ngx_http_shop_cart_touch(ctx);

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, SHOP_STEP_ORDER));
}
