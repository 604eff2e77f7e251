/*
 * How an order stands, for people: the page after payment and the JSON that it asks for.
 */

#include "web/front.h"
#include "web/notify.h"


typedef struct {
    const char *name; /* texts produce.<name>, produce.<name>_text */
    const char *flag;
} state_t;


static const state_t *state_of(ngx_http_shop_ctx_t *ctx, json_t *order);
static json_t *items_view(ngx_http_shop_ctx_t *ctx, json_t *order);
static json_t *item_view(ngx_http_shop_ctx_t *ctx, json_t *item);
static void add_certificate(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links);
static void add_tool(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links);
static void add_course(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links);
static void add_link(ngx_http_shop_ctx_t *ctx, json_t *links, shop_str_t url, const char *label);
static shop_str_t message_of(ngx_http_shop_ctx_t *ctx, json_t *item);
static const char *item_state(shop_str_t state);
static bool settled(json_t *order);
static void add_credits(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *data);
static shop_str_t state_text(ngx_http_shop_ctx_t *ctx, json_t *order, const state_t *state,
                             const char *suffix);
static bool is_one_of(shop_str_t text, const char *const *list);


static const state_t paid = {"paid", "is_paid"};
static const state_t waiting = {"waiting", "is_waiting"};
static const state_t offline = {"offline", "is_offline"};
static const state_t refused = {"refused", "is_refused"};
static const state_t cancelled = {"cancelled", "is_cancelled"};
static const state_t refunded = {"refunded", "is_refunded"};

static const char *const paid_statuses[] = {"SOLDOUT", "COMPLETE", "PREPROD", "PARTIAL", NULL};
static const char *const refused_statuses[] = {"REFUSED", "FAILED", NULL};


ngx_int_t ngx_http_shop_progress_view(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *data)
{
    const state_t *state = state_of(ctx, order);
    json_t *seller = json_object_get(ctx->shop->document, "seller");

    shop_json_set_text(data, "status_url", ngx_http_shop_order_url(ctx, "/status"));
    shop_json_set_text(data, "document_url", ngx_http_shop_order_url(ctx, ""));
    shop_json_set_text(data, "state", shop_str(state->name));
    json_object_set_new(data, state->flag, json_true());
    shop_json_set_text(data, "title", state_text(ctx, order, state, ""));
    shop_json_set_text(data, "text", state_text(ctx, order, state, "_text"));
    json_object_set_new(data, "items", items_view(ctx, order));

    add_credits(ctx, order, data);

    if (shop_json_bool(order, "seats")) {
        shop_json_set_text(data, "seats_url", ngx_http_shop_order_url(ctx, "/seats"));
    }

    json_object_set_new(data, "done", json_boolean(settled(order)));
    json_object_set_new(data, "support",
                        json_pack("{s:o, s:o}", "email",
                                  shop_json_str(shop_json_text(seller, "support_mail")), "phone",
                                  shop_json_str(shop_json_text(seller, "support_phone"))));

    /* Only the browser that holds the cart can pay again; while the bank's answer is awaited nobody
     * should. */
    if ((state == &refused || state == &cancelled) && ctx->cart != NULL &&
        shop_str_eq(ctx->cart->transid, ctx->transid)) {
        shop_json_set_text(data, "pay_url", ngx_http_shop_url(ctx, "step/", SHOP_STR("payment")));
        shop_json_set_text(data, "other_url", ngx_http_shop_url(ctx, "step/", SHOP_STR("order")));
    }

    return NGX_OK;
}


/* Of an order that brought some, or was paid with some. */
static void add_credits(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *data)
{
    json_t *balance = json_object_get(order, "balance");
    json_t *spent = json_object_get(order, "spent_credits");

    if (json_is_integer(balance)) {
        shop_json_set_text(
            data, "balance",
            ngx_http_shop_text_with(ctx, "produce.credits", json_pack("{s:O}", "n", balance)));
    }

    if (json_is_integer(spent)) {
        shop_json_set_text(
            data, "spent",
            ngx_http_shop_text_with(ctx, "produce.spent_credits", json_pack("{s:O}", "n", spent)));
    }

    if (json_is_integer(balance) || json_is_integer(spent)) {
        shop_json_set_text(data, "credits_url", ngx_http_shop_url(ctx, "my/credits", SHOP_STR("")));
    }
}


json_t *ngx_http_shop_progress_json(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    const state_t *state = state_of(ctx, order);

    return json_pack("{s:o, s:s, s:o, s:o, s:b, s:o}", "status",
                     shop_json_str(shop_json_text(order, "status")), "state", state->name, "title",
                     shop_json_str(state_text(ctx, order, state, "")), "text",
                     shop_json_str(state_text(ctx, order, state, "_text")), "done", settled(order),
                     "items", items_view(ctx, order));
}


bool ngx_http_shop_order_paid(json_t *order)
{
    return is_one_of(shop_json_text(order, "status"), paid_statuses);
}


/* Says the way back from the provider's page, or what was heard of the last try. */
static bool given_up(ngx_http_shop_ctx_t *ctx, const json_t *order)
{
    return shop_form_find(&ctx->query, SHOP_STR("cancelled")) != NULL ||
           shop_str_eq(shop_json_text(json_object_get(order, "attempt"), "state"),
                       SHOP_STR("cancelled"));
}


static const state_t *state_of(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    shop_str_t status = shop_json_text(order, "status");
    ngx_http_shop_payment_t *block;

    if (ngx_http_shop_order_paid(order)) {
        return &paid;
    }

    if (is_one_of(status, refused_statuses)) {
        return &refused;
    }

    if (shop_str_eq(status, SHOP_STR("PAYBACK"))) {
        return &refunded;
    }

    if (shop_str_eq(status, SHOP_STR("CANCELLED")) ||
        (shop_str_eq(status, SHOP_STR("PLACED")) && given_up(ctx, order))) {
        return &cancelled;
    }

    block = ngx_http_shop_payment_find(ctx->main, shop_json_text(order, "paymode"));

    return block != NULL && block->pay->interface->kind == SHOP_PAY_OFFLINE ? &offline : &waiting;
}


/* Nothing more will change by itself soon: the page stops asking. */
static bool settled(json_t *order)
{
    static const char *const open[] = {"PLACED", "PENDING", "SOLDOUT", "PREPROD", NULL};
    shop_str_t status = shop_json_text(order, "status");
    shop_str_t production = shop_json_text(order, "production");

    if (!is_one_of(status, open)) {
        return true;
    }

    return ngx_http_shop_order_paid(order) && !shop_str_eq(production, SHOP_STR("running")) &&
           shop_json_text(order, "invoice_number").len > 0;
}


/* Where no money moved there is no word of it. */
static shop_str_t state_text(ngx_http_shop_ctx_t *ctx, json_t *order, const state_t *state,
                             const char *suffix)
{
    bool credits = json_is_integer(json_object_get(order, "spent_credits"));
    shop_str_t key, text = SHOP_STR_NULL;

    if (credits && shop_arena_printf(&ctx->arena, &key, "produce.credits_%s%s", state->name,
                                     suffix) == SHOP_OK) {
        text = shop_lang_find_text(ctx->main->strings, ctx->lang, key);
    }

    if (text.data != NULL ||
        shop_arena_printf(&ctx->arena, &key, "produce.%s%s", state->name, suffix) != SHOP_OK) {
        return text;
    }

    return shop_lang_text(ctx->main->strings, ctx->lang, key);
}


static json_t *items_view(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    json_t *items = json_array(), *item;
    size_t i;

    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        json_array_append_new(items, item_view(ctx, item));
    }

    return items;
}


static json_t *item_view(ngx_http_shop_ctx_t *ctx, json_t *item)
{
    const char *state = item_state(shop_json_text(item, "state"));
    shop_str_t key, flag;
    json_t *view;

    if (shop_arena_printf(&ctx->arena, &key, "produce.state_%s", state) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &flag, "is_%s", state) != SHOP_OK) {
        return NULL;
    }

    view = json_pack("{s:o, s:s, s:o, s:o, s:b, s:[]}", "name",
                     shop_json_str(shop_json_text(item, "name")), "state", state, "label",
                     shop_json_str(shop_lang_text(ctx->main->strings, ctx->lang, key)), "message",
                     shop_json_str(message_of(ctx, item)), (char *) flag.data, 1, "links");

    add_certificate(ctx, item, json_object_get(view, "links"));
    if (shop_str_eq(shop_json_text(item, "handler"), SHOP_STR("std_openltiaccess"))) {
        add_tool(ctx, item, json_object_get(view, "links"));
    } else {
        add_course(ctx, item, json_object_get(view, "links"));
    }

    return view;
}


/* A certificate that the shop issued can be printed. */
static void add_certificate(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links)
{
    json_t *certificate = json_object_get(item, "certificate");
    shop_str_t number = shop_json_text(certificate, "number"), page;

    if (number.len == 0 || shop_json_bool(certificate, "revoked") ||
        shop_arena_printf(&ctx->arena, &page, "/certificate/%.*s", (int) number.len, number.data) !=
            SHOP_OK) {
        return;
    }

    add_link(ctx, links, ngx_http_shop_order_url(ctx, (char *) page.data), "certificate.print");
}


/* The buyer does not enter the course himself: his platform does. */
static void add_tool(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links)
{
    shop_str_t reference = shop_json_text(item, "reference"), page;

    if (reference.len == 0 || !shop_str_eq(shop_json_text(item, "state"), SHOP_STR("done")) ||
        shop_arena_printf(&ctx->arena, &page, "/tool/%.*s", (int) reference.len, reference.data) !=
            SHOP_OK) {
        return;
    }

    add_link(ctx, links, ngx_http_shop_order_url(ctx, (char *) page.data), "produce.open_tool");
}


/* What was opened in Moodle is one step away. */
static void add_course(ngx_http_shop_ctx_t *ctx, json_t *item, json_t *links)
{
    int64_t course = shop_json_int(item, "course");
    shop_str_t page;

    if (course <= 0 || ctx->main->moodle.url.len == 0 ||
        !shop_str_eq(shop_json_text(item, "state"), SHOP_STR("done")) ||
        shop_arena_printf(&ctx->arena, &page, "/open/%lld", (long long) course) != SHOP_OK) {
        return;
    }

    add_link(ctx, links, ngx_http_shop_order_url(ctx, (char *) page.data), "produce.open_course");
}


static void add_link(ngx_http_shop_ctx_t *ctx, json_t *links, shop_str_t url, const char *label)
{
    json_array_append_new(links, json_pack("{s:o, s:o}", "url", shop_json_str(url), "label",
                                           shop_json_str(ngx_http_shop_text(ctx, label))));
}


/* The states of jobs in the buyer's terms: trouble is "our team takes care", never a code. */
static const char *item_state(shop_str_t state)
{
    if (shop_str_eq(state, SHOP_STR("done"))) {
        return "done";
    }

    if (shop_str_eq(state, SHOP_STR("waiting"))) {
        return "waiting";
    }

    if (shop_str_eq(state, SHOP_STR("blocked")) || shop_str_eq(state, SHOP_STR("manual")) ||
        shop_str_eq(state, SHOP_STR("failed"))) {
        return "manual";
    }

    return "running";
}


static shop_str_t message_of(ngx_http_shop_ctx_t *ctx, json_t *item)
{
    shop_document_t document = {.strings = ctx->main->strings,
                                .lang = ctx->lang,
                                .utc_offset = ngx_http_shop_utc_offset(ctx)};
    json_t *feedback = json_object_get(item, "feedback"), *one, *list = NULL;

    if (!json_is_object(feedback)) {
        return SHOP_STR("");
    }

    one = ngx_http_shop_own(ctx, json_pack("[O]", feedback));

    if (one == NULL ||
        shop_feedback_view(&ctx->arena, &document, one, "public", &list) != SHOP_OK ||
        ngx_http_shop_own(ctx, list) == NULL) {
        return SHOP_STR("");
    }

    return shop_json_text(json_array_get(list, 0), "message");
}


static bool is_one_of(shop_str_t text, const char *const *list)
{
    for (; *list != NULL; list++) {
        if (shop_str_eq(text, shop_str(*list))) {
            return true;
        }
    }

    return false;
}
