/*
 * Turns a `shop_payment <name> { ... }` block into a configuration, or into one sentence that says
 * what to mend.
 *
 * Runs while nginx reads its configuration. Values of files and other secrets never appear in a
 * message: error logs and terminals are read by more people than key files.
 */

#include "pay/pay_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_BYTES 32


shop_status_t shop_pay_refuse(shop_arena_t *arena, shop_str_t *error, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    int len = vsnprintf(text, sizeof(text), format, args);
    va_end(args);

    if (len < 0) {
        return SHOP_BUG;
    }

    if (shop_arena_copy(arena, shop_str(text), error) != SHOP_OK) {
        return SHOP_NO_MEMORY;
    }

    return SHOP_REFUSED;
}


static size_t param_index(const shop_pay_interface_t *interface, shop_str_t name)
{
    size_t i = 0;

    while (interface->params[i].name != NULL &&
           !shop_str_eq(name, shop_str(interface->params[i].name))) {
        i++;
    }

    return i;
}


const shop_pay_param_t *shop_pay_param_find(const shop_pay_interface_t *interface, shop_str_t name)
{
    const shop_pay_param_t *param = &interface->params[param_index(interface, name)];

    return param->name != NULL ? param : NULL;
}


shop_str_t shop_pay_value(const shop_pay_config_t *config, const char *name)
{
    size_t i = param_index(config->interface, shop_str(name));

    return config->interface->params[i].name != NULL ? config->values[i] : SHOP_STR_NULL;
}


shop_status_t shop_pay_check_https(shop_arena_t *arena, const shop_pay_config_t *config,
                                   const char *const *names, shop_str_t *error)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        shop_str_t url = shop_pay_value(config, names[i]);

        if (config->mode == SHOP_PAY_LIVE && url.len > 0 &&
            !shop_str_starts(url, SHOP_STR("https://"))) {
            return shop_pay_refuse(arena, error,
                                   "\"%s\" is not encrypted: write an https address, or write "
                                   "\"mode test\"",
                                   names[i]);
        }
    }

    return SHOP_OK;
}


static bool name_valid(shop_str_t name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

    for (size_t i = 0; i < name.len; i++) {
        if (memchr(allowed, name.data[i], sizeof(allowed) - 1) == NULL) {
            return false;
        }
    }

    return name.len > 0 && name.len <= NAME_MAX_BYTES;
}


static shop_status_t refuse_unknown(shop_arena_t *arena, const shop_pay_interface_t *interface,
                                    shop_str_t name, shop_str_t *error)
{
    shop_buf_t known;

    shop_buf_init(&known, arena, 0);
    for (const shop_pay_param_t *p = interface->params; p->name != NULL; p++) {
        shop_buf_add_char(&known, ' ');
        shop_buf_add(&known, shop_str(p->name));
    }
    if (known.status != SHOP_OK) {
        return known.status;
    }

    if (known.len == 0) {
        return shop_pay_refuse(arena, error,
                               "interface \"%s\" takes no parameters: remove \"%.*s\"",
                               interface->name, (int) name.len, (const char *) name.data);
    }

    return shop_pay_refuse(
        arena, error, "interface \"%s\" has no parameter \"%.*s\": use one of%.*s", interface->name,
        (int) name.len, (const char *) name.data, (int) known.len, (const char *) known.data);
}


static shop_status_t refuse_value(shop_arena_t *arena, const shop_pay_param_t *param,
                                  shop_str_t value, shop_str_t *error)
{
    if (param->flags & SHOP_PAY_PARAM_FILE) {
        return shop_pay_refuse(arena, error, "the file of \"%s\" is not right: it must hold %s",
                               param->name, param->form);
    }

    if (param->flags & SHOP_PAY_PARAM_SECRET) {
        return shop_pay_refuse(arena, error, "the value of \"%s\" is not right: write %s",
                               param->name, param->form);
    }

    return shop_pay_refuse(arena, error, "\"%s %.*s\" is not right: write %s", param->name,
                           (int) value.len, (const char *) value.data, param->form);
}


/* What the block does not say: missing, or its initial value. */
static shop_status_t take_defaults(shop_arena_t *arena, const bool *given,
                                   shop_pay_config_t *config, shop_str_t *error)
{
    for (size_t i = 0; config->interface->params[i].name != NULL; i++) {
        const shop_pay_param_t *param = &config->interface->params[i];

        if (!given[i] && (param->flags & SHOP_PAY_PARAM_REQUIRED)) {
            return shop_pay_refuse(arena, error, "\"%s\" is missing: add \"%s <%s>;\"", param->name,
                                   param->name, param->form);
        }
        if (!given[i] && param->initial != NULL) {
            config->values[i] = shop_str(param->initial);
        }
    }

    return SHOP_OK;
}


/* Every line of the block has its parameter, once, with a right value. */
static shop_status_t take_settings(shop_arena_t *arena, const shop_pay_block_t *block,
                                   shop_pay_config_t *config, shop_str_t *error)
{
    bool given[SHOP_PAY_PARAMS_MAX] = {false};

    for (size_t i = 0; i < block->count; i++) {
        const shop_pay_setting_t *setting = &block->settings[i];
        size_t index = param_index(config->interface, setting->name);
        const shop_pay_param_t *param = &config->interface->params[index];

        if (param->name == NULL) {
            return refuse_unknown(arena, config->interface, setting->name, error);
        }
        if (given[index]) {
            return shop_pay_refuse(arena, error, "\"%s\" stands twice: remove one", param->name);
        }
        given[index] = true;

        shop_str_t value = setting->value;
        bool wanted = (param->flags & SHOP_PAY_PARAM_REQUIRED) || value.len > 0;
        if (wanted && (value.len == 0 || !param->valid(value))) {
            return refuse_value(arena, param, value, error);
        }

        shop_status_t status = shop_arena_copy(arena, value, &config->values[index]);
        if (status != SHOP_OK) {
            return status;
        }
    }

    return take_defaults(arena, given, config, error);
}


/* Money on line needs the word; the other kinds have no test side, `test` has no live side. */
static shop_status_t take_mode(shop_arena_t *arena, const shop_pay_block_t *block,
                               shop_pay_config_t *config, shop_str_t *error)
{
    if (shop_str_eq(block->mode, SHOP_STR("test"))) {
        config->mode = SHOP_PAY_TEST;
        return SHOP_OK;
    }

    if (shop_str_eq(block->mode, SHOP_STR("live"))) {
        config->mode = SHOP_PAY_LIVE;
        return SHOP_OK;
    }

    if (block->mode.len > 0) {
        return shop_pay_refuse(arena, error, "\"mode %.*s\" is not right: write test or live",
                               (int) block->mode.len, (const char *) block->mode.data);
    }

    if (config->interface->kind == SHOP_PAY_INSTANT) {
        return shop_pay_refuse(arena, error,
                               "\"mode\" is missing: add \"mode test;\" or \"mode live;\"");
    }

    config->mode = config->interface == &shop_pay_test ? SHOP_PAY_TEST : SHOP_PAY_LIVE;
    return SHOP_OK;
}


static shop_status_t refuse_interface(shop_arena_t *arena, shop_str_t name, shop_str_t *error)
{
    if (name.len == 0) {
        return shop_pay_refuse(arena, error,
                               "\"interface\" is missing: add \"interface systempay;\" or another");
    }

    shop_buf_t known;
    shop_buf_init(&known, arena, 0);
    for (size_t i = 0; shop_pay_at(i) != NULL; i++) {
        shop_buf_add_char(&known, ' ');
        shop_buf_add(&known, shop_str(shop_pay_at(i)->name));
    }
    if (known.status != SHOP_OK) {
        return known.status;
    }

    return shop_pay_refuse(arena, error, "interface \"%.*s\" is not known: use one of%.*s",
                           (int) name.len, (const char *) name.data, (int) known.len,
                           (const char *) known.data);
}


shop_status_t shop_pay_configure(shop_arena_t *arena, const shop_pay_block_t *block,
                                 shop_pay_config_t **config, shop_str_t *error)
{
    if (!name_valid(block->name)) {
        return shop_pay_refuse(
            arena, error, "the name \"%.*s\" is not right: write 1 to %d of a-z 0-9 _ -",
            (int) block->name.len, (const char *) block->name.data, NAME_MAX_BYTES);
    }

    const shop_pay_interface_t *interface = shop_pay_find(block->interface);
    if (interface == NULL) {
        return refuse_interface(arena, block->interface, error);
    }

    shop_pay_config_t *made = shop_arena_calloc(arena, sizeof(*made));
    if (made == NULL) {
        return SHOP_NO_MEMORY;
    }
    made->interface = interface;

    shop_status_t status = shop_arena_copy(arena, block->name, &made->name);
    if (status == SHOP_OK) {
        status = take_mode(arena, block, made, error);
    }
    if (status == SHOP_OK) {
        status = take_settings(arena, block, made, error);
    }
    if (status == SHOP_OK && interface->prepare != NULL) {
        status = interface->prepare(arena, made, error);
    }
    if (status == SHOP_OK) {
        *config = made;
    }

    return status;
}
