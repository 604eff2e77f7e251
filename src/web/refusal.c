/*
 * What the rules refuse, in words; and the inputs of forms with what is wrong with them.
 */

#include "web/front.h"


shop_str_t ngx_http_shop_refusal(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *refusal)
{
    shop_str_t key;

    if (shop_arena_printf(&ctx->arena, &key, "%s.%s",
                          refusal->why != NULL ? "unavailable" : "refusal",
                          refusal->why != NULL ? refusal->why : refusal->key) != SHOP_OK) {
        return SHOP_STR("");
    }

    return ngx_http_shop_text_with(ctx, (char *) key.data,
                                   json_pack("{s:I, s:o}", "n", (json_int_t) refusal->n, "name",
                                             shop_json_str(refusal->name)));
}


const shop_refusal_t *ngx_http_shop_error_of(const shop_refusal_t *errors, size_t count,
                                             const char *field)
{
    size_t i;

    for (i = 0; i < count; i++) {
        if (errors[i].field != NULL && ngx_strcmp(errors[i].field, field) == 0) {
            return &errors[i];
        }
    }

    return NULL;
}


json_t *ngx_http_shop_field(ngx_http_shop_ctx_t *ctx, const ngx_http_shop_input_t *input,
                            shop_str_t value, const shop_refusal_t *errors, size_t error_count)
{
    const shop_refusal_t *error = ngx_http_shop_error_of(errors, error_count, input->name);
    json_t *field;

    field = json_pack("{s:s, s:s, s:o, s:o, s:b, s:s, s:s}", "id", input->name, "name", input->name,
                      "label", shop_json_str(ngx_http_shop_text(ctx, input->label)), "value",
                      shop_json_str(value), "required", input->required, "type",
                      input->type != NULL ? input->type : "text", "autocomplete",
                      input->autocomplete != NULL ? input->autocomplete : "off");

    if (field == NULL) {
        return NULL;
    }

    json_object_set_new(field, "maxlength", json_integer((json_int_t) input->maxlength));

    if (error != NULL) {
        shop_json_set_text(field, "error", ngx_http_shop_refusal(ctx, error));
    }

    return field;
}


json_t *ngx_http_shop_error_list(ngx_http_shop_ctx_t *ctx, const shop_refusal_t *errors,
                                 size_t count)
{
    json_t *list = json_array();
    size_t i;

    for (i = 0; i < count; i++) {
        json_array_append_new(
            list, json_pack("{s:s, s:o}", "id", errors[i].field != NULL ? errors[i].field : "main",
                            "text", shop_json_str(ngx_http_shop_refusal(ctx, &errors[i]))));
    }

    return list;
}
