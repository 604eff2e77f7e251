/*
 * What the template engine shares with the texts: looking up by a known hash, filling in plain
 * text.
 */

#ifndef SHOP_LANG_INTERNAL_H
#define SHOP_LANG_INTERNAL_H

#include "view/view.h"


/* As shop_lang_format() with a plain text argument. */
void shop_lang_format_plain(shop_buf_t *out, shop_str_t text, shop_str_t argument);

#endif
