/*
 * Requests and answers of Moodle against what a real site was sent and said:
 * t/data/moodle-ws-recorded.json.
 */

#include "produce/produce.h"

#include <string.h>

#include "tap.h"

#define RECORDINGS "t/data/moodle-ws-recorded.json"


static const struct {
    const char *code; /* errorcode of the recording */
    shop_answer_class_e answer_class;
} classes[] = {
    {"invalidtoken", SHOP_ANSWER_GATE},
    {"accessexception", SHOP_ANSWER_GATE},
    {"wsaccessusersuspended", SHOP_ANSWER_GATE},
    {"wsaccessuserunconfirmed", SHOP_ANSWER_GATE},
    {"nopermissions", SHOP_ANSWER_RIGHTS},
    {"requireloginerror", SHOP_ANSWER_RIGHTS},
    {"errorcoursecontextnotvalid", SHOP_ANSWER_RIGHTS},
    {"wsusercannotassign", SHOP_ANSWER_RIGHTS},
    {"invalidrecord", SHOP_ANSWER_MISSING},
    {"invaliduser", SHOP_ANSWER_MISSING},
    {"wsnoinstance", SHOP_ANSWER_MISSING},
    {"invalidrecordunknown", SHOP_ANSWER_MISSING},
    {"invalidcourseid", SHOP_ANSWER_MISSING},
    {"unknowcategory", SHOP_ANSWER_MISSING},
    {"errorcatcontextnotvalid", SHOP_ANSWER_MISSING},
    {"unknowncourseidnumber", SHOP_ANSWER_MISSING},
    {"criteriaerror", SHOP_ANSWER_RIGHTS},
    {"setting_locked_by_permission", SHOP_ANSWER_RIGHTS},
    {"backupprecheckerrors", SHOP_ANSWER_RIGHTS},
    {"idnumbertaken", SHOP_ANSWER_COLLISION},
    {"shortnametaken", SHOP_ANSWER_COLLISION},
    {"courseidnumbertaken", SHOP_ANSWER_COLLISION},
    {"categoryidnumbertaken", SHOP_ANSWER_COLLISION},
    {"enddatebeforestartdate", SHOP_ANSWER_INPUT},
    {"useremailduplicate", SHOP_ANSWER_INPUT},
    {"sitemaintenance", SHOP_ANSWER_TEMPORARY},
    {"upgraderunning", SHOP_ANSWER_TEMPORARY},
    {"dbconnectionfailed", SHOP_ANSWER_TEMPORARY},
    {"dmlwriteexception", SHOP_ANSWER_TEMPORARY},
    {"guestsarenotallowed", SHOP_ANSWER_INPUT},
};


static shop_answer_class_e class_of_recording(const char *function, unsigned status,
                                              const json_t *response)
{
    const char *code = json_string_value(json_object_get(response, "errorcode"));
    const json_t *warnings = json_object_get(response, "warnings");

    if (status == 403) {
        return SHOP_ANSWER_GATE;
    }
    if (status != 200 || json_is_string(response)) {
        return SHOP_ANSWER_TRANSPORT;
    }
    if (code != NULL && strcmp(code, "invalidparameter") == 0) {
        return strstr(function, "_create_") != NULL ? SHOP_ANSWER_COLLISION : SHOP_ANSWER_INPUT;
    }
    if (code != NULL && code[0] == '<') {
        return SHOP_ANSWER_INPUT;
    }
    if (json_array_size(warnings) > 0) {
        if (strstr(function, "_get_") != NULL) {
            return SHOP_ANSWER_OK; /* what is missing is missing in the list */
        }
        code = json_string_value(json_object_get(json_array_get(warnings, 0), "warningcode"));
    }
    for (size_t i = 0; code != NULL && i < sizeof(classes) / sizeof(classes[0]); i++) {
        if (strcmp(code, classes[i].code) == 0) {
            return classes[i].answer_class;
        }
    }
    return code != NULL || json_object_get(response, "exception") != NULL ? SHOP_ANSWER_UNKNOWN
                                                                          : SHOP_ANSWER_OK;
}


static void check_answers(const json_t *recordings)
{
    for (size_t i = 0; i < json_array_size(recordings); i++) {
        const json_t *entry = json_array_get(recordings, i);
        const char *function = json_string_value(json_object_get(entry, "function"));
        unsigned status = (unsigned) shop_json_int(entry, "http_status");
        const json_t *response = json_object_get(entry, "response");
        char *body = json_is_string(response) ? strdup(json_string_value(response))
                                              : json_dumps(response, JSON_ENCODE_ANY);
        shop_answer_t answer;
        shop_answer_class_e expected = class_of_recording(function, status, response);

        shop_moodle_read(function, status, shop_str(body), &answer);
        ok(answer.answer_class == expected, "%s: %s: %s", function,
           json_string_value(json_object_get(entry, "case")),
           shop_answer_class_name(answer.answer_class));
        if (answer.answer_class == SHOP_ANSWER_OK && !json_equal(answer.json, response)) {
            ok(false, "the value is the recorded one");
        }
        shop_answer_free(&answer);
        free(body);
    }
}


static void check_no_answer(void)
{
    static const struct {
        const char *what;
        unsigned status;
        const char *body;
        shop_answer_class_e answer_class;
    } cases[] = {
        {"no connection", 0, "", SHOP_ANSWER_TRANSPORT},
        {"empty body", 200, "", SHOP_ANSWER_TRANSPORT},
        {"HTML with status 200", 200, "<b>Fatal error</b>", SHOP_ANSWER_TRANSPORT},
        {"truncated JSON", 200, "[{\"id\":1", SHOP_ANSWER_TRANSPORT},
        {"too many requests", 429, "{}", SHOP_ANSWER_TRANSPORT},
        {"moved", 302, "", SHOP_ANSWER_TRANSPORT},
        {"null with blanks", 200, " null\n", SHOP_ANSWER_OK},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_answer_t answer;

        shop_moodle_read("enrol_manual_enrol_users", cases[i].status, shop_str(cases[i].body),
                         &answer);
        is_int(answer.answer_class, cases[i].answer_class, cases[i].what);
        shop_answer_free(&answer);
    }
}


/* --- requests: the recorded fields, made again from a document --- */

/* `node[part]`, created as an object; lists are objects with number keys until the end. */
static json_t *child(json_t *node, const char *part)
{
    json_t *found = json_object_get(node, part);

    if (found == NULL) {
        found = json_object();
        json_object_set_new(node, part, found);
    }
    return found;
}


static void nest(json_t *root, const char *name, const json_t *value)
{
    char copy[256];
    char *part = copy;
    json_t *node = root;

    snprintf(copy, sizeof(copy), "%s", name);
    for (;;) {
        char *next = part + strcspn(part, "[]");
        bool last;

        while (*next == '[' || *next == ']') {
            *next++ = '\0';
        }
        last = *next == '\0';
        if (last) {
            json_object_set(node, part, (json_t *) value);
            return;
        }
        node = child(node, part);
        part = next;
    }
}


static json_t *with_lists(json_t *node)
{
    const char *key;
    json_t *value;
    json_t *copy;

    if (!json_is_object(node)) {
        return json_incref(node);
    }
    copy = json_object_get(node, "0") != NULL ? json_array() : json_object();
    json_object_foreach(node, key, value)
    {
        if (json_is_array(copy)) {
            json_array_append_new(copy, with_lists(value));
        } else {
            json_object_set_new(copy, key, with_lists(value));
        }
    }
    return copy;
}


static bool request_is_same(shop_arena_t *arena, const json_t *entry)
{
    const json_t *request = json_object_get(entry, "request");
    json_t *flat = json_object();
    json_t *arguments;
    const char *key;
    json_t *value;
    shop_str_t body;
    shop_form_t form;
    size_t expected = 0;
    bool same;

    json_object_foreach((json_t *) request, key, value)
    {
        if (strncmp(key, "wsfunction", 10) != 0 && strncmp(key, "wstoken", 7) != 0 &&
            strncmp(key, "moodlews", 8) != 0) {
            nest(flat, key, value);
        }
    }
    arguments = with_lists(flat);
    same = shop_moodle_encode(arena, SHOP_STR("TOKEN"),
                              json_string_value(json_object_get(entry, "function")), arguments,
                              &body) == SHOP_OK &&
           shop_form_parse(arena, body, 1000, &form) == SHOP_OK;
    json_object_foreach((json_t *) request, key, value)
    {
        const shop_str_t *found = same ? shop_form_find(&form, shop_str(key)) : NULL;

        expected++;
        same = found != NULL && shop_str_eq(*found, shop_str(json_string_value(value)));
    }
    /* beside the recorded ones only our two settings */
    same = same && form.count <= expected + 2;
    json_decref(arguments);
    json_decref(flat);
    return same;
}


static void check_requests(shop_arena_t *arena, const json_t *recordings)
{
    for (size_t i = 0; i < json_array_size(recordings); i++) {
        const json_t *entry = json_array_get(recordings, i);
        const json_t *request = json_object_get(entry, "request");
        const char *function = json_string_value(json_object_get(entry, "function"));

        if (json_object_get(request, "wstoken") == NULL || function[0] == '\0' ||
            !shop_str_eq(shop_json_text(request, "moodlewsrestformat"), SHOP_STR("json")) ||
            strcmp(json_string_value(json_object_get(request, "wstoken")), "TOKEN") != 0) {
            continue; /* recordings of wrong protocol use */
        }
        ok(request_is_same(arena, entry), "request: %s: %s", function,
           json_string_value(json_object_get(entry, "case")));
    }
}


static void check_encoding(shop_arena_t *arena)
{
    json_t *arguments =
        json_pack("{s:s, s:b, s:b, s:n, s:i, s:[{s:[i,i]}]}", "text", "a b&c=\xc3\xa9[", "yes", 1,
                  "no", 0, "absent", "number", -5, "list", "in", 7, 8);
    json_t *empty = json_pack("{s:[]}", "list");
    json_t *real = json_pack("{s:f}", "n", 1.5);
    shop_str_t body;

    ok(shop_moodle_encode(arena, SHOP_STR("T"), "f", arguments, &body) == SHOP_OK, "encoded");
    is_str(body,
           "wstoken=T&wsfunction=f&moodlewsrestformat=json&moodlewssettinglang=en"
           "&text=a%20b%26c%3D%C3%A9%5B&yes=1&no=0&number=-5&list%5B0%5D%5Bin%5D%5B0%5D=7"
           "&list%5B0%5D%5Bin%5D%5B1%5D=8",
           "the PHP way, percent-encoded");
    is_int(shop_moodle_encode(arena, SHOP_STR("T"), "f", empty, &body), SHOP_MALFORMED,
           "an empty list cannot be said");
    is_int(shop_moodle_encode(arena, SHOP_STR("T"), "f", real, &body), SHOP_MALFORMED,
           "nor a broken number");
    ok(shop_moodle_encode(arena, SHOP_STR("T"), "core_group_get_course_groups", NULL, &body) ==
           SHOP_OK,
       "no arguments");
    is_str(body,
           "wstoken=T&wsfunction=core_group_get_course_groups&moodlewsrestformat=json"
           "&moodlewssettinglang=en&moodlewssettingraw=1",
           "names that are compared are asked for raw");
    json_decref(arguments);
    json_decref(empty);
    json_decref(real);
}


int main(int argc, char **argv)
{
    shop_heap_t *heap = shop_heap_create(-1);
    json_t *recordings = json_load_file(argc > 1 ? argv[1] : RECORDINGS, 0, NULL);

    ok(json_array_size(recordings) > 100, "recordings are there");
    check_answers(recordings);
    check_no_answer();
    check_requests(shop_heap_arena(heap), recordings);
    check_encoding(shop_heap_arena(heap));
    json_decref(recordings);
    shop_heap_destroy(heap);
    return done_testing();
}
