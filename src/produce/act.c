/*
 * Acts: how steps say what they want, and what each class of refusal by Moodle leads to.
 *
 * An act owns its documents. A NULL document (no memory) turns the act into SHOP_ACT_BUG, so that
 * steps can build JSON and hand it over without looking at each allocation.
 */

#include "produce/produce_internal.h"

#include <string.h>

/* handlers.md 2.4: unknown codes are tried this often before a person looks. */
#define UNKNOWN_TRIES 3


static void act_keep(shop_act_t *act, shop_act_e kind, json_t **slot, json_t *json)
{
    act->kind = json != NULL ? kind : SHOP_ACT_BUG;
    *slot = json;
}


void shop_act_free(shop_act_t *act)
{
    json_decref(act->arguments);
    json_decref(act->output);
    json_decref(act->progress);
    memset(act, 0, sizeof(*act));
}


void shop_act_done(shop_act_t *act, json_t *output)
{
    act_keep(act, SHOP_ACT_DONE, &act->output, output);
}


void shop_act_skip(shop_act_t *act)
{
    shop_act_done(act, json_pack("{s:b}", "skipped", 1));
}


void shop_act_call(shop_act_t *act, const char *function, json_t *arguments)
{
    act->function = function;
    act_keep(act, SHOP_ACT_CALL, &act->arguments, arguments);
}


void shop_act_more(shop_act_t *act, json_t *progress)
{
    act_keep(act, SHOP_ACT_MORE, &act->progress, progress);
}


void shop_act_record(shop_act_t *act, shop_act_e kind, json_t *output)
{
    act_keep(act, kind, &act->output, output);
}


void shop_act_ask(shop_act_t *act, json_t *question)
{
    shop_act_record(act, SHOP_ACT_ASK, question);
}


void shop_act_wait(shop_act_t *act, int64_t until, const char *reason)
{
    act->kind = SHOP_ACT_WAIT;
    act->until = until;
    act->reason = reason;
}


void shop_act_stop(shop_act_t *act, shop_act_e kind, const char *reason)
{
    act->kind = kind;
    act->reason = reason;
}


static void act_retry(shop_act_t *act, bool unknown)
{
    act->kind = SHOP_ACT_RETRY;
    act->reason = "moodle_unavailable";
    act->unknown = unknown;
}


void shop_act_by_class(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    memcpy(act->code, answer->code, sizeof(act->code));

    switch (answer->answer_class) {
    case SHOP_ANSWER_TRANSPORT:
    case SHOP_ANSWER_TEMPORARY: /* two writers at once: one of them may be us */
        act_retry(act, true);
        return;
    case SHOP_ANSWER_GATE:
        shop_act_stop(act, SHOP_ACT_GATE, "moodle_refuses");
        return;
    case SHOP_ANSWER_RIGHTS:
        shop_act_stop(act, SHOP_ACT_BLOCKED, "moodle_rights");
        return;
    case SHOP_ANSWER_MISSING:
        shop_act_stop(act, SHOP_ACT_BLOCKED, "moodle_missing");
        return;
    case SHOP_ANSWER_COLLISION:
    case SHOP_ANSWER_INPUT:
        shop_act_stop(act, SHOP_ACT_MANUAL, "moodle_input");
        return;
    case SHOP_ANSWER_UNKNOWN:
        if (job->tries < UNKNOWN_TRIES) {
            act_retry(act, true);
        } else {
            shop_act_stop(act, SHOP_ACT_MANUAL, "moodle_unknown");
        }
        return;
    case SHOP_ANSWER_OK:
        break;
    }

    act->kind = SHOP_ACT_BUG;
}
