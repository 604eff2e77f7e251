/*
 * The page of one product: everything that is known before buying it.
 */

#include "web/front.h"


static void look(ngx_http_shop_ctx_t *ctx);
static json_t *build(ngx_http_shop_ctx_t *ctx);
static json_t *crumbs_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static shop_str_t structured(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static void escape_script(shop_buf_t *out, shop_str_t json);


ngx_int_t ngx_http_shop_product(ngx_http_shop_ctx_t *ctx)
{
    const shop_item_t *item;

    ctx->step = SHOP_STR("shop");
    item = shop_find_item_page(ngx_http_shop_snapshot(ctx), ctx->shop, ctx->captures[0]);

    if (item != NULL && ctx->shop->hides_refused) {
        ngx_http_shop_offer_look(ctx, item);
    }

    if (item == NULL || !shop_item_has_page(item, &ctx->visitor)) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    if (shop_arena_printf(&ctx->arena, &ctx->canonical, "p/%.*s", (int) item->alias.len,
                          item->alias.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = (void *) item;

    return ngx_http_shop_shared_page(
        ctx, &(ngx_http_shop_kind_t){"product", item->id, "product", look, build});
}


static void look(ngx_http_shop_ctx_t *ctx)
{
    ngx_http_shop_offer_look(ctx, ctx->state);
}


static json_t *build(ngx_http_shop_ctx_t *ctx)
{
    const shop_item_t *item = ctx->state;
    const shop_texts_t *text = &item->text[ctx->lang->index];
    shop_str_t about = text->seo_description;
    json_t *data;
    bool cut;

    data = ngx_http_shop_page_shared(ctx, text->seo_title.len > 0 ? text->seo_title : text->name);
    if (data == NULL) {
        return NULL;
    }

    if (about.len == 0 &&
        shop_html_excerpt(&ctx->arena, text->description, 160, &about, &cut) != SHOP_OK) {
        return NULL;
    }

    shop_json_set_text(json_object_get(data, "page"), "description", about);
    json_object_set_new(data, "product", ngx_http_shop_card(ctx, item));
    json_object_set_new(data, "crumbs", crumbs_view(ctx, item));
    shop_json_set_text(data, "description", text->description);
    shop_json_set_text(data, "notes", text->notes);
    shop_json_set_text(data, "terms", text->eula);
    shop_json_set_text(data, "structured", structured(ctx, item));

    return data;
}


static json_t *crumbs_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    const shop_category_t *category;
    json_t *crumbs = json_array();
    shop_str_t alias;
    size_t depth = 0;

    for (category = item->category; category != NULL && depth < 8; category = category->parent) {
        if (shop_percent_encode(&ctx->arena, category->alias, &alias) != SHOP_OK) {
            break;
        }

        json_array_insert_new(crumbs, 0,
                              json_pack("{s:o, s:o}", "name",
                                        shop_json_str(category->text[ctx->lang->index].name), "url",
                                        shop_json_str(ngx_http_shop_url(ctx, "c/", alias))));
        depth++;
    }

    return crumbs;
}


/* schema.org, for search engines. */
static shop_str_t structured(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    const shop_texts_t *text = &item->text[ctx->lang->index];
    shop_tier_t tiers[SHOP_TIERS];
    shop_str_t price, summary, json;
    shop_buf_t out;
    json_t *product;
    bool cut;

    if (item->kind == SHOP_ITEM_SET || shop_item_tiers(ctx->shop, item, tiers) == 0 ||
        shop_html_excerpt(&ctx->arena, text->description, 300, &summary, &cut) != SHOP_OK ||
        shop_money_print(&ctx->arena, tiers[0].taxed, ctx->shop->currency->exponent, &price) !=
            SHOP_OK) {
        return SHOP_STR("");
    }

    product = ngx_http_shop_own(
        ctx, json_pack("{s:s, s:s, s:o, s:o, s:o, s:{s:s, s:o, s:s}}", "@context",
                       "https://schema.org", "@type", "Product", "name", shop_json_str(text->name),
                       "sku", shop_json_str(item->code), "description", shop_json_str(summary),
                       "offers", "@type", "Offer", "price", shop_json_str(price), "priceCurrency",
                       ctx->shop->currency->code));

    if (product == NULL || shop_json_dump(&ctx->arena, product, &json) != SHOP_OK) {
        return SHOP_STR("");
    }

    shop_buf_init(&out, &ctx->arena, 0);
    escape_script(&out, json);

    return shop_buf_str(&out);
}


/* Inside <script> nothing may look like its end. */
static void escape_script(shop_buf_t *out, shop_str_t json)
{
    size_t i;

    for (i = 0; i < json.len; i++) {
        if (json.data[i] == '<') {
            shop_buf_add(out, SHOP_STR("\\u003c"));
        } else {
            shop_buf_add_char(out, json.data[i]);
        }
    }
}
