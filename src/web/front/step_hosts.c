/*
 * Names of hosts that were typed as order parameters: none that has been sold already (handlers.md
 * 9.15). Without an answer of the database the buyer goes on: production asks again.
 */

#include "web/front.h"


typedef struct {
    ngx_http_shop_handler_pt then;
    shop_form_unit_t *units;
    size_t count;
} hosts_t;


static json_t *typed_hosts(ngx_http_shop_ctx_t *ctx, const hosts_t *hosts);
static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static void refuse_taken(ngx_http_shop_ctx_t *ctx, const json_t *taken,
                         const shop_form_unit_t *unit, const shop_field_t *field);
static bool is_host(const shop_field_t *field);
static bool contains(const json_t *list, shop_str_t text);


ngx_int_t ngx_http_shop_hosts_check(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    hosts_t *hosts = ngx_palloc(ctx->r->pool, sizeof(hosts_t));
    json_t *list;

    if (hosts == NULL || shop_required_units(&ctx->arena, ctx->cart, &where, &hosts->units,
                                             &hosts->count) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    hosts->then = then;
    ctx->asking = hosts;
    list = typed_hosts(ctx, hosts);

    if (json_array_size(list) == 0) {
        json_decref(list);
        return then(ctx);
    }

    return ngx_http_shop_call(ctx, SHOP_PG_PAGES, SHOP_SQL_HOSTS_TAKEN,
                              json_pack("{s:o}", "hosts", list), on_answer);
}


static bool is_host(const shop_field_t *field)
{
    return shop_str_eq(field->pattern, SHOP_STR("@host"));
}


static json_t *typed_hosts(ngx_http_shop_ctx_t *ctx, const hosts_t *hosts)
{
    json_t *list = json_array();
    size_t i, n;

    for (i = 0; i < hosts->count; i++) {
        for (n = 0; n < hosts->units[i].owner->field_count; n++) {
            const shop_field_t *field = &hosts->units[i].owner->fields[ctx->lang->index][n];

            if (is_host(field)) {
                json_array_append_new(
                    list, shop_json_str(shop_required_value(ctx->cart, &hosts->units[i], field)));
            }
        }
    }

    return list;
}


static ngx_int_t on_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    hosts_t *hosts = ctx->asking;
    const json_t *taken = json_object_get(ngx_http_shop_answer(ctx, op), "taken");
    size_t i, n;

    for (i = 0; i < hosts->count; i++) {
        for (n = 0; n < hosts->units[i].owner->field_count; n++) {
            refuse_taken(ctx, taken, &hosts->units[i],
                         &hosts->units[i].owner->fields[ctx->lang->index][n]);
        }
    }

    return hosts->then(ctx);
}


static void refuse_taken(ngx_http_shop_ctx_t *ctx, const json_t *taken,
                         const shop_form_unit_t *unit, const shop_field_t *field)
{
    shop_str_t name;

    if (!is_host(field) || !contains(taken, shop_required_value(ctx->cart, unit, field)) ||
        shop_required_name(&ctx->arena, unit, field, &name) != SHOP_OK) {
        return;
    }

    shop_required_drop(ctx->cart, unit, field);
    ngx_http_shop_answer_refused(
        ctx, (shop_refusal_t){.key = "host_taken", .field = (const char *) name.data});
}


static bool contains(const json_t *list, shop_str_t text)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        if (shop_str_eq(shop_str(json_string_value(one)), text)) {
            return true;
        }
    }

    return false;
}
