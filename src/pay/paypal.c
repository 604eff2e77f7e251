/*
 * PayPal in two dialects: `rest` (Orders v2 and webhooks), and `standard` (a form, IPN and PDT) for
 * sellers who still have it. This file is the configuration; paypal_*.c do the work.
 *
 * Neither dialect has a message that proves itself: an IPN goes back to PayPal, a webhook needs
 * PayPal's certificate. So both are kept first, then proved.
 */

#include "pay/paypal.h"

#define CERTIFICATE_KEPT 86400


static bool is_dialect(shop_str_t value)
{
    return shop_pay_list_has(SHOP_STR("rest standard"), value);
}


static bool is_account(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = value.data[i];
        if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
            return false;
        }
    }

    return value.len == 13;
}


/* Ids and secrets of PayPal's own making: no blank, nothing beyond ASCII. */
static bool is_token(shop_str_t value)
{
    for (size_t i = 0; i < value.len; i++) {
        if (value.data[i] <= 0x20 || value.data[i] >= 0x7f || value.data[i] == ':') {
            return false;
        }
    }

    return value.len > 0 && value.len <= 127;
}


static bool is_pem(shop_str_t value)
{
    return shop_str_starts(value, SHOP_STR("-----BEGIN CERTIFICATE-----"));
}


static const shop_pay_param_t params[] = {
    {"dialect", 0, "rest", "rest or standard", is_dialect},
    {"client_id", 0, NULL, "the client id of the application", is_token},
    {"client_secret_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the secret of the application", is_token},
    {"webhook_id", 0, NULL, "the id of the webhook", is_token},
    {"merchant_id", 0, NULL, "the seller's number, 13 letters and digits", is_account},
    {"brand_name", 0, NULL, "a name of at most 127 characters", shop_pay_is_line},
    {"api_url", 0, NULL, "an address", shop_pay_is_url},
    {"page_url", 0, NULL, "an address", shop_pay_is_url},
    {"cert_url", 0, NULL, "an address", shop_pay_is_url},
    {"cert_root_file", SHOP_PAY_PARAM_FILE, NULL, "certificates in PEM", is_pem},
    {"business", 0, NULL, "the seller's number or e-mail address", shop_pay_is_line},
    {"receiver_id", 0, NULL, "the seller's number, 13 letters and digits", is_account},
    {"receiver_email", 0, NULL, "the seller's e-mail address", shop_pay_is_line},
    {"pdt_token_file", SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "the identity token of payment data transfer", is_token},
    {"page_style", 0, NULL, "the name of a style", shop_pay_is_line},
    {"form_url", 0, NULL, "an address", shop_pay_is_url},
    {"verify_url", 0, NULL, "an address", shop_pay_is_url},
    {.name = NULL},
};


/* What this dialect needs (ends with NULL). */
static shop_status_t check_needed(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const char *const *names, shop_str_t *error)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (shop_pay_value(config, names[i]).len == 0) {
            return shop_pay_refuse(arena, error, "\"%s\" is missing: \"dialect %.*s\" needs it",
                                   names[i], (int) shop_pay_value(config, "dialect").len,
                                   (const char *) shop_pay_value(config, "dialect").data);
        }
    }

    return SHOP_OK;
}


static shop_status_t check_live(shop_arena_t *arena, const shop_pay_config_t *config,
                                shop_str_t *error)
{
    static const char *const names[] = {"api_url",  "page_url",   "cert_url",
                                        "form_url", "verify_url", NULL};

    shop_status_t status = shop_pay_check_no_test(arena, config, names, ".sandbox.", error);

    return status == SHOP_OK ? shop_pay_check_https(arena, config, names, error) : status;
}


static shop_status_t prepare_rest(shop_arena_t *arena, shop_pay_config_t *config,
                                  shop_paypal_t *paypal, shop_str_t *error)
{
    static const char *const needed[] = {"client_id", "client_secret_file", "webhook_id",
                                         "merchant_id", NULL};

    paypal->rest = true;
    paypal->cert_url =
        shop_pay_address(config, "cert_url", "https://api.paypal.com/v1/notifications/certs/",
                         "https://api.sandbox.paypal.com/v1/notifications/certs/");
    paypal->roots = shop_pay_value(config, "cert_root_file");
    config->api_url = shop_pay_origin(shop_pay_address(
        config, "api_url", "https://api-m.paypal.com", "https://api-m.sandbox.paypal.com"));
    config->form_origin = shop_pay_origin(shop_pay_address(
        config, "page_url", "https://www.paypal.com", "https://www.sandbox.paypal.com"));

    return check_needed(arena, config, needed, error);
}


static shop_status_t prepare_standard(shop_arena_t *arena, shop_pay_config_t *config,
                                      shop_paypal_t *paypal, shop_str_t *error)
{
    static const char *const needed[] = {"business", NULL};

    paypal->form_url = shop_pay_address(config, "form_url", "https://www.paypal.com/cgi-bin/webscr",
                                        "https://www.sandbox.paypal.com/cgi-bin/webscr");
    paypal->verify_url =
        shop_pay_address(config, "verify_url", "https://ipnpb.paypal.com/cgi-bin/webscr",
                         "https://ipnpb.sandbox.paypal.com/cgi-bin/webscr");
    config->form_origin = shop_pay_origin(paypal->form_url);

    shop_status_t status = check_needed(arena, config, needed, error);
    if (status == SHOP_OK && shop_pay_value(config, "receiver_id").len == 0 &&
        shop_pay_value(config, "receiver_email").len == 0) {
        return shop_pay_refuse(arena, error,
                               "nothing says whose money it is: add \"receiver_id <the seller's "
                               "number>;\" or \"receiver_email <address>;\"");
    }

    return status;
}


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    shop_paypal_t *paypal = shop_arena_calloc(arena, sizeof(*paypal));

    if (paypal == NULL) {
        return SHOP_NO_MEMORY;
    }
    config->data = paypal;

    shop_status_t status = check_live(arena, config, error);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_str_eq(shop_pay_value(config, "dialect"), SHOP_STR("rest"))
               ? prepare_rest(arena, config, paypal, error)
               : prepare_standard(arena, config, paypal, error);
}


static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *shown)
{
    const shop_paypal_t *paypal = config->data;
    const shop_currency_t *currency = shop_currency_find(attempt->currency);
    shop_pay_amount_t amount;

    if (!paypal->rest) {
        return shop_paypal_form(arena, config, attempt, shown);
    }
    if (currency == NULL || attempt->amount_minor <= 0) {
        return SHOP_REFUSED;
    }

    shop_status_t status =
        shop_pay_amount_print(arena, SHOP_STR("paypal"), attempt->amount_minor, currency, &amount);

    return status == SHOP_OK ? shop_pay_page_init(arena, shown, SHOP_PAY_PAGE_OPEN) : status;
}


/* --- messages: a form is an IPN, JSON a webhook --- */

static shop_status_t parse_webhook(const shop_pay_request_t *request, shop_pay_message_t *message)
{
    shop_status_t status = shop_pay_parse_json(request, message);

    if (status == SHOP_OK && (shop_json_text(message->json, "id").len == 0 ||
                              shop_json_text(message->json, "event_type").len == 0)) {
        return SHOP_MALFORMED;
    }

    return status;
}


static shop_status_t parse(shop_arena_t *arena, const shop_pay_request_t *request,
                           shop_pay_message_t *message)
{
    static const char *const none[] = {NULL};

    if (shop_str_starts(request->content_type, SHOP_STR("application/json"))) {
        return parse_webhook(request, message);
    }

    shop_status_t status = shop_pay_parse_form(arena, request, none, message);

    if (status != SHOP_OK) {
        return status;
    }

    return shop_paypal_is_pdt(&message->form)
               ? shop_paypal_pdt_parse(arena, request->proof, message)
               : shop_paypal_ipn_check(&message->form);
}


static shop_status_t authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_request_t *request,
                                  const shop_pay_message_t *message)
{
    const shop_paypal_t *paypal = config->data;

    if (paypal->rest != (message->json != NULL)) {
        return SHOP_REFUSED;
    }
    if (paypal->rest) {
        return shop_paypal_webhook_authenticate(arena, config, request);
    }
    if (shop_paypal_is_pdt(&message->form)) {
        return shop_paypal_pdt_authenticate(arena, config, request->proof, message);
    }

    return shop_paypal_postback_read(request->proof);
}


/* What PayPal says to a notification that is sent back, or about the number of a return. */
static shop_status_t proof_of_form(shop_arena_t *arena, const shop_pay_config_t *config,
                                   shop_str_t body, shop_pay_call_t *call)
{
    shop_form_t pairs;

    shop_status_t status = shop_form_parse(arena, body, SHOP_PAY_FORM_PAIRS, &pairs);
    if (status != SHOP_OK) {
        return status;
    }

    return shop_paypal_is_pdt(&pairs)
               ? shop_paypal_pdt_call(arena, config, shop_pay_field(&pairs, "tx"), call)
               : shop_paypal_postback(arena, config->data, body, call);
}


static shop_status_t proof(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_request_t *request, shop_pay_proof_t *proof)
{
    const shop_paypal_t *paypal = config->data;

    *proof = (shop_pay_proof_t){0};
    if (!paypal->rest) {
        return proof_of_form(arena, config, request->body, &proof->call);
    }

    const shop_str_t *url = shop_pay_header(request, "paypal-cert-url");
    const shop_str_t *id = shop_pay_header(request, "paypal-transmission-id");

    if (url == NULL || id == NULL || !shop_paypal_cert_url_valid(paypal->cert_url, *url)) {
        return SHOP_REFUSED;
    }
    proof->call = (shop_pay_call_t){.method = "GET", .url = *url};
    proof->key = *id;
    proof->keeps = CERTIFICATE_KEPT;

    return SHOP_OK;
}


static shop_status_t describe(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_message_t *message, shop_pay_event_t *event)
{
    const shop_paypal_t *paypal = config->data;

    if (paypal->rest) {
        return shop_paypal_webhook_describe(arena, message->json, event);
    }

    return shop_paypal_is_pdt(&message->form)
               ? shop_paypal_told_describe(arena, config, &message->fields, event)
               : shop_paypal_ipn_describe(arena, config, &message->form, event);
}


/* The order that the browser brings back must be the one that this try has opened. */
static bool returned(shop_arena_t *arena, const shop_form_t *query, shop_str_t provider_ref,
                     shop_str_t secret)
{
    (void) arena;
    (void) secret;

    return provider_ref.len > 0 && shop_secret_eq(shop_form_text(query, "token"), provider_ref);
}


/* What is not 200 an IPN repeats for days, and switches itself off in the end. */
static unsigned status(const shop_pay_config_t *config, shop_pay_verdict_t verdict)
{
    const shop_paypal_t *paypal = config->data;

    if (paypal->rest) {
        return 0;
    }
    if (verdict == SHOP_PAY_RETRY_LATER) {
        return 500;
    }

    return verdict == SHOP_PAY_MALFORMED || verdict == SHOP_PAY_UNAUTHENTIC ? 200 : 0;
}


const shop_pay_interface_t shop_pay_paypal = {
    .name = "paypal",
    .kind = SHOP_PAY_INSTANT,
    .title_key = "paymode_paypal",
    .params = params,
    .repeats = true,
    .talks = SHOP_PAY_ASK | SHOP_PAY_OPEN | SHOP_PAY_REFUND,
    .refunds = SHOP_PAY_REFUNDS_KEYED,
    .prepare = prepare,
    .start = start,
    .parse = parse,
    .authenticate = authenticate,
    .proof = proof,
    .describe = describe,
    .ask = shop_paypal_ask,
    .hear = shop_paypal_hear,
    .grant = shop_paypal_grant,
    .granted = shop_paypal_granted,
    .returned = returned,
    .brought = shop_paypal_brought,
    .status = status,
};
