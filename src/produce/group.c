/*
 * Groups of a course: found by their idnumber, else by their name, else created; then the user
 * joins (handlers.md 9.1, E6).
 *
 * Phases of a group step: "" looks, "create" creates. A creation that collides or whose outcome is
 * unknown looks again; the second look that finds nothing leaves the decision to a person.
 */

#include "produce/produce_internal.h"


static bool phase_is_create(const shop_job_t *job)
{
    return shop_str_eq(shop_job_phase(job), SHOP_STR("create"));
}


static json_t *group_new(const shop_job_t *job, const shop_group_t *group)
{
    json_t *json =
        json_pack("{s:I, s:o, s:s}", "courseid", (json_int_t) shop_job_output_id(job, "course"),
                  "name", shop_json_str(group->name), "description", "");

    if (json != NULL && group->idnumber.len != 0 &&
        !shop_json_set_text(json, "idnumber", group->idnumber)) {
        json_decref(json);
        return NULL;
    }
    return json_pack("{s:[o]}", "groups", json);
}


void shop_group_build(const shop_job_t *job, const shop_group_t *group, shop_act_t *act)
{
    if (phase_is_create(job) && !job->unknown) {
        shop_act_call(act, "core_group_create_groups", group_new(job, group));
        return;
    }
    if (phase_is_create(job)) {
        shop_act_more(act, shop_job_progress(job, "again"));
        return;
    }
    shop_act_call(act, "core_group_get_course_groups",
                  json_pack("{s:I}", "courseid", (json_int_t) shop_job_output_id(job, "course")));
}


int64_t shop_group_find(const json_t *groups, const char *member, shop_str_t value)
{
    for (size_t i = 0; value.len != 0 && i < json_array_size(groups); i++) {
        const json_t *group = json_array_get(groups, i);

        if (shop_str_eq(shop_json_text(group, member), value)) {
            return shop_json_int(group, "id");
        }
    }
    return 0;
}


static void group_listed(const shop_job_t *job, const shop_group_t *group, const json_t *groups,
                         shop_act_t *act)
{
    int64_t id = shop_group_find(groups, "idnumber", group->idnumber);

    if (id == 0) {
        id = shop_group_find(groups, "name", group->name);
    }
    if (id != 0) {
        shop_act_done(act, json_pack("{s:I}", "id", (json_int_t) id));
    } else if (shop_str_eq(shop_job_phase(job), SHOP_STR("collided"))) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "group_refused");
    } else {
        shop_act_more(act, shop_job_progress(job, "create"));
    }
}


void shop_group_read(const shop_job_t *job, const shop_group_t *group, const shop_answer_t *answer,
                     shop_act_t *act)
{
    int64_t id = shop_json_int(json_array_get(answer->json, 0), "id");

    if (phase_is_create(job) && answer->answer_class == SHOP_ANSWER_COLLISION) {
        shop_act_more(act, shop_job_progress(job, "collided"));
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (!phase_is_create(job)) {
        group_listed(job, group, answer->json, act);
    } else if (id != 0) {
        shop_act_done(act, json_pack("{s:I, s:b}", "id", (json_int_t) id, "created", 1));
    } else {
        shop_act_stop(act, SHOP_ACT_MANUAL, "group_refused");
    }
}


void shop_member_build(const shop_job_t *job, const char *group_step, shop_act_t *act)
{
    int64_t group = shop_job_output_id(job, group_step);

    if (group == 0) {
        shop_act_skip(act);
        return;
    }
    shop_act_call(act, "core_group_add_group_members",
                  json_pack("{s:[{s:I, s:I}]}", "members", "groupid", (json_int_t) group, "userid",
                            (json_int_t) shop_job_output_id(job, "user")));
}
