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
    ngx_uint_t failed; /* no memory, or more than fit */
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
static void set_given(pg_parameters_t *list, const PQconninfoOption *option, ngx_uint_t rotation);
static void set_ours(pg_parameters_t *list, const shop_pg_conf_t *conf, ngx_uint_t lane,
                     const char *options);
static void set_safe(pg_parameters_t *list, const PQconninfoOption *options);
static bool is_remote(const char *hosts);


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
    PQconninfoOption *options;
    pg_parameters_t list = {NULL, NULL, 0, 0, pool};
    shop_str_t text;

    list.keywords = ngx_pcalloc(pool, PARAMETERS_MAX * sizeof(char *));
    list.values = ngx_pcalloc(pool, PARAMETERS_MAX * sizeof(char *));
    text = shop_op_copy(pool, conf->conninfo.data, conf->conninfo.len);
    if (list.keywords == NULL || list.values == NULL || text.data == NULL) {
        return NGX_ERROR;
    }

    options = PQconninfoParse((char *) text.data, NULL);
    if (options == NULL) {
        return NGX_ERROR;
    }

    set_given(&list, options, rotation);
    set_ours(&list, conf, lane, option_value(options, "options"));
    set_safe(&list, options);
    PQconninfoFree(options);

    *keywords = list.keywords;
    *values = list.values;

    return list.failed ? NGX_ERROR : NGX_OK;
}


/* What the operator has given; another host comes first each time an attempt got no answer. */
static void set_given(pg_parameters_t *list, const PQconninfoOption *option, ngx_uint_t rotation)
{
    const char *value;

    for (/* void */; option->keyword != NULL; option++) {
        if (option->val == NULL) {
            continue;
        }

        value = option->val;
        if (strncmp(option->keyword, "host", 4) == 0 || strcmp(option->keyword, "port") == 0) {
            value = rotate(list->pool, value, rotation);
        }

        set_parameter(list, option->keyword, value);
    }
}


/* What this module insists on. */
static void set_ours(pg_parameters_t *list, const shop_pg_conf_t *conf, ngx_uint_t lane,
                     const char *options)
{
    u_char name[sizeof("shop:") + NGX_INT_T_LEN];

    ngx_sprintf(name, "shop:%ui%Z", ngx_worker);
    set_parameter(list, "application_name", (char *) name);
    set_parameter(list, "gssencmode", "disable");
    set_parameter(list, "client_encoding", "UTF8");
    set_parameter(list, "options", server_options(conf, lane, list->pool, options));
}


/* What is wise when the operator says nothing. */
static void set_safe(pg_parameters_t *list, const PQconninfoOption *options)
{
    const char *host = option_value(options, "hostaddr");

    if (host == NULL) {
        host = option_value(options, "host");
    }

    set_default(list, "keepalives", "1");
    set_default(list, "keepalives_idle", "30");
    set_default(list, "keepalives_interval", "10");
    set_default(list, "keepalives_count", "3");
    set_default(list, "tcp_user_timeout", "10000");

    if (host != NULL && strchr(host, ',') != NULL) {
        set_default(list, "target_session_attrs", "read-write");
    }

    if (host != NULL && is_remote(host)) {
        set_default(list, "sslmode", "verify-full");
    }
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
        return NULL;
    }

    for (comma = list; by > 0; by--) {
        comma = strchr(comma, ',') + 1;
    }

    ngx_sprintf(turned, "%s,%*s%Z", comma, (size_t) (comma - list - 1), list);

    return (char *) turned;
}


static void set_parameter(pg_parameters_t *list, const char *keyword, const char *value)
{
    ngx_pool_t *pool = list->pool;
    ngx_uint_t i;

    for (i = 0; i < list->count && strcmp(list->keywords[i], keyword) != 0; i++) {
        /* void */
    }

    if (i == PARAMETERS_MAX - 1 || value == NULL) {
        list->failed = 1;
        return;
    }

    if (i == list->count) {
        list->keywords[i] = (char *) shop_op_copy(pool, keyword, ngx_strlen(keyword)).data;
        if (list->keywords[i] == NULL) {
            list->failed = 1;
            return;
        }

        list->count++;
    }

    list->values[i] = (char *) shop_op_copy(pool, value, ngx_strlen(value)).data;
    list->failed |= list->values[i] == NULL;
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
        return NULL;
    }

    ngx_sprintf(text, "%s -c statement_timeout=%M -c lock_timeout=%M%Z", own, timeout,
                timeout * 2 / 3);

    return (char *) text;
}


/* One of them is enough: the password and the data of customers may go there. */
static bool is_remote(const char *hosts)
{
    size_t len;

    for (;;) {
        len = strcspn(hosts, ",");

        if (len > 0 && *hosts != '/' && *hosts != '@' && strncmp(hosts, "127.", 4) != 0 &&
            (len != 3 || strncmp(hosts, "::1", 3) != 0)) {
            return true;
        }

        if (hosts[len] == '\0') {
            return false;
        }

        hosts += len + 1;
    }
}
