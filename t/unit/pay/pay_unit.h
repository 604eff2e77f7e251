/*
 * What the unit programs of the payment room share: configurations, an attempt, looking up fields.
 */

#ifndef SHOP_T_PAY_UNIT_H
#define SHOP_T_PAY_UNIT_H

#include "pay/pay_internal.h"
#include "tap.h"

#include <string.h>

#define UNIT_NOW 1795420054 /* 2026-11-23T07:47:34Z */
#define UNIT_SETTINGS_MAX 16

#define UNIT_UNUSED __attribute__((unused))


/* "name=value" lines to a configuration; *error is filled on refusal. */
UNIT_UNUSED static shop_status_t unit_configure(shop_arena_t *arena, const char *interface,
                                                const char *mode, const char *const *lines,
                                                shop_pay_config_t **config, shop_str_t *error)
{
    shop_pay_setting_t settings[UNIT_SETTINGS_MAX];
    size_t count = 0;

    for (; lines[count] != NULL; count++) {
        shop_str_t rest = shop_str(lines[count]);
        (void) shop_str_split(&rest, '=', &settings[count].name);
        settings[count].value = rest;
    }

    const shop_pay_block_t block = {.name = SHOP_STR("card"),
                                    .interface = shop_str(interface),
                                    .mode = shop_str(mode),
                                    .settings = settings,
                                    .count = count};

    *config = NULL;
    *error = SHOP_STR_NULL;
    return shop_pay_configure(arena, &block, config, error);
}


/* Lines that are refused, with the sentence that nginx -t says. */
typedef struct {
    const char *mode;
    const char *lines[9];
    const char *sentence;
} unit_refusal_t;

UNIT_UNUSED static void unit_refused(shop_arena_t *arena, const char *interface,
                                     const unit_refusal_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        shop_pay_config_t *config;
        shop_str_t error;

        is_int(unit_configure(arena, interface, cases[i].mode, cases[i].lines, &config, &error),
               SHOP_REFUSED, "refused");
        is_str(error, cases[i].sentence, "says why");
    }
}


/* A configuration of lines that must be right. */
UNIT_UNUSED static shop_pay_config_t *unit_made(shop_arena_t *arena, const char *interface,
                                                const char *mode, const char *const *lines)
{
    shop_pay_config_t *config;
    shop_str_t error;

    if (unit_configure(arena, interface, mode, lines, &config, &error) != SHOP_OK) {
        diag("%.*s", (int) error.len, (const char *) error.data);
        exit(EXIT_FAILURE);
    }

    return config;
}


UNIT_UNUSED static shop_pay_config_t *unit_systempay(shop_arena_t *arena)
{
    static const char *const lines[] = {"site_id=12345678", "key_file=1122334455667788",
                                        "rest_password_file=testpassword_DEMO", NULL};

    return unit_made(arena, "systempay", "test", lines);
}


UNIT_UNUSED static shop_pay_attempt_t unit_attempt(void)
{
    return (shop_pay_attempt_t){
        .id = 42,
        .transid = SHOP_STR("ABCDEFGHIJKLMNOPQRSTUVWXYZ2345"),
        .order_number = SHOP_STR("O-20261123-41"),
        .provider_ref = SHOP_STR("20261123-000042"),
        .amount_minor = 4990,
        .currency = SHOP_STR("EUR"),
        .language = SHOP_STR("fr"),
        .now = UNIT_NOW,
        .return_url = SHOP_STR("https://shop.example.org/shop/pay/card/return?t=abc"),
        .cancel_url = SHOP_STR("https://shop.example.org/shop/pay/card/cancel?t=abc"),
        .shop_name = SHOP_STR("MOOC certificats"),
        .contrib = SHOP_STR("ngx_http_shop 1.0"),
        .customer = {.email = SHOP_STR("elodie@example.org"), .last_name = SHOP_STR("Lefèvre")},
    };
}


/* What a reply of the provider's API says, at the first step of this conversation. */
UNIT_UNUSED static shop_status_t unit_hear(shop_arena_t *arena, const shop_pay_config_t *config,
                                           shop_pay_talk_t talk, unsigned status, shop_str_t body,
                                           shop_pay_events_t *events)
{
    const shop_pay_reply_t reply = {status, body};
    shop_pay_heard_t heard = {0};

    shop_status_t said = config->interface->hear(arena, config, &talk, &reply, &heard);
    *events = heard.events;

    return said;
}


/* The value of a field; "(absent)" when the page has none. */
UNIT_UNUSED static shop_str_t unit_field(const shop_pay_page_t *page, const char *name)
{
    for (size_t i = 0; i < page->count; i++) {
        if (shop_str_eq(page->fields[i].name, shop_str(name))) {
            return page->fields[i].value;
        }
    }

    return SHOP_STR("(absent)");
}

#endif
