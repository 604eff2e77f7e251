/*
 * The `shop_moodle { … }` and `shop_mail { … }` blocks.
 */

#include "web/conf.h"


#define SHOP_MAX_ROLES 64


static char *moodle_roles(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle);
static char *moodle_times(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle);
static char *moodle_login(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle);
static char *moodle_options(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle);
static ngx_int_t take_role(ngx_conf_t *cf, ngx_http_shop_param_t *param, shop_role_t *role);
static bool take_time(ngx_array_t *params, const char *name, ngx_msec_t *value, bool *bad);
static bool take_number(ngx_array_t *params, const char *name, int64_t max, ngx_uint_t *value);
static bool take_flag(ngx_array_t *params, const char *name, bool *value);
static char *secret_param(ngx_conf_t *cf, ngx_array_t *params, const char *name, ngx_str_t *value);
static void text_param(ngx_array_t *params, const char *name, ngx_str_t *value);


static const char *const moodle_known[] = {"url",
                                           "token_file",
                                           "host",
                                           "canary",
                                           "login_token_file",
                                           "no_login_users",
                                           "learner_domain",
                                           "password_service",
                                           "role",
                                           "connect_timeout",
                                           "read_timeout",
                                           "write_timeout",
                                           "concurrency",
                                           "breaker_failures",
                                           "breaker_probe",
                                           "gate_probe",
                                           "check_interval",
                                           "blocked_retry",
                                           "give_up",
                                           "available_for",
                                           "retry_delays",
                                           "account_auth",
                                           "account_password",
                                           "account_at",
                                           "resume_suspended",
                                           "on_foreign_enrolment",
                                           NULL};

static const char *const mail_known[] = {"url",    "user",        "password_file", "starttls",
                                         "sender", "sender_name", "timeout",       NULL};


char *ngx_http_shop_conf_moodle(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    shop_moodle_conf_t *moodle = &smcf->moodle;
    ngx_array_t *params;
    ngx_str_t learner_domain = ngx_null_string;
    const char *complaint;
    char *rv;

    if (smcf->moodle_set) {
        return "is duplicate";
    }

    smcf->moodle_set = 1;

    rv = ngx_http_shop_conf_block(cf, &params);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (ngx_http_shop_conf_unknown(cf, "shop_moodle", params, moodle_known) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    text_param(params, "url", &moodle->url);
    text_param(params, "host", &moodle->host);
    text_param(params, "canary", &moodle->canary);
    text_param(params, "learner_domain", &learner_domain);
    text_param(params, "password_service", &moodle->password_service);

    if (learner_domain.len > 0) {
        moodle->site.learner_domain = (shop_str_t){learner_domain.len, learner_domain.data};
    }

    if (moodle->url.len == 0) {
        return "needs \"url\": the address of Moodle, such as https://moodle.example.org";
    }

    complaint = shop_http_url_check((shop_str_t){moodle->url.len, moodle->url.data}, "http", true);
    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_moodle\" url: %s", complaint);
        return NGX_CONF_ERROR;
    }

    if (ngx_http_shop_conf_param(params, "token_file") == NULL) {
        return "needs \"token_file\": a file with the token of Moodle's web service account";
    }

    if ((rv = secret_param(cf, params, "token_file", &moodle->token)) != NGX_CONF_OK ||
        (rv = moodle_roles(cf, params, moodle)) != NGX_CONF_OK ||
        (rv = moodle_login(cf, params, moodle)) != NGX_CONF_OK ||
        (rv = moodle_times(cf, params, moodle)) != NGX_CONF_OK) {
        return rv;
    }

    return moodle_options(cf, params, moodle);
}


/* Letting people in has a token of its own, which can do nothing else (handlers.md 7.1). */
static char *moodle_login(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, "no_login_users");
    shop_str_t ids = SHOP_STR("2"), word;
    int64_t *id;

    if (param != NULL) {
        ids = (shop_str_t){param->value.len, param->value.data};
    }

    if (ngx_array_init(&moodle->no_login_users, cf->pool, 2, sizeof(int64_t)) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    while (shop_str_split(&ids, ' ', &word)) {
        id = ngx_array_push(&moodle->no_login_users);
        if (id == NULL) {
            return NGX_CONF_ERROR;
        }

        if (shop_str_to_int(word, id) != SHOP_OK) {
            return "needs ids of Moodle users in \"no_login_users\"";
        }
    }

    if (ngx_http_shop_conf_param(params, "login_token_file") == NULL) {
        return NGX_CONF_OK;
    }

    moodle->site.lets_in = true;

    return secret_param(cf, params, "login_token_file", &moodle->login_token);
}


/* `role <shortname> <id>;`, once per role, over the usual numbers. */
static char *moodle_roles(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle)
{
    ngx_http_shop_param_t *param = params->elts;
    shop_role_t *roles;
    size_t count = 0, defaults;
    ngx_uint_t i;

    roles = ngx_palloc(cf->pool, (SHOP_MAX_ROLES + 5) * sizeof(shop_role_t));
    if (roles == NULL) {
        return NGX_CONF_ERROR;
    }

    for (i = 0; i < params->nelts && count < SHOP_MAX_ROLES; i++) {
        if (param[i].name.len != 4 || ngx_strncmp(param[i].name.data, "role", 4) != 0) {
            continue;
        }

        if (take_role(cf, &param[i], &roles[count]) != NGX_OK) {
            return NGX_CONF_ERROR;
        }

        count++;
    }

    /* The first of a name counts, so the usual numbers stand behind the configured ones. */
    defaults = sizeof(shop_roles_default) / sizeof(shop_roles_default[0]);
    ngx_memcpy(&roles[count], shop_roles_default, sizeof(shop_roles_default));

    moodle->site.roles = roles;
    moodle->site.role_count = count + defaults;

    return NGX_CONF_OK;
}


static ngx_int_t take_role(ngx_conf_t *cf, ngx_http_shop_param_t *param, shop_role_t *role)
{
    shop_str_t rest = {param->value.len, param->value.data};
    shop_str_t name, id;

    if (shop_str_split(&rest, ' ', &name) && shop_str_split(&rest, ' ', &id) &&
        shop_str_to_int(id, &role->id) == SHOP_OK && role->id > 0) {
        role->name = name;
        return NGX_OK;
    }

    ngx_conf_log_error(NGX_LOG_EMERG, cf, 0,
                       "\"shop_moodle\" role: \"%V\" is not <short name> <id>, such as student 5",
                       &param->value);
    return NGX_ERROR;
}


static char *moodle_times(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle)
{
    ngx_http_shop_param_t *param;
    shop_str_t rest, word;
    ngx_str_t time;
    size_t i = 0;
    bool bad = false;
    ngx_msec_t value = NGX_CONF_UNSET_MSEC;

    take_time(params, "connect_timeout", &moodle->connect_timeout, &bad);
    take_time(params, "read_timeout", &moodle->read_timeout, &bad);
    take_time(params, "write_timeout", &moodle->write_timeout, &bad);
    take_time(params, "breaker_probe", &moodle->breaker_probe, &bad);
    take_time(params, "gate_probe", &moodle->gate_probe, &bad);
    take_time(params, "check_interval", &moodle->check_interval, &bad);
    take_time(params, "blocked_retry", &moodle->blocked_retry, &bad);
    take_time(params, "give_up", &moodle->give_up, &bad);
    take_time(params, "available_for", &moodle->available_for, &bad);

    if (bad) {
        return "has a time that nginx cannot read: write 500ms, 15s, 5m, 6h";
    }

    param = ngx_http_shop_conf_param(params, "retry_delays");
    if (param == NULL) {
        return NGX_CONF_OK;
    }

    rest = (shop_str_t){param->value.len, param->value.data};

    while (i < 5 && shop_str_split(&rest, ' ', &word)) {
        time = (ngx_str_t){word.len, word.data};
        value = (ngx_msec_t) ngx_parse_time(&time, 0);

        if (value == (ngx_msec_t) NGX_ERROR) {
            break;
        }

        moodle->retry_delays[i++] = value;
    }

    return i == 5 ? NGX_CONF_OK : "needs five times in \"retry_delays\": 10s 30s 2m 10m 1h";
}


static bool take_time(ngx_array_t *params, const char *name, ngx_msec_t *value, bool *bad)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);
    ngx_int_t ms;

    if (param == NULL) {
        return false;
    }

    ms = ngx_parse_time(&param->value, 0);
    if (ms == NGX_ERROR) {
        *bad = true;
        return false;
    }

    *value = (ngx_msec_t) ms;
    return true;
}


static char *moodle_options(ngx_conf_t *cf, ngx_array_t *params, shop_moodle_conf_t *moodle)
{
    ngx_http_shop_param_t *param;
    shop_site_t *site = &moodle->site;
    shop_str_t text;

    if (!take_number(params, "concurrency", 64, &moodle->concurrency) ||
        !take_number(params, "breaker_failures", 1000, &moodle->breaker_failures)) {
        return "needs \"concurrency\" from 1 to 64 and \"breaker_failures\" from 1 to 1000";
    }

    if (!take_flag(params, "account_password", &site->account_password) ||
        !take_flag(params, "resume_suspended", &site->resume_suspended)) {
        return "needs on or off in \"account_password\" and \"resume_suspended\"";
    }

    param = ngx_http_shop_conf_param(params, "account_at");
    if (param != NULL) {
        text = (shop_str_t){param->value.len, param->value.data};
        if (!shop_str_eq(text, SHOP_STR("order")) && !shop_str_eq(text, SHOP_STR("payment"))) {
            return "needs order or payment in \"account_at\"";
        }

        site->account_at_payment = shop_str_eq(text, SHOP_STR("payment"));
    }

    param = ngx_http_shop_conf_param(params, "on_foreign_enrolment");
    if (param != NULL) {
        text = (shop_str_t){param->value.len, param->value.data};

        if (shop_str_eq(text, SHOP_STR("manual"))) {
            site->on_foreign_enrolment = SHOP_FOREIGN_MANUAL;

        } else if (shop_str_eq(text, SHOP_STR("overwrite"))) {
            site->on_foreign_enrolment = SHOP_FOREIGN_OVERWRITE;

        } else if (shop_str_eq(text, SHOP_STR("keep"))) {
            site->on_foreign_enrolment = SHOP_FOREIGN_KEEP;

        } else {
            return "needs manual, overwrite or keep in \"on_foreign_enrolment\"";
        }
    }

    param = ngx_http_shop_conf_param(params, "account_auth");
    if (param != NULL) {
        site->account_auth = (shop_str_t){param->value.len, param->value.data};
    }

    return NGX_CONF_OK;
}


/* False when the parameter is there and is no number from 1 to `max`. */
static bool take_number(ngx_array_t *params, const char *name, int64_t max, ngx_uint_t *value)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);
    int64_t number;

    if (param == NULL) {
        return true;
    }

    if (shop_str_to_int((shop_str_t){param->value.len, param->value.data}, &number) != SHOP_OK ||
        number < 1 || number > max) {
        return false;
    }

    *value = (ngx_uint_t) number;
    return true;
}


/* False when the parameter is there and is neither on nor off. */
static bool take_flag(ngx_array_t *params, const char *name, bool *value)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);
    shop_str_t text;

    if (param == NULL) {
        return true;
    }

    text = (shop_str_t){param->value.len, param->value.data};

    if (shop_str_eq(text, SHOP_STR("on"))) {
        *value = true;
        return true;
    }

    *value = false;
    return shop_str_eq(text, SHOP_STR("off"));
}


static char *secret_param(ngx_conf_t *cf, ngx_array_t *params, const char *name, ngx_str_t *value)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);

    if (param == NULL) {
        return NGX_CONF_OK;
    }

    return ngx_http_shop_conf_secret(cf, &param->value, value) == NGX_OK ? NGX_CONF_OK
                                                                         : NGX_CONF_ERROR;
}


static void text_param(ngx_array_t *params, const char *name, ngx_str_t *value)
{
    ngx_http_shop_param_t *param = ngx_http_shop_conf_param(params, name);

    if (param != NULL) {
        *value = param->value;
    }
}


char *ngx_http_shop_conf_mail(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    ngx_http_shop_main_conf_t *smcf = conf;
    shop_mail_conf_t *mail = &smcf->mail;
    ngx_array_t *params;
    const char *complaint;
    char *rv;
    bool bad = false, starttls = false;

    if (smcf->mail_set) {
        return "is duplicate";
    }

    smcf->mail_set = 1;

    rv = ngx_http_shop_conf_block(cf, &params);
    if (rv != NGX_CONF_OK) {
        return rv;
    }

    if (ngx_http_shop_conf_unknown(cf, "shop_mail", params, mail_known) != NGX_CONF_OK) {
        return NGX_CONF_ERROR;
    }

    text_param(params, "url", &mail->smtp.url);
    text_param(params, "user", &mail->smtp.user);
    text_param(params, "sender", &mail->sender);
    text_param(params, "sender_name", &mail->sender_name);
    take_time(params, "timeout", &mail->timeout, &bad);

    if (bad || !take_flag(params, "starttls", &starttls)) {
        return "needs a time in \"timeout\" and on or off in \"starttls\"";
    }

    mail->smtp.starttls = starttls;

    if (mail->smtp.url.len == 0 || mail->sender.len == 0) {
        return "needs \"url\" (smtp://127.0.0.1:25) and \"sender\" (the address mails come from)";
    }

    complaint =
        shop_http_url_check((shop_str_t){mail->smtp.url.len, mail->smtp.url.data}, "smtp", true);
    if (complaint != NULL) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "\"shop_mail\" url: %s", complaint);
        return NGX_CONF_ERROR;
    }

    mail->enabled = 1;

    return secret_param(cf, params, "password_file", &mail->smtp.password);
}
