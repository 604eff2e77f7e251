/*
 * Into a course in Moodle without typing a password: a one-time address of auth_userkey for
 * somebody whom the shop has identified (handlers.md 8.5). When Moodle gives none, the course is
 * opened all the same: Moodle asks who is there.
 */

#include "web/front.h"


typedef struct {
    int64_t course;
} enter_t;


static bool may_be_let_in(ngx_http_shop_ctx_t *ctx, int64_t user);
static ngx_int_t on_address(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static shop_str_t course_address(ngx_http_shop_ctx_t *ctx, int64_t course);


ngx_int_t ngx_http_shop_enter(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_entry_t *entry)
{
    ngx_str_t *token = &ctx->main->moodle.login_token;
    enter_t *enter = ngx_palloc(ctx->r->pool, sizeof(enter_t));
    shop_http_request_t request;
    json_t *arguments;
    shop_op_t *op;

    if (enter == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (entry->username.len == 0 || !may_be_let_in(ctx, entry->user)) {
        return ngx_http_shop_enter_plainly(ctx, entry->course);
    }

    enter->course = entry->course;
    ctx->asking = enter;
    arguments = ngx_http_shop_own(
        ctx, json_pack("{s:{s:o}}", "user", "username", shop_json_str(entry->username)));

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


static bool may_be_let_in(ngx_http_shop_ctx_t *ctx, int64_t user)
{
    shop_moodle_conf_t *moodle = &ctx->main->moodle;
    ngx_http_shop_shared_t *shared = ctx->main->zone->data;
    int64_t *refused = moodle->no_login_users.elts;
    ngx_uint_t i;

    if (moodle->login_token.len == 0 || shared->work.gate != SHOP_GATE_OPEN || user <= 0) {
        return false;
    }

    for (i = 0; i < moodle->no_login_users.nelts; i++) {
        if (refused[i] == user) {
            return false;
        }
    }

    return true;
}


static ngx_int_t on_address(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    enter_t *enter = ctx->asking;
    shop_str_t url = SHOP_STR(""), given, wanted;
    shop_answer_t answer;
    shop_status_t status;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_enter_plainly(ctx, enter->course);
    }

    shop_moodle_read("auth_userkey_request_login_url", (unsigned) op->reply.http->status,
                     op->reply.http->body, &answer);

    if (answer.answer_class != SHOP_ANSWER_OK) {
        ngx_log_error(NGX_LOG_WARN, ctx->r->connection->log, 0,
                      "shop: Moodle gives no address for logging in: %s", answer.code);
    }

    wanted = course_address(ctx, enter->course);
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
               : ngx_http_shop_enter_plainly(ctx, enter->course);
}


ngx_int_t ngx_http_shop_enter_plainly(ngx_http_shop_ctx_t *ctx, int64_t course)
{
    return ngx_http_shop_redirect_to_moodle(ctx, course_address(ctx, course));
}


static shop_str_t course_address(ngx_http_shop_ctx_t *ctx, int64_t course)
{
    ngx_str_t *site = &ctx->main->moodle.url;
    shop_str_t url;

    return shop_arena_printf(&ctx->arena, &url, "%.*s/course/view.php?id=%lld", (int) site->len,
                             site->data, (long long) course) == SHOP_OK
               ? url
               : SHOP_STR("");
}
