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


shop_str_t shop_test_value(const shop_test_t *test, const char *param)
{
    return shop_str_trim(shop_json_text(test->params, param));
}


/* --- the declared parameters --- */

static bool is_flag(shop_str_t value)
{
    static const char *const flags[] = {"0", "1", "yes", "no", "true", "false"};

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        if (shop_str_eq_nocase(value, shop_str(flags[i]))) {
            return true;
        }
    }
    return false;
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


static void check_value(const shop_test_t *test, const shop_param_t *param, shop_str_t value,
                        json_t *run)
{
    int64_t number;
    bool good = true;

    switch (param->type) {
    case SHOP_PARAM_INT:
        good = shop_str_to_int(value, &number) == SHOP_OK && number >= 0;
        break;
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
        return;
    }
    if (!good) {
        shop_test_say(run, "error", "param_malformed", param->name, value);
    }
}


static void check_params(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    for (const shop_param_t *param = handler->params; param != NULL && param->name != NULL;
         param++) {
        shop_str_t value = shop_test_value(test, param->name);

        if (value.len != 0) {
            check_value(test, param, value, run);
        } else if (param->mandatory) {
            shop_test_say(run, "error", "param_missing", param->name, SHOP_STR_NULL);
        } else if (param->type == SHOP_PARAM_ROLE && param->fallback != NULL) {
            shop_test_say(run, "warning", "param_default", param->name, shop_str(param->fallback));
        }
    }
}


static bool is_declared(const shop_handler_t *handler, const char *name)
{
    for (const shop_param_t *param = handler->params; param != NULL && param->name != NULL;
         param++) {
        if (strcmp(param->name, name) == 0) {
            return true;
        }
    }
    return strcmp(name, "track_instance") == 0;
}


static void check_unknown(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *) test->params, name, value)
    {
        if (!is_declared(handler, name)) {
            shop_test_say(run, "warning", "param_unknown", name, shop_json_string(value));
        }
    }
}


static void check_mode(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    const shop_modes_t *modes = &handler->modes;
    shop_str_t value = modes->param != NULL ? shop_test_value(test, modes->param) : SHOP_STR_NULL;

    if (value.len != 0 && !shop_word_in(value, modes->values)) {
        shop_test_say(run, "error", "mode_unknown", modes->param, value);
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
    int64_t days;

    if (!is_declared(handler, "duration")) {
        return;
    }
    if (shop_dates_compute(&in, &dates) == SHOP_REFUSED) {
        shop_test_say(run, "error", "period_ends_early", "endtime", in.endtime);
    } else if (test->renewable && in.duration.len == 0 && in.endtime.len == 0) {
        shop_test_say(run, "warning", "param_default", "duration", SHOP_STR("365"));
    }
    if (shop_str_to_int(in.duration, &days) == SHOP_OK && days > DAYS_MAX) {
        shop_test_say(run, "warning", "very_long", "duration", in.duration);
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


/* "fullname?" in the handler's list: without it there is only a warning. */
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
    if (is_declared(handler, "credit_price") && shop_test_value(test, "credit_price").len != 0 &&
        json_array_size(test->fields) != 0) {
        shop_test_say(run, "warning", "credits_ask", "requireddata", SHOP_STR_NULL);
    }
}


static void check_product(const shop_test_t *test, const shop_handler_t *handler, json_t *run)
{
    if (test->free) {
        shop_test_say(run, "warning", "price_zero", "price1", SHOP_STR_NULL);
    } else if (test->untaxed) {
        shop_test_say(run, "warning", "no_tax", "taxcode", SHOP_STR_NULL);
    }
    if (handler != NULL && test->named_seats && handler->units != SHOP_JOB_PER_SEAT) {
        shop_test_say(run, "warning", "seats_unused", "quantaddressesusers", SHOP_STR_NULL);
    } else if (handler != NULL && !test->named_seats && handler->units == SHOP_JOB_PER_SEAT) {
        shop_test_say(run, "error", "seats_missing", "quantaddressesusers", SHOP_STR_NULL);
    }
}


json_t *shop_test_begin(const shop_test_t *test)
{
    const shop_handler_t *handler = shop_handler_find(test->handler);
    json_t *run = json_pack("{s:[], s:[], s:{}}", "messages", "questions", "found");

    if (run == NULL) {
        return NULL;
    }
    if (test->handler.len == 0) {
        shop_test_say(run, "notice", "no_handler", "enablehandler", SHOP_STR_NULL);
    } else if (handler == NULL) {
        shop_test_say(run, "error", "handler_unknown", "enablehandler", test->handler);
    } else {
        shop_test_say(run, "notice", "handler", "enablehandler", test->handler);
    }
    check_product(test, test->handler.len != 0 ? handler : NULL, run);
    if (handler == NULL || test->handler.len == 0) {
        return run;
    }
    check_mode(test, handler, run);
    check_params(test, handler, run);
    check_unknown(test, handler, run);
    check_period(test, handler, run);
    check_fields(test, handler, run);
    shop_test_ask_all(test, handler, run);
    return run;
}
