/*
 * price-cases FILE…: runs the cases of the files (README.md) and prints TAP. Every cart is also
 * priced with its lines in reverse order, which must change no total.
 */

#include "price.h"
#include "tap.h"

#include <string.h>


static json_t *load(const char *file)
{
    json_error_t error;
    json_t *json = json_load_file(file, JSON_REJECT_DUPLICATES, &error);

    if (json == NULL) {
        (void) fprintf(stderr, "price-cases: %s:%d: %s\n", file, error.line, error.text);
        exit(2);
    }

    return json;
}


static void tell(const char *what, const json_t *json)
{
    char *text = json_dumps(json, JSON_ENCODE_ANY);

    printf("#   %s %s\n", what, text != NULL ? text : "nothing");
    free(text);
}


static bool compare(const json_t *expected, const json_t *result)
{
    const char *member;
    json_t *value;
    bool good = true;

    json_object_foreach((json_t *) expected, member, value)
    {
        json_t *got = json_object_get(result, member);
        json_t *part;
        const char *name;

        if (strcmp(member, "ladders") == 0 || strcmp(member, "shown") == 0) {
            json_object_foreach(value, name, part)
            {
                json_t *found = json_object_get(got, name);

                if (json_is_null(part) ? found != NULL : !json_equal(part, found)) {
                    printf("# %s of %s\n", member, name);
                    tell("expected", part);
                    tell("got", found);
                    good = false;
                }
            }
        } else if (!json_equal(value, got)) {
            printf("# %s\n", member);
            tell("expected", value);
            tell("got", got);
            good = false;
        }
    }

    return good;
}


/* An order of lines is not a price. */
static bool order_matters(scene_t *scene)
{
    shop_cart_t *cart = scene->cart;
    shop_totals_t totals = {0};

    for (size_t i = 0, n = cart->line_count; i + 1 < n; i++, n--) {
        shop_cart_line_t line = cart->lines[i];

        cart->lines[i] = cart->lines[n - 1];
        cart->lines[n - 1] = line;
    }

    return shop_cart_totals(scene->world->arena, cart, &scene->where, &totals) != SHOP_OK ||
           totals.untaxed.e4 != scene->totals.untaxed.e4 ||
           totals.amount.e4 != scene->totals.amount.e4 || totals.tax.e4 != scene->totals.tax.e4;
}


static void run_case(const char *file, const json_t *base, const json_t *one)
{
    const char *name = json_string_value(json_object_get(one, "name"));
    const json_t *expected = json_object_get(one, "expect");
    json_t *description = world_merge(base, json_object_get(one, "world")), *result;
    const char *wrong = NULL;
    world_t world;
    scene_t scene;
    bool good;

    world_make(&world, description);
    scene_play(&scene, &world, one);
    result = result_of(&scene);
    good = json_object_size(expected) > 0 && compare(expected, result);

    if (scene.status == SHOP_OK) {
        wrong = result_wrong(&scene);
        wrong = wrong == NULL && order_matters(&scene) ? "the order of the lines matters" : wrong;
    }

    if (wrong != NULL) {
        printf("# %s\n", wrong);
    }

    ok(good && wrong == NULL, "%s: %s", file, name != NULL ? name : "without a name");
    json_decref(result);
    scene_free(&scene);
    world_free(&world);
    json_decref(description);
}


int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/');
        json_t *file = load(argv[i]), *one;
        size_t n;

        json_array_foreach(json_object_get(file, "cases"), n, one)
        {
            run_case(slash != NULL ? slash + 1 : argv[i], json_object_get(file, "world"), one);
        }

        if (json_array_size(json_object_get(file, "cases")) == 0) {
            ok(false, "%s has cases", argv[i]);
        }

        json_decref(file);
    }

    return done_testing();
}
