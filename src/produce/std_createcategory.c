/*
 * Handler std_createcategory: a course category of one's own (handlers.md 9.13).
 */

#include "produce/operate.h"

#define NAME_MAX_BYTES 1020 /* 255 characters */
#define GRACE_DAYS 7


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static void dates_build(const shop_job_t *job, shop_act_t *act)
{
    static const shop_made_t made = {
        .place = "parentcategory",
        .refusal = "parentcategory_parameter",
        .owner = "categoryowner",
        .fallback = "coursecreator",
    };

    shop_made_dates_build(job, &made, act);
}


/* --- step `name`: what the buyer asked for, else his own and a number --- */

static bool is_text(shop_str_t text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] < ' ' || text.data[i] == '<') {
            return false;
        }
    }
    return text.len > 0 && text.len <= NAME_MAX_BYTES;
}


static json_t *name_made(const shop_job_t *job, int64_t number)
{
    const json_t *customer = shop_job_customer(job);
    shop_str_t of = shop_str_trim(shop_json_text(customer, "organisation"));

    if (of.len == 0) {
        of = shop_json_text(shop_job_output(job, "user"), "fullname");
    }
    return json_sprintf("%.*s %lld", (int) of.len, (const char *) of.data, (long long) number);
}


/* `{catname}` of the pattern becomes the name. */
static json_t *name_by_pattern(const shop_job_t *job, json_t *name)
{
    shop_str_t pattern = shop_param_text(job, "catname_pattern");
    json_t *values = json_pack("{s:o}", "catname", name);
    json_t *filled = pattern.len != 0 ? shop_fill_text(pattern, values)
                                      : json_incref(json_object_get(values, "catname"));

    json_decref(values);
    return filled;
}


static void name_done(const shop_job_t *job, json_t *name, shop_act_t *act)
{
    json_t *filled = name_by_pattern(job, name);
    shop_str_t text = {json_string_length(filled), (unsigned char *) json_string_value(filled)};

    if (filled != NULL && !is_text(text)) {
        json_decref(filled);
        shop_act_stop(act, SHOP_ACT_MANUAL, "catname_refused");
        return;
    }
    shop_act_done(act, json_pack("{s:o}", "name", filled));
}


static void name_build(const shop_job_t *job, shop_act_t *act)
{
    shop_str_t wanted = shop_job_answer(job, "catname");

    if (wanted.len != 0) {
        name_done(job, shop_json_str(wanted), act);
        return;
    }
    shop_act_ask(act, json_pack("{s:s, s:s}", "what", "count", "contexttype", "coursecat"));
}


static void name_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    name_done(job, name_made(job, shop_json_int(answer->json, "count") + 1), act);
}


/* --- step `category`: made; when that may have happened already, looked for by its mark --- */

static json_t *category_new(const shop_job_t *job)
{
    int64_t parent = 0;

    (void) shop_param_int(job, "parentcategory", 0, INT64_MAX, &parent);
    return json_pack("{s:[{s:O?, s:I, s:o}]}", "categories", "name",
                     json_object_get(shop_job_output(job, "name"), "name"), "parent",
                     (json_int_t) parent, "idnumber", shop_json_str(shop_job_reference(job)));
}


static bool must_look(const shop_job_t *job)
{
    return job->unknown || job->tries > 0 || phase_is(job, "look");
}


static void category_build(const shop_job_t *job, shop_act_t *act)
{
    if (!must_look(job)) {
        shop_act_call(act, "core_course_create_categories", category_new(job));
        return;
    }
    shop_act_call(act, "core_course_get_categories",
                  json_pack("{s:[{s:s, s:o}], s:b}", "criteria", "key", "idnumber", "value",
                            shop_json_str(shop_job_reference(job)), "addsubcategories", 0));
}


static void category_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    int64_t id = shop_json_int(json_array_get(answer->json, 0), "id");

    if (answer->answer_class == SHOP_ANSWER_COLLISION && phase_is(job, "")) {
        shop_act_more(act, shop_job_progress(job, "look"));
    } else if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (id != 0) {
        shop_act_done(act, json_pack("{s:I}", "id", (json_int_t) id));
    } else if (phase_is(job, "look")) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "category_refused");
    } else {
        shop_act_more(act, shop_job_progress(job, "again"));
    }
}


/* --- steps `owner`, `instance` --- */

static json_t *facts_of(const shop_job_t *job)
{
    int64_t id = shop_job_output_id(job, "category");

    return json_pack("{s:I, s:I, s:s, s:I, s:O?}", "roleid",
                     (json_int_t) shop_json_int(shop_job_output(job, "dates"), "roleid"), "userid",
                     (json_int_t) shop_job_output_id(job, "user"), "level", "coursecat",
                     "instanceid", (json_int_t) id, "name",
                     json_object_get(shop_job_output(job, "name"), "name"));
}


static void owner_build(const shop_job_t *job, shop_act_t *act)
{
    json_t *facts = facts_of(job);

    shop_act_call(act, "core_role_assign_roles", shop_assignment("assignments", facts));
    json_decref(facts);
}


static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t id = shop_job_output_id(job, "category");

    shop_act_record(
        act, SHOP_ACT_INSTANCE,
        shop_instance_due(shop_instance_made(job, "coursecat", id, facts_of(job)), GRACE_DAYS));
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    (void) shop_json_set_text(vars, "category",
                              shop_json_text(shop_job_output(job, "name"), "name"));
}


static const shop_param_t params[] = {
    {.name = "parentcategory",
     .type = SHOP_PARAM_INT,
     .refers = SHOP_REFERS_CATEGORY,
     .mandatory = true,
     .help = "Id of the category in which it is made"},
    {.name = "catname_pattern",
     .type = SHOP_PARAM_TEXT,
     .fallback = "{catname}",
     .help = "Name of the category; {catname} is what the buyer asked for"},
    SHOP_PARAMS_PERIOD,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"dates", dates_build, NULL, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"name", name_build, name_read, NULL},
    {"reference", shop_reference_build, NULL, NULL},
    {"category", category_build, category_read, NULL},
    {"owner", owner_build, NULL, NULL},
    {"instance", instance_build, NULL, NULL},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_createcategory = {
    .name = "std_createcategory",
    .buyers = SHOP_BUYERS_BOTH,
    .params = params,
    .asks = "catname?",
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .schedule = shop_category_schedule,
    .action = shop_category_action,
    .feedback = feedback,
};
