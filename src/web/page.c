/*
 * What every page has: the common block of its view model, and the rendering.
 * The view models are described in src/view/theme/README.md.
 */

#include "web/assets.h"


#define SHOP_PAGE_MAX (2 * 1024 * 1024)


static json_t *languages(ngx_http_shop_ctx_t *ctx);
static json_t *identity(ngx_http_shop_ctx_t *ctx);
static shop_str_t here(ngx_http_shop_ctx_t *ctx);


shop_str_t ngx_http_shop_text(ngx_http_shop_ctx_t *ctx, const char *key)
{
    return shop_lang_text(ctx->main->strings, ctx->lang, shop_str(key));
}


json_t *ngx_http_shop_page(ngx_http_shop_ctx_t *ctx, const char *title_key)
{
    json_t *data = ngx_http_shop_own(ctx, json_object());
    json_t *page = json_object();
    json_t *flash;

    if (data == NULL || page == NULL || json_object_set_new(data, "page", page) != 0) {
        return NULL;
    }

    shop_json_set_text(page, "lang", shop_str(ctx->lang->code));
    shop_json_set_text(page, "title", ngx_http_shop_text(ctx, title_key));
    shop_json_set_text(page, "base", (shop_str_t){ctx->loc->prefix.len, ctx->loc->prefix.data});
    shop_json_set_text(page, "csrf", ngx_http_shop_csrf_token(ctx));
    json_object_set_new(page, "assets", ngx_http_shop_asset_urls(ctx));
    json_object_set_new(page, "languages", languages(ctx));
    json_object_set_new(page, "identity", identity(ctx));

    flash = ngx_http_shop_take_flash(ctx);
    if (flash != NULL) {
        json_object_set(page, "flash", flash);
    }

    if (ctx->shop != NULL) {
        ngx_http_shop_page_shop(ctx, page);
    }

    return data;
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


/* This page's path, encoded; the catalogue when it is not a page to come back to. */
static shop_str_t here(ngx_http_shop_ctx_t *ctx)
{
    ngx_str_t *uri = &ctx->r->unparsed_uri;
    shop_str_t encoded;

    if (ctx->r->method == NGX_HTTP_POST || uri->len > 512 ||
        shop_percent_encode(&ctx->arena, (shop_str_t){uri->len, uri->data}, &encoded) != SHOP_OK) {
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

    return json_pack("{s:b, s:o}", "logged_in", ctx->visitor.logged_in, "name",
                     shop_json_str(name));
}


ngx_int_t ngx_http_shop_render(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *name,
                               json_t *data)
{
    const shop_template_t *template = shop_template_find(ctx->main->templates, shop_str(name));
    shop_view_t view = {data, ctx->main->strings, ctx->lang};
    shop_buf_t out;
    shop_str_t html;

    if (template == NULL) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "shop: the theme has no template \"%s\"", name);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_buf_init(&out, &ctx->arena, SHOP_PAGE_MAX);

    if (shop_template_render(template, &view, &out) != SHOP_OK) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "shop: template \"%s\" could not be rendered", name);
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    html = shop_buf_str(&out);
    ngx_http_shop_count(SHOP_COUNT_PAGES_PERSONAL);

    return ngx_http_shop_send(ctx, status, "text/html", &html, 1, SHOP_CACHE_NO_STORE);
}
