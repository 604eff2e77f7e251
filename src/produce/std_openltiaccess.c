/*
 * Handler std_openltiaccess: the buyer's own platform opens a course by LTI (handlers.md 9.8).
 *
 * `lti_mode` "proxy": the shop is the tool. Its key is the reference of the instance, its secret is
 * drawn here; whoever comes by it is let in by lti_learner.c. "published": the credentials of a
 * course that was published in Moodle are handed over. "function": a function of the site is
 * called.
 */

#include "produce/lti_learner.h"
#include "produce/test_internal.h"

#define MAX_LEARNERS 1000000
#define PERIOD_MAX (10LL * 366 * SHOP_DAY)
#define SECRET_GROUPS 6


/* 24 letters and digits without those that are mistaken for others, in groups of four. */
static void secret_draw(const unsigned char random[SHOP_JOB_RANDOM], char out[30])
{
    static const char alphabet[] = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    char *p = out;

    for (size_t i = 0; i < 4 * SECRET_GROUPS; i++) {
        if (i > 0 && i % 4 == 0) {
            *p++ = '-';
        }
        *p++ = alphabet[random[i] % (sizeof(alphabet) - 1)];
    }
    *p = '\0';
}


/* --- step `terms`: from when to when, for how many, and with which secret --- */

/* What the buyer asked for, as far as he was asked; false: no date. */
static bool answered_date(const shop_job_t *job, const char *field, int64_t *moment)
{
    shop_str_t text = shop_job_answer(job, field);

    return text.len == 0 || shop_str_to_int(text, moment) == SHOP_OK ||
           shop_time_parse(text, moment) == SHOP_OK;
}


static bool terms_dates(const shop_job_t *job, shop_dates_t *dates)
{
    return shop_job_dates(job, 0, dates) == SHOP_OK &&
           answered_date(job, "enrolstartdate", &dates->start) &&
           answered_date(job, "enrolenddate", &dates->end) &&
           (dates->end == 0 || dates->end > dates->start);
}


static bool terms_grades(const shop_job_t *job)
{
    shop_str_t answer = shop_job_answer(job, "sendgrades");

    return answer.len != 0
               ? shop_str_eq(answer, SHOP_STR("1"))
               : shop_param_text(job, "sendgrades").len == 0 || shop_param_bool(job, "sendgrades");
}


static void terms_done(const shop_job_t *job, const shop_dates_t *dates, shop_act_t *act)
{
    bool published = shop_job_mode_is(job, "published");
    int64_t max = 0, period = 0;
    char secret[30];

    (void) shop_param_int(job, "maxenrolled", 0, MAX_LEARNERS, &max);
    (void) shop_param_int(job, "enrolperiod", 0, PERIOD_MAX, &period);
    secret_draw(job->random, secret);
    shop_act_done(
        act,
        json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "start", (json_int_t) dates->start, "end",
                  (json_int_t) dates->end, "max", (json_int_t) max, "period", (json_int_t) period,
                  "grades", (int) terms_grades(job), "secret",
                  shop_json_str(published ? shop_param_text(job, "ltisecret") : shop_str(secret))));
}


static void terms_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates;
    int64_t number;

    if (!shop_param_int(job, "maxenrolled", 0, MAX_LEARNERS, &number)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "maxenrolled_parameter");
    } else if (!shop_param_int(job, "enrolperiod", 0, PERIOD_MAX, &number)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "enrolperiod_parameter");
    } else if (shop_job_mode_is(job, "proxy") && !job->site->lets_in) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "userkey_missing");
    } else if (shop_job_mode_is(job, "published") && (shop_param_text(job, "ltiurl").len == 0 ||
                                                      shop_param_text(job, "ltisecret").len == 0)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "ltiurl_parameter");
    } else if (!terms_dates(job, &dates)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "dates_parameter");
    } else {
        terms_done(job, &dates, act);
    }
}


/* --- step `instance` --- */

static json_t *instance_facts(const shop_job_t *job)
{
    const json_t *terms = shop_job_output(job, "terms");
    shop_str_t url = shop_param_text(job, "ltiurl");
    shop_str_t key = shop_param_text(job, "ltikey");
    json_t *facts = json_pack(
        "{s:o, s:O?, s:O?, s:O?, s:O?, s:b, s:O?}", "lti_mode", shop_json_str(shop_job_mode(job)),
        "secret", json_object_get(terms, "secret"), "max", json_object_get(terms, "max"), "period",
        json_object_get(terms, "period"), "grades", json_object_get(terms, "grades"), "instructors",
        (int) shop_param_bool(job, "allow_instructors"), "course",
        json_object_get(shop_job_output(job, "course"), "fullname"));

    if (facts != NULL && ((url.len != 0 && !shop_json_set_text(facts, "url", url)) ||
                          (key.len != 0 && !shop_json_set_text(facts, "key", key)))) {
        json_decref(facts);
        return NULL;
    }
    return facts;
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_record(act, SHOP_ACT_INSTANCE,
                    shop_instance_made(job, "ltiprovider", 0, instance_facts(job)));
}


static void test_access(const shop_test_t *test, json_t *run)
{
    shop_str_t mode = shop_test_mode(test, &shop_handler_openltiaccess);

    if (shop_str_eq(mode, SHOP_STR("published"))) {
        shop_test_say(run, "warning", "shared_secret", "lti_mode", mode);
    } else if (shop_str_eq(mode, SHOP_STR("proxy"))) {
        if (!test->site->lets_in) {
            shop_test_say(run, "error", "userkey_missing", "lti_mode", mode);
        }
        if (shop_test_value(test, "sendgrades").len == 0 || shop_test_flag(test, "sendgrades")) {
            shop_test_say(run, "warning", "no_grades", "sendgrades", SHOP_STR_NULL);
        }
    }
}


static const shop_param_t params[] = {
    SHOP_PARAMS_COURSE,
    {.name = "lti_mode",
     .type = SHOP_PARAM_TEXT,
     .fallback = "proxy",
     .noted = "param_default",
     .help = "proxy: the shop is the tool; published: hand over ltiurl; function: ws_function"},
    {.name = "maxenrolled",
     .type = SHOP_PARAM_INT,
     .noted = "no_limit",
     .help = "How many people may come in by it; absent or 0: no limit"},
    {.name = "enrolperiod",
     .type = SHOP_PARAM_INT,
     .fallback = "0",
     .noted = "param_default",
     .modes = "proxy",
     .help = "Seconds that each of them has in the course; 0: as long as the access"},
    {.name = "allow_instructors",
     .type = SHOP_PARAM_BOOL,
     .help = "Who teaches on the buyer's platform is a teacher in the course"},
    {.name = "sendgrades",
     .type = SHOP_PARAM_BOOL,
     .fallback = "1",
     .help = "Kept for the time when grades are sent back"},
    {.name = "ltiurl",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .modes = "published",
     .help = "Address of the course as it was published in Moodle"},
    {.name = "ltikey", .type = SHOP_PARAM_TEXT, .help = "Its consumer key"},
    {.name = "ltisecret",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .modes = "published",
     .help = "Its shared secret"},
    SHOP_PARAMS_PERIOD,
    SHOP_PARAMS_FUNCTION,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"terms", terms_build, NULL, NULL},
    {"course", shop_course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"reference", shop_reference_build, NULL, NULL},
    {"instance", instance_build, NULL, NULL},
    {"function", shop_wsfunction_build, shop_wsfunction_read, "function"},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_openltiaccess = {
    .name = "std_openltiaccess",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .params = params,
    .checks = SHOP_CHECK_COURSE,
    .modes = {"lti_mode", "proxy published function", "lti_mode_parameter"},
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = shop_lti_action,
    .feedback = shop_course_feedback,
    .test = test_access,
};
