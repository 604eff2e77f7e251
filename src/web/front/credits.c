/*
 * GET my/credits: how many training credits a customer has, when they end, where they came from and
 * went, and what they pay (handlers.md 9.11).
 *
 * own record -> account -> page. The order of one product is in credits_order.c.
 */

#include "web/front/credits.h"


#define SHOP_ENTRIES_SHOWN 30


static ngx_int_t on_record(ngx_http_shop_ctx_t *ctx, shop_op_t *op);  /* 1 */
static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx, shop_op_t *op); /* 2 */
static ngx_int_t show(ngx_http_shop_ctx_t *ctx);                      /* 3 */
static json_t *ends_view(ngx_http_shop_ctx_t *ctx);
static json_t *entries_view(ngx_http_shop_ctx_t *ctx);
static json_t *entry_view(ngx_http_shop_ctx_t *ctx, const json_t *entry);
static json_t *products_view(ngx_http_shop_ctx_t *ctx);
static json_t *product_view(ngx_http_shop_ctx_t *ctx, const shop_where_t *where,
                            const shop_item_t *item);
static shop_str_t why_not(ngx_http_shop_ctx_t *ctx, const shop_where_t *where,
                          const shop_item_t *item);


ngx_int_t ngx_http_shop_credits(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ngx_pcalloc(ctx->r->pool, sizeof(*credits));

    return credits != NULL ? ngx_http_shop_credits_read(ctx, credits, show)
                           : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


ngx_int_t ngx_http_shop_credits_read(ngx_http_shop_ctx_t *ctx, ngx_http_shop_credits_t *credits,
                                     ngx_http_shop_handler_pt then)
{
    shop_str_t alias = credits->item != NULL ? credits->item->alias : SHOP_STR("");
    shop_str_t path;

    credits->then = then;
    ctx->state = credits;

    if (ctx->visitor.logged_in) {
        return ngx_http_shop_own_record(ctx, on_record);
    }

    if (shop_arena_printf(&ctx->arena, &path, "login?next=%.*smy/credits%s%.*s",
                          (int) ctx->loc->prefix.len, ctx->loc->prefix.data,
                          alias.len > 0 ? "/" : "", (int) alias.len, alias.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_redirect(ctx, path);
}


static ngx_int_t on_record(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_str_t message;

    credits->record = ngx_http_shop_answer(ctx, op);

    if (credits->record == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    credits->customer = shop_json_int(credits->record, "id");

    /* The form of one customer is no order of another. */
    if (credits->key.len > 0 &&
        (shop_arena_printf(&ctx->arena, &message, "credits:%lld:%.*s",
                           (long long) credits->customer, (int) credits->key.len,
                           credits->key.data) != SHOP_OK ||
         ngx_http_shop_transid_of(ctx, message, &credits->transid) != NGX_OK)) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_call(
        ctx, SHOP_PG_PAGES, SHOP_SQL_CREDITS_READ,
        json_pack("{s:I, s:I, s:o}", "customer", (json_int_t) credits->customer, "item",
                  (json_int_t) (credits->item != NULL ? credits->item->id : 0), "transid",
                  shop_json_str(credits->transid)),
        on_account);
}


static ngx_int_t on_account(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    ngx_http_shop_credits_t *credits = ctx->state;

    credits->account = ngx_http_shop_answer(ctx, op);

    if (credits->account == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    credits->balance = shop_json_int(credits->account, "balance");

    return credits->then(ctx);
}


static ngx_int_t show(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    json_t *data = ngx_http_shop_page(ctx, "credits.title");
    json_t *entries = entries_view(ctx), *products = products_view(ctx);

    if (data == NULL || json_object_set_new(data, "entries", entries) != 0 ||
        json_object_set_new(data, "products", products) != 0) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_json_set_text(data, "balance", ngx_http_shop_credits_text(ctx, credits->balance));
    json_object_set_new(data, "ends", ends_view(ctx));
    json_object_set_new(data, "has_entries", json_boolean(json_array_size(entries) > 0));
    json_object_set_new(data, "has_products", json_boolean(json_array_size(products) > 0));

    return ngx_http_shop_render(ctx, NGX_HTTP_OK, "credits", data);
}


shop_str_t ngx_http_shop_credits_text(ngx_http_shop_ctx_t *ctx, int64_t n)
{
    return ngx_http_shop_text_with(ctx, n == 1 ? "credits.one" : "credits.many",
                                   json_pack("{s:I}", "n", (json_int_t) n));
}


static json_t *ends_view(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    json_t *list = json_array(), *end;
    int64_t rest = credits->balance, amount;
    size_t i;

    json_array_foreach(json_object_get(credits->account, "ends"), i, end)
    {
        amount = shop_json_int(end, "amount");
        rest -= amount;
        json_array_append_new(
            list, json_pack("{s:o, s:o}", "amount",
                            shop_json_str(ngx_http_shop_credits_text(ctx, amount)), "date",
                            shop_json_str(ngx_http_shop_date(ctx, shop_json_text(end, "at")))));
    }

    if (rest > 0) {
        json_array_append_new(list, json_pack("{s:o, s:s}", "amount",
                                              shop_json_str(ngx_http_shop_credits_text(ctx, rest)),
                                              "date", ""));
    }

    return list;
}


static json_t *entries_view(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    json_t *list = json_array(), *entry;
    size_t i;

    json_array_foreach(json_object_get(credits->account, "entries"), i, entry)
    {
        if (i == SHOP_ENTRIES_SHOWN) {
            break;
        }

        json_array_append_new(list, entry_view(ctx, entry));
    }

    return list;
}


/* The order behind a movement is shown by the shop where it was placed. */
static json_t *entry_view(ngx_http_shop_ctx_t *ctx, const json_t *entry)
{
    int64_t amount = shop_json_int(entry, "amount");
    shop_str_t kind = shop_json_text(entry, "kind"), key, number, url = SHOP_STR("");

    if (shop_arena_printf(&ctx->arena, &key, "credits.kind_%.*s", (int) kind.len, kind.data) !=
            SHOP_OK ||
        shop_arena_printf(&ctx->arena, &number, "%s%lld", amount > 0 ? "+" : "\u2212",
                          (long long) (amount > 0 ? amount : -amount)) != SHOP_OK) {
        return NULL;
    }

    if (shop_json_int(entry, "shop") == ctx->shop->id) {
        ctx->transid = shop_json_text(entry, "transid");
        url = ngx_http_shop_order_url(ctx, "/done");
        ctx->transid = SHOP_STR("");
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "date",
                     shop_json_str(ngx_http_shop_date(ctx, shop_json_text(entry, "created"))),
                     "kind", shop_json_str(shop_lang_text(ctx->main->strings, ctx->lang, key)),
                     "label", shop_json_str(shop_json_text(entry, "label")), "amount",
                     shop_json_str(number), "url", shop_json_str(url));
}


static json_t *products_view(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    json_t *list = json_array();
    shop_credits_t sold;
    size_t i;

    if (shop_credits_list(&ctx->arena, &where, &sold) != SHOP_OK) {
        json_decref(list);
        return NULL;
    }

    for (i = 0; i < sold.count; i++) {
        ngx_http_shop_offer_look(ctx, sold.items[i]);
        json_array_append_new(list, product_view(ctx, &where, sold.items[i]));
    }

    return list;
}


static json_t *product_view(ngx_http_shop_ctx_t *ctx, const shop_where_t *where,
                            const shop_item_t *item)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_str_t reason = why_not(ctx, where, item);
    int64_t most = credits->balance / item->credit_price, max = shop_item_max(item);

    if (max > 0 && max < most) {
        most = max;
    }

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:b, s:b}", "shortname",
                     shop_json_str(item->shortname), "name",
                     shop_json_str(item->text[ctx->lang->index].name), "url",
                     shop_json_str(ngx_http_shop_item_url(ctx, item)), "price",
                     shop_json_str(ngx_http_shop_credits_text(ctx, item->credit_price)), "action",
                     shop_json_str(ngx_http_shop_url(ctx, "my/credits/", item->alias)), "reason",
                     shop_json_str(reason), "max", (json_int_t) most, "can", reason.len == 0,
                     "choose_quantity", most > 1);
}


/* Empty: it can be had. */
static shop_str_t why_not(ngx_http_shop_ctx_t *ctx, const shop_where_t *where,
                          const shop_item_t *item)
{
    ngx_http_shop_credits_t *credits = ctx->state;
    shop_refusal_t refusal = shop_item_orderable(item, where);

    if (refusal.key == NULL && credits->balance < item->credit_price) {
        refusal =
            (shop_refusal_t){.key = "credits_few", .n = item->credit_price - credits->balance};
    }

    return refusal.key != NULL ? ngx_http_shop_refusal(ctx, &refusal) : SHOP_STR("");
}
