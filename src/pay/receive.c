/*
 * The notification pipeline up to the database: steps 1-5 of payments.md 1.8 over raw bytes.
 *
 * The order matters: the address is looked at before any work, syntax before cryptography, and
 * nothing of a message is believed or even kept before its signature is right.
 */

#include "pay/pay_internal.h"


const shop_str_t *shop_pay_header(const shop_pay_request_t *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++) {
        if (shop_str_eq(request->headers[i].name, shop_str(name))) {
            return &request->headers[i].value;
        }
    }

    return NULL;
}


bool shop_pay_has_names(const shop_form_t *form, const char *const *mandatory)
{
    for (size_t i = 0; mandatory[i] != NULL; i++) {
        if (shop_form_find(form, shop_str(mandatory[i])) == NULL) {
            return false;
        }
    }

    return true;
}


static bool has_type(const shop_pay_request_t *request, const char *wanted)
{
    shop_str_t parameters = request->content_type;
    shop_str_t type;

    return shop_str_split(&parameters, ';', &type) &&
           shop_str_eq_nocase(shop_str_trim(type), shop_str(wanted));
}


shop_status_t shop_pay_parse_json(const shop_pay_request_t *request, shop_pay_message_t *message)
{
    if (!has_type(request, "application/json") || request->body.len > SHOP_PAY_JSON_BYTES) {
        return SHOP_MALFORMED;
    }

    return shop_pay_json(request->body, &message->json);
}


shop_status_t shop_pay_parse_form(shop_arena_t *arena, const shop_pay_request_t *request,
                                  const char *const *mandatory, shop_pay_message_t *message)
{
    if (!has_type(request, "application/x-www-form-urlencoded")) {
        return SHOP_MALFORMED;
    }

    if (request->body.len == 0 || request->body.len > SHOP_PAY_FORM_BYTES) {
        return SHOP_MALFORMED;
    }

    shop_status_t status =
        shop_form_parse(arena, request->body, SHOP_PAY_FORM_PAIRS, &message->form);
    if (status == SHOP_LIMIT) {
        return SHOP_MALFORMED;
    }
    if (status != SHOP_OK) {
        return status;
    }

    if (message->form.duplicate || !shop_pay_has_names(&message->form, mandatory)) {
        return SHOP_MALFORMED;
    }

    return SHOP_OK;
}


static shop_status_t end(shop_pay_result_t *result, shop_pay_verdict_t verdict, const char *reason)
{
    result->verdict = verdict;
    result->reason = reason;

    return SHOP_OK;
}


/* Nobody can tell yet. A proof that tells nothing is none: it is fetched again later. */
static shop_status_t want_proof(shop_arena_t *arena, const shop_pay_config_t *config,
                                const shop_pay_request_t *request, shop_pay_result_t *result)
{
    shop_pay_proof_t proof = {0};

    if (request->proof.len > 0) {
        return end(result, SHOP_PAY_RETRY_LATER, "proof");
    }

    shop_status_t status = config->interface->proof(arena, config, request, &proof);
    if (status != SHOP_OK) {
        return status;
    }
    result->key = proof.key;

    return end(result, SHOP_PAY_PROVE, "proof");
}


/* Steps 1 to 3; the verdict stays SHOP_PAY_DECIDE for a message that is well formed and genuine. */
static shop_status_t believe(shop_arena_t *arena, const shop_pay_config_t *config,
                             const shop_pay_request_t *request, shop_pay_message_t *message,
                             shop_pay_result_t *result)
{
    shop_status_t status = config->interface->parse(arena, request, message);
    if (status == SHOP_MALFORMED) {
        return end(result, SHOP_PAY_MALFORMED, "syntax");
    }
    if (status != SHOP_OK) {
        return status;
    }

    status = config->interface->authenticate(arena, config, request, message);
    if (status == SHOP_REFUSED) {
        return end(result, SHOP_PAY_UNAUTHENTIC, "signature");
    }
    if (status == SHOP_MALFORMED) {
        return end(result, SHOP_PAY_MALFORMED, "signature frame");
    }

    if (status == SHOP_NOT_FOUND) {
        return want_proof(arena, config, request, result);
    }

    return status == SHOP_OK ? end(result, SHOP_PAY_DECIDE, "") : status;
}


/* Steps 4 and 5: a message in doubt is stored as such, whatever else it claims. */
static void judge(shop_pay_result_t *result)
{
    if (result->event.unrelated) {
        (void) end(result, SHOP_PAY_IGNORE_TYPE, "type");
    } else if (result->event.noted && result->event.foreign.len == 0) {
        (void) end(result, SHOP_PAY_APPLY, "noted");
    } else if (result->event.doubt.len > 0) {
        (void) end(result, SHOP_PAY_QUARANTINE, "shape");
    } else if (result->event.foreign.len > 0) {
        (void) end(result, SHOP_PAY_MISMATCH, "merchant");
    }
}


static shop_status_t describe(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_request_t *request, const shop_pay_message_t *message,
                              shop_pay_result_t *result)
{
    shop_status_t status = config->interface->describe(arena, config, message, &result->event);

    if (status == SHOP_OK) {
        if (result->event.channel == NULL) {
            result->event.channel = "notification";
        }
        judge(result);
        status = shop_pay_message_json(arena, config, &result->event, request, &result->json);
    }
    result->store = status == SHOP_OK;

    return status;
}


shop_status_t shop_pay_receive(shop_arena_t *arena, const shop_pay_config_t *config,
                               const shop_pay_request_t *request, shop_pay_result_t *result)
{
    shop_pay_message_t message = {0};

    *result = (shop_pay_result_t){.verdict = SHOP_PAY_RETRY_LATER, .reason = "trouble"};

    if (config->interface->parse == NULL) {
        return end(result, SHOP_PAY_MALFORMED, "not notified");
    }

    if (!shop_pay_network_allows(config, request->peer)) {
        return end(result, SHOP_PAY_UNAUTHENTIC, "address");
    }

    shop_status_t status = believe(arena, config, request, &message, result);
    if (status == SHOP_OK && result->verdict == SHOP_PAY_DECIDE) {
        status = describe(arena, config, request, &message, result);
    }
    json_decref(message.json);

    return status;
}
