/*
 * The nginx side of the shop: configuration, the life of a worker, and the life of a request.
 *
 * A request: route -> (session and cart) -> handler -> continuations -> response. A handler gives
 * an nginx status to finalize with, or NGX_DONE when it waits for an operation. It waits for one
 * thing at a time; the function that goes on is named at the start of the wait.
 */

#ifndef NGX_HTTP_SHOP_WEB_H
#define NGX_HTTP_SHOP_WEB_H

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "base/base.h"
#include "link/link.h"
#include "pay/pay.h"
#include "shop/lti.h"
#include "shop/lti13.h"
#include "shop/selling.h"
#include "view/view.h"
#include "work/available.h"
#include "work/work.h"


#define SHOP_VERSION "0.1.0"

/* The number that sql/install.sql records; the module refuses a database with another one. */
#define SHOP_SCHEMA_TEXT "5"


extern ngx_module_t ngx_http_shop_module;

typedef struct ngx_http_shop_ctx_s ngx_http_shop_ctx_t;
typedef struct ngx_http_shop_worker_s ngx_http_shop_worker_t;

typedef ngx_int_t (*ngx_http_shop_handler_pt)(ngx_http_shop_ctx_t *ctx);
typedef ngx_int_t (*ngx_http_shop_next_pt)(ngx_http_shop_ctx_t *ctx, shop_op_t *op);


/* --- configuration (lifetime: the cycle) --- */

/* One file of the theme that visitors fetch: held in memory, named by its content's hash. */
typedef struct {
    ngx_str_t name;
    ngx_str_t hash;
    ngx_str_t type;
    ngx_str_t content;
} ngx_http_shop_asset_t;

/* One `shop` location. */
typedef struct {
    ngx_str_t alias;
    ngx_str_t prefix; /* the location's path, with its last slash */
} ngx_http_shop_mount_t;

typedef struct {
    ngx_str_t name; /* the block's name, in the callback addresses */
    shop_pay_config_t *pay;
} ngx_http_shop_payment_t;

/* A `name value;` line of one of our blocks. */
typedef struct {
    ngx_str_t name;
    ngx_str_t value;
    ngx_uint_t line;
} ngx_http_shop_param_t;

typedef struct {
    shop_pg_conf_t pg;
    shop_redis_conf_t redis;
    shop_http_conf_t http;
    shop_spool_conf_t spool;
    shop_moodle_conf_t moodle;
    shop_provisioner_conf_t provisioner;
    shop_mail_conf_t mail;
    ngx_flag_t moodle_set;
    ngx_flag_t mail_set;

    ngx_resolver_t *resolver;
    ngx_thread_pool_t *threads; /* for what takes long: the spool's files, documents */

    ngx_str_t base_url; /* public origin, without a last slash */
    ngx_str_t theme;
    ngx_str_t bootstrap;
    ngx_str_t media_url;
    ngx_str_t secret;         /* key of CSRF tokens and signed links */
    shop_str_t message_key;   /* seals the bodies of notifications; empty: they are not kept */
    ngx_array_t lti;          /* ngx_http_shop_lti_t */
    ngx_array_t platforms;    /* ngx_http_shop_platform_t */
    ngx_array_t signing_keys; /* ngx_http_shop_signing_key_t; the first one signs */

    ngx_msec_t page_timeout;
    ngx_msec_t change_timeout;
    ngx_msec_t redis_timeout;
    ngx_msec_t outside_timeout;

    ngx_array_t bodies;   /* ngx_http_core_loc_conf_t *: locations whose bodies stay in memory */
    ngx_array_t mounts;   /* ngx_http_shop_mount_t */
    ngx_array_t payments; /* ngx_http_shop_payment_t */
    ngx_array_t assets;   /* ngx_http_shop_asset_t */
    ngx_str_t pay_prefix;

    shop_strings_t *strings;
    shop_template_set_t *templates;

    ngx_shm_zone_t *zone;
    ngx_str_t policy; /* the Content-Security-Policy of every page (SE-11) */

    ngx_flag_t enabled; /* some location uses the shop */
} ngx_http_shop_main_conf_t;

typedef struct {
    shop_lti_consumer_t consumer;
    ngx_str_t login_url; /* a page of the Moodle that launches; empty: none */
    bool trust_email;    /* its users have proven their addresses */
} ngx_http_shop_lti_t;

typedef struct {
    shop_lti_platform_t lti;
    ngx_uint_t index;
    ngx_str_t auth_url;
    ngx_str_t keys_url;
    ngx_str_t login_url; /* a page of the platform that launches; empty: none */
    bool trust_email;    /* its users have proven their addresses */
} ngx_http_shop_platform_t;

#define NGX_HTTP_SHOP_PLATFORMS 16

/* A platform's key set in a worker (platform_keys.c). */
typedef struct {
    json_t *keys;  /* NULL: none yet */
    time_t asked;  /* 0: never */
    time_t missed; /* when it was asked for a key that was not there */
} ngx_http_shop_keys_t;

typedef struct {
    shop_ed25519_t key;
    shop_str_t id; /* thumbprint */
} ngx_http_shop_signing_key_t;

typedef struct {
    ngx_str_t alias;
    ngx_str_t prefix;
} ngx_http_shop_loc_conf_t;


/* --- counters in shared memory (zone.c): one slot per worker, summed when read --- */

typedef enum {
    SHOP_COUNT_REQUESTS = 0,
    SHOP_COUNT_PAGES_SHARED,
    SHOP_COUNT_PAGES_PERSONAL,
    SHOP_COUNT_CART_CHANGES,
    SHOP_COUNT_CART_CONFLICTS,
    SHOP_COUNT_ORDERS,
    SHOP_COUNT_REFUSED,     /* rules said no */
    SHOP_COUNT_UNAVAILABLE, /* answered 503 */
    SHOP_COUNT_CSRF,
    SHOP_COUNT_NOTIFY,
    SHOP_COUNT_NOTIFY_APPLIED,
    SHOP_COUNT_NOTIFY_DUPLICATE,
    SHOP_COUNT_NOTIFY_REFUSED,
    SHOP_COUNT_NOTIFY_UNAUTHENTIC,
    SHOP_COUNT_NOTIFY_SPOOLED,
    SHOP_COUNT_BUGS,
    SHOP_COUNT_LAST
} ngx_http_shop_count_e;

#define NGX_HTTP_SHOP_SLOTS 64

typedef struct {
    ngx_atomic_t counts[SHOP_COUNT_LAST];
    ngx_atomic_t pid;
    u_char pad[64];
} ngx_http_shop_slot_t;

typedef struct {
    ngx_uint_t layout; /* checked when a reload adopts the zone */
    shop_work_shared_t work;
    shop_available_cache_t available;
    ngx_http_shop_slot_t slots[NGX_HTTP_SHOP_SLOTS];
} ngx_http_shop_shared_t;

void ngx_http_shop_count(ngx_http_shop_count_e what);


/* --- one worker (worker.c) --- */

/* A catalogue snapshot with the pages rendered from it; freed when the last request lets go. */
typedef struct ngx_http_shop_generation_s ngx_http_shop_generation_t;

struct ngx_http_shop_worker_s {
    ngx_http_shop_main_conf_t *conf;
    ngx_log_t *log;
    shop_pg_t *pg;
    shop_redis_t *redis;
    shop_http_t *http;
    shop_spool_t *spool;
    shop_work_t *work;
    ngx_http_shop_generation_t *generation; /* NULL until the first snapshot is there */
    ngx_http_shop_slot_t *slot;
    ngx_http_shop_keys_t platform_keys[NGX_HTTP_SHOP_PLATFORMS];
};

extern ngx_http_shop_worker_t *ngx_http_shop_worker; /* NULL outside workers */

ngx_int_t ngx_http_shop_worker_start(ngx_cycle_t *cycle);
void ngx_http_shop_worker_stop(ngx_cycle_t *cycle);


/* --- the catalogue in a worker (generation*.c) --- */

/* Takes a reference on the present generation for this request and finds the location's shop in it;
 * NGX_DECLINED: there is none yet. */
ngx_int_t ngx_http_shop_generation_take(ngx_http_shop_ctx_t *ctx);
void ngx_http_shop_generation_release(ngx_http_shop_generation_t *generation);
/* Goes on with `then` when the first generation is there; 503 when that takes too long. */
ngx_int_t ngx_http_shop_generation_wait(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);
/* The catalogue has changed: load it again (calls during a load are remembered). */
/* Once in a worker: the first load begins when the listener is up, or soon without it. */
void ngx_http_shop_generation_start(void);
void ngx_http_shop_generation_refresh(void);
void ngx_http_shop_generation_stop(void);
/* {products, load_ms, held_us} of the last load; a new reference. */
json_t *ngx_http_shop_generation_figures(void);
const shop_snapshot_t *ngx_http_shop_snapshot(ngx_http_shop_ctx_t *ctx);


/* --- one request --- */

/* What must be true before the handler runs. */
#define NGX_HTTP_SHOP_NEED_CATALOG 0x01
#define NGX_HTTP_SHOP_NEED_SESSION 0x02 /* Redis must answer; an empty session is made if none */
#define NGX_HTTP_SHOP_NEED_CART 0x04    /* a cart with lines; else back to the catalogue */
#define NGX_HTTP_SHOP_MAY_SESSION 0x08  /* read the session if there is a cookie */
#define NGX_HTTP_SHOP_NO_CSRF 0x10      /* a POST that carries its own proof */
#define NGX_HTTP_SHOP_RAW_BODY 0x20     /* the handler reads ctx->body itself */
#define NGX_HTTP_SHOP_FIGURES 0x40      /* the cart's prices want the figures of the past */

typedef struct {
    ngx_uint_t methods; /* NGX_HTTP_GET (HEAD included) or NGX_HTTP_POST */
    const char *path;   /* "step/:", ":" matches one segment */
    ngx_uint_t needs;
    size_t body_max;
    ngx_http_shop_handler_pt handler;
} ngx_http_shop_route_t;

#define NGX_HTTP_SHOP_CAPTURES 3

typedef struct {
    bool present;   /* the browser sent an identifier that Redis knows */
    bool fresh;     /* made in this request: the cookie has to be set */
    shop_str_t id;  /* base64url of 256 bits; secret */
    shop_str_t key; /* base64url of its SHA-256: the tag of all its Redis keys */
    shop_str_t session_key;
    shop_str_t cart_key;
    json_t *data; /* the stored document: lang, auth, user, email, customer, orders, flash … */
    shop_str_t stored; /* its text in Redis, as far as this request knows; empty: none */
    bool changed;
    bool cart_changed;
    bool cart_gone;
    bool away;                /* Redis did not answer: nobody, and no cart to be shown */
    int64_t cart_rev;         /* revision read from Redis, 0: none stored */
    shop_str_t cart_document; /* what is being written of the cart */
    shop_str_t writing;       /* what is being written of the session */
    ngx_http_shop_handler_pt then;
} ngx_http_shop_session_t;

struct ngx_http_shop_ctx_s {
    ngx_http_request_t *r;
    ngx_http_shop_main_conf_t *main;
    ngx_http_shop_loc_conf_t *loc;
    const ngx_http_shop_route_t *route;
    shop_arena_t arena; /* over r->pool */

    shop_str_t path;      /* below the location's prefix */
    shop_str_t canonical; /* of a shared page: its one address, below the prefix */
    shop_str_t captures[NGX_HTTP_SHOP_CAPTURES];
    shop_form_t query;
    shop_form_t form;
    shop_str_t body;
    bool json; /* the client wants JSON */

    const shop_lang_t *lang;
    ngx_http_shop_generation_t *generation;
    const shop_shop_t *shop;
    ngx_http_shop_session_t session;
    shop_cart_t *cart;
    shop_refusal_t *notices; /* what revalidation changed in the cart */
    size_t notice_count;
    shop_visitor_t visitor;
    ngx_array_t *refused;    /* shop_refused_t: what visitor.refused points into; NULL: none */
    void *offer;             /* the products that are being asked about (offer.c) */
    shop_figures_t *figures; /* of the past of this visitor; NULL: none are asked for */
    json_t *figures_kept;    /* {ask, got, at} that they were read from; owned by the request */
    ngx_http_shop_handler_pt figures_then;
    ngx_int_t figures_age;
    void *promo; /* the code that is being tried (promo.c) */

    shop_op_t *op; /* what it waits for; NULL: nothing */
    ngx_http_shop_next_pt next;
    ngx_uint_t retries;
    json_t *releases;  /* array of JSON documents freed with the request */
    void *state;       /* the handler's own */
    shop_str_t target; /* where to go after the save, below the prefix */
    void *asking;      /* of the question to Moodle that is under way (account_find.c) */
    ngx_http_shop_handler_pt then; /* while it waits for the first catalogue */
    ngx_uint_t ticks;

    shop_str_t etag; /* of a shared page, with its quotes */

    /* for access logs */
    ngx_msec_t redis_time;
    ngx_msec_t pg_time;
    shop_str_t transid;
    shop_str_t step;
    shop_str_t verdict;
};


/* --- waiting (await.c) --- */

/* Starts an operation of this request; the caller hands it to the link and returns NGX_DONE. NULL:
 * no memory, answer NGX_HTTP_INTERNAL_SERVER_ERROR. */
shop_op_t *ngx_http_shop_await(ngx_http_shop_ctx_t *ctx, ngx_msec_t deadline,
                               ngx_http_shop_next_pt next);
/* One SQL function with one JSON argument. NGX_DONE, or a status when it could not start. */
ngx_int_t ngx_http_shop_call(ngx_http_shop_ctx_t *ctx, shop_pg_lane_e lane, ngx_uint_t statement,
                             json_t *argument, ngx_http_shop_next_pt next);
/* The same through the natural batches of a hot function. */
ngx_int_t ngx_http_shop_call_batched(ngx_http_shop_ctx_t *ctx, ngx_uint_t statement,
                                     json_t *argument, ngx_http_shop_next_pt next);
/* The JSON answer of such a call; NULL after anything but SHOP_LINK_OK or an unreadable answer. It
 * is released with the request. */
json_t *ngx_http_shop_answer(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
/* A JSON document that lives as long as the request. NULL in, NULL out. */
json_t *ngx_http_shop_own(ngx_http_shop_ctx_t *ctx, json_t *json);


/* --- routes (route.c) --- */

ngx_int_t ngx_http_shop_front_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_pay_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_status_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_product_test_handler(ngx_http_request_t *r);
ngx_int_t ngx_http_shop_run_route(ngx_http_shop_ctx_t *ctx);
/* Used by every location of ours: context, query, method and body, then `start`. */
ngx_int_t ngx_http_shop_begin(ngx_http_request_t *r, shop_str_t prefix,
                              const ngx_http_shop_route_t *routes, size_t count);


/* --- the session and the cart in Redis (session.c, session_save.c) --- */

ngx_int_t ngx_http_shop_session_load(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);
/* Writes the session (if changed) and the cart under a compare on its revision, then goes on with
 * `then`; on a conflict the whole request is run again from the load, at most three times. */
ngx_int_t ngx_http_shop_session_save(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);
/* The cart is done with (order confirmed or paid): the next save removes it. */
void ngx_http_shop_cart_forget(ngx_http_shop_ctx_t *ctx);
/* A new identifier for the same data (identity changed, SE-5). */
ngx_int_t ngx_http_shop_session_renew(ngx_http_shop_ctx_t *ctx);
bool ngx_http_shop_csrf_valid(ngx_http_shop_ctx_t *ctx);
shop_str_t ngx_http_shop_csrf_token(ngx_http_shop_ctx_t *ctx);
/* A message for the visitor's next page. kind: "success", "info", "warning", "danger". */
void ngx_http_shop_flash(ngx_http_shop_ctx_t *ctx, const char *kind, shop_str_t text);
/* The messages kept for this page, or NULL; they are forgotten by that. */
json_t *ngx_http_shop_take_flash(ngx_http_shop_ctx_t *ctx);


/* --- language (language.c) --- */

/* The cookie's, else the browser's, else English. */
const shop_lang_t *ngx_http_shop_choose_language(ngx_http_shop_ctx_t *ctx);


/* --- responses (response.c, error_page.c) --- */

typedef enum {
    SHOP_CACHE_NO_STORE = 0, /* personal */
    SHOP_CACHE_SHARED,       /* revalidated by ETag */
    SHOP_CACHE_FOREVER       /* the address holds the hash */
} ngx_http_shop_caching_e;

ngx_int_t ngx_http_shop_header(ngx_http_request_t *r, shop_str_t name, shop_str_t value);
ngx_int_t ngx_http_shop_cookie(ngx_http_shop_ctx_t *ctx, shop_str_t name, shop_str_t value,
                               ngx_int_t max_age);
/* `parts` are sent as they are, without a copy: they must live as long as the request. */
ngx_int_t ngx_http_shop_send(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *type,
                             const shop_str_t *parts, size_t count,
                             ngx_http_shop_caching_e caching);
ngx_int_t ngx_http_shop_send_json(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, json_t *json);
/* 303 to a path below the shop's prefix; `path` without a first slash. */
ngx_int_t ngx_http_shop_redirect(ngx_http_shop_ctx_t *ctx, shop_str_t path);
/* 303 to a local path (begins with one slash) or to an address that we made ourselves. */
ngx_int_t ngx_http_shop_redirect_to(ngx_http_shop_ctx_t *ctx, shop_str_t address);
/* A page of the configured Moodle; and 303 to one. */
bool ngx_http_shop_moodle_address(ngx_http_shop_ctx_t *ctx, shop_str_t address);
ngx_int_t ngx_http_shop_redirect_to_moodle(ngx_http_shop_ctx_t *ctx, shop_str_t address);
/* To a page of the configuration, with a query. */
ngx_int_t ngx_http_shop_redirect_out(ngx_http_shop_ctx_t *ctx, const ngx_str_t *page,
                                     shop_str_t query);
/* The page that a payment provider has opened, on the host of this configuration. */
ngx_int_t ngx_http_shop_redirect_to_provider(ngx_http_shop_ctx_t *ctx,
                                             const shop_pay_config_t *config, shop_str_t address);
/* A page (or JSON) that says what happened and what to do next. */
ngx_int_t ngx_http_shop_error(ngx_http_shop_ctx_t *ctx, ngx_uint_t status);
/* 503 with Retry-After. */
ngx_int_t ngx_http_shop_unavailable(ngx_http_shop_ctx_t *ctx);
/* The answer to an operation that failed: 503 or 504. */
ngx_int_t ngx_http_shop_trouble(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
ngx_int_t ngx_http_shop_bug(ngx_http_shop_ctx_t *ctx, const char *what);


/* --- pages (page.c, slot.c) --- */

shop_str_t ngx_http_shop_text(ngx_http_shop_ctx_t *ctx, const char *key);
/* The text with its placeholders filled in from an object; released by this call. */
shop_str_t ngx_http_shop_text_with(ngx_http_shop_ctx_t *ctx, const char *key, json_t *argument);
/* Amounts for people, in the shop's currency. */
shop_str_t ngx_http_shop_money(ngx_http_shop_ctx_t *ctx, shop_money_t amount);
shop_str_t ngx_http_shop_unit_price(ngx_http_shop_ctx_t *ctx, shop_money_t amount);
/* A calendar day of an ISO time, in words; empty for an empty one. */
shop_str_t ngx_http_shop_date(ngx_http_shop_ctx_t *ctx, shop_str_t moment);
/* The prefix, `path` and `last` together; the empty text when there is no memory. */
shop_str_t ngx_http_shop_url(ngx_http_shop_ctx_t *ctx, const char *path, shop_str_t last);
/* The common data of every page, for a personal page with the cart and what only this visitor
 * sees. New object owned by the request. */
json_t *ngx_http_shop_page(ngx_http_shop_ctx_t *ctx, const char *title_key);
/* The same without anything personal, for a page that is kept for everybody. */
json_t *ngx_http_shop_page_shared(ngx_http_shop_ctx_t *ctx, shop_str_t title);
int32_t ngx_http_shop_utc_offset(ngx_http_shop_ctx_t *ctx);
ngx_int_t ngx_http_shop_render(ngx_http_shop_ctx_t *ctx, ngx_uint_t status, const char *name,
                               json_t *data);
/* The personal fragment of the shared pages. */
ngx_int_t ngx_http_shop_slot(ngx_http_shop_ctx_t *ctx, shop_str_t *html);
/* The template alone, for a fragment. */
ngx_int_t ngx_http_shop_render_part(ngx_http_shop_ctx_t *ctx, const char *name, json_t *data,
                                    shop_str_t *html);
/* The cart as pages show it (theme/README.md); NULL: no memory. New reference. */
json_t *ngx_http_shop_cart_view(ngx_http_shop_ctx_t *ctx);
/* The cart's content changes: it is saved at the next save, and an order that was placed from it is
 * not this one any more. */
void ngx_http_shop_cart_touch(ngx_http_shop_ctx_t *ctx);
/* Saves, then 303 to the path below the prefix. */
ngx_int_t ngx_http_shop_save_and_go(ngx_http_shop_ctx_t *ctx, shop_str_t path);
/* Takes out of the cart what can no longer be ordered; pages tell of it. */
ngx_int_t ngx_http_shop_cart_prepare(ngx_http_shop_ctx_t *ctx);

/* --- products that their handlers refuse to this visitor (offer.c) --- */

/* What is known of these: from here on the rules know it, too. What is not is asked in the
 * background. */
void ngx_http_shop_offer_look(ngx_http_shop_ctx_t *ctx, const shop_item_t *item);
void ngx_http_shop_offer_look_cart(ngx_http_shop_ctx_t *ctx);
/* A digest of what the rules know; 0: nothing is refused. */
uint32_t ngx_http_shop_offer_digest(ngx_http_shop_ctx_t *ctx);
/* Goes on with `then` when it is known of this product, or cannot be in a short time. */
ngx_int_t ngx_http_shop_offer_ask(ngx_http_shop_ctx_t *ctx, const shop_item_t *item,
                                  ngx_http_shop_handler_pt then);
/* The same of all that is in the cart, as of now. */
ngx_int_t ngx_http_shop_offer_ask_cart(ngx_http_shop_ctx_t *ctx, ngx_http_shop_handler_pt then);

/* --- figures on past orders (figures.c) --- */

/* Those that the session has for what is asked now. */
ngx_int_t ngx_http_shop_figures_recall(ngx_http_shop_ctx_t *ctx);
/* Goes on with `then` when the figures are there that the rules ask for, at most `age` seconds old,
 * also those for `typed`, a code that is being tried. When they cannot be had: 503 for an age of 0,
 * else without them. */
ngx_int_t ngx_http_shop_figures_load(ngx_http_shop_ctx_t *ctx, shop_str_t typed, ngx_int_t age,
                                     ngx_http_shop_handler_pt then);
/* Those that came with another answer, to what was asked before. */
ngx_int_t ngx_http_shop_figures_replace(ngx_http_shop_ctx_t *ctx, json_t *got);

/* What is below the shop for this request: prices, rules. */
shop_where_t ngx_http_shop_where(ngx_http_shop_ctx_t *ctx);

/* A page of a class of visitors, rendered once per generation (shared_page.c), and once more for
 * what is refused to nobody in particular; who is refused something himself gets a page of his own.
 */
typedef struct {
    const char *kind; /* tells it, with `id`, from the others */
    int64_t id;
    const char *name;                           /* of the template */
    void (*look)(ngx_http_shop_ctx_t *ctx);     /* at the offer of its products */
    json_t *(*build)(ngx_http_shop_ctx_t *ctx); /* makes the data when it is needed */
} ngx_http_shop_kind_t;
ngx_int_t ngx_http_shop_shared_page(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_kind_t *kind);

#endif
