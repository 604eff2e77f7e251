/*
 * The role map: Moodle's REST API has no list of roles, so that their ids are configured
 * (handlers.md 7.2).
 */

#include "produce/produce_internal.h"

#define ROLE(text, number)                                                                         \
    {                                                                                              \
        {sizeof(text) - 1, (unsigned char *) (text)}, number                                       \
    }

const shop_role_t shop_roles_default[5] = {
    ROLE("manager", 1), ROLE("coursecreator", 2), ROLE("editingteacher", 3),
    ROLE("teacher", 4), ROLE("student", 5),
};


int64_t shop_role_find(const shop_site_t *site, shop_str_t name)
{
    for (size_t i = 0; i < site->role_count; i++) {
        if (shop_str_eq(site->roles[i].name, name)) {
            return site->roles[i].id;
        }
    }
    return 0;
}


json_t *shop_role_params(void)
{
    size_t count;
    const shop_handler_t *const *handlers = shop_handlers(&count);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++) {
        for (const shop_param_t *param = handlers[i]->params; param != NULL && param->name != NULL;
             param++) {
            if (param->type == SHOP_PARAM_ROLE) {
                json_array_append_new(list,
                                      json_pack("{s:s, s:s, s:s?}", "handler", handlers[i]->name,
                                                "param", param->name, "role", param->fallback));
            }
        }
    }
    return list;
}


json_t *shop_assignment(const char *list, const json_t *facts)
{
    return json_pack("{s:[{s:I, s:I, s:O?, s:I}]}", list, "roleid",
                     (json_int_t) shop_json_int(facts, "roleid"), "userid",
                     (json_int_t) shop_json_int(facts, "userid"), "contextlevel",
                     json_object_get(facts, "level"), "instanceid",
                     (json_int_t) shop_json_int(facts, "instanceid"));
}
