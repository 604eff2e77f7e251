/*
 * Answers of Redis in our own words, as the operation shows them to done(). Their texts are views
 * into hiredis' reply, which dies with its callback, and done() is called inside of it (RD-8).
 */

#include "link/redis_internal.h"

#define DEPTH_MAX 4


static ngx_int_t view_of(ngx_pool_t *pool, const redisReply *from, shop_redis_reply_t *to,
                         ngx_uint_t depth);


shop_redis_reply_t *shop_redis_reply(ngx_pool_t *pool, const redisReply *reply)
{
    shop_redis_reply_t *view;

    view = ngx_pcalloc(pool, sizeof(shop_redis_reply_t));

    if (view == NULL || view_of(pool, reply, view, 1) != NGX_OK) {
        return NULL;
    }

    return view;
}


/* Not deeper than DEPTH_MAX. Errors inside arrays are shown as their text. */
static ngx_int_t view_of(ngx_pool_t *pool, const redisReply *from, shop_redis_reply_t *to,
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
        to->str = (shop_str_t){from->len, (unsigned char *) from->str};
        return NGX_OK;
    }

    to->type = SHOP_REDIS_ARRAY;
    to->count = from->elements;
    to->elements = ngx_pcalloc(pool, (from->elements + 1) * sizeof(shop_redis_reply_t));

    if (to->elements == NULL || depth == DEPTH_MAX) {
        return NGX_ERROR;
    }

    for (i = 0; i < from->elements; i++) {
        if (view_of(pool, from->element[i], &to->elements[i], depth + 1) != NGX_OK) {
            return NGX_ERROR;
        }
    }

    return NGX_OK;
}
