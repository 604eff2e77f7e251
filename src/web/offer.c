/*
 * Products that their handlers refuse to this visitor: what is known goes to the rules, as a part
 * of who the visitor is. A page never waits for it; who puts something into the cart, or launches
 * an order, waits for a moment.
 */

#include "web/front.h"


/* What is asked in front of a visitor. */
#define SHOP_OFFER_TIMEOUT 2000

/* What was found out while the cart was filled need not be asked again at its launch. */
#define SHOP_OFFER_AGE 10


typedef struct {
    ngx_array_t products; /* shop_product_asked_t */
    ngx_http_shop_handler_pt then;
} offer_t;

typedef void (*each_pt)(ngx_http_shop_ctx_t *ctx, const shop_product_asked_t *product, void *data);


static void each_product(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, each_pt each,
                         void *data);
static void look_at(ngx_http_shop_ctx_t *ctx, const shop_product_asked_t *product, void *data);
static void refuse(ngx_http_shop_ctx_t *ctx, int64_t item, const char *why);
static const shop_item_t *line_item(ngx_http_shop_ctx_t *ctx, size_t line);
static offer_t *offer_create(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);
static void collect(ngx_http_shop_ctx_t *ctx, const shop_product_asked_t *product, void *data);
static ngx_int_t ask(ngx_http_shop_ctx_t *ctx, int64_t age);
static ngx_int_t on_asked(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx);


/* --- what is known --- */

/* The product, and those that it is made of, as far as their handlers have something to say. */
static void each_product(ngx_http_shop_ctx_t *ctx, const shop_item_t *item, each_pt each,
                         void *data)
{
    shop_product_asked_t product = {
        .handler = shop_handler_find(item->handler),
        .params = item->params,
        .item = item->id,
        .user = ctx->visitor.user,
    };
    size_t i;

    if (shop_available_asks(product.handler)) {
        each(ctx, &product, data);
    }

    for (i = 0; i < item->element_count; i++) {
        each_product(ctx, item->elements[i], each, data);
    }
}


void ngx_http_shop_offer_look(ngx_http_shop_ctx_t *ctx, const shop_item_t *item)
{
    if (item != NULL) {
        each_product(ctx, item, look_at, NULL);
    }
}


/* An order that was placed stays what it is, also when it has been produced by now. */
void ngx_http_shop_offer_look_cart(ngx_http_shop_ctx_t *ctx)
{
    size_t i;

    for (i = 0; !ctx->cart->launched && i < ctx->cart->line_count; i++) {
        ngx_http_shop_offer_look(ctx, line_item(ctx, i));
    }
}


static const shop_item_t *line_item(ngx_http_shop_ctx_t *ctx, size_t line)
{
    return shop_find_item(ngx_http_shop_snapshot(ctx), ctx->shop, ctx->cart->lines[line].shortname);
}


static void look_at(ngx_http_shop_ctx_t *ctx, const shop_product_asked_t *product, void *data)
{
    const char *why = shop_available_reason(shop_available(ngx_http_shop_worker->work, product));

    (void) data;

    if (why != NULL) {
        refuse(ctx, product->item, why);
    }
}


/* Without memory it is not known. */
static void refuse(ngx_http_shop_ctx_t *ctx, int64_t item, const char *why)
{
    shop_refused_t *refused;
    size_t i;

    for (i = 0; i < ctx->visitor.refused_count; i++) {
        if (ctx->visitor.refused[i].item == item) {
            return;
        }
    }

    if (ctx->refused == NULL) {
        ctx->refused = ngx_array_create(ctx->r->pool, 4, sizeof(shop_refused_t));
    }

    refused = ctx->refused != NULL ? ngx_array_push(ctx->refused) : NULL;
    if (refused == NULL) {
        return;
    }

    *refused = (shop_refused_t){item, why};
    ctx->visitor.refused = ctx->refused->elts;
    ctx->visitor.refused_count = ctx->refused->nelts;
    ctx->visitor.refused_hidden = ctx->shop->hides_refused && !ctx->visitor.see_all;
}


/* In whatever order they were looked at. */
uint32_t ngx_http_shop_offer_digest(ngx_http_shop_ctx_t *ctx)
{
    uint32_t digest = 0, crc;
    size_t i;

    for (i = 0; i < ctx->visitor.refused_count; i++) {
        const shop_refused_t *refused = &ctx->visitor.refused[i];

        ngx_crc32_init(crc);
        ngx_crc32_update(&crc, (u_char *) &refused->item, sizeof(refused->item));
        ngx_crc32_update(&crc, (u_char *) refused->why, ngx_strlen(refused->why));
        ngx_crc32_final(crc);
        digest ^= crc;
    }

    return ctx->visitor.refused_count > 0 ? digest | 1 : 0;
}


/* --- asking, with somebody who waits --- */

ngx_int_t ngx_http_shop_offer_ask(ngx_http_shop_ctx_t *ctx, const shop_item_t *item,
                                  ngx_http_shop_handler_pt then)
{
    offer_t *offer = offer_create(ctx, then);

    if (offer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (item == NULL) {
        return then(ctx);
    }

    each_product(ctx, item, collect, offer);

    return ask(ctx, SHOP_AVAILABLE_AS_KEPT);
}


ngx_int_t ngx_http_shop_offer_ask_cart(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    offer_t *offer = offer_create(ctx, then);
    const shop_item_t *item;
    size_t i;

    if (offer == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; i < ctx->cart->line_count; i++) {
        item = line_item(ctx, i);

        if (item != NULL) {
            each_product(ctx, item, collect, offer);
        }
    }

    return ask(ctx, SHOP_OFFER_AGE);
}


static offer_t *offer_create(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    offer_t *offer = ngx_pcalloc(ctx->r->pool, sizeof(offer_t));

    if (offer == NULL ||
        ngx_array_init(&offer->products, ctx->r->pool, 4, sizeof(shop_product_asked_t)) != NGX_OK) {
        return NULL;
    }

    offer->then = then;
    ctx->offer = offer;

    return offer;
}


static void collect(ngx_http_shop_ctx_t *ctx, const shop_product_asked_t *product, void *data)
{
    offer_t *offer = data;
    shop_product_asked_t *one = ngx_array_push(&offer->products);

    (void) ctx;

    if (one != NULL) {
        *one = *product;
    }
}


static ngx_int_t ask(ngx_http_shop_ctx_t *ctx, int64_t age)
{
    offer_t *offer = ctx->offer;
    shop_product_asked_t *product = offer->products.elts;
    shop_op_t *op;
    ngx_uint_t i;

    for (i = 0; i < offer->products.nelts; i++) {
        if (shop_available_wanted(ngx_http_shop_worker->work, &product[i], age)) {
            break;
        }
    }

    if (i == offer->products.nelts) {
        return go_on(ctx);
    }

    op = ngx_http_shop_await(ctx, SHOP_OFFER_TIMEOUT, on_asked);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_available_wait(ngx_http_shop_worker->work, op, product, offer->products.nelts, age);

    return NGX_DONE;
}


/* In time or not: what is known by now counts. */
static ngx_int_t on_asked(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    (void) op;

    return go_on(ctx);
}


static ngx_int_t go_on(ngx_http_shop_ctx_t *ctx)
{
    offer_t *offer = ctx->offer;
    shop_product_asked_t *product = offer->products.elts;
    ngx_uint_t i;

    ctx->refused = NULL;
    ctx->visitor.refused = NULL;
    ctx->visitor.refused_count = 0;

    for (i = 0; i < offer->products.nelts; i++) {
        look_at(ctx, &product[i], NULL);
    }

    return offer->then(ctx);
}
