/*
 * The status page: JSON for people and scripts (Accept: application/json), else the text format
 * that Prometheus reads. It asks nobody: what this worker and the shared zone know.
 */

#include "web/web.h"


static const char *const count_names[SHOP_COUNT_LAST] = {"requests",       "pages_shared",
                                                         "pages_personal", "cart_changes",
                                                         "cart_conflicts", "orders",
                                                         "refused",        "unavailable",
                                                         "csrf_refused",   "notify",
                                                         "notify_applied", "notify_duplicate",
                                                         "notify_refused", "notify_unauthentic",
                                                         "notify_spooled", "bugs"};

static const char *const state_names[] = {"starting", "up", "degraded", "down"};


static json_t *build_status(ngx_http_shop_worker_t *worker);
static json_t *sum_counts(ngx_http_shop_shared_t *shared);
static json_t *backends(ngx_http_shop_worker_t *worker);
static ngx_int_t send_text(ngx_http_shop_ctx_t *ctx, json_t *status);
static void add_metric(shop_buf_t *out, const char *prefix, const char *name, json_t *value);
static ngx_int_t show(ngx_http_shop_ctx_t *ctx);


static const ngx_http_shop_route_t status_routes[] = {{NGX_HTTP_GET, "", 0, 0, show}};


ngx_int_t ngx_http_shop_status_handler(ngx_http_request_t *r)
{
    return ngx_http_shop_begin(r, (shop_str_t){r->uri.len, r->uri.data}, status_routes, 1);
}


static ngx_int_t show(ngx_http_shop_ctx_t *ctx)
{
    json_t *status = build_status(ngx_http_shop_worker);

    if (status == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ctx->json ? ngx_http_shop_send_json(ctx, NGX_HTTP_OK, status) : send_text(ctx, status);
}


static json_t *build_status(ngx_http_shop_worker_t *worker)
{
    ngx_http_shop_shared_t *shared = worker->conf->zone->data;

    return json_pack("{s:s, s:i, s:o, s:o, s:o?, s:{s:I, s:I, s:b}, s:o}", "version", SHOP_VERSION,
                     "worker", (int) ngx_worker, "counts", sum_counts(shared), "backends",
                     backends(worker), "work", shop_work_status(worker->work), "this_worker",
                     "operations", (json_int_t) shop_op_live(), "postgres_in_flight",
                     (json_int_t) shop_pg_in_flight(worker->pg), "catalogue",
                     worker->generation != NULL, "catalogue", ngx_http_shop_generation_figures());
}


static json_t *sum_counts(ngx_http_shop_shared_t *shared)
{
    json_t *counts = json_object();
    ngx_uint_t i, slot;
    ngx_atomic_t sum;

    for (i = 0; i < SHOP_COUNT_LAST; i++) {
        sum = 0;

        for (slot = 0; slot < NGX_HTTP_SHOP_SLOTS; slot++) {
            sum += shared->slots[slot].counts[i];
        }

        json_object_set_new(counts, count_names[i], json_integer((json_int_t) sum));
    }

    return counts;
}


static json_t *backends(ngx_http_shop_worker_t *worker)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "postgres_pages",
                     state_names[shop_pg_lane_state(worker->pg, SHOP_PG_PAGES)], "postgres_changes",
                     state_names[shop_pg_lane_state(worker->pg, SHOP_PG_CHANGES)], "postgres_jobs",
                     state_names[shop_pg_lane_state(worker->pg, SHOP_PG_JOBS)], "redis",
                     state_names[shop_redis_state(worker->redis)]);
}


static ngx_int_t send_text(ngx_http_shop_ctx_t *ctx, json_t *status)
{
    static const char *const sections[] = {"counts", "this_worker", "catalogue", "backends",
                                           "work"};

    shop_buf_t out;
    shop_str_t text;
    json_t *section, *value;
    const char *name;
    size_t i;

    if (ngx_http_shop_own(ctx, status) == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    shop_buf_init(&out, &ctx->arena, 0);

    for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        section = json_object_get(status, sections[i]);

        json_object_foreach(section, name, value)
        {
            add_metric(&out, sections[i], name, value);
        }
    }

    text = shop_buf_str(&out);

    if (out.status != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    return ngx_http_shop_send(ctx, NGX_HTTP_OK, "text/plain", &text, 1, SHOP_CACHE_NO_STORE);
}


/* Numbers and yes/no become samples, words a label; objects one level deeper are joined by "_". */
static void add_metric(shop_buf_t *out, const char *prefix, const char *name, json_t *value)
{
    json_t *inner;
    const char *key;

    if (json_is_object(value)) {
        json_object_foreach(value, key, inner)
        {
            if (!json_is_object(inner)) {
                add_metric(out, name, key, inner);
            }
        }

        return;
    }

    if (!json_is_integer(value) && !json_is_boolean(value) && !json_is_string(value)) {
        return;
    }

    shop_buf_add(out, SHOP_STR("shop_"));
    shop_buf_add(out, shop_str(prefix));
    shop_buf_add_char(out, '_');
    shop_buf_add(out, shop_str(name));

    if (json_is_string(value)) {
        shop_buf_add(out, SHOP_STR("{value=\""));
        shop_buf_add(out, shop_str(json_string_value(value)));
        shop_buf_add(out, SHOP_STR("\"} 1\n"));
        return;
    }

    shop_buf_add_char(out, ' ');
    shop_buf_add_int(out, json_is_boolean(value) ? json_is_true(value)
                                                 : (int64_t) json_integer_value(value));
    shop_buf_add_char(out, '\n');
}
