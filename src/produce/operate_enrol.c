/*
 * Actions on what puts somebody in courses: enrolled, suspended or taken out, as all instances
 * together want it (handlers.md 9.1, 9.12, 10).
 *
 * For each course: ask -> write -> (unassign) -> next. The enrolment is one for all roles: when
 * another instance keeps a person in the course, only the role goes.
 */

#include "produce/operate.h"


/* Of a seat that was freed, what is to be undone. */
static const json_t *facts_of(const shop_job_t *job)
{
    const json_t *freed = shop_job_output(job, "freed");

    return freed != NULL ? freed : shop_instance_facts(job);
}


/* The courses of the instance: one, or those of a registered product. */
static size_t course_count(const shop_job_t *job)
{
    const json_t *list = json_object_get(facts_of(job), "courses");

    return json_is_array(list) ? json_array_size(list) : 1;
}


static int64_t course_at(const shop_job_t *job, size_t at)
{
    const json_t *facts = facts_of(job);
    const json_t *list = json_object_get(facts, "courses");

    return json_is_array(list) ? (int64_t) json_integer_value(json_array_get(list, at))
                               : shop_json_int(facts, "courseid");
}


static size_t place_of(const shop_job_t *job)
{
    return (size_t) shop_json_int(job->progress, "at");
}


static bool state_is(const shop_job_t *job, const char *state)
{
    return shop_str_eq(shop_json_text(job->progress, "state"), shop_str(state));
}


/* --- writing --- */

static void write_build(const shop_job_t *job, int64_t user, shop_act_t *act)
{
    shop_enrolment_t enrolment = {
        .role = shop_json_int(job->progress, "roleid"),
        .user = user,
        .course = course_at(job, place_of(job)),
        .dates = {shop_json_int(job->progress, "start"), shop_json_int(job->progress, "end")},
        .suspended = state_is(job, "suspended"),
    };

    if (state_is(job, "gone")) {
        shop_act_call(act, "enrol_manual_unenrol_users",
                      json_pack("{s:[{s:I, s:I}]}", "enrolments", "userid", (json_int_t) user,
                                "courseid", (json_int_t) enrolment.course));
        return;
    }
    shop_enrolment_build(&enrolment, act);
}


static void unassign_build(const shop_job_t *job, int64_t user, shop_act_t *act)
{
    json_t *facts =
        json_pack("{s:O?, s:I, s:s, s:I}", "roleid", json_object_get(job->progress, "unassign"),
                  "userid", (json_int_t) user, "level", "course", "instanceid",
                  (json_int_t) course_at(job, place_of(job)));

    shop_act_call(act, "core_role_unassign_roles", shop_assignment("unassignments", facts));
    json_decref(facts);
}


static void align_build(const shop_job_t *job, int64_t user, shop_act_t *act)
{
    size_t at = place_of(job);

    if (at >= course_count(job)) {
        shop_act_done(act, json_pack("{s:o}", "state",
                                     shop_json_str(shop_json_text(job->progress, "state"))));
    } else if (shop_is_fresh(job, "write")) {
        write_build(job, user, act);
    } else if (shop_is_fresh(job, "unassign")) {
        unassign_build(job, user, act);
    } else {
        shop_act_ask(act, json_pack("{s:s, s:I, s:I, s:I}", "what", "effect", "userid",
                                    (json_int_t) user, "courseid", (json_int_t) course_at(job, at),
                                    "roleid", (json_int_t) shop_json_int(facts_of(job), "roleid")));
    }
}


void shop_align_build(const shop_job_t *job, shop_act_t *act)
{
    align_build(job, shop_instance_user(job), act);
}


void shop_withdraw_build(const shop_job_t *job, shop_act_t *act)
{
    align_build(job, shop_instance_former(job), act);
}


/* --- reading --- */

static void next_course(const shop_job_t *job, shop_str_t state, shop_act_t *act)
{
    shop_act_more(act, json_pack("{s:I, s:o}", "at", (json_int_t) place_of(job) + 1, "state",
                                 shop_json_str(state)));
}


static void answered(const shop_job_t *job, const json_t *effect, shop_act_t *act)
{
    shop_str_t state = shop_json_text(effect, "state");
    json_t *progress;

    if (shop_str_eq(state, SHOP_STR("foreign"))) {
        next_course(job, state, act);
        return;
    }
    progress = json_copy((json_t *) effect);
    if (progress != NULL &&
        (json_object_set_new(progress, "phase", json_string("write")) != 0 ||
         json_object_set_new(progress, "at", json_integer((json_int_t) place_of(job))) != 0)) {
        json_decref(progress);
        progress = NULL;
    }
    shop_act_more(act, progress);
}


/* Whoever or whatever is not there any more is out. */
static bool is_out(const shop_job_t *job, const shop_answer_t *answer)
{
    return answer->answer_class == SHOP_ANSWER_MISSING && state_is(job, "gone");
}


void shop_align_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool written = shop_is_fresh(job, "write");

    if (answer->answer_class != SHOP_ANSWER_OK && !(written && is_out(job, answer))) {
        shop_act_by_class(job, answer, act);
    } else if (!written && !shop_is_fresh(job, "unassign")) {
        answered(job, answer->json, act);
    } else if (written && shop_json_int(job->progress, "unassign") != 0) {
        shop_act_more(act, shop_job_progress(job, "unassign"));
    } else {
        next_course(job, shop_json_text(job->progress, "state"), act);
    }
}


/* --- the groups of who is in: where they were lost, they are found or made again --- */

bool shop_align_is_in(const shop_job_t *job)
{
    return shop_str_eq(shop_json_text(shop_job_output(job, "align"), "state"), SHOP_STR("active"));
}


void shop_regroup_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_align_is_in(job)) {
        shop_act_skip(act);
        return;
    }
    shop_customer_group_build(job, act);
}


void shop_rejoin_build(const shop_job_t *job, shop_act_t *act)
{
    shop_member_build(job, "regroup", act);
}


static void regroup2_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_align_is_in(job)) {
        shop_act_skip(act);
        return;
    }
    shop_extra_group_build(job, act);
}


static void rejoin2_build(const shop_job_t *job, shop_act_t *act)
{
    shop_member_build(job, "regroup2", act);
}


const shop_step_t shop_courses_action[] = {
    SHOP_STEPS_OWNER,
    {"withdraw", shop_withdraw_build, shop_align_read, "owner"},
    {"align", shop_align_build, shop_align_read, NULL},
    {.name = NULL},
};

const shop_step_t shop_enrol_action[] = {
    SHOP_STEPS_OWNER,
    {"withdraw", shop_withdraw_build, shop_align_read, "owner"},
    {"align", shop_align_build, shop_align_read, NULL},
    {"regroup", shop_regroup_build, shop_customer_group_read, "resume refresh owner"},
    {"rejoin", shop_rejoin_build, NULL, "resume refresh owner"},
    {"regroup2", regroup2_build, shop_extra_group_read, "resume refresh owner"},
    {"rejoin2", rejoin2_build, NULL, "resume refresh owner"},
    {.name = NULL},
};
