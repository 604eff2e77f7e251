/*
 * The registry of product handlers: a new one is a file of its own and one line here.
 */

#include "produce/produce_internal.h"

static const shop_handler_t *const handlers[] = {
    &shop_handler_none,
    &shop_handler_enrolonecourse,
    &shop_handler_enrolonecoursemultiple,
    &shop_handler_assignroleoncontext,
    &shop_handler_extendenrolperiod,
    &shop_handler_prorogate,
    &shop_handler_addquizattempts,
    &shop_handler_setuponecoursesession,
    &shop_handler_generateseats,
    &shop_handler_addtrainingcredits,
    &shop_handler_registeredproduct,
    &shop_handler_createcategory,
    &shop_handler_createcourse,
    &shop_handler_openltiaccess,
    &shop_handler_createvinstance,
    &shop_handler_unlockpdcertificate,
};


const shop_handler_t *const *shop_handlers(size_t *count)
{
    *count = sizeof(handlers) / sizeof(handlers[0]);
    return handlers;
}


const shop_handler_t *shop_handler_find(shop_str_t name)
{
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (shop_str_eq(shop_str(handlers[i]->name), name)) {
            return handlers[i];
        }
    }
    return NULL;
}


json_t *shop_mode_params(void)
{
    json_t *list = json_array();

    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        const shop_modes_t *modes = &handlers[i]->modes;
        shop_str_t values = shop_str(modes->values != NULL ? modes->values : "");
        shop_str_t usual;

        if (modes->param != NULL && shop_str_split(&values, ' ', &usual)) {
            json_array_append_new(list,
                                  json_pack("{s:s, s:s, s:o}", "handler", handlers[i]->name,
                                            "param", modes->param, "mode", shop_json_str(usual)));
        }
    }
    return list;
}
