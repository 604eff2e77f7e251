/*
 * Names of people and towns in large and small letters; inputs made clean.
 */

#include "shop/shop_internal.h"
#include "tap.h"

#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_letters(shop_arena_t *arena)
{
    static const struct {
        const char *text;
        const char *upper;
        const char *title;
    } cases[] = {
        {"", "", ""},
        {"dupont", "DUPONT", "Dupont"},
        {"DUPONT", "DUPONT", "Dupont"},
        {"jean-luc", "JEAN-LUC", "Jean-Luc"},
        {"JEAN LUC", "JEAN LUC", "Jean Luc"},
        {"o'neil", "O'NEIL", "O'Neil"},
        {"d’artagnan", "D’ARTAGNAN", "D’Artagnan"},
        {"élodie", "ÉLODIE", "Élodie"},
        {"ÉLODIE", "ÉLODIE", "Élodie"},
        {"françois", "FRANÇOIS", "François"},
        {"FRANÇOIS", "FRANÇOIS", "François"},
        {"łukasz żółć", "ŁUKASZ ŻÓŁĆ", "Łukasz Żółć"},
        {"ŽOFIE ŇAŇA", "ŽOFIE ŇAŇA", "Žofie Ňaňa"},
        {"straße", "STRAßE", "Straße"},
        {"ÿves", "ÿVES", "ÿves"},
        {"3 rue", "3 RUE", "3 Rue"},
        {"÷×", "÷×", "÷×"},
        {"ıstanbul İzmir", "ıSTANBUL İZMIR", "ıstanbul İzmir"},
        {"ольга", "ольга", "ольга"},
        {"李", "李", "李"},
        {"😀a", "😀A", "😀a"},
        {"a\xc3", "A\xc3", "A\xc3"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_str_t upper = SHOP_STR(""), title = SHOP_STR("");

        ok(shop_name_upper(arena, shop_str(cases[i].text), &upper) == SHOP_OK &&
               shop_name_title(arena, shop_str(cases[i].text), &title) == SHOP_OK,
           "name %zu", i);
        is_str(upper, cases[i].upper, "in capitals");
        is_str(title, cases[i].title, "as a first name");
    }
}


/* Of all letters of one and two bytes: capitals stay, small letters come back, and the text stays
 * as long and as valid. */
static void check_laws(shop_arena_t *arena)
{
    int wrong = 0, unstable = 0, lost = 0;

    for (unsigned c = 0x20; c < 0x180; c++) {
        unsigned char text[3] = {(unsigned char) c, 0, 0};
        shop_str_t upper, again, lower, back, letter, word;

        if (c >= 0x80) {
            text[0] = (unsigned char) (0xc0 | (c >> 6));
            text[1] = (unsigned char) (0x80 | (c & 0x3f));
        }

        letter = shop_str((const char *) text);

        if (shop_name_upper(arena, letter, &upper) != SHOP_OK ||
            shop_name_upper(arena, upper, &again) != SHOP_OK ||
            shop_arena_printf(arena, &word, "x%s", upper.data) != SHOP_OK ||
            shop_name_title(arena, word, &lower) != SHOP_OK ||
            shop_name_upper(arena, lower, &back) != SHOP_OK) {
            wrong++;
            continue;
        }

        wrong += upper.len != letter.len || !shop_utf8_valid(upper) || !shop_utf8_valid(lower);
        unstable += !shop_str_eq(upper, again);

        /* A letter that has two cases is small behind another one, and large again in capitals. */
        lost += !shop_str_eq(upper, letter) &&
                (!shop_str_eq((shop_str_t){lower.len - 1, lower.data + 1}, letter) ||
                 !shop_str_eq((shop_str_t){back.len - 1, back.data + 1}, upper));
    }

    is_int(wrong, 0, "letters stay letters");
    is_int(unstable, 0, "capitals stay capitals");
    is_int(lost, 0, "small letters come back");
}


static void check_inputs(shop_arena_t *arena)
{
    static const struct {
        const char *body;
        size_t max;
        const char *value;
    } cases[] = {
        {"a=x", 5, "x"},
        {"a=", 5, ""},
        {"b=x", 5, ""},
        {"", 5, ""},
        {"a=+x+y+", 5, "x y"},
        {"a=%0D%0Ax%09y%7F", 9, "x y"},
        {"a=x%01y", 5, "x y"},
        {"a=123456", 5, "12345"},
        {"a=%C3%A9%C3%A9%C3%A9", 2, "éé"},
        {"a=1&a=2", 5, "1"},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        shop_form_t form;
        bool read = shop_form_parse(arena, shop_str(cases[i].body), 10, &form) == SHOP_OK;

        ok(read, "form %zu", i);
        is_str(shop_input(arena, &form, "a", cases[i].max), cases[i].value, cases[i].body);
    }
}


static void check_no_memory(void)
{
    shop_heap_t *heap = shop_heap_create(0);
    shop_form_t form = {0};
    shop_str_t out;

    ok(shop_input(shop_heap_arena(heap), &form, "a", 5).data == NULL, "no memory is told");
    ok(shop_name_upper(shop_heap_arena(heap), SHOP_STR("a"), &out) == SHOP_NO_MEMORY, "here too");
    shop_heap_destroy(heap);
}


static void check_refusals(void)
{
    shop_refusal_t list[2];
    shop_refusals_t refusals = {list, 2, 0};

    for (int i = 0; i < 3; i++) {
        shop_refusals_put(&refusals, (shop_refusal_t){.key = "k", .field = "f", .n = i});
    }

    is_int((long long) refusals.count, 3, "all are counted");
    is_int(list[1].n, 1, "those that have room are kept");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_letters(arena);
    check_laws(arena);
    check_inputs(arena);
    check_no_memory();
    check_refusals();
    shop_heap_destroy(heap);

    return done_testing();
}
