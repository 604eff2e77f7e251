/*
 * Who may notify: addresses against CIDR blocks.
 */

#include "pay_unit.h"


static const struct {
    const char *networks;
    const char *peer;
    bool allowed;
} cases[] = {
    {"194.50.38.0/24", "194.50.38.0", true},
    {"194.50.38.0/24", "194.50.38.255", true},
    {"194.50.38.0/24", "194.50.39.0", false},
    {"194.50.38.0/24", "::ffff:194.50.38.7", true},
    {"194.50.38.0/24", "::ffff:194.50.37.7", false},
    {"194.50.38.0/24", "", false},
    {"194.50.38.0/24", "unix:", false},
    {"194.50.38.0/24", "194.50.38.7.1", false},
    {"194.50.38.7", "194.50.38.7", true},
    {"194.50.38.7", "194.50.38.6", false},
    {"10.0.0.0/9", "10.127.255.255", true},
    {"10.0.0.0/9", "10.128.0.0", false},
    {"127.0.0.1 194.50.38.0/24", "194.50.38.9", true},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "2001:db8::1", false},
    {"any", "anything", true},
};

static const char *const refused[] = {
    "194.50.38.0/33", "194.50.38.0/", "194.50.38",      "194.50.38.0/-1",
    "2001:db8::/129", "::1/x",        "194.50.38.1/24", "host",
};


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_pay_config_t config = {0};
        shop_status_t status = shop_pay_networks_parse(arena, shop_str(cases[i].networks),
                                                       &config.networks, &config.network_count);

        is_int(status, SHOP_OK, cases[i].networks);
        ok(shop_pay_network_allows(&config, shop_str(cases[i].peer)) == cases[i].allowed, "%s: %s",
           cases[i].networks, cases[i].peer);
    }

    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        ok(!shop_pay_is_networks(shop_str(refused[i])), "%s is no network", refused[i]);
    }
    shop_heap_destroy(heap);

    return done_testing();
}
