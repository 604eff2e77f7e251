/*
 * POST order/<code>/seats/give and /take: a place is given to a person, or taken back. Both are
 * jobs: the page that follows says that they are on their way.
 */

#include "web/front.h"


static ngx_int_t give(ngx_http_shop_ctx_t *ctx);
static ngx_int_t take(ngx_http_shop_ctx_t *ctx);
static bool read_place(ngx_http_shop_ctx_t *ctx, json_t *argument);
static ngx_int_t on_given(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static ngx_int_t back(ngx_http_shop_ctx_t *ctx, const char *kind, const char *key);


ngx_int_t ngx_http_shop_order_seat_change(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    (void) order;

    if (shop_str_eq(ctx->captures[1], SHOP_STR("give"))) {
        return give(ctx);
    }

    return shop_str_eq(ctx->captures[1], SHOP_STR("take"))
               ? take(ctx)
               : ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
}


static ngx_int_t give(ngx_http_shop_ctx_t *ctx)
{
    shop_where_t where = ngx_http_shop_where(ctx);
    shop_participant_t person;
    shop_refusal_t refusal = shop_person_read(&ctx->arena, &where, &ctx->form, &person);
    json_t *argument;

    if (refusal.key != NULL) {
        ngx_http_shop_count(SHOP_COUNT_REFUSED);
        return ngx_http_shop_order_seats_refused(ctx, refusal);
    }

    argument =
        json_pack("{s:o, s:o, s:s, s:{s:o, s:o, s:o, s:o, s:o}}", "transid",
                  shop_json_str(ctx->transid), "shop", shop_json_str(ctx->shop->alias), "actor",
                  "buyer", "person", "firstname", shop_json_str(person.firstname), "lastname",
                  shop_json_str(person.lastname), "email", shop_json_str(person.email), "phone",
                  shop_json_str(person.phone), "institution", shop_json_str(person.institution));

    if (argument != NULL && !read_place(ctx, argument)) {
        json_decref(argument);
        return back(ctx, "danger", "seats.none_left");
    }

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_SEAT_ASSIGN, argument, on_given);
}


/* "line-course-element", as the page has it. */
static bool read_place(ngx_http_shop_ctx_t *ctx, json_t *argument)
{
    shop_str_t rest = shop_form_text(&ctx->form, "place"), part;
    int64_t line, course;

    if (!shop_str_split(&rest, '-', &part) || shop_str_to_int(part, &line) != SHOP_OK ||
        !shop_str_split(&rest, '-', &part) || shop_str_to_int(part, &course) != SHOP_OK) {
        return false;
    }

    return json_object_set_new(argument, "line", json_integer(line)) == 0 &&
           json_object_set_new(argument, "course", json_integer(course)) == 0 &&
           shop_json_set_text(argument, "element", rest);
}


static ngx_int_t on_given(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);
    shop_str_t verdict = shop_json_text(answer, "verdict");

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    if (shop_str_eq(verdict, SHOP_STR("ok"))) {
        return back(ctx, "success", "seats.given");
    }

    return shop_str_eq(verdict, SHOP_STR("exists")) ? back(ctx, "info", "seats.has_one")
                                                    : back(ctx, "danger", "seats.none_left");
}


static ngx_int_t take(ngx_http_shop_ctx_t *ctx)
{
    return ngx_http_shop_call(
        ctx, SHOP_PG_CHANGES, SHOP_SQL_SEAT_RELEASE,
        json_pack("{s:o, s:o, s:o, s:s}", "transid", shop_json_str(ctx->transid), "shop",
                  shop_json_str(ctx->shop->alias), "reference",
                  shop_json_str(shop_form_text(&ctx->form, "reference")), "actor", "buyer"),
        on_taken);
}


static ngx_int_t on_taken(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    json_t *answer = ngx_http_shop_answer(ctx, op);

    if (answer == NULL) {
        return ngx_http_shop_trouble(ctx, op);
    }

    return shop_str_eq(shop_json_text(answer, "verdict"), SHOP_STR("refused"))
               ? back(ctx, "danger", "seats.not_taken")
               : back(ctx, "success", "seats.taken");
}


static ngx_int_t back(ngx_http_shop_ctx_t *ctx, const char *kind, const char *key)
{
    shop_str_t url = ngx_http_shop_order_url(ctx, "/seats");
    size_t prefix = ctx->loc->prefix.len;

    if (url.len < prefix) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    ngx_http_shop_flash(ctx, kind, ngx_http_shop_text(ctx, key));

    return ngx_http_shop_save_and_go(ctx, (shop_str_t){url.len - prefix, url.data + prefix});
}
