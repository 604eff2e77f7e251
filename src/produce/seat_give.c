/*
 * A seat is given to a person: found or made, not in the course already, then the seat is his and
 * he is enrolled. Who is in the course already burns no seat (handlers.md 9.7).
 */

#include "produce/seat.h"

#define DAYS_MAX 36600


/* --- step `course`: the one that was chosen for him --- */

void shop_seat_course_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t course = shop_json_int(json_object_get(job->inputs, "seat"), "course");

    shop_act_call(
        act, "core_course_get_courses_by_field",
        json_pack("{s:s, s:o}", "field", "id", "value", json_sprintf("%lld", (long long) course)));
}


/* --- step `guard` --- */

void shop_seat_guard_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_str_eq(shop_job_phase(job), SHOP_STR("refused"))) {
        shop_act_ask(act,
                     json_pack("{s:s, s:s}", "what", "seat_refused", "reason", "already_enrolled"));
        return;
    }
    shop_act_call(act, "core_enrol_get_users_courses",
                  json_pack("{s:I, s:b}", "userid", (json_int_t) shop_job_output_id(job, "user"),
                            "returnusercount", 0));
}


void shop_seat_guard_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (shop_str_eq(shop_job_phase(job), SHOP_STR("refused"))) {
        shop_act_done(act, json_incref(answer->json));
    } else if (shop_course_in_list(answer->json, shop_job_output_id(job, "course"))) {
        shop_act_more(act, shop_job_progress(job, "refused"));
    } else {
        shop_act_done(act, json_object());
    }
}


/* --- step `dates`: of a pool from now on, of a session its own period --- */

static int64_t instance_moment(const shop_job_t *job, const char *name)
{
    int64_t moment;

    return shop_time_parse(shop_json_text(shop_instance_now(job), name), &moment) == SHOP_OK
               ? moment
               : 0;
}


void shop_seat_dates_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *facts = shop_instance_facts(job);
    bool pool = json_object_get(facts, "courselist") != NULL;
    int64_t start = pool ? job->now : instance_moment(job, "startdate");
    int64_t end = pool ? 0 : instance_moment(job, "enddate");
    int64_t role = pool ? 0 : shop_json_int(facts, "roleid");
    int64_t days;

    role = role != 0 ? role : shop_enrolment_role(job, SHOP_STR_NULL);
    if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
        return;
    }
    if (pool && shop_param_int(job, "duration", 0, DAYS_MAX, &days) && days > 0) {
        end = start + days * SHOP_DAY;
    }
    shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) start, "end",
                                 (json_int_t) end, "roleid", (json_int_t) role));
}


/* --- steps `taken`, `enrol` --- */

static shop_enrolment_t enrolment_of(const shop_job_t *job)
{
    return (shop_enrolment_t){
        .role = shop_json_int(shop_job_output(job, "dates"), "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = shop_job_stored_dates(job),
    };
}


void shop_seat_taken_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = enrolment_of(job);
    json_t *question = shop_span_question("seat_taken", &enrolment);
    const json_t *user = shop_job_output(job, "user");
    const json_t *course = shop_job_output(job, "course");

    if (!shop_json_set_text(question, "username", shop_json_text(user, "username")) ||
        !shop_json_set_text(question, "coursename", shop_json_text(course, "fullname"))) {
        json_decref(question);
        question = NULL;
    }
    shop_act_ask(act, question);
}


void shop_seat_enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = enrolment_of(job);

    shop_span_build(job, &enrolment, act);
}


/* --- step `mail`: the person hears of the place --- */

void shop_seat_mail_build(const shop_job_t *job, shop_act_t *act)
{
    if (!shop_job_is_seat(job)) {
        shop_act_skip(act);
        return;
    }
    shop_act_ask(
        act, json_pack("{s:s, s:o, s:I}", "what", "seat_mail", "course",
                       shop_json_str(shop_json_text(shop_job_output(job, "course"), "fullname")),
                       "end", (json_int_t) shop_job_stored_dates(job).end));
}
