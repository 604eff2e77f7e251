/* May a visitor have a product? Each handler that asks, with what Moodle and the database say. */

#include "produce/available.h"

#include <string.h>

#include "tap.h"

#define COURSES "core_course_get_courses_by_field"
#define MINE "core_enrol_get_users_courses"
#define MODULE "core_course_get_course_module"
#define QUIZZES "mod_quiz_get_quizzes_by_courses"
#define COMPLETION "core_completion_get_course_completion_status"
#define OWNED "owned" /* a question to the database */

#define OPEN "{\"courses\":[{\"id\":12,\"shortname\":\"C\",\"visible\":1}]}"
#define UNSEEN                                                                                     \
    "{\"courses\":[{\"id\":12,\"shortname\":\"C\"}]}" /* we may not see whether it is              \
                                                       */
#define HIDDEN "{\"courses\":[{\"id\":12,\"shortname\":\"C\",\"visible\":0}]}"
#define NONE "{\"courses\":[]}"
#define IN "[{\"id\":12}]"
#define OUT "[{\"id\":13}]"
#define REFUSED(code) "{\"exception\":\"e\",\"errorcode\":\"" code "\",\"message\":\"m\"}"
#define LOST NULL
#define QUIZ(members) "{\"quizzes\":[{\"id\":7,\"course\":12,\"coursemodule\":70," members "}]}"
#define DONE_(completed) "{\"completionstatus\":{\"completed\":" completed ",\"completions\":[]}}"

#define ENROL "std_enrolonecourse"
#define CERT "std_unlockpdcertificate"
#define ATTEMPTS "std_addquizattempts"
#define BY_NAME "{\"coursename\":\"C\"}"
#define ONLY_COMPLETE "{\"coursename\":\"C\",\"refuse_if_incomplete\":\"1\"}"
#define BY_ID "{\"coursename\":\"C\",\"quizid\":\"7\"}"
#define BY_MODULE "{\"quizcmid\":\"70\"}"
#define BY_NUMBER "{\"coursename\":\"C\",\"quizidnumber\":\"q\"}"

#define CALLS_MAX 6

typedef struct {
    const char *name;
    const char *handler;
    const char *params;
    int64_t user;
    const char *verdict; /* "yes", "unknown", or the reason */
    struct {
        const char *function;
        const char *answer;
    } calls[CALLS_MAX];
} case_t;

static const case_t cases[] = {
    {"an open course", ENROL, BY_NAME, 0, "yes", {{COURSES, OPEN}}},
    {"for somebody who is not in it", ENROL, BY_NAME, 5, "yes", {{COURSES, OPEN}, {MINE, OUT}}},
    {"for who is", ENROL, BY_NAME, 5, "already_enrolled", {{COURSES, OPEN}, {MINE, IN}}},
    {"a missing course", ENROL, BY_NAME, 5, "course_missing", {{COURSES, NONE}}},
    {"a hidden course", ENROL, BY_NAME, 0, "course_hidden", {{COURSES, HIDDEN}}},
    {"one that we may not judge", ENROL, BY_NAME, 0, "yes", {{COURSES, UNSEEN}}},
    {"courses that we may not see",
     ENROL,
     BY_NAME,
     0,
     "unknown",
     {{COURSES, REFUSED("nopermissions")}}},
    {"a token that is refused", ENROL, BY_NAME, 0, "unknown", {{COURSES, REFUSED("invalidtoken")}}},
    {"no answer", ENROL, BY_NAME, 0, "unknown", {{COURSES, LOST}}},
    {"no second answer", ENROL, BY_NAME, 5, "unknown", {{COURSES, OPEN}, {MINE, LOST}}},
    {"an unheard-of error", ENROL, BY_NAME, 0, "unknown", {{COURSES, REFUSED("strange")}}},
    {"a product without course", ENROL, "{}", 0, "not_now", {{NULL, NULL}}},

    {"a certificate", CERT, BY_NAME, 5, "yes", {{OWNED, "{\"owned\":false}"}}},
    {"a second one", CERT, BY_NAME, 5, "already_owned", {{OWNED, "{\"owned\":true}"}}},
    {"for nobody in particular", CERT, ONLY_COMPLETE, 0, "yes", {{NULL, NULL}}},
    {"released in a way that is none",
     CERT,
     "{\"release_mode\":\"magic\"}",
     5,
     "not_now",
     {{NULL, NULL}}},
    {"only after completion",
     CERT,
     ONLY_COMPLETE,
     5,
     "yes",
     {{OWNED, "{\"owned\":false}"}, {COURSES, OPEN}, {COMPLETION, DONE_("true")}}},
    {"before it",
     CERT,
     ONLY_COMPLETE,
     5,
     "not_completed",
     {{OWNED, "{\"owned\":false}"}, {COURSES, OPEN}, {COMPLETION, DONE_("false")}}},
    {"outside the course",
     CERT,
     ONLY_COMPLETE,
     5,
     "not_enrolled",
     {{OWNED, "{\"owned\":false}"}, {COURSES, OPEN}, {COMPLETION, REFUSED("notenroled")}}},
    {"of a course that nobody completes",
     CERT,
     ONLY_COMPLETE,
     5,
     "not_now",
     {{OWNED, "{\"owned\":false}"}, {COURSES, OPEN}, {COMPLETION, REFUSED("nocriteriaset")}}},

    {"attempts for nobody", ATTEMPTS, BY_ID, 0, "unidentified", {{NULL, NULL}}},
    {"attempts",
     ATTEMPTS,
     BY_ID,
     5,
     "yes",
     {{COURSES, OPEN}, {QUIZZES, QUIZ("\"attempts\":3,\"visible\":true")}, {MINE, IN}}},
    {"of a quiz without limit",
     ATTEMPTS,
     BY_ID,
     5,
     "quiz_unlimited",
     {{COURSES, OPEN}, {QUIZZES, QUIZ("\"attempts\":0")}}},
    {"of a hidden quiz",
     ATTEMPTS,
     BY_ID,
     5,
     "quiz_hidden",
     {{COURSES, OPEN}, {QUIZZES, QUIZ("\"attempts\":3,\"visible\":false")}}},
    {"of a missing quiz",
     ATTEMPTS,
     BY_ID,
     5,
     "quiz_missing",
     {{COURSES, OPEN}, {QUIZZES, "{\"quizzes\":[]}"}}},
    {"in a hidden course", ATTEMPTS, BY_ID, 5, "course_hidden", {{COURSES, HIDDEN}}},
    {"of a course that he is not in",
     ATTEMPTS,
     BY_ID,
     5,
     "not_enrolled",
     {{COURSES, OPEN}, {QUIZZES, QUIZ("\"attempts\":3")}, {MINE, OUT}}},
    {"by course module",
     ATTEMPTS,
     BY_MODULE,
     5,
     "yes",
     {{MODULE, "{\"cm\":{\"modname\":\"quiz\",\"instance\":7,\"course\":12}}"},
      {QUIZZES, QUIZ("\"attempts\":3")},
      {COURSES, OPEN},
      {MINE, IN}}},
    {"by course module in a hidden course",
     ATTEMPTS,
     BY_MODULE,
     5,
     "course_hidden",
     {{MODULE, "{\"cm\":{\"modname\":\"quiz\",\"instance\":7,\"course\":12}}"},
      {QUIZZES, QUIZ("\"attempts\":3")},
      {COURSES, HIDDEN}}},
    {"a module that is gone",
     ATTEMPTS,
     BY_MODULE,
     5,
     "not_now",
     {{MODULE, REFUSED("invalidrecord")}}},
    {"by ID number",
     ATTEMPTS,
     BY_NUMBER,
     5,
     "yes",
     {{COURSES, OPEN},
      {QUIZZES, QUIZ("\"attempts\":3")},
      {MODULE, "{\"cm\":{\"idnumber\":\"q\"}}"},
      {MINE, IN}}},
    {"an ID number that is none",
     ATTEMPTS,
     BY_NUMBER,
     5,
     "quiz_missing",
     {{COURSES, OPEN},
      {QUIZZES, QUIZ("\"attempts\":3")},
      {MODULE, "{\"cm\":{\"idnumber\":\"other\"}}"}}},
    {"a seat is not for the buyer", "std_setuponecoursesession", BY_NAME, 5, "yes", {{NULL, NULL}}},
    {"a longer time can always be had",
     "std_enrolonecoursemultiple",
     BY_NAME,
     5,
     "yes",
     {{NULL, NULL}}},
    {"as places can", "std_generateseats", "{}", 5, "yes", {{NULL, NULL}}},
};


static void read_answer(const char *text, const char *function, shop_answer_t *answer)
{
    json_error_t error;

    if (strcmp(function, OWNED) == 0) {
        *answer = (shop_answer_t){.json = json_loads(text, 0, &error)};
        return;
    }
    shop_moodle_read(function, text != NULL ? 200 : 0, shop_str(text != NULL ? text : ""), answer);
}


static const char *asked_of(const shop_act_t *act)
{
    return act->kind == SHOP_ACT_ASK ? json_string_value(json_object_get(act->output, "what"))
                                     : act->function;
}


static const char *verdict_name(unsigned verdict)
{
    const char *reason = shop_available_reason(verdict);

    return reason != NULL ? reason : verdict == SHOP_AVAILABLE_YES ? "yes" : "unknown";
}


static void check(const case_t *c)
{
    static const shop_site_t site = {.roles = shop_roles_default, .role_count = 5};
    json_error_t error;
    json_t *params = json_loads(c->params, 0, &error);
    shop_product_asked_t product = {shop_handler_find(shop_str(c->handler)), params, 3, c->user};
    shop_available_t asked;
    size_t calls = 0;
    bool more = shop_available_begin(&asked, &product, &site, 1795500000);

    while (more && calls < CALLS_MAX && c->calls[calls].function != NULL &&
           strcmp(c->calls[calls].function, asked_of(&asked.act)) == 0) {
        shop_answer_t answer;

        read_answer(c->calls[calls].answer, c->calls[calls].function, &answer);
        calls++;
        more = shop_available_read(&asked, &answer);
        shop_answer_free(&answer);
    }
    ok(!more && (calls == CALLS_MAX || c->calls[calls].function == NULL),
       "%s: asks what it needs to know", c->name);
    is_str(shop_str(verdict_name(asked.verdict)), c->verdict, c->name);
    shop_available_end(&asked);
    json_decref(params);
}


/* Whatever a handler asks is a reading call that we know of, with an answer for each failure. */
static void check_handlers(void)
{
    static const shop_site_t site = {.roles = shop_roles_default, .role_count = 5};
    json_t *params =
        json_pack("{s:s, s:s, s:s}", "coursename", "C", "quizid", "7", "refuse_if_incomplete", "1");
    size_t count, asking = 0;
    const shop_handler_t *const *handlers = shop_handlers(&count);

    for (size_t i = 0; i < count; i++) {
        shop_product_asked_t product = {handlers[i], params, 3, 5};
        shop_answer_t lost = {.answer_class = SHOP_ANSWER_TRANSPORT};
        shop_available_t asked;

        if (!shop_available_asks(handlers[i])) {
            continue;
        }
        asking++;
        ok(shop_available_begin(&asked, &product, &site, 1795500000), "%s asks", handlers[i]->name);
        ok(asked.act.kind == SHOP_ACT_ASK || (shop_moodle_function(asked.act.function) != NULL &&
                                              !shop_moodle_function(asked.act.function)->writes),
           "%s only reads", handlers[i]->name);
        ok(!shop_available_read(&asked, &lost) && asked.verdict == SHOP_AVAILABLE_UNKNOWN,
           "%s without an answer: not known", handlers[i]->name);
        shop_available_end(&asked);
    }
    is_int((int64_t) asking, 3, "these handlers ask");
    json_decref(params);
}


int main(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check(&cases[i]);
    }
    check_handlers();
    return done_testing();
}
