/*
 * What the shop says to Stripe's API: open a session, look at it, close it, give money back.
 *
 * Every call that changes something carries an idempotency key that is the same for its
 * repetitions, and so are all its parameters: Stripe refuses another text under a known key.
 */

#include "pay/stripe.h"


/* --- the calls --- */

static void add(shop_buf_t *body, const char *name, shop_str_t value)
{
    if (value.len == 0) {
        return;
    }
    if (body->len > 0) {
        shop_buf_add_char(body, '&');
    }
    shop_buf_add_percent(body, shop_str(name));
    shop_buf_add_char(body, '=');
    shop_buf_add_percent(body, value);
}


static void add_number(shop_buf_t *body, const char *name, shop_arena_t *arena, int64_t value)
{
    shop_str_t text;

    if (shop_arena_printf(arena, &text, "%lld", (long long) value) != SHOP_OK) {
        body->status = SHOP_NO_MEMORY;
        return;
    }
    add(body, name, text);
}


/* What the page writes beside the amount; no language of ours is needed for it. */
static shop_status_t product_name(shop_arena_t *arena, const shop_pay_attempt_t *attempt,
                                  shop_str_t *name)
{
    shop_str_t number = attempt->order_number.len > 0 ? attempt->order_number : attempt->transid;
    shop_str_t shop;

    shop_status_t status = shop_pay_clean(arena, attempt->shop_name, "", 100, &shop);

    return status == SHOP_OK ? shop_arena_printf(arena, name, "%.*s%s%.*s", (int) shop.len,
                                                 (const char *) shop.data, shop.len > 0 ? " " : "",
                                                 (int) number.len, (const char *) number.data)
                             : status;
}


static shop_str_t locale(shop_str_t language)
{
    static const char known[] =
        "bg cs da de el en es et fi fil fr hr hu id it ja ko lt lv ms mt nb "
        "nl pl pt ro ru sk sl sv th tr vi zh";

    return shop_pay_list_has(shop_str(known), language) ? language : SHOP_STR("auto");
}


static void add_methods(shop_buf_t *body, shop_arena_t *arena, shop_str_t list)
{
    shop_str_t method;
    unsigned i = 0;

    while (shop_str_split(&list, ' ', &method)) {
        shop_str_t name;

        if (method.len == 0) {
            continue;
        }
        if (shop_arena_printf(arena, &name, "payment_method_types[%u]", i++) != SHOP_OK) {
            body->status = SHOP_NO_MEMORY;
            return;
        }
        add(body, (const char *) name.data, method);
    }
}


static void add_references(shop_buf_t *body, shop_arena_t *arena, const shop_pay_attempt_t *attempt)
{
    add(body, "client_reference_id", attempt->transid);
    add_number(body, "metadata[attempt]", arena, attempt->id);
    add(body, "payment_intent_data[metadata][transid]", attempt->transid);
    add_number(body, "payment_intent_data[metadata][attempt]", arena, attempt->id);
}


static shop_status_t session_body(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_attempt_t *attempt, shop_str_t *out)
{
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;
    shop_str_t success, name;
    shop_buf_t body;

    if (currency == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }
    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("stripe"), attempt->amount_minor, currency, &amount);
    if (status == SHOP_OK) {
        status = product_name(arena, attempt, &name);
    }
    if (status == SHOP_OK) {
        status = shop_arena_printf(arena, &success, "%.*s&cs={CHECKOUT_SESSION_ID}",
                                   (int) attempt->return_url.len,
                                   (const char *) attempt->return_url.data);
    }
    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&body, arena, 1024);
    add(&body, "mode", SHOP_STR("payment"));
    add(&body, "line_items[0][quantity]", SHOP_STR("1"));
    add(&body, "line_items[0][price_data][currency]", amount.currency);
    add(&body, "line_items[0][price_data][unit_amount]", amount.amount);
    add(&body, "line_items[0][price_data][product_data][name]", name);
    add_references(&body, arena, attempt);
    add(&body, "success_url", success);
    add(&body, "cancel_url", attempt->cancel_url);
    add(&body, "customer_email", attempt->customer.email);
    add(&body, "locale", locale(attempt->language));
    add_number(&body, "expires_at", arena, attempt->page_until);
    add(&body, "adaptive_pricing[enabled]", SHOP_STR("false"));
    add_methods(&body, arena, shop_pay_value(config, "payment_methods"));
    *out = shop_buf_str(&body);

    return body.status;
}


static shop_status_t refund_body(shop_arena_t *arena, const shop_pay_talk_t *talk, shop_str_t *out)
{
    const shop_currency_t *currency = shop_currency_find(talk->refund.currency);
    shop_pay_amount_t amount;
    shop_buf_t body;

    if (currency == NULL || talk->refund.amount_minor <= 0) {
        return SHOP_REFUSED;
    }
    shop_status_t status = shop_pay_amount_print(arena, SHOP_STR("stripe"),
                                                 talk->refund.amount_minor, currency, &amount);
    if (status != SHOP_OK) {
        return status;
    }

    shop_buf_init(&body, arena, 256);
    add(&body, "payment_intent", talk->asked.provider_txn);
    add(&body, "amount", amount.amount);
    add(&body, "metadata[transid]", talk->asked.transid);
    add(&body, "expand[0]", SHOP_STR("charge"));
    *out = shop_buf_str(&body);

    return body.status;
}


static shop_status_t set_url(shop_arena_t *arena, const shop_pay_config_t *config,
                             shop_pay_call_t *call, const char *path, shop_str_t id,
                             const char *rest)
{
    return shop_arena_printf(arena, &call->url, "%.*s/v1/%s%.*s%s", (int) config->api_url.len,
                             (const char *) config->api_url.data, path, (int) id.len,
                             (const char *) id.data, rest);
}


static shop_status_t set_headers(shop_arena_t *arena, const shop_pay_config_t *config,
                                 shop_pay_call_t *call)
{
    shop_str_t key = shop_pay_value(config, "secret_key_file");
    shop_str_t bearer;

    shop_status_t status =
        shop_arena_printf(arena, &bearer, "Bearer %.*s", (int) key.len, (const char *) key.data);
    shop_pay_call_header(call, "Authorization", bearer);
    shop_pay_call_header(call, "Stripe-Version", shop_pay_value(config, "api_version"));
    if (call->body.len > 0) {
        shop_pay_call_header(call, "Content-Type", SHOP_STR("application/x-www-form-urlencoded"));
    }

    return status;
}


static shop_status_t ask_open(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_str_t key;

    call->method = "POST";
    shop_status_t status = session_body(arena, config, talk->attempt, &call->body);
    if (status == SHOP_OK) {
        status = shop_arena_printf(
            arena, &key, "open-%.*s-%lld", (int) talk->attempt->provider_ref.len,
            (const char *) talk->attempt->provider_ref.data, (long long) talk->attempt->page_until);
    }
    if (status != SHOP_OK) {
        return status;
    }
    shop_pay_call_header(call, "Idempotency-Key", key);

    return set_url(arena, config, call, "checkout/sessions", SHOP_STR(""), "");
}


static shop_status_t ask_session(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    bool close = talk->purpose == SHOP_PAY_CLOSE && talk->step == 0;

    if (!shop_stripe_is_id(talk->asked.provider_ref, "cs_")) {
        return SHOP_NOT_FOUND; /* no page was opened */
    }
    call->method = close ? "POST" : "GET";

    return set_url(arena, config, call, "checkout/sessions/", talk->asked.provider_ref,
                   close ? "/expire" : "?expand[]=payment_intent");
}


static shop_status_t ask_refund(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    if (!shop_stripe_is_id(talk->asked.provider_txn, "pi_")) {
        return SHOP_NOT_FOUND;
    }
    call->method = "POST";
    shop_pay_call_header(call, "Idempotency-Key", talk->refund.key);

    shop_status_t status = refund_body(arena, talk, &call->body);

    return status == SHOP_OK ? set_url(arena, config, call, "refunds", SHOP_STR(""), "") : status;
}


shop_status_t shop_stripe_ask(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_talk_t *talk, shop_pay_call_t *call)
{
    shop_status_t status;

    *call = (shop_pay_call_t){0};
    switch (talk->purpose) {
    case SHOP_PAY_OPEN:
        status = ask_open(arena, config, talk, call);
        break;
    case SHOP_PAY_REFUND:
        status = ask_refund(arena, config, talk, call);
        break;
    default:
        status = ask_session(arena, config, talk, call);
    }

    return status == SHOP_OK ? set_headers(arena, config, call) : status;
}


/* --- the replies --- */

static shop_status_t hear_open(shop_arena_t *arena, const shop_pay_config_t *config,
                               const json_t *session, shop_pay_heard_t *heard)
{
    shop_str_t id = shop_json_text(session, "id");

    if (!shop_stripe_is_id(id, "cs_") ||
        shop_json_bool(session, "livemode") != (config->mode == SHOP_PAY_LIVE)) {
        return SHOP_MALFORMED;
    }

    shop_status_t status = shop_arena_copy(arena, id, &heard->opened.provider_ref);

    return status == SHOP_OK
               ? shop_arena_copy(arena, shop_json_text(session, "url"), &heard->opened.url)
               : status;
}


/* A delayed payment that failed leaves the session complete and unpaid: its payment says more. */
static shop_pay_state_t complete_state(const json_t *session)
{
    shop_str_t intent = shop_json_text(json_object_get(session, "payment_intent"), "status");
    shop_pay_state_t state = shop_stripe_paid(shop_json_text(session, "payment_status"));

    if (state == SHOP_PAY_STATE_PENDING &&
        shop_pay_list_has(SHOP_STR("requires_payment_method canceled"), intent)) {
        return SHOP_PAY_STATE_REFUSED;
    }

    return state;
}


static shop_status_t hear_session(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_talk_t *talk, const json_t *session,
                                  shop_pay_heard_t *heard)
{
    shop_str_t word = shop_json_text(session, "status");
    shop_pay_event_t *event;

    if (!shop_str_eq(shop_json_text(session, "id"), talk->asked.provider_ref)) {
        return SHOP_MALFORMED;
    }
    if (shop_str_eq(word, SHOP_STR("open"))) {
        return SHOP_OK; /* nothing new */
    }

    shop_status_t status = shop_pay_hear_one(arena, heard, &event);
    if (status != SHOP_OK) {
        return status;
    }
    event->channel = "poll";
    event->state = SHOP_PAY_STATE_CANCELLED;
    if (!shop_str_eq(word, SHOP_STR("expired"))) {
        event->state = complete_state(session);
        word = shop_json_text(session, "payment_status");
    }
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("status not known");
    }

    status = shop_stripe_session(arena, config, session, event);
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, word, &event->provider_status);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_arena_printf(arena, &event->key, "poll:stripe:%.*s:%s:%.*s",
                             (int) event->provider_ref.len, (const char *) event->provider_ref.data,
                             shop_pay_state_name(event->state), (int) event->provider_status.len,
                             (const char *) event->provider_status.data);
}


static shop_pay_state_t refund_state(shop_str_t word)
{
    if (shop_str_eq(word, SHOP_STR("succeeded"))) {
        return SHOP_PAY_STATE_REFUNDED;
    }

    return shop_pay_list_has(SHOP_STR("pending requires_action"), word) ? SHOP_PAY_STATE_PENDING
                                                                        : SHOP_PAY_STATE_REFUSED;
}


/* The notification tells of the charge, not of the refund: how much of it was given back so far. */
static shop_status_t hear_refund(shop_arena_t *arena, const json_t *refund, shop_pay_heard_t *heard)
{
    const json_t *charge = json_object_get(refund, "charge");
    shop_str_t intent = shop_stripe_member_id(refund, "payment_intent");

    if (!shop_stripe_is_id(shop_json_text(refund, "id"), "re_")) {
        return SHOP_MALFORMED;
    }
    heard->refunded.state = refund_state(shop_json_text(refund, "status"));

    shop_status_t status =
        shop_arena_copy(arena, shop_json_text(refund, "id"), &heard->refunded.id);
    if (status == SHOP_OK) {
        status = shop_arena_copy(arena, shop_json_text(refund, "failure_reason"),
                                 &heard->refunded.reason);
    }

    return status == SHOP_OK
               ? shop_arena_printf(arena, &heard->refunded.provider_txn, "%.*s:%lld",
                                   (int) intent.len, (const char *) intent.data,
                                   (long long) shop_json_int(charge, "amount_refunded"))
               : status;
}


/* What was not done: a session that is closed already is looked at, a refund is not possible. */
static shop_status_t hear_error(shop_arena_t *arena, const shop_pay_talk_t *talk, unsigned http,
                                const json_t *json, shop_pay_heard_t *heard)
{
    const json_t *error = json_object_get(json, "error");
    shop_str_t code = shop_json_text(error, "code");

    if (code.len == 0) {
        code = shop_json_text(error, "type");
    }
    if (http == 401 || http == 403) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_arena_copy(arena, code, &heard->code);
    if (status != SHOP_OK || (http != 400 && http != 402 && http != 404)) {
        return status == SHOP_OK ? SHOP_MALFORMED : status;
    }

    if (talk->purpose == SHOP_PAY_CLOSE && talk->step == 0) {
        heard->again = true;
        return SHOP_OK;
    }
    if (talk->purpose == SHOP_PAY_REFUND) {
        heard->refunded.state = SHOP_PAY_STATE_REFUSED;
        heard->refunded.reason = heard->code;
        return SHOP_OK;
    }

    return SHOP_MALFORMED;
}


static shop_status_t hear_object(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_talk_t *talk, const json_t *json,
                                 shop_pay_heard_t *heard)
{
    switch (talk->purpose) {
    case SHOP_PAY_OPEN:
        return hear_open(arena, config, json, heard);
    case SHOP_PAY_REFUND:
        return hear_refund(arena, json, heard);
    default:
        return hear_session(arena, config, talk, json, heard);
    }
}


shop_status_t shop_stripe_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                               shop_pay_talk_t *talk, const shop_pay_reply_t *reply,
                               shop_pay_heard_t *heard)
{
    json_t *json = NULL;

    *heard = (shop_pay_heard_t){0};
    shop_status_t status = shop_pay_json(reply->body, &json);
    if (status == SHOP_NO_MEMORY || (status != SHOP_OK && reply->status == 200)) {
        return status;
    }

    status = reply->status == 200 ? hear_object(arena, config, talk, json, heard)
                                  : hear_error(arena, talk, reply->status, json, heard);
    json_decref(json);

    return status;
}
