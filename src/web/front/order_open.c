/*
 * GET order/<code>/open/<course>: into the course that was bought, in Moodle, without typing a
 * password again (handlers.md 8.5).
 *
 * order (read and judged by order.c) -> a one-time address for who is logged in here, as far as the
 * course was opened for himself -> Moodle. In every other case, and when Moodle gives no such
 * address, the course is opened all the same: Moodle asks who is there.
 */

#include "web/front.h"


static const json_t *find_item(const json_t *order, shop_str_t course);
static bool may_enter(ngx_http_shop_ctx_t *ctx, const json_t *item);
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx, const json_t *item);
static ngx_int_t on_address(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t to_course(ngx_http_shop_ctx_t *ctx);
static shop_str_t course_address(ngx_http_shop_ctx_t *ctx);


ngx_int_t ngx_http_shop_order_open_course(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    const json_t *item = find_item(order, ctx->captures[1]);

    if (item == NULL || ctx->main->moodle.url.len == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return may_enter(ctx, item) ? ask(ctx, item) : to_course(ctx);
}


static const json_t *find_item(const json_t *order, shop_str_t course)
{
    const json_t *item;
    int64_t wanted;
    size_t i;

    if (shop_str_to_int(course, &wanted) != SHOP_OK || wanted == 0) {
        return NULL;
    }

    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        if (shop_json_int(item, "course") == wanted &&
            shop_str_eq(shop_json_text(item, "state"), SHOP_STR("done"))) {
            return item;
        }
    }

    return NULL;
}


/* Nobody is let in as somebody else, whoever has the link to the order. */
static bool may_enter(ngx_http_shop_ctx_t *ctx, const json_t *item)
{
    shop_moodle_conf_t *moodle = &ctx->main->moodle;
    ngx_http_shop_shared_t *shared = ctx->main->zone->data;
    int64_t *refused = moodle->no_login_users.elts;
    ngx_uint_t i;

    if (moodle->login_token.len == 0 || shared->work.gate != SHOP_GATE_OPEN ||
        ctx->visitor.user == 0 || ctx->visitor.user != shop_json_int(item, "user") ||
        shop_json_text(item, "username").len == 0) {
        return false;
    }

    for (i = 0; i < moodle->no_login_users.nelts; i++) {
        if (refused[i] == ctx->visitor.user) {
            return false;
        }
    }

    return true;
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx, const json_t *item)
{
    ngx_str_t *token = &ctx->main->moodle.login_token;
    shop_http_request_t request;
    json_t *arguments;
    shop_op_t *op;

    arguments = ngx_http_shop_own(ctx, json_pack("{s:{s:o}}", "user", "username",
                                                 shop_json_str(shop_json_text(item, "username"))));

    if (arguments == NULL || ngx_http_shop_moodle_request(
                                 ctx, (shop_str_t){token->len, token->data},
                                 "auth_userkey_request_login_url", arguments, &request) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->outside_timeout, on_address);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_http_send(ngx_http_shop_worker->http, op, &request);

    return NGX_DONE;
}


static ngx_int_t on_address(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    shop_str_t url = SHOP_STR(""), given, wanted;
    shop_answer_t answer;
    shop_status_t status;

    if (op->status != SHOP_LINK_OK) {
        return to_course(ctx);
    }

    shop_moodle_read("auth_userkey_request_login_url", (unsigned) op->reply.http->status,
                     op->reply.http->body, &answer);

    if (answer.answer_class != SHOP_ANSWER_OK) {
        ngx_log_error(NGX_LOG_WARN, ctx->r->connection->log, 0,
                      "shop: Moodle gives no address for logging in: %s", answer.code);
    }

    wanted = course_address(ctx);
    status = answer.answer_class == SHOP_ANSWER_OK
                 ? shop_percent_encode(&ctx->arena, wanted, &wanted)
                 : SHOP_NOT_FOUND;

    if (status == SHOP_OK) {
        given = shop_json_text(answer.json, "loginurl");
        status = shop_arena_printf(&ctx->arena, &url, "%.*s&wantsurl=%.*s", (int) given.len,
                                   given.data, (int) wanted.len, wanted.data);
    }

    shop_answer_free(&answer);

    return status == SHOP_OK && ngx_http_shop_moodle_address(ctx, url)
               ? ngx_http_shop_redirect_to_moodle(ctx, url)
               : to_course(ctx);
}


static ngx_int_t to_course(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_redirect_to_moodle(ctx, course_address(ctx));
}


static shop_str_t course_address(ngx_http_shop_ctx_t *ctx)
{
    ngx_str_t *site = &ctx->main->moodle.url;
    shop_str_t url;

    return shop_arena_printf(&ctx->arena, &url, "%.*s/course/view.php?id=%.*s", (int) site->len,
                             site->data, (int) ctx->captures[1].len,
                             ctx->captures[1].data) == SHOP_OK
               ? url
               : SHOP_STR("");
}
