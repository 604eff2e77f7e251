/*
 * Notifications of systempay: what each one means, its key, what is doubted, what is stored.
 */

#include "pay/vads.h"
#include "pay_unit.h"

#define GENUINE                                                                                    \
    "vads_amount=4990&vads_ctx_mode=TEST&vads_currency=978&vads_operation_type=DEBIT&"             \
    "vads_order_id=ORDERABC&vads_site_id=12345678&vads_trans_date=20261123074500&"                 \
    "vads_trans_id=000042&vads_trans_status=AUTHORISED&vads_trans_uuid=5b158f08"


/* The body with a signature that is right for it. */
static shop_str_t sign(shop_arena_t *arena, const char *body)
{
    shop_form_t form;
    shop_str_t signature;
    shop_buf_t buf;

    if (shop_form_parse(arena, shop_str(body), 100, &form) != SHOP_OK ||
        shop_vads_sign(arena, SHOP_VADS_HMAC_SHA256, SHOP_STR("1122334455667788"), form.pairs,
                       form.count, &signature) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, shop_str(body));
    shop_buf_add(&buf, SHOP_STR("&signature="));
    shop_buf_add_percent(&buf, signature);

    return shop_buf_str(&buf);
}


static shop_pay_request_t request_of(shop_str_t body)
{
    return (shop_pay_request_t){
        .content_type = SHOP_STR("application/x-www-form-urlencoded; charset=UTF-8"),
        .body = body,
        .peer = SHOP_STR("194.50.38.7"),
        .now = UNIT_NOW,
        .msec = 7,
    };
}


static shop_pay_result_t receive(shop_arena_t *arena, const shop_pay_request_t *request)
{
    shop_pay_result_t result;

    if (shop_pay_receive(arena, unit_systempay(arena), request, &result) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return result;
}


static void check_verdicts(shop_arena_t *arena)
{
    static const struct {
        const char *name;
        const char *body; /* signed afterwards */
        shop_pay_verdict_t verdict;
        const char *why; /* doubt or foreign fact */
    } cases[] = {
        {"genuine", GENUINE, SHOP_PAY_DECIDE, ""},
        {"field of no documentation", GENUINE "&vads_zz=1", SHOP_PAY_QUARANTINE,
         "field name not documented"},
        {"field of ours", GENUINE "&note=1", SHOP_PAY_DECIDE, ""},
        {"plus in an e-mail", GENUINE "&vads_cust_email=a%2Bb%40example.org", SHOP_PAY_QUARANTINE,
         "plus sign in a typed value"},
        {"plus in free text", GENUINE "&vads_order_info2=a%2Bb", SHOP_PAY_QUARANTINE,
         "plus sign in a typed value"},
        {"plus in a cryptogram", GENUINE "&vads_threeds_cavv=a%2Bb%3D", SHOP_PAY_DECIDE, ""},
        {"plus in a card holder", GENUINE "&vads_card_holder_name=a%2Bb", SHOP_PAY_QUARANTINE,
         "plus sign in a typed value"},
        {"plus before the amount", GENUINE "&vads_acquirer_network=a%2Bb", SHOP_PAY_QUARANTINE,
         "plus sign in a typed value"},
        {"action mode as a hiding place", GENUINE "&vads_action_mode=100", SHOP_PAY_QUARANTINE,
         "action mode that was not sent"},
        {"other site",
         "vads_amount=1&vads_ctx_mode=TEST&vads_currency=978&vads_order_id=A&vads_site_id=1&"
         "vads_trans_status=REFUSED",
         SHOP_PAY_MISMATCH, "site"},
        {"production message",
         "vads_amount=1&vads_ctx_mode=PRODUCTION&vads_currency=978&vads_order_id=A&"
         "vads_site_id=12345678&vads_trans_status=REFUSED",
         SHOP_PAY_MISMATCH, "mode"},
        {"unknown status",
         "vads_amount=1&vads_ctx_mode=TEST&vads_currency=978&vads_order_id=A&"
         "vads_site_id=12345678&vads_trans_status=DREAMT&vads_operation_type=DEBIT",
         SHOP_PAY_QUARANTINE, "status or operation not known"},
        {"money without operation",
         "vads_amount=1&vads_ctx_mode=TEST&vads_currency=978&vads_order_id=A&"
         "vads_site_id=12345678&vads_trans_status=AUTHORISED",
         SHOP_PAY_QUARANTINE, "status or operation not known"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_request_t request = request_of(sign(arena, cases[i].body));
        shop_pay_result_t result = receive(arena, &request);
        shop_str_t why = result.event.doubt.len > 0 ? result.event.doubt : result.event.foreign;

        is_str(shop_str(shop_pay_verdict_name(result.verdict)),
               shop_pay_verdict_name(cases[i].verdict), cases[i].name);
        is_str(why, cases[i].why, cases[i].name);
        ok(result.store, "%s: stored", cases[i].name);
    }
}


static void check_refused(shop_arena_t *arena)
{
    const shop_str_t genuine = sign(arena, GENUINE);
    const struct {
        const char *name;
        shop_pay_request_t request;
        shop_pay_verdict_t verdict;
        const char *reason;
    } cases[] = {
        {"other address",
         {.content_type = SHOP_STR("application/x-www-form-urlencoded"),
          .body = genuine,
          .peer = SHOP_STR("203.0.113.9")},
         SHOP_PAY_UNAUTHENTIC,
         "address"},
        {"JSON",
         {.content_type = SHOP_STR("application/json"),
          .body = genuine,
          .peer = SHOP_STR("194.50.38.7")},
         SHOP_PAY_MALFORMED,
         "syntax"},
        {"no content type",
         {.body = genuine, .peer = SHOP_STR("194.50.38.7")},
         SHOP_PAY_MALFORMED,
         "syntax"},
        {"no body", request_of(SHOP_STR_NULL), SHOP_PAY_MALFORMED, "syntax"},
        {"missing name", request_of(sign(arena, "vads_amount=1")), SHOP_PAY_MALFORMED, "syntax"},
        {"no signature", request_of(SHOP_STR(GENUINE)), SHOP_PAY_UNAUTHENTIC, "signature"},
        {"broken percent", request_of(SHOP_STR(GENUINE "&a=%4")), SHOP_PAY_MALFORMED, "syntax"},
        {"NUL", request_of(SHOP_STR(GENUINE "&a=%00")), SHOP_PAY_MALFORMED, "syntax"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_result_t result = receive(arena, &cases[i].request);

        is_str(shop_str(shop_pay_verdict_name(result.verdict)),
               shop_pay_verdict_name(cases[i].verdict), cases[i].name);
        is_str(shop_str(result.reason), cases[i].reason, cases[i].name);
        ok(!result.store, "%s: not stored", cases[i].name);
    }
}


static void check_size(shop_arena_t *arena)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, SHOP_STR(GENUINE "&note="));
    while (buf.len < SHOP_PAY_FORM_BYTES) {
        shop_buf_add_char(&buf, 'x');
    }

    shop_pay_request_t request = request_of(shop_buf_str(&buf));
    ok(receive(arena, &request).verdict == SHOP_PAY_UNAUTHENTIC, "the largest body is read");
    shop_buf_add_char(&buf, 'x');
    request.body = shop_buf_str(&buf);
    ok(receive(arena, &request).verdict == SHOP_PAY_MALFORMED, "a larger one is not");
}


static void check_states(void)
{
    static const struct {
        const char *operation;
        const char *status;
        shop_pay_state_t state;
    } cases[] = {
        {"DEBIT", "AUTHORISED", SHOP_PAY_STATE_PAID},
        {"DEBIT", "UNDER_VERIFICATION", SHOP_PAY_STATE_PENDING},
        {"DEBIT", "authorised", SHOP_PAY_STATE_UNKNOWN},
        {"CREDIT", "CAPTURED", SHOP_PAY_STATE_REFUNDED},
        {"CREDIT", "REFUSED", SHOP_PAY_STATE_UNKNOWN},
        {"VERIFICATION", "ACCEPTED", SHOP_PAY_STATE_UNKNOWN},
        {"VERIFICATION", "AUTHORISED", SHOP_PAY_STATE_UNKNOWN},
        {"", "ABANDONED", SHOP_PAY_STATE_CANCELLED},
        {"", "AUTHORISED", SHOP_PAY_STATE_UNKNOWN},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(shop_vads_state(shop_str(cases[i].operation), shop_str(cases[i].status)) ==
               cases[i].state,
           "%s %s", cases[i].operation, cases[i].status);
    }
}


/* The event of a body, as the database gets it. */
static json_t *event_of(shop_arena_t *arena, const char *body)
{
    shop_pay_request_t request = request_of(sign(arena, body));
    shop_pay_result_t result = receive(arena, &request);
    json_t *json = NULL;

    if (!result.store || shop_json_parse(result.json, 65536, &json) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return json;
}


static void check_event(shop_arena_t *arena)
{
    json_t *json = event_of(arena, GENUINE "&vads_result=00&vads_card_number=497010XXXXXX0000&"
                                           "vads_cust_email=a%40example.org&vads_cust_address=x");
    json_t *details = json_object_get(json, "details");

    is_str(shop_json_text(json, "event_key"), "systempay:5b158f08:AUTHORISED", "key");
    is_str(shop_json_text(json, "config"), "card", "configuration");
    is_str(shop_json_text(json, "interface"), "systempay", "interface");
    is_str(shop_json_text(json, "mode"), "test", "mode");
    is_str(shop_json_text(json, "channel"), "notification", "channel");
    is_str(shop_json_text(json, "state"), "paid", "state");
    is_str(shop_json_text(json, "amount"), "49.90", "amount is decimal text");
    is_str(shop_json_text(json, "currency"), "EUR", "currency");
    is_str(shop_json_text(json, "transid"), "ORDERABC", "order");
    is_str(shop_json_text(json, "provider_ref"), "20261123-000042", "reference");
    is_str(shop_json_text(json, "provider_txn"), "5b158f08", "transaction");
    is_str(shop_json_text(json, "received"), "2026-11-23T07:47:34.007Z", "time");
    ok(json_is_false(json_object_get(json, "delayed")), "at once");
    ok(json_is_null(json_object_get(json, "verdict")), "undecided");
    ok(json_is_true(json_object_get(json, "ask")), "to be confirmed by the API");
    is_str(shop_json_text(details, "vads_card_number"), "497010XXXXXX0000", "detail for staff");
    ok(json_object_get(details, "vads_cust_email") == NULL, "nothing of the person");
    ok(json_object_get(details, "signature") == NULL, "no signature");
    json_decref(json);

    json = event_of(arena, "vads_amount=4990&vads_ctx_mode=TEST&vads_currency=978&"
                           "vads_order_id=A&vads_site_id=12345678&vads_trans_date=20261123074500&"
                           "vads_trans_id=000042&vads_trans_status=ABANDONED");
    is_str(shop_json_text(json, "event_key"), "systempay:20261123074500000042:ABANDONED",
           "key without a transaction");
    ok(json_is_null(json_object_get(json, "provider_txn")), "no transaction");
    json_decref(json);

    json = event_of(arena, "vads_amount=49.90&vads_ctx_mode=TEST&vads_currency=999&"
                           "vads_order_id=%FF&vads_site_id=12345678&vads_trans_status=REFUSED");
    ok(json_is_null(json_object_get(json, "amount")), "an amount that is none");
    ok(json_is_null(json_object_get(json, "currency")), "a currency of no table");
    ok(json_is_null(json_object_get(json, "transid")), "an order that is not text");
    is_int((long long) shop_json_text(json, "event_key").len, 10 + 64 + 8, "a key all the same");
    json_decref(json);
}


static shop_pay_verdict_t verdict_above(shop_arena_t *arena, const char *limit, const char *body)
{
    const char *const lines[] = {"site_id=12345678", "key_file=1122334455667788",
                                 "rest_password_file=testpassword_DEMO", limit, NULL};
    const shop_pay_request_t request = request_of(sign(arena, body));
    shop_pay_config_t *config;
    shop_pay_result_t result;
    shop_str_t error;

    if (unit_configure(arena, "systempay", "test", lines, &config, &error) != SHOP_OK ||
        shop_pay_receive(arena, config, &request, &result) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return result.verdict;
}


static void check_much_money(shop_arena_t *arena)
{
    static const char refused[] =
        "vads_amount=4990&vads_ctx_mode=TEST&vads_currency=978&vads_operation_type=DEBIT&"
        "vads_order_id=A&vads_site_id=12345678&vads_trans_status=REFUSED&vads_trans_uuid=5b158f09";

    is_int(verdict_above(arena, "confirm_above=49.89", GENUINE), SHOP_PAY_QUARANTINE,
           "above the limit: waits for the API");
    is_int(verdict_above(arena, "confirm_above=49.90", GENUINE), SHOP_PAY_DECIDE, "at the limit");
    is_int(verdict_above(arena, "confirm_above=1", refused), SHOP_PAY_DECIDE,
           "a refusal does not wait");
}


/* Wherever memory ends, the answer is trouble, never a verdict about the message. */
static void check_memory(shop_arena_t *arena)
{
    const shop_pay_config_t *config = unit_systempay(arena);
    const shop_pay_request_t request = request_of(sign(arena, GENUINE));
    shop_status_t status = SHOP_NO_MEMORY;
    size_t wrong = 0;
    long n = 0;

    for (; status != SHOP_OK && n < 500; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_pay_result_t result;

        if (heap == NULL) {
            continue;
        }
        status = shop_pay_receive(shop_heap_arena(heap), config, &request, &result);
        wrong += status != SHOP_OK && (status != SHOP_NO_MEMORY || result.store);
        wrong += status == SHOP_OK && result.verdict != SHOP_PAY_DECIDE;
        shop_heap_destroy(heap);
    }

    is_int((long long) wrong, 0, "no other answer without memory");
    ok(status == SHOP_OK && n > 3, "decided after %ld allocations", n);
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_verdicts(arena);
    check_refused(arena);
    check_size(arena);
    check_states();
    check_event(arena);
    check_much_money(arena);
    check_memory(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
