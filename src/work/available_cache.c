/*
 * What is known about who may have what, for all workers: a table of fixed size in the zone.
 *
 * Why not Redis: a catalogue page looks at all of its products, and one look here is a read of two
 * words, without a round trip and without a lock that a killed worker could keep. Each key has a
 * few places; who needs one takes that of the answer that ends first. The worst of any race is that
 * a question is asked twice, or an answer forgotten.
 */

#include "work/available.h"

#define FLAG_ASKED 0x100


static ngx_atomic_uint_t state_of(unsigned verdict, bool asked, int64_t until)
{
    return ((ngx_atomic_uint_t) until << 16) | (asked ? FLAG_ASKED : 0) | verdict;
}


static int64_t until_of(ngx_atomic_uint_t state)
{
    return (int64_t) (state >> 16);
}


/* Both numbers whole, so that no two share a key; 0: too large for that. */
ngx_atomic_uint_t shop_available_key(int64_t item, int64_t user)
{
    if (sizeof(ngx_atomic_uint_t) < sizeof(uint64_t) || item <= 0 || user < 0 ||
        item > UINT32_MAX || user > UINT32_MAX) {
        return 0;
    }
    return ((ngx_atomic_uint_t) item << 32) | (ngx_atomic_uint_t) user;
}


static shop_available_slot_t *places_of(shop_available_cache_t *cache, ngx_atomic_uint_t key)
{
    uint64_t mixed = (uint64_t) key * 0x9E3779B97F4A7C15u;

    return cache->slots[(mixed >> 32) % SHOP_AVAILABLE_SETS];
}


static shop_available_slot_t *find(shop_available_cache_t *cache, ngx_atomic_uint_t key)
{
    shop_available_slot_t *places = places_of(cache, key);

    for (ngx_uint_t i = 0; i < SHOP_AVAILABLE_WAYS; i++) {
        if (places[i].key == key) {
            return &places[i];
        }
    }
    return NULL;
}


/* The place that is free first. */
static shop_available_slot_t *victim(shop_available_cache_t *cache, ngx_atomic_uint_t key)
{
    shop_available_slot_t *places = places_of(cache, key), *oldest = &places[0];

    for (ngx_uint_t i = 1; i < SHOP_AVAILABLE_WAYS; i++) {
        if (places[i].state >> 16 < oldest->state >> 16) {
            oldest = &places[i];
        }
    }
    return oldest;
}


/* A reader who finds his key before and after has read what belongs to it. */
static void put(shop_available_cache_t *cache, ngx_atomic_uint_t key, ngx_atomic_uint_t state)
{
    shop_available_slot_t *slot = find(cache, key);

    if (slot != NULL) {
        slot->state = state;
        return;
    }
    slot = victim(cache, key);
    slot->key = 0;
    ngx_memory_barrier();
    slot->state = state;
    ngx_memory_barrier();
    slot->key = key;
}


shop_available_known_t shop_available_look(shop_available_cache_t *cache, ngx_atomic_uint_t key,
                                           int64_t now)
{
    shop_available_slot_t *slot = find(cache, key);
    ngx_atomic_uint_t state;
    int64_t until;

    if (slot == NULL) {
        return (shop_available_known_t){.due = true};
    }
    state = slot->state;
    ngx_memory_barrier();
    if (slot->key != key) {
        return (shop_available_known_t){.due = true};
    }
    until = until_of(state);
    return (shop_available_known_t){
        /* what was said last counts for the moment that it takes to ask anew */
        .verdict = now < until + SHOP_AVAILABLE_ASKING ? (unsigned) (state & 0xff) : 0,
        .due = now >= until,
        .asked = (state & FLAG_ASKED) != 0,
        .until = until,
    };
}


void shop_available_claim(shop_available_cache_t *cache, ngx_atomic_uint_t key, unsigned verdict,
                          int64_t now)
{
    put(cache, key, state_of(verdict, true, now + SHOP_AVAILABLE_ASKING));
}


void shop_available_store(shop_available_cache_t *cache, ngx_atomic_uint_t key, unsigned verdict,
                          int64_t until)
{
    put(cache, key, state_of(verdict, false, until));
}
