/*
 * The platform's other notification: a form whose `kr-answer` is the JSON text of the API, signed
 * with the REST password (payments.md 7.8). It says the same as the notification with vads_ fields,
 * and has the same key, so that whoever has both switched on is told once.
 */

#include "pay/vads.h"


bool shop_lyra_is_told(const shop_form_t *form)
{
    return shop_form_find(form, SHOP_STR("kr-answer")) != NULL;
}


shop_status_t shop_lyra_parse(shop_pay_message_t *message)
{
    static const char *const mandatory[] = {"kr-hash", "kr-hash-key", "kr-hash-algorithm", NULL};

    if (!shop_pay_has_names(&message->form, mandatory)) {
        return SHOP_MALFORMED;
    }

    return shop_pay_json(shop_pay_field(&message->form, "kr-answer"), &message->json);
}


/* The text as it came: written anew it would be another. */
shop_status_t shop_lyra_verify(shop_arena_t *arena, shop_str_t key, const char *key_name,
                               const shop_form_t *form)
{
    unsigned char mac[SHOP_SHA256_SIZE];
    shop_str_t hex;

    if (key.len == 0 || !shop_str_eq(shop_pay_field(form, "kr-hash-key"), shop_str(key_name)) ||
        !shop_str_eq(shop_pay_field(form, "kr-hash-algorithm"), SHOP_STR("sha256_hmac"))) {
        return SHOP_REFUSED;
    }

    shop_status_t status = shop_hmac_sha256(key, shop_pay_field(form, "kr-answer"), mac);
    if (status == SHOP_OK) {
        status = shop_hex_encode(arena, (shop_str_t){sizeof(mac), mac}, &hex);
    }
    if (status != SHOP_OK) {
        return status;
    }

    return shop_secret_eq(shop_pay_field(form, "kr-hash"), hex) ? SHOP_OK : SHOP_REFUSED;
}


static shop_status_t make_key(shop_arena_t *arena, const shop_pay_message_t *message,
                              shop_pay_event_t *event)
{
    shop_str_t id = event->provider_txn;
    shop_status_t status = SHOP_OK;

    if (id.len == 0) {
        status = shop_sha256_hex(arena, shop_pay_field(&message->form, "kr-answer"), &id);
    }

    return status == SHOP_OK
               ? shop_arena_printf(arena, &event->key, "systempay:%.*s:%.*s", (int) id.len,
                                   (const char *) id.data, (int) event->provider_status.len,
                                   (const char *) event->provider_status.data)
               : status;
}


/* One message tells of one transaction; of an order with several the API has to tell. */
shop_status_t shop_lyra_describe(shop_arena_t *arena, const shop_pay_config_t *config,
                                 const shop_pay_message_t *message, shop_pay_event_t *event)
{
    const shop_vads_t *vads = config->data;
    const json_t *transactions = json_object_get(message->json, "transactions");

    shop_status_t status =
        shop_lyra_event(arena, vads, message->json, json_array_get(transactions, 0), event);
    if (status != SHOP_OK) {
        return status;
    }

    if (json_array_size(transactions) != 1) {
        event->doubt = SHOP_STR("not one transaction");
    } else if (event->doubt.len == 0 && shop_vads_waits_for_api(vads, event)) {
        event->doubt = SHOP_STR("amount above confirm_above");
    }

    return make_key(arena, message, event);
}
