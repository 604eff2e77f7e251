/*
 * What the conversations about payments share: which blocks they are possible for, and what a
 * question and its answer look like in PostgreSQL.
 */

#include "work/work_internal.h"

#define EVENT_MAX 65536


json_t *shop_payments_for(const shop_work_conf_t *conf, shop_pay_purpose_t purpose)
{
    json_t *list = json_array();

    for (size_t i = 0; i < conf->payment_count; i++) {
        const shop_pay_config_t *config = conf->payments[i];

        if (shop_pay_talks(config, purpose)) {
            json_array_append_new(list, json_pack("{s:o, s:s}", "config",
                                                  shop_json_str(config->name), "mode",
                                                  config->mode == SHOP_PAY_LIVE ? "live" : "test"));
        }
    }
    return list;
}


const shop_pay_config_t *shop_payments_find(const shop_work_conf_t *conf, shop_str_t name)
{
    for (size_t i = 0; i < conf->payment_count; i++) {
        if (shop_str_eq(conf->payments[i]->name, name)) {
            return conf->payments[i];
        }
    }
    return NULL;
}


bool shop_payments_minor(const json_t *row, const char *member, int64_t *minor)
{
    const shop_currency_t *currency = shop_currency_find(shop_json_text(row, "currency"));
    shop_money_t amount;

    return currency != NULL && shop_money_parse(shop_json_text(row, member), &amount) == SHOP_OK &&
           shop_money_to_minor(amount, currency->exponent, minor) == SHOP_OK;
}


/* The row of the claim dies before the answer comes. */
bool shop_payments_question(ngx_pool_t *pool, const json_t *row, shop_pay_question_t *asked)
{
    shop_arena_t arena = shop_pool_arena(pool);
    const struct {
        const char *member;
        shop_str_t *to;
    } texts[] = {
        {"transid", &asked->transid},
        {"provider_ref", &asked->provider_ref},
        {"provider_txn", &asked->provider_txn},
        {"currency", &asked->currency},
    };

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (shop_arena_copy(&arena, shop_json_text(row, texts[i].member), texts[i].to) != SHOP_OK) {
            return false;
        }
    }
    return true;
}


json_t *shop_payments_events(ngx_pool_t *pool, const shop_pay_config_t *config,
                             const shop_pay_events_t *events)
{
    shop_arena_t arena = shop_pool_arena(pool);
    json_t *list = json_array();

    for (size_t i = 0; list != NULL && i < events->count; i++) {
        shop_str_t text;
        json_t *event;

        if (shop_pay_event_json(&arena, config, &events->list[i], ngx_time(), &text) != SHOP_OK ||
            shop_json_parse(text, EVENT_MAX, &event) != SHOP_OK ||
            json_array_append_new(list, event) != 0) {
            json_decref(list);
            list = NULL;
        }
    }
    return list;
}
