/*
 * What every page says of the shop and of the seller.
 */

#include "web/front.h"


static json_t *seller_view(ngx_http_shop_ctx_t *ctx);


void ngx_http_shop_page_shop(ngx_http_shop_ctx_t *ctx, json_t *page)
{
    const shop_texts_t *text = &ctx->shop->text[ctx->lang->index];

    json_object_set_new(page, "shop",
                        json_pack("{s:o, s:o, s:o, s:b}", "name", shop_json_str(text->name),
                                  "description", shop_json_str(text->description), "alias",
                                  shop_json_str(ctx->shop->alias), "test", ctx->shop->test));
    json_object_set_new(page, "seller", seller_view(ctx));
}


static json_t *seller_view(ngx_http_shop_ctx_t *ctx)
{
    static const char *const names[] = {"name",       "address", "zip",          "city",
                                        "vat_number", "legal",   "registration", NULL};
    json_t *seller = json_object_get(ctx->shop->document, "seller");
    json_t *view = json_object();
    size_t i;

    for (i = 0; names[i] != NULL; i++) {
        shop_json_set_text(view, names[i], shop_json_text(seller, names[i]));
    }

    shop_json_set_text(view, "country",
                       ngx_http_shop_country(ctx, shop_json_text(seller, "country")));
    shop_json_set_text(view, "email", shop_json_text(seller, "support_mail"));
    shop_json_set_text(view, "phone", shop_json_text(seller, "support_phone"));

    return view;
}


/* The name of a country in the visitor's language; its code when we do not know it. */
shop_str_t ngx_http_shop_country(ngx_http_shop_ctx_t *ctx, shop_str_t code)
{
    const shop_country_t *country = shop_country_find(code);

    return country != NULL ? shop_str(country->name[ctx->lang->index]) : code;
}
