/*
 * Definitions of questions: the forms they come in, what is wrong with one, which attributes pass.
 */

#include "shop/required.h"
#include "world.h"


#define FIELD(name) "{'field': '" name "', 'label': 'L', 'type': 'text'}"

static const struct {
    const char *definition; /* NULL: there is none */
    shop_status_t status;
    size_t count;
} definitions[] = {
    {NULL, SHOP_OK, 0},
    {"null", SHOP_OK, 0},
    {"[]", SHOP_OK, 0},
    {"{}", SHOP_OK, 0},
    {"[" FIELD("a") "]", SHOP_OK, 1},
    {"[" FIELD("a") "," FIELD("b_2") "]", SHOP_OK, 2},
    {"{'p0': " FIELD("a") ", 'p1': " FIELD("b") "}", SHOP_OK, 2},
    {"[" FIELD("Ab9_") "]", SHOP_OK, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'v': 'l'}}]", SHOP_OK, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'textarea'}]", SHOP_OK, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'checkbox'}]", SHOP_OK, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'textfield'}]", SHOP_OK, 1},
    {"7", SHOP_MALFORMED, 0},
    {"true", SHOP_MALFORMED, 0},
    {"[7]", SHOP_MALFORMED, 0},
    {"[[]]", SHOP_MALFORMED, 0},
    {"[{}]", SHOP_MALFORMED, 0},
    {"{'field': 'a', 'label': 'L', 'type': 'text'}", SHOP_MALFORMED, 0},
    {"[{'label': 'L', 'type': 'text'}]", SHOP_MALFORMED, 0},
    {"[{'field': 'a', 'type': 'text'}]", SHOP_MALFORMED, 0},
    {"[{'field': 'a', 'label': '', 'type': 'text'}]", SHOP_MALFORMED, 0},
    {"[{'field': 'a', 'label': 'L'}]", SHOP_MALFORMED, 0},
    {"[{'field': 'a', 'label': 'L', 'type': 'date'}]", SHOP_MALFORMED, 0},
    {"[" FIELD("") "]", SHOP_MALFORMED, 0},
    {"[" FIELD("a b") "]", SHOP_MALFORMED, 0},
    {"[" FIELD("a-b") "]", SHOP_MALFORMED, 0},
    {"[" FIELD("\303\251") "]", SHOP_MALFORMED, 0},
    {"[" FIELD("a") "," FIELD("a") "]", SHOP_MALFORMED, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'select'}]", SHOP_MALFORMED, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {}}]", SHOP_MALFORMED, 1},
    {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': ['v']}]", SHOP_MALFORMED, 1},
};


static void check_definitions(shop_arena_t *arena)
{
    for (size_t i = 0; i < COUNT(definitions); i++) {
        const char *text = definitions[i].definition;
        json_t *definition = text != NULL ? world_json(text) : NULL, *kept;
        shop_field_t *fields;
        size_t count;

        is_int(shop_required_parse(arena, definition, &fields, &count, &kept),
               definitions[i].status, text != NULL ? text : "(none)");
        is_int((long long) count, (long long) definitions[i].count, "so many questions");
        json_decref(kept);
        json_decref(definition);
    }
}


/* The older form of a definition is a text. */
static void check_texts(shop_arena_t *arena)
{
    static const struct {
        const char *text;
        shop_status_t status;
        size_t count;
    } cases[] = {
        {"", SHOP_OK, 0},
        {"  ", SHOP_OK, 0},
        {"[{\"field\":\"a\",\"label\":\"L\",\"type\":\"text\"}]", SHOP_OK, 1},
        {"no JSON", SHOP_MALFORMED, 0},
        {"\"[]\"", SHOP_MALFORMED, 0},
        {"7", SHOP_MALFORMED, 0},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *definition = json_string(cases[i].text), *kept;
        shop_field_t *fields;
        size_t count;

        is_int(shop_required_parse(arena, definition, &fields, &count, &kept), cases[i].status,
               cases[i].text);
        is_int((long long) count, (long long) cases[i].count, "so many questions");
        json_decref(kept);
        json_decref(definition);
    }
}


static void check_limits(shop_arena_t *arena)
{
    json_t *list = json_array(), *options = json_object(), *kept, *select;
    char name[16], longest[SHOP_FIELD_NAME_MAX + 2];
    shop_field_t *fields;
    size_t count;

    for (int i = 0; i <= SHOP_FIELDS_MAX; i++) {
        (void) snprintf(name, sizeof(name), "f%d", i);
        json_array_append_new(
            list, json_pack("{s:s, s:s, s:s}", "field", name, "label", "L", "type", "text"));
    }

    is_int(shop_required_parse(arena, list, &fields, &count, &kept), SHOP_LIMIT, "too many");
    json_decref(kept);
    json_array_remove(list, 0);
    is_int(shop_required_parse(arena, list, &fields, &count, &kept), SHOP_OK, "as many as may be");
    json_decref(kept);
    json_decref(list);

    for (int i = 0; i <= 200; i++) {
        (void) snprintf(name, sizeof(name), "v%d", i);
        json_object_set_new(options, name, json_string("l"));
    }

    select = json_pack("[{s:s, s:s, s:s, s:o}]", "field", "a", "label", "L", "type", "select",
                       "options", options);
    is_int(shop_required_parse(arena, select, &fields, &count, &kept), SHOP_MALFORMED,
           "too many options");
    json_decref(kept);
    json_object_del(options, "v0");
    is_int(shop_required_parse(arena, select, &fields, &count, &kept), SHOP_OK,
           "as many options as may be");
    json_decref(kept);
    json_decref(select);

    memset(longest, 'a', sizeof(longest));
    longest[SHOP_FIELD_NAME_MAX + 1] = '\0';
    list = json_pack("[{s:s, s:s, s:s}]", "field", longest, "label", "L", "type", "text");
    is_int(shop_required_parse(arena, list, &fields, &count, &kept), SHOP_MALFORMED,
           "a name that is too long");
    json_decref(kept);
    json_decref(list);
}


static void check_members(shop_arena_t *arena)
{
    json_t *definition = world_json(
        "[{'field': 'a', 'label': 'L', 'type': 'select', 'desc': 'D', 'default': 'x',"
        " 'options': {'x': 'X', 'y': 7}},"
        " {'field': 'b', 'label': 'L', 'type': 'text', 'required': false, 'pattern': 'p'},"
        " {'field': 'c', 'label': 'L', 'type': 'text', 'maxlength': 7, 'attrs': {'maxlength': 9}},"
        " {'field': 'd', 'label': 'L', 'type': 'text', 'attrs': {'maxlength': 9}},"
        " {'field': 'e', 'label': 'L', 'type': 'text', 'attrs': {'maxlength': '11'}},"
        " {'field': 'f', 'label': 'L', 'type': 'text', 'maxlength': 99999},"
        " {'field': 'g', 'label': 'L', 'type': 'text', 'attrs': {'maxlength': 'many'}},"
        " {'field': 'h', 'label': 'L', 'type': 'text', 'maxlength': -5},"
        " {'field': 'i', 'label': 'L', 'type': 'text', 'attrs': {'maxlength': '0'}}]");
    static const size_t lengths[] = {1000, 1000, 7, 9, 11, 1000, 1000, 1000, 1000};
    shop_field_t *fields;
    json_t *kept;
    size_t count;

    ok(shop_required_parse(arena, definition, &fields, &count, &kept) == SHOP_OK, "read");
    is_str(fields[0].desc, "D", "help");
    is_str(fields[0].initial, "x", "initial value");
    is_int((long long) fields[0].option_count, 2, "options");
    is_str(fields[0].options[0].value, "x", "value of an option");
    is_str(fields[0].options[0].label, "X", "its label");
    is_str(fields[0].options[1].label, "", "one without a label");
    ok(fields[0].required && !fields[1].required, "required unless it says otherwise");
    is_str(fields[1].pattern, "p", "pattern");

    for (size_t i = 0; i < COUNT(lengths); i++) {
        is_int((long long) fields[i].max_length, (long long) lengths[i], "length");
    }

    json_decref(kept);
    json_decref(definition);
}


/* Only attributes that cannot do anything reach a page. */
static void check_attributes(shop_arena_t *arena)
{
    static const struct {
        const char *attrs;
        const char *kept; /* NULL: none */
    } cases[] = {
        {"{'size': 80}", "{\"size\":80}"},
        {"{'rows': 3, 'cols': '40', 'placeholder': 'P', 'min': 1, 'max': 9, 'step': 0.5,"
         " 'autocomplete': 'off'}",
         "{\"rows\":3,\"cols\":\"40\",\"placeholder\":\"P\",\"min\":1,\"max\":9,\"step\":0.5,"
         "\"autocomplete\":\"off\"}"},
        {"{'maxlength': 9}", NULL},
        {"{'onclick': 'x()', 'style': 'x', 'class': 'y', 'type': 'hidden', 'form': 'f'}", NULL},
        {"{'size': 80, 'ONFOCUS': 'x()'}", "{\"size\":80}"},
        {"{'size': {}, 'rows': [], 'cols': true, 'min': null}", NULL},
        {"['size']", NULL},
        {"'size'", NULL},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *definition =
            world_json("[{'field': 'a', 'label': 'L', 'type': 'text', 'attrs': {}}]");
        json_t *row = json_array_get(definition, 0), *kept;
        shop_str_t text = SHOP_STR("");
        shop_field_t *fields;
        size_t count;

        json_object_set_new(row, "attrs", world_json(cases[i].attrs));
        ok(shop_required_parse(arena, definition, &fields, &count, &kept) == SHOP_OK, "read");
        ok(fields[0].attrs == NULL || shop_json_dump(arena, fields[0].attrs, &text) == SHOP_OK,
           "kept");
        is_str(text, cases[i].kept != NULL ? cases[i].kept : "", cases[i].attrs);
        json_decref(kept);
        json_decref(definition);
    }
}


static void check_same(shop_arena_t *arena)
{
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"[" FIELD("a") "]", "[{'field': 'a', 'label': 'Autre', 'type': 'text'}]", true},
        {"[]", "[]", true},
        {"[" FIELD("a") "]", "[]", false},
        {"[" FIELD("a") "]", "[" FIELD("b") "]", false},
        {"[" FIELD("a") "," FIELD("b") "]", "[" FIELD("b") "," FIELD("a") "]", false},
        {"[" FIELD("a") "]", "[{'field': 'a', 'label': 'L', 'type': 'textarea'}]", false},
        {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'x': 'X', 'y': 'Y'}}]",
         "[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'y': 'I', 'x': 'J'}}]", true},
        {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'x': 'X', 'y': 'Y'}}]",
         "[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'x': 'X', 'z': 'Y'}}]",
         false},
        {"[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'x': 'X', 'y': 'Y'}}]",
         "[{'field': 'a', 'label': 'L', 'type': 'select', 'options': {'x': 'X'}}]", false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *a = world_json(cases[i].a), *b = world_json(cases[i].b), *kept[2];
        shop_field_t *fields[2];
        size_t count[2];

        ok(shop_required_parse(arena, a, &fields[0], &count[0], &kept[0]) == SHOP_OK &&
               shop_required_parse(arena, b, &fields[1], &count[1], &kept[1]) == SHOP_OK &&
               shop_required_same(fields[0], count[0], fields[1], count[1]) == cases[i].same,
           "%s and %s are %s", cases[i].a, cases[i].b, cases[i].same ? "the same" : "others");
        json_decref(kept[0]);
        json_decref(kept[1]);
        json_decref(a);
        json_decref(b);
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_definitions(arena);
    check_texts(arena);
    check_limits(arena);
    check_members(arena);
    check_attributes(arena);
    check_same(arena);
    shop_heap_destroy(heap);

    return done_testing();
}
