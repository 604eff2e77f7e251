/*
 * Asks the platform's Office service what became of a transaction (getTransactionData), and reads
 * the answer (payments.md 5.8).
 *
 * The automatic response is never repeated, so this is the only news of one that was lost. The
 * answer comes over TLS from the address of the configuration, so it needs no seal; it still goes
 * through every comparison of the pipeline.
 */

#include "pay/sips.h"


shop_status_t shop_sips_call(shop_arena_t *arena, const shop_pay_config_t *config,
                             const char *service, json_t *json, shop_pay_call_t *call)
{
    const shop_sips_t *sips = config->data;
    shop_str_t base = shop_pay_origin(config->api_url);
    shop_str_t seal;

    if (base.len == 0) {
        return SHOP_NOT_FOUND;
    }

    *call = (shop_pay_call_t){
        .method = "POST",
        .headers = {{SHOP_STR("Content-Type"), SHOP_STR("application/json")},
                    {SHOP_STR("Accept"), SHOP_STR("application/json")}},
        .header_count = 2,
    };

    bool made = json != NULL && shop_json_set_text(json, "merchantId", sips->merchant_id) &&
                shop_json_set_text(json, "keyVersion", sips->key_version) &&
                shop_json_set_text(json, "sealAlgorithm", SHOP_STR("HMAC-SHA-256"));

    shop_status_t status =
        made ? shop_sips_json_seal(arena, sips->key, json, &seal) : SHOP_NO_MEMORY;
    if (status == SHOP_OK) {
        status = shop_json_set_text(json, "seal", seal) ? shop_json_dump(arena, json, &call->body)
                                                        : SHOP_NO_MEMORY;
    }

    return status == SHOP_OK ? shop_arena_printf(arena, &call->url, "%.*s/rs-services/v2/%s",
                                                 (int) base.len, (const char *) base.data, service)
                             : status;
}


static shop_status_t ask_transaction(shop_arena_t *arena, const shop_pay_config_t *config,
                                     const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_str_t version = shop_pay_value(config, "office_version");
    shop_status_t status = SHOP_NO_MEMORY;
    json_t *json = json_object();

    if (json != NULL && shop_json_set_text(json, "interfaceVersion", version) &&
        shop_json_set_text(json, "transactionReference", talk->asked.provider_ref)) {
        status = shop_sips_call(arena, config, "diagnostic/getTransactionData", json, call);
    }
    json_decref(json);

    return status;
}


shop_status_t shop_sips_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                            const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    if (talk->asked.provider_ref.len == 0) {
        return SHOP_NOT_FOUND;
    }

    /* whether there is something to cancel or to give back is asked first */
    return talk->purpose == SHOP_PAY_REFUND && talk->step > 0
               ? shop_sips_ask_refund(arena, config, talk, call)
               : ask_transaction(arena, config, talk, call);
}


/* Amounts are texts of digits; some releases write numbers. */
static bool read_amount(const json_t *answer, int64_t *minor)
{
    const json_t *amount = json_object_get(answer, "transactionAmount");

    if (json_is_integer(amount)) {
        *minor = json_integer_value(amount);
        return *minor >= 0;
    }

    return shop_str_to_int(shop_json_text(answer, "transactionAmount"), minor) == SHOP_OK;
}


static shop_status_t read_transaction(shop_arena_t *arena, const shop_pay_config_t *config,
                                      const shop_pay_question_t *asked, const json_t *answer,
                                      shop_pay_event_t *event)
{
    const shop_sips_t *sips = config->data;
    const shop_currency_t *currency =
        shop_pay_currency_numeric(shop_json_text(answer, "currencyCode"));
    shop_str_t merchant = shop_json_text(answer, "merchantId");

    *event = (shop_pay_event_t){
        .channel = "poll",
        .state = shop_sips_transaction_state(shop_json_text(answer, "transactionStatus")),
        .transid = asked->transid,
        .provider_ref = asked->provider_ref,
        .provider_txn = asked->provider_ref,
        .currency = currency != NULL ? shop_str(currency->code) : SHOP_STR_NULL,
    };
    event->has_amount = read_amount(answer, &event->amount_minor);
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("transaction status not known");
    }
    if (merchant.len > 0 && !shop_str_eq(merchant, sips->merchant_id)) {
        event->foreign = SHOP_STR("merchant");
    }

    shop_status_t status = shop_arena_copy(arena, shop_json_text(answer, "transactionStatus"),
                                           &event->provider_status);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_arena_printf(arena, &event->key, "poll:mercanet:%.*s:%.*s",
                             (int) event->provider_txn.len, (const char *) event->provider_txn.data,
                             (int) event->provider_status.len,
                             (const char *) event->provider_status.data);
}


shop_status_t shop_sips_code(shop_str_t code)
{
    return shop_str_eq(code, SHOP_STR("03")) || shop_str_eq(code, SHOP_STR("34")) ? SHOP_REFUSED
                                                                                  : SHOP_MALFORMED;
}


/* The response code is about the question: 25 says that there is no such transaction yet. */
static shop_status_t read_answer(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_question_t *asked, const json_t *answer,
                                 shop_pay_heard_t *heard)
{
    shop_pay_event_t *event;
    shop_str_t code = shop_json_text(answer, "responseCode");

    if (shop_str_eq(code, SHOP_STR("25"))) {
        return SHOP_OK;
    }

    if (!shop_str_eq(code, SHOP_STR("00"))) {
        return shop_sips_code(code);
    }

    shop_status_t status = shop_pay_hear_one(arena, heard, &event);

    return status == SHOP_OK ? read_transaction(arena, config, asked, answer, event) : status;
}


shop_status_t shop_sips_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                             shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                             shop_pay_heard_t *heard)
{
    json_t *json = NULL;

    *heard = (shop_pay_heard_t){0};

    shop_status_t status = shop_pay_reply_json(reply, &json);
    if (status != SHOP_OK) {
        return status;
    }

    status = talk->purpose == SHOP_PAY_REFUND
                 ? shop_sips_hear_refund(arena, talk, json, heard)
                 : read_answer(arena, config, &talk->asked, json, heard);
    json_decref(json);

    return status;
}
