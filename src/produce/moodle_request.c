/*
 * Requests to Moodle's REST server: the functions that we call, and the PHP-style form body.
 *
 * `{"users": [{"username": "a"}]}` becomes `users%5B0%5D%5Busername%5D=a`: handlers.md 5.2.
 */

#include "produce/produce_internal.h"

#include <string.h>

#define DEPTH_MAX 8
#define NAME_MAX_BYTES 256

static const shop_moodle_function_t functions[] = {
    {.name = "core_webservice_get_site_info"},
    {.name = "core_user_get_users"},
    {.name = "core_user_get_users_by_field"},
    {.name = "core_user_create_users", .writes = true, .creates = true},
    {.name = "core_user_update_users", .writes = true},
    {.name = "core_course_get_courses_by_field"},
    {.name = "core_enrol_get_users_courses"},
    {.name = "enrol_manual_enrol_users", .writes = true},
    {.name = "core_group_get_course_groups", .raw = true},
    {.name = "core_group_create_groups", .writes = true, .creates = true},
    {.name = "core_group_add_group_members", .writes = true},
    {.name = "core_completion_get_course_completion_status"},
    {.name = "enrol_manual_unenrol_users",
     .writes = true,
     .special = true,
     .sold = "std_enrolonecourse std_enrolonecoursemultiple std_setuponecoursesession "
             "std_generateseats std_registeredproduct std_openltiaccess std_createcourse"},
    {.name = "core_group_delete_group_members",
     .writes = true,
     .special = true,
     .sold = "std_addquizattempts/group std_unlockpdcertificate/group"},
    {.name = "core_role_assign_roles",
     .writes = true,
     .special = true,
     .sold = "std_assignroleoncontext std_createcategory delegation"},
    {.name = "core_role_unassign_roles",
     .writes = true,
     .special = true,
     .sold = "std_assignroleoncontext std_createcategory delegation"},
    {.name = "core_course_get_course_module", .special = true, .sold = "std_addquizattempts"},
    {.name = "core_group_get_course_user_groups",
     .special = true,
     .sold = "std_addquizattempts/override std_addquizattempts/group"},
    {.name = "mod_quiz_get_quizzes_by_courses", .special = true, .sold = "std_addquizattempts"},
    {.name = "mod_quiz_get_user_attempts",
     .special = true,
     .sold = "std_addquizattempts/override std_addquizattempts/group"},
    {.name = "mod_quiz_get_overrides", .special = true, .sold = "std_addquizattempts/override"},
    {.name = "mod_quiz_save_overrides",
     .writes = true,
     .special = true,
     .sold = "std_addquizattempts/override"},
    {.name = "mod_quiz_delete_overrides",
     .writes = true,
     .special = true,
     .sold = "std_addquizattempts/override"},
    {.name = "core_course_get_categories",
     .raw = true,
     .special = true,
     .sold = "std_createcategory std_createcourse"},
    {.name = "core_course_create_categories",
     .writes = true,
     .creates = true,
     .special = true,
     .sold = "std_createcategory"},
    {.name = "core_course_create_courses",
     .writes = true,
     .creates = true,
     .special = true,
     .sold = "std_createcourse"},
    {.name = "core_course_duplicate_course",
     .writes = true,
     .creates = true,
     .special = true,
     .slow = true,
     .sold = "std_createcourse"},
    {.name = "core_course_update_courses",
     .writes = true,
     .special = true,
     .sold = "std_createcategory std_createcourse"},
    {.name = "core_course_delete_categories",
     .writes = true,
     .special = true,
     .slow = true,
     .sold = "std_createcategory"},
    {.name = "core_course_delete_courses",
     .writes = true,
     .special = true,
     .slow = true,
     .sold = "std_createcategory std_createcourse"},
};


const shop_moodle_function_t *shop_moodle_functions(size_t *count)
{
    *count = sizeof(functions) / sizeof(functions[0]);
    return functions;
}


const shop_moodle_function_t *shop_moodle_function(const char *name)
{
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        if (strcmp(functions[i].name, name) == 0) {
            return &functions[i];
        }
    }
    return NULL;
}


bool shop_moodle_needed(const shop_moodle_function_t *function, const json_t *words)
{
    for (size_t i = 0; function->sold != NULL && i < json_array_size(words); i++) {
        if (shop_word_in(shop_json_string(json_array_get(words, i)), function->sold)) {
            return true;
        }
    }
    return !function->special;
}


static void body_name(shop_buf_t *body, shop_str_t name)
{
    if (body->len != 0) {
        shop_buf_add_char(body, '&');
    }
    shop_buf_add_percent(body, name);
    shop_buf_add_char(body, '=');
}


static void body_pair(shop_buf_t *body, shop_str_t name, shop_str_t value)
{
    body_name(body, name);
    shop_buf_add_percent(body, value);
}


static shop_status_t body_value(shop_buf_t *body, shop_str_t name, const json_t *value, int depth);


/* `name` with one more part: the part itself at the top, in brackets below. */
static shop_status_t body_member(shop_buf_t *body, shop_str_t name, shop_str_t part,
                                 const json_t *value, int depth)
{
    unsigned char text[NAME_MAX_BYTES];
    size_t len = name.len;

    if (name.len + part.len + 2 > sizeof(text)) {
        return SHOP_LIMIT;
    }
    if (name.len != 0) {
        memcpy(text, name.data, name.len);
        text[len++] = '[';
    }
    memcpy(text + len, part.data, part.len);
    len += part.len;
    if (name.len != 0) {
        text[len++] = ']';
    }
    return body_value(body, (shop_str_t){len, text}, value, depth + 1);
}


static shop_status_t body_object(shop_buf_t *body, shop_str_t name, const json_t *object, int depth)
{
    const char *key;
    json_t *value;

    if (depth > 0 && json_object_size(object) == 0) {
        return SHOP_MALFORMED;
    }
    json_object_foreach((json_t *) object, key, value)
    {
        shop_status_t status = body_member(body, name, shop_str(key), value, depth);

        if (status != SHOP_OK) {
            return status;
        }
    }
    return SHOP_OK;
}


static shop_status_t body_array(shop_buf_t *body, shop_str_t name, const json_t *array, int depth)
{
    if (json_array_size(array) == 0) {
        return SHOP_MALFORMED;
    }
    for (size_t i = 0; i < json_array_size(array); i++) {
        unsigned char digits[20];
        size_t at = sizeof(digits);
        size_t n = i;
        shop_status_t status;

        do {
            digits[--at] = (unsigned char) ('0' + n % 10);
            n /= 10;
        } while (n != 0);
        status = body_member(body, name, (shop_str_t){sizeof(digits) - at, digits + at},
                             json_array_get(array, i), depth);
        if (status != SHOP_OK) {
            return status;
        }
    }
    return SHOP_OK;
}


static void body_integer(shop_buf_t *body, shop_str_t name, json_int_t n)
{
    body_name(body, name);
    shop_buf_add_int(body, n);
}


static shop_status_t body_value(shop_buf_t *body, shop_str_t name, const json_t *value, int depth)
{
    if (depth > DEPTH_MAX) {
        return SHOP_LIMIT;
    }
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return body_object(body, name, value, depth);
    case JSON_ARRAY:
        return body_array(body, name, value, depth);
    case JSON_STRING:
        body_pair(
            body, name,
            (shop_str_t){json_string_length(value), (unsigned char *) json_string_value(value)});
        return SHOP_OK;
    case JSON_INTEGER:
        body_integer(body, name, json_integer_value(value));
        return SHOP_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        body_integer(body, name, json_is_true(value));
        return SHOP_OK;
    case JSON_NULL:
        return SHOP_OK;
    case JSON_REAL:
        break;
    }
    return SHOP_MALFORMED;
}


shop_status_t shop_moodle_encode(shop_arena_t *arena, shop_str_t token, const char *function,
                                 const json_t *arguments, shop_str_t *body)
{
    const shop_moodle_function_t *known = shop_moodle_function(function);
    shop_buf_t buf;

    shop_buf_init(&buf, arena, SHOP_MOODLE_BODY_MAX);
    body_pair(&buf, SHOP_STR("wstoken"), token);
    body_pair(&buf, SHOP_STR("wsfunction"), shop_str(function));
    body_pair(&buf, SHOP_STR("moodlewsrestformat"), SHOP_STR("json"));
    body_pair(&buf, SHOP_STR("moodlewssettinglang"), SHOP_STR("en"));
    if (known != NULL && known->raw) {
        body_pair(&buf, SHOP_STR("moodlewssettingraw"), SHOP_STR("1"));
    }
    if (arguments != NULL) {
        shop_status_t status = body_value(&buf, SHOP_STR_NULL, arguments, 0);

        if (status != SHOP_OK) {
            return status;
        }
    }
    *body = shop_buf_str(&buf);
    return buf.status;
}
