/*
 * Different e-mail addresses that one session has asked about within an hour. The answer tells
 * whether an address has an account: nobody may ask for many (front-office.md 8.3).
 */

#include "web/front.h"


static const char addresses_script[] = "redis.call('SADD', KEYS[1], ARGV[1]) "
                                       "if redis.call('TTL', KEYS[1]) < 0 then "
                                       "redis.call('EXPIRE', KEYS[1], 3600) end "
                                       "return redis.call('SCARD', KEYS[1])";


ngx_int_t ngx_http_shop_address_count(ngx_http_shop_ctx_t *ctx, const char *list, shop_str_t email,
                                      ngx_http_shop_next_pt next)
{
    shop_str_t argv[2];
    shop_op_t *op;

    argv[1] = email;

    if (shop_arena_printf(&ctx->arena, &argv[0], "tries:{%.*s}:%s", (int) ctx->session.key.len,
                          ctx->session.key.data, list) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    op = ngx_http_shop_await(ctx, ctx->main->redis_timeout, next);
    if (op == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_redis_script(ngx_http_shop_worker->redis, op, shop_str(addresses_script), 1, 2, argv);

    return NGX_DONE;
}
