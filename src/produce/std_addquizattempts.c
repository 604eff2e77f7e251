/*
 * Handler std_addquizattempts: more attempts in one or several quizzes (handlers.md 9.10).
 *
 * `attempts_mode` "override" (Moodle 4.4 and later) sets how many attempts the buyer has in all, a
 * number decided in step `target` and written in step `save`; "group" puts him into the group that
 * has so many, in step `move`; "function" calls a function of the site.
 */

#include "produce/operate.h"
#include "produce/quiz.h"

#define AMOUNT_MAX 1000


int64_t shop_quiz_amount(const shop_job_t *job)
{
    int64_t quantity = shop_json_int(job->inputs, "quantity");
    int64_t amount;

    if (!shop_param_int(job, "attemptsamount", 1, AMOUNT_MAX, &amount)) {
        return 0;
    }
    return amount * (quantity > 0 ? quantity : 1);
}


/* --- step `course`: where the quizzes are, unless they are given as course modules --- */

static void course_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_quiz_amount(job) == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "attemptsamount_parameter");
    } else if (shop_job_mode_is(job, "group") && shop_param_text(job, "attemptgroups").len == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "attemptgroups_parameter");
    } else if (shop_param_text(job, "quizcmid").len != 0) {
        shop_act_skip(act);
    } else {
        shop_course_build(job, act);
    }
}


/* --- whether it may be had: by who is in the course, of quizzes that have a limit --- */

static int64_t quiz_course(const shop_job_t *job)
{
    return shop_json_int(json_array_get(shop_quiz_list(job), 0), "courseid");
}


/* Step `place`: of quizzes given as course modules their course has not been looked at yet. */
static void place_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_job_output_id(job, "course") != 0) {
        shop_act_skip(act);
        return;
    }
    shop_act_call(act, "core_course_get_courses_by_field",
                  json_pack("{s:s, s:I}", "field", "id", "value", (json_int_t) quiz_course(job)));
}


static void open_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *quizzes = shop_quiz_list(job);

    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        const json_t *quiz = json_array_get(quizzes, i);

        if (shop_json_bool(quiz, "hidden")) {
            shop_act_stop(act, SHOP_ACT_BLOCKED, "quiz_hidden");
            return;
        }
        if (shop_json_int(quiz, "base") == 0 && !shop_job_mode_is(job, "function")) {
            shop_act_stop(act, SHOP_ACT_BLOCKED, "quiz_unlimited");
            return;
        }
    }
    shop_act_skip(act);
}


static void learner_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (!shop_course_in_list(answer->json, quiz_course(job))) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "not_enrolled");
    } else {
        shop_act_skip(act);
    }
}


/* --- step `instance` --- */

static void instance_build(const shop_job_t *job, shop_act_t *act)
{
    const json_t *quizzes = shop_quiz_list(job);
    const json_t *targets = json_object_get(shop_job_output(job, "target"), "targets");
    shop_dates_t dates = {.start = shop_job_moment(job, "paid_at")};
    json_t *facts = json_pack("{s:I, s:O, s:O*}", "amount", (json_int_t) shop_quiz_amount(job),
                              "quizzes", quizzes, "targets", targets);

    if (facts != NULL && shop_job_mode_is(job, "group") &&
        !shop_json_set_text(facts, "attemptgroups", shop_param_text(job, "attemptgroups"))) {
        json_decref(facts);
        facts = NULL;
    }

    shop_act_record(act, SHOP_ACT_INSTANCE,
                    shop_instance_make(job, "attempt",
                                       shop_json_int(json_array_get(quizzes, 0), "id"), &dates,
                                       facts));
}


static void feedback(const shop_job_t *job, json_t *vars)
{
    const json_t *quizzes = shop_quiz_list(job);

    shop_course_feedback(job, vars);
    json_object_set_new(vars, "amount", json_integer(shop_quiz_amount(job)));
    (void) shop_json_set_text(vars, "quiz", shop_json_text(json_array_get(quizzes, 0), "name"));
}


static const shop_param_t params[] = {
    {.name = "attemptsamount",
     .type = SHOP_PARAM_INT,
     .fallback = "1",
     .min = 1,
     .noted = "param_default",
     .help = "Attempts for each unit"},
    {.name = "quizid", .type = SHOP_PARAM_TEXT, .help = "Ids of the quizzes; the course, too"},
    {.name = "quizcmid", .type = SHOP_PARAM_TEXT, .help = "Ids of their course modules"},
    {.name = "quizidnumber",
     .type = SHOP_PARAM_TEXT,
     .help = "ID numbers of the quizzes; the course, too"},
    SHOP_PARAMS_COURSE,
    {.name = "attempts_mode",
     .type = SHOP_PARAM_TEXT,
     .fallback = "override",
     .help = "override: Moodle's user overrides; group: attemptgroups; function: ws_function"},
    {.name = "attemptgroups",
     .type = SHOP_PARAM_TEXT,
     .mandatory = true,
     .modes = "group",
     .refers = SHOP_REFERS_GROUPS,
     .help = "ID numbers of the groups with one attempt more, two more, and so on"},
    SHOP_PARAMS_FUNCTION,
    SHOP_PARAM_SUPPORT,
    {.name = NULL},
};

static const shop_step_t postpay[] = {
    {"course", course_build, shop_course_read, NULL},
    {"user", shop_user_build, shop_user_read, NULL},
    {"modules", shop_quiz_modules_build, shop_quiz_modules_read, NULL},
    {"quizzes", shop_quiz_quizzes_build, shop_quiz_quizzes_read, NULL},
    {"named", shop_quiz_named_build, shop_quiz_named_read, NULL},
    {"target", shop_quiz_target_build, shop_quiz_target_read, "override group"},
    {"save", shop_quiz_save_build, shop_quiz_save_read, "override"},
    {"move", shop_quiz_move_build, shop_quiz_move_read, "group"},
    {"instance", instance_build, NULL, NULL},
    {"function", shop_wsfunction_build, shop_wsfunction_read, "function"},
    {"support", shop_support_build, shop_support_read, NULL},
    {.name = NULL},
};

static const shop_step_t action[] = {
    {"place", shop_quiz_place_build, shop_quiz_place_read, "suspend resume refresh"},
    {"regroup", shop_quiz_move_build, shop_quiz_move_read, "suspend resume refresh"},
    {"change", shop_quiz_change_build, shop_quiz_change_read, "suspend resume refresh"},
    SHOP_STEP_WITHDRAWAL,
    {.name = NULL},
};

static const shop_step_t available[] = {
    {"known", shop_known_build, NULL, NULL},
    {"course", course_build, shop_course_read, NULL},
    {"modules", shop_quiz_modules_build, shop_quiz_modules_read, NULL},
    {"quizzes", shop_quiz_quizzes_build, shop_quiz_quizzes_read, NULL},
    {"named", shop_quiz_named_build, shop_quiz_named_read, NULL},
    {"place", place_build, shop_course_read, NULL},
    {"open", open_build, NULL, NULL},
    {"learner", shop_courses_build, learner_read, NULL},
    {.name = NULL},
};

const shop_handler_t shop_handler_addquizattempts = {
    .name = "std_addquizattempts",
    .buyers = SHOP_BUYERS_LOGGED_IN,
    .units = SHOP_JOB_PER_LINE,
    .params = params,
    .modes = {"attempts_mode", "override group function", "attempts_mode_parameter"},
    .prepay = shop_user_prepay,
    .postpay = postpay,
    .action = action,
    .available = available,
    .feedback = feedback,
    .test = shop_quiz_test,
};
