/*
 * What the status page says about background work.
 */

#include "work/work_internal.h"

static const char *const gates[] = {"open", "breaker", "refused"};

static const struct {
    ngx_uint_t bit;
    const char *name;
} checks[] = {
    {SHOP_CHECK_UNREACHABLE, "unreachable"},
    {SHOP_CHECK_REFUSED, "refused"},
    {SHOP_CHECK_FUNCTIONS, "functions"},
    {SHOP_CHECK_CANARY, "canary"},
    {SHOP_CHECK_SELF, "self"},
    {SHOP_CHECK_CLOCK, "clock"},
    {SHOP_CHECK_ROLES, "roles"},
    {SHOP_CHECK_LOGIN, "login"},
};


json_t *shop_work_trouble(const shop_work_shared_t *shared)
{
    ngx_uint_t result = shared->check_result;
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++) {
        if (result & checks[i].bit) {
            json_array_append_new(list, json_string(checks[i].name));
        }
    }
    return list;
}


json_t *shop_work_status(const shop_work_t *work)
{
    const shop_work_shared_t *shared = work->shared;
    bool configured = work->conf.moodle->url.len != 0;

    return json_pack(
        "{s:{s:b, s:s, s:I, s:o, s:I, s:I}, s:{s:I, s:I, s:I, s:I, s:I}, s:{s:b, s:I, s:I}, s:I, "
        "s:I, s:I, s:I, s:I}",
        "moodle", "configured", configured, "gate", gates[shared->gate % 3], "failures",
        (json_int_t) shared->failures, "check", shop_work_trouble(shared), "checked_at",
        (json_int_t) shared->checked_at, "calls", (json_int_t) shared->calls_total, "jobs",
        "running_here", (json_int_t) work->running_count, "done", (json_int_t) shared->jobs_done,
        "retried", (json_int_t) shared->jobs_retried, "stopped", (json_int_t) shared->jobs_stopped,
        "waiting", (json_int_t) shared->jobs_waiting, "mails", "configured",
        (int) work->conf.mail->enabled, "sent", (json_int_t) shared->mails_sent, "failed",
        (json_int_t) shared->mails_failed, "invoices", (json_int_t) shared->invoices,
        "spool_replayed", (json_int_t) shared->spool_replayed, "spool_aside",
        (json_int_t) shared->spool_aside, "payments_found", (json_int_t) shared->payments_found,
        "refunds_done", (json_int_t) shared->refunds_done);
}
