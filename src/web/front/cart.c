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
static ngx_int_t add_on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t add_asked(ngx_http_shop_ctx_t *ctx);
static ngx_int_t add_now(ngx_http_shop_ctx_t *ctx);
static const shop_item_t *item_of(ngx_http_shop_ctx_t *ctx, const command_t *command);


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
        return ngx_http_shop_cart_json(ctx, NGX_HTTP_OK, NULL, SHOP_STR(""));
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
        return add_asked(ctx);
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
        return ngx_http_shop_cart_done(ctx, refusal, NULL);
    }

    refusal = shop_cart_passcode(ctx->cart, &where, command->shortname, command->passcode);

    if (refusal.key != NULL) {
        return ngx_http_shop_cart_done(ctx, refusal, NULL);
    }

    return add_asked(ctx);
}


static ngx_int_t add_asked(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_offer_ask(ctx, item_of(ctx, ctx->state), add_now);
}


static const shop_item_t *item_of(ngx_http_shop_ctx_t *ctx, const command_t *command)
{
    return shop_find_item(ngx_http_shop_snapshot(ctx), ctx->shop, command->shortname);
}


static ngx_int_t add_now(ngx_http_shop_ctx_t *ctx)
{
    command_t *command = ctx->state;
    shop_where_t where = ngx_http_shop_where(ctx);

    return ngx_http_shop_cart_done(
        ctx, shop_cart_add(ctx->cart, &where, command->shortname, command->quantity), "cart.added");
}


ngx_int_t ngx_http_shop_cart_set(ngx_http_shop_ctx_t *ctx)
{
    command_t command = {.quantity = -1};
    shop_where_t where;

    if (take_command(ctx, &command) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_offer_look(ctx, item_of(ctx, &command));
    where = ngx_http_shop_where(ctx);

    return ngx_http_shop_cart_done(
        ctx, shop_cart_set(ctx->cart, &where, command.shortname, command.quantity), "cart.updated");
}


ngx_int_t ngx_http_shop_cart_remove(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);

    return ngx_http_shop_cart_done(
        ctx, shop_cart_remove(ctx->cart, &where, shop_form_text(&ctx->form, "p")), "cart.updated");
}


ngx_int_t ngx_http_shop_cart_clear(ngx_http_shop_ctx_t *ctx)
{
    shop_cart_clear(ctx->cart);

    return ngx_http_shop_cart_done(ctx, (shop_refusal_t){.key = NULL}, "cart.cleared");
}
