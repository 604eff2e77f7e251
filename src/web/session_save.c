/*
 * Writing the session and the cart back: one script, one trip, under a compare on the cart's
 * revision, so that two tabs never lose a line of each other (front-office.md 2.2).
 */

#include "web/session.h"


#define SHOP_SESSION_TTL "14400"            /* 4 h, anonymous */
#define SHOP_SESSION_TTL_IDENTIFIED "43200" /* 12 h */
#define SHOP_CART_TTL "86400"               /* 24 h */
#define SHOP_CART_TTL_IDENTIFIED "2592000"  /* 30 days */
#define SHOP_MAX_CONFLICTS 3
#define SHOP_MAX_FLASH 8


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t session_text(ngx_http_shop_ctx_t *ctx, shop_str_t *text);
static shop_status_t cart_text(ngx_http_shop_ctx_t *ctx, shop_str_t *text);
static bool told(const json_t *list, shop_str_t text);
static void forget_done(shop_op_t *op);


/* KEYS session, cart. ARGV: session document or "" to keep it, its life, cart document, "" to keep
 * it or "-" to remove it, the revision that was read (0: none), its life, the session document that
 * was read. The revision is the first member of the stored document. Gives 1, or 0 when somebody
 * else was quicker: a session that was left meanwhile is not brought back. */
static const char save_script[] =
    "if ARGV[1] ~= '' and (redis.call('GET', KEYS[1]) or '') ~= ARGV[6] then return 0 end "
    "local cur = redis.call('GET', KEYS[2]) "
    "if ARGV[3] ~= '' then "
    "  local rev = cur and string.match(cur, '^{\"rev\":%s*(%d+)') or '0' "
    "  if rev ~= ARGV[4] then return 0 end "
    "  if ARGV[3] == '-' then redis.call('DEL', KEYS[2]) "
    "  else redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[5]) end "
    "elseif cur then redis.call('EXPIRE', KEYS[2], ARGV[5]) end "
    "if ARGV[1] ~= '' then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) "
    "else redis.call('EXPIRE', KEYS[1], ARGV[2]) end "
    "return 1";


ngx_int_t ngx_http_shop_session_save(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    shop_op_t *op;
    shop_str_t argv[8], revision;
    bool identified = ctx->visitor.logged_in;

    if (!ctx->session.present && !ctx->session.fresh) {
        return ngx_http_shop_bug(ctx, "save without a session");
    }

    switch (cart_text(ctx, &argv[4])) {
    case SHOP_OK:
        break;

    case SHOP_LIMIT:
        return ngx_http_shop_error(ctx, NGX_HTTP_REQUEST_ENTITY_TOO_LARGE);

    default:
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (session_text(ctx, &argv[2]) != NGX_OK ||
        shop_arena_printf(&ctx->arena, &revision, "%ld", (long) ctx->session.cart_rev) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    argv[0] = ctx->session.session_key;
    argv[1] = ctx->session.cart_key;
    argv[3] = identified ? SHOP_STR(SHOP_SESSION_TTL_IDENTIFIED) : SHOP_STR(SHOP_SESSION_TTL);
    argv[5] = revision;
    argv[6] = identified ? SHOP_STR(SHOP_CART_TTL_IDENTIFIED) : SHOP_STR(SHOP_CART_TTL);
    argv[7] = ctx->session.stored;

    ctx->session.then = then;

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_saved);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(save_script), 2, 8, argv);
    ctx->session.cart_document = argv[4];
    ctx->session.writing = argv[2];

    return NGX_DONE;
}


static ngx_int_t session_text(ngx_http_shop_ctx_t *ctx, shop_str_t *text)
{
    if (!ctx->session.changed) {
        *text = SHOP_STR("");
        return NGX_OK;
    }

    return shop_json_dump(&ctx->arena, ctx->session.data, text) == SHOP_OK ? NGX_OK : NGX_ERROR;
}


static shop_status_t cart_text(ngx_http_shop_ctx_t *ctx, shop_str_t *text)
{
    if (ctx->session.cart_gone) {
        *text = SHOP_STR("-");
        return SHOP_OK;
    }

    if (!ctx->session.cart_changed) {
        *text = SHOP_STR("");
        return SHOP_OK;
    }

    ctx->cart->rev = ctx->session.cart_rev + 1;

    return shop_cart_dump(&ctx->arena, ctx->cart, text);
}


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->type != SHOP_REDIS_INTEGER || op->reply.redis->integer != 1) {
        ngx_http_shop_count(SHOP_COUNT_CART_CONFLICTS);

        if (++ctx->retries > SHOP_MAX_CONFLICTS) {
            return ngx_http_shop_error(ctx, NGX_HTTP_CONFLICT);
        }

        /* Everything that the handler decided is decided again on what is there now. */
        ctx->session.cart_changed = false;
        ctx->session.cart_gone = false;
        ctx->session.changed = false;

        return ngx_http_shop_run_route(ctx);
    }

    if (ctx->session.fresh) {
        ctx->session.fresh = false;
        ctx->session.present = true;

        if (ngx_http_shop_cookie(ctx, ngx_http_shop_session_cookie_name(ctx->r), ctx->session.id,
                                 -1) != NGX_OK) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    ngx_http_shop_cart_keep(ctx, ctx->session.cart_document);

    if (ctx->session.changed) {
        ctx->session.stored = ctx->session.writing;
    }

    ctx->session.cart_rev = ctx->session.cart_gone ? 0 : ctx->cart->rev;
    ctx->session.changed = false;
    ctx->session.cart_changed = false;
    ctx->session.cart_gone = false;

    return ctx->session.then(ctx);
}


void ngx_http_shop_cart_forget(ngx_http_shop_ctx_t *ctx)
{
    ctx->session.cart_gone = true;
    ctx->session.cart_changed = true;
    shop_cart_clear(ctx->cart);
}


/* The old identifier stops being valid at once, even if nobody waits for the answer. */
ngx_int_t ngx_http_shop_session_renew(ngx_http_shop_ctx_t *ctx)
{
    shop_str_t argv[3];
    shop_op_t *op;

    if (ctx->session.present) {
        op = shop_op_create(ngx_http_shop_worker->log, ctx->main->redis_timeout, forget_done, NULL);
        if (op == NULL) {
            return NGX_ERROR;
        }

        argv[0] = SHOP_STR("DEL");
        argv[1] = ctx->session.session_key;
        argv[2] = ctx->session.cart_key;
        shop_redis_command(ngx_http_shop_worker->redis, op, 3, argv);
    }

    ctx->session.stored = SHOP_STR("");
    ctx->session.cart_rev = 0;
    ctx->session.cart_changed = !shop_cart_empty(ctx->cart);

    return ngx_http_shop_session_new_id(ctx);
}


static void forget_done(shop_op_t *op)
{
    (void) op;
}


/* --- messages for the next page --- */

void ngx_http_shop_flash(ngx_http_shop_ctx_t *ctx, const char *kind, shop_str_t text)
{
    json_t *list, *entry;

    if (ctx->session.data == NULL) {
        return;
    }

    list = json_object_get(ctx->session.data, "flash");

    if (list == NULL) {
        list = json_array();
        if (json_object_set_new(ctx->session.data, "flash", list) != 0) {
            return;
        }
    }

    if (json_array_size(list) >= SHOP_MAX_FLASH || told(list, text)) {
        return;
    }

    entry = json_pack("{s:s, s:o}", "kind", kind, "text", shop_json_str(text));

    if (entry != NULL && json_array_append_new(list, entry) == 0) {
        ctx->session.changed = true;
    }
}


/* What waits to be said already need not be said twice. */
static bool told(const json_t *list, shop_str_t text)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(list, i, entry)
    {
        if (shop_str_eq(shop_json_text(entry, "text"), text)) {
            return true;
        }
    }

    return false;
}


/* KEYS session. ARGV: the document that was read, the one to put in its place. */
static const char replace_script[] = "if redis.call('GET', KEYS[1]) == ARGV[1] then "
                                     "redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL') end "
                                     "return 1";


/* Takes the messages out of the session; they are shown once, whether or not Redis hears of it. */
json_t *ngx_http_shop_take_flash(ngx_http_shop_ctx_t *ctx)
{
    json_t *list;
    shop_str_t argv[3], text;
    shop_op_t *op;

    if (ctx->session.data == NULL || ctx->r->method == NGX_HTTP_HEAD ||
        json_array_size(list = json_object_get(ctx->session.data, "flash")) == 0) {
        return NULL;
    }

    list = ngx_http_shop_own(ctx, json_incref(list));
    json_object_del(ctx->session.data, "flash");

    if (!ctx->session.present || shop_json_dump(&ctx->arena, ctx->session.data, &text) != SHOP_OK) {
        return list;
    }

    op = shop_op_create(ngx_http_shop_worker->log, ctx->main->redis_timeout, forget_done, NULL);
    if (op != NULL) {
        argv[0] = ctx->session.session_key;
        argv[1] = ctx->session.stored;
        argv[2] = text;
        shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(replace_script), 1, 3, argv);
    }

    return list;
}
