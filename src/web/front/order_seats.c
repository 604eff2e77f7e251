/*
 * GET order/<code>/seats: the places of an order, who has them, and the form that gives the next
 * one (front-office.md 15.3).
 *
 * order (read and judged by order.c) -> its seats -> page.
 */

#include "web/front.h"


/* Of each product, as many seats as SQL gives at a time (sql/53-seats.sql). */
#define SHOP_SEATS_PER_PAGE 50
#define SHOP_SEAT_PAGES 1000


typedef struct {
    shop_refusal_t refusal; /* of the form; key NULL: none */
    int64_t page;
} seats_t;


static ngx_int_t read_seats(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, int64_t page);
static ngx_int_t on_seats(ngx_http_shop_ctx_t *ctx, shop_op_t *op);
static json_t *line_view(ngx_http_shop_ctx_t *ctx, const json_t *line);
static json_t *seat_view(ngx_http_shop_ctx_t *ctx, const json_t *seat);
static shop_str_t text_for(ngx_http_shop_ctx_t *ctx, const char *prefix, shop_str_t name);
static void add_places(ngx_http_shop_ctx_t *ctx, const json_t *line, json_t *places);
static void add_pages(ngx_http_shop_ctx_t *ctx, json_t *data, const json_t *lines, int64_t page);
static shop_str_t page_url(ngx_http_shop_ctx_t *ctx, int64_t page);


ngx_int_t ngx_http_shop_order_seats_show(ngx_http_shop_ctx_t *ctx, json_t *order)
{
    int64_t page = 1;

    (void) order;

    if (ctx->captures[1].len > 0 && (shop_str_to_int(ctx->captures[1], &page) != SHOP_OK ||
                                     page < 1 || page > SHOP_SEAT_PAGES)) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    return read_seats(ctx, (shop_refusal_t){.key = NULL}, page);
}


ngx_int_t ngx_http_shop_order_seats_refused(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal)
{
    return read_seats(ctx, refusal, 1);
}


static ngx_int_t read_seats(ngx_http_shop_ctx_t *ctx, shop_refusal_t refusal, int64_t page)
{
    seats_t *kept = ngx_palloc(ctx->r->pool, sizeof(seats_t));

    if (kept == NULL) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    *kept = (seats_t){refusal, page};
    ctx->state = kept;

    return ngx_http_shop_call(ctx, SHOP_PG_CHANGES, SHOP_SQL_SEATS_READ,
                              json_pack("{s:o, s:o, s:I}", "transid", shop_json_str(ctx->transid),
                                        "shop", shop_json_str(ctx->shop->alias), "page",
                                        (json_int_t) page),
                              on_seats);
}


static ngx_int_t on_seats(ngx_http_shop_ctx_t *ctx, shop_op_t *op)
{
    const seats_t *seats = ctx->state;
    const shop_refusal_t *refusal = &seats->refusal;
    json_t *answer = ngx_http_shop_answer(ctx, op);
    json_t *data = ngx_http_shop_page(ctx, "seats.title");
    json_t *lines = json_array(), *places = json_array(), *line;
    bool wrong = refusal->key != NULL;
    size_t i;

    if (answer == NULL) {
        json_decref(lines);
        json_decref(places);
        return ngx_http_shop_trouble(ctx, op);
    }

    json_array_foreach(json_object_get(answer, "lines"), i, line)
    {
        json_array_append_new(lines, line_view(ctx, line));
        add_places(ctx, line, places);
    }

    if (data == NULL || json_object_set_new(data, "lines", lines) != 0 ||
        json_object_set_new(data, "places", places) != 0) {
        return NGX_HTTP_INTERNAL_SERVER_ERROR;
    }

    if (json_array_size(lines) == 0) {
        return ngx_http_shop_error(ctx, NGX_HTTP_NOT_FOUND);
    }

    json_object_set_new(data, "can_give", json_boolean(json_array_size(places) > 0));
    json_object_set_new(data, "form", ngx_http_shop_person_form(ctx, NULL, refusal));
    add_pages(ctx, data, json_object_get(answer, "lines"), seats->page);
    json_object_set_new(data, "errors", ngx_http_shop_error_list(ctx, refusal, wrong ? 1 : 0));
    shop_json_set_text(data, "give_url", ngx_http_shop_order_url(ctx, "/seats/give"));
    shop_json_set_text(data, "take_url", ngx_http_shop_order_url(ctx, "/seats/take"));
    shop_json_set_text(data, "order_url", ngx_http_shop_order_url(ctx, "/done"));

    return ngx_http_shop_render(ctx, wrong ? NGX_HTTP_UNPROCESSABLE : NGX_HTTP_OK, "seats", data);
}


/* One number for all products: each has its own part of the list on it, as long as it has one. */
static void add_pages(ngx_http_shop_ctx_t *ctx, json_t *data, const json_t *lines, int64_t page)
{
    int64_t pages = 1, own;
    json_t *line;
    size_t i;

    json_array_foreach((json_t *) lines, i, line)
    {
        own = (shop_json_int(line, "given") + SHOP_SEATS_PER_PAGE - 1) / SHOP_SEATS_PER_PAGE;
        pages = own > pages ? own : pages;
    }

    json_object_set_new(data, "many", json_boolean(pages > 1));
    json_object_set_new(data, "at", json_integer(page));
    json_object_set_new(data, "pages", json_integer(pages));

    if (page > 1) {
        shop_json_set_text(data, "previous_url", page_url(ctx, page > pages ? pages : page - 1));
    }

    if (page < pages) {
        shop_json_set_text(data, "next_url", page_url(ctx, page + 1));
    }
}


static shop_str_t page_url(ngx_http_shop_ctx_t *ctx, int64_t page)
{
    shop_str_t path;

    return shop_arena_printf(&ctx->arena, &path, "/seats/%lld%c", (long long) page, '\0') == SHOP_OK
               ? ngx_http_shop_order_url(ctx, (char *) path.data)
               : SHOP_STR("");
}


static json_t *line_view(ngx_http_shop_ctx_t *ctx, const json_t *line)
{
    json_t *seats = json_array(), *seat;
    int64_t open = shop_json_int(line, "free");
    size_t i;

    json_array_foreach(json_object_get(line, "seats"), i, seat)
    {
        json_array_append_new(seats, seat_view(ctx, seat));
    }

    /* the list of a pool's courses is fetched when somebody looks for the first time */
    return json_pack(
        "{s:o, s:I, s:I, s:o, s:b}", "name", shop_json_str(shop_json_text(line, "name")), "total",
        (json_int_t) shop_json_int(line, "total"), "free", (json_int_t) open, "seats", seats,
        "no_course", open > 0 && json_array_size(json_object_get(line, "courses")) == 0);
}


static json_t *seat_view(ngx_http_shop_ctx_t *ctx, const json_t *seat)
{
    shop_str_t state = shop_json_text(seat, "state");
    shop_str_t name = shop_json_text(seat, "name");
    shop_str_t note = shop_json_text(seat, "note");
    shop_str_t end = ngx_http_shop_date(ctx, shop_json_text(seat, "enddate"));
    bool taken =
        shop_str_eq(state, SHOP_STR("assigned")) && !shop_str_eq(note, SHOP_STR("seat_used"));

    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "reference",
                     shop_json_str(shop_json_text(seat, "reference")), "name",
                     shop_json_str(name.len > 0 ? name : ngx_http_shop_text(ctx, "seats.nobody")),
                     "email", shop_json_str(shop_json_text(seat, "email")), "course",
                     shop_json_str(shop_json_text(seat, "course")), "label",
                     shop_json_str(text_for(ctx, "seats.state_", state)), "note",
                     shop_json_str(note.len > 0 ? text_for(ctx, "seats.note_", note) : note), "end",
                     shop_json_str(end), "can_take", taken || shop_json_bool(seat, "cancellable"));
}


static shop_str_t text_for(ngx_http_shop_ctx_t *ctx, const char *prefix, shop_str_t name)
{
    shop_str_t key;

    return shop_arena_printf(&ctx->arena, &key, "%s%.*s", prefix, (int) name.len, name.data) ==
                   SHOP_OK
               ? shop_lang_text(ctx->main->strings, ctx->lang, key)
               : name;
}


/* What can be given: each line with each of its courses. */
static void add_places(ngx_http_shop_ctx_t *ctx, const json_t *line, json_t *places)
{
    shop_str_t chosen = shop_form_text(&ctx->form, "place");
    shop_str_t value, name = shop_json_text(line, "name"), element, title;
    json_t *course;
    size_t i;

    if (shop_json_int(line, "free") == 0) {
        return;
    }

    element = shop_json_text(line, "element");

    json_array_foreach(json_object_get(line, "courses"), i, course)
    {
        title = shop_json_text(course, "name");

        if (shop_arena_printf(&ctx->arena, &value, "%lld-%lld-%.*s",
                              (long long) shop_json_int(line, "line"),
                              (long long) shop_json_int(course, "id"), (int) element.len,
                              element.data) != SHOP_OK) {
            return;
        }

        json_array_append_new(places,
                              json_pack("{s:o, s:o, s:o, s:b}", "value", shop_json_str(value),
                                        "name", shop_json_str(name), "course", shop_json_str(title),
                                        "selected", shop_str_eq(chosen, value)));
    }
}
