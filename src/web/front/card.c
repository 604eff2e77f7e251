/*
 * A product as the catalogue and its own page show it.
 */

#include "web/front.h"


#define SHOP_SUMMARY_CHARACTERS 200


static shop_str_t media_url(ngx_http_shop_ctx_t *ctx, shop_str_t file);
static void add_leaflet(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, json_t *card);
static json_t *price_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static json_t *tiers_view(ngx_http_shop_ctx_t *ctx, const shop_tier_t *tiers, size_t count);
static shop_str_t tier_label(ngx_http_shop_ctx_t *ctx, const shop_tier_t *tier);
static void add_buying(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, json_t *card);
static json_t *elements_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static json_t *bundle_element(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
static shop_str_t summary_of(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, bool *cut);


json_t *ngx_http_shop_card(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    const shop_texts_t *text = &item->text[ctx->lang->index];
    bool cut = false;
    shop_str_t summary = summary_of(ctx, item, &cut);
    json_t *card;

    card = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "shortname",
                     shop_json_str(item->shortname), "code", shop_json_str(item->code), "name",
                     shop_json_str(text->name), "url",
                     shop_json_str(ngx_http_shop_item_url(ctx, item)), "image",
                     shop_json_str(ngx_http_shop_image_url(ctx, item)), "summary",
                     shop_json_str(summary), "long", cut);
    if (card == NULL) {
        return NULL;
    }

    add_leaflet(ctx, item, card);
    json_object_set_new(card, "is_set", json_boolean(item->kind == SHOP_ITEM_SET));
    json_object_set_new(card, "is_bundle", json_boolean(item->kind == SHOP_ITEM_BUNDLE));
    json_object_set_new(card, "seats", json_boolean(shop_item_seats(item, 1) > 0));
    json_object_set_new(card, "configurable", json_boolean(shop_item_has_fields(item)));

    if (item->kind != SHOP_ITEM_SET) {
        json_object_set_new(card, "price", price_view(ctx, item));
        add_buying(ctx, item, card);
    }

    if (item->element_count > 0) {
        json_object_set_new(card, "elements", elements_view(ctx, item));
        json_object_set_new(card, "show_names", json_boolean(item->shows_name));
        json_object_set_new(card, "show_descriptions", json_boolean(item->shows_description));
    }

    return card;
}


shop_str_t ngx_http_shop_item_url(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    shop_str_t alias;

    if (shop_percent_encode(&ctx->arena, item->alias, &alias) != SHOP_OK) {
        return SHOP_STR("");
    }

    return ngx_http_shop_url(ctx, "p/", alias);
}


shop_str_t ngx_http_shop_image_url(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    return media_url(ctx, item->image);
}


static shop_str_t media_url(ngx_http_shop_ctx_t *ctx, shop_str_t file)
{
    ngx_str_t *media = &ctx->main->media_url;
    shop_str_t url, name;

    if (file.len == 0 || shop_percent_encode(&ctx->arena, file, &name) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &url, "%.*s%.*s", (int) media->len, media->data,
                          (int) name.len, name.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return url;
}


static void add_leaflet(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, json_t *card)
{
    if (item->leaflet.len == 0) {
        return;
    }

    json_object_set_new(card, "leaflet",
                        json_pack("{s:o, s:b}", "url", shop_json_str(media_url(ctx, item->leaflet)),
                                  "download", ctx->shop->leaflet_download));
}


static shop_str_t summary_of(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, bool *cut)
{
    shop_str_t summary;

    if (shop_html_excerpt(&ctx->arena, item->text[ctx->lang->index].description,
                          SHOP_SUMMARY_CHARACTERS, &summary, cut) != SHOP_OK) {
        return SHOP_STR("");
    }

    return summary;
}


static json_t *price_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    shop_tier_t tiers[SHOP_TIERS];
    size_t count = shop_item_tiers(ctx->shop, item, tiers);

    if (count == 0) {
        return json_null();
    }

    return json_pack("{s:o, s:b, s:b, s:b, s:o}", "amount",
                     shop_json_str(ngx_http_shop_unit_price(ctx, tiers[0].taxed)), "has_tiers",
                     count > 1, "tax_included", ctx->shop->allow_tax && item->tax != NULL, "free",
                     tiers[0].taxed.e4 == 0, "tiers", tiers_view(ctx, tiers, count));
}


static json_t *tiers_view(ngx_http_shop_ctx_t *ctx, const shop_tier_t *tiers, size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; count > 1 && i < count; i++) {
        json_array_append_new(
            list,
            json_pack("{s:o, s:o}", "label", shop_json_str(tier_label(ctx, &tiers[i])), "amount",
                      shop_json_str(ngx_http_shop_unit_price(ctx, tiers[i].taxed))));
    }

    return list;
}


/* "1–5", "6", "11+" */
static shop_str_t tier_label(ngx_http_shop_ctx_t *ctx, const shop_tier_t *tier)
{
    shop_buf_t label;

    shop_buf_init(&label, &ctx->arena, 64);
    shop_buf_add_int(&label, tier->from);

    if (tier->to == 0) {
        shop_buf_add_char(&label, '+');

    } else if (tier->to != tier->from) {
        shop_buf_add(&label, SHOP_STR("–"));
        shop_buf_add_int(&label, tier->to);
    }

    return shop_buf_str(&label);
}


static void add_buying(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, json_t *card)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_refusal_t refusal = shop_item_orderable(item, &where);
    int64_t max = shop_item_max(item);

    json_object_set_new(card, "max", json_integer(max));
    json_object_set_new(card, "choose_quantity", json_boolean(max != 1));
    json_object_set_new(card, "passcode", json_boolean(item->passcode.len > 0));
    json_object_set_new(card, "buyable", json_boolean(refusal.key == NULL));

    if (refusal.key == NULL) {
        return;
    }

    refusal.name = item->text[ctx->lang->index].name;
    shop_json_set_text(card, "reason", ngx_http_shop_refusal(ctx, &refusal));

    if (!ctx->visitor.logged_in && item->audience > SHOP_AUDIENCE_ALL) {
        shop_json_set_text(card, "login_url", ngx_http_shop_url(ctx, "login", SHOP_STR("")));
    }
}


static json_t *elements_view(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < item->element_count; i++) {
        if (!shop_item_visible(item->elements[i], &ctx->visitor)) {
            continue;
        }

        json_array_append_new(list, item->kind == SHOP_ITEM_SET
                                        ? ngx_http_shop_card(ctx, item->elements[i])
                                        : bundle_element(ctx, item->elements[i]));
    }

    return list;
}


static json_t *bundle_element(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    bool cut;

    return json_pack("{s:o, s:o, s:o}", "name", shop_json_str(item->text[ctx->lang->index].name),
                     "image", shop_json_str(ngx_http_shop_image_url(ctx, item)), "summary",
                     shop_json_str(summary_of(ctx, item, &cut)));
}
