/*
 * The cart: its page, and the commands that change it, as forms or for the script.
 *
 * rule (pure) -> save under the cart's revision -> 303 or JSON. A command that the rules refuse
 * changes nothing and says why.
 */

#include "web/front.h"


#define SHOP_PASSCODE_TRIES 10
#define SHOP_INPUT_NAME_MAX 160


typedef struct {
    shop_str_t shortname;
    shop_str_t passcode;
    int64_t quantity;
} command_t;


static ngx_int_t take_command(ngx_http_shop_ctx_t *ctx, command_t *command);
static shop_str_t named_input(ngx_http_shop_ctx_t *ctx, const char *prefix, shop_str_t shortname);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, const char *done);
static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx);
static ngx_int_t refused(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal);
static ngx_int_t cart_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *error,
                           shop_str_t message);
static ngx_int_t add_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t add_now(ngx_http_shop_ctx_t *ctx);


/* Tries of one product's code in one session: a quarter of an hour. */
static const char tries_script[] = "local n = redis.call('INCR', KEYS[1]) "
                                   "if n == 1 then redis.call('EXPIRE', KEYS[1], 900) end "
                                   "return n";


ngx_int_t ngx_http_shop_cart_show(ngx_http_shop_ctx_t *ctx)
{
    json_t *data;

    ctx->step = SHOP_STR("shop");

    if (ctx->session.away) {
        return ngx_http_shop_unavailable(ctx); /* FA-8: a cart that is not seen is not empty */
    }

    if (ctx->json) {
        return cart_json(ctx, NGX_HTTP_OK, NULL, SHOP_STR(""));
    }

    data = ngx_http_shop_page(ctx, "cart.title");
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "cart", data);
}


/* A code comes with the order of the product: its tries are counted before it is looked at. */
ngx_int_t ngx_http_shop_cart_add(ngx_http_shop_ctx_t *ctx)
{
    command_t *command = ngx_pcalloc(ctx->r->pool, sizeof(command_t));
    shop_str_t key;
    shop_op_t *op;

    ctx->state = command;

    if (command == NULL || take_command(ctx, command) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (command->passcode.len == 0) {
        return add_now(ctx);
    }

    if (shop_arena_printf(&ctx->arena, &key, "tries:{%.*s}:code:%.*s", (int) ctx->session.key.len,
                          ctx->session.key.data, (int) command->shortname.len,
                          command->shortname.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, add_on_counted);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(tries_script), 1, 1, &key);

    return NGX_DONE;
}


static ngx_int_t take_command(ngx_http_shop_ctx_t *ctx, command_t *command)
{
    shop_str_t quantity;

    command->shortname = shop_utf8_cut(shop_form_text(&ctx->form, "p"), 100);
    quantity = named_input(ctx, "quantity.", command->shortname);

    if (quantity.len == 0) {
        quantity = shop_form_text(&ctx->form, "quantity");
    }

    command->passcode = named_input(ctx, "passcode.", command->shortname);

    if (command->passcode.len == 0) {
        command->passcode = shop_form_text(&ctx->form, "passcode");
    }

    command->quantity = quantity.len == 0 ? 1 : -1;

    if (quantity.len > 0 && shop_str_to_int(quantity, &command->quantity) != SHOP_OK) {
        command->quantity = -1; /* the rules say what is wrong with it */
    }

    return NGX_OK;
}


/* One form serves all products of a page: their inputs carry the product's name. */
static shop_str_t named_input(ngx_http_shop_ctx_t *ctx, const char *prefix, shop_str_t shortname)
{
    shop_str_t name;

    if (shortname.len > SHOP_INPUT_NAME_MAX ||
        shop_arena_printf(&ctx->arena, &name, "%s%.*s", prefix, (int) shortname.len,
                          shortname.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return shop_form_text(&ctx->form, (char *) name.data);
}


static ngx_int_t add_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    command_t *command = ctx->state;
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_refusal_t refusal = {.key = "passcode_locked"};

    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (op->reply.redis->integer > SHOP_PASSCODE_TRIES) {
        return refused(ctx, &refusal);
    }

    refusal = shop_cart_passcode(ctx->cart, &where, command->shortname, command->passcode);

    if (refusal.key != NULL) {
        return refused(ctx, &refusal);
    }

    return add_now(ctx);
}


static ngx_int_t add_now(ngx_http_shop_ctx_t *ctx)
{
    command_t *command = ctx->state;
    shop_where_t where = ngx_http_shop_where(ctx);

    return finish(ctx, shop_cart_add(ctx->cart, &where, command->shortname, command->quantity),
                  "cart.added");
}


ngx_int_t ngx_http_shop_cart_set(ngx_http_shop_ctx_t *ctx)
{
    command_t command = {.quantity = -1};
    shop_where_t where = ngx_http_shop_where(ctx);

    if (take_command(ctx, &command) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return finish(ctx, shop_cart_set(ctx->cart, &where, command.shortname, command.quantity),
                  "cart.updated");
}


ngx_int_t ngx_http_shop_cart_remove(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);

    return finish(ctx, shop_cart_remove(ctx->cart, &where, shop_form_text(&ctx->form, "p")),
                  "cart.updated");
}


ngx_int_t ngx_http_shop_cart_clear(ngx_http_shop_ctx_t *ctx)
{
    shop_cart_clear(ctx->cart);

    return finish(ctx, (shop_refusal_t){.key = NULL}, "cart.cleared");
}


static ngx_int_t finish(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, const char *done)
{
    if (refusal.key != NULL) {
        return refused(ctx, &refusal);
    }

    ngx_http_shop_count(SHOP_COUNT_CART_CHANGES);
    ngx_http_shop_cart_touch(ctx);

    if (!ctx->json) {
        ngx_http_shop_flash(ctx, "success", ngx_http_shop_text(ctx, done));
    }

    return ngx_http_shop_session_save(ctx, on_saved);
}


static ngx_int_t on_saved(ngx_http_shop_ctx_t *ctx)
{
    return ctx->json ? cart_json(ctx, NGX_HTTP_OK, NULL, SHOP_STR(""))
                     : ngx_http_shop_redirect_to(ctx, ngx_http_shop_back_to(ctx));
}


static ngx_int_t refused(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal)
{
    shop_str_t message = ngx_http_shop_refusal(ctx, refusal);

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    if (ctx->json) {
        return cart_json(ctx, NGX_HTTP_UNPROCESSABLE, refusal->key, message);
    }

    ngx_http_shop_flash(ctx, "danger", message);

    return ngx_http_shop_session_save(ctx, on_saved);
}


static ngx_int_t cart_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *error,
                           shop_str_t message)
{
    static const char *const members[] = {"lines", "untaxed", "taxes", "notices", "next_url", NULL};

    json_t *view = ngx_http_shop_cart_view(ctx);
    json_t *data, *answer;
    shop_str_t html;
    size_t i;

    data = ngx_http_shop_own(ctx, json_pack("{s:o, s:{}, s:b}", "cart", view, "page", "buying", 1));
    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(json_object_get(data, "page"), "base",
                       (shop_str_t){ctx->loc->prefix.len, ctx->loc->prefix.data});
    shop_json_set_text(json_object_get(data, "page"), "csrf", ngx_http_shop_csrf_token(ctx));

    if (ngx_http_shop_render_part(ctx, "cart_panel", data, &html) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    answer =
        json_pack("{s:I, s:O, s:O, s:o, s:o}", "rev", (json_int_t) ctx->session.cart_rev, "count",
                  json_object_get(view, "count"), "total", json_object_get(view, "total"), "html",
                  shop_json_str(html), "csrf", shop_json_str(ngx_http_shop_csrf_token(ctx)));

    if (answer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; members[i] != NULL; i++) {
        json_object_set(answer, members[i], json_object_get(view, members[i]));
    }

    if (error != NULL) {
        json_object_set_new(answer, "error", json_string(error));
        shop_json_set_text(answer, "message", message);
    }

    return ngx_http_shop_send_json(ctx, status, answer);
}
