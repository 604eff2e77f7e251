/*
 * A foreign descriptor in nginx's loop: watched, never owned.
 *
 * hiredis, libpq and libcurl open and close their sockets; nginx only tells when they are ready,
 * always level-triggered, because none of them reads until EAGAIN (FD-1, FD-2). Nothing else in the
 * module may take or free an ngx_connection_t for such a descriptor.
 */

#include "link/link_internal.h"


static ngx_int_t fd_watch(ngx_event_t *ev, ngx_int_t event, ngx_uint_t wanted);


ngx_connection_t *shop_fd_attach(int fd, void *data, ngx_event_handler_pt on_read,
                                 ngx_event_handler_pt on_write, ngx_log_t *log)
{
    ngx_connection_t *c;

    if (fd < 0) {
        return NULL;
    }

    c = ngx_get_connection(fd, log);
    if (c == NULL) {
        return NULL;
    }

    c->data = data;
    c->log = log;
    c->read->log = log;
    c->write->log = log;
    c->read->handler = on_read;
    c->write->handler = on_write;
    c->number = ngx_atomic_fetch_add(ngx_connection_counter, 1);

    return c;
}


ngx_int_t shop_fd_want(ngx_connection_t *c, ngx_uint_t reading, ngx_uint_t writing)
{
    if (fd_watch(c->read, NGX_READ_EVENT, reading) != NGX_OK ||
        fd_watch(c->write, NGX_WRITE_EVENT, writing) != NGX_OK) {
        return NGX_ERROR;
    }

    return NGX_OK;
}


static ngx_int_t fd_watch(ngx_event_t *ev, ngx_int_t event, ngx_uint_t wanted)
{
    if (wanted && !ev->active) {
        return ngx_add_event(ev, event, NGX_LEVEL_EVENT);
    }

    if (!wanted && ev->active) {
        return ngx_del_event(ev, event, NGX_LEVEL_EVENT);
    }

    return NGX_OK;
}


void shop_fd_detach(ngx_connection_t *c, ngx_uint_t closed)
{
    if (c->read->timer_set) {
        ngx_del_timer(c->read);
    }

    if (c->write->timer_set) {
        ngx_del_timer(c->write);
    }

    if (c->read->active || c->write->active) {
        ngx_del_conn(c, closed ? NGX_CLOSE_EVENT : 0);
    }

    if (c->read->posted) {
        ngx_delete_posted_event(c->read);
    }

    if (c->write->posted) {
        ngx_delete_posted_event(c->write);
    }

    c->read->closed = 1;
    c->write->closed = 1;

    ngx_free_connection(c);
    c->fd = (ngx_socket_t) -1; /* stale events of this turn are recognised by this */
}
