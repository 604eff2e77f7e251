/*
 * The catalogue: by tabs (one category) or stacked (all of them), the same for everybody of a
 * class.
 */

#include "web/front.h"


#define SHOP_CATEGORY_DEPTH 8


static ngx_int_t show_category(ngx_http_shop_ctx_t *ctx, const shop_category_t *category);
static void look_tabbed(ngx_http_shop_ctx_t *ctx);
static void look_stacked(ngx_http_shop_ctx_t *ctx);
static void look_category(ngx_http_shop_ctx_t *ctx, const shop_category_t *category,
                          unsigned depth);
static json_t *build_tabbed(ngx_http_shop_ctx_t *ctx);
static json_t *build_stacked(ngx_http_shop_ctx_t *ctx);
static json_t *levels_view(ngx_http_shop_ctx_t *ctx, const shop_category_t *current);
static json_t *tabs_view(ngx_http_shop_ctx_t *ctx, shop_category_t *const *list, size_t count,
                         const shop_category_t *current);
static void add_sections(ngx_http_shop_ctx_t *ctx, json_t *sections,
                         const shop_category_t *category, unsigned depth);
static json_t *section_view(ngx_http_shop_ctx_t *ctx, const shop_category_t *category,
                            unsigned depth);
static bool under(const shop_category_t *category, const shop_category_t *ancestor);
static shop_str_t category_url(ngx_http_shop_ctx_t *ctx, const shop_category_t *category);


ngx_int_t ngx_http_shop_catalog(ngx_http_shop_ctx_t *ctx)
{
    ctx->step = SHOP_STR("shop");

    if (ctx->shop->tabbed) {
        return show_category(ctx, shop_first_category(ctx->shop, &ctx->visitor));
    }

    ctx->canonical = SHOP_STR("");

    return ngx_http_shop_shared_page(
        ctx, &(ngx_http_shop_kind_t){"all", 0, "catalog", look_stacked, build_stacked});
}


ngx_int_t ngx_http_shop_category(ngx_http_shop_ctx_t *ctx)
{
    const shop_category_t *category;

    ctx->step = SHOP_STR("shop");
    category = shop_find_category(ngx_http_shop_snapshot(ctx), ctx->shop, ctx->captures[0]);

    if (category == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return show_category(ctx, shop_category_to_open(category, &ctx->visitor));
}


static ngx_int_t show_category(ngx_http_shop_ctx_t *ctx, const shop_category_t *category)
{
    shop_str_t path = SHOP_STR("");

    ctx->state = (void *) category;

    if (category != NULL &&
        shop_arena_printf(&ctx->arena, &path, "c/%.*s", (int) category->alias.len,
                          category->alias.data) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->canonical = path;

    return ngx_http_shop_shared_page(
        ctx, &(ngx_http_shop_kind_t){"category", category != NULL ? category->id : 0, "catalog",
                                     look_tabbed, build_tabbed});
}


static void look_tabbed(ngx_http_shop_ctx_t *ctx)
{
    const shop_category_t *category = ctx->state;

    if (category != NULL) {
        look_category(ctx, category, SHOP_CATEGORY_DEPTH);
    }
}


static void look_stacked(ngx_http_shop_ctx_t *ctx)
{
    const shop_catalog_t *catalog = ctx->shop->catalog;
    size_t i;

    for (i = 0; i < catalog->root_count; i++) {
        look_category(ctx, catalog->roots[i], 2);
    }
}


/* As deep as add_sections(). */
static void look_category(ngx_http_shop_ctx_t *ctx, const shop_category_t *category, unsigned depth)
{
    size_t i;

    for (i = 0; i < category->item_count; i++) {
        ngx_http_shop_offer_look(ctx, category->items[i]);
    }

    for (i = 0; depth < SHOP_CATEGORY_DEPTH && i < category->child_count; i++) {
        look_category(ctx, category->children[i], depth + 1);
    }
}


static json_t *build_tabbed(ngx_http_shop_ctx_t *ctx)
{
    const shop_category_t *category = ctx->state;
    json_t *data, *sections;
    bool cut;
    shop_str_t about;

    if (category == NULL) {
        data = ngx_http_shop_page_shared(ctx, ngx_http_shop_text(ctx, "catalog.title"));
        json_object_set_new(data, "nothing", json_true());
        return data;
    }

    data = ngx_http_shop_page_shared(ctx, category->text[ctx->lang->index].name);
    sections = json_array();

    if (data == NULL || json_object_set_new(data, "sections", sections) != 0) {
        return NULL;
    }

    if (shop_html_excerpt(&ctx->arena, category->text[ctx->lang->index].description, 160, &about,
                          &cut) == SHOP_OK) {
        shop_json_set_text(json_object_get(data, "page"), "description", about);
    }

    json_object_set_new(data, "tabbed", json_true());
    json_object_set_new(data, "levels", levels_view(ctx, category));
    json_array_append_new(sections, section_view(ctx, category, 2));

    return data;
}


static json_t *build_stacked(ngx_http_shop_ctx_t *ctx)
{
    const shop_catalog_t *catalog = ctx->shop->catalog;
    json_t *data, *sections = json_array();
    size_t i;

    data = ngx_http_shop_page_shared(ctx, ngx_http_shop_text(ctx, "catalog.title"));

    if (data == NULL || json_object_set_new(data, "sections", sections) != 0) {
        return NULL;
    }

    for (i = 0; i < catalog->root_count; i++) {
        add_sections(ctx, sections, catalog->roots[i], 2);
    }

    json_object_set_new(data, "nothing", json_boolean(json_array_size(sections) == 0));

    return data;
}


static void add_sections(ngx_http_shop_ctx_t *ctx, json_t *sections,
                         const shop_category_t *category, unsigned depth)
{
    size_t i;

    if (depth > SHOP_CATEGORY_DEPTH) {
        return;
    }

    json_array_append_new(sections, section_view(ctx, category, depth));

    for (i = 0; i < category->child_count; i++) {
        add_sections(ctx, sections, category->children[i], depth + 1);
    }
}


static json_t *section_view(ngx_http_shop_ctx_t *ctx, const shop_category_t *category,
                            unsigned depth)
{
    const shop_texts_t *text = &category->text[ctx->lang->index];
    json_t *products = json_array();
    char level[8];
    size_t i;

    for (i = 0; i < category->item_count; i++) {
        if (shop_item_visible(category->items[i], &ctx->visitor)) {
            json_array_append_new(products, ngx_http_shop_card(ctx, category->items[i]));
        }
    }

    (void) ngx_snprintf((u_char *) level, sizeof(level), "is_%ud%Z", ngx_min(depth, 4));

    return json_pack("{s:o, s:o, s:o, s:i, s:b, s:b, s:o}", "id", shop_json_str(category->alias),
                     "name", shop_json_str(text->name), "description",
                     shop_json_str(text->description), "level", (int) depth, level, 1, "empty",
                     json_array_size(products) == 0 && category->child_count == 0, "products",
                     products);
}


/* One row of tabs per level of the branch that `current` lies in, and one for its children. */
static json_t *levels_view(ngx_http_shop_ctx_t *ctx, const shop_category_t *current)
{
    const shop_category_t *branch[SHOP_CATEGORY_DEPTH];
    const shop_category_t *c;
    json_t *levels = json_array();
    size_t depth = 0, i;

    for (c = current; c != NULL && depth < SHOP_CATEGORY_DEPTH; c = c->parent) {
        branch[depth++] = c;
    }

    json_array_append_new(
        levels, tabs_view(ctx, ctx->shop->catalog->roots, ctx->shop->catalog->root_count, current));

    for (i = depth; i > 0; i--) {
        c = branch[i - 1];

        if (c->child_count > 0) {
            json_array_append_new(levels, tabs_view(ctx, c->children, c->child_count, current));
        }
    }

    return levels;
}


static json_t *tabs_view(ngx_http_shop_ctx_t *ctx, shop_category_t *const *list, size_t count,
                         const shop_category_t *current)
{
    json_t *tabs = json_array();
    size_t i;

    for (i = 0; i < count; i++) {
        json_array_append_new(tabs, json_pack("{s:o, s:o, s:b}", "name",
                                              shop_json_str(list[i]->text[ctx->lang->index].name),
                                              "url", shop_json_str(category_url(ctx, list[i])),
                                              "current", under(current, list[i])));
    }

    return json_pack("{s:o}", "tabs", tabs);
}


static bool under(const shop_category_t *category, const shop_category_t *ancestor)
{
    size_t depth;

    for (depth = 0; category != NULL && depth < SHOP_CATEGORY_DEPTH; depth++) {
        if (category == ancestor) {
            return true;
        }

        category = category->parent;
    }

    return false;
}


static shop_str_t category_url(ngx_http_shop_ctx_t *ctx, const shop_category_t *category)
{
    shop_str_t alias;

    if (shop_percent_encode(&ctx->arena, category->alias, &alias) != SHOP_OK) {
        return SHOP_STR("");
    }

    return ngx_http_shop_url(ctx, "c/", alias);
}
