/*
 * A job seen from its steps: which comes next, what its documents say, what an answer leads to.
 */

#include "produce/produce_internal.h"

#include <string.h>


const json_t *shop_job_output(const shop_job_t *job, const char *step)
{
    return json_object_get(job->outputs, step);
}


int64_t shop_job_output_id(const shop_job_t *job, const char *step)
{
    return shop_json_int(shop_job_output(job, step), "id");
}


const json_t *shop_job_customer(const shop_job_t *job)
{
    return json_object_get(job->inputs, "customer");
}


int64_t shop_job_moment(const shop_job_t *job, const char *name)
{
    int64_t moment;

    if (shop_time_parse(shop_json_text(job->inputs, name), &moment) == SHOP_OK) {
        return moment;
    }
    return job->now;
}


shop_str_t shop_job_phase(const shop_job_t *job)
{
    return shop_json_text(job->progress, "phase");
}


json_t *shop_job_progress(const shop_job_t *job, const char *phase)
{
    json_t *progress = job->progress != NULL ? json_copy((json_t *) job->progress) : json_object();

    if (progress == NULL || json_object_set_new(progress, "phase", json_string(phase)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


static bool inputs_postpay(const shop_job_t *job)
{
    return shop_str_eq(shop_json_text(job->inputs, "phase"), SHOP_STR("postpay"));
}


const shop_step_t *shop_job_next(const shop_handler_t *handler, const shop_job_t *job)
{
    const shop_step_t *step = inputs_postpay(job) ? handler->postpay : handler->prepay;

    for (; step->name != NULL; step++) {
        if (shop_job_output(job, step->name) == NULL) {
            return step;
        }
    }
    return NULL;
}


void shop_job_read(const shop_step_t *step, const shop_job_t *job, const shop_answer_t *answer,
                   shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_GATE && step->read != NULL) {
        step->read(job, answer, act);
    } else if (answer->answer_class == SHOP_ANSWER_OK) {
        shop_act_done(act, json_is_null(answer->json) ? json_object() : json_incref(answer->json));
    } else {
        shop_act_by_class(job, answer, act);
    }
}


/* The period as ISO texts; no member for what has no limit. */
static bool feedback_dates(const shop_job_t *job, json_t *vars)
{
    const json_t *dates = shop_job_output(job, "dates");
    int64_t start = shop_json_int(dates, "start");
    int64_t end = shop_json_int(dates, "end");
    char text[21];

    if (start != 0) {
        shop_time_iso(start, text);
        if (!shop_json_set_text(vars, "start", shop_str(text))) {
            return false;
        }
    }
    if (end == 0) {
        return true;
    }
    shop_time_iso(end, text);
    return shop_json_set_text(vars, "end", shop_str(text));
}


static bool feedback_common(const shop_job_t *job, json_t *vars)
{
    const json_t *product = json_object_get(job->inputs, "product");
    const json_t *user = shop_job_output(job, "user");
    const json_t *instance = shop_job_output(job, "instance");

    return shop_json_set_text(vars, "txid", shop_json_text(job->inputs, "transid")) &&
           shop_json_set_text(vars, "product", shop_json_text(product, "name")) &&
           shop_json_set_text(vars, "code", shop_json_text(product, "code")) &&
           json_object_set_new(vars, "billno",
                               json_integer(shop_json_int(job->inputs, "ordering"))) == 0 &&
           json_object_set_new(vars, "quantity",
                               json_integer(shop_json_int(job->inputs, "quantity"))) == 0 &&
           shop_json_set_text(vars, "username", shop_json_text(user, "username")) &&
           shop_json_set_text(vars, "fullname", shop_json_text(user, "fullname")) &&
           shop_json_set_text(vars, "reference", shop_json_text(instance, "reference")) &&
           feedback_dates(job, vars);
}


json_t *shop_job_feedback(const shop_handler_t *handler, const shop_job_t *job, const char *event)
{
    json_t *vars = json_object();

    if (vars == NULL || !feedback_common(job, vars)) {
        json_decref(vars);
        return NULL;
    }
    if (handler->feedback != NULL) {
        handler->feedback(job, vars);
    }
    return json_pack("{s:s, s:s, s:o}", "handler",
                     handler->name[0] != '\0' ? handler->name : "none", "event", event, "vars",
                     vars);
}
