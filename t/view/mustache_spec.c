/*
 * Runs test files of the public Mustache specification (JSON form) and prints TAP.
 *
 *   mustache-spec FILE.json...
 */

#include "view/view.h"

#include <stdio.h>


static shop_status_t add_all(shop_template_set_t *set, const json_t *test)
{
    shop_str_t error = SHOP_STR_NULL;
    const char *name;
    json_t *text;
    shop_status_t status =
        shop_template_add(set, SHOP_STR("page"), shop_json_text(test, "template"), &error);

    json_object_foreach(json_object_get(test, "partials"), name, text)
    {
        if (status == SHOP_OK) {
            shop_str_t partial = {json_string_length(text),
                                  (unsigned char *) json_string_value(text)};
            status = shop_template_add(set, shop_str(name), partial, &error);
        }
    }

    if (status != SHOP_OK) {
        printf("# %.*s\n", (int) error.len, (const char *) error.data);
        return status;
    }

    /* The specification has a missing partial print nothing. */
    status = shop_template_set_link(set, &error);
    return status == SHOP_NOT_FOUND ? SHOP_OK : status;
}


static bool run(shop_arena_t *arena, const json_t *test)
{
    shop_view_t view = {.data = json_object_get(test, "data")};
    shop_template_set_t *set;
    shop_buf_t out;

    shop_buf_init(&out, arena, 0);
    if (shop_template_set_create(arena, &set) != SHOP_OK || add_all(set, test) != SHOP_OK ||
        shop_template_render(shop_template_find(set, SHOP_STR("page")), &view, &out) != SHOP_OK) {
        return false;
    }

    shop_str_t expected = shop_json_text(test, "expected");
    if (shop_str_eq(shop_buf_str(&out), expected)) {
        return true;
    }

    json_t *got = json_stringn((const char *) out.data, out.len);
    char *text = json_dumps(got, JSON_ENCODE_ANY);
    char *wanted = json_dumps(json_object_get(test, "expected"), JSON_ENCODE_ANY);
    printf("# got      %s\n# expected %s\n", text, wanted);
    free(wanted);
    free(text);
    json_decref(got);
    return false;
}


static unsigned run_file(const char *path, unsigned *number)
{
    json_error_t error;
    json_t *file = json_load_file(path, 0, &error);
    json_t *test;
    size_t index;
    unsigned failures = 0;

    if (file == NULL || json_array_size(json_object_get(file, "tests")) == 0) {
        printf("not ok %u - %s: no tests %s\n", ++*number, path, error.text);
        json_decref(file);
        return 1;
    }

    json_array_foreach(json_object_get(file, "tests"), index, test)
    {
        shop_heap_t *heap = shop_heap_create(-1);
        bool good = heap != NULL && run(shop_heap_arena(heap), test);
        const char *name = json_string_value(json_object_get(test, "name"));

        failures += !good;
        printf("%s %u - %s: %s\n", good ? "ok" : "not ok", ++*number, path, name);
        shop_heap_destroy(heap);
    }

    json_decref(file);
    return failures;
}


int main(int argc, char **argv)
{
    unsigned number = 0;
    unsigned failures = 0;

    for (int i = 1; i < argc; i++) {
        failures += run_file(argv[i], &number);
    }

    printf("1..%u\n", number);
    return failures > 0 || number == 0;
}
