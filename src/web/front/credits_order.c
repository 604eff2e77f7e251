/*
 * my/credits/<product>: one product is ordered for training credits. GET asks whether it is meant,
 * POST does it.
 *
 * own record -> account -> is it refused to him? -> the rules of a cart with this product alone
 * -> page, or shop.credit_order: the order, its payment and its production in one transaction. The
 * key of the form makes the code of the order, so the same form sent twice is one order.
 */

#include "web/front/credits.h"

#include <openssl/rand.h>


#define SHOP_KEY_BYTES 18
#define SHOP_KEY_MAX 64


static ngx_http_shop_credits_t *choose(ngx_http_shop_ctx_t *ctx, const shop_form_t *form);
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx);
static ngx_int_t ask_now(ngx_http_shop_ctx_t *ctx);
static ngx_int_t spend(ngx_http_shop_ctx_t *ctx);
static ngx_int_t spend_now(ngx_http_shop_ctx_t *ctx);
static shop_refusal_t prepare(ngx_http_shop_ctx_t *ctx);
static shop_refusal_t check_launch(ngx_http_shop_ctx_t *ctx);
static ngx_int_t page(ngx_http_shop_ctx_t *ctx);
static void add_facts(ngx_http_shop_ctx_t *ctx, json_t *data);
static json_t *before_view(ngx_http_shop_ctx_t *ctx);
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal);
static ngx_int_t place(ngx_http_shop_ctx_t *ctx);
static ngx_int_t on_placed(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static shop_refusal_t refusal_of(ngx_http_shop_ctx_t *ctx, const json_t *answer);
static ngx_int_t placed(ngx_http_shop_ctx_t *ctx);


static const shop_paymode_t credits_mode = {
    .name = {sizeof("credits") - 1, (u_char *) "credits"},
    .interface = {sizeof("freeorder") - 1, (u_char *) "freeorder"},
    .instant = true,
    .internal = true,
};


ngx_int_t ngx_http_shop_credits_ask(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = choose(ctx, &ctx->query);
    u_char random[SHOP_KEY_BYTES];

    if (credits == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (RAND_bytes(random, sizeof(random)) != 1 ||
        shop_base64url_encode(&ctx->arena, (shop_str_t){sizeof(random), random}, &credits->key) !=
            SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_credits_read(ctx, credits, ask);
}


ngx_int_t ngx_http_shop_credits_spend(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = choose(ctx, &ctx->form);

    if (credits == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    credits->key = shop_form_text(&ctx->form, "key");

    if (credits->key.len == 0 || credits->key.len > SHOP_KEY_MAX) {
        return ngx_http_shop_error(ctx, NGX_HTTP_BAD_REQUEST);
    }

    return ngx_http_shop_credits_read(ctx, credits, spend);
}


/* NULL: nothing of that name is sold for credits to this visitor. */
static ngx_http_shop_credits_t *choose(ngx_http_shop_ctx_t *ctx, const shop_form_t *form)
{
    const shop_item_t *item =
        shop_find_item_page(ngx_http_shop_snapshot(ctx), ctx->shop, ctx->captures[0]);
    ngx_http_shop_credits_t *credits = ngx_pcalloc(ctx->r->pool, sizeof(*credits));
    shop_str_t quantity = shop_form_text(form, "quantity");

    if (item == NULL || credits == NULL || item->credit_price == 0) {
        return NULL;
    }

    /* Who is not known yet may be one who sees it. */
    if (ctx->visitor.logged_in && !shop_item_for_credits(item, &ctx->visitor)) {
        return NULL;
    }

    credits->item = item;
    credits->quantity = 1;

    if (quantity.len > 0 && (shop_str_to_int(quantity, &credits->quantity) != SHOP_OK ||
                             credits->quantity < 1 || credits->quantity > SHOP_MAX_QUANTITY)) {
        credits->quantity = 0; /* the rules say what is wrong with it */
    }

    credits->cost = item->credit_price * credits->quantity;

    return credits;
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;

    return ngx_http_shop_offer_ask(ctx, credits->item, ask_now);
}


static ngx_int_t ask_now(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_refusal_t refusal = prepare(ctx);

    if (credits->cart == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return refusal.key != NULL ? refuse(ctx, refusal) : page(ctx);
}


static ngx_int_t spend(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;

    /* Sent again: what became of the stock and the balance since does not matter. */
    if (shop_json_bool(credits->account, "placed")) {
        return placed(ctx);
    }

    return ngx_http_shop_offer_ask(ctx, credits->item, spend_now);
}


static ngx_int_t spend_now(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_refusal_t refusal = prepare(ctx);

    if (credits->cart == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (refusal.key == NULL) {
        refusal = check_launch(ctx);
    }

    return refusal.key != NULL ? refuse(ctx, refusal) : place(ctx);
}


/* The cart with this product, priced; credits->cart is NULL when there is no memory. */
static shop_refusal_t prepare(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    ngx_http_shop_order_t *order = &credits->order;
    shop_cart_t *cart = shop_cart_create(&ctx->arena);
    shop_refusal_t refusal;

    order->where = ngx_http_shop_where(ctx);

    if (cart == NULL) {
        return (shop_refusal_t){0};
    }

    refusal = credits->quantity > 0
                  ? shop_cart_set(cart, &order->where, credits->item->shortname, credits->quantity)
                  : (shop_refusal_t){.key = "quantity_invalid"};

    ngx_http_shop_customer_known(ctx, &cart->customer, credits->record);
    cart->customer.phone = shop_json_text(credits->record, "phone");
    cart->customer_valid = credits->customer > 0;
    cart->transid = credits->transid;
    cart->shown_total = SHOP_STR("0");

    if (shop_credits_totals(&ctx->arena, cart, &order->where, &order->totals) == SHOP_OK &&
        shop_terms_assemble(&ctx->arena, cart, &order->where, &order->terms) == SHOP_OK) {
        credits->cart = cart;
    }

    if (refusal.key == NULL && credits->balance < credits->cost) {
        refusal = (shop_refusal_t){.key = "credits_few", .n = credits->cost - credits->balance};
    }

    return refusal;
}


/* As any order, and at the price that was shown. */
static shop_refusal_t check_launch(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    ngx_http_shop_order_t *order = &credits->order;
    shop_step_e step;
    int64_t shown;

    credits->cart->terms_hash =
        shop_utf8_cut(shop_form_text(&ctx->form, "agree"), 2 * SHOP_SHA256_SIZE);
    credits->cart->terms_at = ngx_time();

    order->in = (shop_order_in_t){
        .cart = credits->cart,
        .where = &order->where,
        .totals = &order->totals,
        .terms = &order->terms,
        .mode = &credits_mode,
        .lang = ctx->lang->code,
        .address = {ctx->r->connection->addr_text.len, ctx->r->connection->addr_text.data},
        .now = ngx_time(),
        .test = ctx->shop->test};

    if (shop_str_to_int(shop_form_text(&ctx->form, "credits"), &shown) != SHOP_OK ||
        shown != credits->cost) {
        return (shop_refusal_t){.key = "credits_price", .n = credits->cost};
    }

    return shop_order_check(&order->in, &step);
}


static ngx_int_t page(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    ngx_http_shop_order_t *order = &credits->order;
    json_t *data = ngx_http_shop_page(ctx, "credits.confirm");
    bool wrong = order->refusal.key != NULL;

    if (data == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    add_facts(ctx, data);
    json_object_set_new(data, "before", before_view(ctx));
    ngx_http_shop_order_terms_view(ctx, data, credits->cart, order);
    json_object_set_new(data, "errors",
                        ngx_http_shop_error_list(ctx, &order->refusal, wrong ? 1 : 0));

    return ngx_http_shop_render(ctx, wrong ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "credits_order",
                                data);
}


static void add_facts(ngx_http_shop_ctx_t *ctx, json_t *data)
{
    ngx_http_shop_credits_t *credits = ctx->state;

    shop_json_set_text(data, "name", credits->item->text[ctx->lang->index].name);
    shop_json_set_text(data, "product_url", ngx_http_shop_item_url(ctx, credits->item));
    json_object_set_new(data, "quantity", json_integer((json_int_t) credits->quantity));
    json_object_set_new(data, "credits", json_integer((json_int_t) credits->cost));
    shop_json_set_text(data, "cost", ngx_http_shop_credits_text(ctx, credits->cost));
    shop_json_set_text(data, "balance", ngx_http_shop_credits_text(ctx, credits->balance));
    shop_json_set_text(data, "left",
                       ngx_http_shop_credits_text(ctx, credits->balance - credits->cost));
    shop_json_set_text(data, "key", credits->key);
    shop_json_set_text(data, "action", ngx_http_shop_url(ctx, "my/credits/", credits->item->alias));
    shop_json_set_text(data, "back_url", ngx_http_shop_url(ctx, "my/credits", SHOP_STR("")));
}


/* Who comes back because no answer came sees that the order is there. */
static json_t *before_view(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    const json_t *before = json_object_get(credits->account, "before");
    json_t *view;

    if (!json_is_object(before)) {
        return json_null();
    }

    ctx->transid = shop_json_text(before, "transid");
    view = json_pack("{s:o, s:o}", "date",
                     shop_json_str(ngx_http_shop_date(ctx, shop_json_text(before, "placed"))),
                     "url", shop_json_str(ngx_http_shop_order_url(ctx, "/done")));
    ctx->transid = SHOP_STR("");

    return view;
}


/* What can be mended here is told here; the rest where the products are. */
static ngx_int_t refuse(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    bool here = ngx_strcmp(refusal.key, "credits_price") == 0 ||
                (refusal.field != NULL && ngx_strcmp(refusal.field, "agree") == 0);

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    if (here) {
        credits->order.refusal = refusal;
        return page(ctx);
    }

    ngx_http_shop_flash(ctx, "danger", ngx_http_shop_refusal(ctx, &refusal));

    return ngx_http_shop_save_and_go(ctx, SHOP_STR("my/credits"));
}


static ngx_int_t place(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    json_t *request = shop_order_request(&ctx->arena, &credits->order.in);

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_CREDIT_ORDER,
                              json_pack("{s:I, s:I, s:o}", "customer",
                                        (json_int_t) credits->customer, "credits",
                                        (json_int_t) credits->cost, "order", request),
                              on_placed);
}


static ngx_int_t on_placed(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    json_t *answer = ngx_http_shop_answer(ctx, op);
    shop_str_t verdict;

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    verdict = shop_json_text(answer, "verdict");

    if (shop_str_eq(verdict, SHOP_STR("placed"))) {
        ngx_http_shop_count(SHOP_COUNT_ORDERS);
        return placed(ctx);
    }

    if (shop_str_eq(verdict, SHOP_STR("exists"))) {
        return placed(ctx);
    }

    /* Somebody was quicker, or something has changed: this worker fetches it now. */
    ngx_http_shop_generation_refresh();
    credits->balance = shop_json_int(answer, "balance");

    return refuse(ctx, refusal_of(ctx, answer));
}


static shop_refusal_t refusal_of(ngx_http_shop_ctx_t *ctx, const json_t *answer)
{
    static const struct {
        const char *reason;
        const char *key;
    } told[] = {{"unavailable", "product_unavailable"},
                {"price", "credits_moved"},
                {"owned", "already_owned"},
                {"balance", "credits_few"}};
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_str_t verdict = shop_json_text(answer, "verdict");
    shop_str_t reason = shop_json_text(answer, "reason");
    shop_refusal_t refusal = {.key = "order_refused",
                              .n = credits->cost - credits->balance,
                              .name = credits->item->text[ctx->lang->index].name};
    size_t i;

    if (shop_str_eq(verdict, SHOP_STR("stock"))) {
        refusal.key = "providing";
        return refusal;
    }

    if (shop_str_eq(verdict, SHOP_STR("changed"))) {
        refusal.key = "credits_changed";
        return refusal;
    }

    for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
        if (shop_str_eq(reason, shop_str(told[i].reason))) {
            refusal.key = told[i].key;
            return refusal;
        }
    }

    ngx_log_error(NGX_LOG_ERR, ctx->r->connection->log, 0,
                  "shop: order for credits refused: %*s %*s", verdict.len, verdict.data, reason.len,
                  reason.data);

    return refusal;
}


static ngx_int_t placed(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_str_t path;

    ctx->transid = credits->transid;
    ngx_http_shop_order_remember(ctx, ctx->transid);
    shop_work_wake(ngx_http_shop_worker->work);

    if (shop_arena_printf(&ctx->arena, &path, "order/%.*s/done", (int) ctx->transid.len,
                          ctx->transid.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_save_and_go(ctx, path);
}
