/*
 * The last page before an order exists: everything once more, the terms, the ways to pay.
 */

#include "web/front/order.h"


#define SHOP_MOVED_MAX 12


static json_t *moved_view(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_order_t *order);
static void add_people(ngx_http_shop_ctx_t *ctx, json_t *data);
static json_t *customer_lines(ngx_http_shop_ctx_t *ctx);
static json_t *invoice_lines(ngx_http_shop_ctx_t *ctx);
static void add_line(json_t *lines, ngx_http_shop_ctx_t *ctx, shop_str_t first, shop_str_t second);
static json_t *lines_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals);
static void add_paymodes(ngx_http_shop_ctx_t *ctx, json_t *data,
                         const ngx_http_shop_order_t *order);
static json_t *paymode_view(ngx_http_shop_ctx_t *ctx, const shop_paymode_t *mode, bool checked);


ngx_int_t ngx_http_shop_order_page(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_order_t *order = ctx->state;
    json_t *data = ngx_http_shop_step_page(ctx, SHOP_STEP_ORDER);
    shop_str_t total, shown;
    bool wrong = order->refusal.key != NULL;

    if (data == NULL || shop_money_print(&ctx->arena, order->totals.amount, 4, &total) != SHOP_OK ||
        shop_shown_write(&ctx->arena, &order->totals, &shown) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    add_people(ctx, data);
    json_object_set_new(data, "lines", lines_view(ctx, &order->totals));
    shop_json_set_text(data, "shown_total", total);
    shop_json_set_text(data, "shown", shown);
    json_object_set_new(data, "moved", moved_view(ctx, order));
    json_object_set_new(data, "has_moved",
                        json_boolean(json_array_size(json_object_get(data, "moved")) > 0));
    ngx_http_shop_order_terms_view(ctx, data, ctx->cart, order);
    add_paymodes(ctx, data, order);
    json_object_set_new(data, "errors",
                        ngx_http_shop_error_list(ctx, &order->refusal, wrong ? 1 : 0));
    shop_json_set_text(
        data, "contact",
        shop_json_text(json_object_get(ctx->shop->document, "seller"), "support_mail"));

    return ngx_http_shop_render(ctx, wrong ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "order", data);
}


/* What differs from the page that was sent in, in words. */
static json_t *moved_view(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_order_t *order)
{
    static const char *const keys[] = {
        [SHOP_MOVED_PRICE] = "order.moved_price",
        [SHOP_MOVED_GONE] = "order.moved_gone",
        [SHOP_MOVED_NEW] = "order.moved_new",
        [SHOP_MOVED_DISCOUNT] = "order.moved_discount",
        [SHOP_MOVED_SHIPPING] = "order.moved_shipping",
    };
    shop_moved_t moved[SHOP_MOVED_MAX];
    json_t *list = json_array();
    const char *key;
    size_t count, i;

    if (order->refusal.key == NULL || ctx->cart->shown.len == 0) {
        return list;
    }

    count = shop_shown_compare(&order->totals, ctx->cart->shown, ctx->lang->index, moved,
                               SHOP_MOVED_MAX);

    for (i = 0; i < ngx_min(count, SHOP_MOVED_MAX); i++) {
        key = moved[i].kind == SHOP_MOVED_GONE && moved[i].name.len == 0
                  ? "order.moved_gone_discount"
                  : keys[moved[i].kind];
        json_array_append_new(
            list, shop_json_str(ngx_http_shop_text_with(
                      ctx, key,
                      json_pack("{s:o, s:o, s:o}", "name", shop_json_str(moved[i].name), "before",
                                shop_json_str(ngx_http_shop_money(ctx, moved[i].before)), "after",
                                shop_json_str(ngx_http_shop_money(ctx, moved[i].after))))));
    }

    return list;
}


static void add_people(ngx_http_shop_ctx_t *ctx, json_t *data)
{
    json_object_set_new(data, "who", customer_lines(ctx));
    shop_json_set_text(data, "edit_url", ngx_http_shop_url(ctx, "step/", SHOP_STR("customer")));

    if (ctx->cart->distinct_invoice) {
        json_object_set_new(data, "billed", invoice_lines(ctx));
    }
}


static json_t *customer_lines(ngx_http_shop_ctx_t *ctx)
{
    const shop_customer_t *c = &ctx->cart->customer;
    json_t *lines = json_array();

    add_line(lines, ctx, c->firstname, c->lastname);
    add_line(lines, ctx, c->organisation, SHOP_STR(""));
    add_line(lines, ctx, c->address, SHOP_STR(""));
    add_line(lines, ctx, c->zip, c->city);
    add_line(lines, ctx, ngx_http_shop_country(ctx, c->country), SHOP_STR(""));
    add_line(lines, ctx, c->email, SHOP_STR(""));

    return lines;
}


static json_t *invoice_lines(ngx_http_shop_ctx_t *ctx)
{
    const shop_invoice_t *i = &ctx->cart->invoice;
    json_t *lines = json_array();

    add_line(lines, ctx, i->organisation, SHOP_STR(""));
    add_line(lines, ctx, i->department, SHOP_STR(""));
    add_line(lines, ctx, i->firstname, i->lastname);
    add_line(lines, ctx, i->address, SHOP_STR(""));
    add_line(lines, ctx, i->zip, i->city);
    add_line(lines, ctx, ngx_http_shop_country(ctx, i->country), SHOP_STR(""));
    add_line(lines, ctx, i->email, SHOP_STR(""));
    add_line(lines, ctx, i->vatcode, SHOP_STR(""));

    return lines;
}


static void add_line(json_t *lines, ngx_http_shop_ctx_t *ctx, shop_str_t first, shop_str_t second)
{
    shop_str_t line;

    if (first.len + second.len > 0 &&
        shop_arena_printf(&ctx->arena, &line, "%.*s %.*s", (int) first.len, first.data,
                          (int) second.len, second.data) == SHOP_OK) {
        json_array_append_new(lines, shop_json_str(shop_str_trim(line)));
    }
}


static json_t *lines_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals)
{
    const shop_priced_line_t *line;
    json_t *lines = json_array();
    size_t i;

    for (i = 0; i < totals->line_count; i++) {
        line = &totals->lines[i];
        json_array_append_new(
            lines, json_pack("{s:o, s:o, s:o, s:I, s:o}", "name",
                             shop_json_str(line->item->text[ctx->lang->index].name), "code",
                             shop_json_str(line->item->code), "unit",
                             shop_json_str(ngx_http_shop_unit_price(ctx, line->unit_taxed)),
                             "quantity", (json_int_t) line->quantity, "total",
                             shop_json_str(ngx_http_shop_money(ctx, line->taxed))));
    }

    return lines;
}


void ngx_http_shop_order_terms_view(ngx_http_shop_ctx_t *ctx, json_t *data, const shop_cart_t *cart,
                                    const ngx_http_shop_order_t *order)
{
    json_t *terms;

    if (order->terms.count == 0) {
        return;
    }

    terms = json_pack("{s:o, s:b, s:o, s:o}", "parts", ngx_http_shop_terms_parts(&order->terms),
                      "accepted", shop_terms_accepted(cart, &order->terms), "hash",
                      shop_json_str(order->terms.hash), "url",
                      shop_json_str(ngx_http_shop_url(ctx, "terms", SHOP_STR(""))));
    json_object_set_new(data, "terms", terms);

    if (order->refusal.field != NULL && ngx_strcmp(order->refusal.field, "agree") == 0) {
        shop_json_set_text(data, "terms_error", ngx_http_shop_refusal(ctx, &order->refusal));
    }
}


static void add_paymodes(ngx_http_shop_ctx_t *ctx, json_t *data, const ngx_http_shop_order_t *order)
{
    json_t *modes = json_array();
    shop_str_t wanted = ctx->cart->paymode;
    bool found = false;
    size_t i;

    if (order->totals.amount.e4 == 0) {
        json_object_set_new(data, "free", json_true());
    }

    if (wanted.len == 0) {
        wanted = ctx->shop->default_paymode;
    }

    for (i = 0; i < order->mode_count; i++) {
        found = found || shop_str_eq(order->modes[i].name, wanted);
    }

    for (i = 0; i < order->mode_count; i++) {
        json_array_append_new(
            modes, paymode_view(ctx, &order->modes[i],
                                found ? shop_str_eq(order->modes[i].name, wanted) : i == 0));
    }

    json_object_set_new(data, "paymodes", modes);
    json_object_set_new(data, "no_paymode",
                        json_boolean(order->mode_count == 0 && order->totals.amount.e4 != 0));

    if (order->refusal.field != NULL && ngx_strcmp(order->refusal.field, "paymode") == 0) {
        shop_json_set_text(data, "paymode_error", ngx_http_shop_refusal(ctx, &order->refusal));
    }
}


static json_t *paymode_view(ngx_http_shop_ctx_t *ctx, const shop_paymode_t *mode, bool checked)
{
    shop_str_t id;

    if (shop_arena_printf(&ctx->arena, &id, "paymode-%.*s", (int) mode->name.len,
                          mode->name.data) != SHOP_OK) {
        return NULL;
    }

    return json_pack(
        "{s:o, s:o, s:o, s:o, s:b}", "id", shop_json_str(id), "name", shop_json_str(mode->name),
        "label", shop_json_str(ngx_http_shop_paymode_text(ctx, mode, "")), "text",
        shop_json_str(ngx_http_shop_paymode_text(ctx, mode, "_text")), "checked", checked);
}


/* A text for this very block, else for its interface. */
shop_str_t ngx_http_shop_paymode_text(ngx_http_shop_ctx_t *ctx, const shop_paymode_t *mode,
                                      const char *suffix)
{
    shop_str_t key, text;

    if (shop_arena_printf(&ctx->arena, &key, "paymode_%.*s%s", (int) mode->name.len,
                          mode->name.data, suffix) != SHOP_OK) {
        return mode->name;
    }

    text = shop_lang_find_text(ctx->main->strings, ctx->lang, key);

    if (text.data != NULL ||
        shop_arena_printf(&ctx->arena, &key, "paymode_%.*s%s", (int) mode->interface.len,
                          mode->interface.data, suffix) != SHOP_OK) {
        return text.data != NULL ? text : mode->name;
    }

    return shop_lang_text(ctx->main->strings, ctx->lang, key);
}
