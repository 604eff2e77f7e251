/*
 * The quizzes that a product names: by their course modules, by their ids, or by ID numbers; each
 * must be there, be a quiz, and be limited (handlers.md 11).
 *
 *   quizcmid:      quiz_module, each -> quizzes of its course
 *   quizid:        course -> quizzes
 *   quizidnumber:  course -> quizzes -> quiz_number, each
 */

#include "produce/quiz.h"
#include "produce/test_internal.h"


static void ask_quizzes(json_t *run, const char *param, shop_str_t value, int64_t course)
{
    shop_test_ask(run, "quizzes", param, value, "mod_quiz_get_quizzes_by_courses",
                  json_pack("{s:[I]}", "courseids", (json_int_t) course));
}


static void ask_module(json_t *run, const char *what, const char *param, shop_str_t value,
                       int64_t module)
{
    shop_test_ask(run, what, param, value, "core_course_get_course_module",
                  json_pack("{s:I}", "cmid", (json_int_t) module));
}


static bool names_course(const shop_test_t *test)
{
    return shop_test_value(test, "coursename").len != 0 ||
           shop_test_value(test, "courseidnumber").len != 0 ||
           shop_test_value(test, "courseid").len != 0;
}


/* As production does: modules before ids before ID numbers. */
static const char *way_of(const shop_test_t *test)
{
    static const char *const ways[] = {"quizcmid", "quizid", "quizidnumber"};

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        if (shop_test_value(test, ways[i]).len != 0) {
            return ways[i];
        }
    }
    return NULL;
}


void shop_quiz_test(const shop_test_t *test, json_t *run)
{
    const char *way = way_of(test);
    shop_str_t list = shop_test_value(test, "quizcmid");
    shop_str_t one;
    int64_t id;

    if (way == NULL) {
        shop_test_say(run, "error", "quiz_parameter", "quizid", SHOP_STR_NULL);
        return;
    }
    if (list.len == 0 && !names_course(test)) {
        shop_test_say(run, "error", "course_parameter", "coursename", SHOP_STR_NULL);
    }
    while (shop_str_split(&list, ',', &one)) {
        one = shop_str_trim(one);
        if (shop_str_to_int(one, &id) == SHOP_OK) {
            ask_module(run, "quiz_module", way, one, id);
        } else if (one.len != 0) {
            shop_test_say(run, "error", "quiz_missing", way, one);
        }
    }
}


void shop_test_quizzes_of(const shop_test_t *test, json_t *run, int64_t course)
{
    const char *way = way_of(test);
    shop_str_t list = way != NULL ? shop_test_value(test, way) : SHOP_STR_NULL;

    if (list.len != 0 && shop_test_value(test, "quizcmid").len == 0) {
        ask_quizzes(run, way, list, course);
    }
}


/* --- answers --- */

static void check_quiz(json_t *run, const char *param, shop_str_t name, const json_t *quiz)
{
    if (name.len == 0) {
        return; /* a comma too many */
    }
    if (quiz == NULL) {
        shop_test_say(run, "error", "quiz_missing", param, name);
    } else if (shop_json_int(quiz, "attempts") == 0) {
        shop_test_say(run, "error", "quiz_unlimited", param, name);
    }
}


static const json_t *quiz_of(const json_t *quizzes, const char *member, int64_t id)
{
    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        if (shop_json_int(json_array_get(quizzes, i), member) == id) {
            return json_array_get(quizzes, i);
        }
    }
    return NULL;
}


/* All ID numbers of the course are known: {number: quiz}. */
static void check_numbers(const shop_test_t *test, json_t *run)
{
    const json_t *numbers = json_object_get(json_object_get(run, "found"), "numbers");
    shop_str_t list = shop_test_value(test, "quizidnumber");
    shop_str_t one;

    while (shop_str_split(&list, ',', &one)) {
        const json_t *found = NULL;
        const char *number;
        json_t *quiz;

        one = shop_str_trim(one);
        json_object_foreach((json_t *) numbers, number, quiz)
        {
            found = shop_str_eq(shop_str(number), one) ? quiz : found;
        }
        check_quiz(run, "quizidnumber", one, found);
    }
}


static void ask_numbers(const shop_test_t *test, json_t *run, const json_t *quizzes)
{
    json_t *found = json_object_get(run, "found");

    json_object_set_new(found, "numbers", json_object());
    json_object_set_new(found, "left", json_integer((json_int_t) json_array_size(quizzes)));
    json_object_set(found, "quizzes", (json_t *) quizzes);
    for (size_t i = 0; i < json_array_size(quizzes); i++) {
        const json_t *quiz = json_array_get(quizzes, i);

        ask_module(run, "quiz_number", "quizidnumber", shop_json_text(quiz, "name"),
                   shop_json_int(quiz, "coursemodule"));
    }
    if (json_array_size(quizzes) == 0) {
        check_numbers(test, run);
    }
}


void shop_test_read_quizzes(const shop_test_t *test, json_t *run, const json_t *question,
                            const shop_answer_t *answer)
{
    const json_t *quizzes = json_object_get(answer->json, "quizzes");
    const char *param = json_string_value(json_object_get(question, "param"));
    bool modules = shop_str_eq(shop_str(param), SHOP_STR("quizcmid"));
    shop_str_t list = shop_json_text(question, "value");
    shop_str_t one;
    int64_t id;

    if (shop_str_eq(shop_str(param), SHOP_STR("quizidnumber"))) {
        ask_numbers(test, run, quizzes);
        return;
    }
    while (shop_str_split(&list, ',', &one)) {
        one = shop_str_trim(one);
        check_quiz(run, param, one,
                   shop_str_to_int(one, &id) == SHOP_OK
                       ? quiz_of(quizzes, modules ? "coursemodule" : "id", id)
                       : NULL);
    }
}


/* The course of the first is where groups are looked for. */
static void course_of_module(const shop_test_t *test, json_t *run, const json_t *question,
                             int64_t course)
{
    json_t *found = json_object_get(run, "found");
    int64_t first = shop_json_int(found, "quiz_course");

    if (first == 0) {
        json_object_set_new(found, "quiz_course", json_integer((json_int_t) course));
        if (!names_course(test)) {
            shop_test_ask_inside(test, run, course);
        }
    } else if (first != course && !json_is_true(json_object_get(found, "several"))) {
        json_object_set_new(found, "several", json_true());
        shop_test_say(run, "warning", "several_courses", "quizcmid",
                      shop_json_text(question, "value"));
    }
}


void shop_test_read_quiz_module(const shop_test_t *test, json_t *run, const json_t *question,
                                const shop_answer_t *answer)
{
    const json_t *module = json_object_get(answer->json, "cm");
    shop_str_t value = shop_json_text(question, "value");

    if (!shop_str_eq(shop_json_text(module, "modname"), SHOP_STR("quiz"))) {
        shop_test_say(run, "error", "not_a_quiz", "quizcmid", value);
        return;
    }
    course_of_module(test, run, question, shop_json_int(module, "course"));
    ask_quizzes(run, "quizcmid", value, shop_json_int(module, "course"));
}


/* Without the right to manage activities Moodle leaves the ID number out. */
void shop_test_read_quiz_number(const shop_test_t *test, json_t *run, const json_t *question,
                                const shop_answer_t *answer)
{
    json_t *found = json_object_get(run, "found");
    const json_t *module = json_object_get(answer->json, "cm");
    const char *number = json_string_value(json_object_get(module, "idnumber"));
    int64_t left = shop_json_int(found, "left") - 1;

    (void) question;
    if (number == NULL && !json_is_true(json_object_get(found, "numberless"))) {
        json_object_set_new(found, "numberless", json_true());
        shop_test_say(run, "error", "right_missing", "quizidnumber",
                      SHOP_STR("moodle/course:manageactivities"));
    } else if (number != NULL && number[0] != '\0') {
        json_object_set(json_object_get(found, "numbers"), number,
                        (json_t *) quiz_of(json_object_get(found, "quizzes"), "coursemodule",
                                           shop_json_int(module, "id")));
    }
    json_object_set_new(found, "left", json_integer((json_int_t) left));
    if (left == 0 && !json_is_true(json_object_get(found, "numberless"))) {
        check_numbers(test, run);
    }
}
