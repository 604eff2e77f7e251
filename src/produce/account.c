/*
 * Step `user`: the buyer's Moodle account, found or created (handlers.md 4.2).
 *
 *   known -> find -> names -> create -> (complete)
 *              ^                 |
 *              +-- refused ------+        at most three rounds
 *
 * The phase and what was decided (the name that will be tried) are stored as progress before the
 * call that uses them, so that a second try finds the account instead of making another. An
 * existing account is never changed, but for waking a suspended one where the site allows it.
 */

#include "produce/account.h"

#include <string.h>

#define ROUNDS 3  /* creations that may be refused */
#define BLOCKS 20 /* ten names each */


static bool phase_is(const shop_job_t *job, const char *phase)
{
    return shop_str_eq(shop_job_phase(job), shop_str(phase));
}


static int64_t bound_id(const shop_job_t *job)
{
    return shop_json_int(shop_job_person(job), "moodle_user_id"); /* persons of seats: 0 */
}


static json_t *find_arguments(const shop_job_t *job)
{
    shop_str_t email = shop_str_trim(shop_json_text(shop_job_person(job), "email"));
    shop_heap_t *heap = shop_heap_create(-1);
    shop_str_t pattern;
    json_t *arguments = NULL;

    if (heap == NULL) {
        return NULL;
    }
    if (shop_like_escape(shop_heap_arena(heap), email, &pattern) == SHOP_OK) {
        arguments = json_pack("{s:[{s:s, s:o}]}", "criteria", "key", "email", "value",
                              shop_json_str(pattern));
    }
    shop_heap_destroy(heap);
    return arguments;
}


/* A fresh step looks the bound account up first; everybody else is looked up by e-mail. */
static void build_search(const shop_job_t *job, shop_act_t *act)
{
    if (shop_job_phase(job).len == 0 && bound_id(job) != 0) {
        shop_act_call(
            act, "core_user_get_users_by_field",
            json_pack("{s:s, s:[I]}", "field", "id", "values", (json_int_t) bound_id(job)));
        return;
    }
    shop_act_call(act, "core_user_get_users", find_arguments(job));
}


void shop_user_build(const shop_job_t *job, shop_act_t *act)
{
    if (phase_is(job, "names")) {
        shop_act_call(act, "core_user_get_users_by_field", shop_account_names(job));
    } else if (phase_is(job, "create") && job->unknown) {
        shop_act_more(act, shop_job_progress(job, "find"));
    } else if (phase_is(job, "create")) {
        shop_act_call(act, "core_user_create_users", shop_account_new(job));
    } else if (phase_is(job, "complete")) {
        shop_act_call(act, "core_user_update_users", shop_account_completion(job));
    } else if (phase_is(job, "resume")) {
        shop_act_call(act, "core_user_update_users",
                      json_pack("{s:[{s:I, s:b}]}", "users", "id",
                                (json_int_t) shop_json_int(job->progress, "id"), "suspended", 0));
    } else {
        build_search(job, act);
    }
}


void shop_user_if_build(const shop_job_t *job, bool needed, shop_act_t *act)
{
    bool later = shop_str_eq(shop_json_text(job->inputs, "phase"), SHOP_STR("prepay")) &&
                 job->site->account_at_payment;

    if (!needed || later) {
        shop_act_skip(act);
        return;
    }
    shop_user_build(job, act);
}


static void prepay_build(const shop_job_t *job, shop_act_t *act)
{
    shop_user_if_build(job, true, act);
}


const shop_step_t shop_user_prepay[] = {
    {"user", prepay_build, shop_user_read, NULL},
    {.name = NULL},
};


/* --- an account was found --- */

static bool email_is_ours(const shop_job_t *job, const json_t *user)
{
    return shop_str_eq_nocase(shop_json_text(user, "email"),
                              shop_str_trim(shop_json_text(shop_job_person(job), "email")));
}


/* Ours: bound to this customer, made by an earlier try of this step, or the mailbox was proven. Who
 * is named for a seat gets nothing but the seat. */
static bool account_may_be_used(const shop_job_t *job, const json_t *user)
{
    shop_str_t tried = shop_json_text(job->progress, "username");

    return shop_job_is_seat(job) || shop_json_int(user, "id") == bound_id(job) ||
           (tried.len != 0 && shop_str_eq(tried, shop_json_text(user, "username"))) ||
           shop_json_text(shop_job_person(job), "identity").len != 0;
}


static void user_done(const shop_job_t *job, int64_t id, shop_str_t username, shop_str_t fullname,
                      shop_act_t *act)
{
    shop_str_t tried = shop_json_text(job->progress, "username");

    shop_act_done(act, json_pack("{s:I, s:o, s:o, s:b}", "id", (json_int_t) id, "username",
                                 shop_json_str(username), "fullname", shop_json_str(fullname),
                                 "created", tried.len != 0 && shop_str_eq(tried, username)));
}


/* progress + {id, username, fullname}: what the end of the step needs when a call is in between */
static json_t *progress_with_user(const shop_job_t *job, const char *phase, int64_t id,
                                  shop_str_t username, shop_str_t fullname)
{
    json_t *progress = shop_job_progress(job, phase);

    if (progress != NULL && (json_object_set_new(progress, "id", json_integer(id)) != 0 ||
                             !shop_json_set_text(progress, "name", username) ||
                             !shop_json_set_text(progress, "fullname", fullname))) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


static void use_account(const shop_job_t *job, const json_t *user, shop_act_t *act)
{
    int64_t id = shop_json_int(user, "id");
    shop_str_t username = shop_json_text(user, "username");
    shop_str_t fullname = shop_json_text(user, "fullname");

    if (!account_may_be_used(job, user)) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_not_proven");
    } else if (!shop_json_bool(user, "suspended")) {
        user_done(job, id, username, fullname, act);
    } else if (job->site->resume_suspended) {
        shop_act_more(act, progress_with_user(job, "resume", id, username, fullname));
    } else {
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_suspended");
    }
}


static void read_known(const shop_job_t *job, const json_t *users, shop_act_t *act)
{
    const json_t *user = json_array_get(users, 0);

    if (user != NULL && email_is_ours(job, user)) {
        use_account(job, user, act);
    } else {
        shop_act_more(act, shop_job_progress(job, "find"));
    }
}


/* --- none was found: a name, then a creation --- */

static json_t *progress_counted(const shop_job_t *job, const char *phase, const char *counter)
{
    json_t *progress = shop_job_progress(job, phase);
    int64_t count = shop_json_int(job->progress, counter) + 1;

    if (progress != NULL && json_object_set_new(progress, counter, json_integer(count)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


static void read_found(const shop_job_t *job, const json_t *answer, shop_act_t *act)
{
    const json_t *users = json_object_get(answer, "users");
    const json_t *found = NULL;
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(users); i++) {
        const json_t *user = json_array_get(users, i);

        if (!email_is_ours(job, user)) {
            continue; /* the criterion is a pattern */
        }
        if (shop_json_int(user, "id") == bound_id(job)) {
            use_account(job, user, act);
            return;
        }
        found = user;
        count++;
    }
    if (count == 1) {
        use_account(job, found, act);
    } else if (count > 1) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "several_accounts");
    } else {
        shop_act_more(act, shop_job_progress(job, "names"));
    }
}


static json_t *progress_create(const shop_job_t *job, json_t *name, bool minimal)
{
    json_t *progress = shop_job_progress(job, "create");

    if (json_object_set_new(progress, "username", name) != 0 ||
        json_object_set_new(progress, "minimal", json_boolean(minimal)) != 0) {
        json_decref(progress);
        return NULL;
    }
    return progress;
}


/* A name that was refused and is still free: an optional field displeases, so leave those out. */
static void read_names(const shop_job_t *job, const json_t *users, shop_act_t *act)
{
    int64_t refused = shop_json_int(job->progress, "refused");
    bool last_block = shop_json_int(job->progress, "block") >= BLOCKS;
    json_t *name = shop_account_free_name(job, users);
    bool same = refused > 0 && json_equal(name, json_object_get(job->progress, "username"));

    if (name == NULL && !last_block) {
        shop_act_more(act, progress_counted(job, "names", "block"));
        return;
    }
    if (name == NULL || refused >= ROUNDS || (same && shop_json_bool(job->progress, "minimal"))) {
        json_decref(name);
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_refused");
        return;
    }
    shop_act_more(act, progress_create(job, name, same));
}


static json_t *full_name(const json_t *customer)
{
    shop_str_t first = shop_json_text(customer, "firstname");
    shop_str_t last = shop_json_text(customer, "lastname");

    return json_sprintf("%.*s %.*s", (int) first.len, (const char *) first.data, (int) last.len,
                        (const char *) last.data);
}


static void read_created(const shop_job_t *job, const json_t *users, shop_act_t *act)
{
    const json_t *user = json_array_get(users, 0);
    int64_t id = shop_json_int(user, "id");
    shop_str_t username = shop_json_text(user, "username");
    json_t *name = full_name(shop_job_person(job));
    shop_str_t fullname = {json_string_length(name), (unsigned char *) json_string_value(name)};

    if (id == 0 || name == NULL) {
        shop_act_stop(act, SHOP_ACT_MANUAL, "account_refused");
    } else if (shop_json_bool(job->progress, "minimal")) {
        shop_act_more(act, progress_with_user(job, "complete", id, username, fullname));
    } else {
        user_done(job, id, username, fullname, act);
    }
    json_decref(name);
}


static void read_finished(const shop_job_t *job, shop_act_t *act)
{
    user_done(job, shop_json_int(job->progress, "id"), shop_json_text(job->progress, "name"),
              shop_json_text(job->progress, "fullname"), act);
}


/* --- the answer of whatever phase it was --- */

static void read_refused(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    bool decided = answer->answer_class == SHOP_ANSWER_COLLISION ||
                   answer->answer_class == SHOP_ANSWER_INPUT ||
                   answer->answer_class == SHOP_ANSWER_UNKNOWN;

    if (phase_is(job, "create") && decided) {
        shop_act_more(act, progress_counted(job, "find", "refused"));
    } else if (phase_is(job, "complete") && answer->answer_class != SHOP_ANSWER_TRANSPORT &&
               answer->answer_class != SHOP_ANSWER_TEMPORARY) {
        read_finished(job, act); /* only comfort is missing */
    } else {
        shop_act_by_class(job, answer, act);
    }
}


void shop_user_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        read_refused(job, answer, act);
    } else if (phase_is(job, "names")) {
        read_names(job, answer->json, act);
    } else if (phase_is(job, "create")) {
        read_created(job, answer->json, act);
    } else if (phase_is(job, "complete") || phase_is(job, "resume")) {
        read_finished(job, act);
    } else if (json_is_array(answer->json)) {
        read_known(job, answer->json, act);
    } else {
        read_found(job, answer->json, act);
    }
}
