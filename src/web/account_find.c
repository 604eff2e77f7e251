/*
 * Does an e-mail address belong to a Moodle account? Asked in front of a visitor, so with a short
 * deadline, and never an obstacle: without an answer the shop goes on with what it knows itself.
 */

#include "web/front.h"


typedef struct {
    shop_str_t email;
    ngx_http_shop_account_pt then;
} find_t;


static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static shop_str_t kept(ngx_http_shop_ctx_t *ctx, const json_t *user, const char *name);
static void read_users(ngx_http_shop_ctx_t *ctx, shop_str_t email, const json_t *users,
                       ngx_http_shop_account_t *account);
static bool reachable(ngx_http_shop_main_conf_t *conf);
static ngx_int_t build_request(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                               shop_http_request_t *request);


ngx_int_t ngx_http_shop_account_find(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                                     ngx_http_shop_account_pt then)
{
    ngx_http_shop_account_t unknown = {.asked = false};
    shop_http_request_t request;
    find_t *find;
    shop_op_t *op;

    if (!reachable(ctx->main)) {
        return then(ctx, &unknown);
    }

    find = ngx_palloc(ctx->r->pool, sizeof(find_t));
    if (find == NULL || build_request(ctx, email, &request) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    find->email = email;
    find->then = then;
    ctx->asking = find;

    op = ngx_http_shop_await(ctx, ctx->main->outside_timeout, on_answer);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_http_send(ngx_http_shop_worker->http, op, &request);

    return NGX_DONE;
}


static bool reachable(ngx_http_shop_main_conf_t *conf)
{
    ngx_http_shop_shared_t *shared = conf->zone->data;

    return conf->moodle.url.len > 0 && shared->work.gate == SHOP_GATE_OPEN;
}


static ngx_int_t build_request(ngx_http_shop_ctx_t *ctx, shop_str_t email,
                               shop_http_request_t *request)
{
    ngx_str_t *token = &ctx->main->moodle.token;
    shop_str_t pattern;
    json_t *arguments;

    if (shop_like_escape(&ctx->arena, email, &pattern) != SHOP_OK) {
        return NGX_ERROR;
    }

    arguments = ngx_http_shop_own(ctx, json_pack("{s:[{s:s, s:o}]}", "criteria", "key", "email",
                                                 "value", shop_json_str(pattern)));

    return ngx_http_shop_moodle_request(ctx, (shop_str_t){token->len, token->data},
                                        "core_user_get_users", arguments, request);
}


ngx_int_t ngx_http_shop_moodle_request(ngx_http_shop_ctx_t *ctx, shop_str_t token,
                                       const char *function, const json_t *arguments,
                                       shop_http_request_t *request)
{
    ngx_str_t *site = &ctx->main->moodle.url;

    ngx_memzero(request, sizeof(*request));

    if (arguments == NULL ||
        shop_moodle_encode(&ctx->arena, token, function, arguments, &request->body) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &request->url, "%.*s/webservice/rest/server.php",
                          (int) site->len, site->data) != SHOP_OK) {
        return NGX_ERROR;
    }

    request->method = SHOP_STR("POST");
    request->content_type = SHOP_STR("application/x-www-form-urlencoded");
    request->connect_timeout = 2000;
    request->body_max = 256 * 1024;

    return NGX_OK;
}


static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    find_t *find = ctx->asking;
    ngx_http_shop_account_t account = {.asked = false};
    shop_answer_t answer;

    if (op->status == SHOP_LINK_OK) {
        shop_moodle_read("core_user_get_users", (unsigned) op->reply.http->status,
                         op->reply.http->body, &answer);

        if (answer.answer_class == SHOP_ANSWER_OK) {
            account.asked = true;
            read_users(ctx, find->email, json_object_get(answer.json, "users"), &account);
        }

        shop_answer_free(&answer);
    }

    return find->then(ctx, &account);
}


/* The answer is freed before the account is used. */
static shop_str_t kept(ngx_http_shop_ctx_t *ctx, const json_t *user, const char *name)
{
    shop_str_t text;

    return shop_arena_copy(&ctx->arena, shop_json_text(user, name), &text) == SHOP_OK
               ? text
               : SHOP_STR("");
}


/* The criterion is a LIKE: only an equal address counts. */
static void read_users(ngx_http_shop_ctx_t *ctx, shop_str_t email, const json_t *users,
                       ngx_http_shop_account_t *account)
{
    const json_t *user;
    size_t i;

    json_array_foreach(users, i, user)
    {
        if (!shop_str_eq_nocase(shop_json_text(user, "email"), email)) {
            continue;
        }

        account->found = true;
        account->user = shop_json_int(user, "id");

        account->fullname = kept(ctx, user, "fullname");
        account->firstname = kept(ctx, user, "firstname");
        account->lastname = kept(ctx, user, "lastname");
        account->city = kept(ctx, user, "city");
        account->country = kept(ctx, user, "country");
        account->institution = kept(ctx, user, "institution");
        account->since = shop_json_int(user, "firstaccess");

        return;
    }
}
