/*
 * Memory of the pure rooms: an allocator that only grows, and the heap arena of programs without
 * nginx.
 */

#include "base/base.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


typedef struct block_s block_t;

struct block_s {
    block_t *next;
    _Alignas(max_align_t) unsigned char data[];
};

struct shop_heap_s {
    shop_arena_t arena;
    block_t *blocks;
    long fail_after;
};


void *shop_arena_alloc(shop_arena_t *arena, size_t size)
{
    return arena->alloc(arena->owner, size > 0 ? size : 1);
}


void *shop_arena_calloc(shop_arena_t *arena, size_t size)
{
    void *p = shop_arena_alloc(arena, size);

    if (p != NULL) {
        memset(p, 0, size);
    }

    return p;
}


shop_status_t shop_arena_copy(shop_arena_t *arena, shop_str_t s, shop_str_t *copy)
{
    copy->data = shop_arena_alloc(arena, s.len + 1);
    if (copy->data == NULL) {
        return SHOP_NO_MEMORY;
    }

    if (s.len > 0) {
        memcpy(copy->data, s.data, s.len);
    }

    copy->data[s.len] = '\0';
    copy->len = s.len;

    return SHOP_OK;
}


char *shop_arena_cstring(shop_arena_t *arena, shop_str_t s)
{
    shop_str_t copy;

    return shop_arena_copy(arena, s, &copy) == SHOP_OK ? (char *) copy.data : NULL;
}


/* Nearly all that is written so is a key, an address or a number: formatted once, then copied. Only
 * what is longer is formatted again, into the place that it needs. */
shop_status_t shop_arena_printf(shop_arena_t *arena, shop_str_t *out, const char *format, ...)
{
    char first[256];
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(first, sizeof(first), format, args);
    va_end(args);

    if (length < 0) {
        return SHOP_BUG;
    }

    if ((size_t) length < sizeof(first)) {
        return shop_arena_copy(arena, (shop_str_t){(size_t) length, (unsigned char *) first}, out);
    }

    out->data = shop_arena_alloc(arena, (size_t) length + 1);
    if (out->data == NULL) {
        return SHOP_NO_MEMORY;
    }

    va_start(args, format);
    (void) vsnprintf((char *) out->data, (size_t) length + 1, format, args);
    va_end(args);

    out->len = (size_t) length;

    return SHOP_OK;
}


static void *heap_alloc(void *owner, size_t size)
{
    shop_heap_t *heap = owner;
    block_t *block;

    if (heap->fail_after == 0) {
        return NULL;
    }

    if (heap->fail_after > 0) {
        heap->fail_after--;
    }

    block = malloc(sizeof(block_t) + size);
    if (block == NULL) {
        return NULL;
    }

    block->next = heap->blocks;
    heap->blocks = block;

    return block->data;
}


shop_heap_t *shop_heap_create(long fail_after)
{
    shop_heap_t *heap = malloc(sizeof(shop_heap_t));

    if (heap != NULL) {
        heap->arena = (shop_arena_t){heap_alloc, heap};
        heap->blocks = NULL;
        heap->fail_after = fail_after;
    }

    return heap;
}


shop_arena_t *shop_heap_arena(shop_heap_t *heap)
{
    return &heap->arena;
}


void shop_heap_destroy(shop_heap_t *heap)
{
    block_t *next;

    for (block_t *block = heap->blocks; block != NULL; block = next) {
        next = block->next;
        free(block);
    }

    free(heap);
}
