/*
 * Pages that are the same for everybody of a class: rendered once per catalogue, language and
 * class, kept in memory in two halves, with the personal part in between.
 *
 * The halves live as long as their generation, which the request holds. A visitor without a session
 * gets one buffer that was put together once.
 */

#include "web/generation.h"


#define SHOP_SHARED_PAGE_MAX (2 * 1024 * 1024)


static ngx_http_shop_shared_page_t *looked_at(ngx_http_shop_ctx_t *ctx, shop_str_t key,
                                              ngx_uint_t slot);
static ngx_http_shop_shared_page_t *make(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_kind_t *kind,
                                         shop_str_t key, uint32_t offer);
static ngx_http_shop_shared_page_t *find(ngx_http_shop_ctx_t *ctx, shop_str_t key, ngx_uint_t slot,
                                         uint32_t offer);
static ngx_int_t send_page(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page);
static ngx_int_t render(ngx_http_shop_ctx_t *ctx, shop_arena_t *arena, const char *name,
                        json_t *data, ngx_http_shop_shared_page_t *page);
static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page, shop_str_t key,
                      ngx_uint_t slot);
static ngx_int_t put_together(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page);
static ngx_int_t send_whole(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page);
static ngx_int_t send_halves(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page);
static ngx_int_t etag(shop_arena_t *arena, shop_str_t digest, shop_str_t personal, shop_str_t *tag);


ngx_int_t ngx_http_shop_shared_page(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_kind_t *kind)
{
    ngx_http_shop_shared_page_t *page;
    shop_str_t key;
    ngx_uint_t slot;
    uint32_t offer;

    if (shop_arena_printf(&ctx->arena, &key, "%s:%lld:%u:%u:%.*s", kind->kind, (long long) kind->id,
                          (unsigned) ctx->lang->index, shop_visitor_class(&ctx->visitor),
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    slot = ngx_hash_key(key.data, key.len) % SHOP_PAGE_BUCKETS;
    page = looked_at(ctx, key, slot);

    if (page == NULL) {
        kind->look(ctx);
        offer = ngx_http_shop_offer_digest(ctx);
        page = find(ctx, key, slot, offer);

        if (page == NULL) {
            page = make(ctx, kind, key, offer);
        }

        if (page == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (ctx->visitor.user == 0) {
            page->looked_at = ngx_time();
        }
    }

    return send_page(ctx, page);
}


/* Of nobody in particular all is asked once a second: the same for very many. */
static ngx_http_shop_shared_page_t *looked_at(ngx_http_shop_ctx_t *ctx, shop_str_t key,
                                              ngx_uint_t slot)
{
    ngx_http_shop_shared_page_t *page = ctx->generation->pages[slot];

    if (ctx->visitor.user != 0 || ctx->visitor.refused_count > 0) {
        return NULL;
    }

    while (page != NULL && !(page->looked_at == ngx_time() && shop_str_eq(page->key, key))) {
        page = page->next;
    }

    return page;
}


/* Beyond the bound, and with what concerns one visitor, a page is made for this request alone. */
static ngx_http_shop_shared_page_t *make(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_kind_t *kind,
                                         shop_str_t key, uint32_t offer)
{
    bool shared = ctx->generation->page_bytes <= SHOP_PAGES_MAX_BYTES &&
                  (ctx->visitor.user == 0 || offer == 0);
    shop_arena_t *arena = shared ? &ctx->generation->arena : &ctx->arena;
    ngx_http_shop_shared_page_t *page = shop_arena_calloc(arena, sizeof(*page));
    json_t *data = kind->build(ctx);

    if (page == NULL || data == NULL || render(ctx, arena, kind->name, data, page) != NGX_OK ||
        (shared &&
         keep(ctx, page, key, ngx_hash_key(key.data, key.len) % SHOP_PAGE_BUCKETS) != NGX_OK)) {
        return NULL;
    }

    page->offer = offer;

    return page;
}


static ngx_http_shop_shared_page_t *find(ngx_http_shop_ctx_t *ctx, shop_str_t key, ngx_uint_t slot,
                                         uint32_t offer)
{
    ngx_http_shop_shared_page_t *page;

    for (page = ctx->generation->pages[slot]; page != NULL; page = page->next) {
        if (page->offer == offer && shop_str_eq(page->key, key)) {
            return page;
        }
    }

    return NULL;
}


static ngx_int_t send_page(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page)
{
    ngx_http_shop_count(SHOP_COUNT_PAGES_SHARED);

    if (page->key.len == 0 || ctx->session.present || ctx->session.away) {
        return send_halves(ctx, page);
    }

    if (page->whole.len == 0 && put_together(ctx, page) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return send_whole(ctx, page);
}


static ngx_int_t render(ngx_http_shop_ctx_t *ctx, shop_arena_t *arena, const char *name,
                        json_t *data, ngx_http_shop_shared_page_t *page)
{
    const shop_template_t *template = shop_template_find(ctx->main->templates, shop_str(name));
    shop_view_t view = {data, ctx->main->strings, ctx->lang};
    shop_str_t html, copy;
    shop_buf_t out;

    shop_buf_init(&out, &ctx->arena, SHOP_SHARED_PAGE_MAX);

    if (template == NULL ||
        shop_template_render_split(template, &view, &out, &page->head, &page->tail) != SHOP_OK) {
        ngx_log_error(NGX_LOG_ALERT, ctx->r->connection->log, 0,
                      "shop: template \"%s\" could not be rendered", name);
        return NGX_ERROR;
    }

    html = shop_buf_str(&out);

    /* One exact copy: the growing buffer leaves its smaller selves behind. */
    if (shop_arena_copy(arena, html, &copy) != SHOP_OK) {
        return NGX_ERROR;
    }

    page->tail.data = copy.data + (page->tail.data - html.data);
    page->head.data = copy.data + (page->head.data - html.data);

    return shop_sha256_hex(arena, copy, &page->digest) == SHOP_OK ? NGX_OK : NGX_ERROR;
}


static ngx_int_t keep(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page, shop_str_t key,
                      ngx_uint_t slot)
{
    ngx_http_shop_generation_t *generation = ctx->generation;

    if (shop_arena_copy(&generation->arena, key, &page->key) != SHOP_OK) {
        return NGX_ERROR;
    }

    page->next = generation->pages[slot];
    generation->pages[slot] = page;
    generation->page_bytes += page->head.len + page->tail.len;

    return NGX_OK;
}


/* What a visitor without a session gets is the same for all of them. */
static ngx_int_t put_together(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page)
{
    ngx_http_shop_generation_t *generation = ctx->generation;
    shop_str_t personal, whole;

    if (ngx_http_shop_slot(ctx, &personal) != NGX_OK ||
        etag(&generation->arena, page->digest, personal, &page->whole_etag) != NGX_OK ||
        shop_arena_printf(&generation->arena, &whole, "%.*s%.*s%.*s", (int) page->head.len,
                          page->head.data, (int) personal.len, personal.data, (int) page->tail.len,
                          page->tail.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    page->whole = whole;
    generation->page_bytes += whole.len;

    return NGX_OK;
}


static ngx_int_t send_whole(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page)
{
    ctx->etag = page->whole_etag;

    return ngx_http_shop_send(ctx, NGX_HTTP_OK, "text/html", &page->whole, 1, SHOP_CACHE_SHARED);
}


static ngx_int_t send_halves(ngx_http_shop_ctx_t *ctx, ngx_http_shop_shared_page_t *page)
{
    shop_str_t parts[3] = {page->head, SHOP_STR(""), page->tail};

    if (ngx_http_shop_slot(ctx, &parts[1]) != NGX_OK ||
        etag(&ctx->arena, page->digest, parts[1], &ctx->etag) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, NGX_HTTP_OK, "text/html", parts, 3, SHOP_CACHE_SHARED);
}


static ngx_int_t etag(shop_arena_t *arena, shop_str_t digest, shop_str_t personal, shop_str_t *tag)
{
    shop_str_t mine;

    if (shop_sha256_hex(arena, personal, &mine) != SHOP_OK ||
        shop_arena_printf(arena, tag, "\"%.16s%.16s\"", (char *) digest.data, (char *) mine.data) !=
            SHOP_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}
