/*
 * Asks the platform's API what became of an order (Order/Get), and reads the answer.
 *
 * This is how a notification in doubt is confirmed and how one that never came is replaced. The
 * answer comes over TLS from the address of the configuration, so it needs no signature; it still
 * goes through every comparison of the pipeline. payments.md 7.8.
 */

#include "pay/vads.h"

#define TRANSACTIONS_MAX 64


/* --- the question --- */

static shop_status_t credentials(shop_arena_t *arena, shop_str_t site_id, shop_str_t password,
                                 shop_str_t *header)
{
    shop_str_t plain;
    shop_str_t coded;

    shop_status_t status = shop_arena_printf(arena, &plain, "%.*s:%.*s", (int) site_id.len,
                                             (const char *) site_id.data, (int) password.len,
                                             (const char *) password.data);
    if (status == SHOP_OK) {
        status = shop_base64_encode(arena, plain, &coded);
    }

    return status == SHOP_OK ? shop_arena_printf(arena, header, "Basic %.*s", (int) coded.len,
                                                 (const char *) coded.data)
                             : status;
}


shop_status_t shop_lyra_call(shop_arena_t *arena, const shop_pay_config_t *config,
                             const char *service, shop_pay_call_t *call)
{
    const shop_vads_t *vads = config->data;
    shop_str_t password = shop_pay_value(config, "rest_password_file");
    shop_str_t base = shop_pay_origin(shop_pay_value(config, "rest_url"));

    if (password.len == 0) {
        return SHOP_NOT_FOUND;
    }

    *call = (shop_pay_call_t){
        .method = "POST",
        .headers = {{SHOP_STR("Content-Type"), SHOP_STR("application/json")},
                    {SHOP_STR("Authorization"), SHOP_STR_NULL}},
        .header_count = 2,
    };

    shop_status_t status = shop_arena_printf(arena, &call->url, "%.*s/api-payment/V4/%s",
                                             (int) base.len, (const char *) base.data, service);

    return status == SHOP_OK ? credentials(arena, vads->site_id, password, &call->headers[1].value)
                             : status;
}


shop_status_t shop_lyra_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                            const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    json_t *json;
    shop_status_t status;

    if (talk->purpose == SHOP_PAY_REFUND) {
        return shop_lyra_ask_refund(arena, config, talk, call);
    }

    status = shop_lyra_call(arena, config, "Order/Get", call);
    if (status != SHOP_OK) {
        return status;
    }

    json = json_object();
    status = json != NULL && shop_json_set_text(json, "orderId", talk->asked.transid)
                 ? shop_json_dump(arena, json, &call->body)
                 : SHOP_NO_MEMORY;
    json_decref(json);

    return status;
}


/* --- the answer --- */

/* The reference that the attempt was given: UTC day and number of the payment form. */
static shop_status_t read_reference(shop_arena_t *arena, const json_t *transaction,
                                    shop_str_t *reference)
{
    const json_t *details = json_object_get(transaction, "transactionDetails");
    const json_t *card = json_object_get(details, "cardDetails");
    shop_str_t id = shop_json_text(card, "legacyTransId");
    int64_t seconds;
    char date[15];

    if (id.len != 6 ||
        shop_time_parse(shop_json_text(card, "legacyTransDate"), &seconds) != SHOP_OK) {
        return SHOP_OK;
    }
    shop_time_compact(seconds, date);

    return shop_arena_printf(arena, reference, "%.8s-%.6s", date, (const char *) id.data);
}


/* Texts of the JSON die with it. */
static shop_status_t take_texts(shop_arena_t *arena, const json_t *transaction, shop_str_t order,
                                shop_pay_event_t *event)
{
    const struct {
        shop_str_t *to;
        shop_str_t from;
    } texts[] = {
        {&event->provider_txn, shop_json_text(transaction, "uuid")},
        {&event->provider_status, shop_json_text(transaction, "detailedStatus")},
        {&event->currency, shop_json_text(transaction, "currency")},
        {&event->transid, order},
    };
    shop_status_t status = SHOP_OK;

    for (size_t i = 0; status == SHOP_OK && i < sizeof(texts) / sizeof(texts[0]); i++) {
        status = shop_arena_copy(arena, texts[i].from, texts[i].to);
    }

    return status;
}


/* Some answers say it for each transaction, some once for the order. */
static json_t *member(const json_t *answer, const json_t *transaction, const char *name)
{
    json_t *own = json_object_get(transaction, name);

    return own != NULL ? own : json_object_get(answer, name);
}


static void take_merchant(const shop_vads_t *vads, const json_t *answer, const json_t *transaction,
                          shop_pay_event_t *event)
{
    const char *shop = json_string_value(member(answer, transaction, "shopId"));
    const json_t *order = member(answer, transaction, "orderDetails");

    if (!shop_str_eq(shop_str(shop), vads->site_id)) {
        event->foreign = SHOP_STR("site");
    } else if (!shop_str_eq(shop_json_text(order, "mode"), vads->ctx_mode)) {
        event->foreign = SHOP_STR("mode");
    }
}


shop_status_t shop_lyra_event(shop_arena_t *arena, const shop_vads_t *vads, const json_t *answer,
                              const json_t *transaction, shop_pay_event_t *event)
{
    const json_t *amount = json_object_get(transaction, "amount");
    const json_t *order = member(answer, transaction, "orderDetails");

    *event = (shop_pay_event_t){
        .state = shop_vads_state(shop_json_text(transaction, "operationType"),
                                 shop_json_text(transaction, "detailedStatus")),
        .has_amount = json_is_integer(amount),
        .amount_minor = json_integer_value(amount),
    };
    take_merchant(vads, answer, transaction, event);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status or operation not known");
    }

    shop_status_t status = take_texts(arena, transaction, shop_json_text(order, "orderId"), event);
    if (status == SHOP_OK) {
        status = read_reference(arena, transaction, &event->provider_ref);
    }

    return status;
}


static shop_status_t read_transaction(shop_arena_t *arena, const shop_vads_t *vads,
                                      const json_t *answer, const json_t *transaction,
                                      shop_pay_event_t *event)
{
    shop_status_t status = shop_lyra_event(arena, vads, answer, transaction, event);

    if (status != SHOP_OK) {
        return status;
    }
    event->channel = "poll";

    return shop_arena_printf(arena, &event->key, "poll:systempay:%.*s:%.*s",
                             (int) event->provider_txn.len, (const char *) event->provider_txn.data,
                             (int) event->provider_status.len,
                             (const char *) event->provider_status.data);
}


static shop_status_t read_answer(shop_arena_t *arena, const shop_vads_t *vads, const json_t *answer,
                                 shop_pay_events_t *events)
{
    const json_t *transactions = json_object_get(answer, "transactions");
    size_t count = json_array_size(transactions);

    if (!json_is_array(transactions) || count > TRANSACTIONS_MAX) {
        return SHOP_MALFORMED;
    }

    events->list = shop_arena_calloc(arena, (count + 1) * sizeof(*events->list));
    if (events->list == NULL) {
        return SHOP_NO_MEMORY;
    }

    for (size_t i = 0; i < count; i++) {
        const json_t *transaction = json_array_get(transactions, i);

        if (shop_json_text(transaction, "uuid").len == 0) {
            return SHOP_MALFORMED;
        }

        shop_status_t status =
            read_transaction(arena, vads, answer, transaction, &events->list[events->count]);
        if (status != SHOP_OK) {
            return status;
        }
        events->count++;
    }

    return SHOP_OK;
}


/* "Not found" is an answer: the customer never reached the page, or never typed a card. */
static shop_status_t read_error(const json_t *answer)
{
    shop_str_t code = shop_json_text(answer, "errorCode");

    if (shop_str_eq(code, SHOP_STR("PSP_010"))) {
        return SHOP_OK;
    }

    return shop_str_eq(code, SHOP_STR("INT_905")) ? SHOP_REFUSED : SHOP_MALFORMED;
}


static shop_status_t read_reply(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_pay_talk_t *talk, const json_t *json,
                                shop_pay_heard_t *heard)
{
    const json_t *answer = json_object_get(json, "answer");
    shop_str_t outcome = shop_json_text(json, "status");
    bool success = shop_str_eq(outcome, SHOP_STR("SUCCESS"));

    if (!success && !shop_str_eq(outcome, SHOP_STR("ERROR"))) {
        return SHOP_MALFORMED;
    }

    if (talk->purpose == SHOP_PAY_REFUND) {
        return shop_lyra_hear_refund(arena, config, talk, success, answer, heard);
    }

    return success ? read_answer(arena, config->data, answer, &heard->events) : read_error(answer);
}


shop_status_t shop_lyra_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                             shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                             shop_pay_heard_t *heard)
{
    json_t *json = NULL;

    *heard = (shop_pay_heard_t){0};

    shop_status_t status = shop_pay_reply_json(reply, &json);
    if (status != SHOP_OK) {
        return status;
    }

    status = read_reply(arena, config, talk, json, heard);
    json_decref(json);

    return status;
}
