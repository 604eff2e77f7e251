/*
 * Instant payment notifications of PayPal's standard dialect: syntax, the way back to PayPal that
 * proves them, and what they mean for the shop (payments.md 3.5, 3.6).
 *
 * Nothing in the message is signed. It goes back as it came, byte for byte: an encoder that wrote
 * one byte otherwise would get "INVALID" for a genuine message.
 */

#include "pay/paypal.h"

#define POSTBACK "cmd=_notify-validate&"
#define AMOUNT_MAX 20


static const char *const details[] = {
    "txn_type", "parent_txn_id", "pending_reason", "reason_code",  "payment_type",
    "mc_fee",   "case_id",       "case_type",      "ipn_track_id", "charset",
    NULL};


/* A case that was opened, or a correction between PayPal and the seller: no payment of its own. */
static bool is_case(const shop_form_t *form)
{
    return shop_pay_list_has(SHOP_STR("new_case adjustment"), shop_pay_field(form, "txn_type"));
}


static bool is_back(shop_pay_state_t state)
{
    return state == SHOP_PAY_STATE_REFUNDED || state == SHOP_PAY_STATE_PARTIALLY_REFUNDED ||
           state == SHOP_PAY_STATE_CHARGEBACK;
}


shop_pay_state_t shop_paypal_payment_state(shop_str_t payment_status)
{
    static const struct {
        const char *words;
        shop_pay_state_t state;
    } states[] = {
        {"Completed Canceled_Reversal", SHOP_PAY_STATE_PAID},
        {"Pending Created Processed In-Progress", SHOP_PAY_STATE_PENDING},
        {"Denied Failed", SHOP_PAY_STATE_REFUSED},
        {"Expired Voided", SHOP_PAY_STATE_CANCELLED},
        {"Refunded", SHOP_PAY_STATE_REFUNDED},
        {"Partially_Refunded", SHOP_PAY_STATE_PARTIALLY_REFUNDED},
        {"Reversed", SHOP_PAY_STATE_CHARGEBACK},
    };

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (shop_pay_list_has(shop_str(states[i].words), payment_status)) {
            return states[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


/* What goes back is written with a minus. SHOP_NOT_FOUND: a currency that we do not know. */
static shop_status_t read_amount(const shop_form_t *form, const shop_currency_t **currency,
                                 int64_t *minor)
{
    shop_str_t text = shop_pay_field(form, "mc_gross");
    shop_pay_state_t state = shop_paypal_payment_state(shop_pay_field(form, "payment_status"));

    if (is_back(state) && text.len > 0 && text.data[0] == '-') {
        text = (shop_str_t){text.len - 1, text.data + 1};
    }

    *currency = shop_currency_find(shop_pay_field(form, "mc_currency"));
    if (*currency == NULL) {
        return SHOP_NOT_FOUND;
    }

    return text.len <= AMOUNT_MAX ? shop_pay_amount_parse(text, *currency, minor) : SHOP_MALFORMED;
}


shop_status_t shop_paypal_ipn_check(const shop_form_t *form)
{
    static const char *const mandatory[] = {"payment_status", "txn_id", "mc_gross", "mc_currency"};
    const shop_currency_t *currency;
    int64_t minor;

    if (shop_pay_field(form, "receiver_id").len == 0 &&
        shop_pay_field(form, "receiver_email").len == 0) {
        return SHOP_MALFORMED;
    }

    if (is_case(form)) {
        return SHOP_OK;
    }

    for (size_t i = 0; i < sizeof(mandatory) / sizeof(mandatory[0]); i++) {
        if (shop_pay_field(form, mandatory[i]).len == 0) {
            return SHOP_MALFORMED;
        }
    }

    return read_amount(form, &currency, &minor) == SHOP_MALFORMED ? SHOP_MALFORMED : SHOP_OK;
}


shop_status_t shop_paypal_postback(shop_arena_t *arena, const shop_paypal_t *paypal,
                                   shop_str_t body, shop_pay_call_t *call)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    shop_buf_add(&buf, SHOP_STR(POSTBACK));
    shop_buf_add(&buf, body);

    *call = (shop_pay_call_t){
        .method = "POST",
        .url = paypal->verify_url,
        .headers = {{SHOP_STR("Content-Type"), SHOP_STR("application/x-www-form-urlencoded")},
                    {SHOP_STR("User-Agent"), SHOP_STR("shop/0.1")},
                    {SHOP_STR("Connection"), SHOP_STR("close")}},
        .header_count = 3,
        .body = shop_buf_str(&buf),
    };

    return buf.status;
}


shop_status_t shop_paypal_postback_read(shop_str_t answer)
{
    shop_str_t word = shop_str_trim(answer);

    if (shop_str_eq(word, SHOP_STR("VERIFIED"))) {
        return SHOP_OK;
    }

    return shop_str_eq(word, SHOP_STR("INVALID")) ? SHOP_REFUSED : SHOP_NOT_FOUND;
}


shop_status_t shop_paypal_text(shop_arena_t *arena, const shop_form_t *form, const char *name,
                               shop_str_t *text)
{
    shop_str_t value = shop_pay_field(form, name);

    if (shop_str_eq_nocase(shop_pay_field(form, "charset"), SHOP_STR("utf-8"))) {
        *text = value;
        return SHOP_OK;
    }

    return shop_windows1252_decode(arena, value, text);
}


static bool is_receiver(const shop_pay_config_t *config, const shop_form_t *form)
{
    shop_str_t id = shop_pay_value(config, "receiver_id");

    if (id.len > 0) {
        return shop_str_eq(shop_pay_field(form, "receiver_id"), id);
    }

    return shop_str_eq_nocase(shop_pay_field(form, "receiver_email"),
                              shop_pay_value(config, "receiver_email"));
}


/* The sandbox marks its notifications, and only a payment by our button pays an order. */
static void take_merchant(const shop_pay_config_t *config, const shop_form_t *form, bool marked,
                          shop_pay_event_t *event)
{
    bool test = shop_str_eq(shop_pay_field(form, "test_ipn"), SHOP_STR("1"));
    shop_str_t type = shop_pay_field(form, "txn_type");
    shop_str_t parent = shop_pay_field(form, "parent_txn_id");

    if (!is_receiver(config, form)) {
        event->foreign = SHOP_STR("receiver");
    } else if (marked && test != (config->mode == SHOP_PAY_TEST)) {
        event->foreign = SHOP_STR("mode");
    } else if (parent.len == 0 && !is_back(event->state) && !event->noted &&
               !shop_pay_list_has(SHOP_STR("web_accept cart"), type)) {
        event->foreign = SHOP_STR("kind of transaction");
    }
}


/* A refund has a number of its own; other news of a payment name the one that they are about. */
static shop_str_t transaction(const shop_form_t *form, shop_pay_state_t state)
{
    shop_str_t parent = shop_pay_field(form, "parent_txn_id");
    bool refund = state == SHOP_PAY_STATE_REFUNDED || state == SHOP_PAY_STATE_PARTIALLY_REFUNDED;

    return parent.len > 0 && !refund ? parent : shop_pay_field(form, "txn_id");
}


static shop_status_t make_key(shop_arena_t *arena, const shop_form_t *form, shop_pay_event_t *event)
{
    shop_str_t number = shop_pay_field(form, event->noted ? "case_id" : "txn_id");
    shop_str_t word = event->provider_status;

    if (number.len == 0) {
        number = shop_pay_field(form, "ipn_track_id");
    }

    return shop_arena_printf(arena, &event->key, "paypal:%.*s:%.*s", (int) number.len,
                             (const char *) number.data, (int) word.len, (const char *) word.data);
}


/* In UTF-8, as everything that is stored. */
static shop_status_t take_details(shop_arena_t *arena, const shop_form_t *form,
                                  shop_pay_event_t *event)
{
    shop_status_t status = shop_pay_keep_details(arena, form, shop_pay_field, details, event);

    for (size_t i = 0; status == SHOP_OK && i < event->detail_count; i++) {
        status = shop_paypal_text(arena, form, (const char *) event->details[i].name.data,
                                  &event->details[i].value);
    }

    return status;
}


static shop_status_t describe(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_form_t *form, bool marked, shop_pay_event_t *event)
{
    const shop_currency_t *currency;

    *event = (shop_pay_event_t){
        .noted = is_case(form),
        .transid = shop_pay_field(form, "invoice"),
        .provider_ref = shop_pay_field(form, "custom"),
    };
    event->provider_status = shop_pay_field(form, event->noted ? "txn_type" : "payment_status");
    event->state =
        event->noted ? SHOP_PAY_STATE_UNKNOWN : shop_paypal_payment_state(event->provider_status);
    event->provider_txn = transaction(form, event->state);
    if (event->state == SHOP_PAY_STATE_UNKNOWN && !event->noted) {
        event->doubt = SHOP_STR("payment status not known");
    }

    event->has_amount = read_amount(form, &currency, &event->amount_minor) == SHOP_OK;
    if (currency != NULL) {
        event->currency = shop_str(currency->code);
    }
    take_merchant(config, form, marked, event);

    shop_status_t status = make_key(arena, form, event);

    return status == SHOP_OK ? take_details(arena, form, event) : status;
}


shop_status_t shop_paypal_ipn_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                       const shop_form_t *form, shop_pay_event_t *event)
{
    return describe(arena, config, form, true, event);
}


shop_status_t shop_paypal_told_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                        const shop_form_t *fields, shop_pay_event_t *event)
{
    shop_status_t status = describe(arena, config, fields, false, event);

    event->channel = "poll";

    return status;
}
