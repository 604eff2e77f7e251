/*
 * Runs the steps by which a handler finds out whether a visitor may have a product, and the steps
 * that several handlers have in common.
 */

#include "produce/available.h"
#include "produce/produce_internal.h"

#include <string.h>

/* So many acts, and it is not going to end. */
#define ACTS_MAX 64

/* Their place is kept in shared memory for some minutes. What is wrong with the product itself is
 * nothing that a buyer can mend or should know: the first one. */
static const char *const reasons[] = {
    "not_now",       "course_missing", "course_hidden",  "already_enrolled",
    "already_owned", "unidentified",   "not_enrolled",   "not_completed",
    "quiz_missing",  "quiz_hidden",    "quiz_unlimited",
};

#define REASONS (sizeof(reasons) / sizeof(reasons[0]))


bool shop_available_asks(const shop_handler_t *handler)
{
    return handler != NULL && handler->available != NULL;
}


const char *shop_available_reason(unsigned verdict)
{
    return verdict >= SHOP_AVAILABLE_NO && verdict - SHOP_AVAILABLE_NO < REASONS
               ? reasons[verdict - SHOP_AVAILABLE_NO]
               : NULL;
}


static unsigned verdict_no(const char *reason)
{
    for (size_t i = 0; i < REASONS; i++) {
        if (strcmp(reasons[i], reason) == 0) {
            return SHOP_AVAILABLE_NO + (unsigned) i;
        }
    }
    return SHOP_AVAILABLE_NO;
}


/* A refusal of ours, of the service account or of Moodle as a whole says nothing of the product. */
static unsigned verdict_of(const shop_act_t *act)
{
    static const char *const silent = "moodle_rights moodle_input moodle_unknown";

    switch (act->kind) {
    case SHOP_ACT_BLOCKED:
    case SHOP_ACT_MANUAL:
    case SHOP_ACT_WAIT:
        return shop_word_in(shop_str(act->reason), silent) ? SHOP_AVAILABLE_UNKNOWN
                                                           : verdict_no(act->reason);
    default:
        return SHOP_AVAILABLE_UNKNOWN;
    }
}


static shop_job_t job_of(const shop_available_t *asked)
{
    static const unsigned char none[SHOP_JOB_RANDOM]; /* these steps decide nothing by chance */

    return (shop_job_t){
        .inputs = asked->inputs,
        .outputs = asked->outputs,
        .progress = asked->progress,
        .now = asked->now,
        .random = none,
        .site = asked->site,
    };
}


/* What the act wants kept is kept; false: no memory. */
static bool keep(shop_available_t *asked)
{
    json_t *kept =
        json_incref(asked->act.kind == SHOP_ACT_DONE ? asked->act.output : asked->act.progress);

    json_decref(asked->progress);
    asked->progress = NULL;
    if (asked->act.kind == SHOP_ACT_MORE) {
        asked->progress = kept;
        return true;
    }
    return json_object_set_new(asked->outputs, asked->step->name, kept) == 0;
}


static bool over(shop_available_t *asked, unsigned verdict)
{
    asked->verdict = verdict;
    return false;
}


/* From the act that was decided to the next one that somebody must carry out. */
static bool advance(shop_available_t *asked)
{
    while (asked->acts++ < ACTS_MAX) {
        shop_job_t job;

        if (asked->act.kind == SHOP_ACT_CALL || asked->act.kind == SHOP_ACT_ASK) {
            return true;
        }
        if (asked->act.kind != SHOP_ACT_DONE && asked->act.kind != SHOP_ACT_MORE) {
            return over(asked, verdict_of(&asked->act));
        }
        if (asked->step != NULL && !keep(asked)) {
            return over(asked, SHOP_AVAILABLE_UNKNOWN);
        }
        job = job_of(asked);
        asked->step = shop_job_next(asked->handler, &job);
        if (asked->step == NULL) {
            return over(asked, SHOP_AVAILABLE_YES);
        }
        shop_act_free(&asked->act);
        asked->step->build(&job, &asked->act);
    }
    return over(asked, SHOP_AVAILABLE_UNKNOWN);
}


bool shop_available_begin(shop_available_t *asked, const shop_product_asked_t *product,
                          const shop_site_t *site, int64_t now)
{
    *asked = (shop_available_t){
        .handler = product->handler,
        .site = site,
        .now = now,
        .inputs = json_pack("{s:s, s:s, s:I, s:I, s:O?}", "phase", "available", "handler",
                            product->handler->name, "item", (json_int_t) product->item, "quantity",
                            (json_int_t) 1, "params", product->params),
        .outputs = product->user > 0
                       ? json_pack("{s:{s:I}}", "user", "id", (json_int_t) product->user)
                       : json_object(),
    };
    if (asked->inputs == NULL || asked->outputs == NULL) {
        return over(asked, SHOP_AVAILABLE_UNKNOWN);
    }
    return advance(asked);
}


bool shop_available_read(shop_available_t *asked, const shop_answer_t *answer)
{
    shop_job_t job = job_of(asked);
    shop_act_t act = {0};

    shop_job_read(asked->step, &job, answer, &act);
    shop_act_free(&asked->act);
    asked->act = act;
    return advance(asked);
}


void shop_available_end(shop_available_t *asked)
{
    shop_act_free(&asked->act);
    json_decref(asked->inputs);
    json_decref(asked->outputs);
    json_decref(asked->progress);
}


/* --- steps --- */

void shop_known_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_job_output_id(job, "user") == 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "unidentified");
        return;
    }
    shop_act_skip(act);
}


void shop_courses_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t user = shop_job_output_id(job, "user");

    if (user == 0) {
        shop_act_skip(act);
        return;
    }
    shop_act_call(act, "core_enrol_get_users_courses",
                  json_pack("{s:I, s:b}", "userid", (json_int_t) user, "returnusercount", 0));
}


void shop_stranger_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (shop_course_in_list(answer->json, shop_job_output_id(job, "course"))) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "already_enrolled");
    } else {
        shop_act_skip(act);
    }
}


void shop_owned_build(const shop_job_t *job, shop_act_t *act)
{
    int64_t user = shop_job_output_id(job, "user");

    if (user == 0) {
        shop_act_skip(act);
        return;
    }
    shop_act_ask(act,
                 json_pack("{s:s, s:O?, s:O?, s:I}", "what", "owned", "item",
                           json_object_get(job->inputs, "item"), "handler",
                           json_object_get(job->inputs, "handler"), "user", (json_int_t) user));
}


void shop_owned_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (shop_json_bool(answer->json, "owned")) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "already_owned");
    } else {
        shop_act_skip(act);
    }
}
