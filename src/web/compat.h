/*
 * The one place for differences between nginx versions (guide RQ-17).
 */

#ifndef NGX_HTTP_SHOP_COMPAT_H
#define NGX_HTTP_SHOP_COMPAT_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include <stdbool.h>


/* From 1.23 headers of one name are linked by `next`. */
static inline void ngx_http_shop_header_init(ngx_table_elt_t *h)
{
#if (nginx_version >= 1023000)
    h->next = NULL;
#else
    (void) h;
#endif
}


/* Calls `visit` for each Cookie header until it returns true. */
static inline bool ngx_http_shop_each_cookie(ngx_http_request_t *r,
                                             bool (*visit)(ngx_str_t *header, void *data),
                                             void *data)
{
#if (nginx_version >= 1023000)
    ngx_table_elt_t *h;

    for (h = r->headers_in.cookie; h != NULL; h = h->next) {
        if (visit(&h->value, data)) {
            return true;
        }
    }
#else
    ngx_table_elt_t **h = r->headers_in.cookies.elts;
    ngx_uint_t i;

    for (i = 0; i < r->headers_in.cookies.nelts; i++) {
        if (visit(&h[i]->value, data)) {
            return true;
        }
    }
#endif

    return false;
}

#endif
