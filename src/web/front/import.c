/*
 * Links from outside that touch the cart: one product added, or a whole cart imported, perhaps for
 * a partner (front-office.md 13). They are GET by nature and can do nothing else.
 *
 * A link adds up to what is there, so that a page that is loaded again adds nothing; an import into
 * a cart that is not empty asks first.
 */

#include "web/front/order.h"


#define SHOP_IMPORT_TOLD 10


static ngx_int_t add(ngx_http_shop_ctx_t *ctx);
static ngx_int_t added(ngx_http_shop_ctx_t *ctx);
static ngx_int_t promo_told(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);
static ngx_int_t import_now(ngx_http_shop_ctx_t *ctx);
static ngx_int_t take_partner(ngx_http_shop_ctx_t *ctx);
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx);
static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx);
static ngx_int_t go_to_step(ngx_http_shop_ctx_t *ctx);
static void tell(ngx_http_shop_ctx_t *ctx, const char *kind, const shop_refusal_t *refusal);
static shop_str_t referer(ngx_http_shop_ctx_t *ctx);


/* --- one product --- */

ngx_int_t ngx_http_shop_link_add(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t shortname = shop_utf8_cut(shop_form_text(&ctx->query, "p"), 100);

    return ngx_http_shop_offer_ask(
        ctx, shop_find_item(ngx_http_shop_snapshot(ctx), ctx->shop, shortname), add);
}


static ngx_int_t add(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_str_t text = shop_form_text(&ctx->query, "q");
    shop_str_t shortname = shop_utf8_cut(shop_form_text(&ctx->query, "p"), 100);
    shop_refusal_t refusal;
    int64_t quantity = text.len == 0 ? 1 : 0;

    if (text.len > 0 && shop_str_to_int(text, &quantity) != SHOP_OK) {
        quantity = 0; /* the rules say what is wrong with it */
    }

    refusal = shop_cart_direct_add(ctx->cart, &where, shortname, quantity);

    if (refusal.key != NULL) {
        tell(ctx, "danger", &refusal);
        return ngx_http_shop_save_and_go(ctx, SHOP_STR(""));
    }

    ngx_http_shop_count(SHOP_COUNT_CART_CHANGES);
    ngx_http_shop_cart_touch(ctx);
    ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, "cart.added"));

    text = shop_form_text(&ctx->query, "promo");

    return text.len > 0 ? ngx_http_shop_promo_try(ctx, text, promo_told) : added(ctx);
}


static ngx_int_t promo_told(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    if (refusal.key != NULL) {
        tell(ctx, "warning", &refusal);
    }

    return added(ctx);
}


static ngx_int_t added(ngx_http_shop_ctx_t *ctx)
{
    if (shop_form_text(&ctx->query, "go").len > 0) {
        return go_to_step(ctx);
    }

    return ngx_http_shop_save_and_go(ctx, SHOP_STR(""));
}


/* The first step that has something to ask. */
static ngx_int_t go_to_step(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_step_e step = shop_step_guard(ctx->cart, &where, SHOP_STEP_ORDER);

    return ngx_http_shop_save_and_go(ctx, ngx_http_shop_step_path(ctx, step));
}


/* --- a cart --- */

ngx_int_t ngx_http_shop_link_import(ngx_http_shop_ctx_t *ctx)
{
    if (!shop_import_named(&ctx->query)) {
        return ngx_http_shop_redirect(ctx, SHOP_STR(""));
    }

    return shop_cart_empty(ctx->cart) ? import_now(ctx) : ask(ctx);
}


ngx_int_t ngx_http_shop_import_confirmed(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t what = shop_form_text(&ctx->form, "what");

    if (shop_str_eq(what, SHOP_STR("replace"))) {
        shop_cart_clear(ctx->cart);
    } else if (!shop_str_eq(what, SHOP_STR("merge"))) {
        return ngx_http_shop_redirect(ctx, SHOP_STR("cart"));
    }

    return import_now(ctx);
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx)
{
    json_t *data = ngx_http_shop_page(ctx, "import.title");
    shop_str_t action;

    if (data == NULL || shop_arena_printf(&ctx->arena, &action, "%.*simport?%.*s",
                                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data,
                                          (int) ctx->r->args.len, ctx->r->args.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "action", action);

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "import", data);
}


static ngx_int_t import_now(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_refusal_t told[SHOP_IMPORT_TOLD];
    size_t count, i;

    if (take_partner(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    count = shop_cart_import(ctx->cart, &where, &ctx->query, told, SHOP_IMPORT_TOLD);

    for (i = 0; i < ngx_min(count, SHOP_IMPORT_TOLD); i++) {
        tell(ctx, "warning", &told[i]);
    }

    ngx_http_shop_count(SHOP_COUNT_CART_CHANGES);
    ngx_http_shop_cart_touch(ctx);

    return go_on(ctx);
}


/* Who sent this buyer; an unknown one changes nothing. The order has its code from here on, so that
 * the partner can follow it. */
static ngx_int_t take_partner(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_cart_t *cart = ctx->cart;
    const shop_partner_t *partner = NULL;
    bool wanted = shop_str_eq(shop_form_text(&ctx->query, "autodrive"), SHOP_STR("1"));

    if (shop_cart_set_partner(cart, &where, shop_form_text(&ctx->query, "partner"))) {
        partner = shop_cart_partner(cart, &where);
    }

    cart->autodrive =
        wanted && (partner == NULL || shop_partner_drives(&ctx->arena, partner, referer(ctx),
                                                          &ctx->query, ngx_time()));

    if (partner == NULL) {
        return NGX_OK;
    }

    if (cart->customer.email.len == 0 && !ctx->visitor.logged_in) {
        cart->customer.email = cart->partner_email;
    }

    return cart->transid.len == 0 ? ngx_http_shop_transid_assign(ctx) : NGX_OK;
}


static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx)
{
    const shop_category_t *category;
    shop_str_t path, wanted = shop_form_text(&ctx->query, "category");

    if (ctx->cart->autodrive && !shop_cart_empty(ctx->cart)) {
        return go_to_step(ctx);
    }

    category =
        wanted.len > 0 ? shop_find_category(ngx_http_shop_snapshot(ctx), ctx->shop, wanted) : NULL;

    if (category != NULL &&
        shop_arena_printf(&ctx->arena, &path, "c/%.*s", (int) category->alias.len,
                          category->alias.data) == SHOP_OK) {
        return ngx_http_shop_save_and_go(ctx, path);
    }

    return ngx_http_shop_save_and_go(ctx, SHOP_STR("cart"));
}


static void tell(ngx_http_shop_ctx_t *ctx, const char *kind, const shop_refusal_t *refusal)
{
    ngx_http_shop_count(SHOP_COUNT_REFUSED);
    ngx_http_shop_flash(ctx, kind, ngx_http_shop_refusal(ctx, refusal));
}


static shop_str_t referer(ngx_http_shop_ctx_t *ctx)
{
    ngx_table_elt_t *header = ctx->r->headers_in.referer;

    return header != NULL ? (shop_str_t){header->value.len, header->value.data} : SHOP_STR("");
}
