/*
 * Answers: headers, cookies, bodies from memory, redirects, JSON.
 *
 * Every header that we add goes through ngx_http_shop_header(), which refuses CR, LF and NUL
 * (SE-2).
 */

#include "web/web.h"
#include "web/compat.h"


#define SHOP_MAX_PARTS 8


static ngx_int_t security_headers(ngx_http_shop_ctx_t *ctx);
static ngx_int_t caching_headers(ngx_http_shop_ctx_t *ctx, ngx_http_shop_caching_e caching);
static ngx_int_t set_etag(ngx_http_shop_ctx_t *ctx);
static ngx_int_t send_redirect(ngx_http_shop_ctx_t *ctx, shop_str_t address);
static ngx_int_t send_parts(ngx_http_request_t *r, const shop_str_t *parts, size_t count);
static bool local_path(shop_str_t address);


ngx_int_t ngx_http_shop_header(ngx_http_request_t *r, shop_str_t name, shop_str_t value)
{
    ngx_table_elt_t *h;
    size_t i;

    for (i = 0; i < value.len; i++) {
        if (value.data[i] == '\r' || value.data[i] == '\n' || value.data[i] == '\0') {
            ngx_log_error(NGX_LOG_ALERT, r->connection->log, 0,
                          "shop: refused a line break in header \"%*s\"", name.len, name.data);
            return NGX_ERROR;
        }
    }

    h = ngx_list_push(&r->headers_out.headers);
    if (h == NULL) {
        return NGX_ERROR;
    }

    h->hash = 1;
    h->key = (ngx_str_t){name.len, name.data};
    h->value = (ngx_str_t){value.len, value.data};
    ngx_http_shop_header_init(h);

    return NGX_OK;
}


ngx_int_t ngx_http_shop_cookie(ngx_http_shop_ctx_t *ctx, shop_str_t name, shop_str_t value,
                               ngx_int_t max_age)
{
    shop_str_t header, age = SHOP_STR("");

#if (NGX_HTTP_SSL)
    bool secure = ctx->r->connection->ssl != NULL;
#else
    bool secure = false;
#endif

    if (max_age >= 0 &&
        shop_arena_printf(&ctx->arena, &age, "; Max-Age=%ld", (long) max_age) != SHOP_OK) {
        return NGX_ERROR;
    }

    if (shop_arena_printf(&ctx->arena, &header, "%.*s=%.*s; Path=/; HttpOnly; SameSite=Lax%s%.*s",
                          (int) name.len, name.data, (int) value.len, value.data,
                          secure ? "; Secure" : "", (int) age.len, age.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    return ngx_http_shop_header(ctx->r, SHOP_STR("Set-Cookie"), header);
}


ngx_int_t ngx_http_shop_send(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *type,
                             const shop_str_t *parts, size_t count, ngx_http_shop_caching_e caching)
{
    ngx_http_request_t *r = ctx->r;
    ngx_int_t rc;
    size_t i, length = 0;

    for (i = 0; i < count; i++) {
        length += parts[i].len;
    }

    r->headers_out.status = status;
    r->headers_out.content_length_n = (off_t) length;
    r->headers_out.content_type.data = (u_char *) type;
    r->headers_out.content_type.len = ngx_strlen(type);
    r->headers_out.content_type_len = r->headers_out.content_type.len;

    if (ngx_strncmp(type, "text/", 5) == 0) {
        ngx_str_set(&r->headers_out.charset, "utf-8");
    }

    if (security_headers(ctx) != NGX_OK || caching_headers(ctx, caching) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    rc = ngx_http_send_header(r);

    if (rc == NGX_ERROR || rc > NGX_OK || r->header_only) {
        return rc;
    }

    return send_parts(r, parts, count);
}


static ngx_int_t security_headers(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_request_t *r = ctx->r;
    shop_str_t policy = {ctx->main->policy.len, ctx->main->policy.data};

    if (ngx_http_shop_header(r, SHOP_STR("Content-Security-Policy"), policy) != NGX_OK ||
        ngx_http_shop_header(r, SHOP_STR("X-Content-Type-Options"), SHOP_STR("nosniff")) !=
            NGX_OK) {
        return NGX_ERROR;
    }

    return ngx_http_shop_header(r, SHOP_STR("Referrer-Policy"), SHOP_STR("same-origin"));
}


static ngx_int_t caching_headers(ngx_http_shop_ctx_t *ctx, ngx_http_shop_caching_e caching)
{
    ngx_http_request_t *r = ctx->r;

    switch (caching) {
    case SHOP_CACHE_SHARED:
        if (ngx_http_shop_header(r, SHOP_STR("Cache-Control"), SHOP_STR("private, no-cache")) !=
                NGX_OK ||
            ngx_http_shop_header(r, SHOP_STR("Vary"), SHOP_STR("Accept-Language, Cookie")) !=
                NGX_OK) {
            return NGX_ERROR;
        }

        return set_etag(ctx);

    case SHOP_CACHE_FOREVER:
        return ngx_http_shop_header(r, SHOP_STR("Cache-Control"),
                                    SHOP_STR("public, max-age=31536000, immutable"));

    case SHOP_CACHE_NO_STORE:
        break;
    }

    return ngx_http_shop_header(r, SHOP_STR("Cache-Control"), SHOP_STR("private, no-store"));
}


/* The not-modified filter compares it and answers 304 by itself. */
static ngx_int_t set_etag(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_request_t *r = ctx->r;
    ngx_table_elt_t *etag;

    if (r->headers_out.status != NGX_HTTP_OK || ctx->etag.len == 0) {
        return NGX_OK;
    }

    etag = ngx_list_push(&r->headers_out.headers);
    if (etag == NULL) {
        return NGX_ERROR;
    }

    etag->hash = 1;
    ngx_str_set(&etag->key, "ETag");
    etag->value = (ngx_str_t){ctx->etag.len, ctx->etag.data};
    ngx_http_shop_header_init(etag);
    r->headers_out.etag = etag;

    return NGX_OK;
}


static ngx_int_t send_parts(ngx_http_request_t *r, const shop_str_t *parts, size_t count)
{
    ngx_chain_t links[SHOP_MAX_PARTS];
    ngx_buf_t *b;
    size_t i, n = 0;

    for (i = 0; i < count && n < SHOP_MAX_PARTS; i++) {
        if (parts[i].len == 0) {
            continue; /* RQ-15: a zero-length buffer in memory is an alert */
        }

        b = ngx_calloc_buf(r->pool);
        if (b == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        b->pos = parts[i].data;
        b->last = parts[i].data + parts[i].len;
        b->memory = 1;

        links[n].buf = b;
        links[n].next = NULL;

        if (n > 0) {
            links[n - 1].next = &links[n];
        }

        n++;
    }

    if (n == 0) {
        b = ngx_calloc_buf(r->pool);
        if (b == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        links[0].buf = b;
        links[0].next = NULL;
        n = 1;
    }

    links[n - 1].buf->last_buf = (r == r->main) ? 1 : 0;
    links[n - 1].buf->last_in_chain = 1;

    return ngx_http_output_filter(r, &links[0]);
}


ngx_int_t ngx_http_shop_send_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, json_t *json)
{
    shop_str_t text;

    if (ngx_http_shop_own(ctx, json) == NULL ||
        shop_json_dump(&ctx->arena, json, &text) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, status, "application/json", &text, 1, SHOP_CACHE_NO_STORE);
}


ngx_int_t ngx_http_shop_redirect(ngx_http_shop_ctx_t *ctx, shop_str_t path)
{
    shop_str_t address;

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%.*s", (int) ctx->loc->prefix.len,
                          ctx->loc->prefix.data, (int) path.len, path.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect_to(ctx, address);
}


bool ngx_http_shop_moodle_address(ngx_http_shop_ctx_t *ctx, shop_str_t address)
{
    ngx_str_t *site = &ctx->main->moodle.url;

    return site->len > 0 && address.len > site->len && address.data[site->len] == '/' &&
           shop_str_starts(address, (shop_str_t){site->len, site->data});
}


ngx_int_t ngx_http_shop_redirect_to_moodle(ngx_http_shop_ctx_t *ctx, shop_str_t address)
{
    return ngx_http_shop_moodle_address(ctx, address)
               ? send_redirect(ctx, address)
               : ngx_http_shop_bug(ctx, "redirect out of Moodle");
}


ngx_int_t ngx_http_shop_redirect_to_provider(ngx_http_shop_ctx_t *ctx,
                                             const shop_pay_config_t *config, shop_str_t address)
{
    return shop_pay_is_page(config, address)
               ? send_redirect(ctx, address)
               : ngx_http_shop_bug(ctx, "redirect out of a provider's page");
}


ngx_int_t ngx_http_shop_redirect_out(ngx_http_shop_ctx_t *ctx, const ngx_str_t *page,
                                     shop_str_t query)
{
    const char *mark = ngx_strlchr(page->data, page->data + page->len, '?') != NULL ? "&" : "?";
    shop_str_t address;

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%s%.*s", (int) page->len, page->data, mark,
                          (int) query.len, query.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return send_redirect(ctx, address);
}


ngx_int_t ngx_http_shop_redirect_to(ngx_http_shop_ctx_t *ctx, shop_str_t address)
{
    ngx_str_t *base = &ctx->main->base_url;

    /* SE-3: never to somebody else. */
    if (!local_path(address) &&
        !(base->len > 0 && shop_str_starts(address, (shop_str_t){base->len, base->data}))) {
        return ngx_http_shop_bug(ctx, "redirect out of the shop");
    }

    return send_redirect(ctx, address);
}


static ngx_int_t send_redirect(ngx_http_shop_ctx_t *ctx, shop_str_t address)
{
    if (ngx_http_shop_header(ctx->r, SHOP_STR("Location"), address) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, NGX_HTTP_SEE_OTHER, "text/html", NULL, 0, SHOP_CACHE_NO_STORE);
}


static bool local_path(shop_str_t address)
{
    return address.len > 0 && address.data[0] == '/' &&
           (address.len == 1 || (address.data[1] != '/' && address.data[1] != '\\'));
}
