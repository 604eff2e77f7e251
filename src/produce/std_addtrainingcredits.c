/*
 * Handler std_addtrainingcredits: credits on the buyer's account (handlers.md 9.11).
 *
 * The shop keeps the ledger: one entry for each job, however often it runs. `credits_mode` "mirror"
 * also writes the balance into a profile field of Moodle, "function" calls a function of the site
 * instead of keeping the ledger.
 */

#include "produce/operate.h"

#define AMOUNT_MAX 1000000
#define VALIDITY_MAX 36600


/* --- step `dates`: the amount and how long it can be spent --- */

static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t start = shop_job_moment(job, "paid_at");
    int64_t quantity = shop_json_int(job->inputs, "quantity");
    int64_t amount;
    int64_t days;

    if (!shop_param_int(job, "creditsamount", 1, AMOUNT_MAX, &amount) || amount == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "creditsamount_parameter");
    } else if (!shop_param_int(job, "credits_validity", 0, VALIDITY_MAX, &days)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "credits_validity_parameter");
    } else if (shop_job_mode_is(job, "mirror") && shop_param_text(job, "credits_field").len == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "credits_field_parameter");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) start, "end",
                                     (json_int_t) (days != 0 ? start + days * SHOP_DAY : 0),
                                     "amount", (json_int_t) amount * quantity));
    }
}


/* --- step `instance`: before the function, whose key is its reference --- */

static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    json_t *facts = json_pack("{s:I}", "amount",
                              (json_int_t) shop_json_int(shop_job_output(job, "dates"), "amount"));

    shop_act_record(act, SHOP_ACT_INSTANCE, shop_instance_make(job, "credits", 0, &dates, facts));
}


/* --- step `credit` --- */

static void credit_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *dates = shop_job_output(job, "dates");

    shop_act_ask(act, json_pack("{s:s, s:I, s:I}", "what", "credit", "amount",
                                (json_int_t) shop_json_int(dates, "amount"), "expires",
                                (json_int_t) shop_json_int(dates, "end")));
}


/* --- step `mirror`: the balance of now, an absolute value --- */

static void mirror_build(const shop_job_t *job, shop_act_t *act)
{
    bool known = shop_str_eq(shop_job_phase(job), SHOP_STR("write")) && job->tries == 0;

    if (!known) {
        shop_act_ask(act, json_pack("{s:s}", "what", "balance"));
        return;
    }
    shop_act_call(
        act, "core_user_update_users",
        json_pack("{s:[{s:I, s:[{s:o, s:o}]}]}", "users", "id",
                  (json_int_t) shop_job_output_id(job, "user"), "customfields", "type",
                  shop_json_str(shop_param_text(job, "credits_field")), "value",
                  json_sprintf("%lld", (long long) shop_json_int(job->progress, "balance"))));
}


static void mirror_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *balance = json_object_get(answer->json, "balance");

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (balance != NULL) {
        shop_act_more(act, json_pack("{s:s, s:O}", "phase", "write", "balance", balance));
    } else {
        shop_act_done(act, json_object());
    }
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    json_object_set_new(vars, "amount",
                        json_integer(shop_json_int(shop_job_output(job, "dates"), "amount")));
    json_object_set_new(vars, "balance",
                        json_integer(shop_json_int(shop_job_output(job, "credit"), "balance")));
}


static const shop_param_t params[] = {
    {.name = "creditsamount",
     .type = SHOP_PARAM_INT,
     .fallback = "1",
     .min = 1,
     .noted = "param_default",
     .help = "Credits for each unit"},
    {.name = "credits_mode",
     .type = SHOP_PARAM_TEXT,
     .fallback = "shop",
     .help = "shop: own ledger; mirror: also a profile field; function: ws_function"},
    {.name = "credits_field",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .modes = "mirror",
     .help = "Short name of the profile field that shows the balance"},
    {.name = "credits_validity",
     .type = SHOP_PARAM_DAYS,
     .help = "Days in which they must be spent; absent: no limit"},
    SHOP_PARAMS_FUNCTION,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"instance", instance_build, NULL, NULL},
    {"credit", credit_build, NULL, "shop mirror"},
    {"mirror", mirror_build, mirror_read, "mirror"},
    {"function", shop_wsfunction_build, shop_wsfunction_read, "function"},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static void balance_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_job_mode_is(job, "mirror")) {
        shop_act_skip(act);
        return;
    }
    mirror_build(job, act);
}


static const shop_step_t action[] = {
    {"balance", balance_build, mirror_read, NULL},
    SHOP_STEP_WITHDRAWAL,
    {.name = NULL},
};

const shop_handler_t shop_handler_addtrainingcredits = {
    .name = "std_addtrainingcredits",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .units = SHOP_JOB_PER_LINE,
    .params = params,
    .modes = {"credits_mode", "shop mirror function", "credits_mode_parameter"},
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = action,
    .feedback = feedback,
};
