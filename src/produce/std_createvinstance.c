/*
 * Handler std_createvinstance: a whole Moodle site of one's own (handlers.md 9.15).
 *
 * A provisioner makes it: told once by a repeatable request, then asked every minute. Without one a
 * person does, and says where the site is (shop.site_made).
 */

#include "produce/test_internal.h"

#include "shop/host.h"

#define DOMAIN_MAX 190
#define NAME_MAX_BYTES 1016 /* 254 characters */
#define POLL_SECONDS 60
#define PATIENCE 7200 /* seconds until a person looks */
#define GRACE_DAYS 7


/* --- step `dates`: the period, and what is to be made --- */

static shop_str_t domain_of(const shop_job_t *job)
{
    shop_str_t domain = shop_param_text(job, "domain");

    return domain.len != 0 ? domain : job->site->provisioner_domain;
}


static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t domain = domain_of(job);
    shop_str_t name = shop_job_answer(job, "name");
    shop_dates_t dates;

    if (shop_job_dates(job, 0, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (shop_param_text(job, "template").len == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "template_parameter");
    } else if (domain.len == 0 || domain.len > DOMAIN_MAX) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "domain_parameter");
    } else if (shop_host_check(shop_job_answer(job, "shortname")) != NULL) {
        shop_act_stop(act, SHOP_ACT_MANUAL, shop_host_check(shop_job_answer(job, "shortname")));
    } else if (name.len == 0 || name.len > NAME_MAX_BYTES) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "sitename_empty");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:o, s:o, s:o}", "start", (json_int_t) dates.start,
                                     "end", (json_int_t) dates.end, "host",
                                     shop_json_str(shop_job_answer(job, "shortname")), "domain",
                                     shop_json_str(domain), "name", shop_json_str(name)));
    }
}


static void user_build(const shop_job_t *job, shop_act_t *act)
{
    shop_user_if_build(job, shop_support_wanted(job), act);
}


/* --- step `host`: nobody else gets this name --- */

static void host_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *dates = shop_job_output(job, "dates");

    shop_act_ask(act, json_pack("{s:s, s:O?, s:O?}", "what", "host", "host",
                                json_object_get(dates, "host"), "domain",
                                json_object_get(dates, "domain")));
}


static void host_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    (void) job;
    if (!shop_json_bool(answer->json, "reserved")) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "host_taken");
        return;
    }
    shop_act_done(act, json_object());
}


/* --- what the provisioner refuses --- */

static void provisioner_refused(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_act_by_class(job, answer, act);

    switch (answer->answer_class) {
    case SHOP_ANSWER_COLLISION:
        act->reason = "host_taken";
        return;
    case SHOP_ANSWER_RIGHTS:
    case SHOP_ANSWER_MISSING:
    case SHOP_ANSWER_INPUT:
        act->reason = "provisioner_refuses";
        return;
    default:
        act->reason = act->kind == SHOP_ACT_RETRY ? "provisioner_unavailable" : act->reason;
    }
}


/* --- step `request`: repeatable, the reference names the site --- */

static json_t *manager_json(const shop_job_t *job)
{
    const json_t *customer = shop_job_customer(job);

    return json_pack("{s:o, s:o, s:o}", "email", shop_json_str(shop_json_text(customer, "email")),
                     "firstname", shop_json_str(shop_json_text(customer, "firstname")), "lastname",
                     shop_json_str(shop_json_text(customer, "lastname")));
}


static json_t *site_json(const shop_job_t *job, int64_t end)
{
    const json_t *dates = shop_job_output(job, "dates");

    return json_pack(
        "{s:O?, s:O?, s:O?, s:o, s:o, s:o, s:I}", "host", json_object_get(dates, "host"), "domain",
        json_object_get(dates, "domain"), "name", json_object_get(dates, "name"), "template",
        shop_json_str(shop_param_text(job, "template")), "manager", manager_json(job), "lang",
        shop_json_str(shop_json_text(shop_job_customer(job), "lang")), "end", (json_int_t) end);
}


/* `instance`: what is sent with it; NULL: nothing. */
static void ask_provisioner(const shop_job_t *job, const char *verb, json_t *instance,
                            shop_act_t *act)
{
    const json_t *made = json_object_get(job->inputs, "instance");
    shop_str_t reference =
        made != NULL ? shop_json_text(made, "reference") : shop_job_reference(job);

    if (!job->site->provisioner) {
        json_decref(instance);
        shop_act_stop(act, SHOP_ACT_MANUAL, "provisioner_none");
        return;
    }
    shop_act_call(
        act, verb,
        json_pack("{s:o, s:o*}", "reference", shop_json_str(reference), "instance", instance));
}


static void request_build(const shop_job_t *job, shop_act_t *act)
{
    ask_provisioner(job, "provisioner_put", site_json(job, shop_job_stored_dates(job).end), act);
}


static void request_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        provisioner_refused(job, answer, act);
        return;
    }
    shop_act_done(act, json_pack("{s:I}", "at", (json_int_t) job->now));
}


/* --- step `site`: until it is there. Output {url} --- */

static void site_build(const shop_job_t *job, shop_act_t *act)
{
    ask_provisioner(job, "provisioner_get", NULL, act);
}


static void site_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_str_t state = shop_json_text(answer->json, "state");
    shop_str_t url = shop_json_text(answer->json, "url");
    int64_t asked = shop_json_int(shop_job_output(job, "request"), "at");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        provisioner_refused(job, answer, act);
    } else if (shop_str_eq(state, SHOP_STR("ready")) &&
               (shop_str_starts(url, SHOP_STR("https://")) ||
                shop_str_starts(url, SHOP_STR("http://")))) {
        shop_act_done(act, json_pack("{s:o}", "url", shop_json_str(url)));
    } else if (!shop_str_eq(state, SHOP_STR("creating"))) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "provisioner_failed");
    } else if (job->now - asked > PATIENCE) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "provisioner_slow");
    } else {
        shop_act_wait(act, job->now + POLL_SECONDS, "site_creating");
    }
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *dates = shop_job_output(job, "dates");
    json_t *facts =
        json_pack("{s:O?, s:O?, s:O?, s:O?}", "host", json_object_get(dates, "host"), "domain",
                  json_object_get(dates, "domain"), "name", json_object_get(dates, "name"), "url",
                  json_object_get(shop_job_output(job, "site"), "url"));
    json_t *instance = shop_instance_made(job, "vmoodle", 0, facts);

    if (instance != NULL && json_object_set_new(instance, "schedule",
                                                json_pack("[{s:s, s:s, s:i}]", "action", "suspend",
                                                          "at", "end", "days", GRACE_DAYS)) != 0) {
        json_decref(instance);
        instance = NULL;
    }
    shop_act_record(act, SHOP_ACT_INSTANCE, instance);
}


/* --- step `mail`: the order's own mail has left long before --- */

static void mail_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *dates = shop_job_output(job, "dates");

    shop_act_ask(act, json_pack("{s:s, s:O?, s:O?, s:I}", "what", "site_mail", "name",
                                json_object_get(dates, "name"), "url",
                                json_object_get(shop_job_output(job, "site"), "url"), "end",
                                (json_int_t) shop_json_int(dates, "end")));
}


/* --- some days after the end --- */

static void suspend_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_json_bool(shop_job_output(job, "needed"), "current")) {
        shop_act_skip(act); /* prolonged meanwhile */
        return;
    }
    ask_provisioner(job, "provisioner_suspend", NULL, act);
}


static void suspend_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK && answer->answer_class != SHOP_ANSWER_MISSING) {
        provisioner_refused(job, answer, act);
        return;
    }
    shop_act_done(act, json_object()); /* what is not there needs no suspension */
}


/* --- operations: the end of now, then the state of now --- */

static void renew_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t text = shop_json_text(json_object_get(job->inputs, "instance"), "enddate");
    int64_t end = 0;

    if (text.len != 0 && shop_time_parse(text, &end) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "dates_parameter");
        return;
    }
    ask_provisioner(job, "provisioner_put", site_json(job, end), act);
}


static void renew_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        provisioner_refused(job, answer, act);
        return;
    }
    shop_act_done(act, json_object());
}


static void state_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *instance = json_object_get(job->inputs, "instance");
    const char *verb = shop_json_bool(instance, "archived") ? "provisioner_delete"
                       : shop_json_bool(instance, "live")   ? "provisioner_resume"
                                                            : "provisioner_suspend";

    ask_provisioner(job, verb, NULL, act);
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *dates = shop_job_output(job, "dates");

    (void) shop_json_set_text(vars, "url", shop_json_text(shop_job_output(job, "site"), "url"));
    (void) shop_json_set_text(vars, "site", shop_json_text(dates, "name"));
    (void) shop_json_set_text(vars, "host", shop_json_text(dates, "host"));
    (void) shop_json_set_text(vars, "domain", shop_json_text(dates, "domain"));
}


static void test_provisioner(const shop_test_t *test, json_t *run)
{
    if (shop_test_value(test, "domain").len == 0 && test->site->provisioner_domain.len == 0) {
        shop_test_say(run, "error", "param_missing", "domain", SHOP_STR_NULL);
    }
    if (test->site->provisioner) {
        shop_test_ask_provisioner(run);
    } else {
        shop_test_say(run, "warning", "by_hand", "enablehandler", SHOP_STR_NULL);
    }
}


static const shop_param_t params[] = {
    {.name = "template",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .help = "Name of the model that the provisioner copies"},
    {.name = "domain",
     .type = SHOP_PARAM_TEXT,
     .help = "Domain of the new site; absent: that of \"shop_provisioner\""},
    SHOP_PARAMS_PERIOD,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t prepay[] = {
    {"user", user_build, shop_user_read, NULL},
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", user_build, shop_user_read, NULL},
    {"host", host_build, host_read, NULL},
    {"reference", shop_reference_build, NULL, NULL},
    {"request", request_build, request_read, NULL},
    {"site", site_build, site_read, NULL},
    {"instance", instance_build, NULL, NULL},
    {"mail", mail_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t schedule[] = {
    {"needed", shop_needed_build, NULL, NULL},
    {"suspend", suspend_build, suspend_read, NULL},
    {.name = NULL},
};

static const shop_step_t action[] = {
    {"renew", renew_build, renew_read, "update refresh owner"},
    {"state", state_build, suspend_read, "suspend resume update delete refresh"},
    {.name = NULL},
};

const shop_handler_t shop_handler_createvinstance = {
    .name = "std_createvinstance",
    .buyers = SHOP_BUYERS_BOTH,
    .params = params,
    .asks = "shortname name",
    .prepay = prepay,
    .postpay = postpay,
    .schedule = schedule,
    .action = action,
    .feedback = feedback,
    .test = test_provisioner,
};
