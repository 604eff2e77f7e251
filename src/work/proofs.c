/*
 * Fetches what proves payment notifications that prove themselves by nothing
 * (payments.md 3.5, 4.5): the provider's own word for a message that is sent back to him, or the
 * certificate that signed it.
 *
 *   claim -> interface.proof -> HTTP, or a certificate that was kept -> the pipeline -> message_end
 *
 * The messages are in the database before their sender was answered, so that nothing is lost while
 * the provider cannot be reached: it is asked again, ever more rarely, for days.
 */

#include "work/work_internal.h"

#include <openssl/rand.h>

#define MESSAGES_MAX 4
#define PROOF_DEADLINE 30000
#define PROOF_MAX 16384
#define EVENT_MAX (256 * 1024)
#define RECORD_PATIENCE 60000

/* One message under way. */
typedef struct {
    shop_errand_t errand;
    shop_pay_request_t request;
    shop_pay_proof_t proof;
    shop_pay_result_t result;
    int64_t id;
} message_t;

static bool take_message(shop_errand_t *errand, const json_t *row);   /* 1 */
static void message_start(shop_errand_t *errand);                     /* 2 */
static void on_proof(shop_op_t *op);                                  /* 3 */
static void message_judge(message_t *m, shop_str_t body);             /* 4 */
static void message_record(message_t *m, shop_pay_verdict_t verdict); /* 5 */
static void on_recorded(shop_op_t *op);                               /* 6 */

static const shop_errand_kind_t message_kind = {
    .claim = SHOP_SQL_MESSAGES_CLAIM,
    .rows = "messages",
    .limit = MESSAGES_MAX,
    .size = sizeof(message_t),
    .take = take_message,
    .start = message_start,
};


bool shop_proofs_wanted(const shop_work_conf_t *conf)
{
    for (size_t i = 0; conf->http != NULL && i < conf->payment_count; i++) {
        if (conf->payments[i]->interface->proof != NULL) {
            return true;
        }
    }
    return false;
}


/* --- replies that prove more than one message --- */

static void kept_free(shop_kept_proof_t *kept)
{
    if (kept->pool != NULL) {
        ngx_destroy_pool(kept->pool);
    }
    *kept = (shop_kept_proof_t){0};
}


void shop_proofs_forget(shop_work_t *work)
{
    for (size_t i = 0; i < SHOP_KEPT_PROOFS; i++) {
        kept_free(&work->kept[i]);
    }
}


static shop_str_t kept_find(shop_work_t *work, shop_str_t url)
{
    for (size_t i = 0; i < SHOP_KEPT_PROOFS; i++) {
        shop_kept_proof_t *kept = &work->kept[i];

        if (kept->pool != NULL && kept->until > ngx_time() && shop_str_eq(kept->url, url)) {
            return kept->body;
        }
    }
    return SHOP_STR_NULL;
}


/* In the place that ends first; one that is free ended long ago. */
static void kept_add(shop_work_t *work, const message_t *m)
{
    shop_kept_proof_t *kept = &work->kept[0];
    shop_arena_t arena;

    if (m->proof.keeps == 0 || kept_find(work, m->proof.call.url).len > 0) {
        return;
    }
    for (size_t i = 1; i < SHOP_KEPT_PROOFS; i++) {
        kept = work->kept[i].until < kept->until ? &work->kept[i] : kept;
    }
    kept_free(kept);
    kept->pool = ngx_create_pool(1024, work->log);
    if (kept->pool == NULL) {
        return;
    }
    arena = shop_pool_arena(kept->pool);
    if (shop_arena_copy(&arena, m->proof.call.url, &kept->url) != SHOP_OK ||
        shop_arena_copy(&arena, m->request.proof, &kept->body) != SHOP_OK) {
        kept_free(kept);
        return;
    }
    kept->until = ngx_time() + (time_t) m->proof.keeps;
}


/* --- messages --- */

void shop_proofs_round(shop_work_t *work, shop_loop_t *loop)
{
    (void) work;
    shop_errands_claim(loop, &message_kind, json_object());
}


static bool message_seal(message_t *m)
{
    u_char *iv = ngx_pnalloc(m->errand.pool, SHOP_SEAL_IV);

    m->request.seal_key = m->errand.work->conf.message_key;
    if (m->request.seal_key.len == 0) {
        return true;
    }
    if (iv == NULL || RAND_bytes(iv, SHOP_SEAL_IV) != 1) {
        return false;
    }
    m->request.seal_iv = (shop_str_t){SHOP_SEAL_IV, iv};
    return true;
}


static bool take_message(shop_errand_t *errand, const json_t *row)
{
    message_t *m = (message_t *) errand;
    shop_arena_t arena = shop_pool_arena(errand->pool);

    m->id = shop_json_int(row, "id");
    return errand->config->interface->proof != NULL &&
           shop_pay_thaw(&arena, json_object_get(row, "message"), &m->request) == SHOP_OK &&
           message_seal(m);
}


static void message_start(shop_errand_t *errand)
{
    message_t *m = (message_t *) errand;
    shop_work_t *work = errand->work;
    shop_arena_t arena = shop_pool_arena(errand->pool);
    shop_http_request_t request;
    shop_op_t *op = NULL;
    shop_str_t kept;

    if (errand->config->interface->proof(&arena, errand->config, &m->request, &m->proof) !=
        SHOP_OK) {
        message_record(m, SHOP_PAY_UNAUTHENTIC); /* the configuration has changed since */
        return;
    }
    kept = m->proof.keeps > 0 ? kept_find(work, m->proof.call.url) : SHOP_STR_NULL;
    if (kept.len > 0) {
        message_judge(m, kept);
        return;
    }
    if (shop_talk_request(&arena, &m->proof.call, &request) == NGX_OK) {
        op = shop_op_create(work->log, PROOF_DEADLINE, on_proof, m);
    }
    if (op == NULL) {
        message_record(m, SHOP_PAY_RETRY_LATER);
        return;
    }
    request.body_max = PROOF_MAX;
    shop_http_send(work->conf.http, op, &request);
}


static void on_proof(shop_op_t *op)
{
    message_t *m = op->data;
    const shop_http_response_t *response = op->status == SHOP_LINK_OK ? op->reply.http : NULL;

    if (response == NULL || response->status != 200 || response->body.len == 0) {
        ngx_log_error(NGX_LOG_WARN, m->errand.work->log, 0,
                      "shop proofs: config=%*s message=%L no proof: %s", m->errand.config->name.len,
                      m->errand.config->name.data, m->id,
                      response == NULL ? "not reached" : "no answer");
        message_record(m, SHOP_PAY_RETRY_LATER);
        return;
    }
    message_judge(m, response->body);
}


static void message_judge(message_t *m, shop_str_t body)
{
    shop_arena_t arena = shop_pool_arena(m->errand.pool);

    if (shop_arena_copy(&arena, body, &m->request.proof) != SHOP_OK ||
        shop_pay_receive(&arena, m->errand.config, &m->request, &m->result) != SHOP_OK) {
        message_record(m, SHOP_PAY_RETRY_LATER);
        return;
    }
    if (m->result.store) {
        kept_add(m->errand.work, m);
    }
    message_record(m, m->result.verdict);
}


static void message_record(message_t *m, shop_pay_verdict_t verdict)
{
    json_t *event = NULL;
    json_t *argument;

    if (m->result.store && shop_json_parse(m->result.json, EVENT_MAX, &event) != SHOP_OK) {
        event = NULL;
        verdict = SHOP_PAY_RETRY_LATER;
    }
    argument =
        json_pack("{s:I, s:s, s:o}", "message", (json_int_t) m->id, "verdict",
                  shop_pay_verdict_name(verdict), "event", event != NULL ? event : json_null());
    if (shop_ask_firmly(m->errand.work, SHOP_SQL_MESSAGE_END, argument, RECORD_PATIENCE,
                        on_recorded, m) != NGX_OK) {
        shop_errand_end(&m->errand);
    }
}


static void on_recorded(shop_op_t *op)
{
    message_t *m = op->data;
    json_t *answer = shop_ask_answer(op);
    shop_work_t *work = m->errand.work;
    shop_str_t verdict = shop_json_text(answer, "verdict");

    if (answer != NULL) {
        work->conf.proved(work->log, m->errand.config->name, answer, &m->result);
    }
    shop_work_wake(work);
    if (shop_str_eq(verdict, SHOP_STR("quarantine"))) {
        shop_work_wake_reconcile(work);
    }
    json_decref(answer);
    shop_errand_end(&m->errand);
}
