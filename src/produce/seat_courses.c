/*
 * The courses in which seats of a pool may be given: those of the parameter `courselist`, as they
 * are in Moodle now (handlers.md 9.7).
 *
 * An entry is `#id`, a number, a short name, or a short name with `%` for any text; no entry: all.
 */

#include "produce/seat.h"

#define LIST_MAX 500
#define SITE_COURSE 1


/* `%` stands for any text. */
static bool matches(shop_str_t text, shop_str_t pattern)
{
    size_t at = 0, from = 0, star = pattern.len, i = 0;

    while (i < text.len) {
        if (at < pattern.len && pattern.data[at] == '%') {
            star = at++;
            from = i;
        } else if (at < pattern.len && shop_str_eq_nocase((shop_str_t){1, pattern.data + at},
                                                          (shop_str_t){1, text.data + i})) {
            at++;
            i++;
        } else if (star < pattern.len) {
            at = star + 1;
            i = ++from;
        } else {
            return false;
        }
    }
    while (at < pattern.len && pattern.data[at] == '%') {
        at++;
    }
    return at == pattern.len;
}


static bool named_so(const json_t *courses, shop_str_t name)
{
    for (size_t i = 0; i < json_array_size(courses); i++) {
        if (shop_str_eq_nocase(shop_json_text(json_array_get(courses, i), "shortname"), name)) {
            return true;
        }
    }
    return false;
}


static bool is_meant(const json_t *courses, const json_t *course, shop_str_t entry)
{
    bool hash = entry.len > 1 && entry.data[0] == '#';
    shop_str_t number = hash ? (shop_str_t){entry.len - 1, entry.data + 1} : entry;
    int64_t id;

    if (entry.len != 0 && matches(shop_json_text(course, "shortname"), entry)) {
        return true;
    }
    return shop_str_to_int(number, &id) == SHOP_OK && id == shop_json_int(course, "id") &&
           (hash || !named_so(courses, entry));
}


static bool is_listed(const json_t *courses, const json_t *course, shop_str_t list)
{
    shop_str_t entry;

    if (shop_str_trim(list).len == 0) {
        return true;
    }
    while (shop_str_split(&list, ',', &entry)) {
        if (is_meant(courses, course, shop_str_trim(entry))) {
            return true;
        }
    }
    return false;
}


bool shop_seat_courses_match(const json_t *courses, shop_str_t entry)
{
    for (size_t i = 0; i < json_array_size(courses); i++) {
        if (is_meant(courses, json_array_get(courses, i), entry)) {
            return true;
        }
    }
    return false;
}


static bool is_open(const json_t *course)
{
    return shop_json_int(course, "id") != SITE_COURSE && !shop_course_hidden(course) &&
           shop_course_manual(course);
}


static json_t *offer(const shop_job_t *job, const json_t *courses)
{
    shop_str_t list = shop_param_text(job, "courselist");
    json_t *found = json_array();

    for (size_t i = 0; i < json_array_size(courses) && json_array_size(found) < LIST_MAX; i++) {
        const json_t *course = json_array_get(courses, i);

        if (is_open(course) && is_listed(courses, course, list) &&
            json_array_append_new(
                found, json_pack("{s:I, s:o}", "id", (json_int_t) shop_json_int(course, "id"),
                                 "name", shop_json_str(shop_json_text(course, "fullname")))) != 0) {
            json_decref(found);
            return NULL;
        }
    }
    return found;
}


void shop_seat_courses_build(const shop_job_t *job, shop_act_t *act)
{
    (void) job;
    shop_act_call(act, "core_course_get_courses_by_field", json_object());
}


void shop_seat_courses_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
        return;
    }
    shop_act_done(act,
                  json_pack("{s:o}", "list", offer(job, json_object_get(answer->json, "courses"))));
}


/* --- the same again for who looks at the page of his seats --- */

void shop_seat_offer_build(const shop_job_t *job, shop_act_t *act)
{
    json_t *list = json_object_get(job->progress, "list");

    if (list != NULL) {
        shop_act_ask(act, json_pack("{s:s, s:O}", "what", "seat_courses", "list", list));
        return;
    }
    shop_seat_courses_build(job, act);
}


void shop_seat_offer_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (job->progress != NULL) {
        shop_act_done(act, json_object());
    } else {
        shop_act_more(
            act, json_pack("{s:o}", "list", offer(job, json_object_get(answer->json, "courses"))));
    }
}
