/*
 * The local test: each button's message passes the pipeline, forged ones do not; stamps.
 */

#include "pay_unit.h"

#define SECRET "a secret for the tests"


static const shop_pay_config_t *configure(shop_arena_t *arena)
{
    static const char *const lines[] = {"key_file=" SECRET, NULL};

    return unit_made(arena, "test", "", lines);
}


static shop_pay_result_t press(shop_arena_t *arena, const char *action, int64_t later,
                               unsigned *times)
{
    const shop_pay_config_t *config = configure(arena);
    shop_pay_attempt_t attempt = unit_attempt();
    shop_pay_simulation_t simulation;
    shop_pay_result_t result;

    if (config->interface->simulate(arena, config, &attempt, shop_str(action), &simulation) !=
        SHOP_OK) {
        exit(EXIT_FAILURE);
    }
    *times = simulation.times;

    const shop_pay_request_t request = {
        .content_type = simulation.content_type,
        .body = simulation.body,
        .headers = &simulation.header,
        .header_count = 1,
        .now = UNIT_NOW + later,
    };
    if (shop_pay_receive(arena, config, &request, &result) != SHOP_OK) {
        exit(EXIT_FAILURE);
    }

    return result;
}


static void check_buttons(shop_arena_t *arena)
{
    static const struct {
        const char *action;
        shop_pay_state_t state;
        unsigned times;
        int64_t amount;
    } cases[] = {
        {"pay", SHOP_PAY_STATE_PAID, 1, 4990},
        {"pay_later", SHOP_PAY_STATE_PENDING, 1, 4990},
        {"refuse", SHOP_PAY_STATE_REFUSED, 1, 4990},
        {"double", SHOP_PAY_STATE_PAID, 2, 4990},
        {"wrong_amount", SHOP_PAY_STATE_PAID, 1, 4991},
        {"chargeback", SHOP_PAY_STATE_CHARGEBACK, 1, 4990},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        unsigned times;
        shop_pay_result_t result = press(arena, cases[i].action, 0, &times);

        ok(result.verdict == SHOP_PAY_DECIDE, "%s: authentic", cases[i].action);
        ok(result.event.state == cases[i].state, "%s: state", cases[i].action);
        is_int(result.event.amount_minor, cases[i].amount, "amount");
        is_int(result.event.attempt, 42, "attempt");
        is_int(times, cases[i].times, "times");
    }

    unsigned times;
    is_str(press(arena, "pay", 0, &times).event.key, "test:42:pay", "key");
    ok(press(arena, "pay", 301, &times).verdict == SHOP_PAY_UNAUTHENTIC, "too old");
    ok(press(arena, "pay", -301, &times).verdict == SHOP_PAY_UNAUTHENTIC, "too early");
    ok(press(arena, "pay", 300, &times).verdict == SHOP_PAY_DECIDE, "just in time");
}


static void check_stamps(shop_arena_t *arena)
{
    const shop_str_t body = SHOP_STR("a=1");
    shop_str_t right;
    shop_str_t header;

    is_int(shop_pay_stamp_make(arena, SHOP_STR(SECRET), body, 12345, &right), SHOP_OK, "stamp");
    const char *mac = (const char *) right.data + strlen("t=12345,v1=");
    const struct {
        const char *name;
        const char *format; /* %s: the right signature */
        shop_status_t status;
    } cases[] = {
        {"right", "t=12345,v1=%s", SHOP_OK},
        {"one of two", "t=12345,v1=00,v1=%s", SHOP_OK},
        {"other schemes are ignored", "t=12345,v0=%s", SHOP_REFUSED},
        {"no stamp", "v1=%s", SHOP_MALFORMED},
        {"two stamps", "t=12345,t=12346,v1=%s", SHOP_MALFORMED},
        {"stamp of letters", "t=12345x,v1=%s", SHOP_MALFORMED},
        {"other stamp", "t=12346,v1=%s", SHOP_REFUSED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_buf_t buf;
        const char *slot = strstr(cases[i].format, "%s");

        shop_buf_init(&buf, arena, 0);
        shop_buf_add(&buf, (shop_str_t){(size_t) (slot - cases[i].format),
                                        (unsigned char *) cases[i].format});
        shop_buf_add(&buf, (shop_str_t){64, (unsigned char *) mac});
        header = shop_buf_str(&buf);
        is_int(shop_pay_stamp_check(arena, SHOP_STR(SECRET), body, header, 12345), cases[i].status,
               cases[i].name);
    }
    is_int(shop_pay_stamp_check(arena, SHOP_STR("other"), body, right, 12345), SHOP_REFUSED,
           "other secret");
    is_int(shop_pay_stamp_check(arena, SHOP_STR(SECRET), SHOP_STR("a=2"), right, 12345),
           SHOP_REFUSED, "other body");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_buttons(arena);
    check_stamps(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
