/*
 * Answers of Redis, copied out of hiredis, whose replies die with the callback (RD-8).
 */

#include "link/redis_internal.h"

#define DEPTH_MAX 4


static ngx_int_t copy_into(ngx_pool_t *pool, const redisReply *from, shop_redis_reply_t *to,
                           ngx_uint_t depth);


shop_redis_reply_t *shop_redis_copy_reply(ngx_pool_t *pool, const redisReply *reply)
{
    shop_redis_reply_t *copy;

    copy = ngx_pcalloc(pool, sizeof(shop_redis_reply_t));

    if (copy == NULL || copy_into(pool, reply, copy, 1) != NGX_OK) {
        return NULL;
    }

    return copy;
}


/* Not deeper than DEPTH_MAX. Errors inside arrays are shown as their text. */
static ngx_int_t copy_into(ngx_pool_t *pool, const redisReply *from, shop_redis_reply_t *to,
                           ngx_uint_t depth)
{
    size_t i;

    switch (from->type) {
    case REDIS_REPLY_NIL:
        to->type = SHOP_REDIS_NIL;
        return NGX_OK;

    case REDIS_REPLY_INTEGER:
        to->type = SHOP_REDIS_INTEGER;
        to->integer = from->integer;
        return NGX_OK;

    case REDIS_REPLY_ARRAY:
        break;

    default:
        to->type = SHOP_REDIS_STRING;
        to->str = shop_op_copy(pool, from->str, from->len);
        return to->str.data != NULL ? NGX_OK : NGX_ERROR;
    }

    to->type = SHOP_REDIS_ARRAY;
    to->count = from->elements;
    to->elements = ngx_pcalloc(pool, (from->elements + 1) * sizeof(shop_redis_reply_t));

    if (to->elements == NULL || depth == DEPTH_MAX) {
        return NGX_ERROR;
    }

    for (i = 0; i < from->elements; i++) {
        if (copy_into(pool, from->element[i], &to->elements[i], depth + 1) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
