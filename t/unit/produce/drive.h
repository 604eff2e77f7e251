/*
 * A small Moodle in memory and a driver that runs a handler against it as work/job_run.c does,
 * with faults at any call: lost answers, refused connections, crashes. Included once per program.
 */

#ifndef SHOP_T_PRODUCE_DRIVE_H
#define SHOP_T_PRODUCE_DRIVE_H

#include "produce/produce.h"

#include <string.h>

#include "tap.h"

/* --- the site --- */

typedef struct {
    json_t *users;      /* [{id, username, email, firstname, lastname, fullname, suspended}] */
    json_t *groups;     /* [{id, name, idnumber}] */
    json_t *members;    /* {"group/user": 1} */
    json_t *enrolments; /* {"user/course": {...}} */
    bool hidden;
    bool no_course;
    bool completed;
    bool refuse_optional; /* creations with a city are refused */
    const char *error;    /* errorcode answered to `error_function` */
    const char *error_function;
    int calls;
    int creations; /* of users and groups */
} site_t;


static void site_open(site_t *site)
{
    memset(site, 0, sizeof(*site));
    site->users = json_array();
    site->groups = json_array();
    site->members = json_object();
    site->enrolments = json_object();
}


static void site_close(site_t *site)
{
    json_decref(site->users);
    json_decref(site->groups);
    json_decref(site->members);
    json_decref(site->enrolments);
}


static json_t *site_user(site_t *site, const char *username, const char *email)
{
    json_t *user =
        json_pack("{s:i, s:s, s:s, s:s, s:b}", "id", (int) json_array_size(site->users) + 100,
                  "username", username, "email", email, "fullname", "Full Name", "suspended", 0);

    json_array_append_new(site->users, user);
    return user;
}


static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text != NULL ? text : "";
}


static json_t *answer_error(const char *code)
{
    return json_pack("{s:s, s:s, s:s}", "exception", "moodle_exception", "errorcode", code,
                     "message", "x");
}


static bool same_mail(shop_str_t pattern, shop_str_t mail)
{
    unsigned char plain[256];
    size_t len = 0;

    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.data[i] == '\\') {
            i++;
        }
        plain[len++] = pattern.data[i];
    }
    return shop_str_eq_nocase((shop_str_t){len, plain}, mail);
}


static json_t *site_find(site_t *site, const json_t *arguments)
{
    const json_t *criterion = json_array_get(json_object_get(arguments, "criteria"), 0);
    json_t *found = json_array();

    for (size_t i = 0; i < json_array_size(site->users); i++) {
        json_t *user = json_array_get(site->users, i);

        if (same_mail(shop_json_text(criterion, "value"), shop_json_text(user, "email"))) {
            json_array_append(found, user);
        }
    }
    return json_pack("{s:o, s:[]}", "users", found, "warnings");
}


static json_t *site_by_field(site_t *site, const json_t *arguments)
{
    const json_t *values = json_object_get(arguments, "values");
    bool by_id = strcmp(text_of(arguments, "field"), "id") == 0;
    json_t *found = json_array();

    for (size_t i = 0; i < json_array_size(site->users); i++) {
        json_t *user = json_array_get(site->users, i);
        const json_t *mine = json_object_get(user, by_id ? "id" : "username");

        for (size_t k = 0; k < json_array_size(values); k++) {
            if (json_equal(json_array_get(values, k), mine)) {
                json_array_append(found, user);
            }
        }
    }
    return found;
}


static json_t *site_create(site_t *site, const json_t *arguments)
{
    const json_t *wanted = json_array_get(json_object_get(arguments, "users"), 0);
    json_t *user;

    site->creations++;
    if (site->refuse_optional && json_object_get(wanted, "city") != NULL) {
        return answer_error("invalidparameter");
    }
    for (size_t i = 0; i < json_array_size(site->users); i++) {
        const json_t *other = json_array_get(site->users, i);

        if (strcmp(text_of(other, "username"), text_of(wanted, "username")) == 0 ||
            strcmp(text_of(other, "email"), text_of(wanted, "email")) == 0) {
            return answer_error("invalidparameter");
        }
    }
    user = site_user(site, text_of(wanted, "username"), text_of(wanted, "email"));
    return json_pack("[{s:O, s:O}]", "id", json_object_get(user, "id"), "username",
                     json_object_get(user, "username"));
}


static json_t *site_update(site_t *site, const json_t *arguments)
{
    const json_t *wanted = json_array_get(json_object_get(arguments, "users"), 0);

    for (size_t i = 0; i < json_array_size(site->users); i++) {
        json_t *user = json_array_get(site->users, i);

        if (json_equal(json_object_get(user, "id"), json_object_get(wanted, "id"))) {
            json_object_update(user, (json_t *) wanted);
        }
    }
    return json_pack("{s:[]}", "warnings");
}


static json_t *site_courses(site_t *site)
{
    if (site->no_course) {
        return json_pack("{s:[], s:[]}", "courses", "warnings");
    }
    return json_pack("{s:[{s:i, s:s, s:s, s:i, s:i}], s:[]}", "courses", "id", 12, "shortname",
                     "MOOC", "fullname", "A course", "visible", !site->hidden, "startdate",
                     1790000000, "warnings");
}


static json_t *site_users_courses(site_t *site, const json_t *arguments)
{
    char key[64];

    snprintf(key, sizeof(key), "%lld/12", (long long) shop_json_int(arguments, "userid"));
    return json_object_get(site->enrolments, key) != NULL
               ? json_pack("[{s:i, s:s}]", "id", 12, "shortname", "MOOC")
               : json_array();
}


static json_t *site_enrol(site_t *site, const json_t *arguments)
{
    const json_t *list = json_object_get(arguments, "enrolments");

    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *entry = json_array_get(list, i);
        char key[64];

        snprintf(key, sizeof(key), "%lld/%lld", (long long) shop_json_int(entry, "userid"),
                 (long long) shop_json_int(entry, "courseid"));
        json_object_set(site->enrolments, key, entry);
    }
    return json_null();
}


static json_t *site_new_group(site_t *site, const json_t *arguments)
{
    const json_t *wanted = json_array_get(json_object_get(arguments, "groups"), 0);
    json_t *group;

    site->creations++;
    for (size_t i = 0; i < json_array_size(site->groups); i++) {
        if (strcmp(text_of(json_array_get(site->groups, i), "name"), text_of(wanted, "name")) ==
            0) {
            return answer_error("invalidparameter");
        }
    }
    group = json_pack("{s:i, s:s, s:s}", "id", (int) json_array_size(site->groups) + 40, "name",
                      text_of(wanted, "name"), "idnumber", text_of(wanted, "idnumber"));
    json_array_append_new(site->groups, group);
    return json_pack("[O]", group);
}


static json_t *site_member(site_t *site, const json_t *arguments)
{
    const json_t *member = json_array_get(json_object_get(arguments, "members"), 0);
    char key[64];

    snprintf(key, sizeof(key), "%lld/%lld", (long long) shop_json_int(member, "groupid"),
             (long long) shop_json_int(member, "userid"));
    json_object_set_new(site->members, key, json_true());
    return json_null();
}


static json_t *site_completion(site_t *site)
{
    return json_pack("{s:{s:b, s:i, s:[{s:i, s:b, s:i}]}, s:[]}", "completionstatus", "completed",
                     site->completed, "aggregation", 1, "completions", "type", 4, "complete",
                     site->completed, "timecompleted", 1794000000, "warnings");
}


static json_t *site_call(site_t *site, const char *function, const json_t *arguments)
{
    site->calls++;
    if (site->error != NULL && strcmp(site->error_function, function) == 0) {
        return answer_error(site->error);
    }
    if (strcmp(function, "core_user_get_users") == 0) {
        return site_find(site, arguments);
    }
    if (strcmp(function, "core_user_get_users_by_field") == 0) {
        return site_by_field(site, arguments);
    }
    if (strcmp(function, "core_user_create_users") == 0) {
        return site_create(site, arguments);
    }
    if (strcmp(function, "core_user_update_users") == 0) {
        return site_update(site, arguments);
    }
    if (strcmp(function, "core_course_get_courses_by_field") == 0) {
        return site_courses(site);
    }
    if (strcmp(function, "core_enrol_get_users_courses") == 0) {
        return site_users_courses(site, arguments);
    }
    if (strcmp(function, "enrol_manual_enrol_users") == 0) {
        return site_enrol(site, arguments);
    }
    if (strcmp(function, "core_group_get_course_groups") == 0) {
        return json_copy(site->groups);
    }
    if (strcmp(function, "core_group_create_groups") == 0) {
        return site_new_group(site, arguments);
    }
    if (strcmp(function, "core_group_add_group_members") == 0) {
        return site_member(site, arguments);
    }
    if (strcmp(function, "core_completion_get_course_completion_status") == 0) {
        return site_completion(site);
    }
    return json_pack("{s:{s:i}}", "result", "status", 1); /* a configured function */
}


/* --- the driver --- */

typedef enum {
    FAULT_NONE = 0,
    FAULT_LOST,         /* done in Moodle, no answer */
    FAULT_REFUSED,      /* not done, no answer */
    FAULT_CRASH_BEFORE, /* we die before the call */
    FAULT_CRASH_AFTER,  /* we die before the answer is stored */
    FAULTS
} fault_e;

typedef struct {
    site_t site;
    const shop_handler_t *handler;
    json_t *inputs;
    json_t *outputs;
    json_t *progress;
    json_t *instances; /* what was recorded, one per job by its unique key */
    json_t *issues;
    int taken; /* so many certificate numbers belong to others */
    shop_site_t settings;
    int64_t now;
    bool unknown;
    unsigned tries;
    int acts;
    int fault_at; /* number of the call or record that fails; 0: none */
    fault_e fault;
    shop_act_t last;
} drive_t;


static void drive_open(drive_t *drive, const char *handler, const char *inputs)
{
    json_error_t error;

    memset(drive, 0, sizeof(*drive));
    site_open(&drive->site);
    drive->handler = shop_handler_find(shop_str(handler));
    drive->inputs = json_loads(inputs, 0, &error);
    if (drive->inputs == NULL) {
        diag("inputs: %s at %d", error.text, error.position);
    }
    drive->outputs = json_object();
    drive->now = 1795500000;
    drive->settings = (shop_site_t){
        .roles = shop_roles_default,
        .role_count = 5,
        .account_auth = SHOP_STR("manual"),
        .account_password = true,
    };
}


static void drive_close(drive_t *drive)
{
    site_close(&drive->site);
    shop_act_free(&drive->last);
    json_decref(drive->inputs);
    json_decref(drive->outputs);
    json_decref(drive->progress);
    json_decref(drive->instances);
    json_decref(drive->issues);
}


static shop_job_t drive_job(drive_t *drive)
{
    static const unsigned char random[SHOP_JOB_RANDOM] = "0123456789abcdefghijklmnopqrstu";

    return (shop_job_t){
        .inputs = drive->inputs,
        .outputs = drive->outputs,
        .progress = drive->progress,
        .unknown = drive->unknown,
        .tries = drive->tries,
        .now = drive->now,
        .random = random,
        .site = &drive->settings,
    };
}


/* A record is unique by the job's key: the second time gives what is there. */
static json_t *drive_record(drive_t *drive, shop_act_e kind, json_t *output)
{
    json_t **slot = kind == SHOP_ACT_INSTANCE ? &drive->instances : &drive->issues;

    if (kind == SHOP_ACT_ISSUE && drive->taken > 0) {
        drive->taken--;
        return json_pack("{s:s}", "verdict", "taken");
    }
    if (*slot == NULL) {
        *slot = json_array();
        json_array_append(*slot, output);
    }
    return json_pack("{s:i, s:s, s:O?}", "id", 1, "reference", "AAAA-BBBB-CCCC-DDEE", "number",
                     json_object_get(json_array_get(*slot, 0), "number"));
}


static void drive_answer(drive_t *drive, const shop_act_t *act, shop_answer_t *answer, bool act_too,
                         bool heard)
{
    json_t *json = NULL;
    char *text;

    if (act_too && act->kind == SHOP_ACT_CALL) {
        json = site_call(&drive->site, act->function, act->arguments);
    } else if (act_too) {
        json = drive_record(drive, act->kind, act->output);
    }
    text = heard ? json_dumps(json, JSON_ENCODE_ANY) : NULL;
    shop_moodle_read(act->kind == SHOP_ACT_CALL ? act->function : "", heard ? 200 : 0,
                     shop_str(text), answer);
    free(text);
    json_decref(json);
}


static void drive_keep(drive_t *drive, const shop_step_t *step, const shop_act_t *act)
{
    json_decref(drive->progress);
    drive->progress = NULL;
    drive->unknown = false;
    drive->tries = 0;
    if (act->kind == SHOP_ACT_DONE) {
        json_object_set(drive->outputs, step->name, act->output);
    } else {
        drive->progress = json_incref(act->progress);
    }
}


/* One act of one step. False: the run ended with drive->last, or all is done. */
static bool drive_once(drive_t *drive)
{
    shop_job_t job = drive_job(drive);
    const shop_step_t *step = shop_job_next(drive->handler, &job);
    fault_e fault = FAULT_NONE;
    shop_act_t act = {0};

    if (step == NULL) {
        return false;
    }
    step->build(&job, &act);
    if (act.kind == SHOP_ACT_CALL || act.kind == SHOP_ACT_INSTANCE || act.kind == SHOP_ACT_ISSUE) {
        shop_answer_t answer;
        shop_act_t next = {0};

        if (++drive->acts == drive->fault_at) {
            fault = drive->fault;
        }
        drive_answer(drive, &act, &answer, fault != FAULT_REFUSED && fault != FAULT_CRASH_BEFORE,
                     fault == FAULT_NONE);
        shop_job_read(step, &job, &answer, &next);
        shop_answer_free(&answer);
        shop_act_free(&act);
        act = next;
    }
    if (act.kind == SHOP_ACT_DONE || act.kind == SHOP_ACT_MORE) {
        drive_keep(drive, step, &act);
        shop_act_free(&act);
        return true;
    }
    shop_act_free(&drive->last);
    drive->last = act;
    if (act.kind == SHOP_ACT_RETRY) {
        drive->unknown = act.unknown;
        drive->tries++;
    }
    return false;
}


/* Until the end or an act that hands the job back; retries go on at once, at most `rounds` times.
 * True: every step is done. */
static bool drive_run(drive_t *drive, int rounds)
{
    for (int guard = 0; guard < 500; guard++) {
        shop_job_t job;

        if (drive_once(drive)) {
            continue;
        }
        job = drive_job(drive);
        if (shop_job_next(drive->handler, &job) == NULL) {
            return true;
        }
        if (drive->last.kind != SHOP_ACT_RETRY || rounds-- == 0) {
            return false;
        }
    }
    return false;
}

#endif
