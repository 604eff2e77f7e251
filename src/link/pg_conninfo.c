/*
 * What a connection to PostgreSQL is told: the operator's conninfo, checked, completed by what this
 * module must insist on (PG-5), its hosts in turn (PG-4).
 */

#include <arpa/inet.h>

#include "link/pg_internal.h"


/* Room for the operator's parameters, ours, and the end. */
#define PARAMETERS_MAX 64


typedef struct {
    const char **keywords;
    const char **values;
    ngx_uint_t count;
    ngx_pool_t *pool;
} pg_parameters_t;


static const char *check_option(const PQconninfoOption *option, bool have_hostaddr);
static bool is_numeric(const char *start, size_t len);
static bool all_numeric(const char *list, bool paths);
static const char *option_value(const PQconninfoOption *options, const char *keyword);
static const char *rotate(ngx_pool_t *pool, const char *list, ngx_uint_t by);
static void set_parameter(pg_parameters_t *list, const char *keyword, const char *value);
static void set_default(pg_parameters_t *list, const char *keyword, const char *value);
static const char *server_options(const shop_pg_conf_t *conf, ngx_uint_t lane, ngx_pool_t *pool,
                                  const char *own);
static bool is_remote(const PQconninfoOption *options);


const char *shop_pg_conninfo_check(const char *conninfo)
{
    PQconninfoOption *options, *option;
    const char *complaint = NULL;
    bool have_hostaddr;

    options = PQconninfoParse(conninfo, NULL);
    if (options == NULL) {
        return "is not a libpq connection string such as "
               "\"host=/run/postgresql dbname=shop user=shop_web\"";
    }

    have_hostaddr = option_value(options, "hostaddr") != NULL;

    for (option = options; option->keyword != NULL && complaint == NULL; option++) {
        if (option->val != NULL) {
            complaint = check_option(option, have_hostaddr);
        }
    }

    PQconninfoFree(options);

    return complaint;
}


static const char *check_option(const PQconninfoOption *option, bool have_hostaddr)
{
    if (strcmp(option->keyword, "host") == 0) {
        if (!have_hostaddr && !all_numeric(option->val, true)) {
            return "names a host: looking it up would block a worker; give a socket directory, a "
                   "numeric address, or hostaddr=<numeric address> beside host=<name>";
        }

    } else if (strcmp(option->keyword, "hostaddr") == 0) {
        if (!all_numeric(option->val, false)) {
            return "has a hostaddr that is not a numeric address";
        }

    } else if (strcmp(option->keyword, "password") == 0) {
        return "contains a password: use passfile=<file> or peer authentication instead";

    } else if (strcmp(option->keyword, "service") == 0) {
        return "uses a service file: write its parameters here instead";
    }

    return NULL;
}


static bool all_numeric(const char *list, bool paths)
{
    const char *end;
    size_t len;

    for (;;) {
        end = strchr(list, ',');
        len = end != NULL ? (size_t) (end - list) : strlen(list);

        if (len > 0 && !(paths && (*list == '/' || *list == '@')) && !is_numeric(list, len)) {
            return false;
        }

        if (end == NULL) {
            return true;
        }

        list = end + 1;
    }
}


static bool is_numeric(const char *start, size_t len)
{
    unsigned char address[sizeof(struct in6_addr)];
    char text[INET6_ADDRSTRLEN];

    if (len >= sizeof(text)) {
        return false;
    }

    ngx_memcpy(text, start, len);
    text[len] = '\0';

    return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}


ngx_int_t shop_pg_parameters(const shop_pg_conf_t *conf, ngx_uint_t rotation, ngx_uint_t lane,
                             ngx_pool_t *pool, const char ***keywords, const char ***values)
{
    PQconninfoOption *options, *option;
    pg_parameters_t list = {NULL, NULL, 0, pool};
    const char *value;
    shop_str_t text;
    u_char *name;

    list.keywords = ngx_pcalloc(pool, PARAMETERS_MAX * sizeof(char *));
    list.values = ngx_pcalloc(pool, PARAMETERS_MAX * sizeof(char *));
    name = ngx_pcalloc(pool, sizeof("shop:") + NGX_INT_T_LEN);
    text = shop_op_copy(pool, conf->conninfo.data, conf->conninfo.len);
    if (list.keywords == NULL || list.values == NULL || name == NULL || text.data == NULL) {
        return NGX_ERROR;
    }

    options = PQconninfoParse((char *) text.data, NULL);
    if (options == NULL) {
        return NGX_ERROR;
    }

    for (option = options; option->keyword != NULL; option++) {
        if (option->val == NULL) {
            continue;
        }

        value = option->val;
        if (ngx_strncmp(option->keyword, "host", 4) == 0 || !strcmp(option->keyword, "port")) {
            value = rotate(pool, value, rotation);
        }

        set_parameter(&list, option->keyword,
                      (char *) shop_op_copy(pool, value, ngx_strlen(value)).data);
    }

    ngx_sprintf(name, "shop:%ui", ngx_worker);
    set_parameter(&list, "application_name", (char *) name);
    set_parameter(&list, "gssencmode", "disable");
    set_parameter(&list, "client_encoding", "UTF8");
    set_parameter(&list, "options",
                  server_options(conf, lane, pool, option_value(options, "options")));
    set_default(&list, "keepalives", "1");
    set_default(&list, "keepalives_idle", "30");
    set_default(&list, "keepalives_interval", "10");
    set_default(&list, "keepalives_count", "3");
    set_default(&list, "tcp_user_timeout", "10000");

    value = option_value(options, "hostaddr");
    if (value == NULL) {
        value = option_value(options, "host");
    }

    if (value != NULL && strchr(value, ',') != NULL) {
        set_default(&list, "target_session_attrs", "read-write");
    }

    if (is_remote(options)) {
        set_default(&list, "sslmode", "verify-full");
    }

    PQconninfoFree(options);

    *keywords = list.keywords;
    *values = list.values;

    return NGX_OK;
}


static const char *option_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++) {
        if (strcmp(options->keyword, keyword) == 0) {
            return options->val;
        }
    }

    return NULL;
}


/* "a,b,c" by 1 is "b,c,a"; a single value stays. */
static const char *rotate(ngx_pool_t *pool, const char *list, ngx_uint_t by)
{
    const char *comma;
    ngx_uint_t parts = 1;
    size_t len = ngx_strlen(list);
    u_char *turned;

    for (comma = strchr(list, ','); comma != NULL; comma = strchr(comma + 1, ',')) {
        parts++;
    }

    by %= parts;
    if (by == 0) {
        return list;
    }

    turned = ngx_pnalloc(pool, len + 1);
    if (turned == NULL) {
        return list;
    }

    for (comma = list; by > 0; by--) {
        comma = strchr(comma, ',') + 1;
    }

    ngx_sprintf(turned, "%s,%*s%Z", comma, (size_t) (comma - list - 1), list);

    return (char *) turned;
}


static void set_parameter(pg_parameters_t *list, const char *keyword, const char *value)
{
    ngx_uint_t i;

    for (i = 0; i < list->count && strcmp(list->keywords[i], keyword) != 0; i++) {
        /* void */
    }

    if (i == PARAMETERS_MAX - 1) {
        return;
    }

    if (i == list->count) {
        list->count++;
        list->keywords[i] = (char *) shop_op_copy(list->pool, keyword, ngx_strlen(keyword)).data;
    }

    list->values[i] = value;
}


static void set_default(pg_parameters_t *list, const char *keyword, const char *value)
{
    ngx_uint_t i;

    for (i = 0; i < list->count; i++) {
        if (strcmp(list->keywords[i], keyword) == 0) {
            return;
        }
    }

    set_parameter(list, keyword, value);
}


static const char *server_options(const shop_pg_conf_t *conf, ngx_uint_t lane, ngx_pool_t *pool,
                                  const char *own)
{
    ngx_msec_t timeout = conf->statement_timeout;
    u_char *text;
    size_t len;

    if (own == NULL) {
        own = "";
    }

    if (lane == SHOP_PG_JOBS) {
        timeout *= 10;
    }

    len = ngx_strlen(own) + sizeof(" -c statement_timeout= -c lock_timeout=") + 2 * NGX_INT_T_LEN;

    text = ngx_pnalloc(pool, len);
    if (text == NULL) {
        return own;
    }

    ngx_sprintf(text, "%s -c statement_timeout=%M -c lock_timeout=%M%Z", own, timeout,
                timeout * 2 / 3);

    return (char *) text;
}


static bool is_remote(const PQconninfoOption *options)
{
    const char *host = option_value(options, "hostaddr");

    if (host == NULL) {
        host = option_value(options, "host");
    }

    return host != NULL && *host != '\0' && *host != '/' && *host != '@' &&
           strncmp(host, "127.", 4) != 0 && strcmp(host, "::1") != 0;
}
