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


bool shop_job_is_seat(const shop_job_t *job)
{
    return json_is_object(json_object_get(job->inputs, "seat"));
}


const json_t *shop_job_person(const shop_job_t *job)
{
    return shop_job_is_seat(job) ? json_object_get(json_object_get(job->inputs, "seat"), "person")
                                 : shop_job_customer(job);
}


shop_str_t shop_job_answer(const shop_job_t *job, const char *field)
{
    const json_t *values = json_object_get(json_object_get(job->inputs, "customerdata"), field);
    int64_t unit = shop_json_int(job->inputs, "unit");
    const json_t *value = json_array_get(values, unit > 0 ? (size_t) unit - 1 : 0);

    return shop_str_trim(
        (shop_str_t){json_string_length(value), (unsigned char *) json_string_value(value)});
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


/* --- the mode of the handler, and the steps that are for it --- */

bool shop_word_in(shop_str_t word, const char *words)
{
    shop_str_t rest = shop_str(words);
    shop_str_t one;

    while (shop_str_split(&rest, ' ', &one)) {
        if (shop_str_eq(one, word)) {
            return true;
        }
    }
    return false;
}


static const shop_modes_t *modes_of(const shop_job_t *job)
{
    const shop_handler_t *handler = shop_handler_find(shop_json_text(job->inputs, "handler"));

    return handler != NULL && handler->modes.param != NULL ? &handler->modes : NULL;
}


shop_str_t shop_job_mode(const shop_job_t *job)
{
    const shop_modes_t *modes = modes_of(job);
    shop_str_t mode = modes != NULL ? shop_param_text(job, modes->param) : SHOP_STR_NULL;
    shop_str_t values;

    if (modes != NULL && mode.len == 0) {
        values = shop_str(modes->values);
        (void) shop_str_split(&values, ' ', &mode);
    }
    return mode;
}


bool shop_job_mode_is(const shop_job_t *job, const char *mode)
{
    return shop_str_eq(shop_job_mode(job), shop_str(mode));
}


/* Comes before all others when the parameter says something else. */
static void mode_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_stop(act, SHOP_ACT_BLOCKED, modes_of(job)->refusal);
}

static const shop_step_t mode_refused = {"mode", mode_build, NULL, NULL};


const shop_step_t shop_steps_none[] = {
    {.name = NULL},
};


static const shop_step_t *phase_steps(const shop_handler_t *handler, const shop_job_t *job)
{
    shop_str_t phase = shop_json_text(job->inputs, "phase");

    if (shop_str_eq(phase, SHOP_STR("postpay"))) {
        return handler->postpay;
    }
    if (shop_str_eq(phase, SHOP_STR("schedule"))) {
        return handler->schedule != NULL ? handler->schedule : shop_steps_none;
    }
    if (shop_str_eq(phase, SHOP_STR("action"))) {
        return handler->action != NULL ? handler->action : shop_steps_none;
    }
    if (shop_str_eq(phase, SHOP_STR("available"))) {
        return handler->available != NULL ? handler->available : shop_steps_none;
    }
    return handler->prepay;
}


static bool sells(const shop_job_t *job)
{
    shop_str_t phase = shop_json_text(job->inputs, "phase");

    return !shop_str_eq(phase, SHOP_STR("schedule")) && !shop_str_eq(phase, SHOP_STR("action"));
}


const shop_step_t *shop_job_next(const shop_handler_t *handler, const shop_job_t *job)
{
    const shop_step_t *step = phase_steps(handler, job);
    bool sale = sells(job);
    shop_str_t way = sale ? shop_job_mode(job) : shop_json_text(job->inputs, "action");

    if (sale && handler->modes.param != NULL &&
        (step == handler->postpay || step == handler->available) &&
        !shop_word_in(way, handler->modes.values)) {
        return &mode_refused;
    }
    for (; step->name != NULL; step++) {
        const json_t *output = shop_job_output(job, step->name);

        if (step->only != NULL && !shop_word_in(way, step->only)) {
            continue;
        }
        if (output == NULL || shop_json_bool(output, "end")) {
            return output == NULL ? step : NULL;
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


shop_dates_t shop_job_stored_dates(const shop_job_t *job)
{
    static const char *const steps[] = {"target", "period", "dates", "terms"};
    const json_t *stored = NULL;

    for (size_t i = 0; stored == NULL && i < sizeof(steps) / sizeof(steps[0]); i++) {
        stored = shop_job_output(job, steps[i]);
    }
    return (shop_dates_t){
        .start = shop_json_int(stored, "start"),
        .end = shop_json_int(stored, "end"),
    };
}


/* The period as ISO texts; no member for what has no limit. */
static bool feedback_dates(const shop_job_t *job, json_t *vars)
{
    shop_dates_t dates = shop_job_stored_dates(job);
    char text[21];

    if (dates.start != 0) {
        shop_time_iso(dates.start, text);
        if (!shop_json_set_text(vars, "start", shop_str(text))) {
            return false;
        }
    }
    if (dates.end == 0) {
        return true;
    }
    shop_time_iso(dates.end, text);
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
