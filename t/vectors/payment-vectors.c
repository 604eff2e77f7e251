/*
 * payment-vectors [--only INTERFACE,...] FILE...
 *
 * Checks files of payment test vectors (payments.md 13) against the code of the shop and prints
 * TAP, one test per vector. A vector of an interface or a kind that the shop does not have fails,
 * unless --only leaves its interface out. The code under test decides everything but steps 6-9 of
 * `decide` vectors, which belong to the database (decide.h).
 */

#include "vectors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const vector_check_t *const tables[] = {
    vectors_systempay, vectors_transfer, vectors_amount,    vectors_sips,  vectors_ogone,
    vectors_axepta,    vectors_stripe,   vectors_worldline, vectors_paypal};

typedef struct {
    const char *only; /* comma-separated; NULL: every interface */
    unsigned long run;
    unsigned long failed;
} state_t;


bool vector_fails(vector_t *v, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void) vsnprintf(v->reason, sizeof(v->reason), format, args);
    va_end(args);

    return false;
}


bool vector_same(vector_t *v, const char *what, shop_str_t got, shop_str_t expected)
{
    if (shop_str_eq(got, expected)) {
        return true;
    }

    return vector_fails(v, "%s: got \"%.*s\", expected \"%.*s\"", what, (int) got.len,
                        (const char *) got.data, (int) expected.len, (const char *) expected.data);
}


bool vector_verdict(vector_t *v, const char *name)
{
    return vector_same(v, "verdict", shop_str(name), shop_json_text(v->expected, "verdict"));
}


static const vector_check_t *find_check(const json_t *vector, shop_str_t algorithm)
{
    shop_str_t interface = shop_json_text(vector, "interface");
    shop_str_t kind = shop_json_text(vector, "kind");

    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
        for (const vector_check_t *c = tables[t]; c->interface != NULL; c++) {
            if (shop_str_eq(interface, shop_str(c->interface)) &&
                shop_str_eq(kind, shop_str(c->kind)) &&
                (c->algorithm == NULL || shop_str_eq(algorithm, shop_str(c->algorithm)))) {
                return c;
            }
        }
    }

    return NULL;
}


static bool run_check(const json_t *vector, char *reason, size_t room)
{
    vector_t v = {
        .vector = vector,
        .input = json_object_get(vector, "input"),
        .expected = json_object_get(vector, "expected"),
        .key = shop_json_text(vector, "key"),
        .algorithm = shop_json_text(vector, "algorithm"),
    };
    const vector_check_t *check = find_check(vector, v.algorithm);

    if (check == NULL) {
        (void) snprintf(reason, room, "no check for this interface, kind and algorithm");
        return false;
    }

    shop_heap_t *heap = shop_heap_create(-1);
    if (heap == NULL) {
        (void) snprintf(reason, room, "no memory");
        return false;
    }
    v.arena = shop_heap_arena(heap);

    bool ok = check->check(&v);
    (void) snprintf(reason, room, "%s", v.reason);
    shop_heap_destroy(heap);

    return ok;
}


static bool wanted(const state_t *state, const json_t *vector)
{
    shop_str_t interface = shop_json_text(vector, "interface");
    shop_str_t list = shop_str(state->only);
    shop_str_t name;

    if (state->only == NULL) {
        return true;
    }

    while (shop_str_split(&list, ',', &name)) {
        if (shop_str_eq(name, interface)) {
            return true;
        }
    }

    return false;
}


static void report(state_t *state, const char *file, const json_t *vector)
{
    char reason[600] = "";
    const char *id = json_string_value(json_object_get(vector, "id"));
    bool ok = run_check(vector, reason, sizeof(reason));

    printf("%sok %lu - %s\n", ok ? "" : "not ", ++state->run, id != NULL ? id : "without id");
    if (!ok) {
        state->failed++;
        printf("# %s: %s\n", file, reason);
    }
}


static void run_file(state_t *state, const char *file)
{
    json_error_t error;
    size_t i;
    json_t *vector;
    json_t *vectors = json_load_file(file, JSON_ALLOW_NUL, &error);

    if (!json_is_array(vectors)) {
        state->failed++;
        printf("not ok %lu - %s is a file of vectors\n# line %d: %s\n", ++state->run, file,
               error.line, vectors != NULL ? "not an array" : error.text);
        json_decref(vectors);
        return;
    }

    json_array_foreach(vectors, i, vector)
    {
        if (wanted(state, vector)) {
            report(state, file, vector);
        }
    }

    json_decref(vectors);
}


int main(int argc, char **argv)
{
    state_t state = {0};
    int i = 1;

    if (argc > 2 && strcmp(argv[1], "--only") == 0) {
        state.only = argv[2];
        i = 3;
    }

    if (i >= argc) {
        fprintf(stderr, "usage: payment-vectors [--only INTERFACE,...] FILE...\n");
        return 2;
    }

    for (; i < argc; i++) {
        run_file(&state, argv[i]);
    }
    printf("1..%lu\n", state.run);

    return state.failed == 0 && state.run > 0 ? 0 : 1;
}
