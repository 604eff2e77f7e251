/*
 * Order parameters: the questions that products ask, once per unit (front-office.md 6).
 */

#include "web/front.h"


#define SHOP_ERRORS_MAX 64


typedef struct {
    shop_refusal_t errors[SHOP_ERRORS_MAX];
    size_t count;
    json_t *list; /* what is wrong, in the order of the page */
} answers_t;


static ngx_int_t on_checked(ngx_http_shop_ctx_t *ctx);
static ngx_int_t page(ngx_http_shop_ctx_t *ctx);
static json_t *unit_view(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit, size_t units);
static json_t *field_view(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit,
                          const shop_field_t *field);
static shop_str_t typed(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit,
                        const shop_field_t *field, shop_str_t name);
static void add_error(ngx_http_shop_ctx_t *ctx, json_t *view, const shop_field_t *field,
                      shop_str_t name);
static void add_options(const shop_field_t *field, shop_str_t value, json_t *view);
static void add_attributes(const shop_field_t *field, json_t *view);
static shop_str_t input_id(ngx_http_shop_ctx_t *ctx, shop_str_t name);


ngx_int_t ngx_http_shop_step_purchaserequ(ngx_http_shop_ctx_t *ctx)
{
    ctx->state = ngx_pcalloc(ctx->r->pool, sizeof(answers_t));

    return ctx->state != NULL ? page(ctx) : NGX_HTTP_INTERNAL_SERVER_ERROR;
}


/* Good answers are kept whatever becomes of the others. */
ngx_int_t ngx_http_shop_step_purchaserequ_submit(ngx_http_shop_ctx_t *ctx)
{
    answers_t *answers = ngx_pcalloc(ctx->r->pool, sizeof(answers_t));
    shop_where_t where = ngx_http_shop_where(ctx);

    if (answers == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ctx->state = answers;
    answers->count = shop_required_collect(&ctx->arena, ctx->cart, &where, &ctx->form,
                                           answers->errors, SHOP_ERRORS_MAX);
    answers->count = ngx_min(answers->count, SHOP_ERRORS_MAX);
    ngx_http_shop_cart_touch(ctx);

    return answers->count == 0 ? ngx_http_shop_hosts_check(ctx, on_checked) : on_checked(ctx);
}


static ngx_int_t on_checked(ngx_http_shop_ctx_t *ctx)
{
    answers_t *answers = ctx->state;

    if (answers->count == 0) {
        return ngx_http_shop_step_forward(ctx, SHOP_STEP_PURCHASEREQU);
    }

    ngx_http_shop_count(SHOP_COUNT_REFUSED);

    return ngx_http_shop_session_save(ctx, page);
}


void ngx_http_shop_answer_refused(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    answers_t *answers = ctx->state;

    if (answers->count < SHOP_ERRORS_MAX) {
        answers->errors[answers->count++] = refusal;
    }
}


static ngx_int_t page(ngx_http_shop_ctx_t *ctx)
{
    answers_t *answers = ctx->state;
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_form_unit_t *units;
    json_t *data, *list = json_array();
    size_t count, i;

    data = ngx_http_shop_step_page(ctx, SHOP_STEP_PURCHASEREQU);
    answers->list = json_array();

    if (data == NULL || json_object_set_new(data, "units", list) != 0 ||
        json_object_set_new(data, "errors", answers->list) != 0 ||
        shop_required_units(&ctx->arena, ctx->cart, &where, &units, &count) != SHOP_OK) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    for (i = 0; i < count; i++) {
        json_array_append_new(list, unit_view(ctx, &units[i], count));
    }

    return ngx_http_shop_render(ctx, answers->count > 0 ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK,
                                "purchaserequ", data);
}


static json_t *unit_view(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit, size_t units)
{
    const shop_field_t *field;
    json_t *fields = json_array();
    shop_str_t subtitle = SHOP_STR("");
    size_t i;

    for (i = 0; i < unit->owner->field_count; i++) {
        field = &unit->owner->fields[ctx->lang->index][i];
        json_array_append_new(fields, field_view(ctx, unit, field));
    }

    if (units > 1) {
        subtitle = ngx_http_shop_text_with(
            ctx, unit->owner != unit->line ? "purchaserequ.element" : "purchaserequ.unit",
            json_pack("{s:I, s:o}", "n", (json_int_t) unit->unit + 1, "name",
                      shop_json_str(unit->owner->text[ctx->lang->index].name)));
    }

    return json_pack("{s:o, s:o, s:o}", "title",
                     shop_json_str(unit->line->text[ctx->lang->index].name), "subtitle",
                     shop_json_str(subtitle), "fields", fields);
}


static json_t *field_view(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit,
                          const shop_field_t *field)
{
    static const char *const flags[] = {"is_text", "is_textarea", "is_checkbox", "is_select"};
    shop_str_t name, value;
    json_t *view;

    if (shop_required_name(&ctx->arena, unit, field, &name) != SHOP_OK) {
        return NULL;
    }

    value = typed(ctx, unit, field, name);
    view = json_pack("{s:o, s:o, s:o, s:o, s:o, s:b, s:I, s:b}", "id",
                     shop_json_str(input_id(ctx, name)), "name", shop_json_str(name), "label",
                     shop_json_str(field->label), "desc", shop_json_str(field->desc), "value",
                     shop_json_str(value), "required", field->required, "maxlength",
                     (json_int_t) field->max_length, flags[field->type], 1);

    if (view == NULL) {
        return NULL;
    }

    json_object_set_new(view, "checked",
                        json_boolean(value.len > 0 && !shop_str_eq(value, SHOP_STR("0"))));
    add_options(field, value, view);
    add_attributes(field, view);
    add_error(ctx, view, field, name);

    return view;
}


/* Beside the field, and at the head of the page with the question that it is about. */
static void add_error(ngx_http_shop_ctx_t *ctx, json_t *view, const shop_field_t *field,
                      shop_str_t name)
{
    answers_t *answers = ctx->state;
    const shop_refusal_t *error;
    shop_str_t why, text;

    error = ngx_http_shop_error_of(answers->errors, answers->count,
                                   shop_arena_cstring(&ctx->arena, name));
    if (error == NULL) {
        return;
    }

    why = ngx_http_shop_refusal(ctx, error);
    text = ngx_http_shop_text_with(
        ctx, "purchaserequ.error",
        json_pack("{s:o, s:o}", "field", shop_json_str(field->label), "why", shop_json_str(why)));
    shop_json_set_text(view, "error", why);
    json_array_append_new(answers->list,
                          json_pack("{s:o, s:o}", "id", shop_json_str(input_id(ctx, name)), "text",
                                    shop_json_str(text)));
}


/* What was typed is shown again, also when it was wrong. */
static shop_str_t typed(ngx_http_shop_ctx_t *ctx, const shop_form_unit_t *unit,
                        const shop_field_t *field, shop_str_t name)
{
    const shop_str_t *value = shop_form_find(&ctx->form, name);

    return value != NULL ? *value : shop_required_value(ctx->cart, unit, field);
}


static void add_options(const shop_field_t *field, shop_str_t value, json_t *view)
{
    json_t *options = json_array();
    size_t i;

    for (i = 0; i < field->option_count; i++) {
        json_array_append_new(options, json_pack("{s:o, s:o, s:b}", "value",
                                                 shop_json_str(field->options[i].value), "label",
                                                 shop_json_str(field->options[i].label), "selected",
                                                 shop_str_eq(field->options[i].value, value)));
    }

    json_object_set_new(view, "options", options);
}


static void add_attributes(const shop_field_t *field, json_t *view)
{
    json_t *attributes = json_array();
    const char *name;
    json_t *value;

    json_object_foreach((json_t *) field->attrs, name, value)
    {
        json_array_append_new(attributes, json_pack("{s:s, s:O}", "name", name, "value", value));
    }

    json_object_set_new(view, "attrs", attributes);
}


/* "course_space/fullname0" as an identifier that a link can name. */
static shop_str_t input_id(ngx_http_shop_ctx_t *ctx, shop_str_t name)
{
    shop_str_t id;
    size_t i;

    if (shop_arena_copy(&ctx->arena, name, &id) != SHOP_OK) {
        return SHOP_STR("");
    }

    for (i = 0; i < id.len; i++) {
        if (id.data[i] == '/') {
            id.data[i] = '-';
        }
    }

    return id;
}
