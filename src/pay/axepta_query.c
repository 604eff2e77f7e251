/*
 * Asks the platform what became of a try (inquire.aspx), and reads its encrypted answer
 * (payments.md 6).
 *
 * Only this answer has the amount, so that it decides about every payment. It comes over TLS from
 * the address of the configuration, under a key that the platform and the shop alone have.
 */

#include "pay/axepta.h"

#define FIELDS_MAX 20


shop_status_t shop_axepta_call(shop_arena_t *arena, const shop_axepta_t *axepta, shop_str_t url,
                               const shop_pair_t *pairs, size_t count, shop_pay_call_t *call)
{
    shop_str_t data, len;

    shop_status_t status = shop_axepta_seal(arena, axepta->blowfish_key, pairs, count, &data, &len);
    if (status != SHOP_OK) {
        return status;
    }

    const shop_pair_t fields[] = {
        {SHOP_STR("MerchantID"), axepta->merchant_id},
        {SHOP_STR("Len"), len},
        {SHOP_STR("Data"), data},
    };

    return shop_pay_call_form(arena, url, fields, sizeof(fields) / sizeof(fields[0]), call);
}


shop_status_t shop_axepta_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    const shop_axepta_t *axepta = config->data;
    const shop_pay_question_t *asked = &talk->asked;
    const shop_pair_t pairs[] = {
        {SHOP_STR("MerchantID"), axepta->merchant_id},
        {SHOP_STR("PayID"), asked->provider_txn},
        {SHOP_STR("TransID"), asked->provider_ref},
    };

    if (talk->purpose == SHOP_PAY_REFUND) {
        return shop_axepta_ask_refund(arena, config, talk, call);
    }
    if (asked->provider_ref.len == 0) {
        return SHOP_NOT_FOUND;
    }

    return shop_axepta_call(arena, axepta, config->api_url, pairs, sizeof(pairs) / sizeof(pairs[0]),
                            call);
}


static shop_status_t open_answer(shop_arena_t *arena, const shop_axepta_t *axepta, shop_str_t body,
                                 shop_form_t *fields)
{
    shop_form_t form;

    shop_status_t status = shop_form_parse(arena, shop_str_trim(body), FIELDS_MAX, &form);
    if (status == SHOP_OK) {
        status = shop_axepta_open(arena, axepta->blowfish_key, shop_pay_field_nocase(&form, "Data"),
                                  shop_pay_field_nocase(&form, "Len"), fields);
    }
    if (status == SHOP_OK && shop_pay_repeats_a_name(fields)) {
        status = SHOP_MALFORMED;
    }

    return status == SHOP_LIMIT ? SHOP_MALFORMED : status;
}


static int64_t amount_of(const shop_form_t *fields, const char *name)
{
    int64_t minor;

    return shop_str_to_int(shop_pay_field_nocase(fields, name), &minor) == SHOP_OK ? minor : 0;
}


/* Of a try that was not paid the platform has no amount: it is the one that was asked for. Nor
 * does every release name the currency, which our own request fixed. */
static void take_amount(const shop_form_t *fields, const shop_pay_question_t *asked,
                        shop_pay_event_t *event)
{
    shop_str_t named = shop_pay_field_nocase(fields, "Currency");
    const shop_currency_t *currency = shop_currency_find(named.len > 0 ? named : asked->currency);
    int64_t captured = amount_of(fields, "AmountCap");
    int64_t authorised = amount_of(fields, "AmountAuth");

    event->has_amount = true;
    event->amount_minor = asked->amount_minor;
    if (event->state == SHOP_PAY_STATE_PAID) {
        event->amount_minor = captured > 0 ? captured : authorised;
    }
    if (currency != NULL) {
        event->currency = shop_str(currency->code);
    }
}


static shop_status_t read_payment(shop_arena_t *arena, const shop_pay_question_t *asked,
                                  const shop_form_t *fields, shop_pay_event_t *event)
{
    shop_str_t last = shop_pay_field_nocase(fields, "LastStatus");
    shop_str_t code = shop_pay_field_nocase(fields, "Code");

    *event = (shop_pay_event_t){
        .channel = "poll",
        .transid = asked->transid,
        .provider_ref = asked->provider_ref,
        .provider_txn = shop_pay_field_nocase(fields, "PayID"),
        .provider_status = last.len > 0 ? last : shop_pay_field_nocase(fields, "Status"),
    };
    event->state = shop_axepta_state(event->provider_status, code);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }
    take_amount(fields, asked, event);

    return shop_arena_printf(
        arena, &event->key, "poll:axepta:%.*s:%.*s:%.*s", (int) event->provider_txn.len,
        (const char *) event->provider_txn.data, (int) event->provider_status.len,
        (const char *) event->provider_status.data, (int) code.len, (const char *) code.data);
}


/* Staff may give money back in the platform's back office. The answer has the sum of it alone: no
 * transaction, which would be one refund's. */
static shop_status_t read_credit(shop_arena_t *arena, const shop_form_t *fields,
                                 const shop_pay_event_t *payment, shop_pay_event_t *event)
{
    *event = *payment;
    event->state = SHOP_PAY_STATE_REFUNDED;
    event->amount_minor = amount_of(fields, "AmountCred");
    event->sum = true;
    event->provider_txn = SHOP_STR_NULL;

    return shop_arena_printf(
        arena, &event->key, "poll:axepta:%.*s:credit:%lld", (int) payment->provider_txn.len,
        (const char *) payment->provider_txn.data, (long long) event->amount_minor);
}


static shop_status_t read_answer(shop_arena_t *arena, const shop_pay_question_t *asked,
                                 const shop_form_t *fields, shop_pay_heard_t *heard)
{
    shop_pay_event_t *list = shop_arena_calloc(arena, 2 * sizeof(*list));

    if (list == NULL) {
        return SHOP_NO_MEMORY;
    }

    heard->events = (shop_pay_events_t){.list = list, .count = 1};
    shop_status_t status = read_payment(arena, asked, fields, &list[0]);

    if (status == SHOP_OK && list[0].state == SHOP_PAY_STATE_PAID &&
        amount_of(fields, "AmountCred") > 0) {
        heard->events.count = 2;
        status = read_credit(arena, fields, &list[0], &list[1]);
    }

    return status;
}


/* A payment that has begun has a number that is not all zeros. */
static bool has_payment(const shop_form_t *fields)
{
    shop_str_t payment = shop_pay_field_nocase(fields, "PayID");

    for (size_t i = 0; i < payment.len; i++) {
        if (payment.data[i] != '0') {
            return true;
        }
    }

    return false;
}


shop_status_t shop_axepta_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                               shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                               shop_pay_heard_t *heard)
{
    const shop_axepta_t *axepta = config->data;
    shop_form_t fields;

    *heard = (shop_pay_heard_t){0};

    shop_status_t status = shop_pay_reply_status(reply);
    if (status == SHOP_OK) {
        status = open_answer(arena, axepta, reply->body, &fields);
    }
    if (status != SHOP_OK) {
        return status;
    }

    if (!has_payment(&fields)) {
        return talk->purpose == SHOP_PAY_REFUND ? SHOP_MALFORMED : SHOP_OK;
    }
    if (!shop_str_eq(shop_axepta_merchant(&fields), axepta->merchant_id) ||
        !shop_str_eq(shop_pay_field_nocase(&fields, "TransID"), talk->asked.provider_ref)) {
        return SHOP_MALFORMED;
    }

    if (talk->purpose == SHOP_PAY_REFUND) {
        return shop_axepta_hear_refund(&fields, heard);
    }

    return read_answer(arena, &talk->asked, &fields, heard);
}
