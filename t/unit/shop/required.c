/*
 * Order parameters: one small form per unit, what is taken as an answer, when the step is complete.
 */

#include "world.h"


/* clang-format off */
static const char rows[] =
    WORLD_SHOPS
    WORLD_ITEM(1, "space") ", 'requireddata': ["
        "{'field': 'fullname', 'label': 'Name', 'type': 'textfield', 'maxlength': 10},"
        "{'field': 'about', 'label': 'About', 'type': 'textarea', 'required': false},"
        "{'field': 'open', 'label': 'Open', 'type': 'checkbox'},"
        "{'field': 'model', 'label': 'Model', 'type': 'select', 'default': 'MOD2',"
        " 'options': {'MOD1': 'One', 'MOD2': 'Two'}}],"
        "'translations': {'fr': {'requireddata': ["
        "{'field': 'fullname', 'label': 'Nom', 'type': 'textfield', 'maxlength': 10},"
        "{'field': 'about', 'label': 'Contenu', 'type': 'textarea', 'required': false},"
        "{'field': 'open', 'label': 'Ouvert', 'type': 'checkbox'},"
        "{'field': 'model', 'label': 'Genre', 'type': 'select', 'default': 'MOD1',"
        " 'options': {'MOD2': 'Deux', 'MOD1': 'Un'}}]}}},"
    WORLD_ITEM(2, "host") ", 'requireddata': ["
        "{'field': 'name', 'label': 'Host', 'type': 'text', 'pattern': '[a-z][a-z0-9-]*'},"
        "{'field': 'name1', 'label': 'Other', 'type': 'text', 'required': false}]},"
    WORLD_ITEM(3, "loose") ", 'requireddata': ["
        "{'field': 'code', 'label': 'Code', 'type': 'text', 'pattern': 'a|b'},"
        "{'field': 'wrong', 'label': 'Wrong', 'type': 'text', 'pattern': '(('}]},"
    WORLD_ITEM(4, "quiet") ", 'price1': '1'},"
    WORLD_ITEM(5, "pack") ", 'isset': 2, 'price1': '1'},"
    WORLD_ITEM(6, "part1") ", 'setid': 5, 'requireddata': ["
        "{'field': 'x', 'label': 'X', 'type': 'text'}]},"
    WORLD_ITEM(7, "part2") ", 'setid': 5},"
    WORLD_ITEM(8, "part3") ", 'setid': 5, 'requireddata': ["
        "{'field': 'x', 'label': 'X', 'type': 'text'},"
        "{'field': 'y', 'label': 'Y', 'type': 'text', 'required': false, 'default': 'why'}]},"
    /* other questions in French: those of the product serve */
    WORLD_ITEM(9, "halfway") ", 'requireddata': [{'field': 'x', 'label': 'X', 'type': 'text'}],"
        "'translations': {'fr': {'requireddata': [{'field': 'z', 'label': 'Z', 'type': 'text'}]}}},"
    WORLD_ITEM(10, "english") ", 'requireddata': [{'field': 'x', 'label': 'Iks', 'type': 'text'}],"
        "'translations': {'en': {'requireddata': ["
        "{'field': 'x', 'label': 'Ex', 'type': 'text'}]}}},";
/* clang-format on */


/* "shortname/field-unit" of every input, in the order of the page. */
static shop_str_t inputs(world_t *world)
{
    shop_form_unit_t *units;
    shop_buf_t buf;
    size_t count;

    shop_buf_init(&buf, world->arena, 0);

    if (shop_required_units(world->arena, world->cart, &world->where, &units, &count) != SHOP_OK) {
        return SHOP_STR("(no memory)");
    }

    for (size_t i = 0; i < count; i++) {
        for (size_t n = 0; n < units[i].owner->field_count; n++) {
            shop_str_t name = SHOP_STR("(no memory)");

            if (shop_required_name(world->arena, &units[i],
                                   &units[i].owner->fields[world->where.lang][n],
                                   &name) == SHOP_OK) {
                shop_buf_add(&buf, name);
                shop_buf_add_char(&buf, ' ');
            }
        }
    }

    return shop_str_trim(shop_buf_str(&buf));
}


static void check_units(world_t *world)
{
    static const struct {
        const char *cart;
        const char *inputs;
    } cases[] = {
        {"quiet=3", ""},
        {"halfway=1", "halfway/x0"},
        {"space=2", "space/fullname0 space/about0 space/open0 space/model0 space/fullname1 "
                    "space/about1 space/open1 space/model1"},
        {"host=1 quiet=2 halfway=1", "host/name0 host/name1-0 halfway/x0"},
        {"pack=2", "part1/x0 part1/x1 part3/x0 part3/y0 part3/x1 part3/y1"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(world_fill(world, cases[i].cart), "%s", cases[i].cart);
        is_str(inputs(world), cases[i].inputs, "its inputs");
    }
}


/* "name" of unit 10 and "name1" of unit 0 are two inputs. */
static void check_names_are_unique(world_t *world)
{
    shop_str_t all;
    char *list, *one, *rest, *seen[200];
    size_t count = 0, twice = 0;

    ok(world_fill(world, "host=60"), "sixty hosts");
    all = inputs(world);
    list = shop_arena_cstring(world->arena, all);

    for (one = strtok_r(list, " ", &rest); one != NULL; one = strtok_r(NULL, " ", &rest)) {
        for (size_t i = 0; i < count; i++) {
            twice += strcmp(seen[i], one) == 0;
        }

        seen[count++] = one;
    }

    is_int((long long) count, 120, "a hundred and twenty inputs");
    is_int((long long) twice, 0, "no name stands twice");
}


typedef struct {
    const char *cart;
    const char *body;
    const char *errors; /* "key field n; …" */
    bool complete;
} answers_t;

#define GOOD "space/fullname0=Club&space/open0=1&space/model0=MOD1"

static const answers_t forms[] = {
    {"space=1", GOOD, "", true},
    {"space=1", "space/fullname0=Club&space/model0=MOD2", "", true},
    {"space=1", "space/fullname0=+Club+&space/model0=MOD2&space/about0=x%0Ay", "", true},
    {"space=1", GOOD "&space/about0=4970100000000055", "card_number space/about0; ", false},
    {"space=1", "", "field_required space/fullname0; field_required space/model0; ", false},
    {"space=1", "space/fullname0=++&space/model0=MOD1", "field_required space/fullname0; ", false},
    {"space=1", "space/fullname0=12345678901&space/model0=MOD1", "field_long space/fullname0 10; ",
     false},
    {"space=1",
     "space/fullname0=%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9"
     "&space/model0=MOD1",
     "", true},
    {"space=1", "space/fullname0=Club&space/model0=One", "field_option space/model0; ", false},
    {"space=1", "space/fullname1=Club&space/model0=MOD1", "field_required space/fullname0; ",
     false},
    {"space=2", GOOD, "field_required space/fullname1; field_required space/model1; ", false},
    {"host=1", "host/name0=web-1", "", true},
    {"host=1", "host/name0=Web", "field_pattern host/name0; ", false},
    {"host=1", "host/name0=web.x", "field_pattern host/name0; ", false},
    {"loose=1", "loose/code0=a&loose/wrong0=anything", "", true},
    {"loose=1", "loose/code0=xa&loose/wrong0=anything", "field_pattern loose/code0; ", false},
    {"loose=1", "loose/code0=bx&loose/wrong0=anything", "field_pattern loose/code0; ", false},
    {"pack=1", "part1/x0=1&part3/x0=2", "", true},
    {"pack=1", "part1/x0=1", "field_required part3/x0; ", false},
    {"quiet=1", "", "", true},
};


static shop_str_t told(world_t *world, const shop_refusal_t *errors, size_t count)
{
    shop_buf_t buf;

    shop_buf_init(&buf, world->arena, 0);

    for (size_t i = 0; i < count; i++) {
        shop_buf_add(&buf, shop_str(errors[i].key));
        shop_buf_add_char(&buf, ' ');
        shop_buf_add(&buf, shop_str(errors[i].field));

        if (errors[i].n != 0) {
            shop_buf_add_char(&buf, ' ');
            shop_buf_add_int(&buf, errors[i].n);
        }

        shop_buf_add(&buf, SHOP_STR("; "));
    }

    return shop_buf_str(&buf);
}


static size_t collect(world_t *world, const char *body, shop_refusal_t errors[10])
{
    shop_form_t form = world_form(world, body);

    return shop_required_collect(world->arena, world->cart, &world->where, &form, errors, 10);
}


static void check_forms(world_t *world)
{
    for (size_t i = 0; i < COUNT(forms); i++) {
        shop_refusal_t errors[10];
        size_t count;

        ok(world_fill(world, forms[i].cart), "%s", forms[i].cart);
        count = collect(world, forms[i].body, errors);
        is_str(told(world, errors, count), forms[i].errors, forms[i].body);
        ok(shop_required_complete(world->cart, &world->where) == forms[i].complete,
           "the step is %scomplete", forms[i].complete ? "" : "not ");
    }
}


static shop_str_t value(world_t *world, const char *line, const char *owner, size_t unit,
                        size_t field)
{
    shop_form_unit_t where = {world_item(world, line), world_item(world, owner), unit};

    return shop_required_value(world->cart, &where, &where.owner->fields[world->where.lang][field]);
}


static void check_values(world_t *world)
{
    shop_refusal_t errors[10];

    ok(world_fill(world, "space=2 pack=1"), "a cart");
    is_str(value(world, "space", "space", 0, 3), "MOD2", "before: the initial value");
    is_str(value(world, "space", "space", 0, 0), "", "or none");

    (void) collect(world, GOOD "&space/fullname1=Second&part1/x0=one&part3/x0=three&space/open1=0",
                   errors);
    is_str(value(world, "space", "space", 0, 0), "Club", "stored");
    is_str(value(world, "space", "space", 1, 0), "Second", "for each unit");
    is_str(value(world, "space", "space", 0, 2), "1", "a ticked box");
    is_str(value(world, "space", "space", 1, 2), "0", "one that says no");
    is_str(value(world, "pack", "part1", 0, 0), "one", "of an element");
    is_str(value(world, "pack", "part3", 0, 0), "three", "of another with the same question");
}


/* A worse answer takes the place of a good one: the step is not complete with what was before. */
static void check_replaced(world_t *world)
{
    shop_refusal_t errors[10];

    ok(world_fill(world, "space=1"), "a cart");
    is_int((long long) collect(world, GOOD, errors), 0, "good answers");
    ok(shop_required_complete(world->cart, &world->where), "complete");
    is_int((long long) collect(world, "space/fullname0=&space/model0=MOD2", errors), 1,
           "a bad one");
    ok(!shop_required_complete(world->cart, &world->where), "no longer complete");
    is_str(value(world, "space", "space", 0, 0), "", "the old answer is gone");
    is_str(value(world, "space", "space", 0, 3), "MOD2", "the good ones are kept");
    is_int((long long) world->cart->lines[0].given_count, 3, "each once");
}


/* front-office.md 6.2, and acceptance scenario 3. */
static void check_quantity_changes(world_t *world)
{
    shop_refusal_t errors[10];

    ok(world_fill(world, "halfway=2"), "two units");
    is_int((long long) collect(world, "halfway/x0=a&halfway/x1=b", errors), 0, "two answers");
    ok(shop_required_complete(world->cart, &world->where), "complete");
    is_key(world_put(world, "halfway", 3), NULL, "a third unit");
    ok(!shop_required_complete(world->cart, &world->where), "has no answer yet");
    is_str(value(world, "halfway", "halfway", 1, 0), "b", "the others are kept");
    is_key(world_put(world, "halfway", 1), NULL, "one unit is left");
    ok(shop_required_complete(world->cart, &world->where), "it is complete");
    is_key(world_put(world, "halfway", 2), NULL, "a second one again");
    is_str(value(world, "halfway", "halfway", 1, 0), "", "does not get the old answer");
}


static void check_languages(world_t *world)
{
    const shop_item_t *space = world_item(world, "space");
    shop_refusal_t errors[10];

    is_str(space->fields[EN][0].label, "Name", "English");
    is_str(space->fields[FR][0].label, "Nom", "French");
    is_str(world_item(world, "halfway")->fields[FR][0].field, "x", "other questions: not used");
    is_str(world_item(world, "english")->fields[EN][0].label, "Ex",
           "English may be translated too");
    is_str(world_item(world, "english")->fields[FR][0].label, "Iks", "French is then the base");

    ok(world_fill(world, "space=1"), "a cart");
    is_int((long long) collect(world, GOOD, errors), 0, "answers in English");
    world->where.lang = FR;
    ok(shop_required_complete(world->cart, &world->where), "count in French");
    world->where.lang = EN;
}


static void check_room(world_t *world)
{
    shop_form_t form = world_form(world, "");
    shop_refusal_t errors[1];

    ok(world_fill(world, "space=3"), "three units");
    is_int((long long) shop_required_collect(world->arena, world->cart, &world->where, &form,
                                             errors, 1),
           6, "errors without room are counted");
    is_str(shop_str(errors[0].field), "space/fullname0", "the first is told");
}


int main(void)
{
    world_t world;

    world_open(&world, rows);
    check_units(&world);
    check_names_are_unique(&world);
    check_forms(&world);
    check_values(&world);
    check_replaced(&world);
    check_quantity_changes(&world);
    check_languages(&world);
    check_room(&world);
    world_close(&world);

    return done_testing();
}
