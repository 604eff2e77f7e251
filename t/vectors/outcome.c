/*
 * What vectors of all interfaces share: their pairs, a configuration, a whole notification.
 */

#include "decide.h"
#include "vectors.h"


shop_form_t vector_pairs(vector_t *v, const json_t *fields)
{
    shop_form_t form = {0};
    const char *name;
    json_t *value;

    form.pairs = shop_arena_calloc(v->arena, (json_object_size(fields) + 1) * sizeof(*form.pairs));
    json_object_foreach((json_t *) fields, name, value)
    {
        shop_str_t text = {json_string_length(value), (unsigned char *) json_string_value(value)};
        form.pairs[form.count++] = (shop_pair_t){shop_str(name), text};
    }

    return form;
}


shop_pay_config_t *vector_config(vector_t *v, const char *interface,
                                 const shop_pay_setting_t *settings, size_t count)
{
    return vector_config_of(v, interface, "test", settings, count);
}


shop_pay_config_t *vector_config_of(vector_t *v, const char *interface, const char *mode,
                                    const shop_pay_setting_t *settings, size_t count)
{
    const shop_pay_block_t block = {
        .name = SHOP_STR("vectors"),
        .interface = shop_str(interface),
        .mode = shop_str(mode),
        .settings = settings,
        .count = count,
    };
    shop_pay_config_t *made = NULL;
    shop_str_t error = SHOP_STR_NULL;

    if (shop_pay_configure(v->arena, &block, &made, &error) != SHOP_OK) {
        (void) vector_fails(v, "configuration: %.*s", (int) error.len, (const char *) error.data);
        return NULL;
    }

    return made;
}


bool vector_authentic(vector_t *v, shop_status_t status)
{
    if (status == SHOP_OK) {
        return vector_verdict(v, "authentic");
    }

    return vector_verdict(v, status == SHOP_REFUSED ? "unauthentic" : "malformed");
}


static bool same_outcome(vector_t *v, const shop_pay_config_t *config, shop_pay_verdict_t verdict,
                         shop_str_t after)
{
    const json_t *expected_after = json_object_get(v->expected, "order_state_after");
    const json_t *expected_status = json_object_get(v->expected, "http_status");
    unsigned status = shop_pay_answer(config, verdict).status;

    if (!vector_verdict(v, shop_pay_verdict_name(verdict))) {
        return false;
    }
    if (json_is_string(expected_after) &&
        !vector_same(v, "state", after, shop_str(json_string_value(expected_after)))) {
        return false;
    }
    if (json_is_integer(expected_status) && json_integer_value(expected_status) != (int) status) {
        return vector_fails(v, "got HTTP status %u", status);
    }

    return true;
}


bool vector_decide(vector_t *v, const shop_pay_config_t *config, const shop_pay_request_t *request)
{
    const json_t *told = json_object_get(v->input, "order");
    const decide_order_t order = {
        .id = shop_json_text(told, "order_id"),
        .state = shop_json_text(told, "state"),
        .currency = shop_json_text(told, "currency"),
        .paid_by = shop_json_text(told, "paid_by"),
        .amount_minor = shop_json_int(told, "amount_minor"),
        .known = json_is_string(json_object_get(told, "state")),
    };
    const decide_in_t in = {&order, json_object_get(v->input, "already_processed")};
    shop_pay_result_t result;
    shop_str_t after = order.state;

    if (shop_pay_receive(v->arena, config, request, &result) != SHOP_OK) {
        return vector_fails(v, "the pipeline had trouble");
    }

    if (result.verdict == SHOP_PAY_DECIDE) {
        result.verdict = decide(&result.event, &in, &after);
    }

    return same_outcome(v, config, result.verdict, after);
}


bool vector_state(vector_t *v, shop_pay_state_t state)
{
    const char *name = state == SHOP_PAY_STATE_UNKNOWN ? "quarantine" : shop_pay_state_name(state);

    return vector_same(v, "state", shop_str(name), shop_json_text(v->expected, "state"));
}
