/*
 * GET order/<code>/certificate/<number>: the certificate that the shop issued, as PDF for its
 * owner.
 *
 * order (read and judged by order.c) -> texts -> drawn in a thread -> sent. The number leads
 * anybody to the page where it can be checked; the document itself is the buyer's.
 */

#include "web/front.h"

#include <stdlib.h>


/* Drawing takes some tens of milliseconds, the first time more: fonts are looked for. */
#define SHOP_DRAW_TIMEOUT 4000


/* In the pool of the operation: the thread reads it. */
typedef struct {
    shop_certificate_t certificate;
    unsigned char *pdf; /* malloc'ed by the thread */
    size_t len;
} drawing_t;


static json_t *find_certificate(json_t *order, shop_str_t number);
static ngx_int_t take_texts(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *issued,
                            shop_arena_t *arena, shop_certificate_t *certificate);
static shop_str_t text_of(ngx_http_shop_ctx_t *ctx, const shop_lang_t *lang, const char *key,
                          json_t *argument);
static shop_str_t date_text(ngx_http_shop_ctx_t *ctx, const shop_lang_t *lang, json_t *issued);
static shop_str_t asset_content(ngx_http_shop_ctx_t *ctx, const char *name);
static ngx_int_t draw(void *data);
static void drop(void *data);
static ngx_int_t on_drawn(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


ngx_int_t ngx_http_shop_order_certificate_show(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    json_t *issued = find_certificate(order, ctx->captures[1]);
    shop_arena_t arena;
    drawing_t *drawing;
    shop_op_t *op;

    if (issued == NULL) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    op = ngx_http_shop_await(ctx, SHOP_DRAW_TIMEOUT, on_drawn);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    arena = shop_pool_arena(op->pool);
    drawing = ngx_pcalloc(op->pool, sizeof(drawing_t));
    ctx->state = drawing;

    if (drawing == NULL ||
        take_texts(ctx, order, issued, &arena, &drawing->certificate) != NGX_OK) {
        shop_op_refuse(op, SHOP_LINK_ERROR, "no memory");
        return NGX_DONE;
    }

    shop_thread_run(ctx->main->threads, op, draw, drop, drawing);

    return NGX_DONE;
}


static json_t *find_certificate(json_t *order, shop_str_t number)
{
    json_t *item, *certificate;
    size_t i;

    json_array_foreach(json_object_get(order, "items"), i, item)
    {
        certificate = json_object_get(item, "certificate");

        if (shop_str_eq(shop_json_text(certificate, "number"), number) && number.len > 0 &&
            !shop_json_bool(certificate, "revoked")) {
            return certificate;
        }
    }

    return NULL;
}


/* In the order's language, so that it reads the same whoever prints it; copied for the thread. */
static ngx_int_t take_texts(ngx_http_shop_ctx_t *ctx, json_t *order, json_t *issued,
                            shop_arena_t *arena, shop_certificate_t *certificate)
{
    const shop_lang_t *lang = shop_lang_find(shop_json_text(order, "lang"));
    ngx_str_t *base = &ctx->main->base_url;
    shop_str_t page, address, number = shop_json_text(issued, "number");
    shop_str_t texts[11];
    shop_str_t *const members[] = {&certificate->title,  &certificate->lead,   &certificate->holder,
                                   &certificate->body,   &certificate->course, &certificate->date,
                                   &certificate->seller, &certificate->number, &certificate->verify,
                                   &certificate->address};
    size_t i;

    lang = lang != NULL ? lang : ctx->lang;
    page = ngx_http_shop_url(ctx, "certificate/", number);

    if (shop_arena_printf(&ctx->arena, &address, "%.*s%.*s", (int) base->len, base->data,
                          (int) page.len, page.data) != SHOP_OK) {
        return NGX_ERROR;
    }

    texts[0] = text_of(ctx, lang, "certificate.print_title", NULL);
    texts[1] = text_of(ctx, lang, "certificate.print_lead", NULL);
    texts[2] = shop_json_text(issued, "holder");
    texts[3] = text_of(ctx, lang, "certificate.print_body", NULL);
    texts[4] = shop_json_text(issued, "course");
    texts[5] = date_text(ctx, lang, issued);
    texts[6] = shop_json_text(json_object_get(order, "seller"), "name");
    texts[7] = text_of(ctx, lang, "certificate.number", shop_json_str(number));
    texts[8] = text_of(ctx, lang, "certificate.print_verify", shop_json_str(address));
    texts[9] = address;
    texts[10] = shop_json_text(issued, "issued_at");

    for (i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        if (shop_arena_copy(arena, texts[i], members[i]) != SHOP_OK) {
            return NGX_ERROR;
        }
    }

    certificate->logo = asset_content(ctx, "certificate-logo.png");
    certificate->signature = asset_content(ctx, "certificate-signature.png");
    certificate->issued_at = shop_arena_cstring(arena, texts[10]);

    return certificate->issued_at != NULL ? NGX_OK : NGX_ERROR;
}


/* The argument is released. */
static shop_str_t text_of(ngx_http_shop_ctx_t *ctx, const shop_lang_t *lang, const char *key,
                          json_t *argument)
{
    shop_buf_t out;

    shop_buf_init(&out, &ctx->arena, 1024);
    shop_lang_format(&out, shop_lang_text(ctx->main->strings, lang, shop_str(key)), argument);
    json_decref(argument);

    return shop_buf_str(&out);
}


/* The day when the course was completed, else the day of issue. */
static shop_str_t date_text(ngx_http_shop_ctx_t *ctx, const shop_lang_t *lang, json_t *issued)
{
    shop_str_t when = shop_json_text(issued, "completed_at"), date;
    const char *key = "certificate.print_completed";
    int64_t seconds;

    if (when.len == 0) {
        when = shop_json_text(issued, "issued_at");
        key = "certificate.print_issued";
    }

    if (shop_time_parse(when, &seconds) != SHOP_OK ||
        shop_time_date(&ctx->arena, seconds, ngx_http_shop_utc_offset(ctx), lang->code, &date) !=
            SHOP_OK) {
        return SHOP_STR("");
    }

    return text_of(ctx, lang, key, shop_json_str(date));
}


/* A picture of the theme; it lives as long as the configuration, which outlives the operation. */
static shop_str_t asset_content(ngx_http_shop_ctx_t *ctx, const char *name)
{
    ngx_http_shop_asset_t *asset = ctx->main->assets.elts;
    ngx_uint_t i;

    for (i = 0; i < ctx->main->assets.nelts; i++) {
        if (asset[i].name.len == ngx_strlen(name) &&
            ngx_memcmp(asset[i].name.data, name, asset[i].name.len) == 0) {
            return (shop_str_t){asset[i].content.len, asset[i].content.data};
        }
    }

    return SHOP_STR("");
}


static ngx_int_t draw(void *data)
{
    drawing_t *drawing = data;

    return shop_certificate_pdf(&drawing->certificate, &drawing->pdf, &drawing->len) == SHOP_OK
               ? NGX_OK
               : NGX_ERROR;
}


static void drop(void *data)
{
    drawing_t *drawing = data;

    free(drawing->pdf);
}


static ngx_int_t on_drawn(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    drawing_t *drawing = ctx->state;
    shop_str_t pdf, name;

    if (op->status != SHOP_LINK_OK) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_arena_copy(&ctx->arena, (shop_str_t){drawing->len, drawing->pdf}, &pdf) != SHOP_OK ||
        shop_arena_printf(&ctx->arena, &name, "inline; filename=\"%.*s.pdf\"",
                          (int) ctx->captures[1].len, ctx->captures[1].data) != SHOP_OK ||
        ngx_http_shop_header(ctx->r, SHOP_STR("Content-Disposition"), name) != NGX_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, NGX_HTTP_OK, "application/pdf", &pdf, 1, SHOP_CACHE_NO_STORE);
}
