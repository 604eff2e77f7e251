/*
 * Which ways to pay are offered: every rule of the shop, the amount and the visitor, one at a time.
 */

#include "world.h"

typedef enum { STRANGER, LOGGED_IN, PLAYER, TRUSTED } who_t;


static bool offered(const char *interface, bool instant, const char *settings, const char *flags,
                    who_t who, int64_t amount_e4)
{
    json_t *all = world_json(settings);
    shop_shop_t shop = {.paymodes = all,
                        .test = strchr(flags, 't') != NULL,
                        .test_override = strchr(flags, 'o') != NULL};
    const shop_visitor_t visitor = {.logged_in = who == LOGGED_IN,
                                    .test_payments = who == PLAYER,
                                    .pay_override = who == TRUSTED};
    const shop_paymode_t mode = {.name = SHOP_STR("way"),
                                 .interface = shop_str(interface),
                                 .instant = instant,
                                 .internal =
                                     shop_str_eq(shop_str(interface), SHOP_STR("test")) ||
                                     shop_str_eq(shop_str(interface), SHOP_STR("freeorder"))};
    bool answer = shop_paymode_offered(&shop, &visitor, &mode, (shop_money_t){amount_e4});

    json_decref(all);
    return answer;
}


int main(void)
{
    static const struct {
        const char *name;
        const char *interface;
        bool instant;
        const char *settings;
        const char *flags; /* of the shop: t test, o override */
        who_t who;
        int64_t amount_e4;
        bool expected;
    } cases[] = {
        {"card, to anybody", "systempay", true, "{'way': true}", "", STRANGER, 1, true},
        {"not enabled", "systempay", true, "{'other': true}", "", STRANGER, 1, false},
        {"switched off", "systempay", true, "{'way': false}", "", STRANGER, 1, false},
        {"switched off by name", "systempay", true, "{'way': {'enabled': false}}", "", STRANGER, 1,
         false},
        {"nothing to pay", "systempay", true, "{'way': true}", "", STRANGER, 0, false},
        {"below the minimum", "systempay", true, "{'way': {'min': '10'}}", "", STRANGER, 99999,
         false},
        {"at the minimum", "systempay", true, "{'way': {'min': '10'}}", "", STRANGER, 100000, true},
        {"at the maximum", "systempay", true, "{'way': {'max': '10'}}", "", STRANGER, 100000, true},
        {"above the maximum", "systempay", true, "{'way': {'max': '10'}}", "", STRANGER, 100001,
         false},
        {"card for the known only", "systempay", true, "{'way': {'identified_only': true}}", "",
         STRANGER, 1, false},
        {"card for the known only, known", "systempay", true, "{'way': {'identified_only': true}}",
         "", LOGGED_IN, 1, true},
        {"card in test mode", "systempay", true, "{'way': true}", "t", STRANGER, 1, false},
        {"card in test mode, known", "systempay", true, "{'way': true}", "t", LOGGED_IN, 1, true},
        {"card in open test mode", "systempay", true, "{'way': true}", "to", STRANGER, 1, true},
        {"transfer", "transfer", false, "{'way': true}", "", STRANGER, 1, false},
        {"transfer, known", "transfer", false, "{'way': true}", "", LOGGED_IN, 1, true},
        {"transfer, trusted", "transfer", false, "{'way': true}", "", TRUSTED, 1, true},
        {"transfer for everybody", "transfer", false, "{'way': {'identified_only': false}}", "",
         STRANGER, 1, true},
        {"transfer in open test mode", "transfer", false, "{'way': true}", "to", STRANGER, 1, true},
        {"free order", "freeorder", true, "{'way': true}", "to", PLAYER, 1, false},
        {"play", "test", true, "{'way': true}", "t", STRANGER, 1, false},
        {"play, known", "test", true, "{'way': true}", "t", LOGGED_IN, 1, false},
        {"play, who may", "test", true, "{'way': true}", "t", PLAYER, 1, true},
        {"play in open test mode", "test", true, "{'way': true}", "to", STRANGER, 1, true},
        {"play in a shop that sells", "test", true, "{'way': true}", "", PLAYER, 1, false},
        {"play, opened in a shop that sells", "test", true, "{'way': true}", "o", STRANGER, 1,
         false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(offered(cases[i].interface, cases[i].instant, cases[i].settings, cases[i].flags,
                   cases[i].who, cases[i].amount_e4) == cases[i].expected,
           "%s: %s", cases[i].name, cases[i].expected ? "offered" : "not offered");
    }

    return done_testing();
}
