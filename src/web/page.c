/*
 * What every page has: the common block of its view model, and the rendering.
 * The view models are described in src/view/theme/README.md.
 */

#include "web/assets.h"
#include "web/front.h"


#define SHOP_PAGE_MAX (2 * 1024 * 1024)
#define SHOP_TEXT_MAX 4096


static json_t *page_new(ngx_http_shop_ctx_t *ctx, shop_str_t title);
static json_t *languages(ngx_http_shop_ctx_t *ctx);
static shop_str_t here(ngx_http_shop_ctx_t *ctx);
static ngx_int_t personal(ngx_http_shop_ctx_t *ctx, json_t *data);
static json_t *identity(ngx_http_shop_ctx_t *ctx);


shop_str_t ngx_http_shop_text(ngx_http_shop_ctx_t *ctx, const char *key)
{
    return shop_lang_text(ctx->main->strings, ctx->lang, shop_str(key));
}


shop_str_t ngx_http_shop_text_with(ngx_http_shop_ctx_t *ctx, const char *key, json_t *argument)
{
    shop_buf_t out;

    shop_buf_init(&out, &ctx->arena, SHOP_TEXT_MAX);
    shop_lang_format(&out, ngx_http_shop_text(ctx, key), argument);
    json_decref(argument);

    return shop_buf_str(&out);
}


shop_str_t ngx_http_shop_money(ngx_http_shop_ctx_t *ctx, shop_money_t amount)
{
    shop_str_t text;

    if (shop_money_format(&ctx->arena, amount, ctx->shop->currency->code, ctx->lang->code, &text) !=
        SHOP_OK) {
        return SHOP_STR("");
    }

    return text;
}


shop_str_t ngx_http_shop_unit_price(ngx_http_shop_ctx_t *ctx, shop_money_t amount)
{
    shop_str_t text;

    if (shop_money_format_unit(&ctx->arena, amount, ctx->shop->currency->code, ctx->lang->code,
                               &text) != SHOP_OK) {
        return SHOP_STR("");
    }

    return text;
}


shop_str_t ngx_http_shop_date(ngx_http_shop_ctx_t *ctx, shop_str_t moment)
{
    shop_str_t text;
    int64_t seconds;

    if (moment.len == 0 || shop_time_parse(moment, &seconds) != SHOP_OK ||
        shop_time_date(&ctx->arena, seconds, ngx_http_shop_utc_offset(ctx), ctx->lang->code,
                       &text) != SHOP_OK) {
        return SHOP_STR("");
    }

    return text;
}


shop_str_t ngx_http_shop_url(ngx_http_shop_ctx_t *ctx, const char *path, shop_str_t last)
{
    shop_str_t url;

    if (shop_arena_printf(&ctx->arena, &url, "%.*s%s%.*s", (int) ctx->loc->prefix.len,
                          ctx->loc->prefix.data, path, (int) last.len, last.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return url;
}


int32_t ngx_http_shop_utc_offset(ngx_http_shop_ctx_t *ctx)
{
    return ctx->shop != NULL ? ctx->shop->utc_offset : 0;
}


shop_where_t ngx_http_shop_where(ngx_http_shop_ctx_t *ctx)
{
    return (shop_where_t){.snapshot = ngx_http_shop_snapshot(ctx),
                          .shop = ctx->shop,
                          .visitor = &ctx->visitor,
                          .lang = ctx->lang->index,
                          .figures = ctx->figures,
                          .now = ngx_time()};
}


json_t *ngx_http_shop_page(ngx_http_shop_ctx_t *ctx, const char *title_key)
{
    json_t *data = page_new(ctx, ngx_http_shop_text(ctx, title_key));

    if (data == NULL || personal(ctx, data) != NGX_OK) {
        return NULL;
    }

    return data;
}


json_t *ngx_http_shop_page_shared(ngx_http_shop_ctx_t *ctx, shop_str_t title)
{
    return page_new(ctx, title);
}


static json_t *page_new(ngx_http_shop_ctx_t *ctx, shop_str_t title)
{
    json_t *data = ngx_http_shop_own(ctx, json_object());
    json_t *page = json_object();

    if (data == NULL || json_object_set_new(data, "page", page) != 0) {
        return NULL;
    }

    shop_json_set_text(page, "lang", shop_str(ctx->lang->code));
    shop_json_set_text(page, "title", title);
    shop_json_set_text(page, "base", (shop_str_t){ctx->loc->prefix.len, ctx->loc->prefix.data});
    json_object_set_new(page, "assets", ngx_http_shop_asset_urls(ctx));
    json_object_set_new(page, "languages", languages(ctx));

    if (ctx->shop != NULL) {
        ngx_http_shop_page_shop(ctx, page);
    }

    return data;
}


/* Only this visitor sees it: never in a page that is kept. */
static ngx_int_t personal(ngx_http_shop_ctx_t *ctx, json_t *data)
{
    json_t *page = json_object_get(data, "page");
    json_t *cart, *flash;

    shop_json_set_text(page, "csrf", ngx_http_shop_csrf_token(ctx));
    json_object_set_new(page, "identity", identity(ctx));

    flash = ngx_http_shop_take_flash(ctx);
    if (flash != NULL) {
        json_object_set(page, "flash", flash);
    }

    /* A cart that cannot be reached is not an empty one. */
    if (ctx->cart == NULL || ctx->shop == NULL || ctx->session.away) {
        return NGX_OK;
    }

    cart = ngx_http_shop_cart_view(ctx);

    return cart != NULL && json_object_set_new(data, "cart", cart) == 0 ? NGX_OK : NGX_ERROR;
}


/* Rendered into the hole of a shared page: `page` has what the visitor's forms need. */
ngx_int_t ngx_http_shop_slot(ngx_http_shop_ctx_t *ctx, shop_str_t *html)
{
    json_t *data = ngx_http_shop_own(ctx, json_pack("{s:{}, s:b}", "page", "buying", 1));
    json_t *page = json_object_get(data, "page");

    if (data == NULL) {
        return NGX_ERROR;
    }

    shop_json_set_text(page, "base", (shop_str_t){ctx->loc->prefix.len, ctx->loc->prefix.data});
    shop_json_set_text(page, "lang", shop_str(ctx->lang->code));
    json_object_set_new(page, "assets", ngx_http_shop_asset_urls(ctx));

    if (personal(ctx, data) != NGX_OK) {
        return NGX_ERROR;
    }

    if (ctx->session.away) {
        json_object_set_new(page, "flash",
                            json_pack("[{s:s, s:o}]", "kind", "warning", "text",
                                      shop_json_str(ngx_http_shop_text(ctx, "cart.away"))));
    }

    return ngx_http_shop_render_part(ctx, "slot", data, html);
}


/* Switching keeps the page: the same address with another language. */
static json_t *languages(ngx_http_shop_ctx_t *ctx)
{
    const shop_lang_t *list;
    json_t *array = json_array();
    shop_str_t url, path = here(ctx);
    size_t i, count;

    list = shop_lang_list(&count);

    for (i = 0; i < count; i++) {
        if (shop_arena_printf(&ctx->arena, &url, "%.*slang/%s?next=%.*s",
                              (int) ctx->loc->prefix.len, ctx->loc->prefix.data, list[i].code,
                              (int) path.len, path.data) != SHOP_OK) {
            break;
        }

        json_array_append_new(array, json_pack("{s:s, s:s, s:o, s:b}", "code", list[i].code, "name",
                                               list[i].name, "url", shop_json_str(url), "current",
                                               &list[i] == ctx->lang));
    }

    return array;
}


/* This page's path, encoded; nothing when it is not a page to come back to. A page that is kept has
 * one address, whatever the first visitor asked with. */
static shop_str_t here(ngx_http_shop_ctx_t *ctx)
{
    ngx_str_t *uri = &ctx->r->unparsed_uri;
    shop_str_t path = {uri->len, uri->data}, encoded;

    if (ctx->canonical.data != NULL) {
        path = ngx_http_shop_url(ctx, "", ctx->canonical);
    }

    if (ctx->r->method == NGX_HTTP_POST || path.len > 512 ||
        shop_percent_encode(&ctx->arena, path, &encoded) != SHOP_OK) {
        return SHOP_STR("");
    }

    return encoded;
}


static json_t *identity(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t name =
        ctx->session.data != NULL ? shop_json_text(ctx->session.data, "name") : SHOP_STR("");

    if (name.len == 0) {
        name = ctx->visitor.email;
    }

    return json_pack("{s:b, s:o, s:b}", "logged_in", ctx->visitor.logged_in, "name",
                     shop_json_str(name), "credits",
                     ctx->visitor.logged_in && shop_json_bool(ctx->session.data, "credits"));
}


ngx_int_t ngx_http_shop_render_part(ngx_http_shop_ctx_t *ctx, const char *name, json_t *data,
                                    shop_str_t *html)
{
    const shop_template_t *template = shop_template_find(ctx->main->templates, shop_str(name));
    shop_view_t view = {data, ctx->main->strings, ctx->lang};
    shop_buf_t out;

    if (template == NULL) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "shop: the theme has no template \"%s\"", name);
        return NGX_ERROR;
    }

    shop_buf_init(&out, &ctx->arena, SHOP_PAGE_MAX);

    if (shop_template_render(template, &view, &out) != SHOP_OK) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "shop: template \"%s\" could not be rendered", name);
        return NGX_ERROR;
    }

    *html = shop_buf_str(&out);

    return NGX_OK;
}


ngx_int_t ngx_http_shop_render(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *name,
                               json_t *data)
{
    shop_str_t html;

    if (ngx_http_shop_render_part(ctx, name, data, &html) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_count(SHOP_COUNT_PAGES_PERSONAL);

    return ngx_http_shop_send(ctx, status, "text/html", &html, 1, SHOP_CACHE_NO_STORE);
}
