/*
 * Sends the queued mails: claim, put into words in the recipient's language, SMTP, settle.
 *
 * A mail is settled with the claim's token, so that a late worker changes nothing. What the server
 * refuses, for a while or for good, is tried again later as often as shop.mail_retry allows:
 * servers are set right, greylists let go. The message id is made from the mail's own id: a mail
 * that was sent although we never heard so is recognised by the receiving side.
 */

#include "work/mail.h"

#define CLAIM_LIMIT 5
#define SETTLE_SECONDS 60

typedef struct {
    shop_work_t *work;
    shop_loop_t *loop;
    json_t *claim; /* {"mails": […]} */
    size_t next;
    ngx_pool_t *pool; /* of the letter under way */
} mail_round_t;

static void round_on_claim(shop_op_t *op);                                 /* 1 */
static void round_next(mail_round_t *round);                               /* 2 */
static void round_on_sent(shop_op_t *op);                                  /* 3 */
static void round_settle(mail_round_t *round, const shop_mail_end_t *end); /* 4 */
static void round_on_settled(shop_op_t *op);                               /* 5 */


/* All of a claim are sent one after the other: the last one may still be under way then. */
static ngx_uint_t lease_seconds(const shop_work_t *work)
{
    return CLAIM_LIMIT * (work->conf.mail->timeout / 1000 + 1) + SETTLE_SECONDS;
}


void shop_mail_round(shop_work_t *work, shop_loop_t *loop)
{
    json_t *argument;

    if (!work->conf.mail->enabled || work->conf.http == NULL) {
        shop_loop_ended(loop, SHOP_ROUND_NOTHING);
        return;
    }
    argument =
        json_pack("{s:s%, s:i, s:I}", "owner", (const char *) work->owner.data, work->owner.len,
                  "limit", CLAIM_LIMIT, "lease_seconds", (json_int_t) lease_seconds(work));
    if (shop_ask(work, SHOP_SQL_MAILS_CLAIM, argument, round_on_claim, loop) != NGX_OK) {
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
    }
}


static void round_on_claim(shop_op_t *op)
{
    shop_loop_t *loop = op->data;
    json_t *answer = shop_ask_answer(op);
    mail_round_t *round;

    if (json_array_size(json_object_get(answer, "mails")) == 0) {
        shop_loop_ended(loop, answer == NULL ? SHOP_ROUND_TROUBLE : SHOP_ROUND_NOTHING);
        json_decref(answer);
        return;
    }
    round = ngx_calloc(sizeof(*round), loop->work->log);
    if (round == NULL) {
        json_decref(answer);
        shop_loop_ended(loop, SHOP_ROUND_TROUBLE);
        return;
    }
    round->work = loop->work;
    round->loop = loop;
    round->claim = answer;
    round_next(round);
}


static void round_end(mail_round_t *round, shop_round_e result)
{
    shop_loop_t *loop = round->loop;

    if (round->pool != NULL) {
        ngx_destroy_pool(round->pool);
    }
    json_decref(round->claim);
    ngx_free(round);
    shop_loop_ended(loop, result);
}


static const json_t *round_mail(const mail_round_t *round)
{
    return json_array_get(json_object_get(round->claim, "mails"), round->next);
}


static void round_send(mail_round_t *round, const shop_letter_t *letter)
{
    shop_work_t *work = round->work;
    shop_op_t *op = shop_op_create(work->log, work->conf.mail->timeout, round_on_sent, round);

    if (op == NULL) {
        round_end(round, SHOP_ROUND_TROUBLE);
        return;
    }
    shop_smtp_send(work->conf.http, op, &work->conf.mail->smtp, letter->sender, &letter->recipient,
                   1, letter->message);
}


static void round_next(mail_round_t *round)
{
    const json_t *mail = round_mail(round);
    shop_letter_t letter;
    shop_status_t status;
    shop_arena_t arena;

    if (mail == NULL) {
        round_end(round, SHOP_ROUND_MORE);
        return;
    }
    round->pool = ngx_create_pool(16384, round->work->log);
    if (round->pool == NULL) {
        round_end(round, SHOP_ROUND_TROUBLE);
        return;
    }
    arena = shop_pool_arena(round->pool);
    status = shop_letter_write(round->work, &arena, mail, &letter);
    if (status == SHOP_OK) {
        round_send(round, &letter);
    } else if (status == SHOP_NO_MEMORY) {
        round_end(round, SHOP_ROUND_TROUBLE);
    } else {
        /* a bug of ours or an address that cannot be: repeating helps nobody */
        round_settle(round, &(shop_mail_end_t){.error = "cannot be written", .final = true});
    }
}


static void round_on_sent(shop_op_t *op)
{
    mail_round_t *round = op->data;
    ngx_uint_t code = op->reply.http != NULL ? op->reply.http->status : 0;
    bool sent = op->status == SHOP_LINK_OK && code < 400;
    shop_mail_end_t end = {.sent = sent};
    u_char text[160];

    if (!sent) {
        *ngx_snprintf(text, sizeof(text) - 1, "smtp %ui %*s", code, ngx_min(op->error.len, 120),
                      op->error.data) = '\0';
        end.error = (const char *) text;
    }
    round_settle(round, &end);
}


static void round_settle(mail_round_t *round, const shop_mail_end_t *end)
{
    shop_work_t *work = round->work;
    const json_t *mail = round_mail(round);

    if (end->sent) {
        (void) ngx_atomic_fetch_add(&work->shared->mails_sent, 1);
    } else {
        (void) ngx_atomic_fetch_add(&work->shared->mails_failed, 1);
        ngx_log_error(NGX_LOG_WARN, work->log, 0, "shop mail %L: not sent: %s%s",
                      shop_json_int(mail, "id"), end->error, end->final ? "; given up" : "");
    }
    if (shop_ask_firmly(work, end->sent ? SHOP_SQL_MAIL_DONE : SHOP_SQL_MAIL_RETRY,
                        shop_mail_end_argument(mail, end), 1000 * lease_seconds(work),
                        round_on_settled, round) != NGX_OK) {
        round_end(round, SHOP_ROUND_TROUBLE);
    }
}


static void round_on_settled(shop_op_t *op)
{
    mail_round_t *round = op->data;

    json_decref(shop_ask_answer(op));
    ngx_destroy_pool(round->pool);
    round->pool = NULL;
    round->next++;
    round_next(round);
}
