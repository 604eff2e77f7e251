/*
 * Steps of every handler that enrols the buyer in one course: the period, the guard against
 * shortening what others gave, the enrolment, the groups, the instance (handlers.md 9.1, 9.5).
 */

#include "produce/produce_internal.h"

#include <string.h>

#define NAME_SIZE 256


/* --- step `guard`: an enrolment that others made must not be shortened by ours --- */

/* What covers the customer; of a seat's person the database is asked when it matters. */
static bool covered_by_us(const shop_job_t *job)
{
    return !shop_job_is_seat(job) && shop_course_in_list(json_object_get(job->inputs, "covered"),
                                                         shop_job_output_id(job, "course"));
}


void shop_guard_build(const shop_job_t *job, shop_act_t *act)
{
    bool unlimited = shop_json_int(shop_job_output(job, "dates"), "end") == 0;

    if (shop_str_eq(shop_job_phase(job), SHOP_STR("ours"))) {
        shop_act_ask(act, json_pack("{s:s, s:I, s:I}", "what", "ours", "courseid",
                                    (json_int_t) shop_job_output_id(job, "course"), "userid",
                                    (json_int_t) shop_job_output_id(job, "user")));
        return;
    }
    if (unlimited || covered_by_us(job) ||
        job->site->on_foreign_enrolment == SHOP_FOREIGN_OVERWRITE) {
        shop_act_skip(act);
        return;
    }
    shop_act_call(act, "core_enrol_get_users_courses",
                  json_pack("{s:I, s:b}", "userid", (json_int_t) shop_job_output_id(job, "user"),
                            "returnusercount", 0));
}


void shop_guard_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool asked = shop_str_eq(shop_job_phase(job), SHOP_STR("ours"));
    bool enrolled = asked || shop_course_in_list(answer->json, shop_job_output_id(job, "course"));

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (!enrolled || shop_json_bool(answer->json, "ours")) {
        shop_act_done(act, json_object());
    } else if (shop_job_is_seat(job) && !asked) {
        shop_act_more(act, shop_job_progress(job, "ours"));
    } else if (job->site->on_foreign_enrolment == SHOP_FOREIGN_KEEP) {
        shop_act_done(act, json_pack("{s:b}", "keep", 1));
    } else {
        shop_act_stop(act, SHOP_ACT_MANUAL, "foreign_enrolment");
    }
}


/* --- step `dates`: decided once, before the first enrolment --- */

static bool method_is_manual(const shop_job_t *job)
{
    shop_str_t name = shop_param_text(job, "enrol");

    if (name.len == 0) {
        name = shop_param_text(job, "enrolname");
    }
    return name.len == 0 || shop_str_eq(name, SHOP_STR("manual"));
}


void shop_enrol_dates_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t course_start = shop_json_int(shop_job_output(job, "course"), "startdate");
    int64_t role = shop_enrolment_role(job, shop_param_text(job, "role"));
    shop_dates_t dates;

    if (shop_job_dates(job, course_start, &dates) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "dates_parameter");
    } else if (role == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "role_unknown");
    } else if (!method_is_manual(job)) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "enrol_method");
    } else {
        shop_act_done(act, json_pack("{s:I, s:I, s:I}", "start", (json_int_t) dates.start, "end",
                                     (json_int_t) dates.end, "roleid", (json_int_t) role));
    }
}


/* --- step `enrol` --- */

void shop_enrol_build(const shop_job_t *job, shop_act_t *act)
{
    shop_enrolment_t enrolment = {
        .role = shop_json_int(shop_job_output(job, "dates"), "roleid"),
        .user = shop_job_output_id(job, "user"),
        .course = shop_job_output_id(job, "course"),
        .dates = shop_job_stored_dates(job),
    };

    if (shop_json_bool(shop_job_output(job, "guard"), "keep")) {
        shop_act_skip(act);
        return;
    }
    shop_enrolment_build(&enrolment, act);
}


/* --- steps `group`, `member`: individual buyers can be told apart --- */

typedef struct {
    char name[NAME_SIZE];
    char idnumber[32];
} group_text_t;


static size_t text_add(char *out, size_t size, size_t len, shop_str_t text)
{
    size_t room = size - 1 - len;

    text = text.len > room ? (shop_str_t){room, text.data} : text;
    memcpy(out + len, text.data, text.len);
    out[len + text.len] = '\0';
    return len + text.len;
}


static shop_group_t customer_group(const shop_job_t *job, group_text_t *text)
{
    shop_str_t username = shop_job_is_seat(job)
                              ? SHOP_STR_NULL
                              : shop_json_text(shop_job_output(job, "user"), "username");
    int64_t customer = shop_json_int(shop_job_customer(job), "id");
    unsigned char digits[20];
    size_t at = sizeof(digits);
    size_t name_len = text_add(text->name, sizeof(text->name), 0, SHOP_STR("customer_"));
    size_t id_len = text_add(text->idnumber, sizeof(text->idnumber), 0, SHOP_STR("shop-cust-"));

    do {
        digits[--at] = (unsigned char) ('0' + customer % 10);
        customer /= 10;
    } while (customer > 0);

    if (username.len == 0) {
        username = (shop_str_t){sizeof(digits) - at, digits + at};
    }
    name_len = text_add(text->name, sizeof(text->name), name_len, username);
    id_len = text_add(text->idnumber, sizeof(text->idnumber), id_len,
                      (shop_str_t){sizeof(digits) - at, digits + at});
    return (shop_group_t){
        .name = {name_len, (unsigned char *) text->name},
        .idnumber = {id_len, (unsigned char *) text->idnumber},
    };
}


void shop_customer_group_build(const shop_job_t *job, shop_act_t *act)
{
    group_text_t text;
    shop_group_t group = customer_group(job, &text);

    shop_group_build(job, &group, act);
}


void shop_customer_group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    group_text_t text;
    shop_group_t group = customer_group(job, &text);

    shop_group_read(job, &group, answer, act);
}


void shop_customer_member_build(const shop_job_t *job, shop_act_t *act)
{
    shop_member_build(job, "group", act);
}


/* --- steps `group2`, `member2`: the seller's group --- */

void shop_extra_group_build(const shop_job_t *job, shop_act_t *act)
{
    shop_group_t group = {.name = shop_param_text(job, "groupname")};

    if (group.name.len == 0) {
        shop_act_skip(act);
        return;
    }
    shop_group_build(job, &group, act);
}


void shop_extra_group_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    shop_group_t group = {.name = shop_param_text(job, "groupname")};

    shop_group_read(job, &group, answer, act);
}


void shop_extra_member_build(const shop_job_t *job, shop_act_t *act)
{
    shop_member_build(job, "group2", act);
}


/* --- step `instance` --- */

void shop_enrol_instance_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *stored = shop_job_output(job, "dates");
    shop_dates_t dates = shop_job_stored_dates(job);
    bool keep = shop_json_bool(shop_job_output(job, "guard"), "keep");
    json_t *facts = json_pack(
        "{s:I, s:I, s:I, s:o*}", "roleid", (json_int_t) shop_json_int(stored, "roleid"), "group",
        (json_int_t) shop_job_output_id(job, "group"), "group2",
        (json_int_t) shop_job_output_id(job, "group2"), "keep", keep ? json_true() : NULL);

    shop_act_record(
        act, SHOP_ACT_INSTANCE,
        shop_instance_make(job, "userenrol", shop_job_output_id(job, "course"), &dates, facts));
}
