/*
 * Handler std_assignroleoncontext: a role somewhere on the site, for a period (handlers.md 9.2).
 *
 * Moodle's role assignments have no end: the begin and the end are dates of the instance at which
 * the shop's scheduler assigns and takes away.
 */

#include "produce/operate.h"
#include "produce/test_internal.h"


/* --- the context: by name or by Moodle's number --- */

static const struct {
    const char *name;
    const char *number;
    const char *moodle;
} levels[] = {
    {"system", "10", "system"}, {"user", "30", "user"},     {"category", "40", "coursecat"},
    {"course", "50", "course"}, {"module", "70", "module"}, {"block", "80", "block"},
};


static const char *context_level(shop_str_t text)
{
    for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
        if (shop_str_eq(text, shop_str(levels[i].name)) ||
            shop_str_eq(text, shop_str(levels[i].number)) ||
            shop_str_eq(text, shop_str(levels[i].moodle))) {
            return levels[i].moodle;
        }
    }
    return NULL;
}


/* --- step `dates`: the period, and what will be assigned --- */

static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    const char *level = context_level(shop_param_text(job, "contextlevel"));
    bool system = level != NULL && shop_str_eq(shop_str(level), SHOP_STR("system"));
    int64_t role = shop_role_find(job->site, shop_param_text(job, "role"));
    int64_t instance;
    shop_dates_t dates;

    if (level == NULL) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "contextlevel_parameter");
    } else if (!shop_param_int(job, "instance", 0, INT64_MAX, &instance) ||
               (instance == 0 && !system)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "instance_parameter");
    } else if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else if (shop_job_dates(job, 0, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I, s:s, s:I}", "start", (json_int_t) dates.start,
                                     "end", (json_int_t) dates.end, "roleid", (json_int_t) role,
                                     "level", level, "instanceid", (json_int_t) instance));
    }
}


/* --- step `beneficiary`: who was named (`foruser`: ID number, else user name), else the buyer ---
 */

static void beneficiary_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t named = shop_job_answer(job, "foruser");
    bool by_name = shop_str_eq(shop_job_phase(job), SHOP_STR("username"));

    if (named.len == 0) {
        shop_act_done(act, json_copy((json_t *) shop_job_output(job, "user")));
        return;
    }
    shop_act_call(act, "core_user_get_users_by_field",
                  json_pack("{s:s, s:[o]}", "field", by_name ? "username" : "idnumber", "values",
                            shop_json_str(named)));
}


static void beneficiary_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *user = json_array_get(answer->json, 0);
    bool by_name = shop_str_eq(shop_job_phase(job), SHOP_STR("username"));

    /* Moodle refuses what cannot be a user name: nobody has it. */
    bool no_name = answer->answer_class == SHOP_ANSWER_INPUT && by_name;

    if (answer->answer_class != SHOP_ANSWER_OK && !no_name) {
        shop_act_by_class(job, answer, act);
    } else if (json_array_size(answer->json) > 1) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "several_accounts"); /* ID numbers need not be unique */
    } else if (user != NULL) {
        shop_act_done(act,
                      json_pack("{s:I, s:o, s:o}", "id", (json_int_t) shop_json_int(user, "id"),
                                "username", shop_json_str(shop_json_text(user, "username")),
                                "fullname", shop_json_str(shop_json_text(user, "fullname"))));
    } else if (!by_name) {
        shop_act_more(act, shop_job_progress(job, "username"));
    } else {
        shop_act_stop(act, SHOP_ACT_MANUAL, "user_unknown");
    }
}


/* --- steps `assign` and `unassign` --- */

/* What the instance keeps, and what assigning needs. */
static json_t *facts_of(const shop_job_t *job)
{
    json_t *facts = json_copy((json_t *) shop_job_output(job, "dates"));

    if (facts == NULL ||
        json_object_set_new(facts, "userid",
                            json_integer(shop_job_output_id(job, "beneficiary"))) != 0) {
        json_decref(facts);
        return NULL;
    }
    (void) json_object_del(facts, "start");
    (void) json_object_del(facts, "end");
    return facts;
}


static void assign_build(const shop_job_t *job, shop_act_t *act)
{
    json_t *facts;

    if (shop_job_stored_dates(job).start > job->now) {
        shop_act_skip(act); /* at its date */
        return;
    }
    facts = facts_of(job);
    shop_act_call(act, "core_role_assign_roles", shop_assignment("assignments", facts));
    json_decref(facts);
}


/* --- step `instance`, with what is due for it --- */

static bool add_due(json_t *list, const char *action, const char *at)
{
    return json_array_append_new(list, json_pack("{s:s, s:s}", "action", action, "at", at)) == 0;
}


static json_t *due_list(const shop_job_t *job, const shop_dates_t *dates)
{
    bool later = shop_json_bool(shop_job_output(job, "assign"), "skipped");
    bool ends = dates->end != 0 && (shop_param_text(job, "remove_at_end").len == 0 ||
                                    shop_param_bool(job, "remove_at_end"));
    json_t *list = json_array();

    if ((later && !add_due(list, "assign", "start")) ||
        (ends && !add_due(list, "unassign", "end"))) {
        json_decref(list);
        return NULL;
    }
    return list;
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    json_t *facts = facts_of(job);
    int64_t place = shop_json_int(facts, "instanceid");
    int64_t user = shop_json_int(facts, "userid");
    json_t *instance = shop_instance_make(job, "roleassign", place, &dates, facts);

    if (instance == NULL ||
        json_object_set_new(json_object_get(instance, "productiondata"), "userid",
                            json_integer(user)) != 0 ||
        json_object_set_new(instance, "schedule", due_list(job, &dates)) != 0) {
        json_decref(instance);
        instance = NULL;
    }
    shop_act_record(act, SHOP_ACT_INSTANCE, instance);
}


/* --- what is due: another live instance may still need the role --- */

static const json_t *due_facts(const shop_job_t *job)
{
    return json_object_get(json_object_get(job->inputs, "instance"), "productiondata");
}


static bool action_is(const shop_job_t *job, const char *action)
{
    return shop_str_eq(shop_json_text(job->inputs, "action"), shop_str(action));
}


static void due_build(const shop_job_t *job, shop_act_t *act)
{
    bool needed = shop_json_bool(shop_job_output(job, "needed"), "needed");
    bool current = shop_json_bool(shop_job_output(job, "needed"), "current");

    if (action_is(job, "assign") && current) {
        shop_act_call(act, "core_role_assign_roles",
                      shop_assignment("assignments", due_facts(job)));
    } else if (action_is(job, "unassign") && !needed && !current) {
        shop_act_call(act, "core_role_unassign_roles",
                      shop_assignment("unassignments", due_facts(job)));
    } else {
        shop_act_skip(act);
    }
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *who = shop_job_output(job, "beneficiary");

    (void) shop_json_set_text(vars, "role", shop_param_text(job, "role"));
    (void) shop_json_set_text(vars, "fullname", shop_json_text(who, "fullname"));
    (void) shop_json_set_text(vars, "username", shop_json_text(who, "username"));
}


/* --- the test of a product --- */

static void ask_context(json_t *run, shop_str_t level, shop_str_t value, int64_t id)
{
    if (shop_str_eq(level, SHOP_STR("course"))) {
        shop_test_ask_course(run, "named", "instance", "id", value);
    } else if (shop_str_eq(level, SHOP_STR("coursecat"))) {
        shop_test_ask(run, "category", "instance", value, "core_course_get_categories",
                      json_pack("{s:[{s:s, s:o}], s:b}", "criteria", "key", "id", "value",
                                shop_json_str(value), "addsubcategories", 0));
    } else if (shop_str_eq(level, SHOP_STR("module"))) {
        shop_test_ask(run, "module", "instance", value, "core_course_get_course_module",
                      json_pack("{s:I}", "cmid", (json_int_t) id));
    } else if (shop_str_eq(level, SHOP_STR("user"))) {
        shop_test_ask(run, "user", "instance", value, "core_user_get_users_by_field",
                      json_pack("{s:s, s:[I]}", "field", "id", "values", (json_int_t) id));
    }
}


/* Who is not known must neither name others nor get rights himself. */
static void test_context(const shop_test_t *test, json_t *run)
{
    const char *level = context_level(shop_test_value(test, "contextlevel"));
    shop_str_t value = shop_test_value(test, "instance");
    bool asked = shop_test_asks(test, "foruser");
    int64_t id = 0;

    if (test->anonymous) {
        shop_test_say(run, "error", asked ? "foruser_anonymous" : "self_anonymous",
                      "onlyforloggedin", SHOP_STR_NULL);
    }
    if (!asked) {
        shop_test_say(run, "warning", "self_service", "requireddata", SHOP_STR("foruser"));
    }
    if (level == NULL || shop_str_eq(shop_str(level), SHOP_STR("system"))) {
        return;
    }
    if (value.len == 0 || shop_str_eq(value, SHOP_STR("0"))) {
        shop_test_say(run, "error", "param_missing", "instance", SHOP_STR_NULL);
    } else if (shop_str_to_int(value, &id) == SHOP_OK) {
        ask_context(run, shop_str(level), value, id);
    }
}


static const shop_param_t params[] = {
    {.name = "contextlevel",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .values = "system category course module block user 10 30 40 50 70 80 coursecat",
     .help = "system, category, course, module, block or user"},
    {.name = "instance",
     .type = SHOP_PARAM_INT,
     .help = "Moodle's id of the category, course, course module, block or user"},
    {.name = "role", .type = SHOP_PARAM_ROLE, .mandatory = true, .help = "Role to give"},
    SHOP_PARAMS_PERIOD,
    {.name = "remove_at_end",
     .type = SHOP_PARAM_BOOL,
     .fallback = "1",
     .help = "The role is taken away at the end"},
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"beneficiary", beneficiary_build, beneficiary_read, NULL},
    {"assign", assign_build, NULL, NULL},
    {"instance", instance_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t schedule[] = {
    {"needed", shop_needed_build, NULL, NULL},
    {"due", due_build, NULL, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_assignroleoncontext = {
    .name = "std_assignroleoncontext",
    .buyers = SHOP_BUYERS_BOTH,
    .max_quantity = 1,
    .params = params,
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = shop_role_action,
    .schedule = schedule,
    .feedback = feedback,
    .test = test_context,
};
