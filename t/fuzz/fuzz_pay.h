/*
 * A payment configuration for the drivers that read messages of providers.
 */

#ifndef SHOP_FUZZ_PAY_H
#define SHOP_FUZZ_PAY_H

#include "fuzz.h"
#include "pay/pay.h"


static inline shop_pay_config_t *configure(shop_arena_t *arena, const char *interface,
                                           const shop_pay_setting_t *settings, size_t count)
{
    const shop_pay_block_t block = {.name = SHOP_STR("fuzz"),
                                    .interface = shop_str(interface),
                                    .mode = SHOP_STR("test"),
                                    .settings = settings,
                                    .count = count};
    shop_pay_config_t *config;
    shop_str_t error;

    must(shop_pay_configure(arena, &block, &config, &error) == SHOP_OK);

    return config;
}

#endif
