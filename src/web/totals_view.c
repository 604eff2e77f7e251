/*
 * What makes the total of a cart, for people: the discounts with their reasons, shipping, taxes;
 * and the field for promotional codes with those that were entered.
 */

#include "web/front.h"


static json_t *discounts_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals);
static shop_str_t discount_label(ngx_http_shop_ctx_t *ctx, const shop_agreed_t *agreed);
static json_t *shipping_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals);
static json_t *taxes_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals);
static json_t *promo_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals);
static bool counts(const shop_totals_t *totals, shop_str_t code);


void ngx_http_shop_totals_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals, json_t *view)
{
    shop_money_t less = SHOP_MONEY_ZERO;
    size_t i;

    for (i = 0; i < totals->agreed_count; i++) {
        less.e4 += totals->agreed[i].taxed.e4;
    }

    json_object_set_new(view, "has_discounts", json_boolean(totals->agreed_count > 0));
    json_object_set_new(view, "discounts", discounts_view(ctx, totals));
    json_object_set_new(view, "shipping", shipping_view(ctx, totals));
    json_object_set_new(view, "has_taxes", json_boolean(totals->tax_count > 0));
    json_object_set_new(view, "taxes", taxes_view(ctx, totals));
    json_object_set_new(view, "promo", promo_view(ctx, totals));
    shop_json_set_text(view, "before", ngx_http_shop_money(ctx, totals->order_taxed));
    shop_json_set_text(view, "less", ngx_http_shop_money(ctx, less));
    less.e4 += totals->order_taxed.e4;
    shop_json_set_text(view, "discounted", ngx_http_shop_money(ctx, less));
    shop_json_set_text(view, "untaxed", ngx_http_shop_money(ctx, totals->untaxed));
    shop_json_set_text(view, "total", ngx_http_shop_money(ctx, totals->amount));
}


static json_t *discounts_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals)
{
    json_t *discounts = json_array();
    size_t i;

    for (i = 0; i < totals->agreed_count; i++) {
        json_array_append_new(
            discounts,
            json_pack("{s:o, s:o}", "label", shop_json_str(discount_label(ctx, &totals->agreed[i])),
                      "amount", shop_json_str(ngx_http_shop_money(ctx, totals->agreed[i].taxed))));
    }

    return discounts;
}


/* "Because you are a member: 10 %"; the reason alone when its lines have several rates. */
static shop_str_t discount_label(ngx_http_shop_ctx_t *ctx, const shop_agreed_t *agreed)
{
    bool comma = shop_str_eq(shop_str(ctx->lang->code), SHOP_STR("fr"));
    shop_str_t rate;
    size_t i;

    if (agreed->rate.len == 0 || shop_arena_copy(&ctx->arena, agreed->rate, &rate) != SHOP_OK) {
        return agreed->reason;
    }

    for (i = 0; comma && i < rate.len; i++) {
        rate.data[i] = rate.data[i] == '.' ? ',' : rate.data[i];
    }

    return ngx_http_shop_text_with(ctx, "cart.discount",
                                   json_pack("{s:o, s:o}", "reason", shop_json_str(agreed->reason),
                                             "rate", shop_json_str(rate)));
}


/* What it costs, that it is free, or that the address decides; null: nothing is sent. */
static json_t *shipping_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_str_t label = ngx_http_shop_text(ctx, "cart.shipping"), amount;

    if (totals->shipping.code.len > 0) {
        label = totals->shipping.title;
        amount = ngx_http_shop_money(ctx, totals->shipping.taxed);
    } else if (totals->shipping_free) {
        amount = ngx_http_shop_text(ctx, "cart.shipping_free");
    } else if (shop_shipping_pending(ctx->cart, &where)) {
        amount = ngx_http_shop_text(ctx, "cart.shipping_later");
    } else {
        return json_null();
    }

    return json_pack("{s:o, s:o}", "label", shop_json_str(label), "amount", shop_json_str(amount));
}


static json_t *taxes_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals)
{
    json_t *taxes = json_array();
    size_t i;

    for (i = 0; i < totals->tax_count; i++) {
        json_array_append_new(
            taxes, json_pack("{s:o, s:o}", "label",
                             shop_json_str(totals->taxes[i].tax->title[ctx->lang->index]), "amount",
                             shop_json_str(ngx_http_shop_money(ctx, totals->taxes[i].amount))));
    }

    return taxes;
}


/* Null: the shop has no codes. */
static json_t *promo_view(ngx_http_shop_ctx_t *ctx, const shop_totals_t *totals)
{
    json_t *codes;
    size_t i, n;

    if (!shop_promo_asked(ctx->shop)) {
        return json_null();
    }

    codes = json_array();

    for (i = 0; i < ctx->cart->promo_count; i++) {
        shop_str_t code = ctx->cart->promos[i].code;

        for (n = 0; n < i && !shop_str_eq_nocase(ctx->cart->promos[n].code, code); n++) {
        }

        /* A code that several discounts know is one code. */
        if (n == i) {
            json_array_append_new(codes, json_pack("{s:o, s:b}", "code", shop_json_str(code),
                                                   "applies", counts(totals, code)));
        }
    }

    return json_pack("{s:o}", "codes", codes);
}


static bool counts(const shop_totals_t *totals, shop_str_t code)
{
    size_t i;

    for (i = 0; i < totals->agreed_count; i++) {
        if (shop_str_eq_nocase(totals->agreed[i].code, code)) {
            return true;
        }
    }

    return false;
}
