/*
 * Defaults of what the configuration may set for background work.
 */

#include "work/work.h"

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)


void shop_moodle_conf_init(shop_moodle_conf_t *conf)
{
    *conf = (shop_moodle_conf_t){
        .site =
            {
                .roles = shop_roles_default,
                .role_count = sizeof(shop_roles_default) / sizeof(shop_roles_default[0]),
                .account_auth = SHOP_STR("manual"),
                .account_password = true,
                .learner_domain = SHOP_STR("lti.invalid"),
            },
        .connect_timeout = 3 * SECOND,
        .read_timeout = 15 * SECOND,
        .write_timeout = 30 * SECOND,
        .concurrency = 3,
        .breaker_failures = 5,
        .breaker_probe = 30 * SECOND,
        .gate_probe = 5 * MINUTE,
        .check_interval = HOUR,
        .retry_delays = {10 * SECOND, 30 * SECOND, 2 * MINUTE, 10 * MINUTE, HOUR},
        .blocked_retry = 6 * HOUR,
        .give_up = 48 * HOUR,
        .available_for = 5 * MINUTE,
    };
}


void shop_mail_conf_init(shop_mail_conf_t *conf)
{
    *conf = (shop_mail_conf_t){.timeout = 30 * SECOND};
}


void shop_work_conf_init(shop_work_conf_t *conf)
{
    *conf = (shop_work_conf_t){
        .pause = SECOND,
        .pause_max = 10 * SECOND,
        .jobs_max = 4,
        .housekeeping_interval = 10 * MINUTE,
    };
}
