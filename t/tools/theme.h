/*
 * A theme read from its directory, for programs without nginx.
 */

#ifndef SHOP_T_THEME_H
#define SHOP_T_THEME_H

#include "view/view.h"


typedef struct {
    shop_heap_t *heap;
    shop_arena_t *arena;
    shop_template_set_t *set;
    shop_strings_t *strings;
} theme_t;

/* Reads templates/ and lang/ below `directory`; false: the reason is on stderr. theme_free() is
 * due in both cases. A missing partial is told, not refused. */
bool theme_load(theme_t *theme, const char *directory);
void theme_free(theme_t *theme);
/* The content of a file in `arena`; false when it cannot be read. */
bool theme_read_file(shop_arena_t *arena, const char *path, shop_str_t *content);

#endif
