/*
 * Somebody comes from a platform that bought access by LTI: his account, which nobody can log in
 * to by a password, his place in the course, the group of the access (handlers.md 9.8).
 *
 * The step is not called `user`: the account is not that of the customer.
 */

#include "produce/lti_learner.h"


/* --- step `who`: {learner, username, firstname, lastname, email, start, end, instructor} --- */

static void who_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_ask(act, json_pack("{s:s, s:I}", "what", "lti_learner", "now", (json_int_t) job->now));
}


/* --- step `learner`: found by his name, else made. Output {id} --- */

static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static bool is_creation(const shop_job_t *job)
{
    return phase_is(job, "create") || phase_is(job, "create_nameless");
}


/* His own address when it was shared and nobody has it, else one that reaches nobody. */
static json_t *learner_email(const shop_job_t *job)
{
    const json_t *who = shop_job_output(job, "who");
    shop_str_t email = shop_json_text(who, "email");
    shop_str_t name = shop_json_text(who, "username");
    shop_str_t domain = job->site->learner_domain;

    if (email.len != 0 && phase_is(job, "create")) {
        return shop_json_str(email);
    }
    return json_sprintf("%.*s@%.*s", (int) name.len, (const char *) name.data, (int) domain.len,
                        (const char *) domain.data);
}


static void learner_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *who = shop_job_output(job, "who");

    if (is_creation(job) && !job->unknown) {
        shop_act_call(act, "core_user_create_users",
                      json_pack("{s:[{s:O?, s:O?, s:O?, s:o, s:s}]}", "users", "username",
                                json_object_get(who, "username"), "firstname",
                                json_object_get(who, "firstname"), "lastname",
                                json_object_get(who, "lastname"), "email", learner_email(job),
                                "auth", "userkey"));
        return;
    }
    shop_act_call(act, "core_user_get_users_by_field",
                  json_pack("{s:s, s:[O?]}", "field", "username", "values",
                            json_object_get(who, "username")));
}


static void learner_absent(const shop_job_t *job, shop_act_t *act)
{
    if (phase_is(job, "taken") || (is_creation(job) && !job->unknown)) { /* refused twice */
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_refused");
    } else if (phase_is(job, "again") || phase_is(job, "create_nameless")) {
        shop_act_more(act, shop_job_progress(job, "create_nameless"));
    } else {
        shop_act_more(act, shop_job_progress(job, "create"));
    }
}


static void learner_refused(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool decided =
        answer->answer_class == SHOP_ANSWER_COLLISION || answer->answer_class == SHOP_ANSWER_INPUT;

    if (decided && phase_is(job, "create")) {
        shop_act_more(act, shop_job_progress(job, "again"));
    } else if (decided && phase_is(job, "create_nameless")) {
        shop_act_more(act, shop_job_progress(job, "taken"));
    } else {
        shop_act_by_class(job, answer, act);
    }
}


static void learner_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *user = json_array_get(answer->json, 0);

    if (answer->answer_class != SHOP_ANSWER_OK) {
        learner_refused(job, answer, act);
    } else if (shop_json_int(user, "id") == 0) {
        learner_absent(job, act);
    } else if (shop_json_bool(user, "suspended")) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_suspended");
    } else {
        shop_act_done(act, json_pack("{s:I}", "id", (json_int_t) shop_json_int(user, "id")));
    }
}


/* --- steps `enter`, `group`, `joined`, `opened` --- */

static void enter_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *who = shop_job_output(job, "who");
    shop_enrolment_t enrolment = {
        .role = shop_role_find(job->site, shop_json_bool(who, "instructor") ? SHOP_STR("teacher")
                                                                            : SHOP_STR("student")),
        .user = shop_job_output_id(job, "learner"),
        .course = shop_job_output_id(job, "course"),
        .dates = {.start = shop_json_int(who, "start"), .end = shop_json_int(who, "end")},
    };

    shop_enrolment_build(&enrolment, act);
}


/* The group of the access; `name` is in use as long as the act is built. */
static shop_group_t access_group(const shop_job_t *job, char name[32])
{
    shop_str_t reference = shop_json_text(shop_job_output(job, "who"), "reference");
    size_t len = 0;

    for (const char *p = "LTI "; *p != '\0'; p++) {
        name[len++] = *p;
    }
    for (size_t i = 0; i < reference.len && len < 31; i++) {
        name[len++] = (char) reference.data[i];
    }
    name[len] = '\0';
    return (shop_group_t){.name = shop_str(name), .idnumber = reference};
}


static void group_build(const shop_job_t *job, shop_act_t *act)
{
    char name[32];
    shop_group_t group = access_group(job, name);

    shop_group_build(job, &group, act);
}


static void group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    char name[32];
    shop_group_t group = access_group(job, name);

    shop_group_read(job, &group, answer, act);
}


static void joined_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "core_group_add_group_members",
                  json_pack("{s:[{s:I, s:I}]}", "members", "groupid",
                            (json_int_t) shop_job_output_id(job, "group"), "userid",
                            (json_int_t) shop_job_output_id(job, "learner")));
}


static void opened_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_ask(act, json_pack("{s:s, s:I, s:I}", "what", "lti_opened", "userid",
                                (json_int_t) shop_job_output_id(job, "learner"), "end",
                                (json_int_t) shop_json_int(shop_job_output(job, "who"), "end")));
}


/* --- step `leave`: of a deleted access, all who came by it, some at a time --- */

static void leave_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *leaving = json_object_get(job->progress, "leaving");

    if (json_array_size(leaving) > 0) {
        shop_act_call(act, "enrol_manual_unenrol_users", json_pack("{s:O}", "enrolments", leaving));
        return;
    }
    shop_act_ask(act, json_pack("{s:s, s:I}", "what", "lti_leaving", "after",
                                (json_int_t) shop_json_int(job->progress, "after")));
}


static void leave_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    const json_t *asked = json_object_get(job->progress, "leaving");
    const json_t *leaving = json_object_get(answer->json, "leaving");
    const json_t *last;

    if (answer->answer_class != SHOP_ANSWER_OK && answer->answer_class != SHOP_ANSWER_MISSING) {
        shop_act_by_class(job, answer, act);
    } else if (json_array_size(asked) > 0) { /* these have left: who comes after them? */
        last = json_array_get(asked, json_array_size(asked) - 1);
        shop_act_more(act, json_pack("{s:I}", "after", (json_int_t) shop_json_int(last, "userid")));
    } else if (json_array_size(leaving) > 0) {
        shop_act_more(act, json_pack("{s:O}", "leaving", leaving));
    } else {
        shop_act_done(act, json_object());
    }
}


const shop_step_t shop_lti_action[] = {
    {"who", who_build, NULL, "launch"},
    {"learner", learner_build, learner_read, "launch"},
    {"enter", enter_build, NULL, "launch"},
    {"group", group_build, group_read, "launch"},
    {"joined", joined_build, NULL, "launch"},
    {"opened", opened_build, NULL, "launch"},
    {"leave", leave_build, leave_read, "delete"},
    SHOP_STEP_WITHDRAWAL,
    {.name = NULL},
};
