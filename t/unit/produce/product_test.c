/*
 * The test of a product: each error and warning of handlers.md 11 and objects.md 16.6 once, from
 * answers of Moodle as they were recorded, with other names and numbers.
 */

#include "produce/test.h"

#include <string.h>

#include "tap.h"
#include "small_moodle.h"

#define RECORDINGS "t/data/moodle-ws-recorded.json"
#define TEXTS "src/view/theme/lang/en.json"

static json_t *said; /* {check: 1} of all cases */


/* --- a run --- */

static const shop_site_t site = {.roles = shop_roles_default, .role_count = 5};
static unsigned provisioner_status;


static void answer_one(const shop_test_t *test, json_t *run, const char *function,
                       const json_t *arguments)
{
    shop_answer_t answer;
    json_t *json;
    char *body;

    if (shop_provisioner_verb(function) != NULL) {
        shop_provisioner_read(provisioner_status, SHOP_STR(""), &answer);
    } else {
        json = moodle(function, arguments);
        body = json_dumps(json, JSON_ENCODE_ANY);
        shop_moodle_read(function, 200, shop_str(body), &answer);
        free(body);
        json_decref(json);
    }
    shop_test_answer(test, run, &answer);
    shop_answer_free(&answer);
}


static bool has_message(const json_t *run, shop_str_t wanted)
{
    json_t *message;
    size_t i;

    json_array_foreach(shop_test_messages(run), i, message)
    {
        char text[256];

        snprintf(text, sizeof(text), "%s %s %s",
                 json_string_value(json_object_get(message, "level")),
                 json_string_value(json_object_get(message, "check")),
                 json_string_value(json_object_get(message, "param")));
        if (shop_str_eq(shop_str(text), wanted)) {
            return true;
        }
    }
    return false;
}


static size_t count_level(const json_t *run, const char *level)
{
    json_t *message;
    size_t i, count = 0;

    json_array_foreach(shop_test_messages(run), i, message)
    {
        count += strcmp(json_string_value(json_object_get(message, "level")), level) == 0;
        json_object_set_new(said, json_string_value(json_object_get(message, "check")),
                            json_true());
    }
    return count;
}


/* `wanted`: "level check param", with commas, and then nothing worse than they say. */
static void check_run(const char *name, const shop_test_t *test, const char *wanted)
{
    json_t *run = shop_test_begin(test);
    size_t errors = 0, calls = 0;
    shop_str_t rest = shop_str(wanted), one;
    const json_t *arguments;
    const char *function;
    bool good = true;
    char *dump;

    while (shop_test_question(run, &function, &arguments) && calls++ < 50) {
        answer_one(test, run, function, arguments);
    }
    while (shop_str_split(&rest, ',', &one)) {
        one = shop_str_trim(one);
        if (one.len == 0) {
            continue;
        }
        errors += one.len > 6 && memcmp(one.data, "error ", 6) == 0;
        good = good && has_message(run, one);
    }
    good = count_level(run, "error") == errors && good;
    if (!ok(good, "%s: %s", name, wanted[0] != '\0' ? wanted : "no error")) {
        dump = json_dumps(shop_test_messages(run), JSON_INDENT(1));
        diag("%s", dump);
        free(dump);
    }
    json_decref(run);
}


typedef struct {
    const char *handler;
    const char *params; /* JSON with ' for " */
    const char *fields; /* asked of the buyer, with blanks */
    const char *wanted;
    bool anonymous;
} case_t;


static json_t *parse(const char *text)
{
    char copy[1024];
    json_error_t error;

    snprintf(copy, sizeof(copy), "%s", text);
    for (char *p = copy; *p != '\0'; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    return json_loads(copy, 0, &error);
}


static void check_case(const case_t *c)
{
    json_t *params = parse(c->params);
    json_t *fields = json_array();
    shop_str_t rest = shop_str(c->fields), one;
    shop_test_t test = {.handler = shop_str(c->handler),
                        .params = params,
                        .fields = fields,
                        .anonymous = c->anonymous,
                        .site = &site,
                        .now = 1790000000};

    while (shop_str_split(&rest, ' ', &one)) {
        json_array_append_new(fields, shop_json_str(one));
    }
    ok(params != NULL, "%s: %s", c->handler, c->params);
    check_run(c->handler, &test, c->wanted);
    json_decref(params);
    json_decref(fields);
}


static const case_t cases[] = {
    {"", "{}", "", "notice no_handler enablehandler", true},
    {"std_nosuch", "{}", "", "error handler_unknown enablehandler", true},

    {"std_enrolonecourse", "{'coursename': 'MOOC', 'customersupport': '2026', 'duration': '30'}",
     "", "notice handler enablehandler, warning param_default role, notice duration_holds duration",
     true},
    {"std_enrolonecourse", "{}", "",
     "error course_parameter coursename, warning support_none customersupport", true},
    {"std_enrolonecourse",
     "{'coursename': 'NOSUCH', 'role': 'wizard', 'duration': 'long', 'customersupport': '99'}", "",
     "error course_missing coursename, error role_unknown role, error param_malformed duration, "
     "error course_missing customersupport",
     true},
    {"std_enrolonecourse",
     "{'courseid': '13', 'coursename': 'HIDDEN', 'enrol': 'self', 'groupname': 'Autumn', 'x': '1'}",
     "",
     "warning course_hidden coursename, error param_refused enrol, warning group_missing "
     "groupname, warning course_twice courseid, warning param_unknown x",
     true},
    {"std_enrolonecoursemultiple",
     "{'coursename': 'GUESTS', 'groupname': 'Spring', 'starttime': '2027-01-02', "
     "'endtime': '2027-01-01'}",
     "", "error course_no_manual coursename, error period_ends_early endtime", true},

    {"std_enrolonecourse", "{'coursename': 'MOOC', 'credit_price': '12'}", "colour",
     "warning credits_ask requireddata", true},
    {"std_enrolonecourse", "{'coursename': 'MOOC', 'credit_price': '0'}", "",
     "error param_no_count credit_price", true},

    {"std_assignroleoncontext", "{'contextlevel': 'course', 'instance': '12', 'role': 'teacher'}",
     "", "warning self_service requireddata", false},
    {"std_assignroleoncontext", "{'contextlevel': 'garden', 'role': 'teacher'}", "",
     "error param_refused contextlevel, error self_anonymous onlyforloggedin", true},
    {"std_assignroleoncontext", "{'contextlevel': '50', 'role': 'teacher'}", "foruser",
     "error param_missing instance, error foruser_anonymous onlyforloggedin", true},
    {"std_assignroleoncontext", "{'contextlevel': 'course', 'instance': '99'}", "foruser",
     "error course_missing instance, error param_missing role", false},
    {"std_assignroleoncontext", "{'contextlevel': 'category', 'instance': '99', 'role': 'wizard'}",
     "foruser", "error category_missing instance, error role_unknown role", false},
    {"std_assignroleoncontext", "{'contextlevel': 'module', 'instance': '99', 'role': 'teacher'}",
     "foruser", "error module_missing instance", false},
    {"std_assignroleoncontext", "{'contextlevel': 'user', 'instance': '99', 'role': 'teacher'}",
     "foruser", "error user_missing instance", false},
    {"std_assignroleoncontext", "{'role': 'teacher'}", "foruser",
     "error param_missing contextlevel", false},
    {"std_assignroleoncontext", "{'contextlevel': 'system', 'role': 'teacher'}", "foruser", "",
     false},

    {"std_extendenrolperiod", "{'extension': '0', 'enroltype': 'self'}", "productcode",
     "error course_parameter coursename, error param_small extension, error param_refused "
     "enroltype",
     false},
    {"std_extendenrolperiod", "{'coursename': 'GUESTS'}", "",
     "error param_missing extension, error course_no_manual coursename, warning field_not_asked "
     "requireddata, warning needs_login onlyforloggedin, warning param_default enroltype",
     true},

    {"std_prorogate", "{}", "productcode", "warning no_effect timeshift", false},
    {"std_prorogate", "{'timeshift': '86400'}", "",
     "warning very_long timeshift, "
     "warning field_not_asked requireddata",
     false},

    {"std_setuponecoursesession", "{'coursename': 'GUESTS', 'supervisor': 'wizard'}", "",
     "error course_no_manual coursename, error role_unknown supervisor", false},
    {"std_setuponecoursesession", "{'coursename': 'MOOC'}", "", "warning param_default supervisor",
     false},

    {"std_generateseats", "{'supervisor': 'wizard'}", "",
     "error role_unknown supervisor, warning all_courses courselist, warning param_default "
     "packsize",
     false},
    {"std_generateseats", "{'courselist': 'MO%,#14,15,NOSUCH', 'packsize': '0'}", "",
     "warning courses_none courselist, error param_small packsize", false},

    {"std_openltiaccess", "{}", "",
     "error course_parameter coursename, error userkey_missing lti_mode, warning no_grades "
     "sendgrades, warning param_default lti_mode, warning no_limit maxenrolled",
     false},
    {"std_openltiaccess", "{'coursename': 'MOOC', 'lti_mode': 'published'}", "",
     "error param_missing ltiurl, error param_missing ltisecret, warning shared_secret lti_mode",
     false},
    {"std_openltiaccess",
     "{'coursename': 'MOOC', 'lti_mode': 'function', 'ws_function': 'local_nosuch', "
     "'ws_withdraw': 'local_none'}",
     "", "error function_missing ws_function, error function_missing ws_withdraw", false},
    {"std_openltiaccess", "{'coursename': 'MOOC', 'lti_mode': 'magic'}", "",
     "error mode_unknown lti_mode", false},

    {"std_unlockpdcertificate", "{'release_mode': 'group'}", "",
     "error activity_parameter certificate, error course_parameter coursename, error param_missing "
     "releasegroup",
     false},
    {"std_unlockpdcertificate",
     "{'coursename': 'MOOC', 'release_mode': 'group', 'releasegroup': 'plus1', "
     "'certificateid': '99', 'requirecompletion': '1'}",
     "", "error module_missing certificateid, warning no_criteria requirecompletion", false},
    {"std_unlockpdcertificate", "{'coursename': '2026', 'release_mode': 'shop'}", "", "", false},

    {"std_addquizattempts", "{'coursename': 'MOOC'}", "",
     "error quiz_parameter quizid, warning param_default attemptsamount", false},
    {"std_addquizattempts", "{'quizid': '105'}", "", "error course_parameter coursename", false},
    {"std_addquizattempts", "{'coursename': 'MOOC', 'quizid': '105,107,106'}", "",
     "error quiz_missing quizid, error quiz_unlimited quizid", false},
    {"std_addquizattempts", "{'quizcmid': '5,7', 'attemptsamount': '0'}", "",
     "warning several_courses quizcmid, error param_small attemptsamount", false},
    {"std_addquizattempts", "{'quizcmid': '8,99,6'}", "",
     "error not_a_quiz quizcmid, error quiz_missing quizcmid, error quiz_unlimited quizcmid",
     false},
    {"std_addquizattempts", "{'coursename': 'MOOC', 'quizidnumber': 'final,open,nosuch'}", "",
     "error quiz_unlimited quizidnumber, error quiz_missing quizidnumber", false},
    {"std_addquizattempts", "{'coursename': 'GUESTS', 'quizidnumber': 'final'}", "",
     "error quiz_missing quizidnumber", false},
    {"std_addquizattempts",
     "{'quizcmid': '5', 'attempts_mode': 'group', 'attemptgroups': 'plus1,plus2'}", "",
     "error group_unknown attemptgroups", false},
    {"std_addquizattempts", "{'quizcmid': '5', 'attempts_mode': 'group'}", "",
     "error param_missing attemptgroups", false},

    {"std_addtrainingcredits", "{'credits_mode': 'mirror'}", "",
     "error param_missing credits_field, warning param_default creditsamount", false},
    {"std_addtrainingcredits", "{'credits_mode': 'function'}", "",
     "error param_missing ws_function, warning withdraw_by_hand ws_withdraw", false},

    {"std_registeredproduct", "{'extrasupport': 'MOOC, NOSUCH'}", "",
     "error course_missing extrasupport", false},

    {"std_createcategory", "{}", "catname", "error param_missing parentcategory", false},
    {"std_createcategory", "{'parentcategory': '99'}", "",
     "error category_missing parentcategory, warning field_not_asked requireddata", false},

    {"std_createcourse", "{'template': 'NOSUCH'}", "",
     "error param_missing coursecategory, error course_missing template, error field_not_asked "
     "requireddata, warning no_end duration",
     false},
    {"std_createcourse", "{'coursecategory': '99', 'duration': '9999'}", "fullname",
     "error category_missing coursecategory, warning no_model template, warning very_long duration",
     false},

    {"std_createvinstance", "{}", "",
     "error param_missing template, error param_missing domain, error field_not_asked "
     "requireddata, "
     "error field_not_asked requireddata, warning by_hand enablehandler",
     false},
};


/* --- what depends on the site --- */

static void check_site(void)
{
    static const case_t attempts = {"std_addquizattempts", "{'quizcmid': '5'}", "",
                                    "error function_missing enablehandler", false};
    static const case_t function = {
        "std_addquizattempts",
        "{'quizcmid': '5', 'attempts_mode': 'function', 'ws_function': 'core_user_get_users'}", "",
        "", false};
    static const case_t numbers = {"std_addquizattempts",
                                   "{'coursename': 'MOOC', 'quizidnumber': 'final'}", "",
                                   "error right_missing quizidnumber", false};
    static const case_t course = {"std_enrolonecourse", "{'coursename': 'MOOC'}", "",
                                  "error moodle coursename", false};

    withheld = "mod_quiz_save_overrides";
    check_case(&attempts);
    check_case(&function);
    withheld = NULL;
    numberless = true;
    check_case(&numbers);
    numberless = false;
    refused = "core_course_get_courses_by_field";
    refused_code = "nopermissions";
    check_case(&course);
    refused = NULL;
}


static void check_provisioner(void)
{
    json_t *params = json_pack("{s:s}", "template", "base45");
    json_t *fields = json_pack("[s, s]", "shortname", "name");
    json_t *trouble = json_pack("[s]", "canary");
    shop_site_t made = site;
    shop_test_t test = {.handler = SHOP_STR("std_createvinstance"),
                        .params = params,
                        .fields = fields,
                        .support_course = SHOP_STR("MOOC"),
                        .renewable = true,
                        .site = &made};

    made.provisioner = true;
    made.provisioner_domain = SHOP_STR("sites.example.org");
    provisioner_status = 404;
    check_run("a provisioner that knows no such site", &test,
              "warning support_default customersupport, warning param_default duration");
    provisioner_status = 0;
    check_run("a provisioner that is silent", &test, "error provisioner_silent enablehandler");
    provisioner_status = 401;
    check_run("a provisioner that refuses", &test, "error provisioner_silent enablehandler");
    provisioner_status = 404;
    test.trouble = trouble;
    check_run("a site whose check is red", &test, "error site_check enablehandler");
    json_decref(params);
    json_decref(fields);
    json_decref(trouble);
}


/* --- goods --- */

static shop_item_t good_item(json_t **row)
{
    static shop_tax_t tax = {.id = 1};
    static shop_category_t category = {.visible = true, .text = {{.name = {6, (void *) "Office"}}}};

    *row = json_pack("{s:s, s:i, s:s}", "price1", "10", "range1", 4, "price2", "8");
    return (shop_item_t){.code = SHOP_STR("GOOD"),
                         .status = SHOP_ITEM_AVAILABLE,
                         .price = {{100000}},
                         .tax = &tax,
                         .stock = -1,
                         .category = &category,
                         .document = *row};
}


static void check_item(const char *name, const shop_item_t *item, const char *handler,
                       const char *wanted)
{
    json_t *params = json_pack("{s:s, s:s, s:s}", "coursename", "MOOC", "extension", "30",
                               "enroltype", "manual");
    json_t *fields = json_pack("[s]", "productcode");
    const shop_item_t *others[] = {item};
    shop_test_t test = {.handler = shop_str(handler),
                        .params = params,
                        .fields = fields,
                        .renewable = item->renewable,
                        .item = item,
                        .others = others,
                        .other_count = 1,
                        .site = &site};

    check_run(name, &test, wanted);
    json_decref(params);
    json_decref(fields);
}


static void check_parts(shop_item_t good)
{
    shop_item_t gone = good, set = good, bundle = good;
    shop_item_t *elements[] = {&gone};

    gone.stock = 0;
    set.kind = SHOP_ITEM_SET;
    check_item("a set of nothing", &set, "", "warning set_empty isset");
    bundle.kind = SHOP_ITEM_BUNDLE;
    bundle.elements = elements;
    bundle.element_count = 1;
    check_item("a bundle of what is gone", &bundle, "", "warning element_unavailable isset");
}


static void check_tiers(shop_item_t item)
{
    static const char *const wrong[] = {
        "{'price1': '10', 'range1': 4, 'price2': '8', 'range2': 3, 'price3': '7'}",
        "{'price1': '10', 'price2': '8'}",
        "{'price1': '10', 'range1': 4}",
        "{'price1': '10', 'range2': 4, 'price3': '8'}",
    };

    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        json_t *row = parse(wrong[i]);
        json_t *run;
        shop_test_t test = {.item = &item, .site = &site};

        item.document = row;
        run = shop_test_begin(&test);
        count_level(run, "error");
        ok(has_message(run, SHOP_STR("warning tiers range1")) ||
               has_message(run, SHOP_STR("warning tiers range2")) ||
               has_message(run, SHOP_STR("warning tiers price2")),
           "steps that do not fit: %s", wrong[i]);
        json_decref(run);
        json_decref(row);
    }
}


static void check_tax(shop_item_t item)
{
    shop_heap_t *heap = shop_heap_create(-1);
    const char *error;
    shop_tax_t tax = {.formula_text = SHOP_STR("$ttc = $ht / 0")};
    shop_status_t status =
        shop_formula_compile(shop_heap_arena(heap), tax.formula_text, &tax.formula, &error);

    is_int(status, SHOP_OK, "a formula that divides by zero can be read");
    item.tax = &tax;
    check_item("a tax that cannot be computed", &item, "", "warning tax_failing taxcode");
    shop_heap_destroy(heap);
}


static void check_goods(void)
{
    json_t *row;
    shop_item_t good = good_item(&row), item = good;
    shop_category_t hidden = *good.category;
    json_t *params = json_pack("{s:s, s:s}", "coursename", "MOOC", "duration", "30");

    good.params = params;
    good.handler = SHOP_STR("std_enrolonecourse");
    check_item("a good one", &good, "std_extendenrolperiod", "");
    check_item("nothing to extend", &item, "std_extendenrolperiod",
               "warning extends_nothing extension");
    item.price[0].e4 = 0;
    check_item("for nothing", &item, "", "warning price_zero price1");
    item = good;
    item.tax = NULL;
    check_item("without tax", &item, "", "warning no_tax taxcode");
    item = good;
    item.defect = "its tax does not exist";
    item.field_count = 12;
    check_item("with a defect", &item, "", "error defect code, notice fields requireddata");
    item = good;
    hidden.visible = false;
    item.category = &hidden;
    check_item("out of sight", &item, "", "warning category_hidden categoryid");
    item = good;
    item.renewable = true;
    check_item("renewed without end", &item, "std_extendenrolperiod",
               "warning renew_unable renewable");
    item = good;
    item.seat_mode = 2;
    check_item("seats that nobody uses", &item, "std_extendenrolperiod",
               "warning seats_unused quantaddressesusers");
    check_item("a session without seats", &good, "std_setuponecoursesession",
               "error seats_missing quantaddressesusers");
    check_parts(good);
    check_tiers(good);
    check_tax(good);
    json_decref(params);
    json_decref(row);
}


/* Whatever can be said was said, and has its words. */
static void check_words(void)
{
    json_error_t error;
    json_t *texts = json_load_file(TEXTS, 0, &error);
    const char *key;
    json_t *text;

    json_object_foreach(texts, key, text)
    {
        if (strncmp(key, "test.", 5) == 0) {
            ok(json_object_get(said, key + 5) != NULL, "%s was said", key);
        }
    }
    json_object_foreach(said, key, text)
    {
        char name[80];

        snprintf(name, sizeof(name), "test.%s", key);
        ok(json_object_get(texts, name) != NULL, "%s has its words", name);
    }
    json_decref(texts);
}


int main(void)
{
    json_error_t error;

    recordings = json_load_file(RECORDINGS, 0, &error);
    said = json_object();
    ok(recordings != NULL, "the recordings");
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        check_case(&cases[i]);
    }
    check_site();
    check_provisioner();
    check_goods();
    check_words();
    json_decref(said);
    json_decref(recordings);
    return done_testing();
}
