/*
 * The local test: buttons that send, through the real pipeline, the message that a provider would
 * send. It moves no money, so it exists in mode test only.
 */

#include "pay/pay_internal.h"


static const struct {
    const char *name;
    shop_pay_state_t state;
    unsigned times;
    int64_t excess; /* minor units told beyond the amount of the attempt */
} actions[] = {
    {"pay", SHOP_PAY_STATE_PAID, 1, 0},
    {"pay_later", SHOP_PAY_STATE_PENDING, 1, 0},
    {"notify", SHOP_PAY_STATE_PAID, 1, 0},
    {"notify_finish", SHOP_PAY_STATE_PAID, 1, 0},
    {"refuse", SHOP_PAY_STATE_REFUSED, 1, 0},
    {"cancel", SHOP_PAY_STATE_CANCELLED, 1, 0},
    {"chargeback", SHOP_PAY_STATE_CHARGEBACK, 1, 0},
    {"refund", SHOP_PAY_STATE_REFUNDED, 1, 0},
    {"double", SHOP_PAY_STATE_PAID, 2, 0},
    {"wrong_amount", SHOP_PAY_STATE_PAID, 1, 1},
};

#define ACTIONS (sizeof(actions) / sizeof(actions[0]))


static bool is_secret(shop_str_t value)
{
    return value.len >= 16 && shop_pay_is_line(value);
}


static const shop_pay_param_t params[] = {
    {"key_file", SHOP_PAY_PARAM_REQUIRED | SHOP_PAY_PARAM_FILE | SHOP_PAY_PARAM_SECRET, NULL,
     "a secret of 16 to 127 characters", is_secret},
    {.name = NULL},
};


static shop_status_t prepare(shop_arena_t *arena, shop_pay_config_t *config, shop_str_t *error)
{
    if (config->mode == SHOP_PAY_TEST) {
        return SHOP_OK;
    }

    return shop_pay_refuse(arena, error,
                           "interface \"test\" moves no money: write \"mode test\", or remove the "
                           "block from a shop that sells");
}


/* --- the page --- */

static shop_status_t start(shop_arena_t *arena, const shop_pay_config_t *config,
                           const shop_pay_attempt_t *attempt, shop_pay_page_t *page)
{
    (void) config;
    (void) attempt;

    shop_status_t status = shop_pay_page_init(arena, page, SHOP_PAY_PAGE_BUTTONS);
    for (size_t i = 0; status == SHOP_OK && i < ACTIONS; i++) {
        shop_str_t key;

        status = shop_arena_printf(arena, &key, "pay_test_%s", actions[i].name);
        if (status == SHOP_OK) {
            status = shop_pay_page_add(page, actions[i].name, key);
        }
    }

    return status;
}


static shop_status_t simulate(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_attempt_t *attempt, shop_str_t action,
                              shop_pay_simulation_t *simulation)
{
    size_t i = 0;

    while (i < ACTIONS && !shop_str_eq(action, shop_str(actions[i].name))) {
        i++;
    }
    if (i == ACTIONS) {
        return SHOP_NOT_FOUND;
    }

    shop_status_t status = shop_arena_printf(
        arena, &simulation->body,
        "attempt=%lld&action=%s&state=%s&amount=%lld&currency=%.*s&transid=%.*s&ref=%.*s",
        (long long) attempt->id, actions[i].name, shop_pay_state_name(actions[i].state),
        (long long) attempt->amount_minor + actions[i].excess, (int) attempt->currency.len,
        (const char *) attempt->currency.data, (int) attempt->transid.len,
        (const char *) attempt->transid.data, (int) attempt->provider_ref.len,
        (const char *) attempt->provider_ref.data);
    if (status != SHOP_OK) {
        return status;
    }

    simulation->content_type = SHOP_STR("application/x-www-form-urlencoded");
    simulation->header.name = SHOP_STR("x-shop-test-signature");
    simulation->times = actions[i].times;

    return shop_pay_stamp_make(arena, shop_pay_value(config, "key_file"), simulation->body,
                               attempt->now, &simulation->header.value);
}


/* --- the message --- */

static shop_status_t parse(shop_arena_t *arena, const shop_pay_request_t *request,
                           shop_pay_message_t *message)
{
    static const char *const mandatory[] = {"attempt",  "action",  "state", "amount",
                                            "currency", "transid", NULL};

    return shop_pay_parse_form(arena, request, mandatory, message);
}


static shop_status_t authenticate(shop_arena_t *arena, const shop_pay_config_t *config,
                                  const shop_pay_request_t *request,
                                  const shop_pay_message_t *message)
{
    const shop_str_t *header = shop_pay_header(request, "x-shop-test-signature");

    (void) message;
    if (header == NULL || header->len == 0) {
        return SHOP_REFUSED;
    }

    return shop_pay_stamp_check(arena, shop_pay_value(config, "key_file"), request->body, *header,
                                request->now);
}


static shop_pay_state_t state_parse(shop_str_t name)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        if (shop_str_eq(name, shop_str(shop_pay_state_name(actions[i].state)))) {
            return actions[i].state;
        }
    }

    return SHOP_PAY_STATE_UNKNOWN;
}


static shop_status_t describe(shop_arena_t *arena, const shop_pay_config_t *config,
                              const shop_pay_message_t *message, shop_pay_event_t *event)
{
    shop_str_t attempt = shop_form_text(&message->form, "attempt");
    shop_str_t action = shop_form_text(&message->form, "action");

    (void) config;
    *event = (shop_pay_event_t){
        .provider_status = shop_form_text(&message->form, "state"),
        .transid = shop_form_text(&message->form, "transid"),
        .provider_ref = shop_form_text(&message->form, "ref"),
        .currency = shop_form_text(&message->form, "currency"),
    };
    event->state = state_parse(event->provider_status);
    event->has_amount =
        shop_str_to_int(shop_form_text(&message->form, "amount"), &event->amount_minor) == SHOP_OK;
    if (shop_str_to_int(attempt, &event->attempt) != SHOP_OK) {
        event->doubt = SHOP_STR("attempt not readable");
    }
    if (event->state == SHOP_PAY_STATE_UNKNOWN) {
        event->doubt = SHOP_STR("state not known");
    }

    shop_status_t status = shop_arena_printf(arena, &event->key, "test:%.*s:%.*s",
                                             (int) attempt.len, (const char *) attempt.data,
                                             (int) action.len, (const char *) action.data);

    return status == SHOP_OK ? shop_arena_printf(arena, &event->provider_txn, "test-%.*s",
                                                 (int) attempt.len, (const char *) attempt.data)
                             : status;
}


const shop_pay_interface_t shop_pay_test = {
    .name = "test",
    .kind = SHOP_PAY_INTERNAL,
    .title_key = "paymode_test",
    .params = params,
    .prepare = prepare,
    .start = start,
    .simulate = simulate,
    .parse = parse,
    .authenticate = authenticate,
    .describe = describe,
};
