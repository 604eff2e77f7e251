/*
 * From an address to a handler: the common beginning of every request.
 *
 * begin (match, query, body) -> run (catalogue, session, cart, CSRF) -> the route's handler.
 */

#include "web/web.h"
#include "web/compat.h"


#define SHOP_QUERY_MAX_PAIRS 64
#define SHOP_FORM_MAX_PAIRS 2000
#define SHOP_FIGURES_AGE 60 /* seconds that a cart may look back on */


static ngx_http_shop_ctx_t *context_create(ngx_http_request_t *r);
static void context_cleanup(void *data);
static void context_release(void *data);
static const ngx_http_shop_route_t *find_route(ngx_http_shop_ctx_t *ctx,
                                               const ngx_http_shop_route_t *routes, size_t count,
                                               ngx_uint_t *allowed);
static ngx_int_t no_route(ngx_http_shop_ctx_t *ctx, ngx_uint_t allowed);
static bool match_path(ngx_http_shop_ctx_t *ctx, shop_str_t pattern, shop_str_t path);
static ngx_int_t read_body(ngx_http_shop_ctx_t *ctx);
static void body_ready(ngx_http_request_t *r);
static ngx_int_t collect_body(ngx_http_shop_ctx_t *ctx);
static ngx_int_t parse_form(ngx_http_shop_ctx_t *ctx);
static bool read_pairs(ngx_http_shop_ctx_t *ctx, shop_str_t text, size_t max, shop_form_t *form);
static bool wants_json(ngx_http_request_t *r);
static ngx_int_t enter(ngx_http_shop_ctx_t *ctx);
static ngx_int_t run_handler(ngx_http_shop_ctx_t *ctx);


ngx_int_t ngx_http_shop_begin(ngx_http_request_t *r, shop_str_t prefix,
                              const ngx_http_shop_route_t *routes, size_t count)
{
    ngx_http_shop_ctx_t *ctx;
    ngx_uint_t allowed;

    if (ngx_http_shop_worker == NULL) {
        return NGX_HTTP_SERVICE_UNAVAILABLE;
    }

    ctx = context_create(r);
    if (ctx == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_count(SHOP_COUNT_REQUESTS);

    ctx->path = (shop_str_t){r->uri.len - prefix.len, r->uri.data + prefix.len};
    ctx->json = wants_json(r);
    ctx->lang = ngx_http_shop_choose_language(ctx);

    if (!shop_utf8_valid(ctx->path) || !read_pairs(ctx, (shop_str_t){r->args.len, r->args.data},
                                                   SHOP_QUERY_MAX_PAIRS, &ctx->query)) {
        return ngx_http_shop_error(ctx, NGX_HTTP_BAD_REQUEST);
    }

    ctx->route = find_route(ctx, routes, count, &allowed);

    if (ctx->route == NULL) {
        return no_route(ctx, allowed);
    }

    if (r->method == NGX_HTTP_POST) {
        return read_body(ctx);
    }

    if (ngx_http_discard_request_body(r) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return enter(ctx);
}


static ngx_http_shop_ctx_t *context_create(ngx_http_request_t *r)
{
    ngx_http_shop_ctx_t *ctx;
    ngx_http_cleanup_t *cleanup;
    ngx_pool_cleanup_t *release;

    ctx = ngx_pcalloc(r->pool, sizeof(ngx_http_shop_ctx_t));
    if (ctx == NULL) {
        return NULL;
    }

    cleanup = ngx_http_cleanup_add(r, 0);
    release = ngx_pool_cleanup_add(r->pool, 0);

    if (cleanup == NULL || release == NULL) {
        return NULL;
    }

    ctx->releases = json_array();
    if (ctx->releases == NULL) {
        return NULL;
    }

    /* RQ-12: the cleanups find the context by their own pointer. */
    cleanup->handler = context_cleanup;
    cleanup->data = ctx;
    release->handler = context_release;
    release->data = ctx;

    ctx->r = r;
    ctx->main = ngx_http_get_module_main_conf(r, ngx_http_shop_module);
    ctx->loc = ngx_http_get_module_loc_conf(r, ngx_http_shop_module);
    ctx->arena = shop_pool_arena(r->pool);

    ngx_http_set_ctx(r, ctx, ngx_http_shop_module);

    return ctx;
}


static void context_cleanup(void *data)
{
    ngx_http_shop_ctx_t *ctx = data;

    if (ctx->op != NULL) {
        shop_op_abandon(ctx->op);
        ctx->op = NULL;
    }
}


/* RQ-10: later than the cleanup, since access logs still show what lies in these documents. */
static void context_release(void *data)
{
    ngx_http_shop_ctx_t *ctx = data;

    ngx_http_shop_generation_release(ctx->generation);
    ctx->generation = NULL;

    json_decref(ctx->releases);
    ctx->releases = NULL;
}


static const ngx_http_shop_route_t *find_route(ngx_http_shop_ctx_t *ctx,
                                               const ngx_http_shop_route_t *routes, size_t count,
                                               ngx_uint_t *allowed)
{
    ngx_uint_t method = ctx->r->method;
    size_t i;

    if (method == NGX_HTTP_HEAD) {
        method = NGX_HTTP_GET;
    }

    *allowed = 0;

    for (i = 0; i < count; i++) {
        if (!match_path(ctx, shop_str(routes[i].path), ctx->path)) {
            continue;
        }

        if (routes[i].methods & method) {
            return &routes[i];
        }

        *allowed |= routes[i].methods;
    }

    return NULL;
}


/* No such address, or not to be asked in this way. */
static ngx_int_t no_route(ngx_http_shop_ctx_t *ctx, ngx_uint_t allowed)
{
    shop_str_t methods = SHOP_STR("GET, HEAD, POST");

    if (allowed == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (allowed == NGX_HTTP_POST) {
        methods = SHOP_STR("POST");

    } else if (!(allowed & NGX_HTTP_POST)) {
        methods = SHOP_STR("GET, HEAD");
    }

    if (ngx_http_shop_header(ctx->r, SHOP_STR("Allow"), methods) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_error(ctx, NGX_HTTP_NOT_ALLOWED);
}


static bool match_path(ngx_http_shop_ctx_t *ctx, shop_str_t pattern, shop_str_t path)
{
    shop_str_t want, have;
    size_t captured = 0;
    bool more_want, more_have;

    for (;;) {
        more_want = shop_str_split(&pattern, '/', &want);
        more_have = shop_str_split(&path, '/', &have);

        if (!more_want || !more_have) {
            return more_want == more_have;
        }

        if (shop_str_eq(want, SHOP_STR(":"))) {
            if (have.len == 0 || captured == NGX_HTTP_SHOP_CAPTURES) {
                return false;
            }

            ctx->captures[captured++] = have;
            continue;
        }

        if (!shop_str_eq(want, have)) {
            return false;
        }
    }
}


/* A script of ours asks for JSON; a form gets pages. */
static bool wants_json(ngx_http_request_t *r)
{
    ngx_table_elt_t *accept;

#if (NGX_HTTP_HEADERS)
    accept = r->headers_in.accept;
#else
    accept = NULL;
#endif

    return accept != NULL && accept->value.len >= 16 &&
           ngx_strncmp(accept->value.data, "application/json", 16) == 0;
}


static ngx_int_t read_body(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_request_t *r = ctx->r;
    ngx_int_t rc;

    /* RQ-9: refused before it is read, when its length is told. */
    if (r->headers_in.content_length_n > (off_t) ctx->route->body_max) {
        return ngx_http_shop_error(ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
    }

    r->request_body_in_single_buf = 1;

    rc = ngx_http_read_client_request_body(r, body_ready);

    return rc >= NGX_HTTP_SPECIAL_RESPONSE ? rc : NGX_DONE;
}


static void body_ready(ngx_http_request_t *r)
{
    ngx_http_shop_ctx_t *ctx = ngx_http_get_module_ctx(r, ngx_http_shop_module);
    ngx_int_t rc;

    rc = collect_body(ctx);

    if (rc == NGX_DECLINED) {
        rc = parse_form(ctx);
    }

    if (rc == NGX_DECLINED) {
        rc = enter(ctx);
    }

    if (rc != NGX_DONE) {
        ngx_http_finalize_request(r, rc);
    }
}


/* NGX_DECLINED: all is well, go on; anything else ends the request. */
static ngx_int_t collect_body(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_request_body_t *rb = ctx->r->request_body;
    ngx_chain_t *cl;
    shop_buf_t body;

    ctx->body = SHOP_STR("");

    if (rb == NULL || rb->bufs == NULL) {
        return NGX_DECLINED;
    }

    if (rb->bufs->next == NULL && !rb->bufs->buf->in_file) {
        ctx->body.data = rb->bufs->buf->pos;
        ctx->body.len = (size_t) (rb->bufs->buf->last - rb->bufs->buf->pos);

    } else {
        shop_buf_init(&body, &ctx->arena, ctx->route->body_max + 1);

        for (cl = rb->bufs; cl != NULL; cl = cl->next) {
            if (cl->buf->in_file) {
                return ngx_http_shop_error(ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
            }

            shop_buf_add(&body,
                         (shop_str_t){(size_t) (cl->buf->last - cl->buf->pos), cl->buf->pos});
        }

        if (body.status == SHOP_NO_MEMORY) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (body.status != SHOP_OK) {
            return ngx_http_shop_error(ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
        }

        ctx->body = shop_buf_str(&body);
    }

    if (ctx->body.len > ctx->route->body_max) {
        return ngx_http_shop_error(ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);
    }

    return NGX_DECLINED;
}


/* Payment callbacks keep their raw bytes: their interface parses them. */
static ngx_int_t parse_form(ngx_http_shop_ctx_t *ctx)
{
    ngx_table_elt_t *type = ctx->r->headers_in.content_type;
    shop_str_t form = SHOP_STR("application/x-www-form-urlencoded");

    if (ctx->route->needs & NGX_HTTP_SHOP_RAW_BODY) {
        return NGX_DECLINED;
    }

    if (ctx->body.len > 0 &&
        (type == NULL || type->value.len < form.len ||
         !shop_str_eq_nocase((shop_str_t){form.len, type->value.data}, form))) {
        return ngx_http_shop_error(ctx, NGX_HTTP_UNSUPPORTED_MEDIA_TYPE);
    }

    if (!read_pairs(ctx, ctx->body, SHOP_FORM_MAX_PAIRS, &ctx->form)) {
        return ngx_http_shop_error(ctx, NGX_HTTP_BAD_REQUEST);
    }

    return NGX_DECLINED;
}


/* Nothing that is no text goes further; what payment providers send is theirs to spell. */
static bool read_pairs(ngx_http_shop_ctx_t *ctx, shop_str_t text, size_t max, shop_form_t *form)
{
    size_t i;

    if (shop_form_parse(&ctx->arena, text, max, form) != SHOP_OK) {
        return false;
    }

    for (i = 0; i < form->count && ctx->loc->alias.len > 0; i++) {
        if (!shop_utf8_valid(form->pairs[i].name) || !shop_utf8_valid(form->pairs[i].value)) {
            return false;
        }
    }

    return true;
}


static ngx_int_t enter(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_request_t *r = ctx->r;
    ngx_int_t rc;

    rc = ngx_http_shop_run_route(ctx);

    /* RQ-1: a GET that begins to wait takes its own reference; a body handler has one. */
    if (rc == NGX_DONE && r->method != NGX_HTTP_POST) {
        r->main->count++;
    }

    return rc;
}


ngx_int_t ngx_http_shop_run_route(ngx_http_shop_ctx_t *ctx)
{
    ngx_uint_t needs = ctx->route->needs;

    if (needs & NGX_HTTP_SHOP_NEED_CATALOG) {
        if (ctx->generation == NULL && ngx_http_shop_generation_take(ctx) != NGX_OK) {
            /* RE-6: a new worker serves its first visitors when its catalogue is there. */
            return ngx_http_shop_generation_wait(ctx, ngx_http_shop_run_route);
        }

        if (ctx->shop == NULL) {
            return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
        }
    }

    if (needs & (NGX_HTTP_SHOP_NEED_SESSION | NGX_HTTP_SHOP_MAY_SESSION)) {
        return ngx_http_shop_session_load(ctx, run_handler);
    }

    return run_handler(ctx);
}


static ngx_int_t run_handler(ngx_http_shop_ctx_t *ctx)
{
    ngx_uint_t needs = ctx->route->needs;

    if (ctx->r->method == NGX_HTTP_POST && !(needs & NGX_HTTP_SHOP_NO_CSRF) &&
        !ngx_http_shop_csrf_valid(ctx)) {
        ngx_http_shop_count(SHOP_COUNT_CSRF);
        return ngx_http_shop_error(ctx, NGX_HTTP_FORBIDDEN);
    }

    if (ctx->cart != NULL && ctx->shop != NULL && ngx_http_shop_cart_prepare(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if ((needs & NGX_HTTP_SHOP_NEED_CART) && shop_cart_empty(ctx->cart)) {
        return ngx_http_shop_redirect(ctx, SHOP_STR(""));
    }

    if (ctx->cart != NULL && ctx->shop != NULL && ngx_http_shop_figures_recall(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return needs & NGX_HTTP_SHOP_FIGURES
               ? ngx_http_shop_figures_load(ctx, SHOP_STR(""), SHOP_FIGURES_AGE,
                                            ctx->route->handler)
               : ctx->route->handler(ctx);
}
