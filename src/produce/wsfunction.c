/*
 * A function named in the product's parameters: for what Moodle's core has no function
 * (handlers.md 12).
 *
 * `ws_args` is a JSON template; `{userid}`, `{username}`, `{courseid}`, `{cmid}`, `{reference}`,
 * `{jobkey}`, `{quizid}`, `{amount}`, `{start}`, `{end}`, `{max}`, `{secret}` in its texts are
 * replaced. The default asks for userid, cmid and reference. Each action on an instance has a
 * `{jobkey}` of its own.
 *
 * What such a function gave, `ws_withdraw` takes back when the instance is suspended; where there
 * is none, a person does.
 */

#include "produce/operate.h"

#include <string.h>

#define TEMPLATE_MAX 8192
#define DEPTH_MAX 8
#define AMOUNT_MAX 1000000

static const char default_template[] =
    "{\"userid\":\"{userid}\",\"cmid\":\"{cmid}\",\"reference\":\"{reference}\"}";


/* --- placeholders --- */

/* Attempts or credits: what the parameters say, for each unit. */
static int64_t sold_amount(const shop_job_t *job)
{
    bool attempts = shop_param_text(job, "attemptsamount").len != 0;
    int64_t quantity = shop_json_int(job->inputs, "quantity");
    int64_t amount;

    if (!shop_param_int(job, attempts ? "attemptsamount" : "creditsamount", 1, AMOUNT_MAX,
                        &amount)) {
        return 0;
    }
    return amount * (quantity > 0 ? quantity : 1);
}


/* What was decided about an access: "" or 0 in other products. */
static json_t *access_placeholders(const shop_job_t *job)
{
    const json_t *terms = shop_job_output(job, "terms");
    shop_dates_t dates = shop_job_stored_dates(job);

    return json_pack("{s:o, s:o, s:o, s:o}", "start", json_sprintf("%lld", (long long) dates.start),
                     "end", json_sprintf("%lld", (long long) dates.end), "max",
                     json_sprintf("%lld", (long long) shop_json_int(terms, "max")), "secret",
                     shop_json_str(shop_json_text(terms, "secret")));
}


/* What the function may know a call by, should it come again. */
static json_t *job_key(const shop_job_t *job, shop_str_t reference)
{
    int64_t event = shop_json_int(job->inputs, "event");

    if (event == 0) {
        return shop_json_str(reference);
    }
    return json_sprintf("%.*s.%lld", (int) reference.len, (const char *) reference.data,
                        (long long) event);
}


static json_t *placeholders(const shop_job_t *job)
{
    shop_str_t reference = shop_json_text(shop_job_output(job, "instance"), "reference");

    const json_t *quiz =
        json_array_get(json_object_get(shop_job_output(job, "quizzes"), "list"), 0);
    int64_t amount = sold_amount(job);

    json_t *values =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "userid",
                  json_sprintf("%lld", (long long) shop_job_output_id(job, "user")), "username",
                  shop_json_str(shop_json_text(shop_job_output(job, "user"), "username")),
                  "courseid", json_sprintf("%lld", (long long) shop_job_output_id(job, "course")),
                  "cmid", shop_json_str(shop_param_text(job, "certificateid")), "reference",
                  shop_json_str(reference), "jobkey", job_key(job, reference), "quizid",
                  json_sprintf("%lld", (long long) shop_json_int(quiz, "id")), "amount",
                  json_sprintf("%lld", (long long) amount));
    json_t *access = access_placeholders(job);

    if (json_object_update(values, access) != 0) {
        json_decref(values);
        values = NULL;
    }
    json_decref(access);
    return values;
}


/* The value of the placeholder that `text` begins with; NULL: it begins with none. */
static const json_t *placeholder_at(shop_str_t text, const json_t *values, size_t *len)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *) values, key, value)
    {
        size_t size = strlen(key);

        if (text.len >= size + 2 && text.data[0] == '{' && text.data[size + 1] == '}' &&
            memcmp(text.data + 1, key, size) == 0) {
            *len = size + 2;
            return value;
        }
    }
    return NULL;
}


json_t *shop_fill_text(shop_str_t text, const json_t *values)
{
    shop_heap_t *heap = shop_heap_create(-1);
    json_t *filled = NULL;
    shop_buf_t buf;

    if (heap == NULL) {
        return NULL;
    }
    shop_buf_init(&buf, shop_heap_arena(heap), TEMPLATE_MAX);
    while (text.len > 0) {
        size_t len = 1;
        const json_t *value = placeholder_at(text, values, &len);

        if (value != NULL) {
            shop_buf_add(&buf, (shop_str_t){json_string_length(value),
                                            (unsigned char *) json_string_value(value)});
        } else {
            shop_buf_add_char(&buf, text.data[0]);
        }
        text.data += len;
        text.len -= len;
    }
    if (buf.status == SHOP_OK) {
        filled = shop_json_str(shop_buf_str(&buf));
    }
    shop_heap_destroy(heap);
    return filled;
}


static json_t *fill(const json_t *template, const json_t *values, int depth)
{
    json_t *filled;
    const char *key;
    json_t *value;

    if (depth > DEPTH_MAX) {
        return NULL;
    }
    if (json_is_string(template)) {
        return shop_fill_text((shop_str_t){json_string_length(template),
                                           (unsigned char *) json_string_value(template)},
                              values);
    }
    if (!json_is_object(template) && !json_is_array(template)) {
        return json_incref((json_t *) template);
    }
    filled = json_copy((json_t *) template);
    json_object_foreach((json_t *) template, key, value)
    {
        if (json_object_set_new(filled, key, fill(value, values, depth + 1)) != 0) {
            goto failed;
        }
    }
    for (size_t i = 0; i < json_array_size(template); i++) {
        value = fill(json_array_get(template, i), values, depth + 1);
        if (json_array_set_new(filled, i, value) != 0) {
            goto failed;
        }
    }
    return filled;

failed:
    json_decref(filled);
    return NULL;
}


/* --- the step --- */

static bool may_repeat(const shop_job_t *job)
{
    return shop_param_text(job, "ws_idempotent").len == 0 || shop_param_bool(job, "ws_idempotent");
}


/* The function that the parameter `name` names; `args` is the one with its template. */
static void call_build(const shop_job_t *job, const char *name, const char *args, shop_act_t *act)
{
    const json_t *params = json_object_get(job->inputs, "params");
    const char *function = json_string_value(json_object_get(params, name));
    shop_str_t text = shop_param_text(job, args);
    json_t *template;
    json_t *values;

    if (job->unknown && !may_repeat(job)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "outcome_unknown");
        return;
    }
    text = text.len != 0 ? text : shop_str(default_template);
    if (shop_json_parse(text, TEMPLATE_MAX, &template) != SHOP_OK) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "ws_args_parameter");
        return;
    }
    values = placeholders(job);
    shop_act_call(act, function, fill(template, values, 0));
    json_decref(template);
    json_decref(values);
}


void shop_wsfunction_build(const shop_job_t *job, shop_act_t *act)
{
    if (shop_param_text(job, "ws_function").len == 0) {
        shop_act_stop(act, SHOP_ACT_BLOCKED, "ws_function_parameter");
    } else {
        call_build(job, "ws_function", "ws_args", act);
    }
}


/* `ws_ok` is a path such as "result.status" whose value must be 1 or true; empty: any answer. */
static bool answer_is_ok(const shop_job_t *job, const json_t *answer)
{
    shop_str_t path = shop_param_text(job, "ws_ok");
    const json_t *value = answer;
    shop_str_t part;

    if (path.len == 0) {
        return true;
    }
    while (value != NULL && shop_str_split(&path, '.', &part)) {
        char key[64] = {0};

        if (part.len >= sizeof(key)) {
            return false;
        }
        memcpy(key, part.data, part.len);
        value = json_object_get(value, key);
    }
    return json_is_true(value) || json_integer_value(value) == 1;
}


void shop_wsfunction_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (!answer_is_ok(job, answer->json)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "ws_function_refused");
    } else {
        shop_act_done(act, json_pack("{s:b}", "released", 1));
    }
}


/* --- step `withdrawal` of actions: what the function gave is there as long as the instance is in
 * force; {withdrawn} --- */

static bool is_calling(const shop_job_t *job)
{
    return shop_str_eq(shop_job_phase(job), SHOP_STR("call"));
}


void shop_withdrawal_build(const shop_job_t *job, shop_act_t *act)
{
    bool live = shop_instance_is_live(job);

    if (!shop_job_mode_is(job, "function")) {
        shop_act_skip(act);
    } else if (!is_calling(job)) {
        shop_act_ask(act, json_pack("{s:s}", "what", "withdrawn"));
    } else if (shop_param_text(job, "ws_withdraw").len == 0) {
        shop_act_stop(act, SHOP_ACT_MANUAL, live ? "give_by_hand" : "withdraw_by_hand");
    } else if (live) {
        call_build(job, "ws_function", "ws_args", act);
    } else {
        call_build(job, "ws_withdraw", "ws_withdraw_args", act);
    }
}


void shop_withdrawal_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool live = shop_instance_is_live(job);

    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (is_calling(job) && !answer_is_ok(job, answer->json)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "ws_function_refused");
    } else if (is_calling(job)) {
        shop_act_done(act, json_pack("{s:b}", "withdrawn", !live));
    } else if (shop_json_bool(answer->json, "withdrawn") == live) {
        shop_act_more(act, shop_job_progress(job, "call"));
    } else {
        shop_act_done(act, json_object()); /* others were faster */
    }
}
