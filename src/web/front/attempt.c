/*
 * A payment attempt as the database knows it, in the terms of the pay room.
 */

#include "web/front.h"
#include "web/notify.h"


static ngx_int_t add_addresses(ngx_http_shop_ctx_t *ctx, const json_t *row,
                               const shop_pay_config_t *config, shop_pay_attempt_t *attempt);
static ngx_int_t add_address(ngx_http_shop_ctx_t *ctx, const shop_pay_config_t *config,
                             const char *page, shop_str_t token, shop_str_t *address);
static void add_customer(const json_t *row, shop_pay_customer_t *customer);


ngx_int_t ngx_http_shop_attempt(ngx_http_shop_ctx_t *ctx, const json_t *row,
                                const shop_pay_config_t *config, shop_pay_attempt_t *attempt)
{
    if (ngx_http_shop_attempt_facts(row, ctx->lang, attempt) != NGX_OK) {
        return NGX_ERROR;
    }

    attempt->shop_name = ctx->shop->text[ctx->lang->index].name;
    attempt->contrib = SHOP_STR("ngx_http_shop_" SHOP_VERSION);
    add_customer(row, &attempt->customer);

    return add_addresses(ctx, row, config, attempt);
}


ngx_int_t ngx_http_shop_attempt_facts(const json_t *row, const shop_lang_t *lang,
                                      shop_pay_attempt_t *attempt)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(row, "currency"));

    ngx_memzero(attempt, sizeof(*attempt));

    if (currency == NULL || shop_money_to_minor(shop_json_money(row, "amount"), currency->exponent,
                                                &attempt->amount_minor) != SHOP_OK) {
        return NGX_ERROR;
    }

    attempt->id = shop_json_int(row, "attempt");
    attempt->transid = shop_json_text(row, "transid");
    attempt->order_number = shop_json_text(row, "order_number");
    attempt->provider_ref = shop_json_text(row, "provider_ref");
    attempt->currency = shop_str(currency->code);
    attempt->language = shop_str(lang->code);
    attempt->now = ngx_time();
    attempt->page_until = shop_json_int(row, "page_until");

    return NGX_OK;
}


/* The token is in the query, or in the path for a provider who takes no query. */
static ngx_int_t add_address(ngx_http_shop_ctx_t *ctx, const shop_pay_config_t *config,
                             const char *page, shop_str_t token, shop_str_t *address)
{
    ngx_str_t *base = &ctx->main->base_url, *prefix = &ctx->main->pay_prefix;
    const char *separator = config->interface->plain_urls ? "/" : "?t=";

    if (token.len == 0) {
        separator = "";
    }

    return shop_arena_printf(&ctx->arena, address, "%.*s%.*s%.*s/%s%s%.*s", (int) base->len,
                             base->data, (int) prefix->len, prefix->data, (int) config->name.len,
                             config->name.data, page, separator, (int) token.len,
                             token.data) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


static ngx_int_t add_addresses(ngx_http_shop_ctx_t *ctx, const json_t *row,
                               const shop_pay_config_t *config, shop_pay_attempt_t *attempt)
{
    attempt->token = shop_json_text(row, "token");

    if (add_address(ctx, config, "return", attempt->token, &attempt->return_url) != NGX_OK ||
        add_address(ctx, config, "cancel", attempt->token, &attempt->cancel_url) != NGX_OK) {
        return NGX_ERROR;
    }

    return add_address(ctx, config, "notify", SHOP_STR_NULL, &attempt->notify_url);
}


static void add_customer(const json_t *row, shop_pay_customer_t *customer)
{
    const json_t *c = json_object_get(row, "customer");

    customer->email = shop_json_text(c, "email");
    customer->first_name = shop_json_text(c, "firstname");
    customer->last_name = shop_json_text(c, "lastname");
    customer->address = shop_json_text(c, "address");
    customer->zip = shop_json_text(c, "zip");
    customer->city = shop_json_text(c, "city");
    customer->country = shop_json_text(c, "country");
    customer->phone = shop_json_text(c, "phone");
    customer->company = shop_json_text(c, "organisation");
}
