/*
 * What was decided about attempts: every order and every action keeps the number that it wants a
 * person to have in a quiz, and what it took, with its event. So actions do not add twice, and
 * repairs know what is to be there (handlers.md 10).
 */

#include "produce/quiz.h"

#include <stdio.h>

#define KEY_SIZE 21


static const char *quiz_key(int64_t quiz, char key[KEY_SIZE])
{
    snprintf(key, KEY_SIZE, "%lld", (long long) quiz);
    return key;
}


const json_t *shop_quiz_decided(const json_t *answer, int64_t quiz)
{
    char key[KEY_SIZE];

    return json_object_get(json_object_get(answer, "decided"), quiz_key(quiz, key));
}


void shop_quiz_keep_build(const shop_job_t *job, shop_act_t *act)
{
    shop_act_ask(act, json_pack("{s:s, s:O?}", "what", "attempts_keep", "attempts",
                                json_object_get(job->progress, "attempts")));
}


int shop_quiz_keep_add(json_t *attempts, int64_t quiz, int64_t target, int64_t taken)
{
    char key[KEY_SIZE];
    json_t *one = json_pack("{s:I, s:o*}", "target", (json_int_t) target, "taken",
                            taken < 0 ? NULL : json_integer(taken));

    return json_object_set_new(attempts, quiz_key(quiz, key), one);
}
