/*
 * What others may know about PostgreSQL: states, gauges, counters.
 */

#include "link/pg_internal.h"


shop_backend_state_e shop_pg_lane_state(const shop_pg_t *pg, shop_pg_lane_e number)
{
    const shop_pg_lane_t *lane = &pg->lanes[number];
    ngx_uint_t wanted = pg->conf.connections[number];

    if (lane->up == 0) {
        return lane->patient ? SHOP_BACKEND_STARTING : SHOP_BACKEND_DOWN;
    }

    return lane->up < wanted ? SHOP_BACKEND_DEGRADED : SHOP_BACKEND_UP;
}


/* The worst lane tells; a lane that is down makes the whole degraded, all of them make it down. */
shop_backend_state_e shop_pg_state(const shop_pg_t *pg)
{
    ngx_uint_t count[SHOP_BACKEND_DOWN + 1] = {0};
    ngx_uint_t i;

    for (i = 0; i < SHOP_PG_LANES; i++) {
        count[shop_pg_lane_state(pg, i)]++;
    }

    if (count[SHOP_BACKEND_UP] == SHOP_PG_LANES) {
        return SHOP_BACKEND_UP;
    }

    if (count[SHOP_BACKEND_DOWN] == SHOP_PG_LANES) {
        return SHOP_BACKEND_DOWN;
    }

    return count[SHOP_BACKEND_UP] + count[SHOP_BACKEND_DEGRADED] == 0 ? SHOP_BACKEND_STARTING
                                                                      : SHOP_BACKEND_DEGRADED;
}


ngx_uint_t shop_pg_in_flight(const shop_pg_t *pg)
{
    ngx_uint_t i, n = 0;

    for (i = 0; i < pg->conn_count; i++) {
        n += pg->conns[i].count;
    }

    return n;
}


ngx_uint_t shop_pg_waiting(const shop_pg_t *pg)
{
    return pg->waiting;
}


const shop_link_counters_t *shop_pg_counters(const shop_pg_t *pg, shop_pg_lane_e lane)
{
    return &pg->lanes[lane].counters;
}
