/*
 * Actions on a course that was made for somebody: hidden and its owner suspended, shown again,
 * handed over, removed (handlers.md 9.14, 10).
 */

#include "produce/operate.h"

#include <string.h>


bool shop_instance_is_live(const shop_job_t *job)
{
    return shop_json_bool(shop_instance_now(job), "live");
}


int64_t shop_instance_object(const shop_job_t *job)
{
    return shop_json_int(shop_instance_now(job), "instanceid");
}


void shop_gone_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool unknown = strcmp(answer->code, "unknowncourseidnumber") == 0 ||
                   strcmp(answer->code, "unknowcategory") == 0;

    if (answer->answer_class != SHOP_ANSWER_OK && answer->answer_class != SHOP_ANSWER_MISSING &&
        !unknown) {
        shop_act_by_class(job, answer, act);
        return;
    }
    shop_act_done(act, json_object());
}


/* --- steps `expelled`, `shown`, `holder`, `removed` of a course --- */

static void expelled_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "enrol_manual_unenrol_users",
                  json_pack("{s:[{s:I, s:I}]}", "enrolments", "userid",
                            (json_int_t) shop_instance_former(job), "courseid",
                            (json_int_t) shop_instance_object(job)));
}


static void shown_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t end = 0;

    if (shop_time_parse(shop_json_text(shop_instance_now(job), "enddate"), &end) != SHOP_OK) {
        end = 0;
    }
    shop_act_call(act, "core_course_update_courses",
                  json_pack("{s:[{s:I, s:I, s:b}]}", "courses", "id",
                            (json_int_t) shop_instance_object(job), "enddate", (json_int_t) end,
                            "visible", (int) shop_instance_is_live(job)));
}


/* Without end, as it was sold: he comes in as long as the course can be seen. */
static void holder_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = {
        .role = shop_json_int(shop_instance_facts(job), "roleid"),
        .user = shop_instance_user(job),
        .course = shop_instance_object(job),
        .suspended = !shop_instance_is_live(job),
    };

    if (shop_time_parse(shop_json_text(shop_instance_now(job), "startdate"),
                        &enrolment.dates.start) != SHOP_OK) {
        enrolment.dates.start = 0;
    }
    shop_enrolment_build(&enrolment, act);
}


static void removed_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_call(act, "core_course_delete_courses",
                  json_pack("{s:[I]}", "courseids", (json_int_t) shop_instance_object(job)));
}


const shop_step_t shop_course_action[] = {
    SHOP_STEPS_OWNER,
    {"expelled", expelled_build, shop_gone_read, "owner"},
    {"shown", shown_build, NULL, "suspend resume update refresh owner"},
    {"holder", holder_build, NULL, "suspend resume update refresh owner"},
    {"removed", removed_build, shop_gone_read, "delete"},
    {.name = NULL},
};
