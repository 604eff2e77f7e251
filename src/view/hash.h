/*
 * The hash of keys and names in this room: FNV-1a, 32 bits. Keys come from our own files, so nobody
 * can choose them to collide.
 */

#ifndef SHOP_VIEW_HASH_H
#define SHOP_VIEW_HASH_H

#include "base/base.h"


static inline uint32_t shop_view_hash(shop_str_t s)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < s.len; i++) {
        hash = (hash ^ s.data[i]) * 16777619u;
    }

    return hash;
}

#endif
