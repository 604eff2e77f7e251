/*
 * What can be said of a product without asking anybody: driven by what its handler declares.
 */

#include "produce/test_internal.h"

#include <string.h>

#define COUNT_DIGITS 7
#define DAYS_MAX 3660 /* longer looks like seconds */


void shop_test_say(json_t *run, const char *level, const char *check, const char *param,
                   shop_str_t value)
{
    json_array_append_new(json_object_get(run, "messages"),
                          json_pack("{s:s, s:s, s:s, s:o}", "level", level, "check", check, "param",
                                    param, "value", shop_json_str(value)));
}


const json_t *shop_test_messages(const json_t *run)
{
    return json_object_get(run, "messages");
}


/* --- the declared parameters --- */

shop_str_t shop_test_value(const shop_test_t *test, const char *param)
{
    return shop_str_trim(shop_json_text(test->params, param));
}


bool shop_test_flag(const shop_test_t *test, const char *param)
{
    shop_job_t job = {0};
    bool set;
    json_t *inputs = json_pack("{s:O}", "params", test->params);

    job.inputs = inputs;
    set = shop_param_bool(&job, param);
    json_decref(inputs);
    return set;
}


bool shop_test_declares(const shop_handler_t *handler, const char *name)
{
    for (const shop_param_t *param = handler->params; param != NULL && param->name != NULL;
         param++) {
        if (strcmp(param->name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "track_instance") == 0;
}


shop_str_t shop_test_mode(const shop_test_t *test, const shop_handler_t *handler)
{
    shop_str_t values = shop_str(handler->modes.values != NULL ? handler->modes.values : "");
    shop_str_t mode = SHOP_STR_NULL;

    if (handler->modes.param != NULL) {
        mode = shop_test_value(test, handler->modes.param);
    }
    if (mode.len == 0) {
        (void) shop_str_split(&values, ' ', &mode);
    }
    return mode;
}


static bool is_flag(shop_str_t value)
{
    return shop_str_eq_nocase(value, SHOP_STR("yes")) ||
           shop_str_eq_nocase(value, SHOP_STR("no")) ||
           shop_str_eq_nocase(value, SHOP_STR("true")) ||
           shop_str_eq_nocase(value, SHOP_STR("false")) || shop_word_in(value, "0 1");
}


static bool is_moment(shop_str_t value)
{
    shop_dates_in_t in = {.starttime = value};
    shop_dates_t dates;

    return shop_dates_compute(&in, &dates) == SHOP_OK;
}


/* As the database reads it (shop.credit_price). */
static bool is_count(shop_str_t value)
{
    int64_t number;

    return value.len <= COUNT_DIGITS && value.data[0] >= '1' && value.data[0] <= '9' &&
           shop_str_to_int(value, &number) == SHOP_OK;
}


static void check_number(const shop_param_t *param, shop_str_t value, json_t *run)
{
    int64_t number;

    if (shop_str_to_int(value, &number) != SHOP_OK || number < 0) {
        shop_test_say(run, "error", "param_malformed", param->name, value);
    } else if (number < param->min) {
        shop_test_say(run, "error", "param_small", param->name, value);
    } else if (param->type == SHOP_PARAM_DAYS && number > DAYS_MAX) {
        shop_test_say(run, "warning", "very_long", param->name, value);
    }
}


static void check_value(const shop_test_t *test, const shop_param_t *param, shop_str_t value,
                        json_t *run)
{
    bool good = true;

    switch (param->type) {
    case SHOP_PARAM_INT:
    case SHOP_PARAM_DAYS:
        check_number(param, value, run);
        return;
    case SHOP_PARAM_COUNT:
        if (!is_count(value)) {
            shop_test_say(run, "error", "param_no_count", param->name, value);
        }
        return;
    case SHOP_PARAM_BOOL:
        good = is_flag(value);
        break;
    case SHOP_PARAM_TIME:
        good = is_moment(value);
        break;
    case SHOP_PARAM_ROLE:
        if (shop_role_find(test->site, value) == 0) {
            shop_test_say(run, "error", "role_unknown", param->name, value);
        }
        return;
    case SHOP_PARAM_TEXT:
    case SHOP_PARAM_COURSE:
        break;
    }
    if (!good) {
        shop_test_say(run, "error", "param_malformed", param->name, value);
    } else if (param->values != NULL && !shop_word_in(value, param->values)) {
        shop_test_say(run, "error", "param_refused", param->name, value);
    }
}


/* Its absence is worth a word; 0 is absence where nothing takes its place. */
static void note_absence(const shop_param_t *param, shop_str_t value, json_t *run)
{
    bool role = param->type == SHOP_PARAM_ROLE && param->fallback != NULL;
    bool absent = value.len == 0 || (param->fallback == NULL && shop_str_eq(value, SHOP_STR("0")));

    if (absent && (role || param->noted != NULL)) {
        shop_test_say(run, "warning", param->noted != NULL ? param->noted : "param_default",
                      param->name, shop_str(param->fallback != NULL ? param->fallback : ""));
    }
}


static void check_params(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    shop_str_t mode = shop_test_mode(test, handler);

    for (const shop_param_t *param = handler->params; param != NULL && param->name != NULL;
         param++) {
        shop_str_t value = shop_test_value(test, param->name);

        if (param->modes != NULL && !shop_word_in(mode, param->modes)) {
            continue;
        }
        if (value.len != 0) {
            check_value(test, param, value, run);
        } else if (param->mandatory) {
            shop_test_say(run, "error", "param_missing", param->name, SHOP_STR_NULL);
        }
        note_absence(param, value, run);
    }
}


static void check_unknown(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *) test->params, name, value)
    {
        if (!shop_test_declares(handler, name)) {
            shop_test_say(run, "warning", "param_unknown", name, shop_json_string(value));
        }
    }
}


static void check_mode(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    const shop_modes_t *modes = &handler->modes;

    if (modes->param != NULL && !shop_word_in(shop_test_mode(test, handler), modes->values)) {
        shop_test_say(run, "error", "mode_unknown", modes->param, shop_test_mode(test, handler));
    }
}


/* --- the period --- */

static void check_period(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    shop_dates_in_t in = {
        .starttime = shop_test_value(test, "starttime"),
        .endtime = shop_test_value(test, "endtime"),
        .duration = shop_test_value(test, "duration"),
        .renewable = test->renewable,
        .moment = test->now,
    };
    shop_dates_t dates;

    if (!shop_test_declares(handler, "duration")) {
        return;
    }
    if (shop_dates_compute(&in, &dates) == SHOP_REFUSED) {
        shop_test_say(run, "error", "period_ends_early", "endtime", in.endtime);
    } else if (test->renewable && in.duration.len == 0 && in.endtime.len == 0) {
        shop_test_say(run, "warning", "param_default", "duration", SHOP_STR("365"));
    } else if (!test->renewable && in.duration.len != 0 && shop_test_declares(handler, "enrol")) {
        shop_test_say(run, "notice", "duration_holds", "duration", in.duration);
    }
}


/* --- what the buyer is asked --- */

static bool is_asked(const shop_test_t *test, shop_str_t field)
{
    for (size_t i = 0; i < json_array_size(test->fields); i++) {
        if (shop_str_eq(shop_json_string(json_array_get(test->fields, i)), field)) {
            return true;
        }
    }
    return false;
}


bool shop_test_asks(const shop_test_t *test, const char *field)
{
    return is_asked(test, shop_str(field));
}


/* "productcode?" in the handler's list: without it there is only a warning. */
static void check_fields(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    shop_str_t rest = shop_str(handler->asks != NULL ? handler->asks : "");
    shop_str_t field;

    while (shop_str_split(&rest, ' ', &field)) {
        bool needed = field.len == 0 || field.data[field.len - 1] != '?';

        field.len -= needed ? 0 : 1;
        if (field.len != 0 && !is_asked(test, field)) {
            shop_test_say(run, needed ? "error" : "warning", "field_not_asked", "requireddata",
                          field);
        }
    }
    if (handler->buyers == SHOP_BUYERS_LOGGED_IN && test->anonymous) {
        shop_test_say(run, "warning", "needs_login", "onlyforloggedin", SHOP_STR_NULL);
    }
    if (shop_test_declares(handler, "credit_price") &&
        shop_test_value(test, "credit_price").len != 0 && json_array_size(test->fields) != 0) {
        shop_test_say(run, "warning", "credits_ask", "requireddata", SHOP_STR_NULL);
    }
}


/* --- all of it --- */

static void check_handler(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    json_t *word;
    size_t i;

    json_array_foreach((json_t *) test->trouble, i, word)
    {
        shop_test_say(run, "error", "site_check", "enablehandler", shop_json_string(word));
    }
    check_mode(test, handler, run);
    check_params(test, handler, run);
    check_unknown(test, handler, run);
    check_period(test, handler, run);
    check_fields(test, handler, run);
    if (handler->test != NULL) {
        handler->test(test, run);
    }
    shop_test_ask_all(test, handler, run);
}


json_t *shop_test_begin(const shop_test_t *test)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);
    json_t *run = json_pack("{s:[], s:[], s:{}}", "messages", "questions", "found");

    if (run == NULL) {
        return NULL;
    }
    if (test->handler.len == 0) {
        handler = NULL;
        if (test->item == NULL || test->item->kind == SHOP_ITEM_PLAIN) {
            shop_test_say(run, "notice", "no_handler", "enablehandler", SHOP_STR_NULL);
        }
    } else if (handler == NULL) {
        shop_test_say(run, "error", "handler_unknown", "enablehandler", test->handler);
    } else {
        shop_test_say(run, "notice", "handler", "enablehandler", test->handler);
    }
    if (test->item != NULL) {
        shop_test_goods(test, handler, run);
    }
    if (handler != NULL) {
        check_handler(test, handler, run);
    }
    return run;
}
