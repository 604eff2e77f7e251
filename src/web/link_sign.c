/*
 * Signed links: who holds one may read one order, for a while, and is logged in nowhere
 * (objects.md 9.11). The signature covers the order and the moment it ends.
 */

#include "web/front.h"


#define SHOP_TICKET_LIFE (30 * 24 * 3600) /* of the link in a mail */
#define SHOP_LINK_MAC 22                  /* base64url characters: 132 bits */


static shop_status_t make_mac(ngx_http_shop_main_conf_t *conf, shop_arena_t *arena,
                              shop_str_t transid, int64_t end, shop_str_t *mac);


static shop_status_t make_mac(ngx_http_shop_main_conf_t *conf, shop_arena_t *arena,
                              shop_str_t transid, int64_t end, shop_str_t *mac)
{
    u_char digest[SHOP_SHA256_SIZE];
    shop_str_t message;
    shop_status_t status;

    status = shop_arena_printf(arena, &message, "order:%.*s:%lld", (int) transid.len, transid.data,
                               (long long) end);

    if (status == SHOP_OK) {
        status =
            shop_hmac_sha256((shop_str_t){conf->secret.len, conf->secret.data}, message, digest);
    }

    if (status == SHOP_OK) {
        status = shop_base64url_encode(arena, (shop_str_t){sizeof(digest), digest}, mac);
        mac->len = SHOP_LINK_MAC;
    }

    return status;
}


shop_status_t ngx_http_shop_link_sign(ngx_http_shop_main_conf_t *conf, shop_arena_t *arena,
                                      shop_str_t transid, int64_t end, shop_str_t *query)
{
    shop_str_t mac;
    shop_status_t status = make_mac(conf, arena, transid, end, &mac);

    if (status != SHOP_OK) {
        return status;
    }

    return shop_arena_printf(arena, query, "e=%lld&k=%.*s", (long long) end, (int) mac.len,
                             mac.data);
}


bool ngx_http_shop_link_valid(ngx_http_shop_ctx_t *ctx, shop_str_t transid)
{
    shop_str_t end_text = shop_form_text(&ctx->query, "e");
    shop_str_t given = shop_form_text(&ctx->query, "k");
    shop_str_t mac;
    int64_t end;

    if (given.len != SHOP_LINK_MAC || shop_str_to_int(end_text, &end) != SHOP_OK ||
        make_mac(ctx->main, &ctx->arena, transid, end, &mac) != SHOP_OK) {
        return false;
    }

    return shop_secret_eq(mac, given) && end >= ngx_time();
}


ngx_http_shop_mount_t *ngx_http_shop_mount_find(ngx_http_shop_main_conf_t *conf, shop_str_t alias)
{
    ngx_http_shop_mount_t *mount = conf->mounts.elts;
    ngx_uint_t i;

    for (i = 0; i < conf->mounts.nelts; i++) {
        if (shop_str_eq(alias, (shop_str_t){mount[i].alias.len, mount[i].alias.data})) {
            return &mount[i];
        }
    }

    return NULL;
}


shop_str_t ngx_http_shop_ticket(void *data, shop_arena_t *arena, const json_t *order)
{
    ngx_http_shop_main_conf_t *conf = data;
    ngx_http_shop_mount_t *mount;
    shop_str_t transid = shop_json_text(order, "transid"), query, url;

    mount = ngx_http_shop_mount_find(conf, shop_json_text(order, "shop"));

    if (mount == NULL ||
        ngx_http_shop_link_sign(conf, arena, transid, ngx_time() + SHOP_TICKET_LIFE, &query) !=
            SHOP_OK ||
        shop_arena_printf(arena, &url, "%.*s%.*sorder/%.*s?%.*s", (int) conf->base_url.len,
                          conf->base_url.data, (int) mount->prefix.len, mount->prefix.data,
                          (int) transid.len, transid.data, (int) query.len,
                          query.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return url;
}


shop_str_t ngx_http_shop_product_address(void *data, shop_arena_t *arena, shop_str_t shop,
                                         shop_str_t product)
{
    ngx_http_shop_main_conf_t *conf = data;
    ngx_http_shop_mount_t *mount = ngx_http_shop_mount_find(conf, shop);
    shop_str_t url;

    if (mount == NULL ||
        shop_arena_printf(arena, &url, "%.*s%.*sp/%.*s", (int) conf->base_url.len,
                          conf->base_url.data, (int) mount->prefix.len, mount->prefix.data,
                          (int) product.len, product.data) != SHOP_OK) {
        return SHOP_STR("");
    }

    return url;
}
