/*
 * The check of the Moodle site when the first worker starts and every hour, and the probe of a
 * closed gate (handlers.md 7.3): who are we, may we call what we need, do we see people.
 *
 *   what is sold -> site info -> the service account by its id -> the canary by e-mail
 *   -> the other service, which lets people in -> result
 *
 * One worker does it for all: the time of the next check lies in the zone. The result is a set of
 * SHOP_CHECK_* bits there, and a line in the log when it changes.
 */

#include "work/work_internal.h"

#define TICK_MAX 1000
#define SKEW_MAX 60

static void check_on_needs(shop_op_t *op); /* 1 */
static void check_site(shop_work_t *work);
static void check_on_info(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response); /* 2 */
static void check_on_self(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response); /* 3 */
static void check_on_canary(void *data, const shop_answer_t *answer,
                            const shop_http_response_t *response); /* 4 */
static void check_login(shop_work_t *work);
static void check_on_login(void *data, const shop_answer_t *answer,
                           const shop_http_response_t *response); /* 5 */
static void check_end(shop_work_t *work);                         /* 6 */


static bool check_due(shop_work_t *work)
{
    ngx_atomic_uint_t due = work->shared->check_at;
    ngx_atomic_uint_t now = (ngx_atomic_uint_t) ngx_time();
    ngx_atomic_uint_t interval = work->conf.moodle->check_interval / 1000 + 1;

    return shop_gate_is_open(work) && now >= due &&
           ngx_atomic_cmp_set(&work->shared->check_at, due, now + interval);
}


static void check_on_timer(ngx_event_t *ev)
{
    shop_work_t *work = ev->data;

    if (work->leaving) {
        return;
    }
    ngx_add_timer(ev, ngx_min(work->conf.moodle->breaker_probe, TICK_MAX));
    if (work->checking || (!check_due(work) && !shop_gate_probe_due(work))) {
        return;
    }
    work->checking = 1;
    work->check_result = 0;
    if (shop_ask(work, SHOP_SQL_SITE_NEEDS,
                 json_pack("{s:o, s:o}", "roles", shop_role_params(), "modes", shop_mode_params()),
                 check_on_needs, work) != NGX_OK) {
        check_site(work);
    }
}


/* While the database is away, what it said last counts. */
static void check_on_needs(shop_op_t *op)
{
    shop_work_t *work = op->data;
    json_t *needs = shop_ask_answer(op);

    if (work->leaving) {
        json_decref(needs);
        return;
    }
    if (needs != NULL) {
        json_decref(work->needs);
        work->needs = needs;
    }
    check_site(work);
}


static void check_site(shop_work_t *work)
{
    shop_moodle_call(work, "core_webservice_get_site_info", NULL, check_on_info, work);
}


void shop_check_start(shop_work_t *work)
{
    if (ngx_worker == 0) {
        /* a new configuration is checked at once, also when the gate is closed */
        work->shared->check_at = 0;
        work->shared->probe_at = 0;
    }
    work->check_timer.data = work;
    work->check_timer.handler = check_on_timer;
    work->check_timer.log = work->log;
    work->check_timer.cancelable = 1;
    ngx_add_timer(&work->check_timer, 1);
}


void shop_check_stop(shop_work_t *work)
{
    if (work->check_timer.timer_set) {
        ngx_del_timer(&work->check_timer);
    }
    json_decref(work->needs);
    work->needs = NULL;
}


bool shop_check_hides_people(const shop_work_t *work)
{
    return (work->shared->check_result & (SHOP_CHECK_CANARY | SHOP_CHECK_SELF)) != 0;
}


static void check_function(shop_work_t *work, const json_t *functions, shop_str_t name)
{
    size_t i;

    for (i = 0; i < json_array_size(functions); i++) {
        if (shop_str_eq(shop_json_text(json_array_get(functions, i), "name"), name)) {
            return;
        }
    }
    work->check_result |= SHOP_CHECK_FUNCTIONS;
    ngx_log_error(NGX_LOG_ERR, work->log, 0, "shop moodle: the service has no function %*s",
                  name.len, name.data);
}


static void check_functions(shop_work_t *work, const json_t *info)
{
    const json_t *functions = json_object_get(info, "functions");
    size_t count, i;
    const shop_moodle_function_t *ours = shop_moodle_functions(&count);
    json_t *name;
    const json_t *sold = json_object_get(work->needs, "words");

    for (i = 0; i < count; i++) {
        if (shop_moodle_needed(&ours[i], sold)) {
            check_function(work, functions, shop_str(ours[i].name));
        }
    }
    json_array_foreach(json_object_get(work->needs, "functions"), i, name)
    {
        check_function(work, functions, shop_json_string(name));
    }
}


static void check_role(shop_work_t *work, shop_str_t role)
{
    if (shop_role_find(&work->conf.moodle->site, role) == 0) {
        work->check_result |= SHOP_CHECK_ROLES;
        ngx_log_error(NGX_LOG_ERR, work->log, 0, "shop moodle: the role map has no %*s", role.len,
                      role.data);
    }
}


static void check_clock(shop_work_t *work, shop_str_t date)
{
    time_t theirs = ngx_parse_http_time(date.data, date.len);

    if (date.len != 0 && theirs != (time_t) NGX_ERROR &&
        (theirs > ngx_time() + SKEW_MAX || theirs < ngx_time() - SKEW_MAX)) {
        work->check_result |= SHOP_CHECK_CLOCK;
    }
}


static void check_on_info(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response)
{
    shop_work_t *work = data;
    json_t *arguments, *role;
    size_t i;

    if (answer->answer_class != SHOP_ANSWER_OK) {
        work->check_result =
            answer->answer_class == SHOP_ANSWER_GATE ? SHOP_CHECK_REFUSED : SHOP_CHECK_UNREACHABLE;
        check_end(work);
        return;
    }
    check_functions(work, answer->json);
    check_clock(work, response->date);
    check_role(work, SHOP_STR("student"));
    json_array_foreach(json_object_get(work->needs, "roles"), i, role)
    {
        check_role(work, shop_json_string(role));
    }

    arguments = json_pack("{s:s, s:[I]}", "field", "id", "values",
                          (json_int_t) shop_json_int(answer->json, "userid"));
    shop_moodle_call(work, "core_user_get_users_by_field", arguments, check_on_self, work);
    json_decref(arguments);
}


static json_t *canary_arguments(shop_work_t *work)
{
    ngx_str_t canary = work->conf.moodle->canary;
    ngx_pool_t *pool = ngx_create_pool(1024, work->log);
    json_t *arguments = NULL;
    shop_str_t pattern;

    if (pool != NULL) {
        shop_arena_t arena = shop_pool_arena(pool);

        if (shop_like_escape(&arena, (shop_str_t){canary.len, canary.data}, &pattern) == SHOP_OK) {
            arguments = json_pack("{s:[{s:s, s:o}]}", "criteria", "key", "email", "value",
                                  shop_json_str(pattern));
        }
        ngx_destroy_pool(pool);
    }
    return arguments;
}


static void check_on_self(void *data, const shop_answer_t *answer,
                          const shop_http_response_t *response)
{
    shop_work_t *work = data;
    json_t *arguments;

    (void) response;
    if (answer->answer_class != SHOP_ANSWER_OK || json_array_size(answer->json) == 0) {
        work->check_result |= SHOP_CHECK_SELF;
    }
    if (work->conf.moodle->canary.len == 0) {
        check_login(work);
        return;
    }
    arguments = canary_arguments(work);
    shop_moodle_call(work, "core_user_get_users", arguments, check_on_canary, work);
    json_decref(arguments);
}


static void check_on_canary(void *data, const shop_answer_t *answer,
                            const shop_http_response_t *response)
{
    shop_work_t *work = data;

    (void) response;
    if (answer->answer_class != SHOP_ANSWER_OK ||
        json_array_size(json_object_get(answer->json, "users")) == 0) {
        work->check_result |= SHOP_CHECK_CANARY;
    }
    check_login(work);
}


/* Nobody has an empty name: a service that works says so, and makes no key. */
static void check_login(shop_work_t *work)
{
    json_t *arguments;

    if (work->conf.moodle->login_token.len == 0) {
        check_end(work);
        return;
    }
    arguments = json_pack("{s:{s:s}}", "user", "username", "");
    shop_moodle_login_call(work, "auth_userkey_request_login_url", arguments, check_on_login, work);
    json_decref(arguments);
}


static void check_on_login(void *data, const shop_answer_t *answer,
                           const shop_http_response_t *response)
{
    shop_work_t *work = data;

    (void) response;
    if (answer->answer_class == SHOP_ANSWER_GATE) {
        work->check_result |= SHOP_CHECK_LOGIN;
        ngx_log_error(NGX_LOG_ERR, work->log, 0,
                      "shop moodle: the service of login_token_file lets nobody in (%s)",
                      answer->code);
    }
    check_end(work);
}


static void check_end(shop_work_t *work)
{
    shop_work_shared_t *shared = work->shared;
    ngx_uint_t level = work->check_result == 0 ? NGX_LOG_NOTICE : NGX_LOG_ERR;
    bool changed = shared->check_result != work->check_result || shared->checked_at == 0;

    if (work->check_result & (SHOP_CHECK_UNREACHABLE | SHOP_CHECK_REFUSED)) {
        shared->check_at = 0; /* nothing was learnt: again at the next tick of an open gate */
    }
    shared->check_result = work->check_result;
    shared->checked_at = (ngx_atomic_uint_t) ngx_time();
    work->checking = 0;
    if (changed) {
        ngx_log_error(level, work->log, 0, "shop moodle: check of the site: %s (0x%xi)",
                      work->check_result == 0 ? "ready" : "not ready", work->check_result);
    }
}
