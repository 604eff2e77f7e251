/*
 * What the files of this room share among themselves: watched descriptors and the life of an
 * operation as seen by the link that carries it.
 */

#ifndef SHOP_LINK_INTERNAL_H
#define SHOP_LINK_INTERNAL_H

#include "link/link.h"

/* The time a request may wait for a first or a returning connection (RE-6, FA-3). */
#define SHOP_LINK_PATIENCE 1000


/* --- fd.c: foreign descriptors, level-triggered --- */

/* NULL: worker_connections are used up; the backend is unavailable for now (FD-4). */
ngx_connection_t *shop_fd_attach(int fd, void *data, ngx_event_handler_pt on_read,
                                 ngx_event_handler_pt on_write, ngx_log_t *log);
/* NGX_ERROR: epoll refused; treat the connection as lost. */
ngx_int_t shop_fd_want(ngx_connection_t *c, ngx_uint_t reading, ngx_uint_t writing);
/* Lets go without closing. `closed`: the library has closed the descriptor already (FD-5). */
void shop_fd_detach(ngx_connection_t *c, ngx_uint_t closed);


/* --- op.c, the carrier's side --- */

/* The same from a posted event, then released: for what is refused at submission (PG-24). */
void shop_op_post(shop_op_t *op, shop_link_status_e status, const char *error);
/* Copies a C string into op->error; NULL is allowed. */
void shop_op_error(shop_op_t *op, const char *text);
/* Copies `len` bytes and a NUL behind them; data NULL: no memory. */
shop_str_t shop_op_copy(ngx_pool_t *pool, const void *data, size_t len);

/* A periodic or back-off timer that never keeps a worker alive (RE-1). */
void shop_timer_init(ngx_event_t *ev, ngx_event_handler_pt handler, void *data, ngx_log_t *log);
/* ngx_add_timer() keeps an older time that is less than 300 ms away; this one never does. */
void shop_timer_set(ngx_event_t *ev, ngx_msec_t delay);
void shop_timer_stop(ngx_event_t *ev);

#endif
