/*
 * POST login/password: who types his name and password of Moodle here is who Moodle says
 * (handlers.md 8.3, 8.4). Off unless `password_service` is configured; everything it needs passes
 * TLS. Nothing of it is kept or logged: the token serves one question and is forgotten.
 *
 * tries counted by address -> token of Moodle -> whose it is -> his e-mail -> logged in as after a
 * launch (login_complete.c).
 */

#include "web/front/login.h"
#include "web/session.h"


#define SHOP_PASSWORD_TRIES 5 /* of an address, in 15 minutes */
#define SHOP_PASSWORD_MAX 256
#define SHOP_USERNAME_INPUT_MAX 100


typedef struct {
    ngx_http_shop_login_t login; /* first: login_complete.c takes it over */
    shop_str_t username;
    shop_str_t token;
} password_t;


static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 1 */
static ngx_int_t ask_token(ngx_http_shop_ctx_t *ctx);
static shop_status_t token_form(ngx_http_shop_ctx_t *ctx, shop_str_t *form);
static ngx_int_t send_request(ngx_http_shop_ctx_t *ctx, const shop_http_request_t *request,
                              ngx_http_shop_next_pt next);
static ngx_int_t on_token(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static const char *refusal_of(const shop_answer_t *answer);
static ngx_int_t ask_moodle(ngx_http_shop_ctx_t *ctx, shop_str_t token, const char *function,
                            json_t *arguments, ngx_http_shop_next_pt next);
static ngx_int_t on_info(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 3 */
static ngx_int_t on_user(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 4 */
static json_t *answer_of(ngx_http_shop_ctx_t *ctx, shop_op_t *op, const char *function);


static const char count_script[] = "local n = redis.call('INCR', KEYS[1]) "
                                   "if n == 1 then redis.call('EXPIRE', KEYS[1], 900) end "
                                   "return n";


ngx_int_t ngx_http_shop_login_password(ngx_http_shop_ctx_t *ctx)
{
    ngx_str_t *address = &ctx->r->connection->addr_text;
    password_t *password = ngx_pcalloc(ctx->r->pool, sizeof(password_t));
    shop_str_t typed = shop_form_text(&ctx->form, "password"), key;
    shop_op_t *op;

    if (password == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (ctx->main->moodle.password_service.len == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    ctx->state = password;
    password->username = shop_str_trim(shop_form_text(&ctx->form, "username"));
    password->login.next = ngx_http_shop_safe_next(ctx, shop_form_text(&ctx->form, "next"));

    if (password->username.len == 0 || password->username.len > SHOP_USERNAME_INPUT_MAX ||
        typed.len == 0 || typed.len > SHOP_PASSWORD_MAX) {
        return ngx_http_shop_login_page(ctx, "password.wrong");
    }

    op = shop_arena_printf(&ctx->arena, &key, "passwords:{%.*s}", (int) address->len,
                           address->data) == SHOP_OK
             ? ngx_http_shop_await(ctx, ctx->main->redis_timeout, on_counted)
             : NULL;
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(count_script), 1, 1, &key);

    return NGX_DONE;
}


static ngx_int_t on_counted(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ctx->redis_time += op->elapsed;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    return op->reply.redis->integer > SHOP_PASSWORD_TRIES
               ? ngx_http_shop_login_page(ctx, "password.too_often")
               : ask_token(ctx);
}


static ngx_int_t ask_token(ngx_http_shop_ctx_t *ctx)
{
    ngx_str_t *site = &ctx->main->moodle.url;
    shop_http_request_t request = {.method = SHOP_STR("POST"),
                                   .content_type = SHOP_STR("application/x-www-form-urlencoded"),
                                   .connect_timeout = 2000,
                                   .body_max = 64 * 1024};

    if (token_form(ctx, &request.body) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &request.url, "%.*s/login/token.php", (int) site->len,
                          site->data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return send_request(ctx, &request, on_token);
}


static shop_status_t token_form(ngx_http_shop_ctx_t *ctx, shop_str_t *form)
{
    password_t *password = ctx->state;
    ngx_str_t *service = &ctx->main->moodle.password_service;
    shop_buf_t buf;

    shop_buf_init(&buf, &ctx->arena, 0);
    shop_buf_add(&buf, SHOP_STR("username="));
    shop_buf_add_percent(&buf, password->username);
    shop_buf_add(&buf, SHOP_STR("&password="));
    shop_buf_add_percent(&buf, shop_form_text(&ctx->form, "password"));
    shop_buf_add(&buf, SHOP_STR("&service="));
    shop_buf_add_percent(&buf, (shop_str_t){service->len, service->data});
    *form = shop_buf_str(&buf);

    return buf.status;
}


static ngx_int_t send_request(ngx_http_shop_ctx_t *ctx, const shop_http_request_t *request,
                              ngx_http_shop_next_pt next)
{
    shop_op_t *op = ngx_http_shop_await(ctx, ctx->main->outside_timeout, next);

    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_http_send(ngx_http_shop_worker->http, op, request);

    return NGX_DONE;
}


static ngx_int_t on_token(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    password_t *password = ctx->state;
    const char *refused;
    shop_answer_t answer;
    bool kept;

    shop_moodle_read_token(op->status == SHOP_LINK_OK ? (unsigned) op->reply.http->status : 0,
                           op->status == SHOP_LINK_OK ? op->reply.http->body : SHOP_STR(""),
                           &answer);
    refused = refusal_of(&answer);

    if (refused != NULL) {
        ngx_log_error(NGX_LOG_INFO, ctx->r->connection->log, 0,
                      "shop: password refused by Moodle: %s", answer.code);
        shop_answer_free(&answer);

        return ngx_http_shop_login_page(ctx, refused);
    }

    kept = shop_arena_copy(&ctx->arena, shop_json_text(answer.json, "token"), &password->token) ==
           SHOP_OK;
    shop_answer_free(&answer);

    return kept ? ask_moodle(ctx, password->token, "core_webservice_get_site_info", json_object(),
                             on_info)
                : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* A wrong password, an account that has something to do in Moodle first, a Moodle that is away. */
static const char *refusal_of(const shop_answer_t *answer)
{
    switch (answer->answer_class) {
    case SHOP_ANSWER_OK:
        return NULL;
    case SHOP_ANSWER_INPUT:
        return "password.wrong";
    case SHOP_ANSWER_TRANSPORT:
    case SHOP_ANSWER_TEMPORARY:
        return "password.away";
    default:
        return "password.account";
    }
}


static ngx_int_t ask_moodle(ngx_http_shop_ctx_t *ctx, shop_str_t token, const char *function,
                            json_t *arguments, ngx_http_shop_next_pt next)
{
    shop_http_request_t request;

    if (ngx_http_shop_moodle_request(ctx, token, function, ngx_http_shop_own(ctx, arguments),
                                     &request) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return send_request(ctx, &request, next);
}


/* NULL: none that could be used. */
static json_t *answer_of(ngx_http_shop_ctx_t *ctx, shop_op_t *op, const char *function)
{
    shop_answer_t answer;
    json_t *json = NULL;

    if (op->status != SHOP_LINK_OK) {
        return NULL;
    }

    shop_moodle_read(function, (unsigned) op->reply.http->status, op->reply.http->body, &answer);

    if (answer.answer_class == SHOP_ANSWER_OK) {
        json = ngx_http_shop_own(ctx, json_incref(answer.json));
    }

    shop_answer_free(&answer);

    return json;
}


static ngx_int_t on_info(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    password_t *password = ctx->state;
    ngx_str_t *token = &ctx->main->moodle.token;
    json_t *info = answer_of(ctx, op, "core_webservice_get_site_info");

    password->token = SHOP_STR("");
    password->login.user = shop_json_int(info, "userid");

    if (password->login.user <= 0) {
        return ngx_http_shop_login_page(ctx, "password.away");
    }

    return ask_moodle(
        ctx, (shop_str_t){token->len, token->data}, "core_user_get_users_by_field",
        json_pack("{s:s, s:[I]}", "field", "id", "values", (json_int_t) password->login.user),
        on_user);
}


static ngx_int_t on_user(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    password_t *password = ctx->state;
    ngx_http_shop_login_t *login = &password->login;
    json_t *user = json_array_get(answer_of(ctx, op, "core_user_get_users_by_field"), 0);

    login->email = shop_json_text(user, "email");
    login->name = shop_json_text(user, "fullname");
    login->firstname = shop_json_text(user, "firstname");
    login->lastname = shop_json_text(user, "lastname");

    if (shop_json_int(user, "id") != login->user || !shop_email_valid(login->email)) {
        return ngx_http_shop_login_page(ctx, "password.away");
    }

    return ngx_http_shop_login_as(ctx);
}
