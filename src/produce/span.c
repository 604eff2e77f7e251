/*
 * An enrolment that several instances share reaches from the first begin to the furthest end of
 * those that live (handlers.md 9.5).
 *
 * It is asked for before each try, never kept over one: whichever of two jobs is late writes the
 * same span.
 */

#include "produce/produce_internal.h"


static bool is_fresh(const shop_job_t *job)
{
    return shop_str_eq(shop_job_phase(job), SHOP_STR("enrol")) && !job->unknown && job->tries == 0;
}


json_t *shop_span_question(const char *what, const shop_enrolment_t *enrolment)
{
    return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "what", what, "courseid",
                     (json_int_t) enrolment->course, "userid", (json_int_t) enrolment->user,
                     "roleid", (json_int_t) enrolment->role, "start",
                     (json_int_t) enrolment->dates.start, "end", (json_int_t) enrolment->dates.end);
}


void shop_span_build(const shop_job_t *job, const shop_enrolment_t *enrolment, shop_act_t *act)
{
    shop_enrolment_t reaching = *enrolment;

    if (!is_fresh(job)) {
        shop_act_ask(act, shop_span_question("span", enrolment));
        return;
    }
    reaching.dates = (shop_dates_t){
        .start = shop_json_int(job->progress, "start"),
        .end = shop_json_int(job->progress, "end"),
    };
    shop_enrolment_build(&reaching, act);
}


void shop_span_read(const shop_job_t *job, const shop_answer_t *answer, shop_act_t *act)
{
    if (answer->answer_class != SHOP_ANSWER_OK) {
        shop_act_by_class(job, answer, act);
    } else if (is_fresh(job)) {
        shop_act_done(act, json_copy((json_t *) job->progress));
    } else {
        shop_act_more(act, json_pack("{s:s, s:I, s:I}", "phase", "enrol", "start",
                                     (json_int_t) shop_json_int(answer->json, "start"), "end",
                                     (json_int_t) shop_json_int(answer->json, "end")));
    }
}
