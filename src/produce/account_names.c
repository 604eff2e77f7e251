/*
 * Choosing the name and the fields of a new Moodle account (handlers.md 4.2, points 5 and 6).
 */

#include "produce/account.h"

#include <stdio.h>
#include <string.h>

#define NAMES_AT_ONCE 10
#define NAME_SIZE (SHOP_USERNAME_MAX + sizeof("4294967295"))


static void candidate(const char *base, unsigned number, char out[NAME_SIZE])
{
    if (number == 0) {
        snprintf(out, NAME_SIZE, "%s", base);
    } else {
        snprintf(out, NAME_SIZE, "%s%u", base, number);
    }
}


/* The same names at every try: what was left of them does not depend on the moment. */
static void base_name(const shop_job_t *job, char out[SHOP_USERNAME_MAX + 1])
{
    const json_t *customer = shop_job_person(job);

    shop_username_make(shop_json_text(customer, "firstname"), shop_json_text(customer, "lastname"),
                       (unsigned) (shop_json_int(shop_job_customer(job), "id") % 1000000), out);
}


json_t *shop_account_names(const shop_job_t *job)
{
    unsigned block = (unsigned) shop_json_int(job->progress, "block");
    char base[SHOP_USERNAME_MAX + 1];
    json_t *values = json_array();

    base_name(job, base);
    for (unsigned i = 0; i < NAMES_AT_ONCE; i++) {
        char name[NAME_SIZE];

        candidate(base, block * NAMES_AT_ONCE + i, name);
        if (json_array_append_new(values, json_string(name)) != 0) {
            json_decref(values);
            return NULL;
        }
    }
    return json_pack("{s:s, s:o}", "field", "username", "values", values);
}


static bool name_is_taken(const json_t *users, const char *name)
{
    for (size_t i = 0; i < json_array_size(users); i++) {
        const json_t *user = json_array_get(users, i);

        if (shop_str_eq_nocase(shop_json_text(user, "username"), shop_str(name))) {
            return true;
        }
    }
    return false;
}


json_t *shop_account_free_name(const shop_job_t *job, const json_t *users)
{
    unsigned block = (unsigned) shop_json_int(job->progress, "block");
    char base[SHOP_USERNAME_MAX + 1];

    base_name(job, base);
    for (unsigned i = 0; i < NAMES_AT_ONCE; i++) {
        char name[NAME_SIZE];

        candidate(base, block * NAMES_AT_ONCE + i, name);
        if (!name_is_taken(users, name)) {
            return json_string(name);
        }
    }
    return NULL;
}


static bool set_optional(json_t *user, const json_t *customer)
{
    static const struct {
        const char *ours;
        const char *theirs;
    } fields[] = {
        {"city", "city"},    {"country", "country"},          {"lang", "lang"},
        {"phone", "phone2"}, {"organisation", "institution"},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        shop_str_t text = shop_json_text(customer, fields[i].ours);

        if (text.len != 0 && !shop_json_set_text(user, fields[i].theirs, text)) {
            return false;
        }
    }
    return true;
}


/* Moodle's search by e-mail field is case-sensitive: accounts are made in lower case. */
static json_t *lower_case(shop_str_t text)
{
    json_t *json = shop_json_str(text);
    char *bytes = (char *) json_string_value(json);

    for (size_t i = 0; bytes != NULL && bytes[i] != '\0'; i++) {
        if (bytes[i] >= 'A' && bytes[i] <= 'Z') {
            bytes[i] = (char) (bytes[i] - 'A' + 'a');
        }
    }
    return json;
}


json_t *shop_account_new(const shop_job_t *job)
{
    const json_t *customer = shop_job_person(job);
    json_t *user = json_pack("{s:O?, s:o, s:o, s:o, s:o}", "username",
                             json_object_get(job->progress, "username"), "firstname",
                             shop_json_str(shop_json_text(customer, "firstname")), "lastname",
                             shop_json_str(shop_json_text(customer, "lastname")), "email",
                             lower_case(shop_str_trim(shop_json_text(customer, "email"))), "auth",
                             shop_json_str(job->site->account_auth));

    if (user != NULL &&
        ((job->site->account_password &&
          json_object_set_new(user, "createpassword", json_true()) != 0) ||
         (!shop_json_bool(job->progress, "minimal") && !set_optional(user, customer)))) {
        json_decref(user);
        return NULL;
    }
    return json_pack("{s:[o]}", "users", user);
}


json_t *shop_account_completion(const shop_job_t *job)
{
    json_t *user = json_pack("{s:I}", "id", (json_int_t) shop_json_int(job->progress, "id"));

    if (user != NULL && !set_optional(user, shop_job_person(job))) {
        json_decref(user);
        return NULL;
    }
    return json_pack("{s:[o]}", "users", user);
}
