/*
 * JSON written without a tree: the same bytes as the library makes of the same values.
 */

#include "tap.h"

#define ROUNDS 2000


static uint64_t seed = 1;


static unsigned any(unsigned limit)
{
    seed = seed * 6364136223846793005U + 1442695040888963407U;

    return (unsigned) (seed >> 33) % limit;
}


/* Everything that is escaped, and characters of each length. */
static shop_str_t any_text(shop_arena_t *arena)
{
    static const char *const characters[] = {"a",  "\"", "\\",     "/",    "\b",        "\f",
                                             "\n", "\r", "\t",     "\x01", "\x1f",      "\x7f",
                                             " ",  "é",  "\u2028", "€",    "\U0001F600"};
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);

    for (unsigned length = any(12); length > 0; length--) {
        shop_buf_add(&buf, shop_str(characters[any(sizeof(characters) / sizeof(*characters))]));
    }

    return shop_buf_str(&buf);
}


static void both_texts(shop_arena_t *arena, shop_json_out_t *out, json_t *list)
{
    const shop_str_t text = any_text(arena);

    shop_json_out_text(out, text);
    json_array_append_new(list, shop_json_str(text));
}


static void both_numbers(shop_json_out_t *out, json_t *list)
{
    static const int64_t ends[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    const int64_t number = any(2) == 0 ? ends[any(5)] : (int64_t) seed;

    shop_json_out_int(out, number);
    json_array_append_new(list, json_integer((json_int_t) number));
}


/* The same list twice, deeper and deeper. */
static void both_lists(shop_arena_t *arena, shop_json_out_t *out, json_t *list, unsigned depth)
{
    for (unsigned count = any(5); count > 0; count--) {
        json_t *inner, *holder;

        switch (any(4)) {
        case 0:
            both_texts(arena, out, list);
            break;

        case 1:
            both_numbers(out, list);
            break;

        case 2:
            shop_json_out_true(out);
            json_array_append_new(list, json_true());
            break;

        default:
            inner = json_array();
            holder = json_object();
            shop_json_out_open(out, '{');
            shop_json_out_name(out, "in");
            shop_json_out_open(out, '[');

            if (depth > 0) {
                both_lists(arena, out, inner, depth - 1);
            }

            shop_json_out_close(out, ']');
            shop_json_out_name(out, "n");
            shop_json_out_int(out, depth);
            shop_json_out_close(out, '}');
            json_object_set_new(holder, "in", inner);
            json_object_set_new(holder, "n", json_integer(depth));
            json_array_append_new(list, holder);
        }
    }
}


static void check_same(void)
{
    bool same = true;
    size_t longest = 0;

    for (int i = 0; i < ROUNDS && same; i++) {
        shop_heap_t *heap = shop_heap_create(-1);
        shop_arena_t *arena = shop_heap_arena(heap);
        shop_buf_t buf;
        shop_json_out_t out = {&buf, false};
        json_t *list = json_array();
        shop_str_t wanted = SHOP_STR("");

        shop_buf_init(&buf, arena, 0);
        shop_json_out_open(&out, '[');
        both_lists(arena, &out, list, 3);
        shop_json_out_close(&out, ']');
        same = buf.status == SHOP_OK && shop_json_dump(arena, list, &wanted) == SHOP_OK &&
               shop_str_eq(shop_buf_str(&buf), wanted);
        longest = wanted.len > longest ? wanted.len : longest;

        json_decref(list);
        shop_heap_destroy(heap);
    }

    ok(same, "the library writes the same");
    ok(longest > 100, "of documents that hold something");
}


static void check_refused(shop_arena_t *arena)
{
    static const shop_str_t bad[] = {SHOP_STR("a\xff"), SHOP_STR("\xed\xa0\x80"),
                                     SHOP_STR("\xc0\x80"), SHOP_STR("\xe2\x82"), SHOP_STR("a\0b")};

    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        shop_buf_t buf;
        shop_json_out_t out = {&buf, false};

        shop_buf_init(&buf, arena, 0);
        shop_json_out_text(&out, bad[i]);
        shop_json_out_text(&out, SHOP_STR("good"));
        is_int(buf.status, SHOP_MALFORMED, "a text that is none");
    }
}


static void check_failures(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long n;

    for (n = 0; n < 50 && status == SHOP_NO_MEMORY; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_buf_t buf;
        shop_json_out_t out = {&buf, false};

        shop_buf_init(&buf, shop_heap_arena(heap), 0);
        shop_json_out_open(&out, '[');

        for (int i = 0; i < 200; i++) {
            shop_json_out_text(&out, SHOP_STR("text"));
        }

        shop_json_out_close(&out, ']');
        status = buf.status;
        shop_heap_destroy(heap);
    }

    ok(status == SHOP_OK && n > 2, "each failing allocation is told");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);

    check_same();
    check_refused(shop_heap_arena(heap));
    check_failures();
    shop_heap_destroy(heap);

    return done_testing();
}
