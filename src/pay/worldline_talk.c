/*
 * What the shop says to Worldline's API: make a hosted checkout, look at it, give money back
 * (payments.md 9.3, 9.4, 9.6).
 */

#include "pay/worldline.h"

#define JSON_TYPE "application/json"


/* --- the calls --- */

static shop_str_t locale(shop_str_t language)
{
    static const char *const locales[] = {"fr_FR", "de_DE", "es_ES", "it_IT", "nl_NL", "pt_PT"};

    for (size_t i = 0; i < sizeof(locales) / sizeof(locales[0]); i++) {
        if (shop_str_eq(language, (shop_str_t){2, (unsigned char *) locales[i]})) {
            return shop_str(locales[i]);
        }
    }

    return SHOP_STR("en_GB");
}


static json_t *money(int64_t minor, shop_str_t currency)
{
    return json_pack("{s:I, s:o}", "amount", (json_int_t) minor, "currencyCode",
                     shop_json_str(currency));
}


static json_t *customer(const shop_pay_attempt_t *attempt)
{
    json_t *made = json_pack("{s:o}", "locale", shop_json_str(locale(attempt->language)));

    if (attempt->customer.email.len > 0) {
        json_object_set_new(
            made, "contactDetails",
            json_pack("{s:o}", "emailAddress", shop_json_str(attempt->customer.email)));
    }
    if (attempt->customer.country.len == 2) {
        json_object_set_new(
            made, "billingAddress",
            json_pack("{s:o}", "countryCode", shop_json_str(attempt->customer.country)));
    }

    return made;
}


/* Without SALE the money would only be reserved. */
static json_t *checkout(const shop_pay_config_t *config, const shop_pay_attempt_t *attempt)
{
    shop_str_t variant = shop_pay_value(config, "variant");
    json_t *page =
        json_pack("{s:o, s:o, s:b}", "returnUrl", shop_json_str(attempt->return_url), "locale",
                  shop_json_str(locale(attempt->language)), "showResultPage", 0);

    if (variant.len > 0) {
        shop_json_set_text(page, "variant", variant);
    }

    return json_pack("{s:{s:o, s:{s:o}, s:o}, s:o, s:{s:s}, s:{s:[o]}}", "order", "amountOfMoney",
                     money(attempt->amount_minor, attempt->currency), "references",
                     "merchantReference", shop_json_str(attempt->transid), "customer",
                     customer(attempt), "hostedCheckoutSpecificInput", page,
                     "cardPaymentMethodSpecificInput", "authorizationMode", "SALE", "feedbacks",
                     "webhookUrls", shop_json_str(attempt->notify_url));
}


/* At most 40 characters there: what is the same for every repetition, by its digest. */
static shop_status_t add_key(shop_arena_t *arena, shop_str_t what, shop_pay_call_t *call)
{
    shop_str_t key;

    shop_status_t status = shop_sha256_base64url(arena, what, &key);
    if (status == SHOP_OK) {
        shop_pay_call_header(call, "X-GCS-Idempotence-Key", (shop_str_t){32, key.data});
    }

    return status;
}


static shop_status_t set_body(shop_arena_t *arena, json_t *body, shop_pay_call_t *call)
{
    shop_status_t status = body != NULL ? shop_json_dump(arena, body, &call->body) : SHOP_NO_MEMORY;
    json_decref(body);

    return status;
}


static shop_status_t ask_open(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_attempt_t *attempt, shop_pay_call_t *call)
{
    shop_str_t what;

    if (shop_currency_find(attempt->currency) == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }
    shop_status_t status = shop_arena_printf(
        arena, &what, "open %.*s %lld", (int) attempt->provider_ref.len,
        (const char *) attempt->provider_ref.data, (long long) attempt->page_until);
    if (status == SHOP_OK) {
        status = add_key(arena, what, call);
    }

    return status == SHOP_OK ? set_body(arena, checkout(config, attempt), call) : status;
}


static shop_status_t ask_refund(shop_arena_t *arena, const shop_pay_refund_t *refund,
                                shop_pay_call_t *call)
{
    json_t *body;

    if (shop_currency_find(refund->currency) == NULL || refund->amount_minor <= 0) {
        return SHOP_REFUSED;
    }
    shop_status_t status = add_key(arena, refund->key, call);
    if (status != SHOP_OK) {
        return status;
    }
    body = json_pack("{s:o}", "amountOfMoney", money(refund->amount_minor, refund->currency));

    return set_body(arena, body, call);
}


/* Below "/v2/<merchant>/": method and body decide the rest. */
static shop_status_t make_path(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_talk_t *talk, shop_str_t *path)
{
    shop_str_t merchant = shop_pay_value(config, "merchant_id");
    bool refund = talk->purpose == SHOP_PAY_REFUND;
    bool list = talk->memo.len > 0;
    bool payment = refund || talk->step > 0;
    shop_str_t id = payment ? talk->asked.provider_txn : talk->asked.provider_ref;

    if (talk->purpose == SHOP_PAY_OPEN) {
        return shop_arena_printf(arena, path, "/v2/%.*s/hostedcheckouts", (int) merchant.len,
                                 (const char *) merchant.data);
    }
    if (!shop_worldline_is_id(id)) {
        return SHOP_NOT_FOUND;
    }

    return shop_arena_printf(arena, path, "/v2/%.*s/%s/%.*s%s%s", (int) merchant.len,
                             (const char *) merchant.data, payment ? "payments" : "hostedcheckouts",
                             (int) id.len, (const char *) id.data, payment ? "_0" : "",
                             refund ? "/refund"
                             : list ? "/refunds"
                                    : "");
}


static shop_status_t finish(shop_arena_t *arena, const shop_pay_config_t *config,
                            const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_worldline_signed_t what = {
        .key_id = shop_pay_value(config, "api_key_id"),
        .secret = shop_pay_value(config, "api_secret_file"),
        .method = call->method,
        .content_type = call->body.len > 0 ? SHOP_STR(JSON_TYPE) : SHOP_STR(""),
    };
    shop_str_t authorization;

    shop_status_t status = make_path(arena, config, talk, &what.path);
    if (status == SHOP_OK) {
        status = shop_worldline_date(arena, talk->now, &what.date);
    }
    if (status == SHOP_OK) {
        what.headers = call->headers;
        what.header_count = call->header_count;
        status = shop_worldline_sign(arena, &what, &authorization);
    }
    if (status != SHOP_OK) {
        return status;
    }

    shop_pay_call_header(call, "Authorization", authorization);
    shop_pay_call_header(call, "Date", what.date);
    if (call->body.len > 0) {
        shop_pay_call_header(call, "Content-Type", what.content_type);
    }

    return shop_arena_printf(arena, &call->url, "%.*s%.*s", (int) config->api_url.len,
                             (const char *) config->api_url.data, (int) what.path.len,
                             (const char *) what.path.data);
}


shop_status_t shop_worldline_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_status_t status = SHOP_OK;

    *call = (shop_pay_call_t){.method = "GET"};
    if (talk->purpose == SHOP_PAY_OPEN || talk->purpose == SHOP_PAY_REFUND) {
        call->method = "POST";
        status = talk->purpose == SHOP_PAY_OPEN ? ask_open(arena, config, talk->attempt, call)
                                                : ask_refund(arena, &talk->refund, call);
    }

    return status == SHOP_OK ? finish(arena, config, talk, call) : status;
}


/* --- the replies --- */

static shop_status_t hear_open(shop_arena_t *arena, const json_t *json, shop_pay_heard_t *heard)
{
    shop_str_t id = shop_json_text(json, "hostedCheckoutId");
    shop_str_t secret = shop_json_text(json, "RETURNMAC");

    if (!shop_worldline_is_id(id) || secret.len == 0 || secret.len > 200) {
        return SHOP_MALFORMED;
    }

    shop_status_t status = shop_arena_copy(arena, id, &heard->opened.provider_ref);
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, secret, &heard->opened.secret);
    }

    return status == SHOP_OK
               ? shop_arena_copy(arena, shop_json_text(json, "redirectUrl"), &heard->opened.url)
               : status;
}


static shop_status_t name_event(shop_arena_t *arena, const shop_pay_question_t *asked,
                                shop_pay_event_t *event)
{
    event->channel = "poll";
    event->transid = asked->transid;
    event->provider_ref = asked->provider_ref;

    return shop_arena_printf(arena, &event->key, "poll:worldline:%.*s:%.*s:%.*s",
                             (int) asked->provider_ref.len, (const char *) asked->provider_ref.data,
                             (int) event->provider_txn.len, (const char *) event->provider_txn.data,
                             (int) event->provider_status.len,
                             (const char *) event->provider_status.data);
}


/* Given up, or no way to pay: there is no payment, hence no amount but the one that was asked. */
static shop_status_t hear_nothing_paid(shop_arena_t *arena, const shop_pay_question_t *asked,
                                       shop_str_t word, shop_pay_event_t *event)
{
    event->state = shop_str_eq(word, SHOP_STR("CANCELLED_BY_CONSUMER")) ? SHOP_PAY_STATE_CANCELLED
                                                                        : SHOP_PAY_STATE_REFUSED;
    event->has_amount = true;
    event->amount_minor = asked->amount_minor;
    event->currency = asked->currency;

    shop_status_t status = shop_arena_copy(arena, word, &event->provider_status);

    return status == SHOP_OK ? name_event(arena, asked, event) : status;
}


/* The payment's own status names its last operation. What was given back was paid. */
static bool is_given_back(const shop_pay_event_t *event)
{
    return shop_str_eq(event->provider_status, SHOP_STR("REFUNDED"));
}


static shop_status_t hear_payment(shop_arena_t *arena, const shop_pay_question_t *asked,
                                  const json_t *payment, shop_pay_event_t *event)
{
    shop_status_t status = shop_worldline_payment(arena, payment, event);
    if (status != SHOP_OK) {
        return status;
    }
    if (event->provider_txn.len == 0) {
        return SHOP_MALFORMED;
    }
    if (!shop_str_eq(event->transid, asked->transid)) {
        event->foreign = SHOP_STR("order");
    }
    if (is_given_back(event)) {
        event->state = SHOP_PAY_STATE_PAID;
        event->provider_txn = shop_worldline_payment_id(event->provider_txn);
    }

    return name_event(arena, asked, event);
}


/* Of a payment that was given back, in part or as a whole, another answer lists how: the payment is
 * kept until then. */
static shop_status_t go_on_to_refunds(shop_arena_t *arena, shop_pay_talk_t *talk,
                                      const json_t *payment, const shop_pay_event_t *event,
                                      shop_pay_heard_t *heard)
{
    heard->events.count = 0;
    heard->again = true;
    talk->asked.provider_txn = event->provider_txn;

    return shop_json_dump(arena, payment, &talk->memo);
}


static shop_status_t hear_refunds(shop_arena_t *arena, const shop_pay_talk_t *talk,
                                  const json_t *refunds, shop_pay_heard_t *heard)
{
    shop_pay_event_t *list =
        shop_arena_calloc(arena, (json_array_size(refunds) + 1) * sizeof(*list));
    json_t *payment, *refund;
    size_t i;

    if (list == NULL) {
        return SHOP_NO_MEMORY;
    }
    shop_status_t status = shop_pay_json(talk->memo, &payment);
    if (status == SHOP_OK) {
        heard->events = (shop_pay_events_t){.list = list, .count = 1};
        status = hear_payment(arena, &talk->asked, payment, list);
        json_decref(payment);
    }

    json_array_foreach((json_t *) refunds, i, refund)
    {
        shop_pay_event_t *event = &list[heard->events.count];

        status = status == SHOP_OK ? shop_worldline_refund(arena, refund, event) : status;
        if (status == SHOP_OK && event->state == SHOP_PAY_STATE_REFUNDED) {
            heard->events.count++;
            status = name_event(arena, &talk->asked, event);
        }
    }

    return status;
}


static shop_status_t hear_checkout(shop_arena_t *arena, shop_pay_talk_t *talk, const json_t *json,
                                   shop_pay_heard_t *heard)
{
    const json_t *created = json_object_get(json, "createdPaymentOutput");
    const json_t *payment = talk->step == 0 ? json_object_get(created, "payment") : json;
    shop_str_t word = shop_json_text(json, "status");
    shop_pay_event_t *event;

    if (talk->memo.len > 0) {
        return hear_refunds(arena, talk, json_object_get(json, "refunds"), heard);
    }
    if (talk->step == 0 && shop_str_eq(word, SHOP_STR("IN_PROGRESS"))) {
        return SHOP_OK; /* nothing new */
    }

    shop_status_t status = shop_pay_hear_one(arena, heard, &event);
    if (status != SHOP_OK) {
        return status;
    }
    if (talk->step > 0 || shop_str_eq(word, SHOP_STR("PAYMENT_CREATED"))) {
        status = hear_payment(arena, &talk->asked, payment, event);
        return status == SHOP_OK && is_given_back(event)
                   ? go_on_to_refunds(arena, talk, payment, event, heard)
                   : status;
    }

    return shop_pay_list_has(SHOP_STR("CANCELLED_BY_CONSUMER "
                                      "CLIENT_NOT_ELIGIBLE_FOR_SELECTED_PAYMENT_PRODUCT"),
                             word)
               ? hear_nothing_paid(arena, &talk->asked, word, event)
               : SHOP_MALFORMED;
}


static shop_status_t hear_refund(shop_arena_t *arena, const json_t *json, shop_pay_heard_t *heard)
{
    shop_str_t word = shop_json_text(json, "status");
    shop_str_t id = shop_json_text(json, "id");

    if (!shop_worldline_is_id(id)) {
        return SHOP_MALFORMED;
    }
    heard->refunded.state = SHOP_PAY_STATE_PENDING;
    if (shop_str_eq(word, SHOP_STR("REFUNDED"))) {
        heard->refunded.state = SHOP_PAY_STATE_REFUNDED;
    } else if (shop_pay_list_has(SHOP_STR("REJECTED CANCELLED REVERSED"), word)) {
        heard->refunded.state = SHOP_PAY_STATE_REFUSED;
    }

    shop_status_t status = shop_arena_copy(arena, id, &heard->refunded.id);
    heard->refunded.provider_txn = heard->refunded.id;

    return status == SHOP_OK ? shop_arena_copy(arena, word, &heard->refunded.reason) : status;
}


/* A checkout is forgotten after some hours; its payment, if there is one, is not. */
static shop_status_t hear_error(shop_arena_t *arena, const shop_pay_talk_t *talk, unsigned http,
                                const json_t *json, shop_pay_heard_t *heard)
{
    const json_t *first = json_array_get(json_object_get(json, "errors"), 0);
    bool looks = talk->purpose != SHOP_PAY_OPEN && talk->purpose != SHOP_PAY_REFUND;

    if (http == 401 || http == 403) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_arena_copy(arena, shop_json_text(first, "errorCode"), &heard->code);
    if (status != SHOP_OK) {
        return status;
    }
    if (looks && http == 404 && talk->memo.len > 0) {
        return hear_refunds(arena, talk, NULL, heard);
    }
    if (looks && http == 404) {
        heard->again = talk->step == 0 && talk->asked.provider_txn.len > 0;
        return SHOP_OK;
    }
    if (talk->purpose == SHOP_PAY_REFUND && (http == 400 || http == 402 || http == 404)) {
        heard->refunded.state = SHOP_PAY_STATE_REFUSED;
        heard->refunded.reason = heard->code;
        return SHOP_OK;
    }

    return SHOP_MALFORMED;
}


shop_status_t shop_worldline_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                  shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                                  shop_pay_heard_t *heard)
{
    bool good = reply->status == 200 || reply->status == 201;
    json_t *json = NULL;

    (void) config;
    *heard = (shop_pay_heard_t){0};
    shop_status_t status = shop_pay_json(reply->body, &json);
    if (status == SHOP_NO_MEMORY || (status != SHOP_OK && good)) {
        return status;
    }

    if (!good) {
        status = hear_error(arena, talk, reply->status, json, heard);
    } else if (talk->purpose == SHOP_PAY_OPEN) {
        status = hear_open(arena, json, heard);
    } else if (talk->purpose == SHOP_PAY_REFUND) {
        status = hear_refund(arena, json, heard);
    } else {
        status = hear_checkout(arena, talk, json, heard);
    }
    json_decref(json);

    return status;
}
