/*
 * Asks Moodle, and the database, whether visitors may have products.
 *
 *   look -> (due) question -> act -> [memo], Moodle or SQL -> read -> next act, or the verdict ->
 * kept
 *
 * A question is asked once at a time in a worker, and rarely by two: the table says that somebody
 * is asking. Half of this worker's calls at once are for questions at most, so that production goes
 * on. Somebody who waits comes before those that nobody waits for. While the gate is closed nothing
 * is asked and nothing is known.
 */

#include "work/work_internal.h"

/* More would take longer than anybody looks at a page. */
#define QUESTIONS_MAX 512

/* What could not be learnt is not asked at once again. */
#define UNKNOWN_FOR 30

typedef struct {
    ngx_queue_t queue;
    ngx_queue_t waiters; /* waiter_t */
    shop_work_t *work;
    shop_product_asked_t product;
    shop_available_t asked;
    ngx_atomic_uint_t key;
    time_t since; /* answers of before are too old for it */
    time_t at;    /* of the oldest answer that it went by */
    unsigned running : 1;
} question_t;

/* An operation that waits for several questions; in its pool. */
typedef struct {
    shop_op_t *op;
    size_t left;
    size_t count;
    struct waiter_s *waiters;
} batch_t;

typedef struct waiter_s {
    ngx_queue_t queue;
    batch_t *batch; /* NULL: not waiting */
} waiter_t;


static void question_next(shop_work_t *work);
static void question_go(question_t *question, bool more);
static void question_on_answer(void *data, const shop_answer_t *answer,
                               const shop_http_response_t *response);
static void question_on_asked(shop_op_t *op);


void shop_available_prepare(shop_work_t *work)
{
    ngx_queue_init(&work->questions);
}


bool shop_available_idle(const shop_work_t *work)
{
    return ngx_queue_empty(&work->questions);
}


static bool can_ask(shop_work_t *work)
{
    return work->conf.available != NULL && work->conf.http != NULL &&
           work->conf.moodle->url.len != 0 && !work->leaving && shop_gate_is_open(work);
}


/* --- the end of a question, and of those who wait for it --- */

static void waiter_leave(waiter_t *waiter)
{
    ngx_queue_remove(&waiter->queue);
    waiter->batch = NULL;
}


static void batch_on_early_end(shop_op_t *op)
{
    batch_t *batch = op->carrier;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->waiters[i].batch != NULL) {
            waiter_leave(&batch->waiters[i]);
        }
    }
    shop_op_release(op);
}


/* They go on after this event: whoever has led to this end may be another request. */
static void waiters_go(ngx_queue_t *waiters)
{
    while (!ngx_queue_empty(waiters)) {
        waiter_t *waiter = ngx_queue_data(ngx_queue_head(waiters), waiter_t, queue);
        batch_t *batch = waiter->batch;
        shop_op_t *op = batch->op;

        waiter_leave(waiter);
        if (--batch->left == 0) {
            op->leave = NULL;
            shop_op_refuse(op, SHOP_LINK_OK, "");
            shop_op_release(op);
        }
    }
}


static void question_free(question_t *question)
{
    shop_work_t *work = question->work;
    ngx_queue_t waiters;

    ngx_queue_init(&waiters);
    if (!ngx_queue_empty(&question->waiters)) {
        ngx_queue_add(&waiters, &question->waiters);
    }
    ngx_queue_remove(&question->queue);
    work->question_count--;
    shop_available_end(&question->asked);
    json_decref((json_t *) question->product.params);
    ngx_free(question);
    waiters_go(&waiters);
}


static void question_end(question_t *question)
{
    shop_work_t *work = question->work;
    unsigned verdict = question->asked.verdict;
    time_t kept = (time_t) (work->conf.moodle->available_for / 1000);

    if (verdict == SHOP_AVAILABLE_UNKNOWN) {
        kept = ngx_min(kept, UNKNOWN_FOR);
    }
    shop_available_store(work->conf.available, question->key, verdict, question->at + kept);
    work->asking--;
    question_free(question);
}


void shop_available_leave(shop_work_t *work)
{
    ngx_queue_t *q, *next;

    for (q = ngx_queue_head(&work->questions); q != ngx_queue_sentinel(&work->questions);
         q = next) {
        question_t *question = ngx_queue_data(q, question_t, queue);

        next = ngx_queue_next(q);
        if (!question->running) {
            question_free(question);
        }
    }
}


/* --- asking --- */

static void question_run(question_t *question)
{
    shop_work_t *work = question->work;

    question->running = 1;
    question->at = ngx_time();
    work->asking++;
    question_go(question, shop_available_begin(&question->asked, &question->product,
                                               &work->conf.moodle->site, ngx_time()));
}


static void question_next(shop_work_t *work)
{
    ngx_uint_t most = ngx_max(work->call_max / 2, 1);
    ngx_queue_t *q = ngx_queue_head(&work->questions);

    while (work->asking < most && q != ngx_queue_sentinel(&work->questions)) {
        question_t *question = ngx_queue_data(q, question_t, queue);

        if (question->running) {
            q = ngx_queue_next(q);
            continue;
        }
        question_run(question);
        q = ngx_queue_head(&work->questions);
    }
}


/* Nobody was asked: what there is to know stays unknown. */
static bool question_give_up(question_t *question)
{
    shop_answer_t nothing = {.answer_class = SHOP_ANSWER_TRANSPORT, .code = "notsent"};

    return shop_available_read(&question->asked, &nothing);
}


static void question_go(question_t *question, bool more)
{
    shop_work_t *work = question->work;

    while (more) {
        shop_act_t *act = &question->asked.act;
        shop_answer_t answer = {.answer_class = SHOP_ANSWER_OK};
        time_t at;

        if (act->kind == SHOP_ACT_ASK) {
            if (shop_ask(work, SHOP_SQL_AVAILABILITY_ASK, json_incref(act->output),
                         question_on_asked, question) == NGX_OK) {
                return;
            }
            more = question_give_up(question);
            continue;
        }
        answer.json = (json_t *) shop_memo_find(work, act, question->since, &at);
        if (answer.json != NULL) {
            question->at = ngx_min(question->at, at);
            more = shop_available_read(&question->asked, &answer);
        } else if (can_ask(work)) {
            shop_moodle_call(work, act->function, act->arguments, question_on_answer, question);
            return;
        } else {
            more = question_give_up(question);
        }
    }
    question_end(question);
}


static void question_on_answer(void *data, const shop_answer_t *answer,
                               const shop_http_response_t *response)
{
    question_t *question = data;
    shop_work_t *work = question->work;

    if (answer->answer_class == SHOP_ANSWER_OK && response != NULL) {
        shop_memo_keep(work, &question->asked.act, answer->json, response->body.len);
    }
    question_go(question, shop_available_read(&question->asked, answer));
    question_next(work);
}


static void question_on_asked(shop_op_t *op)
{
    question_t *question = op->data;
    shop_work_t *work = question->work;
    shop_answer_t answer = {.json = shop_ask_answer(op)};

    if (answer.json == NULL) {
        answer.answer_class = SHOP_ANSWER_TRANSPORT;
    }
    question_go(question, shop_available_read(&question->asked, &answer));
    shop_answer_free(&answer);
    question_next(work);
}


/* --- questions --- */

static question_t *question_find(shop_work_t *work, ngx_atomic_uint_t key)
{
    ngx_queue_t *q;

    for (q = ngx_queue_head(&work->questions); q != ngx_queue_sentinel(&work->questions);
         q = ngx_queue_next(q)) {
        question_t *question = ngx_queue_data(q, question_t, queue);

        if (question->key == key) {
            return question;
        }
    }
    return NULL;
}


/* `age` seconds, at most those of the memo: so old may be what it goes by. NULL: not now. */
static question_t *question_create(shop_work_t *work, const shop_product_asked_t *product,
                                   ngx_atomic_uint_t key, time_t age)
{
    question_t *question =
        work->question_count < QUESTIONS_MAX ? ngx_calloc(sizeof(*question), work->log) : NULL;

    if (question == NULL) {
        return NULL;
    }
    question->work = work;
    question->product = *product;
    question->key = key;
    question->since = ngx_time() - age;
    json_incref((json_t *) product->params);
    ngx_queue_init(&question->waiters);
    ngx_queue_insert_tail(&work->questions, &question->queue);
    work->question_count++;
    return question;
}


unsigned shop_available(shop_work_t *work, const shop_product_asked_t *product)
{
    ngx_atomic_uint_t key = shop_available_key(product->item, product->user);
    shop_available_known_t known;

    if (work->conf.available == NULL || key == 0) {
        return SHOP_AVAILABLE_UNKNOWN;
    }
    known = shop_available_look(work->conf.available, key, ngx_time());
    if (known.due && can_ask(work) && question_find(work, key) == NULL &&
        question_create(work, product, key, SHOP_MEMO_AGE) != NULL) {
        shop_available_claim(work->conf.available, key, known.verdict, ngx_time());
        question_next(work);
    }
    return known.verdict;
}


/* --- waiting --- */

bool shop_available_wanted(shop_work_t *work, const shop_product_asked_t *product, int64_t age)
{
    ngx_atomic_uint_t key = shop_available_key(product->item, product->user);
    int64_t kept = (int64_t) (work->conf.moodle->available_for / 1000);
    shop_available_known_t known;

    if (key == 0 || !can_ask(work)) {
        return false;
    }
    known = shop_available_look(work->conf.available, key, ngx_time());
    if (known.due || known.asked) {
        return true;
    }
    return age != SHOP_AVAILABLE_AS_KEPT &&
           (known.verdict == SHOP_AVAILABLE_UNKNOWN || known.until - kept < ngx_time() - age);
}


/* Comes before all that nobody waits for. */
static void waiter_join(waiter_t *waiter, batch_t *batch, question_t *question)
{
    shop_work_t *work = question->work;

    waiter->batch = batch;
    batch->left++;
    ngx_queue_insert_tail(&question->waiters, &waiter->queue);
    if (!question->running) {
        ngx_queue_remove(&question->queue);
        ngx_queue_insert_head(&work->questions, &question->queue);
    }
}


static void wait_for(shop_work_t *work, batch_t *batch, const shop_product_asked_t *product,
                     int64_t age)
{
    ngx_atomic_uint_t key = shop_available_key(product->item, product->user);
    question_t *question;

    if (!shop_available_wanted(work, product, age)) {
        return;
    }
    question = question_find(work, key);
    if (question == NULL) {
        question = question_create(work, product, key,
                                   age == SHOP_AVAILABLE_AS_KEPT ? SHOP_MEMO_AGE : (time_t) age);
    }
    if (question != NULL) {
        waiter_join(&batch->waiters[batch->count++], batch, question);
    }
}


void shop_available_wait(shop_work_t *work, shop_op_t *op, const shop_product_asked_t *products,
                         size_t count, int64_t age)
{
    batch_t *batch = ngx_pcalloc(op->pool, sizeof(*batch));

    if (batch != NULL) {
        batch->waiters = ngx_pcalloc(op->pool, (count + 1) * sizeof(waiter_t));
    }
    if (batch == NULL || batch->waiters == NULL) {
        shop_op_refuse(op, SHOP_LINK_ERROR, "no memory");
        return;
    }
    batch->op = op;
    batch->left = 1; /* until all are there: nothing ends before this returns */
    for (size_t i = 0; i < count; i++) {
        wait_for(work, batch, &products[i], age);
    }
    question_next(work);
    if (--batch->left == 0) {
        shop_op_refuse(op, SHOP_LINK_OK, "");
        return;
    }
    op->carrier = batch;
    shop_op_hold(op, NULL, batch_on_early_end);
}
