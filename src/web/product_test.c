/*
 * GET of a location with shop_product_test: are the products of a shop well set up (handlers.md
 * 11)?
 * "?product=code" for one, else all; JSON, or lines of text with "?format=text".
 *
 * product -> its questions to Moodle, one after the other (reading calls only) -> next product. The
 * site is not asked while its gate is closed.
 */

#include "web/front.h"
#include "produce/test.h"


#define TEXT_MAX (1024 * 1024)

typedef struct {
    const shop_item_t **items; /* of the catalogue */
    size_t count;
    size_t at;
    shop_test_t test; /* of items[at] */
    json_t *run;
    json_t *results;
    json_t *trouble; /* that the check of the site has found */
} suite_t;


static ngx_int_t begin(ngx_http_shop_ctx_t *ctx);     /* 1 */
static ngx_int_t next_item(ngx_http_shop_ctx_t *ctx); /* 2 */
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx);       /* 3 */
static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx); /* 4 */
static bool is_wanted(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static bool take_item(suite_t *suite, ngx_http_shop_ctx_t *ctx);
static json_t *messages_view(ngx_http_shop_ctx_t *ctx, const json_t *messages);
static ngx_int_t send_text(ngx_http_shop_ctx_t *ctx, const json_t *results);


static const ngx_http_shop_route_t test_routes[] = {
    {NGX_HTTP_GET, "", NGX_HTTP_SHOP_NEED_CATALOG, 0, begin}};


ngx_int_t ngx_http_shop_product_test_handler(ngx_http_request_t *r)
{
    return ngx_http_shop_begin(r, (shop_str_t){r->uri.len, r->uri.data}, test_routes, 1);
}


static ngx_int_t begin(ngx_http_shop_ctx_t *ctx)
{
    const shop_snapshot_t *snapshot = ngx_http_shop_where(ctx).snapshot;
    ngx_http_shop_shared_t *shared = ctx->main->zone->data;
    suite_t *suite = ngx_pcalloc(ctx->r->pool, sizeof(suite_t));
    const shop_item_t *item;
    size_t i, wanted = 0;

    if (suite == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    suite->items =
        ngx_pcalloc(ctx->r->pool, (shop_item_count(snapshot) + 1) * sizeof(shop_item_t *));
    suite->results = ngx_http_shop_own(ctx, json_array());
    suite->trouble = ngx_http_shop_own(ctx, shop_work_trouble(&shared->work));
    ctx->state = suite;

    if (suite->items == NULL || suite->results == NULL || suite->trouble == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; (item = shop_item_at(snapshot, i)) != NULL; i++) {
        if (item->catalog == ctx->shop->catalog) {
            suite->items[suite->count++] = item;
            wanted += is_wanted(ctx, item);
        }
    }

    return wanted > 0 ? next_item(ctx) : ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
}


static bool is_wanted(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    shop_str_t wanted = shop_form_text(&ctx->query, "product");

    return wanted.len == 0 || shop_str_eq_nocase(wanted, item->code) ||
           shop_str_eq_nocase(wanted, item->shortname);
}


static ngx_int_t next_item(ngx_http_shop_ctx_t *ctx)
{
    suite_t *suite = ctx->state;

    while (suite->at < suite->count && !is_wanted(ctx, suite->items[suite->at])) {
        suite->at++;
    }

    if (suite->at >= suite->count) {
        return finish(ctx);
    }

    return take_item(suite, ctx) ? ask(ctx) : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* A product as the test sees it, and what can be said without asking. */
static bool take_item(suite_t *suite, ngx_http_shop_ctx_t *ctx)
{
    const shop_item_t *item = suite->items[suite->at];
    json_t *fields = ngx_http_shop_own(ctx, json_array());
    size_t i;

    for (i = 0; fields != NULL && i < item->field_count; i++) {
        json_array_append_new(fields, shop_json_str(item->fields[0][i].field));
    }

    suite->test = (shop_test_t){
        .handler = item->handler,
        .params = item->params,
        .fields = fields,
        .support_course = shop_json_text(ctx->shop->document, "supportcourse"),
        .renewable = item->renewable,
        .anonymous = item->audience <= SHOP_AUDIENCE_ALL,
        .item = item,
        .others = suite->items,
        .other_count = suite->count,
        .trouble = suite->trouble,
        .site = &ctx->main->moodle.site,
        .now = ngx_time(),
    };
    suite->run = fields != NULL ? ngx_http_shop_own(ctx, shop_test_begin(&suite->test)) : NULL;

    return suite->run != NULL;
}


/* NGX_DECLINED: whoever is asked is known not to answer. */
static ngx_int_t request_of(ngx_http_shop_ctx_t *ctx, const char *function, const json_t *arguments,
                            shop_http_request_t *request)
{
    ngx_http_shop_shared_t *shared = ctx->main->zone->data;
    ngx_str_t *token = &ctx->main->moodle.token;
    ngx_int_t rc;

    if (shop_provisioner_verb(function) != NULL) {
        rc = shop_provisioner_http(&ctx->main->provisioner, &ctx->arena, function, arguments,
                                   request);
        request->connect_timeout = ctx->main->moodle.connect_timeout;
        return rc;
    }

    if (ctx->main->moodle.url.len == 0 || shared->work.gate != SHOP_GATE_OPEN) {
        return NGX_DECLINED;
    }

    return ngx_http_shop_moodle_request(ctx, (shop_str_t){token->len, token->data}, function,
                                        arguments, request);
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx)
{
    suite_t *suite = ctx->state;
    shop_answer_t nothing = {.answer_class = SHOP_ANSWER_TRANSPORT, .code = "gate_closed"};
    shop_http_request_t request;
    const json_t *arguments;
    const char *function;
    ngx_int_t rc;
    shop_op_t *op;

    while (shop_test_question(suite->run, &function, &arguments)) {
        rc = request_of(ctx, function, arguments, &request);
        if (rc == NGX_ERROR) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }

        if (rc == NGX_OK) {
            op = ngx_http_shop_await(ctx, ctx->main->outside_timeout, on_answer);
            if (op == NULL) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

            shop_http_send(ngx_http_shop_worker->http, op, &request);

            return NGX_DONE;
        }

        shop_test_answer(&suite->test, suite->run, &nothing);
    }

    json_array_append_new(
        suite->results,
        json_pack("{s:o, s:o, s:o, s:o}", "code", shop_json_str(suite->items[suite->at]->code),
                  "name", shop_json_str(suite->items[suite->at]->text[ctx->lang->index].name),
                  "handler", shop_json_str(suite->test.handler), "messages",
                  messages_view(ctx, shop_test_messages(suite->run))));
    suite->at++;

    return next_item(ctx);
}


static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    bool heard = op->status == SHOP_LINK_OK;
    unsigned status = heard ? (unsigned) op->reply.http->status : 0;
    shop_str_t body = heard ? op->reply.http->body : SHOP_STR_NULL;
    suite_t *suite = ctx->state;
    shop_answer_t answer;
    const json_t *arguments;
    const char *function;

    if (shop_test_question(suite->run, &function, &arguments)) {
        if (shop_provisioner_verb(function) != NULL) {
            shop_provisioner_read(status, body, &answer);
        } else {
            shop_moodle_read(function, status, body, &answer);
        }
        shop_test_answer(&suite->test, suite->run, &answer);
        shop_answer_free(&answer);
    }

    return ask(ctx);
}


static json_t *messages_view(ngx_http_shop_ctx_t *ctx, const json_t *messages)
{
    json_t *list = json_array(), *message, *view;
    shop_str_t key;
    size_t i;

    json_array_foreach(messages, i, message)
    {
        view = json_copy(message);
        if (shop_arena_printf(&ctx->arena, &key, "test.%s",
                              json_string_value(json_object_get(message, "check"))) == SHOP_OK) {
            shop_json_set_text(view, "text",
                               ngx_http_shop_text_with(ctx, (char *) key.data, json_copy(message)));
        }
        json_array_append_new(list, view);
    }

    return list;
}


static size_t count_of(const json_t *results, const char *level)
{
    json_t *result, *message;
    size_t i, j, count = 0;

    json_array_foreach(results, i, result)
    {
        json_array_foreach(json_object_get(result, "messages"), j, message)
        {
            count += shop_str_eq(shop_json_text(message, "level"), shop_str(level));
        }
    }

    return count;
}


static ngx_int_t finish(ngx_http_shop_ctx_t *ctx)
{
    suite_t *suite = ctx->state;

    if (shop_str_eq(shop_form_text(&ctx->query, "format"), SHOP_STR("text"))) {
        return send_text(ctx, suite->results);
    }

    return ngx_http_shop_send_json(
        ctx, NGX_HTTP_OK,
        json_pack("{s:o, s:I, s:I, s:O}", "shop", shop_json_str(ctx->shop->alias), "errors",
                  (json_int_t) count_of(suite->results, "error"), "warnings",
                  (json_int_t) count_of(suite->results, "warning"), "products", suite->results));
}


/* "error CODE param: text", a line each. */
static ngx_int_t send_text(ngx_http_shop_ctx_t *ctx, const json_t *results)
{
    json_t *result, *message;
    shop_buf_t out;
    shop_str_t text;
    size_t i, j;

    shop_buf_init(&out, &ctx->arena, TEXT_MAX);

    json_array_foreach(results, i, result)
    {
        json_array_foreach(json_object_get(result, "messages"), j, message)
        {
            shop_buf_add(&out, shop_json_text(message, "level"));
            shop_buf_add_char(&out, ' ');
            shop_buf_add(&out, shop_json_text(result, "code"));
            shop_buf_add_char(&out, ' ');
            shop_buf_add(&out, shop_json_text(message, "param"));
            shop_buf_add(&out, SHOP_STR(": "));
            shop_buf_add(&out, shop_json_text(message, "text"));
            shop_buf_add_char(&out, '\n');
        }
    }

    text = shop_buf_str(&out);

    return out.status == SHOP_OK ? ngx_http_shop_send(ctx, NGX_HTTP_OK, "text/plain; charset=utf-8",
                                                      &text, 1, SHOP_CACHE_NO_STORE)
                                 : NGX_HTTP_INTERNAL_SERVER_ERROR;
}
