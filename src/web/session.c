/*
 * Who is there, and with which cart: the identifier in a cookie, two documents in Redis read by one
 * command. The identifier itself is stored nowhere: Redis keys carry its SHA-256 (SE-5).
 *
 * Lives as long as the request. A session that Redis does not know is none; when Redis is away a
 * page that can do without becomes anonymous, never somebody (FA-8).
 */

#include "web/session.h"
#include "web/compat.h"

#include <openssl/rand.h>


#define SHOP_SID_BYTES 32
#define SHOP_SID_LENGTH 43


typedef struct {
    shop_str_t name;
    shop_str_t value;
} cookie_search_t;


static bool find_in_header(ngx_str_t *header, void *data);
static bool sid_from_cookie(ngx_http_shop_ctx_t *ctx);
static bool sid_well_formed(shop_str_t sid);
static ngx_int_t fresh_session(ngx_http_shop_ctx_t *ctx);
static ngx_int_t hash_sid(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_loaded(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t without_session(ngx_http_shop_ctx_t *ctx);
static ngx_int_t read_documents(ngx_http_shop_ctx_t *ctx, const shop_redis_reply_t *reply);
static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx);
static bool has_right(const json_t *data, const char *right);
static bool same_origin(ngx_http_request_t *r);
static shop_str_t request_header(ngx_http_request_t *r, const char *name);


shop_str_t ngx_http_shop_request_cookie(ngx_http_shop_ctx_t *ctx, shop_str_t name)
{
    cookie_search_t search = {name, SHOP_STR("")};

    (void) ngx_http_shop_each_cookie(ctx->r, find_in_header, &search);

    return search.value;
}


static bool find_in_header(ngx_str_t *header, void *data)
{
    cookie_search_t *search = data;

    return shop_cookie_find((shop_str_t){header->len, header->data}, search->name, &search->value);
}


shop_str_t ngx_http_shop_session_cookie_name(ngx_http_request_t *r)
{
#if (NGX_HTTP_SSL)
    if (r->connection->ssl != NULL) {
        return SHOP_STR("__Host-shopsid");
    }
#endif

    return SHOP_STR("shopsid");
}


ngx_int_t ngx_http_shop_session_load(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    shop_str_t argv[3];
    shop_op_t *op;

    ctx->session.then = then;
    ctx->session.present = false;
    ctx->session.stored = SHOP_STR("");
    ctx->cart = NULL;

    if (!sid_from_cookie(ctx)) {
        return without_session(ctx);
    }

    if (hash_sid(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = SHOP_STR("MGET");
    argv[1] = ctx->session.session_key;
    argv[2] = ctx->session.cart_key;

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_loaded);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_command(ngx_http_shop_worker->redis, op, 3, argv);

    return NGX_DONE;
}


static bool sid_from_cookie(ngx_http_shop_ctx_t *ctx)
{
    if (ctx->session.id.len == 0) {
        ctx->session.id =
            ngx_http_shop_request_cookie(ctx, ngx_http_shop_session_cookie_name(ctx->r));
    }

    return sid_well_formed(ctx->session.id);
}


static bool sid_well_formed(shop_str_t sid)
{
    size_t i;
    u_char c;

    if (sid.len != SHOP_SID_LENGTH) {
        return false;
    }

    for (i = 0; i < sid.len; i++) {
        c = sid.data[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_')) {
            return false;
        }
    }

    return true;
}


/* The tag in braces keeps all keys of one visitor in one slot of a cluster. */
static ngx_int_t hash_sid(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_session_t *session = &ctx->session;
    shop_str_t hash;

    if (shop_sha256_base64url(&ctx->arena, session->id, &hash) != SHOP_OK) {
        return NGX_ERROR;
    }

    session->key = hash;

    if (shop_arena_printf(&ctx->arena, &session->session_key, "sess:{%.*s}", (int) hash.len,
                          hash.data) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &session->cart_key, "cart:{%.*s}:%.*s", (int) hash.len,
                          hash.data, (int) ctx->loc->alias.len, ctx->loc->alias.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t on_loaded(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        if (ctx->route->needs & NGX_HTTP_SHOP_NEED_SESSION) {
            return ngx_http_shop_trouble(ctx, op);
        }

        ctx->session.away = true;
        return go_on(ctx);
    }

    if (op->reply.redis->type != SHOP_REDIS_ARRAY || op->reply.redis->count != 2) {
        return ngx_http_shop_bug(ctx, "MGET did not answer with two elements");
    }

    if (op->reply.redis->elements[0].type != SHOP_REDIS_STRING) {
        return without_session(ctx);
    }

    return read_documents(ctx, op->reply.redis);
}


static ngx_int_t without_session(ngx_http_shop_ctx_t *ctx)
{
    if ((ctx->route->needs & NGX_HTTP_SHOP_NEED_SESSION) && fresh_session(ctx) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return go_on(ctx);
}


static ngx_int_t fresh_session(ngx_http_shop_ctx_t *ctx)
{
    if (ngx_http_shop_session_new_id(ctx) != NGX_OK) {
        return NGX_ERROR;
    }

    ctx->session.data = ngx_http_shop_own(ctx, json_object());

    return ctx->session.data != NULL ? NGX_OK : NGX_ERROR;
}


ngx_int_t ngx_http_shop_session_new_id(ngx_http_shop_ctx_t *ctx)
{
    u_char random[SHOP_SID_BYTES];

    if (RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random},
                              &ctx->session.id) != SHOP_OK) {
        return NGX_ERROR;
    }

    ctx->session.fresh = true;
    ctx->session.changed = true;

    return hash_sid(ctx);
}


static ngx_int_t read_documents(ngx_http_shop_ctx_t *ctx, const shop_redis_reply_t *reply)
{
    const shop_redis_reply_t *cart = &reply->elements[1];
    json_t *json;

    if (shop_json_parse(reply->elements[0].str, SHOP_SESSION_MAX, &json) != SHOP_OK) {
        /* Not ours, or damaged: begin again rather than guess who that was. */
        return without_session(ctx);
    }

    ctx->session.data = ngx_http_shop_own(ctx, json);
    if (ctx->session.data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->session.present = true;

    if (shop_arena_copy(&ctx->arena, reply->elements[0].str, &ctx->session.stored) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (cart->type == SHOP_REDIS_STRING) {
        switch (shop_cart_parse(&ctx->arena, cart->str, &ctx->cart)) {
        case SHOP_OK:
            break;

        case SHOP_NO_MEMORY:
            return NGX_HTTP_INTERNAL_SERVER_ERROR;

        default:
            ngx_log_error(NGX_LOG_WARN, ctx->r->connection->log, 0,
                          "shop: an unreadable cart was dropped");
            ctx->cart = shop_cart_create(&ctx->arena);

            if (ctx->cart == NULL) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            /* So that the next change takes its place. */
            ctx->cart->rev = shop_cart_revision(cart->str);
        }
    }

    return go_on(ctx);
}


static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx)
{
    if (ctx->cart == NULL) {
        ctx->cart = shop_cart_create(&ctx->arena);
        if (ctx->cart == NULL) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    ctx->session.cart_rev = ctx->cart->rev;
    ngx_http_shop_session_visitor(ctx);

    return ctx->session.then(ctx);
}


void ngx_http_shop_session_visitor(ngx_http_shop_ctx_t *ctx)
{
    json_t *data = ctx->session.data;

    ngx_memzero(&ctx->visitor, sizeof(ctx->visitor));
    ctx->refused = NULL; /* of somebody else */

    if (data == NULL) {
        return;
    }

    ctx->visitor.user = shop_json_int(data, "user");
    ctx->visitor.customer = shop_json_int(data, "customer");
    ctx->visitor.logged_in = shop_json_text(data, "auth").len > 0;
    ctx->visitor.email = shop_json_text(data, "email");
    ctx->visitor.institution = shop_json_text(data, "institution");
    ctx->visitor.since = shop_json_int(data, "since");
    ctx->visitor.non_instant = has_right(data, "usenoninstantpayments");
    ctx->visitor.pay_override = has_right(data, "paycheckoverride");
    ctx->visitor.test_payments = has_right(data, "salesadmin");
}


/* What the account was allowed when its owner logged in. */
static bool has_right(const json_t *data, const char *right)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(data, "rights"), i, one)
    {
        if (json_is_string(one) && ngx_strcmp(json_string_value(one), right) == 0) {
            return true;
        }
    }

    return false;
}


/* --- forged requests (SE-6) --- */

shop_str_t ngx_http_shop_csrf_token(ngx_http_shop_ctx_t *ctx)
{
    u_char mac[SHOP_SHA256_SIZE];
    shop_str_t message, token;
    ngx_str_t *secret = &ctx->main->secret;

    if (ctx->session.id.len == 0 ||
        shop_arena_printf(&ctx->arena, &message, "csrf:%.*s", (int) ctx->session.id.len,
                          ctx->session.id.data) != SHOP_OK ||
        shop_hmac_sha256((shop_str_t){secret->len, secret->data}, message, mac) != SHOP_OK ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(mac), mac}, &token) != SHOP_OK) {
        return SHOP_STR("");
    }

    return token;
}


/* Without a session there is nothing that a forged request could touch: the origin is enough. */
bool ngx_http_shop_csrf_valid(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t token;

    if (!same_origin(ctx->r)) {
        return false;
    }

    if (!ctx->session.present) {
        return true;
    }

    token = ngx_http_shop_csrf_token(ctx);

    return token.len > 0 && shop_secret_eq(token, shop_form_text(&ctx->form, "csrf"));
}


static bool same_origin(ngx_http_request_t *r)
{
    shop_str_t site = request_header(r, "sec-fetch-site");
    shop_str_t origin = request_header(r, "origin");
    shop_str_t scheme = SHOP_STR("http://"), host;

    if (site.len > 0 && !shop_str_eq(site, SHOP_STR("same-origin")) &&
        !shop_str_eq(site, SHOP_STR("none"))) {
        return false;
    }

    /* Referrer-Policy can make browsers send "null" from our own pages. */
    if (origin.len == 0 || (site.len > 0 && shop_str_eq(origin, SHOP_STR("null")))) {
        return true;
    }

#if (NGX_HTTP_SSL)
    if (r->connection->ssl != NULL) {
        scheme = SHOP_STR("https://");
    }
#endif

    if (r->headers_in.host == NULL || !shop_str_starts(origin, scheme)) {
        return false;
    }

    host = (shop_str_t){r->headers_in.host->value.len, r->headers_in.host->value.data};
    origin.data += scheme.len;
    origin.len -= scheme.len;

    return shop_str_eq_nocase(origin, host);
}


static shop_str_t request_header(ngx_http_request_t *r, const char *name)
{
    ngx_list_part_t *part = &r->headers_in.headers.part;
    ngx_table_elt_t *h = part->elts;
    shop_str_t wanted = shop_str(name);
    ngx_uint_t i;

    for (i = 0;; i++) {
        if (i >= part->nelts) {
            if (part->next == NULL) {
                return SHOP_STR("");
            }

            part = part->next;
            h = part->elts;
            i = 0;
        }

        if (shop_str_eq_nocase((shop_str_t){h[i].key.len, h[i].key.data}, wanted)) {
            return (shop_str_t){h[i].value.len, h[i].value.data};
        }
    }
}
