/*
 * Speaks for the pure room: one JSON document per line in, one out, until the input ends.
 *
 *   {"do": "handlers"}                     -> [{name, max_quantity, units, params, prepay, postpay,
 * schedule}]
 *   {"do": "functions"}                    -> [{name, writes, creates, special, sold}]
 *   {"do": "build", "handler", "job"}      -> an act
 *   {"do": "read", …, "answer"}            -> the act that the answer leads to
 *   {"do": "feedback", "handler", "job", "event"}
 *
 * job: {inputs, outputs, progress, unknown, tries, now, alone, random}; answer: {function, status,
 * body} of Moodle, or {json} of the database. An act is one line of fields between tabs: kind,
 * step, function, reason, code, unknown (0 or 1), its document, the body of a call.
 * t/produce/matrix.t drives every handler through it.
 */

#include "produce/produce.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>


typedef struct {
    shop_job_t job;
    unsigned char random[SHOP_JOB_RANDOM];
    shop_site_t site;
    const shop_handler_t *handler;
    const shop_step_t *step;
} turn_t;


static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}


static const shop_role_t roles[] = {
    {SHOP_STR("manager"), 1},      {SHOP_STR("coursecreator"), 2}, {SHOP_STR("editingteacher"), 3},
    {SHOP_STR("teacher"), 4},      {SHOP_STR("student"), 5},       {SHOP_STR("customer"), 9},
    {SHOP_STR("studentplus"), 11},
};


static void turn_open(turn_t *turn, const json_t *in)
{
    const json_t *job = json_object_get(in, "job");
    const json_t *progress = json_object_get(job, "progress");
    const char *seed = text_of(job, "random");

    memset(turn, 0, sizeof(*turn));
    for (size_t i = 0; i < sizeof(turn->random) && seed[0] != '\0'; i++) {
        turn->random[i] = (unsigned char) (seed[i % strlen(seed)] + (int) i);
    }
    turn->site = (shop_site_t){
        .roles = roles,
        .role_count = sizeof(roles) / sizeof(roles[0]),
        .account_auth = SHOP_STR("manual"),
        .account_password = true,
        .lets_in = true,
        .learner_domain = SHOP_STR("campus.invalid"),
        .provisioner = !shop_json_bool(job, "alone"),
        .provisioner_domain = SHOP_STR("campus.example"),
    };
    turn->handler = shop_handler_find(shop_json_text(in, "handler"));
    turn->job = (shop_job_t){
        .inputs = json_object_get(job, "inputs"),
        .outputs = json_object_get(job, "outputs"),
        .progress = json_is_object(progress) ? progress : NULL,
        .unknown = shop_json_bool(job, "unknown"),
        .tries = (unsigned) shop_json_int(job, "tries"),
        .now = shop_json_int(job, "now"),
        .random = turn->random,
        .site = &turn->site,
    };
    turn->step = turn->handler != NULL ? shop_job_next(turn->handler, &turn->job) : NULL;
}


/* --- what a handler declares --- */

static json_t *steps_json(const shop_step_t *steps)
{
    json_t *list = json_array();

    for (; steps != NULL && steps->name != NULL; steps++) {
        json_array_append_new(list, json_string(steps->name));
    }
    return list;
}


static json_t *params_json(const shop_param_t *param)
{
    static const char *const types[] = {"text", "int",    "bool",  "time",
                                        "role", "course", "count", "days"};
    json_t *list = json_array();

    for (; param->name != NULL; param++) {
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s?, s:b, s:s?}", "name", param->name, "type",
                            types[param->type], "fallback", param->fallback, "mandatory",
                            param->mandatory && param->modes == NULL, "help", param->help));
    }
    return list;
}


static json_t *handlers_json(void)
{
    static const char *const units[] = {"unit", "line", "seat"};
    size_t count;
    const shop_handler_t *const *handlers = shop_handlers(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        const shop_handler_t *h = handlers[i];

        json_array_append_new(
            list, json_pack("{s:s, s:s?, s:s?, s:i, s:s, s:o, s:o, s:o, s:o}", "name", h->name,
                            "mode_param", h->modes.param, "modes", h->modes.values, "max_quantity",
                            (int) h->max_quantity, "units", units[h->units], "params",
                            params_json(h->params), "prepay", steps_json(h->prepay), "postpay",
                            steps_json(h->postpay), "schedule", steps_json(h->schedule)));
    }
    return list;
}


static json_t *functions_json(void)
{
    size_t count;
    const shop_moodle_function_t *functions = shop_moodle_functions(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:b, s:b, s:b, s:s?}", "name", functions[i].name, "writes",
                            (int) functions[i].writes, "creates", (int) functions[i].creates,
                            "special", (int) functions[i].special, "sold", functions[i].sold));
    }
    return list;
}


/* --- acts --- */

static char *body_text(const shop_act_t *act)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_str_t body;
    char *text = NULL;

    if (shop_provisioner_verb(act->function) != NULL) {
        shop_heap_destroy(heap);
        return strdup(act->function);
    }
    if (shop_moodle_encode(shop_heap_arena(heap), SHOP_STR("TOKEN"), act->function, act->arguments,
                           &body) == SHOP_OK) {
        text = strndup((const char *) body.data, body.len);
    }
    shop_heap_destroy(heap);
    return text;
}


static void say_act(const turn_t *turn, const shop_act_t *act)
{
    static const char *const kinds[] = {"done", "call",  "more",    "instance", "issue", "ask",
                                        "wait", "retry", "blocked", "manual",   "gate",  "bug"};
    const json_t *document = act->kind == SHOP_ACT_CALL   ? act->arguments
                             : act->kind == SHOP_ACT_MORE ? act->progress
                                                          : act->output;
    char *text = document != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
    char *body = act->kind == SHOP_ACT_CALL ? body_text(act) : NULL;

    printf("%s\t%s\t%s\t%s\t%s\t%d\t%s\t%s\n", kinds[act->kind], turn->step->name,
           act->kind == SHOP_ACT_CALL ? act->function : "", act->reason != NULL ? act->reason : "",
           act->code, (int) act->unknown, text != NULL ? text : "", body != NULL ? body : "");
    free(text);
    free(body);
}


static void do_build(const json_t *in)
{
    shop_act_t act = {0};
    turn_t turn;

    turn_open(&turn, in);
    if (turn.step == NULL) {
        printf("%s\t\t\t\t\t0\t\t\n", turn.handler != NULL ? "end" : "unknown_handler");
        return;
    }
    turn.step->build(&turn.job, &act);
    say_act(&turn, &act);
    shop_act_free(&act);
}


static void read_answer(const json_t *given, shop_answer_t *answer)
{
    const char *function = text_of(given, "function");
    unsigned status = (unsigned) shop_json_int(given, "status");
    shop_str_t body = shop_json_text(given, "body");

    if (shop_provisioner_verb(function) != NULL) {
        shop_provisioner_read(status, body, answer);
    } else {
        shop_moodle_read(function, status, body, answer);
    }
}


static void do_read(const json_t *in)
{
    json_t *given = json_object_get(in, "answer");
    json_t *json = json_object_get(given, "json");
    shop_answer_t answer = {.json = json_incref(json)};
    shop_act_t act = {0};
    turn_t turn;

    turn_open(&turn, in);
    if (json == NULL) {
        read_answer(given, &answer);
    }
    shop_job_read(turn.step, &turn.job, &answer, &act);
    say_act(&turn, &act);
    shop_answer_free(&answer);
    shop_act_free(&act);
}


static json_t *do_feedback(const json_t *in)
{
    turn_t turn;

    turn_open(&turn, in);
    return shop_job_feedback(turn.handler, &turn.job, text_of(in, "event"));
}


static void say_json(json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

    printf("%s\n", text);
    free(text);
    json_decref(json);
}


static void answer_to(const json_t *in)
{
    const char *what = text_of(in, "do");

    if (strcmp(what, "handlers") == 0) {
        say_json(handlers_json());
    } else if (strcmp(what, "functions") == 0) {
        say_json(functions_json());
    } else if (strcmp(what, "feedback") == 0) {
        say_json(do_feedback(in));
    } else if (strcmp(what, "read") == 0) {
        do_read(in);
    } else {
        do_build(in);
    }
}


int main(void)
{
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, stdin) > 0) {
        json_t *in = json_loads(line, 0, NULL);

        answer_to(in);
        fflush(stdout);
        json_decref(in);
    }
    free(line);
    return 0;
}
