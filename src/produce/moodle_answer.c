/*
 * Moodle's answers sorted into the classes of handlers.md 2.4.
 *
 * HTTP status 200 says nothing: the body does. `message` is never looked at, it is translated. An
 * errorcode may hold a whole HTML sentence, so it is copied only when it looks like a code.
 */

#include "produce/produce.h"

#include <string.h>

#define ANSWER_MAX (8 * 1024 * 1024)

static const struct {
    const char *code;
    shop_answer_class_e answer_class;
} codes[] = {
    {"sitemaintenance", SHOP_ANSWER_TEMPORARY},
    {"upgraderunning", SHOP_ANSWER_TEMPORARY}, /* also: Moodle's cache store is down */
    {"dbconnectionfailed", SHOP_ANSWER_TEMPORARY},
    {"dmlwriteexception", SHOP_ANSWER_TEMPORARY},
    {"dmlreadexception", SHOP_ANSWER_TEMPORARY},
    {"locktimeout", SHOP_ANSWER_TEMPORARY},

    {"invalidtoken", SHOP_ANSWER_GATE},
    {"accessexception", SHOP_ANSWER_GATE},
    {"servicenotavailable", SHOP_ANSWER_GATE},
    {"sitepolicynotagreed", SHOP_ANSWER_GATE},
    {"usernotfullysetup", SHOP_ANSWER_GATE},
    {"forcepasswordchangenotice", SHOP_ANSWER_GATE},
    {"wsaccessusersuspended", SHOP_ANSWER_GATE},
    {"wsaccessuserunconfirmed", SHOP_ANSWER_GATE},
    {"usernotconfirmed", SHOP_ANSWER_GATE},
    {"passwordisexpired", SHOP_ANSWER_GATE},

    {"nopermissions", SHOP_ANSWER_RIGHTS},
    {"requireloginerror", SHOP_ANSWER_RIGHTS},
    {"errorcoursecontextnotvalid", SHOP_ANSWER_RIGHTS},
    {"wsusercannotassign", SHOP_ANSWER_RIGHTS},
    {"cannotviewreport", SHOP_ANSWER_RIGHTS},
    {"criteriaerror", SHOP_ANSWER_RIGHTS}, /* a search by idnumber */
    {"setting_locked_by_permission", SHOP_ANSWER_RIGHTS},
    {"backupprecheckerrors", SHOP_ANSWER_RIGHTS}, /* also when questions may not be copied */

    {"invalidrecord", SHOP_ANSWER_MISSING},
    {"invalidrecordunknown", SHOP_ANSWER_MISSING},
    {"invalidcourseid", SHOP_ANSWER_MISSING},
    {"unknowcategory", SHOP_ANSWER_MISSING},
    {"errorcatcontextnotvalid", SHOP_ANSWER_MISSING},
    {"unknowncourseidnumber", SHOP_ANSWER_MISSING},
    {"wsnoinstance", SHOP_ANSWER_MISSING},
    {"invaliduser", SHOP_ANSWER_MISSING},
    {"userdeleted", SHOP_ANSWER_MISSING},

    {"shortnametaken", SHOP_ANSWER_COLLISION},
    {"courseidnumbertaken", SHOP_ANSWER_COLLISION},
    {"categoryidnumbertaken", SHOP_ANSWER_COLLISION},
    {"idnumbertaken", SHOP_ANSWER_COLLISION},

    {"usernamelowercase", SHOP_ANSWER_INPUT},
    {"enddatebeforestartdate", SHOP_ANSWER_INPUT},
    {"invalidusername", SHOP_ANSWER_INPUT},
    {"guestsarenotallowed", SHOP_ANSWER_INPUT},
    {"useremailduplicate", SHOP_ANSWER_INPUT},
};


static void answer_is(shop_answer_t *answer, shop_answer_class_e answer_class, const char *code)
{
    size_t len = strlen(code);

    answer->answer_class = answer_class;
    if (len >= sizeof(answer->code)) {
        len = sizeof(answer->code) - 1;
    }
    memcpy(answer->code, code, len);
    answer->code[len] = '\0';
}


static bool code_is_key(const char *code)
{
    size_t len = strspn(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

    return len > 0 && code[len] == '\0' && len < sizeof(((shop_answer_t *) NULL)->code);
}


static shop_answer_class_e class_of_code(const shop_moodle_function_t *function, const char *code)
{
    if (function != NULL && function->special && strcmp(code, "accessexception") == 0) {
        return SHOP_ANSWER_RIGHTS; /* the service lacks it; sales that do not need it go on */
    }
    if (strcmp(code, "invalidparameter") == 0) {
        return function != NULL && function->creates ? SHOP_ANSWER_COLLISION : SHOP_ANSWER_INPUT;
    }
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strcmp(code, codes[i].code) == 0) {
            return codes[i].answer_class;
        }
    }
    return SHOP_ANSWER_UNKNOWN;
}


static void answer_by_code(shop_answer_t *answer, const shop_moodle_function_t *function,
                           const json_t *value, const char *missing)
{
    const char *code = json_string_value(value);

    if (code == NULL) {
        answer_is(answer, SHOP_ANSWER_UNKNOWN, missing);
    } else if (!code_is_key(code)) {
        answer_is(answer, SHOP_ANSWER_INPUT, "text"); /* a password policy, in words */
    } else {
        answer_is(answer, class_of_code(function, code), code);
    }
}


/* A warning of a writing function means that the item was not processed. */
static const json_t *first_warning(const shop_moodle_function_t *function, const json_t *json)
{
    return function != NULL && function->writes
               ? json_array_get(json_object_get(json, "warnings"), 0)
               : NULL;
}


static bool body_is_null(shop_str_t body)
{
    return shop_str_eq(shop_str_trim(body), SHOP_STR("null"));
}


static void answer_parse(shop_answer_t *answer, const shop_moodle_function_t *function,
                         shop_str_t body)
{
    const json_t *warning;

    if (body_is_null(body)) {
        answer->json = json_null();
        return;
    }
    if (shop_json_parse(body, ANSWER_MAX, &answer->json) != SHOP_OK) {
        answer->json = NULL;
        answer_is(answer, SHOP_ANSWER_TRANSPORT, body.len == 0 ? "empty" : "notjson");
        return;
    }
    warning = first_warning(function, answer->json);
    if (json_object_get(answer->json, "exception") != NULL) {
        answer_by_code(answer, function, json_object_get(answer->json, "errorcode"), "noerrorcode");
    } else if (warning != NULL) {
        answer_by_code(answer, function, json_object_get(warning, "warningcode"), "warning");
    }
    if (answer->answer_class != SHOP_ANSWER_OK) {
        json_decref(answer->json);
        answer->json = NULL;
    }
}


void shop_moodle_read(const char *function, unsigned status, shop_str_t body, shop_answer_t *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->http_status = status;

    if (status == 0) {
        answer_is(answer, SHOP_ANSWER_TRANSPORT, "noanswer");
    } else if (status == 403) {
        answer_is(answer, SHOP_ANSWER_GATE, "http403"); /* web services or REST are off */
    } else if (status != 200) {
        answer_is(answer, SHOP_ANSWER_TRANSPORT, status >= 500 ? "http5xx" : "httpstatus");
    } else {
        answer_parse(answer, shop_moodle_function(function), body);
    }
}


static void token_refused(shop_answer_t *answer)
{
    const char *code = json_string_value(json_object_get(answer->json, "errorcode"));

    if (code != NULL && strcmp(code, "invalidlogin") == 0) {
        answer_is(answer, SHOP_ANSWER_INPUT, code);
    } else {
        answer_by_code(answer, NULL, json_object_get(answer->json, "errorcode"), "noerrorcode");
    }
    json_decref(answer->json);
    answer->json = NULL;
}


void shop_moodle_read_token(unsigned status, shop_str_t body, shop_answer_t *answer)
{
    memset(answer, 0, sizeof(*answer));
    answer->http_status = status;

    if (status != 200 || shop_json_parse(body, ANSWER_MAX, &answer->json) != SHOP_OK) {
        answer->json = NULL;
        answer_is(answer, SHOP_ANSWER_TRANSPORT, status == 0 ? "noanswer" : "httpstatus");
    } else if (shop_json_text(answer->json, "token").len == 0) {
        token_refused(answer);
    }
}


void shop_answer_free(shop_answer_t *answer)
{
    json_decref(answer->json);
    answer->json = NULL;
}


const char *shop_answer_class_name(shop_answer_class_e answer_class)
{
    static const char *const names[] = {"ok",      "transport", "temporary", "gate",   "rights",
                                        "missing", "collision", "input",     "unknown"};

    return names[answer_class];
}
