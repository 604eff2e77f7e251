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
    const shop_item_t **items;
    size_t count;
    size_t at;
    shop_test_t test; /* of items[at] */
    json_t *run;
    json_t *results;
} suite_t;


static ngx_int_t begin(ngx_http_shop_ctx_t *ctx);     /* 1 */
static ngx_int_t next_item(ngx_http_shop_ctx_t *ctx); /* 2 */
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx);       /* 3 */
static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t finish(ngx_http_shop_ctx_t *ctx); /* 4 */
static bool collect(ngx_http_shop_ctx_t *ctx, suite_t *suite, const shop_category_t *category);
static bool collect_item(ngx_http_shop_ctx_t *ctx, suite_t *suite, const shop_item_t *item);
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
    suite_t *suite = ngx_pcalloc(ctx->r->pool, sizeof(suite_t));
    size_t i;

    if (suite == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    suite->items = ngx_pcalloc(
        ctx->r->pool, (shop_item_count(ngx_http_shop_where(ctx).snapshot) + 1) * sizeof(void *));
    suite->results = ngx_http_shop_own(ctx, json_array());
    ctx->state = suite;

    if (suite->items == NULL || suite->results == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; i < ctx->shop->catalog->root_count; i++) {
        if (!collect(ctx, suite, ctx->shop->catalog->roots[i])) {
            return NGX_HTTP_INTERNAL_SERVER_ERROR;
        }
    }

    if (suite->count == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return next_item(ctx);
}


static bool collect(ngx_http_shop_ctx_t *ctx, suite_t *suite, const shop_category_t *category)
{
    size_t i, j;

    for (i = 0; i < category->item_count; i++) {
        if (!collect_item(ctx, suite, category->items[i])) {
            return false;
        }
        for (j = 0; j < category->items[i]->element_count; j++) {
            if (!collect_item(ctx, suite, category->items[i]->elements[j])) {
                return false;
            }
        }
    }

    for (i = 0; i < category->child_count; i++) {
        if (!collect(ctx, suite, category->children[i])) {
            return false;
        }
    }

    return true;
}


/* False: more than the catalogue has. */
static bool collect_item(ngx_http_shop_ctx_t *ctx, suite_t *suite, const shop_item_t *item)
{
    shop_str_t wanted = shop_form_text(&ctx->query, "product");

    if (wanted.len > 0 && !shop_str_eq_nocase(wanted, item->code) &&
        !shop_str_eq_nocase(wanted, item->shortname)) {
        return true;
    }

    if (suite->count > shop_item_count(ngx_http_shop_where(ctx).snapshot)) {
        return false;
    }

    suite->items[suite->count++] = item;

    return true;
}


static ngx_int_t next_item(ngx_http_shop_ctx_t *ctx)
{
    suite_t *suite = ctx->state;

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
    bool elsewhere = item->kind == SHOP_ITEM_SET;
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
        .free = !elsewhere && item->price[0].e4 == 0,
        .untaxed = item->price[0].e4 != 0 && item->tax == NULL,
        .named_seats = item->seat_mode != 0,
        .site = &ctx->main->moodle.site,
        .now = ngx_time(),
    };
    suite->run = fields != NULL ? ngx_http_shop_own(ctx, shop_test_begin(&suite->test)) : NULL;

    return suite->run != NULL;
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx)
{
    suite_t *suite = ctx->state;
    ngx_http_shop_shared_t *shared = ctx->main->zone->data;
    ngx_str_t *token = &ctx->main->moodle.token;
    shop_answer_t nothing = {.answer_class = SHOP_ANSWER_TRANSPORT, .code = "gate_closed"};
    shop_http_request_t request;
    const json_t *arguments;
    const char *function;
    shop_op_t *op;

    while (shop_test_question(suite->run, &function, &arguments)) {
        if (ctx->main->moodle.url.len > 0 && shared->work.gate == SHOP_GATE_OPEN) {
            if (ngx_http_shop_moodle_request(ctx, (shop_str_t){token->len, token->data}, function,
                                             arguments, &request) != NGX_OK) {
                return NGX_HTTP_INTERNAL_SERVER_ERROR;
            }

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
    suite_t *suite = ctx->state;
    shop_answer_t answer;
    const json_t *arguments;
    const char *function;

    if (shop_test_question(suite->run, &function, &arguments)) {
        shop_moodle_read(
            function, op->status == SHOP_LINK_OK ? (unsigned) op->reply.http->status : 0,
            op->status == SHOP_LINK_OK ? op->reply.http->body : SHOP_STR_NULL, &answer);
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
